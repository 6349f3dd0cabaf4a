"""Workshops: rooms, who sits in them, what happened in them, agendas that are kept, unbundlings.

What happens in a room is a row of events, numbered without gaps from 1. Each holds what it put: whole
records by their names (``workshop.board``), or null where one is gone. The state of a room is nothing but
its events, one after the other; a snapshot only saves reading all of them.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from mainstem.store.fields import KeptJSON

_PERSON = settings.AUTH_USER_MODEL


class Workshop(models.Model):
    """A room.

    ``state`` is ``prepared``, ``running``, ``paused`` or ``finished``. ``link`` is the word in the link by
    which people join, sealed; ``link_digest`` finds it; ``link_until`` ends it. ``number`` is the number of
    the newest event; whoever writes locks this row. ``base`` is the revision of the plan that it started
    from, ``proposal`` the proposal that it wrote.
    """

    title = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="prepared")
    starts_at = models.DateTimeField(null=True, blank=True)
    started_from = models.CharField(max_length=12, default="nothing")
    cycle = models.CharField(max_length=100, blank=True)
    link = models.TextField(blank=True)
    link_digest = models.CharField(max_length=64, blank=True, db_index=True)
    link_until = models.DateTimeField(null=True, blank=True)
    takes_guests = models.BooleanField(default=False)
    number = models.BigIntegerField(default=0)
    base = models.BigIntegerField(default=0)
    proposal = models.ForeignKey(
        "store.Proposal", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "-id"])]


class Seat(models.Model):
    """Somebody in a room: an account, or a guest with a name only.

    ``role`` is ``facilitator``, ``member`` or ``guest``. A guest is known by a secret of which only the
    digest is kept. ``removed_at``: out at once, and for good.
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="seats")
    person = models.ForeignKey(
        _PERSON, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=12)
    secret_digest = models.CharField(max_length=64, blank=True, db_index=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workshop", "person"],
                condition=models.Q(person__isnull=False),
                name="one_seat_each",
            )
        ]


class RoomEvent(models.Model):
    """Something that happened in a room; never changed.

    ``puts`` are the records that it left, by name; ``before`` the same records as they were, for undo.
    ``act_id`` is given by whoever acts: the same act sent twice happens once.
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="events")
    number = models.BigIntegerField()
    act = models.CharField(max_length=30)
    act_id = models.CharField(max_length=64)
    seat = models.ForeignKey(Seat, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    puts = KeptJSON(default=dict)
    before = KeptJSON(default=dict)
    undoes = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workshop", "number"], name="one_event_each_number"),
            models.UniqueConstraint(fields=["workshop", "act_id"], name="one_event_each_act"),
        ]


class RoomSnapshot(models.Model):
    """All records of a room as they stood after event ``number``; one for each room, the newest."""

    workshop = models.OneToOneField(Workshop, on_delete=models.CASCADE, related_name="snapshot")
    number = models.BigIntegerField()
    records = KeptJSON(default=dict)


class AgendaTemplate(models.Model):
    """An agenda that an organisation keeps, as the text that people share (docs/workshops.md)."""

    name = models.CharField(max_length=120, unique=True)
    text = models.TextField()
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()


class Unbundling(models.Model):
    """An objective that is taken apart, question by question; what was answered is in the proposal.

    ``passed`` are questions that were put off: ``[subject, field, by, at]``.
    """

    objective = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    proposal = models.ForeignKey("store.Proposal", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="open")
    is_shared = models.BooleanField(default=True)
    until = models.DateField(null=True, blank=True)
    passed = KeptJSON(default=list)
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
