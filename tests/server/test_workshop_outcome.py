"""From a room to a proposal, its summary, and the questions that stay open; with the real tables."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.plan.changes import Changed
from mainstem.services.plans.editing import change_plan
from mainstem.services.plans.proposals import apply_proposal, changes_in, gather, planned, proposal
from mainstem.services.workshops.acting import act
from mainstem.services.workshops.agendas import (
    agenda_named,
    keep_agenda,
    keep_running_order,
    offered_agendas,
    remove_agenda,
)
from mainstem.services.workshops.boards import board_of
from mainstem.services.workshops.files import summary_as_json, summary_as_markdown
from mainstem.services.workshops.outcome import write_proposal
from mainstem.services.workshops.questions import answer_question, remind, reopen_question
from mainstem.services.workshops.rooms import open_workshop
from mainstem.services.workshops.seats import seat_of_member
from mainstem.services.workshops.summary import summary
from mainstem.store.models import AuditLine, Notice, Proposal, StatementAnswer, Workshop
from mainstem.workshop.agendas import shipped_text
from mainstem.workshop.starting import card_id
from tests.server.cast import actor
from tests.server.factories import NOW

pytestmark = pytest.mark.django_db


class Room:
    """A workshop that Petra facilitates."""

    def __init__(
        self, ground: Any, cast: Any, *, started_from: str = "plan", cycle: str = "2027-q1"
    ) -> None:
        self.ground, self.cast = ground, cast
        self.petra = actor("petra", cast)
        made = open_workshop(
            "Planning the year", agenda_named("day", self.petra), ground, self.petra, at=NOW,
            started_from=started_from, cycle=cycle, why="Sign-ups have not moved for a year",
        )  # fmt: skip
        self.number = made.pk
        self.seat = seat_of_member(made.pk, self.petra, at=NOW)
        self.count = 0
        self.do("state", to="running")

    @property
    def records(self) -> dict[str, Any]:
        return board_of(self.number).records()

    def step(self, kind: str) -> str:
        return next(n.partition("/")[2] for n, r in self.records.items() if n.startswith("step/") and r["kind"] == kind)  # fmt: skip

    def do(self, act_name: str, *, seat: Any = None, **given: Any) -> None:
        self.count += 1
        sent = {"id": f"act-{self.count:06}", "act": act_name, **given}
        for refused in act(self.number, seat or self.seat, [sent], at=NOW).refused:
            raise refused.error

    def card(
        self, ident: str, kind: str, step: str, text: str, *, under: str = "", **fields: Any
    ) -> str:
        more = {"under": under} if under else {}
        self.do(
            "add_card",
            card=ident,
            kind=kind,
            step=self.step(step),
            text=text,
            fields=fields,
            **more,
        )
        if self.records[f"card/{ident}"]["silent"]:
            self.do("reveal", step=self.step(step))
        return ident

    def write(self) -> Any:
        return write_proposal(self.number, self.seat, self.ground, at=NOW)

    def fill(self) -> None:
        """A stream with all that a plan wants of it, a question, and something that will not be done."""
        objective = self.card("newobj", "objective", "objectives", "Anybody finds a match in seconds",
                              customer_better_off="They can start watching what they came for")  # fmt: skip
        viewer, stage = card_id("customers/viewer"), card_id("customers/viewer/discover")
        stream = self.card("newstr", "stream", "streams", "Find a match", under=objective,
                           customer=viewer, stages=[stage], owner="Owen")  # fmt: skip
        self.card("metric1", "metric", "metrics", "Searches that end in play", under=stream,
                  definition="Plays within a minute, of all searches", unit="%", direction="up")  # fmt: skip
        self.card("metric2", "metric", "metrics", "Searches a day", under=stream)
        self.do("choose_card", card="metric1", state="chosen")
        self.card(
            "guard1", "guardrail", "metrics", "Time to result", under=stream, bound="below 1 s"
        )
        growth = card_id("teams/growth")
        self.card(
            "part01",
            "part",
            "groups",
            "All of it",
            under=stream,
            team=growth,
            part="delivers",
            share=0.3,
        )
        self.card("keyres", "key_result", "bets", "40 % of searches end in play", under=stream,
                  team=growth, baseline=31, target=40)  # fmt: skip
        self.card("newbet", "bet", "bets", "Showing live matches first makes people play", under=stream,
                  team=growth, effect=4, window_from="2027-01-15", window_to="2027-03-15",
                  stop_rule="No movement in six weeks")  # fmt: skip
        self.card("depend", "dependency", "dependencies", "An index of live matches",
                  needs=growth, gives=card_id("teams/platform"), needed_by="2027-01-10",
                  promised="2027-01-08", answer="promised")  # fmt: skip
        self.card("questi", "question", "commit", "Do partners allow the index?", owner="Lena",
                  until="2026-10-24")  # fmt: skip
        self.card("notdoi", "not_doing", "commit", "A second app", why="Nobody asked for it")


@pytest.fixture
def room(ground: Any, cast: Any) -> Room:
    return Room(ground, cast)


def test_a_filled_room_becomes_one_proposal_that_applies_as_it_was_said(room: Room) -> None:
    room.fill()
    written = room.write()
    assert written.is_new and proposal(written.proposal, room.petra).state == "open"
    apply_proposal(written.proposal, room.ground, room.petra, at=NOW)
    plan = room.ground.plans.head().plan
    stream = plan.streams["find-a-match"]
    assert stream.objective == ("anybody-finds-a-match-in-seconds",)
    assert (stream.customer, stream.stages) == ("viewer", ("discover",))
    assert [m.metric for m in stream.metric] == ["searches-that-end-in-play"]
    assert plan.metrics["searches-that-end-in-play"].definition
    assert "searches-a-day" not in plan.metrics
    assert stream.teams["growth"].share == 0.3 and stream.teams["growth"].cycle == "2027-q1"
    assert plan.cycles["2027-q1"].first_day == date(2027, 1, 1)
    kr = next(k for k in plan.key_results.values() if k.stream == "find-a-match")
    assert (kr.metric, kr.baseline, kr.target, kr.unit) == (
        "searches-that-end-in-play",
        31,
        40,
        "%",
    )
    bet = next(b for b in plan.initiatives.values() if b.stream == "find-a-match")
    assert bet.effect.by == 4 and bet.stop_rule and bet.state == "proposed"
    asked = next(d for d in plan.dependencies.values() if d.what == "An index of live matches")
    assert (asked.state, asked.promised) == ("agreed", date(2027, 1, 8))


def test_a_room_that_began_from_the_plan_and_changed_nothing_has_nothing_to_propose(
    room: Room,
) -> None:
    with pytest.raises(Invalid):
        room.write()
    assert not Proposal.objects.exists()


def test_an_edited_card_of_the_plan_is_a_change_and_not_a_second_thing(room: Room) -> None:
    stream = card_id("streams/sign-up")
    room.do(
        "edit_card", card=stream, seen=1, text="Sign-up in one minute", fields={"owner": "Carl"}
    )
    changes = changes_in(room.write().proposal, room.ground, room.petra)
    assert {(c.subject, c.path) for c in changes} == {("streams/sign-up", ("name",)), ("streams/sign-up", ("owner",))}  # fmt: skip


def test_another_metric_is_in_force_from_the_first_day_of_the_cycle(room: Room) -> None:
    stream = card_id("streams/sign-up")
    room.card("better", "metric", "metrics", "Second visits", under=stream, definition="d", unit="%", direction="up")  # fmt: skip
    room.do("choose_card", card="better", state="chosen")
    written = room.write()
    base, wanted = planned(written.proposal, room.ground, room.petra)
    assert len(base.streams["sign-up"].metric) == 1
    old, new = wanted.streams["sign-up"].metric
    assert (old.metric, old.to, new.metric, new.from_) == ("firsts", date(2026, 12, 31), "second-visits", date(2027, 1, 1))  # fmt: skip


def test_writing_twice_renews_the_one_proposal_and_keeps_what_somebody_wrote_by_hand(
    room: Room,
) -> None:
    room.fill()
    first = room.write()
    _, wanted = planned(first.proposal, room.ground, room.petra)
    stream = wanted.streams["find-a-match"].model_copy(
        update={"note": "Matches only", "owner": "Ada"}
    )
    edited = wanted.model_copy(update={"streams": {**wanted.streams, "find-a-match": stream}})
    gather(first.proposal, edited, {}, room.ground, room.petra, at=NOW)
    room.do(
        "edit_card",
        card="newstr",
        seen=room.records["card/newstr"]["version"],
        fields={"owner": "Vera"},
    )
    room.card("newob2", "objective", "objectives", "Nobody waits", customer_better_off="They go on")
    again = room.write()
    assert again.proposal == first.proposal and not again.is_new
    assert Proposal.objects.count() == 1
    _, now = planned(first.proposal, room.ground, room.petra)
    assert now.streams["find-a-match"].note == "Matches only"
    assert now.streams["find-a-match"].owner == "Ada", "words written by hand stay"
    assert len(again.kept) == 1 and "Vera" in again.kept[0] and "Ada" in again.kept[0]
    assert "nobody-waits" in now.objectives
    assert room.write().changes == again.changes, "and once more changes nothing"


def test_what_others_changed_in_the_plan_meanwhile_stays(room: Room) -> None:
    room.fill()
    plan = room.ground.plans.head().plan
    change = Changed("streams/sign-up", ("owner",), plan.streams["sign-up"].owner, "Carl")
    change_plan([change], room.ground, room.petra, at=NOW, why="", origin="page")
    apply_proposal(room.write().proposal, room.ground, room.petra, at=NOW)
    now = room.ground.plans.head().plan
    assert now.streams["sign-up"].owner == "Carl" and "find-a-match" in now.streams


def test_after_the_proposal_was_applied_only_what_is_new_makes_another_one(room: Room) -> None:
    room.fill()
    first = room.write()
    apply_proposal(first.proposal, room.ground, room.petra, at=NOW)
    with pytest.raises(Conflict):
        room.write()
    room.card("newob2", "objective", "objectives", "Nobody waits", customer_better_off="They go on")
    second = room.write()
    assert second.is_new and second.proposal != first.proposal
    changes = changes_in(second.proposal, room.ground, room.petra)
    assert [c.subject for c in changes] == ["objectives/nobody-waits"]


def test_only_a_facilitator_writes_and_the_audit_says_so(room: Room) -> None:
    room.fill()
    carl = seat_of_member(room.number, actor("carl", room.cast), at=NOW)
    with pytest.raises(Forbidden):
        write_proposal(room.number, carl, room.ground, at=NOW)
    room.write()
    line = AuditLine.objects.get(action="workshop.proposal")
    assert line.subject == f"workshops/{room.number}" and line.by_name == "Petra"


def test_what_the_room_settled_stands_as_an_answer_about_what_came_out(room: Room) -> None:
    from mainstem.services.workshops.events import locked, log_of, own_id
    from mainstem.store.together import together

    room.fill()
    record = {
        **room.records["card/questi"], "kind": "statement", "text": "It can go up while customers get less.",
        "under": "metric1", "plan": "", "step": room.step("challenge"),
        "fields": {"statement": "D-M01", "version": 1, "outcome": "false", "evidence": "Support hears of it at once."},
    }  # fmt: skip
    with together():
        log = log_of(locked(room.number))
        tally = {
            "true": 1,
            "false": 6,
            "cannot_say": 0,
            "differ": True,
            "whys": [{"answer": "true", "why": "I saw it fall"}],
        }
        log.write("deal", own_id(), None, {"card/state1": record, "tally/state1": tally}, at=NOW)
        log.close()
    assert room.write().answers == 1
    row = StatementAnswer.objects.get()
    assert (row.subject, row.statement, row.answer) == (
        "metrics/searches-that-end-in-play",
        "D-M01",
        "false",
    )
    assert "Planning the year" in row.evidence and "6 false" in row.evidence
    room.write()
    assert StatementAnswer.objects.count() == 1, "the same answer is not kept twice"
    told = summary(room.number, room.seat, room.ground).answers[0]
    assert told.differed and told.outcome == "false" and told.whys == ("true: I saw it fall",)


def test_the_summary_says_what_was_decided_what_is_open_and_what_became_nothing(room: Room) -> None:
    room.fill()
    room.card("hidden", "note", "commit", "A thought")
    room.card("lonely", "key_result", "bets", "Better search", under="newstr")
    made = summary(room.number, room.seat, room.ground)
    objectives = [p.title for p in made.plan if p.kind == "objective"]
    assert objectives[-1] == "Anybody finds a match in seconds" and len(objectives) == 3
    stream = next(p for p in made.plan if p.title == "Find a match")
    assert any(line.startswith("Metric: Searches that end in play, in %") for line in stream.lines)
    assert any(line.startswith("Key result: 40 % of searches") for line in stream.lines)
    assert [(m.metric, m.others) for m in made.metrics if m.stream == "Find a match"] == [("Searches that end in play", ("Searches a day",))]  # fmt: skip
    assert made.not_doing == (("A second app", "Nobody asked for it"),)
    questions = {q.what: q for q in made.open_questions}
    assert questions["Do partners allow the index?"].owner == "Lena"
    assert any("“Better search” (key result) is not in the plan" in what for what in questions)
    assert {c.text for c in made.left} >= {"A thought", "Searches a day", "Better search"}
    assert ("Petra", "facilitator") in made.people


def test_files_of_the_summary_hold_text_and_nothing_that_runs(room: Room) -> None:
    room.card("newobj", "objective", "objectives", "<script>alert(1)</script> [x](javascript:alert(1))",
              customer_better_off="=cmd|' /C calc'!A0")  # fmt: skip
    room.card("questi", "question", "commit", "| a | pipe", owner="=1+1")
    made = summary(room.number, room.seat, room.ground)
    text = summary_as_markdown(made)
    assert "<script>" not in text and "](javascript:" not in text and "| a | pipe" not in text
    told = json.loads(summary_as_json(made))
    assert told["title"] == "Planning the year" and told["questions"][0]["owner"] in ("=1+1", "")


def test_owners_of_open_questions_are_told_three_days_before_and_on_the_day_once_each(
    room: Room,
) -> None:
    room.fill()
    lena = room.cast["lena"]

    def run(day: int) -> None:
        at = datetime(2026, 10, day, 6, tzinfo=UTC)
        object.__setattr__(room.ground, "fixed_today", at.date())
        Workshop.objects.update(reminded_at=None)
        remind(room.ground, at=at)
        Workshop.objects.update(reminded_at=None)
        remind(room.ground, at=at)

    told = Notice.objects.filter(user=lena)
    run(20)
    assert not told.exists()
    for day, count in ((21, 1), (22, 1), (24, 2), (25, 2)):
        run(day)
        assert told.count() == count, day
    assert "Do partners allow the index?" in told.first().sentence
    assert told.first().address == f"/workshop/{room.number}/summary#questions"


def test_an_answered_question_reminds_nobody_until_it_is_opened_again(room: Room) -> None:
    room.fill()
    key = next(
        q.key for q in summary(room.number, room.seat, room.ground).questions if q.owner == "Lena"
    )
    lena = actor("lena", room.cast)
    answer_question(room.number, key, "Yes, until 2028", room.ground, lena, at=NOW)
    remind(room.ground, at=NOW)
    assert not Notice.objects.filter(user=room.cast["lena"]).exists()
    told = next(q for q in summary(room.number, room.seat, room.ground).questions if q.key == key)
    assert (told.answer, told.answered_by) == ("Yes, until 2028", "Lena")
    with pytest.raises(Forbidden):
        reopen_question(room.number, key, room.ground, actor("carl", room.cast), at=NOW)
    reopen_question(room.number, key, room.ground, lena, at=NOW)
    Workshop.objects.update(reminded_at=None)
    remind(room.ground, at=NOW + timedelta(hours=1))
    assert Notice.objects.filter(user=room.cast["lena"]).count() == 1


def test_a_question_whose_owner_nobody_knows_comes_back_to_who_opened_the_room(room: Room) -> None:
    room.card("questi", "question", "commit", "Who pays?", owner="The board", until="2026-10-21")
    remind(room.ground, at=NOW)
    assert Notice.objects.get().user == room.cast["petra"]
    assert "The board" in Notice.objects.get().sentence


def test_a_review_brings_what_was_learned_and_says_what_is_too_early(
    ground: Any, cast: Any
) -> None:
    room = Room(ground, cast, started_from="review")
    texts = [r["text"] for n, r in room.records.items() if n.startswith("card/")]
    assert any(t.startswith("Too early") for t in texts)
    assert "Sign-up in one breath" in texts, "the plan is there, too"
    assert not any(name in t for t in texts for name in ("Carl", "Lena", "Vera"))


def test_a_room_from_nothing_in_an_organisation_finds_its_groups_by_name(
    ground: Any, cast: Any
) -> None:
    room = Room(ground, cast, started_from="nothing")
    room.card("growth", "team", "groups", "growth", size=9)
    room.card("newobj", "objective", "objectives", "Watch at once", customer_better_off="They can")
    room.write()
    _, wanted = planned(Workshop.objects.get().proposal_id, ground, room.petra)
    assert set(wanted.teams) == set(ground.plans.head().plan.teams)
    assert wanted.teams["growth"].size == 9 and wanted.teams["growth"].name == "Growth"


def test_agendas_are_kept_shared_and_removed_by_who_may(ground: Any, cast: Any) -> None:
    lena, petra, carl = (actor(n, cast) for n in ("lena", "petra", "carl"))
    text = shipped_text("half-day").replace("agenda: half-day", "agenda: our-way")
    with pytest.raises(Forbidden):
        keep_agenda(text, carl, at=NOW)
    with pytest.raises(Conflict):
        keep_agenda(shipped_text("half-day"), lena, at=NOW)
    assert keep_agenda(text, lena, at=NOW).name == "our-way"
    with pytest.raises(Conflict):
        keep_agenda(text, lena, at=NOW)
    assert keep_agenda(text, lena, at=NOW, replaces=True)
    assert [o.agenda.name for o in offered_agendas(carl)] == [
        "day",
        "half-day",
        "sessions",
        "our-way",
    ]
    with pytest.raises(Forbidden):
        remove_agenda("our-way", actor("owen", cast), at=NOW)
    remove_agenda("our-way", petra, at=NOW)
    assert AuditLine.objects.filter(action__startswith="workshop.agenda").count() == 3


def test_a_rooms_running_order_becomes_an_agenda_without_what_was_said(room: Room) -> None:
    room.fill()
    room.do("set_step", step=room.step("bets"), minutes=75)
    made = keep_running_order(board_of(room.number), "Our planning day", room.petra, at=NOW)
    assert (made.name, made.minutes) == ("our-planning-day", 505)
    kept = agenda_named("our-planning-day", room.petra)
    assert [s.kind for s in kept.steps] == [s.kind for s in agenda_named("day", room.petra).steps]
