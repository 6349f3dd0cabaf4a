"""Unbundling on a server: a guide over one draft, several people, over days; rights and meetings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.services.plans import proposals
from mainstem.services.unbundling.acts import (
    answer_question,
    ask_somebody,
    pass_question,
    seen_of,
    take_away,
)
from mainstem.services.unbundling.guide import (
    open_as_proposal,
    settle_unbundling,
    start_unbundling,
    stop_unbundling,
    unbundling,
)
from mainstem.services.unbundling.log import Event, events
from mainstem.services.unbundling.reminders import remind
from mainstem.services.unbundling.rows import unbundlings
from mainstem.store.models import Notice
from tests.server.cast import actor
from tests.server.factories import NOW

pytestmark = pytest.mark.django_db
BALL = "every-ball"


@dataclass
class Site:
    ground: Any
    cast: Any


@pytest.fixture
def site(ground: Any, cast: Any) -> Site:
    return Site(ground, cast)


def begin(site: Any, who: str = "petra", **more: Any) -> Any:
    return start_unbundling(BALL, site.ground, actor(who, site.cast), at=NOW, **more)


def answer(site: Any, of: Any, key: str, who: str = "petra", seen: str = "", **given: str) -> Any:
    return answer_question(
        of.listed.number, key, given, site.ground, actor(who, site.cast), at=NOW, seen=seen
    )


def test_an_unbundling_is_a_draft_that_the_plan_knows_nothing_of(site: Any) -> None:
    begun = begin(site)
    now = answer(
        site,
        begun,
        f"objectives/{BALL}|customer_better_off",
        customer_better_off="They can now see it",
    )
    assert now.plan.objectives[BALL].customer_better_off == "They can now see it"
    assert site.ground.plans.head().plan.objectives[BALL].customer_better_off is None
    assert site.ground.plans.head().revision == "r1"
    assert now.course.answered == begun.course.answered + 1


def test_from_a_new_objective_to_an_applied_plan(site: Any) -> None:
    petra = actor("petra", site.cast)
    of = start_unbundling("", site.ground, petra, at=NOW, words="Grow by 30 %")
    top = "objectives/grow-by-30"
    assert f"{top}|L08" in {q.key for q in of.course.order}, "the number is minded, gently"
    with pytest.raises(Invalid) as still:
        answer(site, of, f"{top}|L08", words="Grow by 40 %")
    assert still.value.field == "words"
    of = answer(site, of, f"{top}|L08", words="Every fan brings a friend")
    assert f"{top}|L08" not in {q.key for q in of.course.order}
    of = answer(site, of, f"{top}|+streams", name="Invite a friend", customer="Sports viewer")
    of = answer(site, of, "streams/invite-a-friend|stages", stages="return")
    of = answer(site, of, "streams/invite-a-friend|metric", other="Viewers who bring a friend")
    of = answer(site, of, "metrics/viewers-who-bring-a-friend|unit", unit="%")
    of = answer(site, of, "streams/invite-a-friend|teams", team="Growth", share="10")
    of = answer(
        site,
        of,
        "streams/invite-a-friend|+key_results:growth",
        text="4 % of viewers bring a friend",
        target="4",
    )
    of = answer(site, of, "key_results/4-of-viewers-bring-a-friend|baseline", baseline="1.5")
    of = answer(site, of, "streams/invite-a-friend|+initiatives:growth", name="Share the last ball")
    made = open_as_proposal(of.listed.number, site.ground, petra, at=NOW)
    assert (
        made.state == "open"
        and unbundling(of.listed.number, site.ground, petra).listed.state == "done"
    )
    proposals.apply_proposal(made.number, site.ground, petra, at=NOW)
    plan = site.ground.plans.head().plan
    assert plan.key_results["4-of-viewers-bring-a-friend"].cycle == "2026-q4"
    assert plan.initiatives["share-the-last-ball"].team == "growth"
    with pytest.raises(Conflict):
        answer(site, of, f"{top}|owner", owner="Ann")


def test_a_statement_is_answered_about_the_draft_and_is_not_asked_again(site: Any) -> None:
    of = begin(site)
    key = f"objectives/{BALL}|D-O01"
    assert key in {q.key for q in of.course.order}
    of = answer(site, of, key, answer="false", evidence="Fans in the stadium say they miss balls")
    assert of.drafted.of(key).is_open is False
    assert of.drafted.of(key).statement.by == "Petra"
    of = take_away(of.listed.number, key, site.ground, actor("petra", site.cast), at=NOW)
    assert of.drafted.of(key).is_open
    with pytest.raises(Invalid):
        answer(site, of, key, answer="perhaps")


def test_a_statement_about_what_is_only_in_the_draft_can_be_answered(site: Any) -> None:
    of = begin(site)
    of = answer(site, of, f"objectives/{BALL}|+streams", name="Watch it again", customer="")
    of = answer(site, of, "streams/watch-it-again|metric", other="Replays that start in 1 s")
    about = [
        q
        for q in of.course.order
        if q.subject == "metrics/replays-that-start-in-1-s" and q.statement
    ]
    assert about
    of = answer(site, of, about[0].key, answer="cannot say", owner="Ann", until="2026-11-30")
    assert of.drafted.of(about[0].key).is_open is False


def test_whoever_may_propose_answers_a_shared_one_and_nobody_else_sees_it(site: Any) -> None:
    of = begin(site)
    for name in ("carl", "lena", "owen", "ada"):
        assert unbundling(of.listed.number, site.ground, actor(name, site.cast)).may_answer
    for name in ("vera", "otto"):
        with pytest.raises(Absent):
            unbundling(of.listed.number, site.ground, actor(name, site.cast))
    now = answer(site, of, f"objectives/{BALL}|horizon", who="carl", horizon="End of 2027")
    assert now.plan.objectives[BALL].horizon == "End of 2027"
    with pytest.raises(Forbidden):
        answer(site, of, f"objectives/{BALL}|horizon", who="vera", horizon="x")


def test_one_that_is_not_shared_is_for_its_author_and_who_is_asked(site: Any) -> None:
    of = begin(site, is_shared=False)
    carl = actor("carl", site.cast)
    with pytest.raises(Absent):
        unbundling(of.listed.number, site.ground, carl)
    assert unbundlings(carl) == ()
    key = f"objectives/{BALL}|horizon"
    ask_somebody(of.listed.number, key, "carl", site.ground, actor("petra", site.cast), at=NOW)
    his = unbundling(of.listed.number, site.ground, carl)
    assert his.course.next is not None and his.course.next.key == key
    assert his.course.why.startswith("Petra asks you.")
    told = Notice.objects.get(user=site.cast["carl"])
    assert (
        told.address.endswith("?q=objectives%2Fevery-ball%7Chorizon")
        and "Petra asks you" in told.sentence
    )
    with pytest.raises(Absent):
        unbundling(of.listed.number, site.ground, actor("lena", site.cast))


def test_other_drafts_stay_their_authors_own(site: Any) -> None:
    petra, carl = actor("petra", site.cast), actor("carl", site.cast)
    of = begin(site)
    plan = site.ground.plans.head().plan
    from mainstem.plan.changes import diff

    wanted = plan.model_copy(update={"objectives": {}})
    other = proposals.start_proposal("Mine", diff(plan, wanted)[:1], site.ground, petra, at=NOW)
    with pytest.raises(Absent):
        proposals.proposal(other.number, carl)
    assert proposals.proposal(of.proposal.number, carl).state == "draft"
    with pytest.raises(Forbidden):
        proposals.apply_proposal(of.proposal.number, site.ground, actor("ada", site.cast), at=NOW)
    with pytest.raises(Forbidden):
        proposals.move_proposal(of.proposal.number, "open", site.ground, carl, at=NOW)
    stop_unbundling(of.listed.number, site.ground, petra, at=NOW)
    with pytest.raises(Forbidden):
        proposals.gather(of.proposal.number, plan, {}, site.ground, carl, at=NOW)


def test_nobody_can_be_asked_who_could_not_answer(site: Any) -> None:
    of = begin(site)
    petra = actor("petra", site.cast)
    for name, error in (("Vera", Invalid), ("Nobody", Absent), ("", Absent)):
        with pytest.raises(error):
            ask_somebody(
                of.listed.number, f"objectives/{BALL}|horizon", name, site.ground, petra, at=NOW
            )


def test_two_who_answer_different_questions_at_once_do_not_meet(site: Any) -> None:
    of = begin(site)
    one, two = (of.drafted.of(f"objectives/{BALL}|{f}") for f in ("horizon", "customer_better_off"))
    seen = [seen_of(q, of.plan) for q in (one, two)]
    answer(site, of, one.key, seen=seen[0], horizon="End of 2027")
    now = answer(
        site, of, two.key, who="carl", seen=seen[1], customer_better_off="They can now see it"
    )
    assert (now.plan.objectives[BALL].horizon, now.plan.objectives[BALL].customer_better_off) == (
        "End of 2027",
        "They can now see it",
    )


def test_two_who_answer_the_same_question_are_told_and_nothing_is_lost(site: Any) -> None:
    of = begin(site)
    question = of.drafted.of(f"objectives/{BALL}|horizon")
    seen = seen_of(question, of.plan)
    answer(site, of, question.key, who="carl", seen=seen, horizon="End of 2027")
    with pytest.raises(Conflict) as met:
        answer(site, of, question.key, seen=seen, horizon="Three quarters")
    assert met.value.code == "unbundling.met" and "End of 2027" in met.value.message
    now = unbundling(of.listed.number, site.ground, actor("petra", site.cast))
    fresh = seen_of(now.drafted.of(question.key), now.plan)
    now = answer(site, of, question.key, seen=fresh, horizon="Three quarters")
    assert now.plan.objectives[BALL].horizon == "Three quarters"
    said = [
        e.words
        for e in events(of.listed.number, actor("petra", site.cast))
        if e.what is Event.ANSWERED
    ]
    assert any("End of 2027" in w for w in said), "what was there before stays readable"


def test_two_streams_that_are_added_at_once_are_both_kept(site: Any) -> None:
    of = begin(site)
    key = f"objectives/{BALL}|+streams"
    answer(site, of, key, seen="any", name="Watch it again", customer="")
    now = answer(site, of, key, who="carl", seen="any", name="Watch it again", customer="")
    assert {"watch-it-again", "watch-it-again-2"} <= set(now.plan.streams)


def test_what_was_passed_says_who_and_comes_back(site: Any) -> None:
    of = begin(site)
    first = of.course.next
    now = pass_question(of.listed.number, first.key, site.ground, actor("carl", site.cast), at=NOW)
    assert now.course.put_off[first.key].by == "Carl" and now.course.order[-1].key == first.key
    assert len(now.course.order) == len(of.course.order), "it is still counted as open"
    now = answer(site, of, first.key, **{first.field: "End of 2027"})
    assert first.key not in now.course.put_off


def test_who_answered_what_and_when_is_told_with_the_proposal(site: Any) -> None:
    of = begin(site)
    answer(site, of, f"objectives/{BALL}|horizon", who="carl", horizon="End of 2027")
    made = open_as_proposal(of.listed.number, site.ground, actor("petra", site.cast), at=NOW)
    from mainstem.services.plans.revising import remarks

    (said,) = remarks(made.subject, actor("vera", site.cast))
    assert "Carl 1" in said.text and "still open" in said.text
    told = events(of.listed.number, actor("vera", site.cast))
    assert [(e.by, e.what) for e in told if e.what is Event.ANSWERED] == [("Carl", Event.ANSWERED)]


def test_nothing_can_be_opened_before_something_was_answered(site: Any) -> None:
    of = begin(site)
    with pytest.raises(Invalid):
        open_as_proposal(of.listed.number, site.ground, actor("petra", site.cast), at=NOW)
    with pytest.raises(Forbidden):
        open_as_proposal(of.listed.number, site.ground, actor("carl", site.cast), at=NOW)


def test_its_author_says_until_when_and_those_who_answer_are_reminded_once(site: Any) -> None:
    of = begin(site, until=date(2026, 10, 22))
    petra = actor("petra", site.cast)
    ask_somebody(of.listed.number, f"objectives/{BALL}|horizon", "Carl", site.ground, petra, at=NOW)
    assert remind(site.ground, at=NOW) == 2
    assert remind(site.ground, at=NOW + timedelta(hours=1)) == 0
    said = Notice.objects.filter(user=site.cast["carl"]).latest("pk").sentence
    assert "tomorrow" in said and "Every fan sees every ball" in said
    with pytest.raises(Forbidden):
        settle_unbundling(
            of.listed.number,
            site.ground,
            actor("carl", site.cast),
            at=NOW,
            until=None,
            is_shared=False,
        )
    with pytest.raises(Invalid):
        settle_unbundling(
            of.listed.number, site.ground, petra, at=NOW, until=date(2026, 1, 1), is_shared=True
        )
    settle_unbundling(
        of.listed.number, site.ground, petra, at=NOW, until=date(2026, 12, 1), is_shared=True
    )
    assert remind(site.ground, at=NOW) == 0


def test_what_the_draft_has_added_can_be_taken_out_again(site: Any) -> None:
    of = begin(site)
    petra = actor("petra", site.cast)
    of = answer(site, of, f"objectives/{BALL}|+streams", name="Watch it again", customer="")
    of = take_away(of.listed.number, "", site.ground, petra, at=NOW, thing="streams/watch-it-again")
    assert "watch-it-again" not in of.plan.streams
    with pytest.raises(Invalid):
        take_away(of.listed.number, "", site.ground, petra, at=NOW, thing="streams/start-fast")


@pytest.mark.django_db(transaction=True)
def test_eight_who_answer_at_the_same_moment_are_all_kept(site: Any) -> None:
    of = begin(site)
    people = [actor(name, site.cast) for name in ("petra", "carl", "lena", "owen")]
    number, key = of.listed.number, f"objectives/{BALL}|+streams"

    def adds(n: int) -> None:
        given = {"name": f"Stream {n}", "customer": ""}
        answer_question(number, key, given, site.ground, people[n % 4], at=NOW, seen="any")
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(adds, range(8)))
    now = unbundling(number, site.ground, people[0])
    assert {f"stream-{n}" for n in range(8)} <= set(now.plan.streams)
    assert sum(e.what is Event.ANSWERED for e in events(number, people[0])) == 8


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_one_question_at_the_same_moment_one_is_told(site: Any) -> None:
    of = begin(site)
    question = of.drafted.of(f"objectives/{BALL}|horizon")
    seen, told = seen_of(question, of.plan), []

    def answers(name: str) -> None:
        try:
            answer(site, of, question.key, who=name, seen=seen, horizon=f"Until {name} says so")
        except Conflict as met:
            told.append(met.code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(answers, ("petra", "carl")))
    assert told == ["unbundling.met"]
