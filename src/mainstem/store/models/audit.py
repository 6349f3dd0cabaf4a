"""Who did, or was refused, what and when. Lines are only ever added."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class AuditLine(models.Model):
    """One write, sign-in, export or refused attempt."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=254, blank=True)
    face = models.CharField(max_length=10)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=400, blank=True)
    outcome = models.CharField(max_length=10)
    sentence = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    request = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at"]),
            models.Index(fields=["action", "at"]),
            models.Index(fields=["by", "at"]),
        ]
