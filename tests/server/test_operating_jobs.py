"""Jobs: held by one process at a time, tried again with growing waits, never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstem.clock import now
from mainstem.errors import Forbidden, MainstemError
from mainstem.jobs.loop import Loop
from mainstem.jobs.schedule import SCHEDULE, Line
from mainstem.services.people.access import system
from mainstem.services.server import queueing
from tests.server.cast import actor
from tests.server.factories import land_some_work

MINUTE = timedelta(minutes=1)


def line(does, name="count", every=MINUTE):
    return Line(name, every, MINUTE, "Counts.", does)


def loop(ground, *lines):
    made = Loop(ground, lines)
    made.settle()
    return made


def row(name="count"):
    return next(r for r in queueing.listed(system()) if r.name == name)


def due_now(name="count"):
    queueing.soon(name, at=now())


def test_a_line_of_the_schedule_runs_when_it_is_due_and_not_before(ground):
    ran = []
    jobs = loop(ground, line(lambda g, a: ran.append(1) or "counted"))
    assert jobs.run_due() == 1 and jobs.run_due() == 0
    due_now()
    assert jobs.run_due() == 1
    assert (row().said, row().state, len(ran)) == ("counted", "waiting", 2)


def test_what_failed_keeps_its_reason_and_waits_longer_each_time(ground):
    def fails(g, a):
        raise MainstemError("The mail server said no.", "Ask it.")

    jobs, waits = loop(ground, line(fails, every=timedelta(seconds=1))), []
    for _ in range(4):
        due_now()
        jobs.run_due()
        waits.append(round((row().next_at - row().ended_at).total_seconds()))
    assert waits == [30, 90, 270, 810]
    assert row().reason == "The mail server said no. Ask it." and row().tries == 4
    assert queueing.wait(40) == timedelta(hours=6)


def test_an_error_nobody_foresaw_stops_neither_the_loop_nor_the_job(ground):
    answers = iter([ZeroDivisionError("x"), None])

    def once(g, a):
        if error := next(answers):
            raise error
        return "fine"

    jobs = loop(ground, line(once))
    jobs.run_due()
    assert "Unforeseen: ZeroDivisionError" in row().reason
    due_now()
    jobs.run_due()
    assert (row().said, row().reason, row().tries) == ("fine", "", 0)


def test_what_was_asked_for_is_done_once_and_given_up_after_its_tries(ground):
    said = []
    good = Line("import", None, MINUTE, "", lambda g, a: said.append(a["path"]) or "done")
    number = queueing.ask("import", {"path": "x.csv"}, system(), at=now())
    jobs = loop(ground, good)
    assert jobs.run_due() == 1 and jobs.run_due() == 0 and said == ["x.csv"]
    assert queueing.state_of(number).state == "done"
    number = queueing.ask("import", {}, system(), at=now())  # has no path: fails each time
    for _ in range(queueing.MOST_TRIES):
        from mainstem.store.models import Job

        Job.objects.filter(pk=number).update(next_at=now())
        jobs.run_due()
    found = queueing.state_of(number)
    assert (found.state, found.tries) == ("failed", queueing.MOST_TRIES)
    assert "KeyError" in found.reason


def test_two_processes_never_hold_the_same_job(ground):
    queueing.settle({"count": "Counts."}, at=now())
    assert queueing.take(["count"], "one", at=now()) is not None
    assert queueing.take(["count"], "two", at=now()) is None


def test_what_a_killed_process_held_is_taken_up_a_minute_later(ground):
    at = now()
    queueing.settle({"count": "Counts."}, at=at)
    held = queueing.take(["count"], "killed", at=at)
    soon, later = at + timedelta(seconds=30), at + timedelta(seconds=61)
    assert queueing.take(["count"], "next", at=soon) is None
    assert queueing.hold_on(held, "killed", at=soon)
    assert queueing.take(["count"], "next", at=later) is None
    taken = queueing.take(["count"], "next", at=soon + timedelta(seconds=61))
    assert taken.tries == 2
    # the first comes back from the dead: it says nothing any more
    assert not queueing.hold_on(held, "killed", at=later)
    queueing.done(held, "killed", "wrong", next_at=None, at=later)
    assert row().said == "" and row().state == "running"


def test_a_process_that_stops_frees_what_it_holds_at_once(ground):
    queueing.settle({"count": "Counts."}, at=now())
    queueing.take(["count"], "stopping", at=now())
    queueing.let_go("stopping")
    assert queueing.take(["count"], "next", at=now()) is not None


def test_a_line_that_has_gone_from_the_schedule_goes_from_the_database(ground):
    loop(ground, line(lambda g, a: ""), line(lambda g, a: "", "old"))
    loop(ground, line(lambda g, a: ""))
    assert [r.name for r in queueing.listed(system())] == ["count"]


def test_every_job_of_the_schedule_runs_on_a_fresh_server(ground):
    jobs = loop(ground, *SCHEDULE)
    jobs.run_due()
    scheduled = [one for one in SCHEDULE if one.every]
    assert [r.reason for r in queueing.listed(system())] == [""] * len(scheduled)


def test_the_ledger_follows_a_change_of_the_plan_by_itself(ground, cast):
    from mainstem.plan.changes import Changed
    from mainstem.services.plans.editing import change_plan

    land_some_work(ground)
    derive = [one for one in SCHEDULE if one.name == "derive"]
    jobs = loop(ground, *derive)
    jobs.run_due()
    change = Changed("initiatives/warm-start", ("note",), None, "new")
    made = change_plan([change], ground, actor("petra", cast), at=ground.now())
    assert derive[0].wanted(ground)
    due_now("derive")
    assert jobs.run_due() == 1
    assert ground.book().desk.view.last("refresh").plan == made.standing.revision
    assert not derive[0].wanted(ground)
    due_now("derive")
    assert jobs.run_due() == 0


def test_sessions_that_ended_and_old_answers_are_removed(ground, cast):
    from django.contrib.sessions.models import Session

    from mainstem.services.server.cleaning import clean_up
    from mainstem.store.models import RepeatedWrite

    at = now()
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=at + timedelta(days=days)
        )
        RepeatedWrite.objects.create(
            user=cast["ada"], key=key, request_hash="", at=at + timedelta(days=2 * days - 1)
        )
    assert clean_up(at=at).startswith("1 sessions, 1 answers")
    assert [s.session_key for s in Session.objects.all()] == ["new"]
    assert [w.key for w in RepeatedWrite.objects.all()] == ["new"]


def test_an_administrator_sees_what_failed_first_and_runs_it_again(ground, as_):
    def fails(g, a):
        raise MainstemError("The mail server said no.")

    jobs = loop(ground, line(lambda g, a: "well", "a-good-one"), line(fails, "mail"))
    jobs.run_due()
    page = as_("ada").get("/settings/jobs/").content.decode()
    assert "1 job failed last time." in page and "The mail server said no." in page
    assert page.index(">mail<") < page.index(">a-good-one<")
    assert jobs.run_due() == 0
    answer = as_("ada").post(f"/settings/jobs/{row('mail').id}/run", follow=True)
    assert "mail runs next." in answer.content.decode()
    assert jobs.run_due() == 1


def test_only_an_administrator_may_run_a_job(ground, cast):
    loop(ground, line(lambda g, a: ""))
    with pytest.raises(Forbidden):
        queueing.run_again(row().id, actor("petra", cast), at=now())
