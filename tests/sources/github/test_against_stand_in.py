"""Against a GitHub that goes wrong: in the end the ledger holds what GitHub has, nothing lost or twice."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from mainstem.errors import SourceError
from mainstem.sources.github.source import GitHubSource
from tests.sources.github.folding import Fold, connection
from tests.standin.github import GitHubStandIn
from tests.standin.server import Faults, seeds

BOTH = ("acme/shop", "acme/till")
SOURCE = GitHubSource()


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)
    monkeypatch.setattr("mainstem.sources.github.queries.ISSUES_A_PAGE", 9)
    monkeypatch.setattr("mainstem.sources.github.queries.PULLS_A_PAGE", 7)


def _settle(hub: GitHubStandIn, fold: Fold, at: datetime, **options: str) -> None:
    """A sync at ``at``, a day later, of a GitHub that is well and at rest."""
    hub.faults = Faults(clock=hub.faults.clock)
    hub.later += timedelta(hours=25)
    fold.land(SOURCE.pull(connection(hub.url, **options), fold.cursor, fold.watch(at)))


@pytest.mark.parametrize("seed", seeds())
def test_whatever_goes_wrong_the_ledger_ends_with_what_github_has(seed: int) -> None:
    rng = random.Random(seed)
    names = BOTH if seed % 3 else BOTH[:1]
    options = {"repositories": "\n".join(names) if seed % 2 else "acme/*"}
    fold, at = Fold(), datetime.now(UTC)
    with GitHubStandIn(Faults.schedule(seed), issues=40, seed=seed, repositories=names) as hub:
        for _ in range(4):
            try:
                most = rng.choice((2, 5, 1_000_000))
                fold.land(
                    SOURCE.pull(connection(hub.url, **options), fold.cursor, fold.watch(at)), most
                )
            except SourceError as error:
                assert not error.permanent, error.message
            for _ in range(rng.randint(0, 6)):
                hub.change(hub.rng)
            hub.later += timedelta(hours=rng.choice((0, 1, 30)))
        _settle(hub, fold, at + timedelta(days=3), **options)
        states, amounts = hub.truth(at + timedelta(days=3))
    assert fold.states() == states
    assert fold.micros() == amounts
    assert not fold.rejects


def test_a_sync_that_was_stopped_goes_on_where_it_was() -> None:
    with GitHubStandIn(issues=60) as hub:
        fold = Fold()
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch()), 3)
        first = fold.read
        fold.land(SOURCE.pull(connection(hub.url), fold.cursor, fold.watch()))
        assert len(fold.items) == 60
        assert 0 < first < 60
        assert fold.read == 60


def test_an_unchanged_repository_costs_one_call_that_counts_against_no_limit() -> None:
    with GitHubStandIn() as hub:
        fold = Fold()
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch()))
        watch = fold.watch()
        again = list(SOURCE.pull(connection(hub.url), fold.cursor, watch))
    assert (watch.meter.requests, watch.meter.not_modified) == (1, 1)
    assert [b.is_last for b in again] == [True]
    assert again[0].cursor == fold.cursor


def test_many_unchanged_repositories_cost_one_call_together() -> None:
    names = tuple(f"acme/r{i}" for i in range(12))
    with GitHubStandIn(repositories=names, issues=4) as hub:
        fold, of = Fold(), connection(hub.url, repositories="acme/*")
        fold.land(SOURCE.pull(of, {}, fold.watch()))
        hub.later += timedelta(hours=1)
        watch = fold.watch()
        assert not sum(b.read for b in SOURCE.pull(of, fold.cursor, watch))
    assert watch.meter.requests == 1


def test_a_change_costs_few_calls_and_nothing_else_is_read() -> None:
    with GitHubStandIn(issues=60) as hub:
        fold, of = Fold(), connection(hub.url, files="no")
        fold.land(SOURCE.pull(of, {}, fold.watch()))
        hub.later += timedelta(hours=1)
        thing = next(t for t in hub.things.values() if not t.is_pull)
        thing.title, thing.updated = "Another title", hub.now().replace(microsecond=0)
        hub._version += 1
        watch = fold.watch()
        before = fold.read
        fold.land(SOURCE.pull(of, fold.cursor, watch))
    assert fold.read - before == 1
    assert fold.items[hub.key(thing)]["title"] == "Another title"
    assert watch.meter.requests == 4  # what changed? the repository; the server's schema; a page


def test_long_lists_are_read_to_their_end() -> None:
    with GitHubStandIn(issues=6) as hub:
        rng = random.Random(3)
        thing = next(t for t in hub.things.values() if not t.is_pull)
        for i in range(130):
            hub.assign(rng, thing, thing.created + timedelta(hours=i), "dev-1")
        pull = next(t for t in hub.things.values() if t.is_pull)
        pull.files = [f"src/{i}.py" for i in range(250)]
        fold = Fold()
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch()))
        assert fold.items[hub.key(pull)]["paths"] == pull.files
        assert fold.micros() == hub.truth(datetime.now(UTC))[1]


def test_a_deleted_issue_is_gone_after_the_roll_call_and_no_sooner() -> None:
    with GitHubStandIn() as hub:
        fold, at = Fold(), datetime.now(UTC)
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch(at)))
        thing = next(t for t in hub.things.values() if not t.is_pull)
        key = hub.key(thing)
        hub.delete(thing)
        hub.later += timedelta(hours=5)
        fold.land(SOURCE.pull(connection(hub.url), fold.cursor, fold.watch(at)))
        assert key in fold.items
        hub.later += timedelta(hours=20)
        batches = list(
            SOURCE.pull(connection(hub.url), fold.cursor, fold.watch(at + timedelta(days=1)))
        )
    assert {k: w for b in batches for k, w in b.gone.items()} == {key: "deleted"}


def test_a_renamed_repository_keeps_its_items_under_the_new_name() -> None:
    with GitHubStandIn() as hub:
        fold, at = Fold(), datetime.now(UTC)
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch(at)))
        hub.rename("acme/shop", "acme/store")
        _settle(hub, fold, at + timedelta(days=2))
        assert (fold.states(), fold.micros()) == hub.truth(at + timedelta(days=2))
        assert all(key.startswith("acme/store#") for key in fold.items)


def test_a_repository_taken_out_of_the_settings_is_out_of_reach() -> None:
    with GitHubStandIn(repositories=BOTH) as hub:
        fold, at = Fold(), datetime.now(UTC)
        fold.land(SOURCE.pull(connection(hub.url, repositories="acme/*"), {}, fold.watch(at)))
        _settle(hub, fold, at + timedelta(days=2), repositories="acme/till")
    assert {key.partition("#")[0] for key in fold.items} == {"acme/till"}
    assert fold.notes


def test_one_repository_that_cannot_be_had_does_not_keep_the_others_away() -> None:
    with GitHubStandIn(repositories=BOTH) as hub:
        hub.hidden = {"acme/shop"}
        fold = Fold()
        with pytest.raises(SourceError) as caught:
            fold.land(
                SOURCE.pull(connection(hub.url, repositories="\n".join(BOTH)), {}, fold.watch())
            )
    assert "acme/shop" in caught.value.message
    assert caught.value.permanent
    assert {key.partition("#")[0] for key in fold.items} == {"acme/till"}


def test_what_is_open_and_assigned_has_a_trace_of_each_day() -> None:
    with GitHubStandIn() as hub:
        fold, at = Fold(), datetime.now(UTC)
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch(at)))
        later = at + timedelta(days=3)
        hub.later += timedelta(days=3)
        fold.land(
            SOURCE.pull(connection(hub.url, roll_call="1000"), fold.cursor, fold.watch(later))
        )
        assert fold.micros() == hub.truth(later)[1]
        assert fold.micros() != hub.truth(at)[1]


def test_a_query_that_is_too_much_is_asked_with_less() -> None:
    with GitHubStandIn(issues=40) as hub:
        hub.too_much = 4
        fold = Fold()
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch()))
        assert fold.states() == hub.truth(datetime.now(UTC))[0]


def test_what_github_keeps_back_is_rejected_with_the_reason() -> None:
    with GitHubStandIn(issues=20) as hub:
        hub.kept_back = {next(iter(hub.things))}
        fold = Fold()
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch()))
    assert [(r.reason, r.sample) for r in fold.rejects] == [
        ("GitHub keeps the item back", "Resource not accessible")
    ]
    assert fold.read == 20


def test_nothing_that_changed_last_before_the_first_day_is_read() -> None:
    with GitHubStandIn(issues=80) as hub:
        first = (hub.now() - timedelta(days=200)).date()
        fold, at = Fold(), datetime.now(UTC)
        fold.land(SOURCE.pull(connection(hub.url, since=first.isoformat()), {}, fold.watch(at)))
        _settle(hub, fold, at + timedelta(days=2), since=first.isoformat())
        wanted = {hub.key(t) for t in hub.things.values() if t.updated.date() >= first}
    assert set(fold.items) == wanted
    assert 0 < len(wanted) < 80


def test_a_status_of_a_project_changes_without_the_issue_and_is_found_the_next_day() -> None:
    with GitHubStandIn() as hub:
        fold, at = Fold(), datetime.now(UTC)
        of = {"projects_fields": "yes"}
        fold.land(SOURCE.pull(connection(hub.url, **of), {}, fold.watch(at)))
        thing = next(t for t in hub.things.values() if not t.is_pull and t.closed)
        hub.later += timedelta(hours=2)
        thing.status, thing.points, thing.in_project = "Done", 5.0, hub.now()
        _settle(hub, fold, at + timedelta(days=2), **of)
    item = fold.items[hub.key(thing)]
    assert item["fields"]["status"] == "Done"
    done = thing.reason != "NOT_PLANNED"
    assert (fold.micros().get(f"{thing.ident}#points") == 5_000_000) == done


def test_people_get_the_team_that_they_are_in() -> None:
    with GitHubStandIn() as hub:
        fold = Fold()
        fold.land(SOURCE.pull(connection(hub.url, groups="yes"), {}, fold.watch()))
    teams = {login: slug for slug, people in hub.teams.items() for login in people}
    seen = {(r["person"], r["team"]) for r in fold.records.values() if r["person"] in teams}
    assert seen == {(login, teams[login]) for login, _ in seen}
    assert {"blue", "green"} <= {team for _, team in seen}


def test_what_github_counts_is_what_was_read() -> None:
    with GitHubStandIn(issues=70) as hub:
        fold, watch = Fold(), Fold().watch()
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch()))
        counted = SOURCE.count(connection(hub.url), watch)
    assert counted is not None
    ours: dict[str, int] = {}
    for item in fold.items.values():
        month = str(item["created"])[:7]
        ours[month] = ours.get(month, 0) + 1
    assert {c.month: c.count for c in counted.counts} == ours
    assert watch.meter.requests <= 4


def test_messages_bring_what_they_name_and_take_what_is_gone() -> None:
    with GitHubStandIn(repositories=BOTH) as hub:
        fold, of = Fold(), connection(hub.url, repositories="acme/shop")
        fold.land(SOURCE.pull(of, {}, fold.watch()))
        mine = [t for t in hub.things.values() if t.repository == 1000]
        issue = next(t for t in mine if not t.is_pull)
        pull = next(t for t in mine if t.is_pull)
        gone = next(t for t in mine if not t.is_pull and t is not issue)
        pull.title = "Fetched"
        key, away = hub.key(gone), hub.key(issue)
        hub.delete(gone)
        hub.transfer(random.Random(1), issue, hub.now())
        keys = [key, away, f"id:{pull.ident}", hub.key(issue), "id:I_never", "acme/none#1"]
        batches = list(SOURCE.fetch(of, keys, fold.watch()))
        fold.land(batches)
    assert all(b.cursor == {} for b in batches)
    assert key not in fold.items
    assert away not in fold.items
    assert hub.key(issue) not in fold.items
    assert fold.items[hub.key(pull)]["title"] == "Fetched"


def test_what_changed_while_a_first_reading_was_stopped_is_known_when_it_ends() -> None:
    with GitHubStandIn(issues=60) as hub:
        fold = Fold()
        fold.land(SOURCE.pull(connection(hub.url), {}, fold.watch()), 1)
        thing = hub.things[next(iter(fold.known()))]
        hub.later += timedelta(hours=3)
        thing.title, thing.updated = "Changed meanwhile", hub.now().replace(microsecond=0)
        hub._version += 1
        fold.land(SOURCE.pull(connection(hub.url), fold.cursor, fold.watch()))
    assert fold.items[hub.key(thing)]["title"] == "Changed meanwhile"
