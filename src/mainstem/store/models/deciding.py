"""What people answered, asked, decided and looked through: statements, decisions, triage, suggestions."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from mainstem.store.fields import KeptJSON

_PERSON = settings.AUTH_USER_MODEL


class StatementAnswer(models.Model):
    """What a person answered to a disqualifying statement about a thing; the newest one counts, all are kept.

    ``subject`` is ``section/id``, or ``asked/NUMBER`` for a piece of work. ``answer`` is a value of
    ``challenge.verdicts.Answer``, or empty where somebody took theirs back. "Cannot say" of a statement
    that blocks names who will find out and by when. ``is_private``: only whoever may decide sees who
    answered and why.
    """

    subject = models.CharField(max_length=130)
    statement = models.CharField(max_length=60)
    version = models.IntegerField(default=1)
    answer = models.CharField(max_length=12, blank=True)
    evidence = models.TextField(blank=True)
    owner = models.CharField(max_length=200, blank=True)
    until = models.DateField(null=True, blank=True)
    is_private = models.BooleanField(default=False)
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "statement", "id"]),
            models.Index(fields=["statement", "at"]),
        ]


class AskedWork(models.Model):
    """A piece of work that somebody asked about; its decisions are one chain.

    ``key`` is the item's key in its tracker in lower case, ``link`` its address as
    ``challenge.decisions.bare_link`` writes it; either says that work that appears later is this one.
    ``standing``, ``stream``, ``kind`` and ``decided_at`` repeat the last verdict, so that lists need not
    read the chain. ``given`` are labels, components and whatever else claims look at.
    """

    title = models.CharField(max_length=400)
    text = models.TextField(blank=True)
    team = models.CharField(max_length=100, blank=True)
    estimate = models.FloatField(null=True, blank=True)
    link = models.CharField(max_length=600, blank=True)
    key = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=60, blank=True)
    given = KeptJSON(default=dict)
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    face = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()
    standing = models.CharField(max_length=20, blank=True)
    stream = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    is_appealed = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["standing", "-id"]),
            models.Index(fields=["stream", "-id"]),
            models.Index(fields=["key"]),
            models.Index(fields=["link"]),
            models.Index(fields=["team", "-id"]),
        ]


class Decision(models.Model):
    """One step of a chain: a verdict, an appeal, or the answer to one; never changed, never removed.

    ``step`` is a value of ``challenge.decisions.Step``. ``metric`` and ``metric_version`` are the stream's
    metric of that day and the digest of its definition. ``statements`` are ``[id, version, answer]``.
    ``role`` is in what role it was decided.
    """

    asked = models.ForeignKey(AskedWork, on_delete=models.CASCADE, related_name="decisions")
    step = models.CharField(max_length=20)
    stream = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    metric = models.CharField(max_length=100, blank=True)
    metric_version = models.CharField(max_length=64, blank=True)
    statements = KeptJSON(default=list)
    why = models.TextField(blank=True)
    until = models.DateField(null=True, blank=True)
    role = models.CharField(max_length=30, blank=True)
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    face = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asked", "id"]),
            models.Index(fields=["stream", "at"]),
            models.Index(fields=["metric", "at"]),
        ]


class DoneWork(models.Model):
    """Work of the ledger that is, or may be, what somebody had asked about.

    ``how`` is ``link``, ``key`` or ``likeness``; a likeness counts only when ``state`` is ``confirmed``.
    """

    asked = models.ForeignKey(AskedWork, on_delete=models.CASCADE, related_name="done")
    item = models.CharField(max_length=400)
    title = models.CharField(max_length=400, blank=True)
    how = models.CharField(max_length=10)
    likeness = models.FloatField(null=True, blank=True)
    state = models.CharField(max_length=10, default="found")
    first_day = models.DateField(null=True, blank=True)
    found_at = models.DateTimeField()
    said_by = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    said_by_name = models.CharField(max_length=200, blank=True)
    said_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["asked", "item"], name="one_done_work_each")
        ]
        indexes: ClassVar = [models.Index(fields=["state"])]


class PostedAnswer(models.Model):
    """The comment or check that a connected tracker was given about a piece of work; edited in place.

    ``place`` is the item's key in what the tracker tells, ``posted`` the answer's own id there, ``digest``
    what it last said, so that the same answer is not written twice; ``said`` is that in a sentence,
    ``name`` what people call the item, ``link`` leads to it. ``wanted_at`` is when somebody last touched the item and no answer was worked out
    since. ``fault`` is why it could not be written.
    """

    source = models.CharField(max_length=60)
    place = models.CharField(max_length=300)
    posted = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    asked = models.ForeignKey(
        AskedWork, null=True, on_delete=models.SET_NULL, related_name="posted"
    )
    fault = models.TextField(blank=True)
    name = models.CharField(max_length=300, blank=True)
    said = models.TextField(blank=True)
    link = models.CharField(max_length=600, blank=True)
    wanted_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "place"], name="one_posted_answer_each")
        ]
        indexes: ClassVar = [
            models.Index(fields=["source", "wanted_at"]),
            models.Index(fields=["source", "-at"]),
        ]


class ChatMessage(models.Model):
    """A signed message of a chat that was answered: kept for an hour, so that it is not answered twice."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"])]


class TriageMark(models.Model):
    """Somebody looks at a lump of unattributed work, or has put it off; others are not offered it meanwhile."""

    lump = models.CharField(max_length=400)
    state = models.CharField(max_length=10)
    until = models.DateTimeField()
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.CASCADE, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lump", "author", "state"], name="one_triage_mark_each")
        ]
        indexes: ClassVar = [models.Index(fields=["until"])]


class SuggestionAudit(models.Model):
    """An item of the sample that people judge, by which a model earns or loses its automatic acceptance.

    ``suggested`` and ``truth`` are ``stream:x`` or ``kind:y``; ``truth`` is empty until somebody said it.
    """

    model = models.CharField(max_length=60)
    month = models.DateField()
    item = models.CharField(max_length=400)
    suggested = models.CharField(max_length=130)
    probability = models.FloatField()
    truth = models.CharField(max_length=130, blank=True)
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "item"], name="one_audit_each")
        ]
