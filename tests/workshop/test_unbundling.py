"""Unbundling: the questions follow from the draft, each is asked once, and their number is true."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.challenge.wording import check_text
from mainstem.errors import Invalid
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Plan
from mainstem.services.unbundling.draft import edited
from mainstem.workshop.unbundling import questions
from mainstem.workshop.unbundling_candidates import candidates
from mainstem.workshop.unbundling_course import PutOff, course
from mainstem.workshop.unbundling_edits import edits_of, removing, taking_away
from mainstem.workshop.unbundling_values import Asks, Question, Said, Statement, Step
from mainstem.workshop.unbundling_words import WORDS
from tests.server.factories import small_plan
from tests.workshop.unbundling_answers import answer_to

NOTHING = Said()
BARE = Plan.model_validate({"objectives": {"ball": {"name": "Every fan sees every ball"}}})


def asked(plan: Plan, base: Plan = BARE, said: Said = NOTHING, objective: str = "ball") -> Any:
    return course(questions(plan, base, objective, said), ())


def after(plan: Plan, question: Question, **given: str) -> Plan:
    return edited(plan, edits_of(question, given, plan, by="Petra"))


def test_an_objective_with_nothing_is_asked_about_itself_first_and_then_for_a_stream() -> None:
    found = asked(BARE)
    assert [q.field for q in found.order] == ["customer_better_off", "horizon", "owner", "+streams"]
    assert found.next is not None and "D-O01" in found.why
    assert found.answered == 1  # its name


def test_every_step_follows_from_the_one_before() -> None:
    plan = after(
        BARE,
        asked(BARE).of("objectives/ball|+streams"),
        name="Start to first frame",
        customer="Viewer",
    )
    assert plan.streams["start-to-first-frame"].objective == ("ball",)
    assert plan.customers["viewer"].name == "Viewer"
    found = asked(plan)
    assert found.of("customers/viewer|stages").is_open
    assert found.of("streams/start-to-first-frame|stages") is None, (
        "there is none to choose from yet"
    )
    plan = after(plan, found.of("customers/viewer|stages"), stages="discover\nwatch\nreturn")
    assert asked(plan).of("streams/start-to-first-frame|stages").is_open
    plan = after(
        plan, found.of("streams/start-to-first-frame|metric"), other="Sessions that play within 2 s"
    )
    assert asked(plan).of("metrics/sessions-that-play-within-2-s|definition").step is Step.METRICS
    plan = after(plan, found.of("streams/start-to-first-frame|teams"), team="Playback", share="60%")
    assert plan.streams["start-to-first-frame"].teams["playback"].share == 0.6
    found = asked(plan)
    assert found.of("streams/start-to-first-frame|teams").is_open is False
    commit = found.of("streams/start-to-first-frame|+key_results:playback")
    plan = after(
        plan, commit, text="92 % of sessions play within 2 s", baseline="86", target="92,5"
    )
    (result,) = plan.key_results.values()
    assert (result.team, result.metric, result.target) == (
        "playback",
        "sessions-that-play-within-2-s",
        92.5,
    )
    bet = asked(plan).of("streams/start-to-first-frame|+initiatives:playback")
    plan = after(plan, bet, name="Warm start", belief="It waits for nothing")
    assert asked(plan).of("initiatives/warm-start|effect").step is Step.BETS


def test_what_is_in_a_plan_already_is_not_asked_again() -> None:
    plan = small_plan()
    found = asked(plan, plan, objective="every-ball")
    keys = {q.key for q in found.order}
    assert (
        "streams/start-fast|metric" not in keys
        and "streams/start-fast|+key_results:player-core" not in keys
    )
    assert "initiatives/edge-prefetch|belief" in keys


def test_what_is_gone_from_the_plan_is_asked_nothing() -> None:
    assert asked(small_plan(), objective="no-such").next is None


def test_words_that_a_rule_minds_are_mended_or_kept_with_a_reason() -> None:
    subject = "objectives/ball"
    plan = BARE.model_copy(
        update={
            "objectives": {
                "ball": BARE.objectives["ball"].model_copy(update={"name": "Grow by 30 %"})
            }
        }
    )
    minded = Finding(
        "L08",
        Severity.WARNS,
        subject,
        "It holds a number: “30 %”.",
        path=("name",),
        hint="Say it in words.",
    )
    found = asked(plan, BARE, Said({subject: (minded,)}))
    question = found.of(f"{subject}|L08")
    assert question.asks is Asks.WORDING and question.is_open
    assert asked(plan, plan, Said({subject: (minded,)})).of(question.key) is None, (
        "it was so before"
    )
    mended = after(plan, question, words="Anyone sees every ball", keep="")
    assert mended.objectives["ball"].name == "Anyone sees every ball"
    kept = after(plan, question, words="Grow by 30 %", keep="The board says it so")
    assert kept.objectives["ball"].accepted[0].rule == "L08"
    with pytest.raises(Invalid):
        after(plan, question, words="", keep="")


def test_at_most_five_statements_are_put_at_once_and_all_are_counted() -> None:
    subject = "objectives/ball"
    said = Said({}, {subject: tuple(Statement(f"D-{n}", "?", n < 3) for n in range(8))})
    found = asked(BARE, said=said)
    now = [q for q in found.order if q.asks is Asks.STATEMENT and q.at_once]
    assert len(now) == 5
    assert len([q for q in found.order if q.asks is Asks.STATEMENT]) == 8


def test_what_was_passed_comes_back_when_nothing_else_is_left() -> None:
    held = questions(BARE, BARE, "ball", NOTHING)
    first = course(held, ()).next
    assert first is not None
    off = PutOff(first.key, "Ann", "2026-10-21T09:00:00+00:00")
    passed = course(held, (off,))
    assert (
        passed.order[-1].key == first.key
        and passed.next is not None
        and passed.next.key != first.key
    )
    rest = [PutOff(q.key, "Bo", f"2026-10-2{n + 2}") for n, q in enumerate(passed.order[:-1])]
    again = course(held, (off, *rest))
    assert again.next is not None and again.next.key == first.key
    assert again.why.startswith("Nothing else is left; Ann put it off.")
    assert PutOff.of(off.kept()) == off


def test_who_is_asked_by_name_is_asked_that_first() -> None:
    held = questions(BARE, BARE, "ball", NOTHING)
    last = course(held, ()).order[-1]
    off = PutOff(last.key, "Ann", "2026-10-21", "Carl", 7)
    mine = course(held, (off,), 7)
    assert (
        mine.next is not None and mine.next.key == last.key and mine.why.startswith("Ann asks you.")
    )
    assert course(held, (off,), 8).order[-1].key == last.key


def test_an_answer_that_is_taken_away_is_asked_for_again() -> None:
    plan = after(BARE, asked(BARE).of("objectives/ball|owner"), owner="Ann")
    question = asked(plan).of("objectives/ball|owner")
    assert not question.is_open
    assert edited(plan, taking_away(question, plan, BARE)) == BARE


def test_only_what_the_draft_has_added_can_be_taken_out() -> None:
    plan = small_plan()
    with pytest.raises(Invalid):
        removing("streams/start-fast", plan)
    more = after(
        plan,
        course(questions(plan, plan, "every-ball", NOTHING), ()).of(
            "objectives/every-ball|+streams"
        ),
        name="New",
        customer="",
    )
    assert "new" not in edited(more, removing("streams/new", plan)).streams


def test_a_slip_of_the_pen_makes_no_second_team() -> None:
    plan = small_plan()
    question = course(questions(plan, plan, "every-ball", NOTHING), ()).of(
        "streams/start-fast|+teams"
    )
    with pytest.raises(Invalid, match="Did you mean Playback"):
        after(plan, question, team="Playbck", part="supports", share="")
    assert (
        after(plan, question, team="growth", part="supports", share="5")
        .streams["start-fast"]
        .teams["growth"]
        .share
        == 0.05
    )


def test_likely_metrics_are_put_beside_each_other() -> None:
    plan = small_plan()
    found = candidates(plan, "start-fast")
    assert found[0] in ("starts", "crashes") and len(found) <= 6


@pytest.mark.parametrize("text", ["", " ", "1e99", "abc", "--3"])
def test_what_is_no_number_is_refused_with_its_field(text: str) -> None:
    plan = small_plan(
        metrics={
            **small_plan().model_dump(mode="json", by_alias=True, exclude_defaults=True)["metrics"],
            "starts": {"name": "Starts"},
        }
    )
    question = course(questions(plan, plan, "every-ball", NOTHING), ()).of(
        "metrics/starts|baseline"
    )
    with pytest.raises(Invalid) as refused:
        after(plan, question, baseline=text)
    assert refused.value.field == "baseline"


def test_good_examples_pass_the_rules_that_the_page_goes_by() -> None:
    rules = {
        "+streams": ("L10",),
        "name": ("L08", "L10"),
        "+initiatives": ("L09",),
        "+key_results": ("L01",),
    }
    for (_, field), words in WORDS.items():
        for rule in rules.get(field, ()):
            for good in words.good:
                assert check_text(rule, good.partition(":")[0]) is None, (rule, good)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_however_one_walks_no_answer_is_asked_for_twice_and_the_counts_are_true(data: Any) -> None:
    """From an objective with nothing, in any order, passing now and then, until nothing is left or for a while."""
    plan = BARE
    answered: set[str] = set()
    off: list[PutOff] = []
    heard: dict[str, str] = {}

    def pick(options: Any) -> Any:
        return data.draw(st.sampled_from(list(options)))

    for step in range(35):
        said = Said(
            {},
            {
                s: tuple(
                    Statement(f"D-{n}", "?", True, answer=heard.get(f"{s}|D-{n}", ""))
                    for n in range(6)
                )
                for s in _metrics(plan)
            },
        )
        found = course(questions(plan, BARE, "ball", said), off)
        whole = [q for q in found.questions if not q.is_extra]
        assert len({q.key for q in found.questions}) == len(found.questions), (
            "keys tell questions apart"
        )
        assert found.answered + len(found.order) == len(whole)
        assert found.fresh + len(found.put_off) == len(found.order)
        assert not answered & {q.key for q in found.order}, "nothing that was answered comes back"
        if found.next is None:
            break
        if found.fresh:
            assert found.next.key not in found.put_off, "what was passed waits"
        question = pick(found.order) if data.draw(st.booleans()) else found.next
        if question.asks is not Asks.ADD and data.draw(st.integers(0, 5)) == 0:
            off = [
                *(o for o in off if o.key != question.key),
                PutOff(question.key, "Ann", f"{step:04}"),
            ]
            continue
        if question.asks is Asks.STATEMENT:
            heard[question.key] = "false"
        else:
            plan = edited(plan, edits_of(question, answer_to(question, plan, pick), plan, by="Ann"))
        answered.add(question.key)


def _metrics(plan: Plan) -> list[str]:
    return [f"metrics/{m}" for m in plan.metrics]
