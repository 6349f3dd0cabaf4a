"""The plan as it is and as it was: revisions, elements, proposals, cycles, check-ins.

An element is one entity of the plan (or the organisation, or one of the lists) as it stood from one
revision to another. The plan at a revision is the elements that span it. Which shape an element has is
the business of ``plan.model``: the body is what the model writes.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from mainstem.store.fields import KeptJSON

_PERSON = settings.AUTH_USER_MODEL


class Head(models.Model):
    """One row: the newest revision, by number and digest. Whoever writes locks it first."""

    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)


class Revision(models.Model):
    """A change of the plan that was made: the typed changes, who, when and why.

    ``inverse`` undoes it from the plan it made.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)
    why = models.TextField(blank=True)
    origin = models.CharField(max_length=12)
    changes = KeptJSON()
    inverse = KeptJSON()
    sentence = models.TextField()
    subjects = models.TextField(blank=True)
    undoes = models.BigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"])]


class Element(models.Model):
    """An entity as it stood from revision ``since`` until before revision ``until``."""

    section = models.CharField(max_length=16)
    ident = models.CharField(max_length=100, blank=True)
    since = models.BigIntegerField()
    until = models.BigIntegerField(null=True, blank=True)
    place = models.FloatField(default=0)
    body = KeptJSON()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["section", "ident", "since"], name="one_element_each"),
            models.UniqueConstraint(
                fields=["section", "ident"],
                condition=models.Q(until=None),
                name="one_element_now",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["since"]), models.Index(fields=["until"])]


class Proposal(models.Model):
    """A proposed revision: changes to the plan at ``base``, to be discussed, applied or declined."""

    title = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    base = models.BigIntegerField()
    changes = KeptJSON(default=list)
    state = models.CharField(max_length=10, default="draft")
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by_name = models.CharField(max_length=200, blank=True)
    decision = models.TextField(blank=True)
    applied_as = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "changed_at"])]


class CycleStep(models.Model):
    """A step in a cycle's life and the revision at which it was taken.

    The step to ``committed`` freezes the commitment: what was planned is the plan at that revision.
    ``detail`` of the step to ``closed`` has the scores and what is carried over.
    """

    cycle = models.CharField(max_length=100)
    state = models.CharField(max_length=10)
    revision = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)
    why = models.TextField(blank=True)
    detail = KeptJSON(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["cycle", "at"])]


class CheckIn(models.Model):
    """A key result's value, confidence and note on a day. A correction replaces; nothing is lost."""

    key_result = models.CharField(max_length=100)
    on = models.DateField()
    value = models.FloatField(null=True, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    note = models.TextField(blank=True)
    origin = models.CharField(max_length=10, default="person")
    by = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key_result", "on"])]


class Scoring(models.Model):
    """The score from 0.0 to 1.0 that a key result was closed with."""

    key_result = models.CharField(max_length=100)
    cycle = models.CharField(max_length=100)
    score = models.FloatField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["cycle"]),
            models.Index(fields=["key_result", "at"]),
        ]
