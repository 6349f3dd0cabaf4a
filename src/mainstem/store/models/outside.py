"""What talks to us and what we tell: tokens, repeated writes, webhooks."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

_PERSON = settings.AUTH_USER_MODEL


class ApiToken(models.Model):
    """A key for programs that acts for a person, within a scope, until a day. Kept as a hash."""

    user = models.ForeignKey(_PERSON, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=10)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class RepeatedWrite(models.Model):
    """The answer to a write that came with an idempotency key, to be given again."""

    user = models.ForeignKey(_PERSON, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.IntegerField(null=True, blank=True)
    body = models.TextField(blank=True)
    etag = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_each")
        ]
        indexes: ClassVar = [models.Index(fields=["at"])]


class Hook(models.Model):
    """An address that is told of events, signed with a secret that is kept encrypted."""

    name = models.CharField(max_length=100)
    url = models.URLField(max_length=500)
    events = models.JSONField(default=list)
    secret = models.TextField()
    is_on = models.BooleanField(default=True)
    by = models.ForeignKey(_PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()


class Delivery(models.Model):
    """One event for one address: tried until it is taken or given up."""

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=60)
    body = models.JSONField()
    at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, default="waiting")
    answer = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["status", "next_at"])]
