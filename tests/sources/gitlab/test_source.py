from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mainstem.errors import SourceError
from mainstem.sources.gitlab.source import GitLabSource
from mainstem.sources.registry import make_connected
from mainstem.sources.remote import Checked, Connection, Meter, Stopped, Watch
from tests.sources.gitlab.fold import Fold, connection, pull
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
    assert found.value.code == "source.settings" and found.value.hint


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
