"""Key results, bets and needs as tables with plain values, for those who take them along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mainstem.figures.tables import Value
from mainstem.figures.wording import one_line
from mainstem.score.progress import Progress
from mainstem.web.contexts.given import Reading
from mainstem.web.exports import CsvTable, Tables

RESULT_COLUMNS = (
    "key_result", "text", "cycle", "team", "stream", "metric", "baseline", "target", "by", "value",
    "on", "progress", "state",
)  # fmt: skip
BET_COLUMNS = (
    "initiative", "name", "cycle", "team", "stream", "state", "belief", "effect", "effect_metric",
    "window_from", "window_to", "stop_rule",
)  # fmt: skip
NEED_COLUMNS = (
    "dependency", "what", "needs", "gives", "needed_by", "promised", "state", "hard", "initiative",
)  # fmt: skip


def plan_tables(
    reading: Reading,
    progress: Mapping[str, Progress],
    *,
    bets: Iterable[str],
    needs: Iterable[str],
) -> Tables:
    """The three tables; key results are those of ``progress``."""
    return {
        "key-results": lambda: CsvTable(RESULT_COLUMNS, _results(reading, progress)),
        "bets": lambda: CsvTable(BET_COLUMNS, _bets(reading, bets)),
        "needs": lambda: CsvTable(NEED_COLUMNS, _needs(reading, needs)),
    }


def _results(reading: Reading, progress: Mapping[str, Progress]) -> list[tuple[Value, ...]]:
    held = reading.plan.key_results
    return [
        (
            key, one_line(held[key].text), held[key].cycle, held[key].team, held[key].stream,
            held[key].metric, held[key].baseline, held[key].target, held[key].by, at.value, at.on,
            at.share, at.due.value,
        )
        for key, at in progress.items()
        if key in held
    ]  # fmt: skip


def _bets(reading: Reading, keys: Iterable[str]) -> list[tuple[Value, ...]]:
    out: list[tuple[Value, ...]] = []
    for key in keys:
        bet = reading.plan.initiatives[key]
        effect, window = bet.effect, bet.window
        out.append((
            key, one_line(bet.name or key), bet.cycle, bet.team, bet.stream, bet.state, bet.belief,
            effect.by if effect else None, effect.metric if effect else None,
            window.from_ if window else None, window.to if window else None, bet.stop_rule,
        ))  # fmt: skip
    return out


def _needs(reading: Reading, keys: Iterable[str]) -> list[tuple[Value, ...]]:
    held = reading.plan.dependencies
    return [
        (
            key, one_line(held[key].what), held[key].needs, held[key].gives, held[key].needed_by,
            held[key].promised, held[key].state, held[key].hard, held[key].initiative,
        )
        for key in keys
    ]  # fmt: skip
