from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from mainstem.errors import SourceError
from mainstem.sources.linear.hook import read_hook
from mainstem.sources.linear.settings import Settings
from mainstem.sources.linear.source import LinearSource
from mainstem.sources.registry import make_connected
from mainstem.sources.remote import Checked, Connection, Forged, Meter, Watch
from tests.sources.linear.fold import Fold, connection, pull
from tests.sources.linear.stand_in import LinearStandIn, Ticket

AT = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)


@pytest.fixture
def world() -> Iterator[LinearStandIn]:
    with LinearStandIn(seed=7, issues=80) as world:
        yield world


def watch(**given: Any) -> Watch:
    return Watch(datetime.now(UTC), **given)


def fetched(of: Connection, fold: Fold, *idents: str) -> None:
    for batch in LinearSource().fetch(of, idents, watch(known=fold.known)):
        fold.add(batch)


def first_of(world: LinearStandIn, team: str = "ENG") -> Ticket:
    return next(t for t in world.tickets.values() if t.team == team)


def test_the_registry_makes_it() -> None:
    assert make_connected("linear").kind == "linear"


@pytest.mark.parametrize("options", [{"since": "yesterday"}, {"roll_call": "often"}])
def test_a_setting_that_makes_no_sense_is_explained(options: dict[str, str]) -> None:
    with pytest.raises(SourceError) as found:
        list(LinearSource().pull(connection("https://example.org", **options), {}, watch()))
    assert found.value.code == "source.settings" and found.value.hint


# keys and what Linear answers


def answering(status: int, body: Any, **headers: str) -> tuple[list[httpx.Request], Watch]:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, json=body, headers=headers)

    return asked, watch(transport=httpx.MockTransport(answer))


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": "said", "extensions": {"code": code, **more}}]}


@pytest.mark.parametrize(
    ("token", "sent"),
    [("lin_api_abc", "lin_api_abc"), ("lin_oauth_abc", "Bearer lin_oauth_abc"),
     ("Bearer xyz", "Bearer xyz")],
)  # fmt: skip
def test_keys_stand_by_themselves_and_tokens_of_oauth_are_bearers(token: str, sent: str) -> None:
    empty = {"nodes": [], "pageInfo": {"hasNextPage": False}}
    asked, given = answering(200, {"data": {"issues": empty}})
    list(LinearSource().pull(connection("https://example.org", token), {}, given))
    assert asked[0].headers["authorization"] == sent
    assert str(asked[0].url) == "https://example.org/graphql"


@pytest.mark.parametrize(
    ("status", "body", "code", "permanent"),
    [
        (401, error("AUTHENTICATION_ERROR"), "source.credentials", True),
        (400, error("AUTHENTICATION_ERROR"), "source.credentials", True),
        (200, error("FORBIDDEN"), "source.rights", True),
        (400, error("GRAPHQL_VALIDATION_FAILED"), "source.refused", True),
        (200, error("INTERNAL_SERVER_ERROR"), "source.passing", False),
        (400, error("RATELIMITED"), "source.passing", False),
        (200, {"errors": [{"message": "said"}]}, "source.answer", False),
        (200, {"data": None}, "source.answer", False),
        (200, {"data": {"issues": None}}, "source.answer", False),
    ],
)
def test_what_linear_says_is_told_apart(status: int, body: Any, code: str, permanent: bool) -> None:
    _, given = answering(status, body, **{"retry-after": "0"})
    with pytest.raises(SourceError) as found:
        list(LinearSource().pull(connection("https://example.org"), {}, given))
    assert (found.value.code, found.value.permanent) == (code, permanent)
    assert "lin_api" not in f"{found.value.message}{found.value.hint}"


