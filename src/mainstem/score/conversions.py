"""Declared conversions between units: scoped to a team, dated, exact. Without one, nothing is added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from mainstem.errors import MixedUnits
from mainstem.plan.model import Conversion, Unit


def convert(
    amount: Fraction,
    from_: Unit,
    to: Unit,
    *,
    team_path: Sequence[str],
    day: date,
    conversions: Iterable[Conversion],
) -> Fraction:
    """``amount`` of one unit in another, by the declared conversion nearest to the team.

    Args:
        amount: How many of ``from_``.
        from_: The unit it is in.
        to: The unit asked for.
        team_path: Teams from the root down to the team that did the work; empty: no team.
        day: The day of the work.
        conversions: What the plan declares.

    Raises:
        MixedUnits: if none is declared for this team and day.
    """
    if from_ is to:
        return amount
    return amount * factor(from_, to, team_path=team_path, day=day, conversions=conversions)


def factor(
    from_: Unit, to: Unit, *, team_path: Sequence[str], day: date, conversions: Iterable[Conversion]
) -> Fraction:
    """How many ``to`` one ``from_`` is, as an exact fraction of the declared decimal.

    The conversion of the nearest team above wins over a wider one, then the one that came into force
    last. A conversion also holds backwards unless the other direction is declared as near. Points
    convert only inside a team: a conversion of points without a team does not count.

    Raises:
        MixedUnits: naming both units, if none holds.
    """
    best: tuple[tuple[int, bool, date], Fraction] | None = None
    for conversion in conversions:
        forwards = (conversion.from_, conversion.to) == (from_, to)
        if not forwards and (conversion.to, conversion.from_) != (from_, to):
            continue
        if not _holds(conversion, team_path, day):
            continue
        near = -1 if conversion.team is None else list(team_path).index(conversion.team)
        rank = (near, forwards, conversion.valid_from or date.min)
        exact = Fraction(str(conversion.factor))
        if best is None or rank > best[0]:
            best = (rank, exact if forwards else 1 / exact)
    if best is None:
        raise mixed_units({from_, to}, team_path=team_path, day=day)
    return best[1]


def _holds(conversion: Conversion, team_path: Sequence[str], day: date) -> bool:
    if conversion.team is None and Unit.POINT in (conversion.from_, conversion.to):
        return False
    return (
        (conversion.team is None or conversion.team in team_path)
        and (conversion.valid_from is None or conversion.valid_from <= day)
        and (conversion.valid_to is None or day <= conversion.valid_to)
    )


def mixed_units(
    units: Iterable[Unit], *, team_path: Sequence[str] = (), day: date | None = None
) -> MixedUnits:
    """The error for units that were about to be added without a declared conversion."""
    listed = " and ".join(sorted(unit.value.replace("_", "-") for unit in set(units)))
    where = f" for team {team_path[-1]}" if team_path else ""
    when = f" on {day.isoformat()}" if day else ""
    points = Unit.POINT in set(units)
    return MixedUnits(
        f"Units of different kinds cannot be added: {listed}, no conversion declared{where}{when}.",
        "Ask for one unit, or declare the factor under organisation.conversions with its source"
        + (" and its team (points mean something only inside one team)." if points else "."),
    )
