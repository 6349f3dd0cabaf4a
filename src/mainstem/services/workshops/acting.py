"""Acts in a room: a batch is taken in order, in one transaction, each act once however often it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.errors import Conflict, Invalid, MainstemError, TooLarge
from mainstem.services.people import auditing
from mainstem.services.workshops import dealing as workshop_dealing
from mainstem.services.workshops.advice import Advice, advice_on
from mainstem.services.workshops.events import Log, locked, log_of, own_id
from mainstem.services.workshops.seated import Seated, standing_seat
from mainstem.store.models import RoomEvent
from mainstem.store.together import together
from mainstem.workshop.acting import ACTS, decide, id_of, kind_of, require_may
from mainstem.workshop.board import Puts, Record
from mainstem.workshop.case import Case
from mainstem.workshop.reading import Sent
from mainstem.workshop.seeing import masked
from mainstem.workshop.undoing import undo

#: Most acts in one batch; a browser that was away sends several.
MOST_ACTS = 200
#: How far back the newest act is looked for that can be undone.
_FURTHEST_BACK = 500
_SAID = {"running": "began", "paused": "paused", "finished": "finished", "prepared": "set back"}


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that was not taken: its id as it was sent, and why. The others of its batch were."""

    id: str
    error: MainstemError


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of a batch.

    Attributes:
        number: Of the newest event of the room.
        puts: What the batch put, as the acting person sees it.
        advice: What is to be said of words that were written; they are taken all the same.
        refused: Acts that were not taken.
    """

    number: int
    puts: dict[str, Record | None]
    advice: tuple[Advice, ...]
    refused: tuple[Refused, ...]


def act(number: int, seat: Seated, acts: Sequence[Mapping[str, Any]], *, at: datetime) -> Acted:
    """Does what was sent, in order. What is refused keeps none of the others back.

    Args:
        number: The workshop's.
        seat: Who acts; looked at again inside the transaction.
        acts: As they were sent; nothing in them is trusted.
        at: When.

    Raises:
        Absent, Forbidden: the seat is out. Nothing was done.
        TooLarge: more than 200 at once. Nothing was done.
    """
    if len(acts) > MOST_ACTS:
        raise TooLarge(f"These are {len(acts)} acts.", f"Send at most {MOST_ACTS} at once.")
    with together():
        row = locked(number)
        who = standing_seat(seat, row, at)
        batch = _Batch(log_of(row), who, at)
        for sent in acts:
            batch.take(sent)
        batch.log.close()
    mine = masked(batch.puts, who)
    return Acted(row.number, mine, advice_on(mine), tuple(batch.refused))


class _Batch:
    """Acts of one seat, under the lock of their workshop."""

    def __init__(self, log: Log, seat: Seated, at: datetime) -> None:
        self.log, self._seat, self._at = log, seat, at
        self.puts: dict[str, Record | None] = {}
        self.refused: list[Refused] = []

    def take(self, sent: Mapping[str, Any]) -> None:
        """One act: done, done already, or refused."""
        try:
            given = id_of(sent)
            # seats keep out of each other's way: nobody can have another's act taken for done
            act_id = f"{self._seat.id}.{given}"
            if RoomEvent.objects.filter(workshop_id=self.log.row.pk, act_id=act_id).exists():
                return
            self._do(sent, act_id)
        except MainstemError as error:
            name = sent.get("id") if isinstance(sent, Mapping) else ""
            self.refused.append(Refused(name[:40] if isinstance(name, str) else "", error))

    def _do(self, sent: Mapping[str, Any], act_id: str) -> None:
        kind = kind_of(sent)
        undoes = None
        if kind.name == "undo":
            undoes, puts = self._undo(sent)
        else:
            puts = decide(self.log.board, sent, self._seat, self._at)
        before = self.log.board.get("room")
        self._write(kind.name, act_id, self._seat.id, puts, undoes)
        self._follow(before or {}, undoes)

    def _write(
        self, act: str, act_id: str, seat: int | None, puts: Puts, undoes: int | None = None
    ) -> None:
        self.log.write(act, act_id, seat, puts, at=self._at, undoes=undoes)
        self.puts.update(puts)

    def _follow(self, before: Record, undoes: int | None) -> None:
        """What the room itself does after an act: cards for a step that begins, a line in the audit log."""
        room = self.log.board.get("room") or {}
        if room.get("step") != before.get("step") and undoes is None:
            cards = workshop_dealing.cards_for(self.log.board, room["step"], self._at)
            if cards:
                self._write("deal", own_id(), None, cards)
        if room.get("state") != before.get("state") and self._seat.actor is not None:
            row, said = self.log.row, _SAID.get(room["state"], room["state"])
            auditing.record(
                self._seat.actor, f"workshop.{room['state']}", f"workshops/{row.pk}", at=self._at,
                sentence=f"The workshop “{row.title}” was {said}." if said != "began"
                else f"The workshop “{row.title}” began.",
            )  # fmt: skip

    def _undo(self, sent: Mapping[str, Any]) -> tuple[int, Puts]:
        given = Sent(sent)
        require_may(Case(self.log.board, given, self._seat, self._at), ACTS["undo"])
        wanted = given.whole("number", 1, 2**53) if given.has("number") else self._newest()
        found = RoomEvent.objects.filter(workshop_id=self.log.row.pk, number=wanted).first()
        if found is None:
            raise Invalid("There is no such event.", "Leave the number out for the newest.",
                          field="number")  # fmt: skip
        if not _is_undoable(found.act):
            raise Conflict("This is not undone: it is somebody's own, or the room's.",
                           "Choose another.", code="workshop.not_undoable")  # fmt: skip
        if any(target == wanted for target in self._undone()):
            raise Conflict("This was undone already.", "Undo the undoing to have it back.",
                           code="workshop.undone")  # fmt: skip
        return wanted, undo(self.log.board, found.puts, found.before)

    def _newest(self) -> int:
        """The newest event that can be undone and was not."""
        undone = set(self._undone())
        rows = RoomEvent.objects.filter(workshop_id=self.log.row.pk, undoes=None)
        names = rows.order_by("-number").values_list("number", "act", "puts")[:_FURTHEST_BACK]
        for number, act, puts in names:
            if number not in undone and _is_undoable(act) and puts:
                return int(number)
        raise Conflict("There is nothing to undo.", "Change it by hand.", code="workshop.nothing")

    def _undone(self) -> Iterator[int]:
        """Events that are undone: by an undo that was not undone itself."""
        rows = RoomEvent.objects.filter(workshop_id=self.log.row.pk, undoes__isnull=False)
        out: set[int] = set()
        for number, target in rows.order_by("-number").values_list("number", "undoes"):
            if number not in out and target is not None:
                out.add(target)
        return iter(out)


def _is_undoable(act: str) -> bool:
    kind = ACTS.get(act)
    return kind is not None and kind.is_undoable
