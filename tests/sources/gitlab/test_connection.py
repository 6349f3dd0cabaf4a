from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from mainstem.errors import SourceError
from mainstem.sources.gitlab.source import GitLabSource
from mainstem.sources.remote import Checked, Connection, Watch
from tests.sources.gitlab.fold import Fold, connection, known_of, pull
from tests.standin.gitlab import DOING, GitLabStandIn, Thing

AT = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)


@pytest.fixture
def world() -> Iterator[GitLabStandIn]:
    with GitLabStandIn(seed=7, issues=60, merge_requests=12) as world:
        yield world


def watch(**given: Any) -> Watch:
    return Watch(datetime.now(UTC), **given)


def checked(of: Connection) -> dict[str, Checked]:
    return {one.what: one for one in GitLabSource().test(of, watch())}


def issue_of(world: GitLabStandIn, path: str = "shop/web") -> Thing:
    found = [t for t in world.things["issues"].values() if world.projects[t.home] == path]
    return next(t for t in found if not t.moved_to)


# teams


def test_the_deepest_group_of_a_person_is_their_team_and_is_asked_for_once_a_day(
    world: GitLabStandIn, tmp_path: Path
) -> None:
    of = connection(world.url, groups="yes", team_field="none", roll_call="999")
    fold = Fold()
    assert pull(of, fold, at=AT, folder=str(tmp_path))
    teams = {(r["person"], r["team"]) for r in fold.records.values() if "#log:" in r["row_key"]}
    assert {("person0", "Shop"), ("person3", "Ops")} <= teams
    world.asked.clear()
    assert pull(of, Fold(), at=AT + timedelta(hours=1), folder=str(tmp_path))
    assert not [path for path in world.asked if "members" in path]
    assert pull(of, Fold(), at=AT + timedelta(hours=30), folder=str(tmp_path))
    assert [path for path in world.asked if "members" in path]


# single items


def test_touched_items_are_fetched_by_themselves(world: GitLabStandIn) -> None:
    issue = issue_of(world)
    key = world.key(issue)
    world.edit(issue, random.Random(3), world.now())
    batches = list(
        GitLabSource().fetch(connection(world.url), [key, key, "other/thing#1"], watch())
    )
    fold = known_of(batches)
    assert list(fold.items) == [key]
    assert fold.items[key]["title"] == issue.title
    assert all(batch.cursor == {} for batch in batches) and batches[-1].is_last


def test_a_touched_item_that_is_not_there_is_gone(world: GitLabStandIn) -> None:
    of = connection(world.url)
    fold = known_of(GitLabSource().fetch(of, ["shop/web#99999", "shop/no#1", "nonsense"], watch()))
    assert fold.gone == {"shop/web#99999": "deleted", "shop/no#1": "out of reach"}


# counting


def test_counts_agree_with_what_was_read_by_type_and_month(world: GitLabStandIn) -> None:
    fold = Fold()
    of = connection(world.url)
    assert pull(of, fold, at=AT)
    counted = GitLabSource().count(of, watch())
    assert counted is not None
    ours: dict[tuple[str, str], int] = {}
    for item in fold.items.values():
        where = item["type"], item["created"][:7]
        if where[1] >= counted.since:
            ours[where] = ours.get(where, 0) + 1
    assert {(c.type, c.month): c.count for c in counted.counts} == ours
    assert sum(ours.values()) > 50


def test_nothing_before_the_first_day_is_counted(world: GitLabStandIn) -> None:
    first = (AT - timedelta(days=70)).date().replace(day=1)
    counted = GitLabSource().count(connection(world.url, since=first.isoformat()), watch())
    assert counted is not None and counted.since == first.isoformat()[:7]


# testing a connection


def test_a_good_connection_is_told_so_in_a_few_requests(world: GitLabStandIn) -> None:
    found = checked(connection(world.url, in_progress=DOING, groups="yes"))
    assert all(one.ok for one in found.values()), found
    assert {"credentials", "scopes of the token", "group shop", "issues of shop/*",
            "merge requests of shop/*", "epics of shop/*", "time spent in shop/*",
            f"label {DOING} in shop/*", "members of shop", "clocks"} == set(found)  # fmt: skip
    assert sum(world.asked.values()) < 15


def test_each_thing_that_is_missing_is_named_with_what_to_do(world: GitLabStandIn) -> None:
    world.premium = world.graphql = False
    world.faults.clock = 5.0
    of = connection(world.url, projects="shop/*\nnowhere/at-all", in_progress="Doing")
    found = checked(of)
    wrong = {name for name, one in found.items() if not one.ok}
    assert wrong == {"project nowhere/at-all", "epics of shop/*", "time spent in shop/*",
                     "label Doing in shop/*", "clocks"}  # fmt: skip
    assert all(found[name].hint for name in wrong)
    assert {name for name in wrong if not found[name].optional} == {"project nowhere/at-all"}
    assert "minutes ahead" in found["clocks"].said


