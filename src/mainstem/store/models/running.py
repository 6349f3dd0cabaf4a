"""What the server does by itself, and when next."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Job(models.Model):
    """Something to be done: a row for each line of the schedule, and one for each thing asked for.

    Whoever runs it holds it until ``held_until``, which is moved on while it runs. When a process dies,
    that moment passes and another takes it up: nothing is lost.

    A row with ``every_seconds`` stands for good, at a pace of its own: a connected source has some. One that
    is asked for while it runs is due again at ``again_at``.

    ``state`` is ``waiting``, ``running``, ``done`` or ``failed`` (given up after all its tries).
    """

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=120, unique=True)
    argument = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting")
    next_at = models.DateTimeField()
    every_seconds = models.IntegerField(null=True, blank=True)
    again_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200, blank=True)
    tries = models.IntegerField(default=0)
    holder = models.CharField(max_length=100, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    well_at = models.DateTimeField(null=True, blank=True)
    said = models.TextField(blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "next_at"])]
