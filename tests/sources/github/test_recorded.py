"""Recorded exchanges with GitHub, replayed: paging, conditions, limits, failures, redirects."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from mainstem.errors import SourceError
from mainstem.sources.github.client import Hub
from tests.sources.github.folding import connection
from tests.sources.github.recorded import Replay, exchanges, replay

URL = "https://api.github.com"


def hub(watch: Replay) -> Hub:
    return Hub(connection(URL), watch)


def url(exchange: dict[str, Any]) -> str:
    return str(exchange["request"]["url"])


@pytest.mark.parametrize(
    "scenario",
    ["Issue33.testOpenIssues", "PaginatedList.testCustomPerPage", "PaginatedList.testIteration"],
)
def test_links_lead_through_all_pages_and_end_on_the_last(scenario: str) -> None:
    recorded = [e for e in exchanges("pagination.jsonl.gz", scenario) if "/issues" in url(e)]
    watch = replay(recorded)
    seen: list[int] = []
    with hub(watch) as github:
        at, answer = url(recorded[0]), None
        while at:
            answer = github.get(at)
            seen += [one["id"] for one in answer.json()]
            at = answer.next_link()
    assert len(watch.asked) == len(recorded)
    assert len(seen) == sum(len(json.loads(e["response"]["body"])) for e in recorded)
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    "scenario",
    [
        "PaginatedList.testTotalCountWithDeprecationLink",
        "PaginatedList.testTotalCountWithLastPageAndPageFirst",
    ],
)
def test_only_the_link_to_the_next_page_is_followed(scenario: str) -> None:
    (recorded,) = exchanges("pagination.jsonl.gz", scenario)[-1:]
    with hub(replay([recorded])) as github:
        link = github.get(url(recorded)).next_link()
    has_next = any(
        'rel="next"' in v for k, v in recorded["response"]["headers"] if k.lower() == "link"
    )
    assert bool(link) == has_next
    assert not has_next or link.startswith(URL)


def test_what_has_not_changed_comes_without_a_body() -> None:
    recorded = exchanges("conditional.jsonl", "ConditionalRequestUpdate.setUp")
    recorded += exchanges("conditional.jsonl", "ConditionalRequestUpdate.testDidNotUpdate")
    recorded += exchanges("conditional.jsonl", "ConditionalRequestUpdate.testDidUpdate")
    watch = replay(recorded)
    with hub(watch) as github:
        first = github.get(url(recorded[0]))
        same = github.get(url(recorded[1]), etag=first.etag)
        other = github.get(url(recorded[2]), etag=first.etag)
    assert [bool(a.is_same) for a in (first, same, other)] == [False, True, False]
    assert watch.asked[1].headers["if-none-match"] == first.etag == same.etag != other.etag
    assert watch.meter.not_modified == 1


def test_a_limit_that_is_used_up_is_no_missing_right() -> None:
    recorded = exchanges("rate-limit.jsonl", "SpecificExceptions.testRateLimitExceeded")
    recorded = [*recorded, recorded[0]]
    watch = replay(recorded)
    with hub(watch) as github:
        github.get(url(recorded[0]))
        answer = github.get(url(recorded[1]))
    assert answer.status == 200
    assert len(watch.asked) == 3
    assert watch.meter.retried == 1


def test_a_secondary_limit_in_its_older_words_is_waited_for_as_long_as_it_says() -> None:
    recorded = exchanges(
        "rate-limit.jsonl", "SpecificExceptions.testAuthenticatedRateLimitExceeded"
    )
    recorded = [*recorded, recorded[0]]
    watch = replay(recorded)
    with hub(watch) as github:
        github.get(url(recorded[0]))
        assert github.get(url(recorded[1])).status == 200
    assert 59 <= sum(watch.slept) <= 61


@pytest.mark.parametrize(
    ("scenario", "at", "code"),
    [
        ("Exceptions.testBadAuthentication", 0, "source.credentials"),
        ("SpecificExceptions.test2FARequired", 0, "source.credentials"),
        ("Exceptions.testUnknownUser", 0, "source.absent"),
        ("Exceptions.testUnknownObject", 1, "source.absent"),
        ("SpecificExceptions.testBadUserAgent", 0, "source.rights"),
    ],
)
def test_a_failure_for_good_is_explained_at_once(scenario: str, at: int, code: str) -> None:
    recorded = exchanges("errors.jsonl", scenario)[at : at + 1]
    watch = replay(recorded)
    with hub(watch) as github, pytest.raises(SourceError) as caught:
        github.get(url(recorded[0]))
    assert (caught.value.permanent, caught.value.code) == (True, code)
    assert caught.value.hint
    assert len(watch.asked) == 1


@pytest.mark.parametrize(
    ("file", "scenario"),
    [
        ("errors.jsonl", "Exceptions.testNonJsonDataReturnedByGithub"),
        ("retry.jsonl", "Retry.testRaisesRetryErrorAfterMaxRetries"),
    ],
)
def test_a_server_that_stays_unwell_is_a_failure_in_passing(file: str, scenario: str) -> None:
    recorded = exchanges(file, scenario)[:1] * 6
    watch = replay(recorded)
    with hub(watch) as github, pytest.raises(SourceError) as caught:
        github.get(url(recorded[0]))
    assert not caught.value.permanent
    assert len(watch.asked) == 6


def test_json_that_is_none_is_a_failure_in_passing() -> None:
    recorded = exchanges("errors.jsonl", "Exceptions.testJSONParseError")
    with hub(replay(recorded)) as github, pytest.raises(SourceError) as caught:
        github.get(url(recorded[0])).json()
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("scenario", "failed"),
    [("Retry.testReturnsRepoAfter1Retry", 1), ("Retry.testReturnsRepoAfter3Retries", 3)],
)
def test_a_server_that_was_unwell_is_asked_again(scenario: str, failed: int) -> None:
    recorded = exchanges("retry.jsonl", scenario)
    watch = replay(recorded)
    with hub(watch) as github:
        assert github.get(url(recorded[0])).json()["full_name"] == "PyGithub/PyGithub"
    assert watch.meter.retried == failed


def test_a_request_that_is_wrong_is_not_sent_again() -> None:
    recorded = exchanges("retry.jsonl", "Retry.testShouldNotRetryWhenStatusNotOnList")
    watch = replay(recorded)
    with hub(watch) as github, pytest.raises(SourceError):
        github.get(url(recorded[0]))
    assert len(watch.asked) == 1


@pytest.mark.parametrize(
    "scenario", ["Repository.testGetRepositoryWith301Redirect", "Requester.testLoggingRedirection"]
)
def test_a_repository_with_another_name_is_followed_on_its_host(scenario: str) -> None:
    recorded = exchanges("redirects.jsonl", scenario)
    watch = replay(recorded)
    with hub(watch) as github:
        answer = github.get(url(recorded[0]))
    assert answer.json()["id"] == int(answer.url.rpartition("/")[2])
    assert [r.headers.get("authorization") for r in watch.asked] == ["Bearer let-me-in"] * 2


@pytest.mark.parametrize(
    ("scenario", "host"),
    [
        ("Requester.testBaseUrlHostRedirection", "https://www.github.com"),
        ("Requester.testBaseUrlSchemeRedirection", "http://api.github.com"),
    ],
)
def test_credentials_never_follow_to_another_host_or_scheme(scenario: str, host: str) -> None:
    from mainstem.sources.calls import Calls

    recorded = exchanges("redirects.jsonl", scenario)
    watch = replay(recorded)
    with Calls(host, watch, name="gh") as calls, pytest.raises(SourceError) as caught:
        calls.get(url(recorded[0]))
    assert caught.value.code == "source.moved"
    assert len(watch.asked) == 1


def test_a_usual_port_that_is_written_out_is_the_same_host() -> None:
    recorded = exchanges("redirects.jsonl", "Requester.testBaseUrlPortRedirection")
    recorded += exchanges("redirects.jsonl", "Requester.testBaseUrlPrefixRedirection")[1:]
    with hub(replay(recorded)) as github:
        assert github.get(url(recorded[0])).json()["full_name"] == "PyGithub/PyGithub"


def test_what_graphql_does_not_find_is_a_hole_with_a_reason_and_no_failure() -> None:
    recorded = exchanges("graphql.jsonl.gz", "GraphQl.testNode")[1:2]
    with hub(replay(recorded)) as github:
        told = github.ask(
            "query Q($id: ID!) { node(id: $id) { __typename } }", {"id": "D_abcdefgh"}
        )
    assert told.data == {"node": None}
    assert [(e.type, e.path, e.is_kept_back) for e in told.errors] == [
        ("NOT_FOUND", ("node",), True)
    ]


def test_page_tokens_are_positions_and_not_counts() -> None:
    """What the pages of a pass rest on: what is deleted or added before a position moves nothing."""
    recorded = exchanges("graphql.jsonl.gz", "GraphQl.testPaginationAndRestIntegration")[1:4]
    ends = []
    for exchange in recorded:
        page = json.loads(exchange["response"]["body"])["data"]["repository"]["discussions"][
            "pageInfo"
        ]
        ends.append(base64.urlsafe_b64decode(page["endCursor"] + "==")[:40])
    assert all(end.startswith(b"cursor:v2:") and b"T" in end for end in ends)
    assert len(set(ends)) == len(ends)