def test_a_limit_that_ends_in_an_hour_ends_the_sync_and_not_the_patience() -> None:
    reset = str(int((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1_000))
    asked, given = answering(400, error("RATELIMITED"), **{
        "x-ratelimit-complexity-remaining": "0", "x-ratelimit-complexity-reset": reset,
    })  # fmt: skip
    with pytest.raises(SourceError) as found:
        list(LinearSource().pull(connection("https://example.org"), {}, given))
    assert not found.value.permanent and len(asked) == 1


# what a sync costs


def test_a_first_sync_costs_a_page_for_each_hundred_and_the_names_once() -> None:
    with LinearStandIn(seed=3, issues=1_000) as world:
        meter = Meter()
        assert pull(connection(world.url), Fold(), at=AT, meter=meter)
        # pages; those of the edit of many at once; users, states, labels; the pass for what changed
        assert meter.requests <= 10 + 5 + 3 + 1


def test_a_history_that_is_longer_than_a_page_is_read_whole(world: LinearStandIn) -> None:
    ticket, rng = first_of(world), random.Random(1)
    for number in range(130):
        world.go(ticket, rng, AT - timedelta(days=2) + timedelta(minutes=number))
    fold = Fold()
    assert pull(connection(world.url), fold, at=AT)
    assert fold.shown() == world.truth(AT)
    assert sum(f"{ticket.id}#move" in key for key in fold.records) > 60


def test_without_history_only_what_is_done_is_known(world: LinearStandIn) -> None:
    fold = Fold()
    assert pull(connection(world.url, history="no"), fold, at=AT)
    rests = {key.partition("#")[2].partition(":")[0] for key in fold.records}
    assert rests == {"item", "points"}


# following what changes


def test_an_issue_that_moves_to_another_team_keeps_its_effort_under_another_key(
    world: LinearStandIn,
) -> None:
    of, fold = connection(world.url), Fold()
    assert pull(of, fold, at=AT)
    ticket = first_of(world)
    old = ticket.key
    ticket.team, ticket.number, ticket.updated = "OPS", 999, world.now()
    assert pull(of, fold, at=AT)
    assert old not in fold.items and "OPS-999" in fold.items
    assert fold.shown() == world.truth(AT)


def test_what_lies_in_the_trash_is_gone_and_comes_back(world: LinearStandIn) -> None:
    of, fold = connection(world.url), Fold()
    assert pull(of, fold, at=AT)
    ticket = first_of(world)
    ticket.trashed, ticket.updated = True, world.now()
    assert pull(of, fold, at=AT)
    assert fold.gone == {ticket.key: "trashed"} and fold.shown() == world.truth(AT)
    ticket.trashed, ticket.updated = False, world.now()
    assert pull(of, fold, at=AT)
    assert fold.shown() == world.truth(AT)


def test_deleted_issues_are_gone_after_a_day(world: LinearStandIn) -> None:
    of, fold = connection(world.url), Fold()
    assert pull(of, fold, at=AT)
    ticket = first_of(world)
    del world.tickets[ticket.id]
    assert pull(of, fold, at=AT + timedelta(hours=23))
    assert ticket.key in fold.items
    assert pull(of, fold, at=AT + timedelta(hours=25))
    assert fold.gone == {ticket.key: "deleted"}


def test_a_team_that_is_added_later_is_read_from_the_beginning(world: LinearStandIn) -> None:
    fold = Fold()
    assert pull(connection(world.url, teams="eng"), fold, at=AT)
    assert fold.shown()[0] == world.truth(AT, ("ENG",))[0]
    assert pull(connection(world.url, teams="ENG\nOPS"), fold, at=AT)
    assert fold.shown() == world.truth(AT, ("ENG", "OPS"))
    assert pull(connection(world.url, teams="OPS", roll_call="0"), fold, at=AT)
    assert fold.shown() == world.truth(AT, ("OPS",))
    assert set(fold.gone.values()) == {"out of reach"}


def test_what_is_in_progress_is_read_again_each_day(world: LinearStandIn) -> None:
    of, fold = connection(world.url, roll_call="999"), Fold()
    assert pull(of, fold, at=AT)
    later = AT + timedelta(days=7)
    assert pull(of, fold, at=later)
    assert fold.shown() == world.truth(later)


def test_since_leaves_out_what_did_not_change_since(world: LinearStandIn) -> None:
    first = (AT - timedelta(days=60)).date()
    fold = Fold()
    assert pull(connection(world.url, since=first.isoformat(), roll_call="0"), fold, at=AT)
    late = {t.key for t in world.tickets.values() if t.updated.date() >= first}
    assert set(fold.items) == late and 0 < len(late) < len(world.tickets)


# single issues, and the messages that tell of them


def test_touched_issues_are_fetched_by_their_ids(world: LinearStandIn) -> None:
    of, fold = connection(world.url, teams="ENG\nOPS"), Fold()
    assert pull(of, fold, at=AT)
    tickets = [t for t in world.tickets.values() if t.team == "ENG"][:3]
    gone, changed, moved = tickets
    del world.tickets[gone.id]
    world.edit(changed, random.Random(1), world.now())
    was = moved.key
    moved.team = "HR"
    fetched(of, fold, gone.id, changed.id, moved.id, "nobody-knows-it")
    assert fold.items[changed.key]["title"] == changed.title
    assert fold.gone == {gone.key: "deleted", was: "out of reach"}


def message(
    body: dict[str, Any], at: datetime = AT, secret: str = "s"
) -> tuple[dict[str, str], bytes]:
    data = json.dumps({"webhookTimestamp": int(at.timestamp() * 1_000), **body}).encode()
    made = hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()
    return {"linear-signature": made, "linear-delivery": "d1", "linear-event": "Issue"}, data


ISSUE = {"type": "Issue", "action": "update", "data": {"id": "id-12", "identifier": "ENG-12"}}


def test_a_message_tells_which_issue_was_touched() -> None:
    found = read_hook(*message(ISSUE), "s", AT)
    assert (found.delivery, found.keys) == ("d1", ("id-12",))
    removed = read_hook(*message({**ISSUE, "action": "remove"}), "s", AT)
    assert removed.keys == ("id-12",)
    other = read_hook(*message({"type": "Comment", "data": {"id": "c"}}), "s", AT)
    assert other.keys == ()


def test_only_signed_messages_of_now_are_believed() -> None:
    headers, body = message(ISSUE)
    for given, data, secret, at in (
        ({}, body, "s", AT),
        (headers, body + b" ", "s", AT),
        (headers, body, "other", AT),
        (headers, body, "", AT),
        (headers, body, "s", AT + timedelta(seconds=61)),
        (headers, body, "s", AT - timedelta(seconds=61)),
        (*message({**ISSUE, "webhookTimestamp": None}), "s", AT),
        (*message({**ISSUE, "webhookTimestamp": "now"}), "s", AT),
    ):
        with pytest.raises(Forged):
            read_hook(given, data, secret, at)
    assert read_hook(headers, body, "s", AT + timedelta(seconds=59)).keys


def test_a_signed_message_that_is_no_json_says_so() -> None:
    made = hmac.new(b"s", b"<html>", hashlib.sha256).hexdigest()
    with pytest.raises(SourceError, match="no JSON"):
        read_hook({"linear-signature": made}, b"<html>", "s", AT)


# counting and testing


def test_counts_agree_with_what_was_read_by_month(world: LinearStandIn) -> None:
    fold = Fold()
    assert pull(connection(world.url), fold, at=AT)
    counted = LinearSource().count(connection(world.url), watch())
    assert counted is not None and counted.since == ""
    ours: dict[str, int] = {}
    for item in fold.items.values():
        ours[item["created"][:7]] = ours.get(item["created"][:7], 0) + 1
    assert {c.month: c.count for c in counted.counts} == ours
    assert {c.type for c in counted.counts} == {"issue"}


def test_only_whole_months_are_counted_where_there_is_too_much(
    world: LinearStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mainstem.sources.linear.counting.MOST", 2)
    monkeypatch.setattr("mainstem.sources.linear.counting.IDS_SIZE", 20)
    counted = LinearSource().count(connection(world.url), watch())
    assert counted is not None
    theirs: dict[str, int] = {}
    for ticket in world.tickets.values():
        month = ticket.created.isoformat()[:7]
        if month >= counted.since:
            theirs[month] = theirs.get(month, 0) + 1
    assert {c.month: c.count for c in counted.counts} == theirs
    assert 0 < sum(theirs.values()) < len(world.tickets)


def checked(of: Connection, **given: Any) -> dict[str, Checked]:
    return {one.what: one for one in LinearSource().test(of, watch(**given))}


def test_a_good_connection_is_told_so_in_a_few_requests(world: LinearStandIn) -> None:
    found = checked(connection(world.url, teams="ENG", team_field="Squad", points="Size"))
    assert all(one.ok for one in found.values()), found
    assert {"credentials", "clocks", "team ENG", "issues with their history", "addresses of people",
            "label group Squad", "label group Size"} == set(found)  # fmt: skip
    assert sum(world.asked.values()) < 8
    assert "3 are seen" in checked(connection(world.url))["teams"].said


def test_each_thing_that_is_missing_is_named_with_what_to_do(world: LinearStandIn) -> None:
    world.faults.clock = -2.0
    found = checked(connection(world.url, teams="ENG\nXYZ", team_field="Crew"))
    wrong = {name for name, one in found.items() if not one.ok}
    assert wrong == {"clocks", "team XYZ", "label group Crew"}
    assert all(found[name].hint for name in wrong)
    found = checked(connection(world.url, "lin_api_wrong"))
    assert list(found) == ["credentials"] and not found["credentials"].ok


@pytest.mark.parametrize(
    ("given", "url"),
    [("https://l.example.org", "https://l.example.org/graphql"),
     ("https://l.example.org/", "https://l.example.org/graphql"),
     ("https://l.example.org/api/graphql", "https://l.example.org/api/graphql")],
)  # fmt: skip
def test_the_address_may_be_the_host_alone(given: str, url: str) -> None:
    assert Settings.of(Connection("linear", "linear", {"url": given})).url == url
