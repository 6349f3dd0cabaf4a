"""Our queries are whole by GitHub's schema, whichever parts are asked for, and not too large for it."""

from __future__ import annotations

from dataclasses import fields
from itertools import product
from pathlib import Path

import pytest

from mainstem.sources.github import queries
from mainstem.sources.github.queries import Features

graphql = pytest.importorskip("graphql")
SCHEMA = graphql.build_schema((Path(__file__).parent / "schema.graphql").read_text())

NAMES = [f.name for f in fields(Features)]
ALL = [
    Features(**{name: (name == one) != usual for name in NAMES})
    for one, usual in product([*NAMES, None], (False, True))
]
FIXED = {
    "repositories": queries.repositories(50), "of an owner": queries.OF_OWNER,
    "roll of issues": queries.ISSUE_ROLL.replace("EXTRA", queries.ROLL_PROJECTS),
    "roll of pull requests": queries.PULL_ROLL.replace("EXTRA", ""),
    "teams": queries.TEAMS, "members": queries.MEMBERS, "schema": queries.SCHEMA,
    "fields": queries.PROJECT_FIELDS, "first": queries.FIRST,
    "counts": queries.counts(["repo:a/b created:2026-01-01..2026-01-31"] * 24)[0],
}  # fmt: skip


def wrong(query: str) -> list[str]:
    return [str(error) for error in graphql.validate(SCHEMA, graphql.parse(query))]


@pytest.mark.parametrize("query", FIXED.values(), ids=FIXED)
def test_a_query_that_never_varies_is_whole(query: str) -> None:
    assert wrong(query) == []


@pytest.mark.parametrize("has", ALL, ids=str)
def test_a_query_of_items_is_whole_whatever_is_asked_for(has: Features) -> None:
    lists = [("Issue", "labels"), ("Issue", "timelineItems"), ("PullRequest", "reviews"),
             ("PullRequest", "files"), ("Issue", "projectItems")]  # fmt: skip
    asked = [
        queries.issues_page(has), queries.pulls_page(has), queries.by_ids(has),
        queries.by_numbers(3, has), *(queries.rest_of(kind, name, 2, has) for kind, name in lists),
    ]  # fmt: skip
    assert [error for query in asked for error in wrong(query)] == []
