"""Scores in words and numbers for people. Nothing here misleads by rounding.

A share that is not whole is never shown as 0 or 100 %; rounding keeps order, so a low is never shown
above its point. Spaces between a number and its unit do not break; a minus sign is a minus sign.
"""

from __future__ import annotations

from fractions import Fraction

from mainstem.plan.model import RestKind, Unit
from mainstem.score.change import Change
from mainstem.score.values import GRAIN, Score

#: A narrow space that does not break, as between a number and a per cent sign.
NARROW = "\u202f"
#: A space that does not break, as between a number and its unit.
NO_BREAK = "\u00a0"
MINUS = "\u2212"

#: One and many of each unit.
UNIT_WORDS: dict[Unit, tuple[str, str]] = {
    Unit.HOUR: ("hour", "hours"),
    Unit.PERSON_DAY: ("person-day", "person-days"),
    Unit.ITEM: ("item", "items"),
    Unit.POINT: ("point", "points"),
}

#: What people call the kinds of the rest.
REST_WORDS: dict[RestKind, str] = {
    RestKind.INCIDENT: "incidents",
    RestKind.COMPLIANCE: "compliance",
    RestKind.SUPPORT: "support",
    RestKind.OPERATIONS: "operations",
    RestKind.DEBT: "debt",
    RestKind.ENABLEMENT: "enablement",
    RestKind.OTHER: "other",
    RestKind.UNKNOWN: "unknown",
}


def percent_number(share: Fraction) -> str:
    """A share as a number of per cent without the sign: ``61``, ``under 1``, ``over 99``."""
    # whole numbers throughout: a page of a large organisation says thousands of these
    part, whole = share.numerator, share.denominator
    if 0 < 100 * part < whole:
        return "under 1"
    if 99 * whole < 100 * part < 100 * whole:
        return "over 99"
    return _in_words(100 * part, whole, 0)


def percent(share: Fraction | None) -> str:
    """``61 %``, ``under 1 %``, ``over 99 %``; an en dash where there is no share."""
    return "–" if share is None else f"{percent_number(share)}{NARROW}%"


def number(value: Fraction | int, decimals: int = 0) -> str:
    """A number with separators: ``1,240``, ``−3.5``. Zero has no sign."""
    return _in_words(value.numerator, value.denominator, decimals)


def _in_words(over: int, under: int, decimals: int) -> str:
    """The fraction ``over / under``, rounded half away from zero, as people do."""
    if not decimals:
        whole = (2 * abs(over) + under) // (2 * under)
        return f"{MINUS if over < 0 and whole else ''}{whole:,}"
    scaled = (2 * abs(over) * 10**decimals + under) // (2 * under)
    sign = MINUS if over < 0 and scaled else ""
    whole, part = divmod(scaled, 10**decimals)
    return f"{sign}{whole:,}.{part:0{decimals}d}"


def signed(value: Fraction, decimals: int = 1) -> str:
    """A difference with its sign: ``+3.1``, ``−0.4``, ``0.0``."""
    shown = number(value, decimals)
    return (
        shown
        if shown.startswith(MINUS) or not any(c in "123456789" for c in shown)
        else f"+{shown}"
    )


def amount(parts: int, unit: Unit) -> str:
    """Effort in words: ``1,240 person-days``, ``3.5 hours``, ``under 0.1 hours``.

    ``parts`` is in ``GRAIN`` parts of the unit.
    """
    one, many = UNIT_WORDS[unit]
    if parts == GRAIN:
        return f"1{NO_BREAK}{one}"
    if 0 < 20 * parts < GRAIN:
        return f"under{NO_BREAK}0.1{NO_BREAK}{many}"
    small = abs(parts) < 10 * GRAIN and parts % GRAIN
    return f"{_in_words(parts, GRAIN, 1 if small else 0)}{NO_BREAK}{many}"


def bare_amount(parts: int) -> str:
    """Effort without its unit, to one decimal where it is small and not whole."""
    return _in_words(parts, GRAIN, 1 if parts % GRAIN and parts < 1000 * GRAIN else 0)


