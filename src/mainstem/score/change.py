"""Why a score changed between two periods: an exact, symmetric split that adds up to the change.

Source: ``docs/methods.md``, change between two periods (Kitagawa 1955). The split says how much goes
with how teams worked and how much with which teams worked; it never says why, and is no causal claim.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mainstem.plan.model import RestKind
from mainstem.score.answerable import NotAnswerable
from mainstem.score.bounds import score_of
from mainstem.score.merging import add
from mainstem.score.tree import TeamTree
from mainstem.score.values import Amounts, Score

#: Share of the change from which "who worked" is the headline.
MOSTLY = Fraction(6, 10)
_NONE = Fraction(0)
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Wholes:
    """Value and units of the whole in both periods."""

    value0: int
    units0: int
    value1: int
    units1: int

    @property
    def common(self) -> int:
        """What the counts of all parts are over."""
        return 2 * (self.units0 * self.units1) ** 2


@dataclass(frozen=True, slots=True)
class Part:
    """What one team (stream, kind of work …) contributes to a change; the four contributions are added up.

    Made from counts, the fractions are only worked out when somebody looks: there may be hundreds of parts.

    Attributes:
        key: Which part.
        value0: Its value in the first period.
        units0: Its units in the first period.
        value1: Its value in the second.
        units1: Its units in the second.
        wholes: The same of the whole.
    """

    key: str
    value0: int
    units0: int
    value1: int
    units1: int
    wholes: Wholes

    @property
    def count(self) -> int:
        """The whole contribution, ``m_1 * (r_1 - R) - m_0 * (r_0 - R)``, over ``Wholes.common``."""
        of = self.wholes
        value = self.value1 * of.units0 - self.value0 * of.units1
        units = self.units1 * of.units0 - self.units0 * of.units1
        middle = of.value0 * of.units1 + of.value1 * of.units0
        return 2 * of.units0 * of.units1 * value - middle * units

    @property
    def total(self) -> Fraction:
        """The whole contribution."""
        return Fraction(self.count, self.wholes.common)

    @property
    def within_count(self) -> int:
        """How it worked, ``(m_0 + m_1) / 2 * (r_1 - r_0)``, over ``2 * units`` of both wholes and both its own."""
        share = self.units0 * self.wholes.units1 + self.units1 * self.wholes.units0
        return share * (self.value1 * self.units0 - self.value0 * self.units1)

    @property
    def within(self) -> Fraction:
        """How it worked, if it was there in both periods."""
        return _within([self])

    @property
    def mix(self) -> Fraction:
        """That it did more or less of all the work, if it was there in both periods."""
        return self.total - self.within if self.units0 and self.units1 else _NONE

    @property
    def entry(self) -> Fraction:
        """That it came."""
        return self.total if not self.units0 else _NONE

    @property
    def exit(self) -> Fraction:
        """That it went."""
        return self.total if not self.units1 else _NONE


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a score, split exactly: ``total = within + mix + entry + exit``.

    Attributes:
        before: Score of the first period.
        after: Score of the second.
        total: Change of the point.
        within: How the teams worked that were there in both periods.
        mix: Which of them did more and which did less of all the work.
        entry: Teams that were not there before.
        exit: Teams that are not there any more.
        parts: The same for each team, largest contribution first.
    """

    before: Score
    after: Score
    total: Fraction
    within: Fraction
    mix: Fraction
    entry: Fraction
    exit: Fraction
    parts: tuple[Part, ...]

    @property
    def composition(self) -> Fraction:
        """The part of the change that comes from who worked."""
        return self.mix + self.entry + self.exit

    @property
    def is_mostly_who_worked(self) -> bool:
        """Whether composition exceeds 60 % of the change, and how teams worked did not pull against it."""
        return abs(self.composition) > MOSTLY * abs(self.total) and not self.is_opposed

    @property
    def is_mostly_how_they_worked(self) -> bool:
        """Whether what happened within teams exceeds 60 % of the change, and composition does not."""
        return (
            abs(self.within) > MOSTLY * abs(self.total)
            and not self.is_mostly_who_worked
            and not self.is_opposed
        )

    @property
    def is_opposed(self) -> bool:
        """Whether who worked and how they worked pulled in opposite directions: then neither is "most"."""
        return self.within * self.composition < 0

    @property
    def ranges_overlap(self) -> bool:
        """Whether the unknown alone could undo the change: the two ranges share a value."""
        low0, high0, low1, high1 = (
            self.before.low,
            self.before.high,
            self.after.low,
            self.after.high,
        )
        if low0 is None or high0 is None or low1 is None or high1 is None:
            return True
        return low0 <= high1 and low1 <= high0


