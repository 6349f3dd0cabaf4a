"""Values of metrics on a server: seen by all readers, added by whoever may change the metric, never in the plan's text."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainstem.ledger.observations import series
from mainstem.services.plan_text import plan_as_text
from mainstem.store.models import AuditLine


def in_force(ground: Any) -> dict[date, tuple[float | None, str]]:
    view = ground.shelf.view()
    return {p.on: (p.value, p.source) for p in series(view, "starts")} if view else {}
