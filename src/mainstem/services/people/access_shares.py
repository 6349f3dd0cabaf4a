"""Who may say by hand what a work item counts for: the part of the table of rights about shares.

Shares by hand are links of the plan, which only planners change. For one item, or many, its teams' lead
and the owners of the streams concerned may too: ``require_shares`` then gives a permit for exactly the
changes that do it, and ``editing.change_plan`` takes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mainstem.errors import Forbidden
from mainstem.plan.change_kinds import Added, Change, Removed
from mainstem.plan.model import Link, Plan
from mainstem.services.people.access import Action, Actor, Reach, require


@dataclass(frozen=True, slots=True)
class ShareMove:
    """What is to change about one item: its key, the teams with effort on it, and what it counts for.

    Attributes:
        key: The item's key, in any case.
        teams: Teams with effort on it.
        before: What its effort counts for now: ``stream:x`` or ``kind:y`` → parts of 10,000.
        after: What it is to count for; what is left of 10,000 is for the rest or unknown.
        is_below: Nothing is said of the item itself: it is part of one of which something is.
    """

    key: str
    teams: frozenset[str]
    before: Mapping[str, int]
    after: Mapping[str, int]
    is_below: bool = False

    @property
    def streams(self) -> frozenset[str]:
        """Streams that gain or lose by it."""
        words = self.before.keys() | self.after.keys()
        return _streams(w for w in words if self.before.get(w, 0) != self.after.get(w, 0))

    @property
    def concerned(self) -> frozenset[str]:
        """Streams that gain or lose; where nothing moves, those that it goes on counting for.

        What counts already may be said by hand, so that it stays when claims change; and what was
        taken back counts until the next derivation.
        """
        return self.streams if self.before != self.after else _streams(self.after)


def _streams(words: Iterable[str]) -> frozenset[str]:
    return frozenset(w.partition(":")[2] for w in words if w.startswith("stream:"))


_OWN = object()


class Permit:
    """Leave to make these very changes, and no others. Only ``require_shares`` gives one."""

    __slots__ = ("_actor", "_changes")

    def __init__(self, actor: Actor, changes: Sequence[Change], key: object) -> None:
        if key is not _OWN:
            raise TypeError("a permit is given by access_shares.require_shares")
        self._actor, self._changes = actor, tuple(changes)

    def require(self, actor: Actor, changes: Sequence[Change]) -> None:
        """Refuses what the permit was not given for.

        Raises:
            Forbidden: for somebody else, or for other changes.
        """
        if actor != self._actor or tuple(changes) != self._changes:
            raise Forbidden(
                "This permit was given for something else.", "Start again from the page."
            )


def may_move(actor: Actor, plan: Plan, move: ShareMove) -> bool:
    """Whether the actor may say by hand what an item counts for.

    A planner may; the owner of every stream that gains or loses, or that it counts for if none does; the
    lead of every team with effort on it.
    """
    reach = Reach.of(actor, plan)
    if not actor.may_write:
        return False
    if reach.everything or (move.teams and move.teams <= reach.teams):
        return True
    return bool(move.concerned) and move.concerned <= reach.streams


def require_shares(
    actor: Actor, plan: Plan, moves: Sequence[ShareMove], changes: Sequence[Change]
) -> Permit:
    """Leave to change the plan's links of these items.

    Raises:
        Absent: for an outsider.
        Forbidden: naming an item that is not theirs to set, or a change of anything else than its link.
    """
    require(actor, Action.SHARE)
    refused = [m for m in moves if not may_move(actor, plan, m)]
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise Forbidden(
            f"You may not set what {refused[0].key} counts for{more}.",
            "A planner, the lead of the teams that worked on it, or the owner of all streams that gain"
            " or lose may. Contest it instead, and say why.",
            code="access.shares",
        )
    keys = {m.key.lower() for m in moves if not m.is_below}
    if not all(_is_link_of(change, keys) for change in changes):
        raise Forbidden("Shares by hand change links of the items named, and nothing else.", "")
    return Permit(actor, changes, _OWN)


def _is_link_of(change: Change, keys: set[str]) -> bool:
    """Whether a change adds or takes away a whole link of one of the items."""
    return (
        change.subject == ""
        and len(change.path) == 2
        and change.path[0] == "links"
        and isinstance(change, (Added, Removed))
        and isinstance(change.value, Link)
        and change.value.item.lower() in keys
    )


def may_answer(actor: Actor, plan: Plan, move: ShareMove) -> bool:
    """Whether the actor answers for an item: a planner, lead of a team that worked on it, owner of a
    stream that would gain or lose."""
    reach = Reach.of(actor, plan)
    if not actor.may_write:
        return False
    return reach.everything or bool(move.teams & reach.teams) or bool(move.streams & reach.streams)


def require_answer(actor: Actor, plan: Plan, move: ShareMove) -> None:
    """Refuses an answer to a contest about an item that the actor does not answer for.

    Raises:
        Absent: for an outsider.
        Forbidden: saying who may.
    """
    require(actor, Action.CONTEST)
    if not may_answer(actor, plan, move):
        raise Forbidden(
            f"You may not answer what is contested about {move.key}.",
            "The lead of a team that worked on it, the owner of a stream concerned, or a planner can.",
            code="access.contest",
        )
