"""Finished answers: made once, forgotten when there are too many, never kept when they failed."""

from __future__ import annotations

import pytest

from mainstem.services.server.answers import Answers
from mainstem.services.server.answers_size import rough_size


def test_an_answer_is_made_once_and_what_was_not_asked_for_longest_goes():
    made = []
    kept = Answers(2 * rough_size("A"))

    def ask(key):
        return kept.get(key, lambda: made.append(key) or key.upper())

    assert [ask(k) for k in "aab"] == ["A", "A", "B"]
    ask("a")
    ask("c")
    assert made == ["a", "b", "c"]
    ask("a")
    ask("b")
    assert made == ["a", "b", "c", "b"]
    assert len(kept) == 2


def test_an_error_is_raised_each_time():
    kept, tries = Answers(), []

    def fail():
        tries.append(1)
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):
            kept.get("x", fail)
    assert len(tries) == 2


def test_nothing_is_an_answer_too():
    kept, made = Answers(), []
    for _ in range(2):
        assert kept.get("x", lambda: made.append(1)) is None
    assert made == [1]
