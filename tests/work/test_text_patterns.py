from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.work.text_patterns import (
    compiled_text,
    folded,
    pattern_fault,
    required_literal,
    required_literals,
    text_regex,
)


def _hits(pattern: str, title: str) -> bool:
    found = compiled_text(pattern)
    return found is not None and found.search(folded(title)) is not None


@pytest.mark.parametrize(
    ("pattern", "title", "expected"),
    [
        ("first frame", "Faster First  Frame!", True),
        ("first frame", "first frames", False),
        ("ad", "load the ad", True),
        ("ad", "load", False),
        ("ad", "ad_server", False),
        ("über", "Alles ÜBER Tests", True),
        ("über", "darüber", False),
        ("c++", "port to C++11", True),
        ("#12", "closes #123", False),
        ("start*time", "startup TIME", True),
        ("start*", "restart", False),
        ("start*", "Starting", True),
        ("/time-?outs?/", "fix TimeOut", True),
        ("/^chore\\b/", "Chore: x", True),
        ("/^chore\\b/", "the chore", False),
        ("/ÄB/", "xäb", True),
        ("/(unclosed/", "(unclosed", False),
    ],
)
def test_a_text_pattern_matches_titles(pattern: str, title: str, expected: bool) -> None:
    assert _hits(pattern, title) is expected


@pytest.mark.parametrize(
    "pattern",
    ["/a(?=b)/", "/(?<!a)b/", "/(a)\\1/", "/a++/", "/(?x)a/", "/\\Za/", "/[[:alpha:]]/", "/a{2000}/",
     "/x*/", "/(/", "...", "/\\u0041/", "/(?>a)/", "/(?P=n)/", "/a{,3}/", "/(?<n>a)/", "/[a&&b]x/",
     "/\\éa/", "/a**/"],
)  # fmt: skip
def test_what_engines_read_differently_is_a_fault(pattern: str) -> None:
    assert pattern_fault(pattern)


@pytest.mark.parametrize("pattern", ["/a(?=b)/", "/(?:a|b)c/"])
def test_a_fault_names_itself(pattern: str) -> None:
    assert (pattern_fault(pattern) or "look-around").count("look-around") == 1


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("first frame", ("first",)),
        ("Start*Time", ("start",)),
        ("/time-?outs?/", ("time",)),
        ("/timeout|stall(ed)?/", ("timeout", "stall")),
        ("/foo|b?/", ()),
        ("/(foo|bar)baz+/", ("baz",)),
        ("/[abc]+/", ()),
        ("/colou?r/", ("colo",)),
        ("/a\\.bc/", ("a.bc",)),
        ("/ab{0,2}cd/", ("cd",)),
        ("/ab{2}cd/", ("ab",)),
        ("/\\bfix\\b/", ("fix",)),
    ],
)
def test_the_literals_that_a_match_needs(pattern: str, expected: tuple[str, ...]) -> None:
    assert required_literals(pattern) == expected
    assert required_literal(pattern) == (expected[0] if len(expected) == 1 else None)


_ATOM = st.sampled_from(["a", "B", "foo", "é", ".", "[ab]", "[^a]", "(a|b)", "(?:foo)", "\\b", "\\d", "\\.", "x{1,2}",
                         "^", "$", " ", "\\x41", "(?i:q)", "(", "[", "\\w"])  # fmt: skip
_REGEX = st.lists(
    st.tuples(_ATOM, st.sampled_from(["", "", "", "*", "+", "?", "{0}", "{2}", "|", "*?"])),
    min_size=1,
    max_size=6,
).map(lambda parts: "/" + "".join(a + q for a, q in parts) + "/")
_TITLE = st.text(st.sampled_from("abfoAqBé.x1 -É"), max_size=12)


@given(pattern=st.one_of(_REGEX, _TITLE.filter(str.strip)), title=_TITLE)
@settings(max_examples=300)
def test_every_match_contains_a_required_literal(pattern: str, title: str) -> None:
    needed = required_literals(pattern)
    if needed and _hits(pattern, title):
        assert any(n in folded(title) for n in needed)


@given(pattern=st.one_of(_REGEX, _TITLE.filter(lambda t: re.search(r"\w", t))), title=_TITLE)
@settings(max_examples=200, deadline=None)
def test_the_sql_engine_finds_the_same_titles(pattern: str, title: str) -> None:
    import duckdb

    if pattern_fault(pattern):
        return
    sql = "SELECT regexp_matches(lower(?), ?, 'is')"
    answer = duckdb.sql(sql, params=[title, text_regex(pattern)]).fetchall()
    assert answer == [(_hits(pattern, title),)]
