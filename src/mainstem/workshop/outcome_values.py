"""What comes out of a workshop, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mainstem.plan.model import Plan


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Something that the room left open.

    Attributes:
        card: The card that it is about, or that it is.
        what: The question, as a sentence.
        owner: Who will answer; empty where nobody is named.
        until: By when; nothing where no day is named.
    """

    card: str
    what: str
    owner: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """What will not be done: a card's words, why, and what of the plan goes with it (or empty)."""

    card: str
    what: str
    why: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a board makes of a plan.

    Attributes:
        plan: The plan that the room wants.
        became: Card → ``section/id`` of what it became; a stage and a participation are part of theirs.
        left: Card of a kind that the plan has → why nothing became of it.
        nothing: Cards that became nothing, in the order of the board: what was left out, set aside,
            merged, removed or parked, and notes. They stay readable.
        open: What is still open, in the order of the board.
        not_doing: What the room will not do.
        cycle: The cycle that commitments are made for; empty where there is none.
        renamed: (section, identifier) → new identifier; a workshop renames nothing.
    """

    plan: Plan
    became: Mapping[str, str]
    left: Mapping[str, str]
    nothing: tuple[str, ...]
    open: tuple[OpenQuestion, ...]
    not_doing: tuple[Stopped, ...]
    cycle: str = ""
    renamed: Mapping[tuple[str, str], str] = field(default_factory=dict)
