"""Sources that a server asks by itself, and what they told it of their own accord."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from mainstem.store.fields import KeptJSON


class SourceConnection(models.Model):
    """A tracker, time sheet, repository or metric system that is asked again and again.

    What it said is in the ledger, with the place where to go on. ``sealed`` holds its credentials and
    ``hook_secret`` the one that its messages are signed with, both encrypted. ``hook_token`` is a part of
    the address that it sends them to. ``state`` is ``services.sync_state.SyncState``, ``progress`` how far
    a sync is, ``tested`` what the last test found; all three may be lost without harm.
    """

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=40)
    options = KeptJSON(default=dict)
    sealed = models.TextField(blank=True)
    every_minutes = models.IntegerField(default=15)
    is_on = models.BooleanField(default=True)
    hook_token = models.CharField(max_length=64, unique=True)
    hook_secret = models.TextField()
    refused_at = models.DateTimeField(null=True, blank=True)
    state = KeptJSON(default=dict)
    progress = KeptJSON(default=dict)
    tested = KeptJSON(default=dict)
    stop_asked = models.BooleanField(default=False)
    is_anew = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    changed_at = models.DateTimeField()


class ReceivedHook(models.Model):
    """A message of a source: what it touched, and whether that is still to be fetched.

    Kept for some days, so that a message that is sent again does nothing.
    """

    source = models.ForeignKey(SourceConnection, on_delete=models.CASCADE, related_name="received")
    delivery = models.CharField(max_length=200)
    at = models.DateTimeField()
    keys = KeptJSON(default=list)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "delivery"], name="one_delivery_each")
        ]
        indexes: ClassVar = [
            models.Index(fields=["source", "is_open"]),
            models.Index(fields=["at"]),
        ]
