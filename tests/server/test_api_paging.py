"""Lists go on where they left off, however many rows come in between, with as many queries as before."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, repeat

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.api.paging import number_after, page_of, page_of_words, word_after, write_cursor
from mainstem.api.shapes import Out
from mainstem.errors import Invalid
from mainstem.store.models import AuditLine, CheckIn, Proposal, User
from tests.server.api_caller import caller
from tests.server.factories import NOW, TODAY

NAMES = st.text(min_size=1, max_size=8)


class One(Out):
    name: str


@pytest.fixture
def ada(ground, cast):
    return caller("ada", ground, cast)


def walk(ask, path, between=lambda: None):
    """Every item of a list, page by page; ``between`` happens after each page."""
    out, after = [], ""
    while True:
        told = ask.get(f"{path}&limit=3&after={after}").json()
        out += told["items"]
        if told["next"] is None:
            return out
        after = told["next"]
        between()


@given(
    st.sets(NAMES, max_size=30), st.lists(st.sets(NAMES), max_size=12),
    st.integers(1, 7),
)  # fmt: skip
def test_a_list_of_names_is_whole_while_others_are_added(names, later, limit):
    held, seen, after = set(names), [], ""
    for more in chain(later, repeat(set())):
        page = page_of_words(list(held), after, limit, lambda name: One(name=name))
        seen += [one.name for one in page.items]
        if page.next is None:
            break
        after = page.next
        held |= more
    assert names <= set(seen)
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)


@given(st.integers(0, 40), st.integers(1, 9))
def test_a_page_says_whether_there_is_more(count, limit):
    rows = range(count, 0, -1)
    page = page_of(list(rows)[: limit + 1], limit, lambda n: One(name=str(n)), lambda n: n)
    assert len(page.items) == min(count, limit)
    assert (page.next is None) == (count <= limit)
    if page.next is not None:
        assert number_after(page.next) == count - limit + 1


@given(st.one_of(st.integers(0, 2**53), st.text(max_size=50)))
def test_a_cursor_holds_what_was_put_in(value):
    read = number_after if isinstance(value, int) else word_after
    assert read(write_cursor(value)) == value


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_what_is_no_cursor_is_refused_or_read_as_one(text):
    for read in (number_after, word_after):
        try:
            read(text)
        except Invalid as error:
            assert error.field == "after"


def test_rows_that_come_in_between_move_nothing(ada, ground, cast):
    for n in range(8):
        CheckIn.objects.create(key_result="kr-start", on=TODAY, value=n, at=NOW)
        AuditLine.objects.create(at=NOW, face="api", action="test", outcome="ok", subject=f"{n}")

    def more() -> None:
        CheckIn.objects.create(key_result="kr-start", on=TODAY, value=99, at=NOW)
        AuditLine.objects.create(at=NOW, face="api", action="test", outcome="ok", subject="later")

    values = [c["value"] for c in walk(ada, "/check-ins?key_result=kr-start", more)]
    assert values == [7, 6, 5, 4, 3, 2, 1, 0]
    subjects = [line["subject"] for line in walk(ada, "/audit?action=test", more)]
    assert [s for s in subjects if s != "later"] == [str(n) for n in reversed(range(8))]
    assert len(walk(ada, "/plan/teams?after=", lambda: None)) == 4


def test_every_list_is_whole(ada):
    assert [r["number"] for r in walk(ada, "/revisions?subject=")] == [1]
    assert len(walk(ada, "/people?words=")) == 7
    found = ada.get("/findings?limit=200").json()["items"]
    assert walk(ada, "/findings?subject=") == found
    assert [k["id"] for k in walk(ada, "/key-results?team=")] == ["kr-sign-up", "kr-start"]


def make_rows(cast, count):
    for n in range(count):
        user = User.objects.create_user(f"more{User.objects.count()}@example.org", name="More")
        user.grants.create(role="viewer", at=NOW)
        user.memberships.create(team="growth")
        Proposal.objects.create(title="T", state="open", author=cast["ada"], at=NOW, base=1,
                                changed_at=NOW, changes=[])  # fmt: skip
        CheckIn.objects.create(key_result="kr-start", on=TODAY - timedelta(days=n), value=n, at=NOW)
        AuditLine.objects.create(at=NOW, by=cast["ada"], face="api", action="t", outcome="ok")
        cast["ada"].notices.create(at=NOW, subject="s", sentence="s", address="/")
        cast["ada"].watches.create(at=NOW, subject=f"streams/{cast['ada'].watches.count()}")


@pytest.mark.parametrize(
    "path",
    ["/people", "/proposals", "/check-ins?key_result=kr-start", "/audit", "/notices", "/watches",
     "/revisions", "/key-results", "/plan/streams", "/contests", "/jobs", "/hooks", "/groups",
     "/invitations", "/tokens", "/remarks?subject=streams/start-fast"],
)  # fmt: skip
def test_twice_the_rows_take_the_same_number_of_queries(ada, cast, path):
    make_rows(cast, 5)

    def count():
        # what is kept in memory is made again after a change
        ada.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert ada.get(path).status_code == 200
        return len(queries)

    few = count()
    make_rows(cast, 10)
    assert count() == few
    assert few <= 12
