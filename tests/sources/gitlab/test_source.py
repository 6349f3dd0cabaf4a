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
from mainstem.sources.registry import make_connected
from mainstem.sources.remote import Checked, Connection, Meter, Stopped, Watch
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
    return Watch(AT, **given)


def checked(of: Connection) -> dict[str, Checked]:
    return {one.what: one for one in GitLabSource().test(of, watch())}


def issue_of(world: GitLabStandIn, path: str = "shop/web") -> Thing:
    found = [t for t in world.things["issues"].values() if world.projects[t.home] == path]
    return next(t for t in found if not t.moved_to)


def test_the_registry_makes_it() -> None:
    assert make_connected("gitlab").kind == "gitlab"


# settings


@pytest.mark.parametrize(
    "options",
    [{"projects": ""}, {"since": "yesterday"}, {"roll_call": "often"}, {"roll_call": "-1"}],
)
def test_a_setting_that_makes_no_sense_is_explained(options: dict[str, str]) -> None:
    of = connection("https://example.org", **{"projects": "shop/*", **options})
    with pytest.raises(SourceError) as found:
        list(GitLabSource().pull(of, {}, watch()))
    assert found.value.code == "source.setting" and found.value.hint


def test_a_missing_token_is_named_and_no_token_is_shown(world: GitLabStandIn) -> None:
    bare = Connection("tracker", "gitlab", {"url": world.url, "projects": "shop/*"})
    with pytest.raises(SourceError, match="has no token"):
        list(GitLabSource().pull(bare, {}, watch()))
    wrong = connection(world.url, token="glpat-secret-and-wrong")
    with pytest.raises(SourceError) as found:
        list(GitLabSource().pull(wrong, {}, watch()))
    assert found.value.permanent and found.value.code == "source.credentials"
    assert "glpat" not in f"{found.value.message}{found.value.hint}{wrong!r}"


# what a sync costs


def test_a_quiet_gitlab_costs_one_small_request_for_each_list(world: GitLabStandIn) -> None:
    of, fold = connection(world.url), Fold()
    for _ in range(3):  # the second one learns the tags of the pages
        meter = Meter()
        assert pull(of, fold, at=AT, meter=meter)
    assert meter.requests == 3 == meter.not_modified


def test_a_first_sync_costs_a_page_for_each_hundred_and_a_history_for_each_changed_issue() -> None:
    with GitLabStandIn(seed=3, issues=700, merge_requests=0, epics=0, has_history=False) as world:
        for number, thing in enumerate(world.things["issues"].values()):
            thing.updated = thing.created + timedelta(seconds=number)
        count = len(world.truth()[0])
        meter = Meter()
        assert pull(connection(world.url, history="no"), Fold(), at=AT, meter=meter)
        # the group, a page for each hundred and one for what they share, the empty lists
        assert meter.requests <= 1 + count // 100 + 2 + 2
        asked = sum(n for path, n in world.asked.items() if "/resource_" in path)
        assert asked == 0
        meter = Meter()
        assert pull(connection(world.url), Fold(), at=AT, meter=meter)
        asked = sum(n for path, n in world.asked.items() if "/resource_state_events" in path)
        assert 0 < asked <= count


def test_without_labels_that_mean_in_progress_neither_labels_nor_notes_are_read(
    world: GitLabStandIn,
) -> None:
    assert pull(connection(world.url), Fold(), at=AT)
    assert not [
        p for p in world.asked if "label_events" in p or ("/issues/" in p and "/notes" in p)
    ]


def test_what_happened_in_the_second_of_its_making_is_history_too(world: GitLabStandIn) -> None:
    rng = random.Random(4)
    issue = world._new("issues", rng, world.now() - timedelta(days=1), home=10)
    world.close_or_open(issue, rng, issue.created + timedelta(milliseconds=300))
    world.close_or_open(issue, rng, issue.created + timedelta(milliseconds=600))
    fold = Fold()
    assert pull(connection(world.url), fold, at=AT)
    moves = {key for key in fold.records if key.startswith(f"issue:{issue.id}#move")}
    assert moves == {f"issue:{issue.id}#move:{event.id}" for event in issue.states}


def test_one_change_is_read_with_a_handful_of_requests(world: GitLabStandIn) -> None:
    of, fold = connection(world.url), Fold()
    pull(of, fold, at=AT)
    pull(of, fold, at=AT)
    world.log_time(issue_of(world), random.Random(1), world.now())
    meter, read = Meter(), fold.read
    assert pull(of, fold, at=AT, meter=meter)
    assert fold.read == read + 1
    assert meter.requests <= 6


def test_an_issue_with_more_entries_than_a_page_is_read_whole(world: GitLabStandIn) -> None:
    issue = issue_of(world)
    for number in range(250):
        world._log(issue, "person1", AT - timedelta(days=number % 7), 600, AT)
    fold = Fold()
    assert pull(connection(world.url), fold, at=AT)
    ours = [r["amount"] for k, r in fold.records.items() if k.startswith(f"issue:{issue.id}#log:")]
    theirs = [n for k, n in world.truth()[1].items() if k.startswith(f"issue:{issue.id}#log:")]
    assert sorted(ours) == sorted(theirs) and sum(ours) > 40_000_000


