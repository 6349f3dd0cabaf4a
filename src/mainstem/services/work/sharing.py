"""Shares by hand: saying, with a reason, what the effort of one item or many counts for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import Conflict, Invalid
from mainstem.ledger.browsing import shares_of
from mainstem.plan.change_kinds import Added, Change, Removed, names_of
from mainstem.plan.model import Link, Plan, RestKind
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.people.access_shares import ShareMove, may_move, require_shares
from mainstem.services.plans.editing import Written, change_plan
from mainstem.store.plans import kept_revision
from mainstem.work.attribution import link_parts
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    from mainstem.services.scores.book import Book
    from mainstem.services.server.ground import Ground

#: Items that may be set in one go.
MOST_AT_ONCE = 500
MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """What setting shares would do, before it is done.

    Attributes:
        keys: The items, by their keys.
        counts: What they count for now: target → on how many items it has a share.
        below: How many further items follow, because they are part of these.
        refused: Keys of items that are not the actor's to set.
    """

    keys: tuple[str, ...]
    counts: Mapping[str, int]
    below: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetShares:
    """What a revision set by hand: for each item what was said before and after, as links."""

    number: int
    items: tuple[tuple[str, tuple[Link, ...], tuple[Link, ...]], ...]
    by: str
    at: datetime
    why: str
    is_current: bool


def checked_shares(parts: Mapping[str, int], plan: Plan) -> dict[str, int]:
    """Shares that can be set: targets of the plan, each above nothing, together at most the whole.

    Args:
        parts: ``stream:x`` or ``kind:y`` → parts of 10,000. Empty: let the claims decide again.

    Raises:
        Invalid: saying which of it cannot be, and what is allowed.
    """
    for target, share in parts.items():
        kind, _, name = target.partition(":")
        if not (kind == "stream" and name in plan.streams) and not (
            kind == "kind" and name in set(RestKind) - {RestKind.UNKNOWN}
        ):
            raise Invalid(
                f"There is no stream and no kind {name!r}.",
                "Choose a stream of the plan or a kind of the rest.",
                field="target",
            )
        if share <= 0:
            raise Invalid(f"The share of {name} is nothing.", "Leave it out.", field="share")
    if sum(parts.values()) > WHOLE:
        raise Invalid(
            f"The shares are {sum(parts.values()) / 100:g} % together.",
            "They may be 100 % at most; what is left counts as the rest or as unknown.",
            field="share",
        )
    return dict(parts)


def preview_shares(
    keys: Sequence[str], parts: Mapping[str, int], ground: Ground, by: Actor
) -> Preview:
    """What setting these shares would change; nothing is done.

    Raises:
        Invalid: too many items, or none.
    """
    require(by, Action.SHARE)
    plan, book = ground.plans.head().plan, ground.book()
    moves = moves_of(keys, parts, plan, book)
    own = [m for m in moves if not m.is_below]
    counts: dict[str, int] = {}
    for move in own:
        for target in move.before or {"kind:unknown": WHOLE}:
            counts[target] = counts.get(target, 0) + 1
    refused = tuple(m.key for m in moves if not may_move(by, plan, m))
    return Preview(tuple(m.key for m in own), counts, len(moves) - len(own), refused)


def set_shares(
    keys: Sequence[str],
    parts: Mapping[str, int],
    why: str,
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
) -> Written:
    """Sets what items count for, as links of the plan; without shares the claims decide again.

    Raises:
        Absent, Forbidden: it is not theirs to say.
        Invalid: no reason, no such target, too many or no items, or it already is so.
    """
    require(by, Action.SHARE)
    reason = " ".join(why.split())
    if not reason or len(reason) > MOST_REASON:
        raise Invalid(
            "Shares by hand need a reason." if not reason else "The reason is too long.",
            f"Say in a sentence why, in at most {MOST_REASON} characters.",
            field="why",
        )
    plan = ground.plans.head().plan
    moves = moves_of(keys, checked_shares(parts, plan), plan, ground.book())
    wanted = {m.key.lower(): _links(m.key, parts, reason) for m in moves if not m.is_below}
    changes = link_changes(plan, wanted)
    permit = require_shares(by, plan, moves, changes)
    return change_plan(changes, ground, by, at=at, why=reason, allowed=permit)


def undo_shares(number: int, ground: Ground, by: Actor, *, at: datetime) -> Written:
    """Takes shares that a revision set back to what was said before.

    Raises:
        Absent: there is no such revision.
        Conflict: somebody has set shares of the same items again since, or it set none.
        Forbidden: it is not theirs to say.
    """
    set_then = set_by_revision(number, ground, by)
    if not set_then.is_current:
        raise Conflict(
            "Somebody has said something else of these items since.",
            "Look at what is there now, and set the shares again if it is still wrong.",
        )
    plan = ground.plans.head().plan
    wanted = {key.lower(): before for key, before, _ in set_then.items}
    changes = link_changes(plan, wanted)
    before = {key.lower(): parts_said(links) for key, links, _ in set_then.items}
    keys = [key for key, _, _ in set_then.items]
    moves = [
        replace(move, after=before.get(move.key.lower(), {}))
        for move in moves_of(keys, {}, plan, ground.book())
    ]
    permit = require_shares(by, plan, moves, changes)
    return change_plan(
        changes, ground, by, at=at, why=f"Undo of r{number}: {set_then.why}", origin="undo",
        undoes=number, allowed=permit,
    )  # fmt: skip


def set_by_revision(number: int, ground: Ground, by: Actor) -> SetShares:
    """What a revision said by hand of items.

    Raises:
        Absent: there is no such revision.
        Conflict: it said nothing of any item.
    """
    require(by, Action.READ)
    revision = kept_revision(number)
    before = _by_key(ground.plans.at(f"r{number - 1}" if number > 1 else "").plan)
    after = _by_key(ground.plans.at(f"r{number}").plan)
    now = _by_key(ground.plans.head().plan)
    keys = [k for k in {**before, **after} if before.get(k, ()) != after.get(k, ())]
    if not keys:
        raise Conflict(
            f"Revision r{number} set no shares of items.", "Look at the revision itself."
        )
    items = tuple(
        ((after.get(k) or before[k])[0].item, before.get(k, ()), after.get(k, ())) for k in keys
    )
    is_current = all(now.get(k, ()) == after.get(k, ()) for k in keys)
    return SetShares(number, items, revision.by_name, revision.at, revision.why, is_current)


def links_of(key: str, plan: Plan) -> tuple[Link, ...]:
    """What the plan says by hand of an item."""
    return tuple(link for link in plan.links if link.item.lower() == key.lower())


def is_waiting(key: str, ground: Ground) -> bool:
    """Whether what the plan says by hand of an item does not count yet, but will from the next derivation."""
    standing = ground.plans.head()
    last = ground.book(standing).desk.view.last("refresh")
    derived = last.plan if last else ""
    if derived == standing.revision or not derived.startswith("r"):
        return False
    return links_of(key, standing.plan) != links_of(key, ground.plans.at(derived).plan)


def moves_of(
    keys: Sequence[str],
    parts: Mapping[str, int],
    plan: Plan,
    book: Book,
    *,
    may_lack: bool = False,
    below: bool = True,
) -> list[ShareMove]:
    """What is to change about each item and about what is part of it.

    What an item counts for now is what the plan says of it by hand, else what the ledger has.

    Args:
        may_lack: Leave out items that the ledger does not have.
        below: Also what is part of these items and follows what is said of them.

    Raises:
        Invalid: for no item, too many, or one that the ledger does not have.
    """
    if not keys:
        raise Invalid("No item is chosen.", "Choose at least one.", field="item")
    if len(keys) > MOST_AT_ONCE:
        raise Invalid(
            f"{len(keys):,} items are too many at once.",
            f"{MOST_AT_ONCE} are the most. For more, write a claim: it also counts for what comes later.",
            field="item",
        )
    said, moves = _by_key(plan), dict[str, ShareMove]()
    for move in _known(keys, parts, book, below=below):
        links = said.get(move.key.lower())
        if links and move.is_below:
            continue
        was = moves.get(move.key.lower(), move)
        # an item with this key in another source is moved by the same link
        before = parts_said(links) if links else {**was.before, **move.before}
        moves[move.key.lower()] = ShareMove(
            move.key, was.teams | move.teams, before, dict(parts), was.is_below and move.is_below
        )
    absent = [k for k in keys if k.lower() not in moves]
    if absent and not may_lack:
        raise Invalid(
            f"The ledger has no item {absent[0]!r}.", "It may have been renamed.", field="item"
        )
    return list(moves.values())


def _known(
    keys: Sequence[str], parts: Mapping[str, int], book: Book, *, below: bool
) -> Iterator[ShareMove]:
    targets = book.targets()
    teams = {no: team for team, no in book.team_numbers().items()}
    for found in shares_of(book.desk, keys, below=below):
        worked = frozenset(teams[t] for t in found.teams if t in teams)
        now = {targets.get(t, "kind:unknown"): share for t, share in found.shares.items()}
        yield ShareMove(found.key, worked, now, parts, found.is_below)


def link_changes(plan: Plan, wanted: Mapping[str, Sequence[Link]]) -> list[Change]:
    """Changes that leave exactly the wanted links of each item (by its key in lower case)."""
    names = names_of(plan)
    changes: list[Change] = []
    kept = list(plan.links)
    for place in reversed(range(len(kept))):
        link = kept[place]
        if link.item.lower() in wanted:
            changes.append(Removed("", ("links", place), link, names=names))
            del kept[place]
    for links in wanted.values():
        for link in links:
            changes.append(Added("", ("links", len(kept)), link, len(kept), names=names))
            kept.append(link)
    if tuple(kept) == plan.links:
        raise Invalid("It already is so.", "Nothing was changed.", code="plan.no_change")
    return changes


def _links(key: str, parts: Mapping[str, int], why: str) -> tuple[Link, ...]:
    if not parts:
        return ()
    (target, share), *more = parts.items()
    kind, _, name = target.partition(":")
    if share == WHOLE and not more:
        return (Link.model_validate({"item": key, kind: name, "why": why}),)
    shares = {_word(t): s / WHOLE for t, s in parts.items()}
    return (Link.model_validate({"item": key, "shares": shares, "why": why}),)


def _word(target: str) -> str:
    kind, _, name = target.partition(":")
    return target if kind == "stream" and name in set(RestKind) else name


def parts_said(links: Sequence[Link]) -> dict[str, int]:
    """What links say together: target → parts of 10,000."""
    out: dict[str, int] = {}
    for link in links:
        for target, share in link_parts(link).items():
            out[target] = out.get(target, 0) + share
    return out


def _by_key(plan: Plan) -> dict[str, tuple[Link, ...]]:
    out: dict[str, tuple[Link, ...]] = {}
    for link in plan.links:
        out[link.item.lower()] = (*out.get(link.item.lower(), ()), link)
    return out
