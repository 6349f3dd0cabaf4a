"""Where an unbundling stands: which question is next and why, how many are open, what was put off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mainstem.workshop.unbundling import Asks, Question, Step


@dataclass(frozen=True, slots=True)
class PutOff:
    """A question that somebody put off, or put to somebody else.

    Attributes:
        key: The question's key.
        by: Who did.
        at: When, as ISO in UTC.
        asked: Who is asked; empty if it was only put off.
        asked_id: Number of their account.
    """

    key: str
    by: str
    at: str
    asked: str = ""
    asked_id: int | None = None

    @classmethod
    def of(cls, kept: Sequence[Any]) -> PutOff:
        """Out of what is kept: subject, field, who, when, who is asked."""
        subject, name, by, at = (str(one) for one in kept[:4])
        asked = str(kept[4]) if len(kept) > 4 else ""
        number = kept[5] if len(kept) > 5 and isinstance(kept[5], int) else None
        return cls(f"{subject}|{name}", by, at, asked, number)

    def kept(self) -> list[Any]:
        """As it is kept."""
        subject, _, name = self.key.rpartition("|")
        return [subject, name, self.by, self.at, self.asked, self.asked_id]


@dataclass(frozen=True, slots=True)
class Course:
    """Where an unbundling stands for one reader.

    Attributes:
        questions: Every question, in the order of the plan.
        order: Those that are open, in the order in which this reader is asked: what they are asked in
            person first, then what nobody has put off, then what was, oldest first.
        put_off: Key → who put it off, of those that are open.
        why: Why the first of ``order`` is next; empty if nothing is left.
    """

    questions: tuple[Question, ...]
    order: tuple[Question, ...]
    put_off: Mapping[str, PutOff]
    why: str

    @property
    def next(self) -> Question | None:
        """The question that is put now."""
        return self.order[0] if self.order else None

    @property
    def answered(self) -> int:
        """How many are answered."""
        return sum(not one.is_open and not one.is_extra for one in self.questions)

    @property
    def fresh(self) -> int:
        """How many are open that nobody has put off."""
        return len(self.order) - len(self.put_off)

    def of(self, key: str) -> Question | None:
        """The question of a key, open or not."""
        return next((one for one in self.questions if one.key == key), None)

    def open_at(self, step: Step) -> int:
        """How many are open at a step."""
        return sum(one.step is step for one in self.order)


def course(
    asked: Sequence[Question], put_off: Sequence[PutOff], reader: int | None = None
) -> Course:
    """Puts the questions in the order in which a reader is asked.

    Args:
        asked: What ``unbundling.questions`` gives.
        put_off: What was put off, oldest first; a later one of the same question counts instead.
        reader: Number of the reader's account.
    """
    still = {one.key: one for one in asked if one.is_open}
    known = {one.key: one for one in put_off if one.key in still}
    mine = [k for k, one in known.items() if one.asked_id is not None and one.asked_id == reader]
    later = [k for k in sorted(known, key=lambda k: known[k].at) if k not in mine]
    fresh = [k for k, one in still.items() if k not in known and one.at_once]
    waiting = [k for k, one in still.items() if k not in known and not one.at_once]
    order = tuple(still[key] for key in (*mine, *fresh, *waiting, *later))
    return Course(tuple(asked), order, known, _why(order, known, reader))


def _why(order: Sequence[Question], known: Mapping[str, PutOff], reader: int | None) -> str:
    if not order:
        return ""
    first = order[0]
    off = known.get(first.key)
    reason = first.words.why
    if off is not None and off.asked_id is not None and off.asked_id == reader:
        return f"{off.by} asks you. {reason}".strip()
    if off is not None:
        waits = f"{off.asked} was asked" if off.asked else f"{off.by} put it off"
        return f"Nothing else is left; {waits}. {reason}".strip()
    if first.asks is Asks.WORDING:
        return f"This was just written. {reason}"
    return reason
