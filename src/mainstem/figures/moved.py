"""What was seen of a metric after some work began, in words. Never "caused": no rung here allows it."""

from __future__ import annotations

from mainstem.figures.wording import day, listed, metric_value, one_line, plural
from mainstem.foresight.moved_values import MovedAnswer, MovedVerdict
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.model import Metric, Plan

#: Verdicts in a word or two.
VERDICTS: dict[str, str] = {
    "moved": "moved", "moved_wrong_way": "moved the wrong way", "not_moved": "not moved",
    "unclear": "unclear", "": "cannot say yet",
}  # fmt: skip
TONES: dict[str, str] = {"moved": "good", "moved_wrong_way": "bad", "not_moved": "rest"}
_SCALES = {
    "level": "as it is", "ratio": "by its ratio to the level before",
    "odds": "by its odds, weighted by its denominators",
}  # fmt: skip


def moved_sentence(answer: MovedAnswer | NotAnswerable, metric: Metric | None, plan: Plan) -> str:
    """The answer in a sentence."""
    if isinstance(answer, NotAnswerable) or metric is None:
        return str(answer) if isinstance(answer, NotAnswerable) else "There is no metric."
    name = one_line(metric.name or "the metric")
    span = f"{_signed(answer.sure[0], metric)} to {_signed(answer.sure[1], metric)}"
    saw = f"We saw {name} change by {_signed(answer.effect, metric)} ({span}) after {_who(answer, plan)} began"
    return f"{saw}: {_meaning(answer, metric)}."


def _meaning(answer: MovedAnswer, metric: Metric) -> str:
    expected = _signed(answer.expected, metric)
    if answer.verdict is MovedVerdict.MOVED:
        return f"consistent with the {expected} that was expected to move it"
    if answer.verdict is MovedVerdict.MOVED_WRONG_WAY:
        return f"it went the other way than the {expected} that was expected"
    if answer.verdict is MovedVerdict.NOT_MOVED:
        return f"consistent with no effect of half the expected {expected}"
    if answer.failures:
        return "unclear, because something else may explain it"
    return f"unclear; {expected} was expected, and a shift below {metric_value(answer.smallest_shift, metric)} could hardly show"  # fmt: skip


def _who(answer: MovedAnswer, plan: Plan) -> str:
    names = [_name(k, plan) for k in answer.keys]
    return f"this set of work ({listed(names, 4)})" if answer.is_joint else names[0]


def _name(key: str, plan: Plan) -> str:
    bet = plan.initiatives.get(key)
    return f"“{one_line((bet.name if bet else None) or key)}”"


def _signed(value: float, metric: Metric) -> str:
    shown = metric_value(value, metric)
    return f"+{shown}" if value > 0 else shown


def moved_rows(answer: MovedAnswer, metric: Metric) -> tuple[tuple[str, str], ...]:
    """Everything behind the answer: name and words."""
    grain = answer.grain
    likely = f"{_signed(answer.likely[0], metric)} to {_signed(answer.likely[1], metric)}"
    rows = [
        ("Verdict", VERDICTS[answer.verdict]),
        ("Change seen", _signed(answer.effect, metric)
         + ("" if answer.share is None else f" ({round(100 * answer.share):+d}\u202f%)".replace("-", "−"))),
        ("80 % interval", likely),
        ("95 % interval", f"{_signed(answer.sure[0], metric)} to {_signed(answer.sure[1], metric)}"),
        ("Chance that it went the wanted way", f"{round(100 * answer.chance)}\u202f%"),
        ("Expected", _signed(answer.expected, metric)),
        ("Smallest shift that could show", metric_value(answer.smallest_shift, metric)),
        ("Values", f"{plural(answer.before, grain)} before, {answer.after} after, read {_SCALES[answer.scale]}"),
        ("How much neighbours hang together", f"{answer.rho:.2f}"),
        ("Design", "C: one series with a date that was named beforehand; it shows what came after, no cause"),
    ]  # fmt: skip
    if answer.rank is not None:
        rows.append(("Rank among earlier dates", f"{answer.rank} of {len(answer.placebos) + 1}; no test, as earlier dates overlap"))  # fmt: skip
    rows += [("Not believed because", f) for f in answer.failures]
    rows += [("To know", n) for n in answer.notes]
    return tuple(rows)


def placebo_rows(answer: MovedAnswer) -> tuple[tuple[str, str], ...]:
    """The same statistic at earlier dates."""
    return tuple((day(on), f"{value:.1f}") for on, value in answer.placebos)