def change(parts0: Mapping[str, Amounts], parts1: Mapping[str, Amounts]) -> Change | NotAnswerable:
    """Splits the change of the score of a whole over its disjoint parts.

    With part k's share of units ``m_kt``, its score ``r_kt`` and ``R`` the mean of the two scores of the
    whole: within ``(m_k0 + m_k1) / 2 * (r_k1 - r_k0)``; mix ``(m_k1 - m_k0) * ((r_k0 + r_k1) / 2 - R)``;
    entry ``m_k1 * (r_k1 - R)``; exit ``-m_k0 * (r_k0 - R)``.

    Args:
        parts0: Amounts of each part in the first period.
        parts1: Amounts of each part in the second.

    Returns:
        The split, in exact fractions, or why there is none: a period without units has no score.
    """
    whole0, whole1 = _sum(parts0), _sum(parts1)
    before, after = score_of(whole0), score_of(whole1)
    if before.point is None or after.point is None:
        which = "first" if before.point is None else "second"
        return NotAnswerable(
            f"The {which} period has no effort, so it has no Value Score to compare.",
            "Choose a period in which work was recorded, or another unit.",
        )
    wholes = Wholes(whole0.value, whole0.units, whole1.value, whole1.units)
    found = [_part(key, parts0.get(key), parts1.get(key), wholes) for key in {**parts0, **parts1}]
    counts = {part.key: part.count for part in found}
    parts = tuple(sorted(found, key=lambda p: (-abs(counts[p.key]), p.key)))
    total = after.point - before.point
    within = _within(parts)
    came = Fraction(sum(counts[p.key] for p in parts if not p.units0), wholes.common)
    went = Fraction(sum(counts[p.key] for p in parts if not p.units1), wholes.common)
    # as much as the sum over the parts, without hundreds of denominators once more
    mix = total - within - came - went
    return Change(before, after, total, within, mix, came, went, parts)


def _sum(parts: Mapping[str, Amounts]) -> Amounts:
    rest: Counter[RestKind] = Counter()
    for amounts in parts.values():
        rest.update(amounts.rest)
    return Amounts(
        sum(a.value for a in parts.values()), sum(a.elsewhere for a in parts.values()), dict(rest)
    )


def _within(parts: Sequence[Part]) -> Fraction:
    """How parts worked that were there in both periods, over one common denominator."""
    both = [(p.within_count, p.units0 * p.units1) for p in parts if p.units0 and p.units1]
    if not both:
        return _NONE
    common, of = math.lcm(*(units for _, units in both)), parts[0].wholes
    count = sum(count * (common // units) for count, units in both)
    return Fraction(count, 2 * of.units0 * of.units1 * common)


def _part(key: str, old: Amounts | None, new: Amounts | None, wholes: Wholes) -> Part:
    was, now = old or Amounts(), new or Amounts()
    return Part(key, was.value, was.units, now.value, now.units, wholes)


@dataclass(frozen=True, slots=True)
class NestedChange:
    """A change taken apart level by level.

    Attributes:
        key: The team whose own change this is; empty for the whole.
        weight: What one point of this team's change counts in the whole (product of mean shares).
        change: The split over the teams directly in it; ``key`` itself stands for its own effort.
        children: The same for each of these teams that has teams in it.
    """

    key: str
    weight: Fraction
    change: Change
    children: tuple[NestedChange, ...] = ()

    @property
    def composition(self) -> Fraction:
        """Who worked, at this level and all below, in points of the whole."""
        return self.weight * self.change.composition + sum(
            (child.composition for child in self.children), _NONE
        )


def nested_change(
    tree: TeamTree, parts0: Mapping[str, Amounts], parts1: Mapping[str, Amounts]
) -> NestedChange | NotAnswerable:
    """The split applied from the root down: between groups first, then inside each group.

    A group's *within* is its own change, taken apart again over the teams in it, so the compositions of
    all levels and the *within* of the teams at the bottom add up to the change of the whole exactly.

    Args:
        tree: The teams; parts of teams that it does not know count as roots.
        parts0: Each team's own amounts (without the teams in it) in the first period.
        parts1: The same in the second.
    """
    sums0, sums1 = _subtree_sums(tree, parts0), _subtree_sums(tree, parts1)
    strangers = [team for team in dict.fromkeys((*parts0, *parts1)) if team not in tree]
    top = (*tree.roots, *strangers)
    found = change(_pick(sums0, top), _pick(sums1, top))
    if isinstance(found, NotAnswerable):
        return found
    whole0, whole1 = _sum(_pick(sums0, top)).units, _sum(_pick(sums1, top)).units
    inner = tuple(
        child
        for team in tree.roots
        for child in _nested(
            tree, team, Fraction(1), (whole0, whole1), (parts0, parts1), (sums0, sums1)
        )
    )
    return NestedChange("", Fraction(1), found, inner)


def _nested(
    tree: TeamTree,
    team: str,
    weight: Fraction,
    above: tuple[int, int],
    own: tuple[Mapping[str, Amounts], Mapping[str, Amounts]],
    sums: tuple[Mapping[str, Amounts], Mapping[str, Amounts]],
) -> tuple[NestedChange, ...]:
    """This team's level, if it has teams in it and was there in both periods; else nothing."""
    units = (_units(sums[0], team), _units(sums[1], team))
    if not tree.children(team) or 0 in units:
        return ()
    levels = [
        _pick(s, tree.children(team)) | _pick(o, (team,)) for o, s in zip(own, sums, strict=True)
    ]
    found = change(levels[0], levels[1])
    assert isinstance(found, Change)
    mean_share = _HALF * (Fraction(units[0], above[0]) + Fraction(units[1], above[1]))
    inner = tuple(
        deeper
        for child in tree.children(team)
        for deeper in _nested(tree, child, weight * mean_share, units, own, sums)
    )
    return (NestedChange(team, weight * mean_share, found, inner),)


def _units(cells: Mapping[str, Amounts], team: str) -> int:
    return cells[team].units if team in cells else 0


def _pick(cells: Mapping[str, Amounts], keys: tuple[str, ...]) -> dict[str, Amounts]:
    return {key: cells[key] for key in keys if key in cells}


def _subtree_sums(tree: TeamTree, parts: Mapping[str, Amounts]) -> dict[str, Amounts]:
    out = dict(parts)
    for team in reversed(tree.order):
        up = tree.parents[team]
        if up is not None and team in out:
            out[up] = add(out[up], out[team]) if up in out else out[team]
    return out