def points(difference: Fraction) -> str:
    """A difference of two shares: ``3.1 points``, ``under 0.1 points``."""
    hundred = abs(difference) * 100
    if 0 < hundred < Fraction(1, 20):
        return f"under{NO_BREAK}0.1{NO_BREAK}points"
    shown = number(hundred, 1)
    return f"{shown}{NO_BREAK}{'point' if shown == '1.0' else 'points'}"


def range_words(low: Fraction, high: Fraction) -> str:
    """``between 61 and 73 %``; ``61 %`` where both ends look the same."""
    left, right = percent_number(low), percent_number(high)
    if left == right:
        return f"{left}{NARROW}%"
    return f"between {left} and {right}{NARROW}%"


def score_sentence(
    score: Score, unit: Unit, when: str = "", *, of: str = "", to: str = "value streams"
) -> str:
    """The sentence that answers "is our effort going where we said?".

    Args:
        score: The score of the scope and period.
        unit: Its unit.
        when: The period as people say it, e.g. ``2026 Q3``.
        of: The team or customer whose effort it is; empty for everybody.
        to: What it went to: ``value streams``, or a stream's name.
    """
    many = UNIT_WORDS[unit][1]
    scope = many + (f" of {of}" if of else "") + (f" in {when}" if when else "")
    if score.point is None or score.low is None or score.high is None or score.coverage is None:
        return f"No {scope} were recorded, so there is no Value Score."
    unknown = percent(1 - score.coverage)
    if score.is_interval_only:
        between = range_words(score.low, score.high)
        between = between[0].upper() + between[1:]
        return f"{between} of {scope} went to {to}; {unknown} is unknown, too much for one number."
    point = percent(score.point)
    head = f"{point[0].upper()}{point[1:]} of {scope} went to {to}"
    if score.coverage == 1:
        return f"{head}; nothing is unknown."
    between = range_words(score.low, score.high)
    if not between.startswith("between"):
        return f"{head}; {unknown} is unknown."
    return f"{head}; {between}, because {unknown} is unknown."


def change_sentence(made: Change, first: str, second: str) -> str:
    """The headline of a change. It says what went along with the change, never what caused it."""
    if made.before.is_interval_only or made.after.is_interval_only:
        return _too_unknown(made, first, second)
    move = (
        f"from {percent(made.before.point)} in {first} to {percent(made.after.point)} in {second}"
    )
    if made.total == 0:
        head = f"The Value Score stayed at {percent(made.after.point)} from {first} to {second}"
        return f"{head}{_cancelling(made)}."
    verb = "rose" if made.total > 0 else "fell"
    head = f"The Value Score {verb} {move}, by {points(made.total)}"
    if percent(made.before.point) == percent(made.after.point):
        head = f"The Value Score {verb} by {points(made.total)} from {first} to {second}, to {percent(made.after.point)}"
    if made.is_opposed:
        tail = (
            f": how teams worked ({signed(made.within * 100)}) and who worked"
            f" ({signed(made.composition * 100)}) pulled in opposite directions."
        )
    elif made.is_mostly_who_worked:
        tail = ": mostly who worked, not how they worked."
    elif made.is_mostly_how_they_worked:
        tail = ": mostly how teams worked, not who worked."
    else:
        tail = ": partly how teams worked, partly who worked."
    if made.ranges_overlap and made.before.coverage != 1:
        tail += " The ranges overlap, so the unknown alone could account for it."
    return head + tail


def _too_unknown(made: Change, first: str, second: str) -> str:
    """Where one of the ends is given as a range alone, its point would say more than is known."""
    ends = []
    for end, label in ((made.before, first), (made.after, second)):
        assert end.low is not None and end.high is not None
        known = percent(end.point) if not end.is_interval_only else ""
        ends.append(f"{known or range_words(end.low, end.high)} in {label}")
    verb = "rose" if made.total > 0 else "fell"
    moved = f"{verb} by {points(made.total)}" if made.total else "stayed the same"
    return (
        "Too much is unknown to say whether the Value Score changed: "
        f"{ends[0]}, {ends[1]}. What is known of it {moved}."
    )


def _cancelling(made: Change) -> str:
    if made.composition == 0:
        return ""
    return (
        f", because how teams worked ({signed(made.within * 100)} points) and who worked "
        f"({signed(made.composition * 100)} points) cancel out"
    )
