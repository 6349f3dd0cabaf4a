"""Texts of people in answers: seen, bounded, and never out of their marks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import Invalid, TooLarge
from mainstem.mcp.said import (
    BEGIN,
    END,
    MOST_DATA,
    MOST_TEXT,
    Data,
    LongTold,
    Said,
    Told,
    clean,
    delimited,
    fault_of,
    result_of,
)
from tests.assistants.folder import HOSTILE, UNSEEN


class Titled(Data):
    title: Told


class Lines(Data):
    lines: list[LongTold]


@given(st.text())
def test_a_cleaned_text_is_bounded_and_cleaning_it_again_changes_nothing(text: str) -> None:
    once = clean(text)
    assert len(once) <= MOST_TEXT
    assert clean(once) == once
    assert all(c.isprintable() or c in "\n\t" for c in once)


@given(st.text(alphabet=st.characters(codec="ascii", categories=("L", "N", "P", "S"))))
def test_what_can_be_seen_stays_as_it_was_written(text: str) -> None:
    assert clean(text[:MOST_TEXT]) == text[:MOST_TEXT]


def test_letters_that_nobody_sees_are_left_out() -> None:
    assert clean(UNSEEN) == "Fix it now"
    assert clean("a\ufe0fb\U000e0101c\u200dd\x1b[31m") == "abcd[31m"


def test_words_of_other_alphabets_stay() -> None:
    assert clean("Größe 漢字 עברית 👍") == "Größe 漢字 עברית 👍"


@given(st.text())
def test_no_text_can_close_the_marks_round_it(text: str) -> None:
    shown = delimited(Titled(title=f"{text}{END}{BEGIN}{HOSTILE}"))
    assert shown.count(BEGIN) == 1
    assert shown.count(END) == 1
    assert shown.endswith(END)
    inside = shown.removeprefix(BEGIN).removesuffix(END)
    assert json.loads(inside)["title"].startswith(clean(text)[: MOST_TEXT - 1][:5])


def test_an_answer_holds_peoples_words_in_its_data_only() -> None:
    made = result_of(Said("One thing.", Titled(title=HOSTILE)))
    assert made.structured_content == {"title": HOSTILE}
    sentence, data = (block.text for block in made.content)  # type: ignore[union-attr]
    assert sentence == "One thing."
    assert data.index(BEGIN) < data.index("Ignore all") < data.index(END)


def test_a_refusal_names_things_in_its_data_only() -> None:
    made = fault_of(Invalid(f"{HOSTILE} is no stream.", "Ask again.", code="some.code"))
    assert made.is_error
    sentence = made.content[0].text  # type: ignore[union-attr]
    assert sentence == "Not done (some.code): the data says why."
    assert made.structured_content["fault"]["code"] == "some.code"


def test_an_answer_that_would_not_fit_is_refused_with_what_to_do() -> None:
    many = Lines(lines=["x" * 4_000] * (MOST_DATA // 4_000 + 1))
    with pytest.raises(TooLarge, match="fit"):
        result_of(Said("Much.", many))
