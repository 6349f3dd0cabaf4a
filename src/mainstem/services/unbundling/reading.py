"""Answers to statements as people write them, on a page, in a program or on a terminal."""

from __future__ import annotations

from datetime import date

from mainstem.challenge.verdicts import Answer
from mainstem.errors import Invalid


def read_answer(said: str) -> Answer:
    """An answer to a statement as people write it.

    Raises:
        Invalid: it is none.
    """
    word = said.lower().replace("_", " ").replace("-", " ")
    if word not in set(Answer):
        raise Invalid("Is it true?", "Answer true, false or cannot say.", field="answer")
    return Answer(word)


def read_day(text: str) -> date | None:
    """A day, or nothing.

    Raises:
        Invalid: it is none.
    """
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise Invalid(f"{text!r} is no day.", "Write it as 2026-11-30.", field="until") from error
