"""A plan together with the name of the moment at which it stood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mainstem.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan at a revision.

    Attributes:
        plan: The plan.
        revision: Its revision: a hash of text, or ``r12`` for the twelfth on a server.
    """

    plan: Plan
    revision: str

    @property
    def number(self) -> int:
        """Number of a server's revision; 0 for an empty plan or a plan from text."""
        digits = self.revision.removeprefix("r")
        return (
            int(digits)
            if digits.isascii() and digits.isdigit() and self.revision.startswith("r")
            else 0
        )


def revision_name(number: int) -> str:
    """``12`` → ``r12``; nothing for the empty plan before the first revision."""
    return f"r{number}" if number else ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who changes a plan, when and why.

    Attributes:
        at: The moment.
        by: Number of the account, if there is one.
        name: The person's name as it is kept with the change.
        why: The reason in their words; may be empty.
        origin: ``page``, ``api``, ``text``, ``proposal``, ``undo``, ``cycle`` or ``start``.
    """

    at: datetime
    by: int | None = None
    name: str = ""
    why: str = ""
    origin: str = "page"
