"""Crowds, changes while reading, breaks, and what it costs; against a real Redmine."""

from __future__ import annotations

import random
from datetime import timedelta

import httpx
import pytest

from mainstem.errors import SourceError
from mainstem.sources import calls
from mainstem.sources.remote import Watch
from tests.sources.folding import Fold
from tests.sources.redmine.asking import (
    NOW,
    Before,
    connection,
    crowd,
    crowd_of_time,
    edit,
    log,
    new_issue,
    sync,
)

SAME = ["2026-10-01 10:00:00.000000"]
SPREAD = [f"2026-10-{d:02} {h:02}:00:0{s}.000000" for d in range(1, 11) for h in range(8, 12) for s in (0, 0, 7)]  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(calls, "FIRST_WAIT", 0.001)


@pytest.mark.parametrize("moments", [SAME, SPREAD], ids=["of one second", "spread"])
def test_a_crowd_comes_whole_and_once(redmine, moments):
    crowd(redmine, 350, moments)
    fold, watch = sync(connection(redmine, history="no"))
    assert set(fold.items) == {f"#{n}" for n in range(1_000, 1_350)}
    assert fold.read == 350 and watch.meter.requests == 3 + 4 + 1


@pytest.mark.parametrize("moments", [SAME, SPREAD], ids=["of one second", "spread"])
def test_issues_that_change_and_vanish_between_pages_hide_no_other(redmine, moments):
    crowd(redmine, 350, moments)
    pages = 0

    def meddle(request: httpx.Request) -> None:
        nonlocal pages
        if request.url.path == "/issues.json":
            pages += 1
            if pages in (2, 3):
                low = 1_000 + 20 * pages
                redmine.sql("UPDATE issues SET updated_on = '2026-11-01 10:00:00', status_id = 2"
                            " WHERE id BETWEEN ? AND ?", low, low + 9)  # fmt: skip
                redmine.sql("DELETE FROM issues WHERE id BETWEEN ? AND ?", low + 10, low + 19)

    fold, _ = sync(connection(redmine, history="no"), transport=Before(meddle))
    there = dict(redmine.sql("SELECT '#' || id, status_id FROM issues"))
    names = {1: "New", 2: "In Progress"}
    assert {k: names[s] for k, s in there.items()} == {
        k: i["state"] for k, i in fold.items.items() if k in there
    }


def test_after_a_break_it_goes_on_without_repeating_what_landed(redmine):
    crowd(redmine, 350, SPREAD)
    whole, _ = sync(connection(redmine, history="no"))
    asked: list[str] = []

    def breaks(request: httpx.Request) -> None:
        asked.append(str(request.url))
        if request.url.params.get("offset") == "198":
            raise httpx.ConnectError("gone")

    fold = Fold()
    with pytest.raises(SourceError) as error:
        sync(connection(redmine, history="no"), fold, transport=Before(breaks))
    assert not error.value.permanent and len(fold.items) == 199
    sync(connection(redmine, history="no"), fold)
    assert fold.items == whole.items and fold.records == whole.records
    assert fold.read <= 350 + 10


def test_a_quiet_sync_costs_few_requests_and_reads_nothing_twice(redmine):
    crowd(redmine, 120, SPREAD)
    for n in range(3):
        log(redmine, 1, issue_id=1_000 + n)
    fold, first = sync(connection(redmine))
    assert first.meter.requests <= 3 + 2 + 120 + 1 + 1
    before = fold.read
    _, watch = sync(connection(redmine), fold, at=NOW + timedelta(minutes=5))
    # statuses, trackers, projects; issues, time, the days before; the issues of the last seconds; who logged
    assert watch.meter.requests <= 3 + 3 + 4 + 1
    assert fold.read - before <= 4 + 6


def test_a_change_in_the_second_of_the_last_one_is_not_missed(redmine):
    nr = new_issue(redmine)
    fold, _ = sync(connection(redmine))
    at = redmine.sql("SELECT updated_on FROM issues WHERE id = ?", nr)[0][0]
    redmine.sql("UPDATE issues SET subject = 'Changed at once' WHERE id = ?", nr)
    sync(connection(redmine), fold)
    assert redmine.sql("SELECT updated_on FROM issues WHERE id = ?", nr)[0][0] == at
    assert fold.items[f"#{nr}"]["title"] == "Changed at once"


def test_time_that_vanishes_between_pages_hides_no_other(redmine):
    nr = new_issue(redmine)
    crowd_of_time(redmine, 330, nr)
    pages = 0

    def meddle(request: httpx.Request) -> None:
        nonlocal pages
        if request.url.path == "/time_entries.json" and "issue_id" not in request.url.params:
            pages += 1
            if pages == 3:
                redmine.sql("DELETE FROM time_entries WHERE id BETWEEN 10 AND 60")

    fold, _ = sync(connection(redmine), transport=Before(meddle))
    there = {f"time:{n}" for (n,) in redmine.sql("SELECT id FROM time_entries")}
    assert there <= fold.stems("time:")
    sync(connection(redmine), fold, at=NOW + timedelta(days=2))
    assert fold.stems("time:") == there


def test_a_redmine_that_knows_days_only_is_read_alike(redmine):
    crowd(redmine, 30, SPREAD)
    refused = []

    def old(request: httpx.Request) -> httpx.Response | None:
        if "T" in request.url.params.get("updated_on", ""):
            refused.append(request)
            return httpx.Response(422, json={"errors": ["Updated is invalid"]})
        return None

    of = connection(redmine, history="no")
    fold, _ = sync(of, transport=Before(old))
    edit(redmine, 1_003, subject="Changed")
    nr = new_issue(redmine)
    sync(of, fold, transport=Before(old))
    assert fold.items["#1003"]["title"] == "Changed" and f"#{nr}" in fold.items
    assert len(refused) == 1


