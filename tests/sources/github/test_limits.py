"""Limits that GitHub tells of in the body of an answer."""

from __future__ import annotations

import json

import pytest

from mainstem.sources.answers import Answer, Wait
from mainstem.sources.github.failing import judge_graphql


@pytest.mark.parametrize(
    ("body", "headers"),
    [({"message": "You have exceeded a secondary rate limit. Please wait."}, {}),
     ({"errors": [{"message": "You have exceeded a secondary rate limit."}]}, {"retry-after": "30"}),
     ({"data": None, "errors": [{"message": "You have triggered an abuse detection mechanism."}]}, {})],
)  # fmt: skip
def test_a_secondary_limit_that_is_told_in_words_alone_is_waited_for(
    body: dict[str, object], headers: dict[str, str]
) -> None:
    answer = Answer(200, headers, json.dumps(body).encode(), "https://api.github.com/graphql")
    found = judge_graphql(answer)
    assert isinstance(found, Wait) and found.seconds == 60 and not found.permanent


def test_an_issue_that_speaks_of_limits_is_no_limit() -> None:
    body = {"data": {"node": {"title": "We hit the secondary rate limit"}}, "errors": []}
    answer = Answer(200, {}, json.dumps(body).encode(), "https://api.github.com/graphql")
    assert judge_graphql(answer) is None
