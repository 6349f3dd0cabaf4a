"""The source against a Jira that goes wrong and changes while it is read."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mainstem.errors import SourceError
from mainstem.sources.remote import Watch
from tests.sources.jira.folding import Folded, compared, connection
from tests.standin.jira import JiraStandIn
from tests.standin.server import Faults, seeds

ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)


@pytest.mark.parametrize("seed", seeds())
def test_whatever_goes_wrong_the_ledger_ends_as_jira_is(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    cloud, tempo = seed % 2 == 0, seed % 6 == 4
    projects = ("ABC", "OPS") if seed % 3 == 0 else ()
    faults = Faults.schedule(seed)
    faults.hang_seconds = 0.01
    made = JiraStandIn(
        faults, cloud=cloud, issues=rng.choice((0, 60, 260, 450)) or 130, seed=seed, tempo=tempo,
        step=rng.choice((0.0, 0.7, 35.0)), zone=rng.choice(("America/New_York", "Asia/Kolkata", "UTC")),
    )  # fmt: skip
    with made as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(
            jira.url, projects="\n".join(projects), roll_call="0", page=rng.choice(("50", "100", "1000")),
            tempo_url=f"{jira.url}/tempo/4", secrets={"tempo_token": "x"} if tempo else {},
        )  # fmt: skip
        folder = str(tmp_path) if tempo or seed % 4 else ""
        folded = Folded()
        for _ in range(6):
            try:
                folded.sync_until(
                    of, Watch(jira.now(), folder=folder), rng, rng.choice((1, 3, 9, 99))
                )
            except SourceError as error:
                assert not error.permanent, error
            for _ in range(rng.randrange(6)):
                jira.change(rng)
        jira.faults = Faults(clock=faults.clock)
        # without a folder, work logs that were deleted somewhere need one sync more
        for _ in range(2):
            at = jira.now()
            folded.sync(of, Watch(at, folder=folder))
        compared(folded, jira.truth(at, ZONE, projects))
        assert folded.rejects == []


@pytest.mark.parametrize("cloud", [True, False])
def test_one_sync_brings_everything_and_the_next_almost_nothing(cloud: bool) -> None:
    with JiraStandIn(cloud=cloud, issues=950) as jira:
        assert isinstance(jira, JiraStandIn)
        of, at = connection(jira.url), jira.now()
        first = Watch(at)
        folded = Folded().sync(of, first)
        compared(folded, jira.truth(at, ZONE))
        long = sum(1 for i in jira.world.items.values() if len(i.logs) > 20)
        pages = sum(-(-len(i.logs) // 15) for i in jira.world.items.values() if len(i.logs) > 20)
        # ten pages, the setup, a roll call, and what Jira forces: histories in bulk, long lists of work logs
        assert long and first.meter.requests <= 10 + 4 + 2 + 1 + 2 + pages
        second = Watch(at + timedelta(minutes=5))
        folded.sync(of, second)
        assert second.meter.requests == 3


def test_a_sync_that_dies_goes_on_without_repeating_what_landed() -> None:
    with JiraStandIn(issues=2_500) as jira:
        assert isinstance(jira, JiraStandIn)
        of, folded = connection(jira.url), Folded()
        landed = 0
        for batch in folded._pull(of, Watch(jira.now())):
            landed += batch.read
            if landed > 3_000:
                break
        had = len(folded.items)
        before = folded.read
        folded.sync(of, Watch(at := jira.now()))
        compared(folded, jira.truth(at, ZONE))
        again = len({i["key"] for i in folded.items.values()}) - (2_500 - had)
        assert had > 1_000
        # at most the ten pages that wait for their histories
        assert folded.read - before < folded.read - had and again == had


def test_a_renamed_project_takes_its_issues_along_at_the_next_roll_call() -> None:
    with JiraStandIn(issues=120) as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(jira.url, roll_call="0")
        folded = Folded().sync(of, Watch(jira.now()))
        jira.world.rename("OPS", "RUN")
        folded.sync(of, Watch(at := jira.now()))
        compared(folded, jira.truth(at, ZONE))


def test_a_work_log_deleted_without_a_trace_is_withdrawn(tmp_path: Path) -> None:
    with JiraStandIn(issues=120, step=30.0) as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(jira.url)
        folded = Folded().sync(of, Watch(jira.now(), folder=str(tmp_path)))
        for _ in range(20):
            jira.now()
            jira._passed += 60
        item = next(i for i in jira.world.items.values() if i.logs)
        jira.world.delete_log(item, jira.now(), touch=False)
        watch = Watch(at := jira.now(), folder=str(tmp_path))
        folded.sync(of, watch)
        compared(folded, jira.truth(at, ZONE))
        assert watch.meter.requests <= 6


def test_what_jira_does_not_tell_in_the_last_minute_is_told_in_the_next() -> None:
    with JiraStandIn(issues=80, lag=60.0) as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(jira.url)
        folded = Folded().sync(of, Watch(jira.now()))
        item = next(i for i in jira.world.items.values() if i.logs)
        jira._passed += 600
        jira.world.edit_log(item, jira.now(), touch=False)
        folded.sync(of, Watch(jira.now()))
        jira._passed += 90
        folded.sync(of, Watch(at := jira.now()))
        compared(folded, jira.truth(at, ZONE))


def test_each_day_of_what_is_in_progress_comes_by_itself() -> None:
    with JiraStandIn(issues=150) as jira:
        assert isinstance(jira, JiraStandIn)
        of, at = connection(jira.url, roll_call="9999"), jira.now()
        folded = Folded().sync(of, Watch(at))
        for days in (1, 2, 3, 4):
            later = at + timedelta(days=days)
            folded.sync(of, Watch(later))
            compared(folded, jira.truth(later, ZONE))


def test_other_settings_read_everything_again() -> None:
    with JiraStandIn(issues=200) as jira:
        assert isinstance(jira, JiraStandIn)
        at = jira.now()
        folded = Folded().sync(connection(jira.url, projects="ABC"), Watch(at))
        compared(folded, jira.truth(at, ZONE, ("ABC",)))
        folded.sync(connection(jira.url, projects="ABC\nXYZ"), Watch(at))
        compared(folded, jira.truth(at, ZONE, ("ABC", "XYZ")))
        folded.sync(connection(jira.url, projects="XYZ"), Watch(at))
        compared(folded, jira.truth(at, ZONE, ("XYZ",)))


@pytest.mark.parametrize("chance", [0.3, 1.0])
def test_page_tokens_that_are_refused_cost_requests_and_nothing_else(chance: float) -> None:
    with JiraStandIn(Faults(seed=3, expired=chance, most=12), issues=900) as jira:
        assert isinstance(jira, JiraStandIn)
        folded = Folded()
        for _ in range(6):
            try:
                folded.sync(connection(jira.url), Watch(at := jira.now()))
                break
            except SourceError as error:
                assert not error.permanent
        compared(folded, jira.truth(at, ZONE))


def test_many_changed_in_one_minute_are_all_read() -> None:
    with JiraStandIn(issues=700) as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(jira.url, roll_call="9999")
        folded = Folded().sync(of, Watch(jira.now()))
        jira._passed += 7_200
        for item in jira.world.items.values():
            jira.world.edit(item, jira.now())
        watch = Watch(at := jira.now())
        folded.sync(of, watch)
        compared(folded, jira.truth(at, ZONE))
        assert watch.meter.requests < 700 / 100 + 40
