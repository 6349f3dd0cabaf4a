"""What people say about things, watch and are told."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

_PERSON = settings.AUTH_USER_MODEL


class Remark(models.Model):
    """What somebody says about an entity (``streams/start-fast``) or a proposal (``proposal/12``)."""

    subject = models.CharField(max_length=130)
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    text = models.TextField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "at"])]


class Contest(models.Model):
    """Somebody says that an item's effort was counted wrongly, and what they would count it for."""

    item = models.CharField(max_length=400)
    now = models.CharField(max_length=130, blank=True)
    wanted = models.CharField(max_length=130, blank=True)
    why = models.TextField()
    author = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_by_name = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "at"]), models.Index(fields=["item"])]


class Watch(models.Model):
    """Somebody wants to be told of what happens to a thing."""

    user = models.ForeignKey(_PERSON, on_delete=models.CASCADE, related_name="watches")
    subject = models.CharField(max_length=130)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "subject"], name="one_watch_each")
        ]
        indexes: ClassVar = [models.Index(fields=["subject"])]


class Notice(models.Model):
    """What somebody is told, in the app and in the digest."""

    user = models.ForeignKey(_PERSON, on_delete=models.CASCADE, related_name="notices")
    at = models.DateTimeField()
    subject = models.CharField(max_length=130)
    sentence = models.TextField()
    address = models.CharField(max_length=400)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "at"])]
