"""Ada connects a tracker: it is synced by itself, tells how it stands, and keeps its credentials."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from mainstem.clock import now
from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.jobs.loop import Loop
from mainstem.jobs.schedule import SCHEDULE
from mainstem.services.server import queueing
from mainstem.services.sources import connected as sources
from mainstem.services.sources import showing as source_showing
from mainstem.services.sources import watching as source_watching
from mainstem.services.sources.connected import Wanted
from mainstem.store.models import AuditLine, Job, SourceConnection
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.tiny_tracker import TOKEN, Tiny

pytestmark = pytest.mark.django_db


def loop(ground) -> Loop:
    made = Loop(ground, SCHEDULE)
    made.settle()
    return made


def due(key: str) -> None:
    """Its time has come."""
    Job.objects.filter(key=key).update(next_at=now())


def connected(ground, cast, tracker, name="tracker", **options):
    """Ada connects the tracker."""
    wanted = Wanted({"url": tracker.url, **options}, {"token": TOKEN}, "5 min")
    sources.connect_source(name, "tiny", wanted, ground, actor("ada", cast), at=NOW)


def shown(cast, name="tracker", who="ada"):
    return source_showing.connected_source(name, actor(who, cast), at=now())


def effort(ground) -> int:
    """Items and effort that the ledger holds of the tracker."""
    from mainstem.ledger.holdings import items_by_month

    return sum(n for *_, n in items_by_month(ground.shelf.ledger(), "tracker"))


def test_a_connected_tracker_is_read_by_itself_and_its_numbers_follow(ground, cast, tiny):
    tiny.put("T-1", hours=3)
    tiny.put("T-2", hours="a lot")
    connected(ground, cast, tiny)
    assert shown(cast).state == "waiting"
    loop(ground).run_due()
    found = shown(cast)
    assert (found.state, found.failed) == ("well", "")
    report = found.report
    assert (
        report["read"]
        == 2
        == report["new"] + report["changed"] + report["unchanged"] + report["rejected"]
    )
    assert report["reasons"][0]["reason"] == "hours are no number" and report["requests"] > 0
    assert found.proof["theirs"] == 2 and found.proof["ours"] == 1
    # the numbers were derived in the same round, because something had landed
    assert ground.book().desk.view.last("refresh") is not None
    assert effort(ground) == 1


def test_the_next_sync_comes_when_it_is_due_and_reads_only_what_is_new(ground, cast, tiny):
    tiny.put("T-1", hours=3)
    connected(ground, cast, tiny)
    jobs = loop(ground)
    jobs.run_due()
    assert timedelta(minutes=4) < shown(cast).next_at - now() <= timedelta(minutes=5)
    tiny.put("T-2", hours=1)
    jobs.run_due()
    assert effort(ground) == 1
    due("sync:tracker")
    jobs.run_due()
    assert effort(ground) == 2 and shown(cast).report["read"] == 1


def test_an_error_that_passes_is_tried_again_and_one_that_stays_waits_for_somebody(ground, cast, tiny, monkeypatch):  # fmt: skip
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)
    tiny.put("T-1", hours=3)
    tiny.status = 503
    connected(ground, cast, tiny)
    jobs = loop(ground)
    jobs.run_due()
    found = shown(cast)
    assert found.state == "failed" and "503" in found.failed and found.next_at is not None
    assert shown(cast, who="vera").failed == "An administrator sees why."
    tiny.status = 401
    due("sync:tracker")
    jobs.run_due()
    found = shown(cast)
    assert found.state == "given up" and "token" in found.failed and found.next_at is None
    due("sync:tracker")
    jobs.run_due()
    assert Job.objects.get(key="sync:tracker").state == "failed"
    tiny.status = 0
    sources.change_source("tracker", Wanted({"url": tiny.url}, {"token": TOKEN}), ground, actor("ada", cast), at=NOW)  # fmt: skip
    jobs.run_due()
    assert shown(cast).state == "well" and effort(ground) == 1


def test_a_day_without_clean_up_does_not_lose_a_source_that_was_given_up(ground, cast, tiny):
    from mainstem.services.server.cleaning import clean_up

    tiny.status = 401
    connected(ground, cast, tiny)
    jobs = loop(ground)
    jobs.run_due()
    clean_up(at=now() + timedelta(days=90))
    jobs.settle()
    assert shown(cast).state == "given up"


@pytest.mark.django_db(transaction=True)
def test_a_sync_is_stopped_at_its_next_request_and_goes_on_where_it_was(ground, cast, tiny, monkeypatch):  # fmt: skip
    monkeypatch.setattr("mainstem.services.sources.pulling.LAND_ROWS", 1)
    monkeypatch.setattr(source_watching, "LOOK", 0.02)
    monkeypatch.setattr(source_watching, "WRITE", 0.02)
    for n in range(40):
        tiny.put(f"T-{n}", hours=1)
    tiny.size = 1
    connected(ground, cast, tiny, pace="slow")
    jobs = loop(ground)
    with pytest.raises(Invalid, match="No sync"):
        sources.stop_source("tracker", actor("ada", cast), at=NOW)
    beside = threading.Thread(target=lambda: (jobs.run_due("syncing"), connection.close()))
    beside.start()
    wait_for(lambda: shown(cast).progress.get("done", 0) > 2)
    assert shown(cast).state == "syncing"
    sources.stop_source("tracker", actor("ada", cast), at=NOW)
    beside.join()
    assert shown(cast).state == "stopped" and not shown(cast).failed
    before, pages = effort(ground), tiny.pages
    assert 0 < before < 40
    tiny.size = 50
    sources.sync_source("tracker", actor("ada", cast), at=NOW)
    jobs.run_due()
    assert shown(cast).state == "well" and effort(ground) == 40
    # what had landed was not read again
    assert shown(cast).report["read"] == 40 - before and tiny.pages - pages <= 3


def wait_for(condition) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_process_that_stops_ends_its_syncs_and_another_goes_on(ground, cast, tiny, monkeypatch):
    monkeypatch.setattr("mainstem.services.sources.pulling.LAND_ROWS", 1)
    for n in range(40):
        tiny.put(f"T-{n}", hours=1)
    tiny.size = 1
    connected(ground, cast, tiny, pace="slow")
    monkeypatch.setattr(source_watching, "_ENDING", threading.Event())
    first = Loop(ground, SCHEDULE, look=0.02)
    first.start()
    wait_for(lambda: tiny.pages > 2)
    first.stop()
    assert not any(thread.is_alive() for thread in first._threads)
    job = Job.objects.get(key="sync:tracker")
    assert (job.state, job.tries, job.reason) == ("waiting", 0, "") and job.next_at <= now()
    monkeypatch.setattr(source_watching, "_ENDING", threading.Event())
    tiny.size = 50
    loop(ground).run_due()
    assert effort(ground) == 40 and shown(cast).report["read"] < 40


def test_two_processes_never_sync_one_source_at_once(ground, cast, tiny):
    from mainstem.services.sources import pulling
    from mainstem.services.sources import runs as source_runs

    connected(ground, cast, tiny)
    at = now()
    assert queueing.take(["sync"], "one", at=at) is not None
    assert queueing.take(["sync"], "two", at=at) is None
    # and if both thought that they had it, the lock beside the ledger keeps one out: no failure
    with (
        pulling._alone(ground.shelf.ledger(make=True).root, "tracker"),
        pytest.raises(queueing.Later),
    ):
        source_runs.sync("tracker", ground)
    assert shown(cast).failed == ""


def test_a_sync_that_is_asked_for_while_one_runs_comes_after_it(ground, cast, tiny):
    connected(ground, cast, tiny)
    task = queueing.take(["sync"], "one", at=now())
    sources.sync_source("tracker", actor("ada", cast), at=NOW)
    queueing.done(task, "one", "well", next_at=now() + timedelta(minutes=5), at=now())
    assert Job.objects.get(key="sync:tracker").next_at <= now()
    assert Job.objects.get(key="sync:tracker").again_at is None


def test_reading_everything_again_reads_everything_again(ground, cast, tiny):
    tiny.put("T-1", hours=3)
    tiny.put("T-2", hours=3)
    connected(ground, cast, tiny)
    jobs = loop(ground)
    jobs.run_due()
    sources.sync_source("tracker", actor("ada", cast), at=NOW, anew=True)
    jobs.run_due()
    assert shown(cast).report["read"] == 2 == shown(cast).report["unchanged"]
    due("sync:tracker")
    jobs.run_due()
    assert shown(cast).report["read"] == 0
    # other options may mean other issues, so they are read from the beginning
    wanted = Wanted({"url": tiny.url, "projects": "A"})
    sources.change_source("tracker", wanted, ground, actor("ada", cast), at=NOW)
    jobs.run_due()
    assert shown(cast).report["read"] == 2


def test_a_source_that_is_switched_off_is_asked_no_more(ground, cast, tiny):
    ada = actor("ada", cast)
    connected(ground, cast, tiny)
    jobs = loop(ground)
    sources.switch_source("tracker", False, ada, at=NOW)
    jobs.settle()
    jobs.run_due()
    assert shown(cast).state == "off" and not tiny.asked
    with pytest.raises(Invalid, match="switched off"):
        sources.sync_source("tracker", ada, at=NOW)
    sources.switch_source("tracker", True, ada, at=NOW)
    jobs.run_due()
    assert shown(cast).state == "well"


def test_a_source_that_is_removed_leaves_what_it_brought_and_nothing_else(ground, cast, tiny):
    tiny.put("T-1", hours=3)
    connected(ground, cast, tiny)
    jobs = loop(ground)
    jobs.run_due()
    sources.remove_source("tracker", actor("ada", cast), at=NOW)
    jobs.run_due()
    assert effort(ground) == 1
    assert not Job.objects.filter(key__contains="tracker").exists()
    with pytest.raises(Absent):
        shown(cast)


def test_a_test_says_what_is_well_and_what_is_not_and_never_lasts(ground, cast, tiny):
    from mainstem.services.sources import runs as source_runs

    ada, wanted = actor("ada", cast), Wanted({"url": tiny.url}, {"token": TOKEN})
    of = sources.checked("new", "tiny", wanted, ground, ada)
    assert [(c.what, c.ok) for c in source_runs.test(of, ground)] == [("credentials", True), ("e-mail addresses", False)]  # fmt: skip
    wrong = sources.checked(
        "new", "tiny", Wanted({"url": tiny.url}, {"token": "wrong-token"}), ground, ada
    )
    (found,) = source_runs.test(wrong, ground)
    assert not found.ok and found.hint and "wrong-token" not in repr(found)
    assert not SourceConnection.objects.exists()
    # an address at which nobody answers
    tiny.lock.acquire()
    try:
        last = source_runs.test(of, ground, seconds=0.1)[-1]
    finally:
        tiny.lock.release()
    assert last.what == "time" and not last.ok
    connected(ground, cast, tiny)
    sources.ask_for_test("tracker", ada, at=NOW)
    loop(ground).run_due()
    tested = source_showing.settings_of("tracker", ada).tested
    assert [c["ok"] for c in tested["checks"]] == [True, False]


def test_a_proof_is_made_once_a_day_and_when_somebody_asks(ground, cast, tiny):
    tiny.put("T-1", hours=3)
    connected(ground, cast, tiny)
    jobs = loop(ground)
    jobs.run_due()
    assert shown(cast).proof["theirs"] == 1
    first = shown(cast).proved
    tiny.put("T-2", hours=3)
    due("sync:tracker")
    jobs.run_due()
    assert shown(cast).proved == first
    sources.ask_for_proof("tracker", actor("ada", cast), at=NOW)
    jobs.run_due()
    assert shown(cast).proof["theirs"] == 2 == shown(cast).proof["ours"]


def test_credentials_are_kept_when_the_field_is_empty_but_never_sent_elsewhere(ground, cast, tiny):
    ada = actor("ada", cast)
    connected(ground, cast, tiny)
    sources.change_source("tracker", Wanted({"url": tiny.url, "projects": "A, B"}), ground, ada, at=NOW)  # fmt: skip
    jobs = loop(ground)
    jobs.run_due()
    assert shown(cast).state == "well"
    with Tiny() as other, pytest.raises(Invalid, match="given again") as error:
        sources.change_source("tracker", Wanted({"url": other.url}), ground, ada, at=NOW)
    assert error.value.field == "token"
    with Tiny() as other:
        wanted = Wanted({"url": other.url}, {"token": TOKEN})
        sources.change_source("tracker", wanted, ground, ada, at=NOW)
    with pytest.raises(Invalid, match="no token"):
        wanted = Wanted({"url": other.url}, forget=("token",))
        sources.change_source("tracker", wanted, ground, ada, at=NOW)


def test_what_was_given_wrongly_is_said_with_its_field(ground, cast, tiny):
    ada = actor("ada", cast)
    for wanted, field in (
        (Wanted({"url": "ftp://x"}, {"token": "t"}), "url"), (Wanted({}, {"token": "t"}), "url"),
        (Wanted({"url": tiny.url}), "token"),
        (Wanted({"url": tiny.url, "pace": "odd"}, {"token": "t"}), "pace"),
        (Wanted({"url": tiny.url}, {"token": "t"}, "never"), "every"),
        (Wanted({"url": tiny.url, "ulr": "x"}, {"token": "t"}), "ulr"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as error:
            sources.connect_source("tracker", "tiny", wanted, ground, ada, at=NOW)
        assert error.value.field == field
    with pytest.raises(Invalid, match="name"):
        sources.connect_source("../x", "tiny", Wanted({"url": tiny.url}, {"token": "t"}), ground, ada, at=NOW)  # fmt: skip
    connected(ground, cast, tiny)
    with pytest.raises(Conflict, match="already"):
        connected(ground, cast, tiny)
    assert SourceConnection.objects.count() == 1


@pytest.mark.parametrize("name", ["vera", "carl", "lena", "owen", "petra", "otto"])
def test_nobody_but_an_administrator_connects_or_changes(ground, cast, tiny, name):
    connected(ground, cast, tiny)
    by, refused = actor(name, cast), Absent if name == "otto" else Forbidden
    wanted = Wanted({"url": tiny.url}, {"token": TOKEN})
    for do in (
        lambda: sources.connect_source("other", "tiny", wanted, ground, by, at=NOW),
        lambda: sources.change_source("tracker", wanted, ground, by, at=NOW),
        lambda: sources.checked("other", "tiny", wanted, ground, by),
        lambda: sources.sync_source("tracker", by, at=NOW),
        lambda: sources.stop_source("tracker", by, at=NOW),
        lambda: sources.switch_source("tracker", False, by, at=NOW),
        lambda: sources.ask_for_proof("tracker", by, at=NOW),
        lambda: sources.ask_for_test("tracker", by, at=NOW),
        lambda: sources.set_hook_secret("tracker", by, at=NOW),
        lambda: sources.remove_source("tracker", by, at=NOW),
        lambda: source_showing.settings_of("tracker", by),
        lambda: source_showing.kinds_offered(by),
    ):
        with pytest.raises(refused):
            do()
    # a token for reading reads only
    reading = actor("ada", cast, may_write=False)
    with pytest.raises(Forbidden):
        sources.sync_source("tracker", reading, at=NOW)


def test_every_change_is_in_the_audit_log_and_no_secret_is(ground, cast, tiny):
    ada = actor("ada", cast)
    connected(ground, cast, tiny)
    sources.change_source(
        "tracker", Wanted({"url": tiny.url}, {"token": TOKEN}), ground, ada, at=NOW
    )
    sources.sync_source("tracker", ada, at=NOW)
    sources.switch_source("tracker", False, ada, at=NOW)
    sources.set_hook_secret("tracker", ada, at=NOW)
    sources.remove_source("tracker", ada, at=NOW)
    lines = AuditLine.objects.filter(subject="sources/tracker").order_by("pk")
    assert [x.action for x in lines] == [
        "source.connect", "source.change", "source.sync", "source.switch", "source.hook-secret", "source.remove",
    ]  # fmt: skip
    assert TOKEN not in "".join(f"{x.sentence}{x.detail}" for x in lines)


def test_a_credential_that_the_vendor_echoes_is_told_to_nobody(ground, cast, tiny, caplog):
    tiny.put("T-1", hours=f"bad {TOKEN}")
    connected(ground, cast, tiny)
    jobs = loop(ground)
    jobs.run_due()
    assert "bad …" in str(shown(cast).report)
    tiny.status, tiny.says = 403, {"message": f"the token {TOKEN} may not"}
    due("sync:tracker")
    jobs.run_due()
    assert shown(cast).state == "given up" and "…" in shown(cast).failed
    row = SourceConnection.objects.get()
    everything = (
        f"{vars(row)} {caplog.text} {list(Job.objects.values())} {list(AuditLine.objects.values())}"
    )
    assert TOKEN not in everything and TOKEN not in repr(shown(cast))


def test_with_another_secret_of_the_server_the_source_says_what_to_do(ground, cast, tiny, settings):
    connected(ground, cast, tiny)
    settings.SECRET_KEY = "another secret than it was sealed with"
    loop(ground).run_due()
    found = shown(cast)
    assert found.state == "given up" and "MAINSTEM_SECRET" in found.failed