def test_more_than_a_page_of_issues_with_one_moment_are_all_read_while_they_change() -> None:
    """Page numbers would shift when one of them changes, and skip another."""
    with GitLabStandIn(seed=5, issues=600, merge_requests=0, epics=0, has_history=False) as world:
        moment = AT - timedelta(days=3)
        for thing in world.things["issues"].values():
            thing.updated = moment
        rng = random.Random(5)
        answer = world.answer

        def changing(asked: Any) -> Any:
            if asked.path.endswith("/issues"):
                within = [t for t in world.things["issues"].values() if t.updated == moment]
                for thing in rng.sample(within, min(15, len(within))):
                    world.edit(thing, rng, world.now())
            return answer(asked)

        world.answer = changing  # type: ignore[method-assign]
        fold = Fold()
        assert pull(connection(world.url, history="no"), fold, at=AT)
        world.answer = answer  # type: ignore[method-assign]
        assert set(fold.items) == set(world.truth()[0])


# following what GitLab does not tell


def test_a_renamed_project_keeps_its_issues_under_new_keys(world: GitLabStandIn) -> None:
    of, fold = connection(world.url, projects="shop/ops/tools", roll_call="0"), Fold()
    assert pull(of, fold, at=AT)
    before = {item["fields"]["id"] for item in fold.items.values()}
    world.rename(random.Random(1))
    assert pull(of, fold, at=AT)
    assert {item["fields"]["id"] for item in fold.items.values()} == before
    assert not [key for key in fold.items if key.startswith("shop/ops/tools")]
    assert fold.gone == {}  # moved, not gone


def test_deleted_issues_are_gone_after_a_day(world: GitLabStandIn) -> None:
    of, fold = connection(world.url), Fold()
    assert pull(of, fold, at=AT)
    issue = issue_of(world)
    key = world.key(issue)
    world.delete(issue)
    assert pull(of, fold, at=AT + timedelta(hours=23))
    assert key in fold.items
    assert pull(of, fold, at=AT + timedelta(hours=25))
    assert key not in fold.items and fold.gone == {key: "deleted"}
    assert not [r for r in fold.records.values() if r["item_key"] == key]


def test_what_is_no_longer_configured_is_out_of_reach(world: GitLabStandIn) -> None:
    fold = Fold()
    assert pull(connection(world.url), fold, at=AT)
    narrow = connection(world.url, projects="shop/web", roll_call="0")
    assert pull(narrow, fold, at=AT)
    assert {item["project"] for item in fold.items.values()} == {"shop/web"}
    assert "out of reach" in fold.gone.values()


def test_a_list_that_is_not_shown_any_more_takes_nothing_away(world: GitLabStandIn) -> None:
    of, fold = connection(world.url, roll_call="0"), Fold()
    assert pull(of, fold, at=AT)
    epics = {key for key in fold.items if "&" in key}
    world.premium = False
    assert pull(of, fold, at=AT)
    assert epics <= set(fold.items) and epics
    assert any("epics" in note for note in fold.notes)


def test_the_free_tier_has_no_epics_and_that_is_no_news() -> None:
    with GitLabStandIn(seed=1, premium=False) as world:
        fold = Fold()
        assert pull(connection(world.url), fold, at=AT)
        assert fold.items and not fold.notes


def test_a_project_that_is_not_there_does_not_keep_the_others_from_being_read(
    world: GitLabStandIn,
) -> None:
    fold = Fold()
    with pytest.raises(SourceError) as found:
        pull(connection(world.url, projects="shop/nowhere\nshop/web", roll_call="0"), fold, at=AT)
    assert found.value.permanent and found.value.code == "source.absent"
    assert {item["project"] for item in fold.items.values()} == {"shop/web"}


def test_what_is_in_progress_is_read_again_each_day(world: GitLabStandIn) -> None:
    of, fold = connection(world.url, in_progress=DOING), Fold()
    assert pull(of, fold, at=AT)
    days = len([k for k in fold.records if "#day:" in k])
    later = AT + timedelta(days=7)
    assert pull(of, fold, at=later)
    ours = {k for k in fold.records if "#day:" in k}
    assert ours == {k for k in world.truth(at=later, working=DOING)[1] if "#day:" in k}
    assert len(ours) != days
    meter = Meter()
    assert pull(of, fold, at=later, meter=meter)
    assert not meter.requests > 4  # not twice on one day


def test_since_leaves_out_what_did_not_change_since(world: GitLabStandIn) -> None:
    first = (AT - timedelta(days=30)).date().isoformat()
    fold = Fold()
    assert pull(connection(world.url, since=first, roll_call="0"), fold, at=AT)
    things = [t for kind in world.things for t in world.within("shop", kind)]
    late = {world.key(t) for t in things if t.updated.date().isoformat() >= first}
    assert set(fold.items) == late and 0 < len(late) < len(things)


def test_where_neither_entries_nor_notes_are_shown_the_notes_say_so() -> None:
    with GitLabStandIn(seed=1, graphql=False) as world:
        fold = Fold()
        assert pull(connection(world.url), fold, at=AT)
        assert [n for n in fold.notes if "notes of issues are read instead" in n]
        assert fold.shown()[1] == world.truth()[1]


def test_a_sync_that_is_stopped_keeps_what_it_yielded(world: GitLabStandIn) -> None:
    stop, fold = watch(), Fold()
    with pytest.raises(Stopped):
        for batch in GitLabSource().pull(connection(world.url), {}, stop):
            fold.add(batch)
            stop.stop.set()
    assert fold.items and fold.cursor["scopes"]


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
    assert "300 minutes ahead" in found["clocks"].said


def test_a_token_that_is_wrong_or_may_too_little_is_told_apart(world: GitLabStandIn) -> None:
    found = checked(connection(world.url, token="wrong"))
    assert list(found) == ["credentials"] and not found["credentials"].ok
    world.scopes = ["read_user"]
    found = checked(connection(world.url))
    assert "read_api" in found["credentials"].hint


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
