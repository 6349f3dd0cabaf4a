"""A proper answer that is no number; the value itself is known to every room."""

from __future__ import annotations

from mainstem.plan.answerable import NotAnswerable

__all__ = ["NotAnswerable"]