def test_other_settings_mean_reading_everything_again(redmine):
    nr = new_issue(redmine, custom_fields=[{"id": 2, "value": "video"}])
    fold, _ = sync(connection(redmine))
    sync(connection(redmine, team_field="Squad"), fold)
    assert fold.items[f"#{nr}"]["team"] == "video"


def test_since_leaves_out_what_is_older(redmine):
    crowd(redmine, 20, SPREAD)
    nr = new_issue(redmine)
    log(redmine, 1, issue_id=nr, spent_on="2026-01-05")
    time = log(redmine, 1, issue_id=nr, spent_on="2026-11-01")
    of = connection(redmine, since="2026-10-20")
    fold, _ = sync(of)
    sync(of, fold, at=NOW + timedelta(days=2))
    assert set(fold.items) == {f"#{nr}"} and fold.stems("time:") == {f"time:{time}"}
    late = log(redmine, 1, issue_id=1_000, spent_on="2026-11-02")
    sync(of, fold, at=NOW + timedelta(days=4))
    assert set(fold.items) == {f"#{nr}"} and fold.stems("time:") == {f"time:{time}", f"time:{late}"}


def test_faults_in_between_change_nothing(redmine):
    crowd(redmine, 130, SPREAD)
    log(redmine, 1, issue_id=1_001)
    rng = random.Random(5)

    def fault(request: httpx.Request) -> httpx.Response | None:
        roll = rng.random()
        if roll < 0.03:
            raise httpx.ReadError("broken")
        if roll < 0.06:
            return httpx.Response(503, text="<html>busy</html>")
        if roll < 0.09:
            return httpx.Response(200, text='{"issues": [{"id": 1')
        return None

    whole, _ = sync(connection(redmine))
    fold, watch = sync(connection(redmine), transport=Before(fault))
    assert watch.meter.retried > 5
    assert (fold.items, fold.records) == (whole.items, whole.records)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_people_do_the_ledger_ends_equal_to_redmine(redmine, seed):
    rng = random.Random(seed)
    issues = [
        new_issue(redmine, f"Issue {n}", project_id=rng.choice(("alpha", "beta"))) for n in range(4)
    ]
    of, fold, at = connection(redmine), Fold(), NOW
    for step in range(12):
        act(redmine, rng, issues)
        if step % 3 == 0:
            at += timedelta(minutes=5)
            sync(of, fold, at=at)
    sync(of, fold, at=at + timedelta(days=2))
    assert {k: (i["title"], i["state"], i["project"]) for k, i in fold.items.items()} == truth(
        redmine
    )
    hours = {f"time:{n}#log": h for n, h in redmine.sql("SELECT id, hours FROM time_entries")}
    assert fold.amounts("time:") == hours
    moves = {f"{i}#move:{j}" for i, j in redmine.sql(
        "SELECT journalized_id, j.id FROM journals j JOIN journal_details d ON d.journal_id = j.id"
        " WHERE d.prop_key = 'status_id'")}  # fmt: skip
    assert {k for k in fold.records if "#move:" in k} == moves


def act(server, rng: random.Random, issues: list[int]) -> None:
    """Something that people do."""
    nr, what = rng.choice(issues), rng.randrange(7)
    times = [n for (n,) in server.sql("SELECT id FROM time_entries")]
    if what == 0:
        issues.append(new_issue(server, f"New {rng.random():.6f}"))
    elif what == 1:
        edit(server, nr, status_id=rng.randint(1, 6), assigned_to_id=rng.choice((6, 7, "")))
    elif what == 2:
        edit(server, nr, project_id=rng.choice(("alpha", "beta", "alpha-inside")))
    elif what == 3 and len(issues) > 2:
        issues.remove(nr)
        server.call("DELETE", f"issues/{nr}.json?todo=destroy")
    elif what == 4 and times:
        server.call("DELETE", f"time_entries/{rng.choice(times)}.json")
    elif what == 5 and times:
        entry = {"hours": rng.randint(1, 8), "issue_id": nr}
        server.call("PUT", f"time_entries/{rng.choice(times)}.json", {"time_entry": entry})
    else:
        log(server, rng.randint(1, 8), issue_id=nr, by=rng.choice(("ann", "ben")))


def truth(server) -> dict[str, tuple[str, str, str]]:
    rows = server.sql(
        "SELECT '#' || i.id, i.subject, s.name, p.identifier FROM issues i"
        " JOIN issue_statuses s ON s.id = i.status_id JOIN projects p ON p.id = i.project_id"
    )
    return {key: (subject, state, project) for key, subject, state, project in rows}


def test_it_lands_in_a_ledger_and_deleted_time_is_withdrawn_there(redmine, tmp_path):
    from mainstem.ledger.holdings import known_ids, known_stems
    from mainstem.ledger.store import Ledger
    from mainstem.services.sources.pulling import pull

    nr = new_issue(redmine)
    first, second = log(redmine, 1, issue_id=nr), log(redmine, 2, issue_id=nr)
    ledger = Ledger.open(tmp_path / "ledger", make=True)
    pull(connection(redmine), ledger, Watch(NOW))
    assert known_ids(ledger, "tracker") == {str(nr): f"#{nr}"}
    assert known_stems(ledger, "tracker", "time:") == {f"time:{first}", f"time:{second}"}
    redmine.call("DELETE", f"time_entries/{first}.json")
    report = pull(connection(redmine), ledger, Watch(NOW + timedelta(days=2)))
    assert report.withdrawn >= 1
    assert known_stems(ledger, "tracker", "time:") == {f"time:{second}"}
