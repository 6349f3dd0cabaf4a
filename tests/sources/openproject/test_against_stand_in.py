"""Whatever people do and whatever goes wrong, the ledger ends equal to OpenProject."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from mainstem.errors import SourceError
from mainstem.sources import calls
from mainstem.sources.remote import Connection, Secret, Watch
from tests.sources.folding import Fold
from tests.sources.openproject import truth
from tests.sources.openproject.asking import NOW, SOURCE, connection, sync
from tests.sources.openproject.stand_in import MAILS, OpenProjectStandIn
from tests.standin.server import Faults, seeds


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(calls, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(calls, "READ", 2.0)


def same(fold: Fold, world: OpenProjectStandIn, at=NOW) -> None:
    held = {k: (i["state"], i["project"]) for k, i in fold.items.items()}
    # a project on which time was logged once stays an item
    kept = {k: v for k, v in held.items() if not k.startswith("#")}
    assert held == {**kept, **truth.items(world)}
    assert fold.amounts("time:") == truth.hours(world)
    ours: dict[str, set[str]] = {k: set() for k in truth.traces(world, at)}
    for key in fold.records:
        if not key.startswith("time:"):
            ours[key.split("#")[0]].add(key)
    # time that was deleted brings traces back only when the work package is read again
    expected = {k: v for k, v in truth.traces(world, at).items() if int(k) not in world.tainted}
    assert {k: v for k, v in ours.items() if k in expected} == expected


@pytest.mark.parametrize("parts", [True, False], ids=["milliseconds", "seconds"])
@pytest.mark.parametrize("newer", [True, False], ids=["newer", "older"])
def test_everything_arrives(parts, newer):
    with OpenProjectStandIn(40, parts=parts, newer=newer) as there:
        fold, _ = sync(connection(there))
        same(fold, there)
    assert not fold.rejects and not fold.gone


@pytest.mark.parametrize("seed", seeds())
def test_whatever_happens_the_ledger_ends_equal(seed):
    rng = random.Random(seed)
    world = OpenProjectStandIn(
        25, Faults.schedule(seed), parts=bool(seed % 3), newer=bool(seed % 2)
    )
    fold, at = Fold(), NOW
    with world as there:
        of = connection(there)
        for n in range(4):
            with suppress(SourceError):
                sync(of, fold, at=at, most=rng.choice((None, 2, 5)))
            for _ in range(rng.randrange(8)):
                with there.lock:
                    there.change(rng)
            at += timedelta(minutes=5) if n % 2 else timedelta(hours=13)
        there.faults = Faults()
        at += timedelta(days=3)
        sync(of, fold, at=at)
        same(fold, there, at)


def test_a_crowd_of_one_moment_comes_whole():
    with OpenProjectStandIn(90, most=20) as there:
        moment = there.clock
        for package in there.packages.values():
            package.updated = moment
        fold, _ = sync(connection(there, history="no"))
        assert set(truth.items(there)) == set(fold.items)
        assert (
            sum(there.asked[k] for k in there.asked if k.endswith("work_packages"))
            <= len(there.packages) / 20 + 4
        )


def test_a_quiet_sync_costs_few_requests():
    with OpenProjectStandIn(60, most=1_000) as there:
        fold, first = sync(connection(there))
        before = fold.read
        _, watch = sync(connection(there), fold, at=NOW + timedelta(minutes=5))
        # statuses, projects, people; packages, a schema, histories, who logged on a hundred; time; people
        assert first.meter.requests <= 3 + 1 + 1 + len(there.packages) + 1 + 1 + 3
        assert watch.meter.requests <= 3 + 2 + 2 * 6 and fold.read - before <= 8


def test_a_break_in_the_middle_is_gone_on_from():
    with OpenProjectStandIn(80, most=10) as there:
        whole, _ = sync(connection(there))
        fold, _ = sync(connection(there), most=4)
        assert 0 < len(fold.items) < len(whole.items)
        sync(connection(there), fold)
        assert (fold.items, fold.records) == (whole.items, whole.records)


def test_projects_are_read_with_those_inside():
    with OpenProjectStandIn(40) as there:
        fold, _ = sync(connection(there, projects="alpha"))
        assert {i["project"] for i in fold.items.values()} == {"alpha", "alpha-inside"}
        alone, _ = sync(connection(there, projects="alpha", subprojects="no"))
        assert {i["project"] for i in alone.items.values()} == {"alpha"}
        with pytest.raises(SourceError, match="no project nowhere"):
            sync(connection(there, projects="nowhere"))


def test_what_moves_out_of_what_is_read_is_gone():
    with OpenProjectStandIn(20) as there:
        of, at = connection(there, projects="beta"), NOW
        package = there.packages[min(there.packages)]
        package.project = 3
        fold, _ = sync(of)
        assert f"#{package.number}" in fold.items
        package.project = 1
        sync(of, fold, at=at + timedelta(days=2))
        assert fold.gone == {f"#{package.number}": "moved out of what is read"}


def test_fields_points_team_and_groups():
    with OpenProjectStandIn(30) as there:
        fold, _ = sync(connection(there, team_field="Squad", fields="Platforms"))
        for p in there.packages.values():
            item = fold.items[f"#{p.number}"]
            assert item["team"] == p.squad and item["fields"]["Platforms"] == "web, ios"
        grouped, _ = sync(connection(there, groups="yes"))
        teams = {r["team"] for r in grouped.records.values() if r["person"] == MAILS[4]}
        assert "Video crew" in teams


def test_since_leaves_out_what_is_older():
    with OpenProjectStandIn(40) as there:
        day = (there.clock - timedelta(days=1)).date().isoformat()
        of = connection(there, since=day)
        fold, _ = sync(of)
        sync(of, fold, at=NOW + timedelta(days=2))
        late = {
            f"#{p.number}" for p in there.packages.values() if p.updated.date().isoformat() >= day
        }
        assert {k for k in fold.items if k.startswith("#")} == late
        assert all(r["day"] >= day for k, r in fold.records.items() if k.startswith("time:"))


def test_running_time_is_refused_until_it_ends():
    with OpenProjectStandIn(10) as there:
        entry = next(iter(there.entries.values()))
        entry.ongoing, entry.updated = True, there.tick(random.Random(1))
        fold, _ = sync(connection(there))
        assert [r.reason for r in fold.rejects] == ["the time is still running"]
        entry.ongoing, entry.minutes, entry.updated = False, 90, there.tick(random.Random(2)) + timedelta(seconds=1)  # fmt: skip
        sync(connection(there), fold)
        assert fold.amounts()[f"time:{entry.number}#log"] == 1.5


def test_its_own_count_agrees():
    with OpenProjectStandIn(40) as there:
        fold, _ = sync(connection(there))
        counted = SOURCE.count(connection(there), Watch(NOW))
        ours: dict[tuple[str, str], int] = {}
        for item in fold.items.values():
            if item["type"] != "project":
                at = (item["type"], item["created"][:7])
                ours[at] = ours.get(at, 0) + 1
        assert {(c.type, c.month): c.count for c in counted.counts} == ours


def test_it_says_what_is_well_and_what_is_missing():
    with OpenProjectStandIn(20) as there:
        given = {"team_field": "Squad", "fields": "Platforms\nColour", "in_progress": "Doing"}
        found = {c.what: c for c in SOURCE.test(connection(there, **given), Watch(NOW))}
        assert found["credentials"].ok and found["work packages"].ok and found["field Squad"].ok
        assert not found["field Colour"].ok and "squad" in found["field Colour"].hint
        assert "in progress" in found["option in_progress"].hint
        of = connection(there)
        wrong = Connection(of.name, of.kind, of.options, {"token": Secret("wrong-token")})
        said = list(SOURCE.test(wrong, Watch(NOW)))
        assert [c.ok for c in said] == [False] and "wrong-token" not in repr(said)
        lost = {c.what: c for c in SOURCE.test(connection(there, projects="nowhere"), Watch(NOW))}
        assert not lost["projects"].ok
