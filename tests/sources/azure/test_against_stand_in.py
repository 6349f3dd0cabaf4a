"""Whatever people do and whatever goes wrong, the ledger ends equal to Azure DevOps."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from mainstem.errors import SourceError
from mainstem.sources import calls
from mainstem.sources.azure import client
from mainstem.sources.remote import Watch
from tests.sources.azure import truth
from tests.sources.azure.asking import NOW, SOURCE, connection, sync
from tests.sources.azure.stand_in import COMPLETED, POINTS, AzureStandIn
from tests.sources.folding import Fold
from tests.standin.server import Faults, seeds


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(calls, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(calls, "READ", 2.0)


def same(fold: Fold, world: AzureStandIn, at=NOW) -> None:
    ours = {k: (i["state"], i["project"], i["done"], i["parent"]) for k, i in fold.items.items()}
    assert ours == truth.items(world)
    assert fold.amounts() == truth.records(world, at)


@pytest.mark.parametrize("has_parent", [True, False], ids=["services", "old server"])
def test_everything_arrives(has_parent):
    with AzureStandIn(60, has_parent=has_parent, has_states=has_parent) as there:
        fold, _ = sync(connection(there))
        same(fold, there)
    assert not fold.rejects and not fold.gone


@pytest.mark.parametrize("seed", seeds())
def test_whatever_happens_the_ledger_ends_equal(seed, monkeypatch):
    monkeypatch.setattr("mainstem.sources.azure.reading.MANY", 7)
    monkeypatch.setattr(client, "MOST_NUMBERS", 10)
    monkeypatch.setattr(client.Azure.query, "__kwdefaults__", {"after": 0, "most": 10})
    rng = random.Random(seed)
    world = AzureStandIn(
        25, Faults.schedule(seed), has_parent=bool(seed % 3), lag=timedelta(minutes=4)
    )
    fold, at = Fold(), NOW
    with world as there:
        of = connection(there)
        for n in range(4):
            with suppress(SourceError):
                sync(of, fold, at=at, most=rng.choice((None, 2, 4)))
            for _ in range(rng.randrange(8)):
                with there.lock:
                    there.change(rng)
            at += timedelta(minutes=5) if n % 2 else timedelta(hours=13)
        there.faults = Faults()
        at += timedelta(days=2)
        sync(of, fold, at=at)
        same(fold, there, at)


def test_a_query_that_is_behind_loses_nothing():
    with AzureStandIn(20, lag=timedelta(minutes=4)) as there:
        of, rng = connection(there), random.Random(1)
        there.faults.seed = -1
        fold, _ = sync(of)
        for n in range(12):
            there.change(rng, deletes=False)
            sync(of, fold, at=NOW + timedelta(minutes=n))
        there.clock += timedelta(minutes=5)
        sync(of, fold, at=NOW + timedelta(hours=1))
        same(fold, there, NOW)


def test_a_quiet_sync_costs_few_requests():
    with AzureStandIn(60) as there:
        fold, first = sync(connection(there))
        assert first.meter.requests == 1 + 1 + 1 + len(fold.items) + 4
        read = fold.read
        there.clock += timedelta(hours=1)
        sync(connection(there), fold, at=NOW + timedelta(minutes=5))
        _, watch = sync(connection(there), fold, at=NOW + timedelta(minutes=9))
        assert watch.meter.requests <= 2 and fold.read - read <= 5


def test_what_is_looked_at_again_costs_no_history_unless_it_changed():
    with AzureStandIn(20) as there:
        fold, _ = sync(connection(there))
        one, two = list(there.items.values())[:2]
        for item in (one, two):
            there.edit(item, "ann@example.org", there.clock, System__Title="Now")
        sync(connection(there), fold)
        there.edit(one, "ann@example.org", there.clock, System__Title="Once more")
        there.asked.clear()
        sync(connection(there), fold)
        asked = [path for path in there.asked if path.endswith("/updates")]
        assert asked == [f"GET /_apis/wit/workItems/{one.number}/updates"]
        assert fold.items[str(one.number)]["title"] == "Once more"


def test_a_break_in_the_middle_is_gone_on_from(monkeypatch):
    monkeypatch.setattr("mainstem.sources.azure.reading.MANY", 10)
    with AzureStandIn(80) as there:
        whole, _ = sync(connection(there))
        fold, _ = sync(connection(there), most=4)
        assert len(fold.items) == 40
        sync(connection(there), fold)
        assert (fold.items, fold.records) == (whole.items, whole.records)


def test_more_than_a_page_of_changes_comes_whole():
    with AzureStandIn(3) as there:
        item = next(iter(there.items.values()))
        for n in range(450):
            there.edit(item, "ann@example.org", there.clock, **{COMPLETED: 1.0 + n / 4})
        fold, _ = sync(connection(there))
        same(fold, there)


def test_hours_are_logged_when_they_grow_and_taken_back_when_they_shrink():
    with AzureStandIn(1) as there:
        item = next(iter(there.items.values()))
        there.edit(item, "ann@example.org", there.clock, **{COMPLETED: 0.0})
        before = len(item.revisions)
        for hours, by in (
            (4.0, "ann@example.org"),
            (6.0, "EXAMPLE\\ben"),
            (3.0, "ann@example.org"),
        ):
            there.clock += timedelta(days=1)
            there.edit(item, by, there.clock, **{COMPLETED: hours})
        fold, _ = sync(connection(there))
        logs = {k: r for k, r in fold.records.items() if "#log:" in k}
        assert list(logs) == [f"{item.number}#log:{before + 1}"]
        only = next(iter(logs.values()))
        assert (only["amount"], only["person"]) == (3_000_000, "ann@example.org")
        assert only["day"] == item.revisions[before][0].date().isoformat()


def test_without_histories_the_figure_counts_once():
    with AzureStandIn(30) as there:
        fold, watch = sync(connection(there, history="no"))
        assert watch.meter.requests == 1 + 1 + 1 + 4
        hours = {k.split("#")[0]: v for k, v in fold.amounts().items() if "#log:" in k}
        assert hours == {str(n): i[COMPLETED] for n, i in there.items.items() if i[COMPLETED]}
        none, _ = sync(connection(there, hours="-"))
        assert not [k for k in none.records if "#log:" in k]


def test_deleted_and_moved_work_items_are_gone_and_say_why():
    with AzureStandIn(30) as there:
        of = connection(there, projects="Shop")
        fold, _ = sync(of)
        mine = [i for i in there.items.values() if i["System.TeamProject"] == "Shop"]
        assert set(fold.items) == {str(i.number) for i in mine}
        del there.items[mine[0].number]
        there.edit(mine[1], "ann@example.org", there.clock, System__TeamProject="Till & Co", System__State="Making")  # fmt: skip
        sync(of, fold, at=NOW + timedelta(days=2))
        assert fold.gone == {
            str(mine[0].number): "deleted or out of reach",
            str(mine[1].number): "moved out of what is read",
        }
        whole, _ = sync(connection(there, projects="Till & Co\nShop", types="Bug"))
        assert {i["type"] for i in whole.items.values()} == {"Bug"}
        with pytest.raises(SourceError, match="not there") as caught:
            sync(connection(there, projects="Nowhere"))
        assert caught.value.permanent


def test_since_leaves_out_what_is_older():
    with AzureStandIn(40) as there:
        day = (there.clock - timedelta(days=1)).date().isoformat()
        of = connection(there, since=day)
        fold, _ = sync(of)
        sync(of, fold, at=NOW + timedelta(days=2))
        late = {
            str(n) for n, i in there.items.items() if i.revisions[-1][0].date().isoformat() >= day
        }
        assert set(fold.items) == late and SOURCE.count(of, Watch(NOW)) is None


def test_fields_points_team_and_prefix():
    with AzureStandIn(20) as there:
        given = {
            "team_field": "Area Path",
            "fields": "Custom.Squad\nSquad",
            "prefix": "AB#",
            "points": "story points",
        }
        fold, _ = sync(connection(there, **given))
        for nr, item in there.items.items():
            found = fold.items[f"AB#{nr}"]
            assert (
                found["team"] == "Video" and found["fields"]["Custom.Squad"] == item["Custom.Squad"]
            )
            # of two fields of a name the one with numbers counts, and here it has none
            assert "Squad" not in found["fields"] and found["fields"]["id"] == str(nr)
        points = {k.split("#")[0]: v for k, v in fold.amounts().items() if k.endswith("#points")}
        assert points == {
            str(n): i[POINTS] for n, i in there.items.items() if i[POINTS] and truth.done_of(i)
        }


def test_its_own_count_agrees():
    with AzureStandIn(40) as there:
        fold, _ = sync(connection(there))
        counted = SOURCE.count(connection(there), Watch(NOW))
        ours: dict[str, int] = {}
        for item in fold.items.values():
            ours[item["created"][:7]] = ours.get(item["created"][:7], 0) + 1
        assert {c.month: c.count for c in counted.counts} == ours


@pytest.mark.parametrize("sign_in", ["refused", "page", "sent away"])
def test_a_token_that_is_not_taken_is_said_once_and_never_shown(sign_in):
    with AzureStandIn(3) as there:
        there.sign_in = sign_in
        wrong = connection(there, secret="wrong-token")
        with pytest.raises(SourceError, match="does not take the token") as caught:
            sync(wrong)
        assert caught.value.permanent and caught.value.code == "source.credentials"
        assert sum(there.asked.values()) == 1 and "wrong-token" not in repr(caught.value)
        said = list(SOURCE.test(wrong, Watch(NOW)))
        assert [c.ok for c in said] == [False] and "Work Items (Read)" in said[0].hint


def test_it_says_what_is_well_and_what_is_missing():
    with AzureStandIn(20) as there:
        given = {
            "team_field": "Squad",
            "fields": "Colour",
            "points": "Title",
            "projects": "Shop",
            "in_progress": "Doing",
        }
        watch = Watch(there.clock)
        found = {c.what: c for c in SOURCE.test(connection(there, **given), watch)}
        assert found["credentials"].said == "This is Reader." and found["project Shop"].ok
        assert found["right to view work items"].ok and found["clock"].ok
        assert "Custom.Size2, one of 2" in found["field Squad"].said
        assert not found["field Colour"].ok and not found["field Title"].ok
        assert "Active" in found["option in_progress"].hint and not found["e-mail addresses"].ok
        assert watch.meter.requests <= 14
        lost = {c.what: c for c in SOURCE.test(connection(there, projects="Nowhere"), Watch(NOW))}
        assert not lost["project Nowhere"].ok and lost["credentials"].ok
