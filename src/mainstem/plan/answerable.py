"""A proper answer that is no number: why something cannot be said, and what would help."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotAnswerable:
    """Statistical functions give a result or this; they never guess.

    Attributes:
        reason: Why there is no answer, as a sentence.
        what_would_help: What would make it answerable, as a sentence.
    """

    reason: str
    what_would_help: str

    def __str__(self) -> str:
        return f"{self.reason} {self.what_would_help}"
