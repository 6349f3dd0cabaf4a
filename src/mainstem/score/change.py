"""Why a score changed between two periods: an exact, symmetric split that adds up to the change.

Source: ``docs/methods.md``, change between two periods (Kitagawa 1955). The split says how much goes
with how teams worked and how much with which teams worked; it never says why, and is no causal claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

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
class Part:
    """What one team (stream, kind of work …) contributes to a change; the four fields are added up."""

    key: str
    within: Fraction = _NONE
    mix: Fraction = _NONE
    entry: Fraction = _NONE
    exit: Fraction = _NONE

    @property
    def total(self) -> Fraction:
        """The whole contribution."""
        return self.within + self.mix + self.entry + self.exit


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
    middle = (before.point + after.point) / 2
    found = [
        _part(key, parts0.get(key), parts1.get(key), whole0.units, whole1.units, middle)
        for key in dict.fromkeys((*parts0, *parts1))
    ]
    ordered = tuple(sorted(found, key=lambda p: (-abs(p.total), p.key)))
    return Change(
        before=before,
        after=after,
        total=after.point - before.point,
        within=sum((p.within for p in found), _NONE),
        mix=sum((p.mix for p in found), _NONE),
        entry=sum((p.entry for p in found), _NONE),
        exit=sum((p.exit for p in found), _NONE),
        parts=ordered,
    )


def _sum(parts: Mapping[str, Amounts]) -> Amounts:
    out = Amounts()
    for amounts in parts.values():
        out = add(out, amounts)
    return out


def _part(
    key: str, old: Amounts | None, new: Amounts | None, units0: int, units1: int, middle: Fraction
) -> Part:
    was, now = score_of(old or Amounts()).point, score_of(new or Amounts()).point
    share0 = Fraction(old.units if old else 0, units0)
    share1 = Fraction(new.units if new else 0, units1)
    if was is None and now is None:
        return Part(key)
    if was is None and now is not None:
        return Part(key, entry=share1 * (now - middle))
    if was is not None and now is None:
        return Part(key, exit=-share0 * (was - middle))
    assert was is not None and now is not None
    return Part(
        key,
        within=_HALF * (share0 + share1) * (now - was),
        mix=(share1 - share0) * (_HALF * (was + now) - middle),
    )


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