def test_a_token_that_is_wrong_or_may_too_little_is_told_apart(world: GitLabStandIn) -> None:
    found = checked(connection(world.url, token="wrong"))
    assert list(found) == ["credentials"] and not found["credentials"].ok
    world.scopes = ["read_user"]
    found = checked(connection(world.url))
    assert "read_api" in found["credentials"].hint


def test_where_answers_are_asked_for_the_right_to_write_them_is_tested_too(
    world: GitLabStandIn,
) -> None:
    assert "right to answer" not in checked(connection(world.url))
    found = checked(connection(world.url, answers="comment"))["right to answer"]
    assert (found.ok, found.said) == (False, "It has read_api.")
    assert "`answer_token`" in found.hint
    world.scopes = ["api"]
    assert checked(connection(world.url, answers="comment"))["right to answer"].ok


def test_a_token_that_ends_soon_and_a_low_role_are_told() -> None:
    soon = (AT + timedelta(days=3)).date().isoformat()

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/self"):
            return httpx.Response(200, json={"scopes": ["api"], "expires_at": soon})
        if path.endswith("/user"):
            return httpx.Response(200, json={"username": "reader"})
        if path.endswith("/graphql"):
            return httpx.Response(200, json={"data": {"project": {"timelogs": {"nodes": []}}}})
        if path.endswith(("/issues", "/merge_requests")):
            return httpx.Response(200, json=[], headers={"x-total": "0"})
        access = {"project_access": {"access_level": 10}, "group_access": None}
        return httpx.Response(200, json={"id": 1, "permissions": access})

    of = connection("https://gitlab.example.org", projects="shop/web")
    given = watch(transport=httpx.MockTransport(answer))
    found = {one.what: one for one in GitLabSource().test(of, given)}
    assert {name for name, one in found.items() if not one.ok} == {
        "end of the token", "role in shop/web",
    }  # fmt: skip


# answers that are not what they should be


def test_a_row_that_cannot_be_read_is_rejected_and_the_others_are_kept() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/issues"):
            good = {"id": 1, "iid": 1, "project_id": 1, "state": "opened", "title": "A",
                    "created_at": "2026-03-01T00:00:00Z", "updated_at": "2026-03-01T00:00:00Z",
                    "references": {"full": "shop/web#1"}}  # fmt: skip
            return httpx.Response(
                200, json=[good, "no object", {"id": 2}, {**good, "id": 3, "weight": "x"}]
            )
        if "resource" in request.url.path:
            return httpx.Response(200, json=[])
        return httpx.Response(200, json={"id": 1, "path_with_namespace": "shop/web"})

    of = connection("https://gitlab.example.org", projects="shop/web", merge_requests="no")
    fold = known_of(GitLabSource().pull(of, {}, watch(transport=httpx.MockTransport(answer))))
    assert list(fold.items) == ["shop/web#1"]
    assert len(fold.rejects) == 3 and fold.read == 4
    assert {r.place for r in fold.rejects} == {"issues None", "issues 2", "shop/web#1"}


def test_a_page_for_people_instead_of_a_list_is_explained() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/issues"):
            return httpx.Response(200, text=json.dumps({"message": "sign in"}))
        return httpx.Response(200, json={"id": 1, "path_with_namespace": "shop/web"})

    of = connection("https://gitlab.example.org", projects="shop/web")
    with pytest.raises(SourceError, match="no list") as found:
        list(GitLabSource().pull(of, {}, watch(transport=httpx.MockTransport(answer))))
    assert not found.value.permanent


def test_a_gitlab_before_15_7_tells_changed_paths_by_changes() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/diffs"):
            return httpx.Response(404, json={"error": "404 Not Found"})
        if path.endswith("/changes"):
            return httpx.Response(200, json={"changes": [{"old_path": "a.py", "new_path": "b.py"}]})
        if path.endswith("/merge_requests"):
            row = {"id": 1, "iid": 1, "project_id": 1, "state": "opened", "title": "A",
                   "created_at": "2026-03-01T00:00:00Z", "updated_at": "2026-03-02T00:00:00Z",
                   "references": {"full": "shop/web!1"}}  # fmt: skip
            return httpx.Response(200, json=[row])
        if path.endswith("/issues"):
            return httpx.Response(200, json=[])
        return httpx.Response(200, json={"id": 1, "path_with_namespace": "shop/web"})

    of = connection("https://gitlab.example.org", projects="shop/web")
    fold = known_of(GitLabSource().pull(of, {}, watch(transport=httpx.MockTransport(answer))))
    assert fold.items["shop/web!1"]["paths"] == ["b.py", "a.py"]
