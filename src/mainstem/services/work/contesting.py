"""Contests: somebody says that an item's effort was counted wrongly; whoever answers for it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.plan.model import Plan, RestKind
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.people.access_shares import ShareMove, may_answer, may_move, require_answer
from mainstem.services.telling import telling
from mainstem.services.work.sharing import moves_of, set_shares
from mainstem.store import glances
from mainstem.store.models import Contest, Watch
from mainstem.store.together import together
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground

OPEN, AGREED, DECLINED, WITHDRAWN = "open", "agreed", "declined", "withdrawn"
PAGE = 50
MOST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class ContestRow:
    """A contest as somebody sees it; ``may_…`` says what they may do about it."""

    number: int
    source: str
    key: str
    now: str
    wanted: str
    why: str
    author: str
    at: datetime
    state: str
    answer: str
    answered_by: str
    answered_at: datetime | None
    may_answer: bool
    may_agree: bool
    may_withdraw: bool


def contest_item(
    source: str, key: str, wanted: str, why: str, ground: Ground, by: Actor, *, at: datetime
) -> int:
    """Says that an item should count for something else, and why.

    Args:
        wanted: ``stream:x`` or ``kind:y``.

    Returns:
        The contest's number.

    Raises:
        Forbidden: for somebody who only reads.
        Invalid: no reason, nothing to count for, or it counts for that already.
        Conflict: they have an open contest about the item.
    """
    require(by, Action.CONTEST)
    plan = ground.plans.head().plan
    reason = _said(why, "Say why it should count for something else.")
    _check_target(wanted, plan)
    move = _move(key, wanted, ground)
    now = max(move.before, key=lambda t: move.before[t], default="kind:unknown")
    if move.before.get(wanted, 0) == WHOLE:
        raise Invalid(
            f"{key} counts for {wanted.partition(':')[2]} already.", "Choose something else.",
            field="wanted",
        )  # fmt: skip
    item = f"{source}/{key}"[:400]
    with together():
        if by.id and Contest.objects.filter(item=item, author_id=by.id, state=OPEN).exists():
            raise Conflict(
                f"You have an open contest about {key} already.",
                "Wait for its answer, or withdraw it first.",
            )
        made = Contest.objects.create(
            item=item, now=now[:130], wanted=wanted, why=reason, author_id=by.id,
            author_name=by.name[:200], at=at,
        )  # fmt: skip
        if by.id:
            Watch.objects.get_or_create(
                user_id=by.id, subject=f"contests/{made.pk}", defaults={"at": at}
            )
        said = f"{key} counts for {_bare(now)} and should count for {_bare(wanted)}: {reason}"
        auditing.record(by, "contest.open", item, at=at, sentence=said)
        telling.tell("contest", _subjects(made), f"{by.name} contests: {said}", ADDRESS, by, at=at)
    return made.pk


#: Where contests are answered.
ADDRESS = "/items/contests/"


def agree(number: int, answer: str, ground: Ground, by: Actor, *, at: datetime) -> None:
    """Agrees: the item is set by hand to what was wanted, and the contest is over.

    Raises:
        Absent: there is no such contest.
        Conflict: it has been answered.
        Forbidden: it is not theirs to answer, or not theirs to set.
    """
    with together():
        found, move = _open_contest(number, ground, by)
        why = " ".join(answer.split()) or found.why
        set_shares([move.key], {found.wanted: WHOLE}, why[:500], ground, by, at=at)
        _close(found, AGREED, answer.strip(), by, at)


def decline(number: int, answer: str, ground: Ground, by: Actor, *, at: datetime) -> None:
    """Declines, with a reason; what counts stays as it is. Errors are those of ``agree``.

    Raises:
        Invalid: no reason was given.
    """
    reason = _said(answer, "Say why it stays as it is.")
    with together():
        found, _ = _open_contest(number, ground, by)
        _close(found, DECLINED, reason, by, at)


def withdraw(number: int, ground: Ground, by: Actor, *, at: datetime) -> None:
    """Takes one's own contest back.

    Raises:
        Absent: there is no such contest.
        Conflict: it has been answered.
        Forbidden: it is somebody else's.
    """
    require(by, Action.CONTEST)
    with together():
        found = _locked(number)
        if by.id is None or found.author_id != by.id:
            raise Forbidden("This contest is somebody else's.", "Only who made it can withdraw it.")
        _close(found, WITHDRAWN, "", by, at)


def contests(
    ground: Ground, by: Actor, *, state: str = OPEN, item: str = "", below: int | None = None
) -> tuple[list[ContestRow], bool]:
    """Contests, newest first, a page of them; and whether there are more.

    Args:
        state: ``open``, ``agreed``, ``declined``, ``withdrawn``; empty for all.
        item: Only about this one, as ``source/key``.
        below: Only those with a smaller number, for the next page.
    """
    require(by, Action.READ)
    found = _found(state, item, below)
    return _shown(found[:PAGE], ground, by), len(found) > PAGE


def _found(state: str, item: str, below: int | None) -> list[Contest]:
    """A page of contests and one more, if there is."""
    if item and not state and below is None:
        # what the page of every item asks
        return glances.contests_about(item, PAGE + 1)
    rows = Contest.objects.order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if item:
        rows = rows.filter(item=item)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    return list(rows[: PAGE + 1])


def _shown(found: Sequence[Contest], ground: Ground, by: Actor) -> list[ContestRow]:
    plan = ground.plans.head().plan
    keys = [_key(c) for c in found if c.state == OPEN]
    # one look at the ledger for all of them
    known = {m.key.lower(): m for m in _moves(keys, ground) if not m.is_below}
    return [_row(c, known.get(_key(c).lower()), plan, by) for c in found]


def _row(contest: Contest, move: ShareMove | None, plan: Plan, by: Actor) -> ContestRow:
    is_open = contest.state == OPEN
    known = move or ShareMove(_key(contest), frozenset(), {contest.now: WHOLE}, {})
    asked = ShareMove(known.key, known.teams, known.before, {contest.wanted: WHOLE})
    return ContestRow(
        contest.pk, contest.item.partition("/")[0], _key(contest), contest.now, contest.wanted,
        contest.why, contest.author_name, contest.at, contest.state, contest.answer,
        contest.answered_by_name, contest.answered_at,
        may_answer=is_open and may_answer(by, plan, asked),
        may_agree=is_open and move is not None and may_move(by, plan, asked),
        may_withdraw=is_open and by.id is not None and contest.author_id == by.id and by.may_write,
    )  # fmt: skip


def _open_contest(number: int, ground: Ground, by: Actor) -> tuple[Contest, ShareMove]:
    require(by, Action.CONTEST)
    found = _locked(number)
    move = _move(_key(found), found.wanted, ground)
    require_answer(by, ground.plans.head().plan, move)
    return found, move


def _locked(number: int) -> Contest:
    found = Contest.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise Absent(f"There is no contest {number}.", "The list of contests has them all.")
    if found.state != OPEN:
        raise Conflict(
            f"This contest has been {found.state} by {found.answered_by_name or 'its author'}.",
            "Somebody was quicker; look at the answer.",
        )
    return found


def _close(found: Contest, state: str, answer: str, by: Actor, at: datetime) -> None:
    found.state, found.answer = state, answer[:MOST_WORDS]
    found.answered_by_id, found.answered_by_name, found.answered_at = by.id, by.name[:200], at
    found.save()
    said = f"The contest about {_key(found)} was {state}" + (f": {answer}" if answer else "")
    auditing.record(by, f"contest.{state}", found.item, at=at, sentence=said)
    telling.tell(
        "contest", _subjects(found), f"{by.name}: {said}", f"{ADDRESS}?state={state}", by, at=at
    )


def _subjects(contest: Contest) -> list[str]:
    streams = {t for t in (contest.now, contest.wanted) if t.startswith("stream:")}
    return [f"contests/{contest.pk}", *sorted(f"streams/{_bare(t)}" for t in streams)]


def _move(key: str, wanted: str, ground: Ground) -> ShareMove:
    moves = moves_of([key], {wanted: WHOLE}, ground.plans.head().plan, ground.book())
    return next(m for m in moves if not m.is_below)


def _moves(keys: Sequence[str], ground: Ground) -> list[ShareMove]:
    if not keys:
        return []
    # an item may have gone from the ledger since
    return moves_of(keys, {}, ground.plans.head().plan, ground.book(), may_lack=True)


def _check_target(wanted: str, plan: Plan) -> None:
    kind, _, name = wanted.partition(":")
    if (kind == "stream" and name in plan.streams) or (
        kind == "kind" and name in set(RestKind) - {RestKind.UNKNOWN}
    ):
        return
    raise Invalid(
        "What should it count for?", "Choose a stream or a kind of the rest.", field="wanted"
    )


def _said(text: str, hint: str) -> str:
    said = text.strip()
    if not said or len(said) > MOST_WORDS:
        what = "A reason is missing." if not said else "The reason is too long."
        raise Invalid(what, hint, field="why")
    return said


def _key(contest: Contest) -> str:
    return contest.item.partition("/")[2]


def _bare(target: str) -> str:
    return target.partition(":")[2] or "nothing"
