"""Completion: what is offered where the cursor stands, and what is put in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mainstem.work.query import FIELDS, MOST_CHARACTERS, complete, parse

STREAMS = [("start-fast", "Start to first frame"), ("sign-up", "Sign-up in one breath")]
LABELS = [("start time", ""), ("old", "")]


def values(field: str, wanted: str) -> list[tuple[str, str]]:
    return {"stream": STREAMS, "label": LABELS}.get(field, [])


def offered(text: str, at: int | None = None) -> list[str]:
    return [c.words for c in complete(text, len(text) if at is None else at, values)]


def taken(text: str, at: int | None = None) -> str:
    first = complete(text, len(text) if at is None else at, values)[0]
    return text[: first.first] + first.text + text[first.last :]


def test_an_empty_query_is_offered_fields():
    assert offered("")[:3] == ["stream:", "kind:", "team:"]


def test_letters_offer_the_fields_that_begin_with_them_first():
    assert offered("st")[:3] == ["stream:", "state:", "started:"]
    assert taken("a -lab") == "a -label:"
    assert taken("(up") == "(updated>="


def test_a_field_with_choices_offers_them():
    assert offered("kind:un") == ["unknown"]
    assert taken("is:cl") == "is:claimed "


def test_a_field_of_the_plan_offers_what_the_caller_knows_by_id_or_name():
    assert offered("stream:") == ["start-fast", "sign-up"]
    assert offered("stream:breath") == ["sign-up"]


def test_a_value_with_a_space_is_put_in_quotes():
    assert taken("label:sta") == 'label:"start time" '
    assert taken('label:"start t') == 'label:"start time" '


def test_only_the_piece_around_the_cursor_is_replaced():
    assert taken("kind:de stream:sta team:x", 18) == "kind:de stream:start-fast team:x"


def test_a_comparison_offers_nothing():
    assert offered("updated>20") == offered("effort>=") == []


def test_a_query_that_is_too_long_offers_nothing():
    assert offered("a" * (MOST_CHARACTERS + 1)) == []


def test_the_values_of_every_choice_can_be_read_as_they_are_put_in():
    for name, field in FIELDS.items():
        for choice in field.choices:
            parse(taken(f"{name}:{choice}"))


@given(st.text(max_size=40), st.integers(-3, 50))
def test_law_completion_stays_inside_the_text_whatever_it_is(text, at):
    for found in complete(text, at, values):
        assert 0 <= found.first <= found.last <= len(text)
