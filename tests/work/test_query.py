"""The query language: what can be said, what cannot, and where exactly it goes wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.work.query import (
    EVERYTHING,
    FIELDS,
    MOST_CHARACTERS,
    And,
    Kind,
    Misread,
    Node,
    Not,
    Or,
    Term,
    Word,
    amount_bounds,
    both,
    day_bounds,
    parse,
    print_query,
    terms_of,
)

THE_LONG_ONE = (
    'stream:start-fast team:playback kind:unknown label:"start time" component:Player project:PLAY '
    "type:bug state:done key:PLAY-12 path:player/** updated>2026-10-01 effort>=3 unit:hour "
    "is:contested is:unclaimed is:linked -label:old (a or b)"
)


def test_everything_that_the_language_knows_can_stand_in_one_query():
    node = parse(THE_LONG_ONE)
    assert isinstance(node, And)
    assert node.parts[0] == Term("stream", ":", "start-fast")
    assert node.parts[3] == Term("label", ":", "start time")
    assert node.parts[-2] == Not(Term("label", ":", "old"))
    assert node.parts[-1] == Or((Word("a"), Word("b")))
    assert print_query(node) == THE_LONG_ONE


def test_an_empty_query_asks_for_everything():
    assert parse("") == parse("  \n ") == EVERYTHING
    assert print_query(EVERYTHING) == ""


def test_or_is_weaker_than_what_stands_side_by_side():
    assert parse("a b or c") == Or((And((Word("a"), Word("b"))), Word("c")))
    assert parse("a (b or c)") == And((Word("a"), Or((Word("b"), Word("c")))))


def test_and_may_be_written_and_changes_nothing():
    assert parse("a and b") == parse("a b") == parse("(a) and ((b))")


def test_not_and_a_minus_mean_the_same():
    assert parse("not type:bug") == parse("-type:bug") == parse("NOT Type:bug")
    assert parse("-(a or b)") == Not(Or((Word("a"), Word("b"))))


def test_quotes_make_a_word_of_what_would_mean_something_else():
    assert parse('"or"') == Word("or")
    assert parse('"label:old"') == Word("label:old")
    assert parse(r'"say \"hi\" \\o/"') == Word('say "hi" \\o/')


def test_a_minus_inside_a_word_is_part_of_it():
    assert parse("start-fast") == Word("start-fast")
    assert parse("a - b") == And((Word("a"), Word("-"), Word("b")))


@pytest.mark.parametrize(
    ("text", "at", "what", "hint"),
    [
        ("lable:old", 0, "there is no field lable. Did you mean label?", "Fields: stream, kind"),
        ("a kind:bug", 7, "kind cannot be bug", "incident, compliance"),
        ("is:unclamed", 3, "Did you mean unclaimed?", "contested"),
        ("label:", 6, "label needs a value", 'label:"start time"'),
        ('x label:"old', 8, "is not closed", "Close it"),
        ("(a or b", 0, "this bracket is not closed", ")"),
        ("a) b", 1, "closes none", "Take it away"),
        ("a or", 4, "something is missing", "Write a word"),
        ("or a", 0, "`or` has nothing on its left", '"or"'),
        ("()", 1, "something is missing before this bracket", "Write a word"),
        ('a ""', 2, "nothing between", "Write a word"),
        ("label>3", 5, "label cannot be compared", 'label:"start time"'),
        ("updated>yesterday", 8, "yesterday is no day", "2026-10"),
        ("done:2026-10-01..soon", 17, "soon is no day", "2026-10"),
        ("done:2026-13", 5, "2026-13 is no day", "2026-10"),
        ("done:2026-10-09..2026-10-01", 5, "ends before it begins", "range"),
        ("effort>=few", 8, "few is no amount", "0.5"),
        ("effort:1..many", 10, "many is no amount", "1..8"),
        ("(" * 20 + "a" + ")" * 20, 13, "nested too deeply", "12"),
        (" ".join("a" * 70), 120, "too many things", "60"),
        ("a" * (MOST_CHARACTERS + 1), MOST_CHARACTERS, "1,001 characters", "1,000"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_pointed_at_with_what_is_allowed(text, at, what, hint):
    with pytest.raises(Misread) as wrong:
        parse(text)
    assert wrong.value.at == at
    assert wrong.value.message.startswith(f"At character {at + 1}: ")
    assert what in wrong.value.message
    assert hint in wrong.value.hint


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("done:2026-10-05", date(2026, 10, 5), date(2026, 10, 5)),
        ("done=2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("done:2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("done:2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("done>2026-10-01", date(2026, 10, 2), None),
        ("done>2026-10", date(2026, 11, 1), None),
        ("done>=2026-10", date(2026, 10, 1), None),
        ("done<2026-10", None, date(2026, 9, 30)),
        ("done<=2026", None, date(2026, 12, 31)),
        ("done:2026-10-01..2026-10-15", date(2026, 10, 1), date(2026, 10, 15)),
        ("done:2026-09..2026-10", date(2026, 9, 1), date(2026, 10, 31)),
        ("done:2026-10-01..", date(2026, 10, 1), None),
        ("done:..2026-10-01", None, date(2026, 10, 1)),
        ("done>9998-12-31", date(9999, 1, 1), None),
        ("done<0001", None, date(1, 1, 1)),
    ],
)
def test_days_months_years_and_ranges_are_whole_days(text, first, last):
    (term,) = terms_of(parse(text))
    assert day_bounds(term) == (first, last)


def test_amounts_are_exact_numbers():
    bounds = {t: amount_bounds(next(terms_of(parse(t)))) for t in ("effort>=3", "effort<0.1", "effort:1..8", "effort:2")}  # fmt: skip
    assert bounds == {
        "effort>=3": (Decimal(3), None),
        "effort<0.1": (None, Decimal("0.1")),
        "effort:1..8": (Decimal(1), Decimal(8)),
        "effort:2": (Decimal(2), Decimal(2)),
    }


@pytest.mark.parametrize("name", FIELDS)
def test_the_example_of_every_field_is_read_and_printed_as_it_stands(name):
    example = FIELDS[name].example
    (term,) = terms_of(parse(example))
    assert term.field == name
    assert print_query(parse(example)) == example


def _any_term() -> st.SearchStrategy[Node]:
    texts = st.text(min_size=1, max_size=12).filter(lambda t: t.strip() == t and t)
    free = [n for n, f in FIELDS.items() if f.kind in (Kind.TEXT, Kind.NAME, Kind.PATH)]
    return st.one_of(
        texts.map(Word),
        st.builds(lambda n, t: Term(n, ":", t), st.sampled_from(free), texts),
        st.sampled_from([(n, c) for n, f in FIELDS.items() for c in f.choices]).map(
            lambda pair: Term(pair[0], ":", pair[1])
        ),
        st.builds(
            lambda o, d: Term("created", o, d.isoformat()),
            st.sampled_from([":", ">", ">=", "<", "<="]),
            st.dates(date(1000, 1, 1)),
        ),
        st.builds(lambda o, n: Term("effort", o, str(n)), st.sampled_from([":", ">=", "<"]), st.integers(0, 999)),
    )  # fmt: skip


def _flat(kind: type, parts: list[Node]) -> Node:
    return kind(
        tuple(p for part in parts for p in (part.parts if isinstance(part, kind) else (part,)))
    )


QUERIES = st.recursive(
    _any_term(),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: _flat(And, parts)),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: _flat(Or, parts)),
    ),
    max_leaves=12,
)


@given(QUERIES)
def test_law_what_is_printed_is_read_as_the_same_query(node):
    try:
        again = parse(print_query(node))
    except Misread as bound:
        assert "deeply" in bound.message or "characters" in bound.message
        return
    assert again == node


@given(st.text(max_size=60) | st.text('ab:()" -<>=\\orntd.', max_size=40))
def test_law_any_text_is_read_or_refused_at_a_place_inside_it(text):
    try:
        node = parse(text)
    except Misread as wrong:
        assert 0 <= wrong.at <= len(text)
        assert wrong.hint
        return
    assert parse(print_query(node)) == node


def test_two_queries_are_joined_so_that_both_hold():
    assert both(parse("a or b"), parse("team:x")) == parse("(a or b) team:x")
    assert both(EVERYTHING, parse("a")) == both(parse("a"), EVERYTHING) == Word("a")
    assert both(EVERYTHING, EVERYTHING) == EVERYTHING


def test_every_field_stands_in_the_documentation_with_what_it_means_and_an_example():
    text = (Path(__file__).parents[2] / "docs" / "work-queries.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(FIELDS)
    for row, (name, field) in zip(rows, FIELDS.items(), strict=True):
        said = row.split(" | ")
        assert said[1].startswith(field.about), name
        assert said[2] == f"`{field.example}` |"
        for choice in field.choices:
            assert choice in said[1], f"{choice} of {name}"
