"""Events of rooms as rows: written one after the other under the lock of their workshop, never changed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from mainstem.errors import Absent
from mainstem.services.workshops import boards as workshop_boards
from mainstem.services.workshops.signals import landed
from mainstem.store.models import RoomEvent, RoomSnapshot, Workshop
from mainstem.store.together import after_commit
from mainstem.workshop.board import Board, Puts
from mainstem.workshop.undoing import befores

#: Events from one snapshot to the next.
SNAPSHOT_EVERY = 200
#: Acts that nobody sends: the room itself does them.
BY_ROOM = ("open", "deal", "join", "appoint", "remove", "advise")


def locked(number: int) -> Workshop:
    """The workshop's row, for this transaction alone: whoever writes events holds it.

    Raises:
        Absent: there is no such workshop.
    """
    row = Workshop.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise no_workshop()
    return row


def no_workshop() -> Absent:
    """What is said of a workshop that is not there, or not for this person."""
    return Absent("There is no such workshop.", "Look at the list of workshops.")


def own_id() -> str:
    """The id of an act of the room itself; nobody can send such a one."""
    return f"room.{secrets.token_hex(12)}"


@dataclass(slots=True)
class Log:
    """The events of one workshop while its row is locked.

    Attributes:
        row: The workshop's row.
        board: The room after the last event; this log's own.
        last: Id of the last act that was written.
        first: Number of the newest event before.
    """

    row: Workshop
    board: Board
    last: str = ""
    first: int = 0

    def write(
        self,
        act: str,
        act_id: str,
        seat: int | None,
        puts: Puts,
        *,
        at: datetime,
        undoes: int | None = None,
    ) -> int:
        """Adds an event; its number. Events without puts are kept, too: their act is done once and for all."""
        number = self.row.number + 1
        RoomEvent.objects.create(
            workshop_id=self.row.pk, number=number, act=act[:30], act_id=act_id, seat_id=seat, at=at,
            puts=dict(puts), before=befores(self.board, puts), undoes=undoes,
        )  # fmt: skip
        self.board.put(number, puts)
        self.row.number, self.last = number, act_id
        return number

    def close(self) -> None:
        """Keeps the number, and a snapshot where it is time; tells others once all is committed."""
        if not self.last:
            return
        self._follow_state()
        self.row.save(update_fields=["number", "state", "started_at", "finished_at"])
        if self.row.number // SNAPSHOT_EVERY > self.first // SNAPSHOT_EVERY:
            made = {"number": self.row.number, "records": self.board.records()}
            RoomSnapshot.objects.update_or_create(workshop_id=self.row.pk, defaults=made)
        number, board, last = self.row.pk, self.board, self.last
        after_commit(lambda: workshop_boards.offer(number, board, last))
        after_commit(lambda: landed(number))

    def _follow_state(self) -> None:
        """What pages and lists read of the room without its records."""
        room = self.board.get("room")
        if room is None or room["state"] == self.row.state:
            return
        self.row.state = room["state"]
        moment = RoomEvent.objects.filter(workshop_id=self.row.pk, number=self.row.number).get().at
        if room["state"] == "running" and self.row.started_at is None:
            self.row.started_at = moment
        self.row.finished_at = moment if room["state"] == "finished" else None


def log_of(row: Workshop) -> Log:
    """The log of a locked workshop."""
    return Log(row, workshop_boards.board_of(row.pk).after(()), first=row.number)
