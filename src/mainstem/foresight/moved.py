"""Did the work move the metric? One interrupted series with a date that was named beforehand.

Methods 5.3 (rung C). What is seen after is not what was caused: no answer says so. Everything is
deterministic; an answer that the data cannot carry is refused with what would help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import isfinite

from mainstem.foresight.cut_series import (
    Columns,
    Cut,
    columns_of,
    cut,
    same_days,
    step_fit,
)
from mainstem.foresight.moved_values import (
    Answered,
    Event,
    MovedAnswer,
    MovedVerdict,
    Watched,
    Work,
)
from mainstem.foresight.scales import Scale, scale_of
from mainstem.foresight.step_fit import Fit
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.metric_series import smallest_shift, spread, usual_correlation

__all__ = ["Event", "MovedAnswer", "MovedVerdict", "Watched", "Work", "did_it_move", "judged_together"]  # fmt: skip

#: Fewest periods before and after; the share of them that may be missing.
LEAST_BEFORE, LEAST_AFTER, MAY_MISS = 13, 4, 0.2
#: Days around the beginning within which nothing else may begin.
APART = timedelta(days=14)
#: Above so many times the expected effect: too coarse to look, or too good to be true.
TOO_COARSE, TOO_GOOD = 3.0, 5.0
#: Periods after, and expected effect in smallest shifts, of which one is needed to say "not moved".
SURE_AFTER, SURE_TN = 13, 2.0
#: How far back an earlier beginning is looked for, and how much better it must fit (1 % of one test).
LOOK_BACK, MUCH_BETTER = 8, 6.63


def did_it_move(work: Work) -> Answered:
    """The answer for one initiative, or for a set of work that overlaps in time."""
    since = max((e.on for e in work.events if e.kind == "definition" and e.on <= work.began), default=None)  # fmt: skip
    of = cut(work, since)
    refused = _refused(work, of)
    if refused is not None:
        return refused
    scale = scale_of(work.kind, of.before, of.values, bool(of.counts))
    values = [scale.put(v) for v in of.values]
    columns = columns_of(of, values, work.series.grain, work.holidays)
    coarse, deviation, rho = _coarseness(of, values, columns)
    expected = scale.forth(work.expected)
    if expected is None or coarse > TOO_COARSE * abs(expected):
        return _too_coarse(work, of, expected, deviation, rho)
    fit = step_fit(of, values, columns)
    return _answer(work, of, scale, columns, fit, coarse, abs(expected), values)


def _refused(work: Work, of: Cut) -> NotAnswerable | None:
    """The checks that need no fit (methods 5.3, step 1)."""
    grain = work.series.grain
    if work.expected == 0 or not isfinite(work.expected):
        return NotAnswerable("Nobody said by how much it should move.", "Write the expected effect into the plan.")  # fmt: skip
    few = _too_few(len(of.before), LEAST_BEFORE, grain, "before") or _too_few(
        len(of.after), LEAST_AFTER, grain, "after"
    )
    if few is not None:
        return few
    if 1 - len(of.values) / of.periods > MAY_MISS:
        return NotAnswerable(
            f"{of.periods - len(of.values)} of {of.periods} {grain}s have no value.",
            "Fill the gaps at the source, if the values exist.",
        )
    found = _disturbed(work, of)
    if found is not None:
        return found
    if len(set(of.values)) == 1 or (len(set(of.before)) == 1 and len(set(of.after)) == 1):
        return NotAnswerable("The metric does not move by itself at all.", "Ask whether it can move (statement D-M05).")  # fmt: skip
    return None


def _too_few(have: int, want: int, grain: str, where: str) -> NotAnswerable | None:
    if have >= want:
        return None
    more = want - have
    unit = f"{grain}{'s' if more > 1 else ''}"
    return NotAnswerable(
        f"Only {have} {grain}{'' if have == 1 else 's'} {where} it began {'is' if have == 1 else 'are'} known.",
        f"It needs {more} more {unit}{' of earlier values' if where == 'before' else ''}.",
    )


def _disturbed(work: Work, of: Cut) -> NotAnswerable | None:
    """Another thing measured since, or something else at the same time."""
    for event in work.events:
        if event.kind == "definition" and work.began < event.on <= _end(work, of):
            return NotAnswerable(
                f"Something else is measured since {event.on}: {event.words}.",
                "Values of one definition on both sides would help.",
            )
    for event in work.events:
        if event.kind in ("work", "event") and abs(event.on - work.began) <= APART:
            return NotAnswerable(
                f"{event.words} began within two weeks of it, on {event.on}.",
                "What begins together can only be answered together.",
            )
    return None


def _end(work: Work, of: Cut) -> date:
    return max(of.starts[-1], min(work.until or of.starts[-1], of.starts[-1]))


def _coarseness(of: Cut, values: Sequence[float], columns: Columns) -> tuple[float, float, float]:
    """The smallest shift that can be seen, on the scale; the deviation and correlation behind it."""
    n = len(of.before)
    before = list(values[:n])
    if columns.has_trend:
        slope = _slope(of.at[:n], before)
        before = [v - slope * at for v, at in zip(before, of.at, strict=False)]
    deviation, rho = spread(before), usual_correlation(before)
    return smallest_shift(deviation, rho, n, len(of.after)), deviation, rho


def _slope(at: Sequence[int], values: Sequence[float]) -> float:
    middle, level = sum(at) / len(at), sum(values) / len(values)
    over = sum((a - middle) * (v - level) for a, v in zip(at, values, strict=True))
    return over / sum((a - middle) ** 2 for a in at)


def _too_coarse(
    work: Work, of: Cut, expected: float | None, deviation: float, rho: float
) -> NotAnswerable:
    reason = (
        f"With {len(of.before)} {work.series.grain}s before and {len(of.after)} after, only a shift more "
        "than three times the expected one would show."
    )
    if expected is not None:
        for after in range(len(of.after) + 1, 53):
            if smallest_shift(deviation, rho, len(of.before), after) <= TOO_COARSE * abs(expected):
                more = after - len(of.after)
                unit = f"{work.series.grain}{'s' if more > 1 else ''}"
                return NotAnswerable(reason, f"It needs {more} more {unit}.")
    return NotAnswerable(
        reason, "More weeks will not help: a calmer metric, or a bet on a larger effect, would."
    )


def _answer(
    work: Work, of: Cut, scale: Scale, columns: Columns, fit: Fit, coarse: float, expected: float,
    values: Sequence[float],
) -> MovedAnswer:  # fmt: skip
    low, high = fit.interval(0.95)
    effect, sure = scale.back(fit.effect), (scale.back(low), scale.back(high))
    least, most = fit.interval(0.80)
    failures = _failures(work, of, columns, fit, effect, values)
    verdict = _verdict(work, sure, failures, len(of.after), expected / coarse if coarse else 0.0)
    placebos = _placebos(of, values, columns, fit.rho)
    shift = abs(scale.back(coarse * work.wanted))
    return MovedAnswer(
        keys=work.keys, verdict=verdict, effect=effect, share=effect / scale.base if scale.base > 0 else None,
        likely=(scale.back(least), scale.back(most)), sure=sure, chance=fit.chance(work.wanted),
        p_value=fit.p_value, rho=fit.rho, smallest_shift=shift, expected=work.expected,
        before=len(of.before), after=len(of.after), grain=work.series.grain, scale=scale.name,
        failures=failures, notes=columns.notes, placebos=placebos, statistic=fit.statistic,
        rank=_rank(fit.statistic, placebos, work.wanted),
    )  # fmt: skip


def _verdict(
    work: Work, sure: tuple[float, float], failures: Sequence[str], after: int, tn: float
) -> MovedVerdict:
    """Methods 5.3, step 7; a failure of plausibility leaves it unclear."""
    if failures:
        return MovedVerdict.UNCLEAR
    if sure[0] > 0 or sure[1] < 0:
        good = (sure[0] > 0) == (work.wanted > 0)
        return MovedVerdict.MOVED if good else MovedVerdict.MOVED_WRONG_WAY
    half = abs(work.expected) / 2
    is_long = after >= SURE_AFTER or tn >= SURE_TN
    inside = -half <= sure[0] and sure[1] <= half
    return MovedVerdict.NOT_MOVED if inside and is_long else MovedVerdict.UNCLEAR


def _failures(
    work: Work, of: Cut, columns: Columns, fit: Fit, effect: float, values: Sequence[float]
) -> tuple[str, ...]:
    """Why an effect that shows is not believed (methods 5.3)."""
    out = []
    early = _earlier(work, of, columns, fit, values)
    if early is not None:
        out.append(f"The change seems to begin on {early}, more than a week before the work.")
    if abs(effect) > TOO_GOOD * abs(work.expected):
        out.append("The effect is more than five times what was expected: look for another reason.")
    out += _broken(work, of)
    end = _end(work, of)
    for event in work.events:
        if event.kind in ("work", "event") and work.began < event.on <= end:
            out.append(f"{event.words} began on {event.on}, while its effect was looked for.")
        elif event.kind == "data" and of.starts[0] <= event.on <= end:
            out.append(f"The data may have changed on {event.on}: {event.words}.")
    return tuple(out)


def _earlier(
    work: Work, of: Cut, columns: Columns, fit: Fit, values: Sequence[float]
) -> date | None:
    """Where a step fits much better than where the work began, more than a week before it."""
    if fit.p_value >= 0.05 or fit.left <= 0:
        return None
    first = len(of.before)
    usual = fit.left / max(len(values) - 2 - len(columns.held), 1)
    best: tuple[float, date] | None = None
    for begin in range(max(first - LOOK_BACK, 4), first):
        if work.began - of.starts[begin] <= timedelta(days=7):
            continue
        found = step_fit(of, values, columns, begin=begin, rho=fit.rho)
        if (fit.left - found.left) / usual > MUCH_BETTER and (best is None or found.left < best[0]):
            best = found.left, of.starts[begin]
    return best[1] if best else None


def _broken(work: Work, of: Cut) -> list[str]:
    """Guardrails that got worse: the same fit, the other way."""
    out = []
    for key in sorted(work.guardrails):
        watched = work.guardrails[key]
        held = same_days(watched.series, of)
        if held is None or not watched.harm or len(set(held.values)) < 2:
            continue
        fit = step_fit(held, held.values, Columns((), (), False))
        low, high = fit.interval(0.95)
        if (low > 0 and watched.harm > 0) or (high < 0 and watched.harm < 0):
            out.append(f"The guardrail {key} got worse at the same time.")
    return out


def _placebos(
    of: Cut, values: Sequence[float], columns: Columns, rho: float
) -> tuple[tuple[date, float], ...]:
    """The same statistic at earlier dates, where there is room for them."""
    n, m = len(of.before), len(of.after)
    if n < 3 * m + 8:
        return ()
    out = []
    for begin in range(LEAST_BEFORE, n - m + 1):
        upto = begin + m
        small = Cut(of.starts[:upto], of.at[:upto], of.values[:upto],
                    tuple(i >= begin for i in range(upto)), upto, of.counts[:upto])  # fmt: skip
        held = Columns(tuple(c[:upto] for c in columns.held), (), columns.has_trend)
        out.append((of.starts[begin], step_fit(small, values[:upto], held).statistic))
    return tuple(out)


def _rank(statistic: float, placebos: Sequence[tuple[date, float]], wanted: int) -> int | None:
    if not placebos:
        return None
    return 1 + sum(wanted * other >= wanted * statistic for _, other in placebos)


def judged_together(
    answers: Mapping[str, Answered], *, share: float = 0.1
) -> Mapping[str, Answered]:
    """Answers of one cycle, judged at once: Benjamini–Hochberg at 10 % over all of them.

    Args:
        answers: By initiative; a set of work stands under each of its members and is one test.
        share: The share of "moved" that may be false.
    """
    tests = {a.keys: a for a in answers.values() if isinstance(a, MovedAnswer)}
    ordered = sorted(tests.values(), key=lambda a: (a.p_value, a.keys))
    passing = max(
        (n for n, a in enumerate(ordered, 1) if a.p_value <= share * n / len(ordered)), default=0
    )
    kept = {a.keys for a in ordered[:passing]}
    claims = (MovedVerdict.MOVED, MovedVerdict.MOVED_WRONG_WAY)
    why = f"It does not stand out among the {len(ordered)} answers of the cycle."
    return {
        key: replace(a, verdict=MovedVerdict.UNCLEAR, failures=(*a.failures, why))
        if isinstance(a, MovedAnswer) and a.verdict in claims and a.keys not in kept
        else a
        for key, a in answers.items()
    }
