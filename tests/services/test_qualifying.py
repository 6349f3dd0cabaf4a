"""Does this qualify? What is answered to whoever asks, from the plan, statements and past decisions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.challenge.verdicts import Answer
from mainstem.errors import Absent, Invalid
from mainstem.services.decisions.deciding import ask, decide
from mainstem.services.decisions.desk import Answered, Desk
from mainstem.services.decisions.qualified import Qualified, QualifyOutcome
from mainstem.services.decisions.qualifying import qualify
from mainstem.services.people.access import OUTSIDER
from tests.server.factories import small_plan
from tests.services.deciding_desk import CARL, NOW, OWEN, PETRA, VERA, desk_over, on, work

TRUE, FALSE, UNSURE = Answer.TRUE, Answer.FALSE, Answer.CANNOT_SAY


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_over(tmp_path)


def asked(desk: Desk, title: str, **more: object) -> Qualified:
    answers = more.pop("answers", {})
    return qualify(work(title, **more), desk, VERA, at=NOW, answers=answers)  # type: ignore[arg-type]


def test_work_that_a_claim_catches_qualifies_and_the_answer_says_by_what(desk: Desk) -> None:
    answer = asked(desk, "Fewer stalls", label="start-time")
    assert (answer.outcome, answer.stream) == (QualifyOutcome.QUALIFIES, "start-fast")
    assert answer.sentence == (
        "Qualifies for Start to first frame: it has label start-time, which claim start-fast/c2 asks for."
    )


def test_a_stronger_claim_wins_as_it_does_in_attribution(desk: Desk) -> None:
    answer = asked(desk, "Both", label="start-time", component="Signup")
    assert answer.stream == "start-fast"


def test_work_that_two_streams_claim_alike_says_both(desk: Desk) -> None:
    answer = asked(desk, "Both", component=["Player", "Signup"])
    assert answer.outcome is QualifyOutcome.QUALIFIES
    assert [r.partition(" for ")[0] for r in answer.reasons] == ["50 %", "50 %"]
    chosen = asked(desk, "Both", component=["Player", "Signup"], stream="sign-up")
    assert chosen.stream == "sign-up"


def test_work_that_a_rule_of_the_rest_catches_is_of_that_kind(desk: Desk) -> None:
    answer = asked(desk, "Old database", label="debt")
    assert (answer.outcome, answer.kind, answer.stream) == (QualifyOutcome.REST, "debt", "")
    assert answer.sentence.startswith("Counts as debt, not for a stream: it has label debt")


def test_a_link_of_the_plan_decides_before_any_claim(tmp_path: Path) -> None:
    plan = small_plan(
        links=[{"item": "PLAY-7", "stream": "sign-up", "why": "It is about the form"}]
    )
    answer = asked(desk_over(tmp_path, plan), "Form", key="play-7", component="Player")
    assert answer.stream == "sign-up"
    assert "It is about the form" in answer.sentence or "it is about the form" in answer.sentence


def test_a_link_that_names_another_stream_disqualifies_it_for_the_wanted_one(
    tmp_path: Path,
) -> None:
    plan = small_plan(links=[{"item": "PLAY-7", "stream": "sign-up"}])
    answer = asked(desk_over(tmp_path, plan), "Form", key="PLAY-7", stream="start-fast")
    assert (answer.outcome, answer.stream) == (QualifyOutcome.DISQUALIFIED, "sign-up")
    assert "Ask for Sign-up in one breath" in answer.refusal


def test_what_is_part_of_linked_work_goes_where_that_goes(tmp_path: Path) -> None:
    plan = small_plan(links=[{"item": "EPIC-1", "stream": "come-back"}])
    answer = asked(desk_over(tmp_path, plan), "A step", epic="EPIC-1")
    assert answer.stream == "come-back"
    assert "part of EPIC-1" in answer.sentence


def test_where_no_claim_speaks_the_one_question_names_the_likeliest_stream(desk: Desk) -> None:
    answer = asked(desk, "Shorter sign-up form for visitors")
    assert answer.outcome is QualifyOutcome.QUESTION
    question = answer.question
    assert question is not None
    assert (question.statement, question.subject) == ("D-W01", "streams/sign-up")
    assert question.text == (
        "If this were never done, would “Visitors who reach first play” of Sign-up in one breath read the same?"
    )
    assert "whoever asks for the work" in question.asked_of
    assert any("“sign”" in r or "“visitor”" in r for r in answer.reasons)


def test_where_nothing_points_to_a_stream_the_question_says_so(desk: Desk) -> None:
    answer = asked(desk, "Xyzzy plugh")
    assert answer.outcome is QualifyOutcome.QUESTION
    assert answer.question is not None
    assert answer.question.subject == ""
    assert answer.sentence.startswith("Nothing in it points to a stream.")


def test_a_title_shaped_as_output_is_a_hint_and_no_block(desk: Desk) -> None:
    answer = asked(desk, "Launch the new sign-up page")
    assert answer.outcome is QualifyOutcome.QUESTION
    assert any("what will be built" in r for r in answer.reasons)
    assert (
        asked(desk, "Launch the new page", label="start-time").outcome is QualifyOutcome.QUALIFIES
    )


def test_the_answer_to_the_question_decides(desk: Desk) -> None:
    title = "Shorter sign-up form for visitors"
    yes = asked(desk, title, answers={"D-W01": FALSE})
    assert (yes.outcome, yes.stream) == (QualifyOutcome.QUALIFIES, "sign-up")
    assert any("counted only once it is linked" in r for r in yes.reasons)
    no = asked(desk, title, answers={"D-W01": TRUE})
    assert (no.outcome, no.stream) == (QualifyOutcome.DISQUALIFIED, "sign-up")
    assert "would read differently if this were done" in no.refusal
    unsure = asked(desk, title, answers={"D-W01": UNSURE})
    assert unsure.outcome is QualifyOutcome.QUESTION


def test_what_moves_no_metric_may_still_be_a_kind_of_the_rest(desk: Desk) -> None:
    answer = asked(desk, "Refactor the player", component="Player", answers={"D-W01": TRUE})
    assert (answer.outcome, answer.kind, answer.stream) == (QualifyOutcome.REST, "debt", "")


def test_claimed_work_that_moves_no_metric_is_disqualified(desk: Desk) -> None:
    answer = asked(desk, "Rename the class", component="Player", answers={"D-W01": TRUE})
    assert (answer.outcome, answer.stream) == (QualifyOutcome.DISQUALIFIED, "start-fast")
    assert answer.reasons[0].startswith("D-W01: If this were never done")


def test_the_word_of_who_asks_is_no_link_where_there_is_no_other(desk: Desk) -> None:
    alone = asked(desk, "A favour", answers={"D-W02": TRUE})
    assert alone.outcome is QualifyOutcome.DISQUALIFIED
    claimed = asked(desk, "A favour", label="start-time", answers={"D-W02": TRUE})
    assert claimed.outcome is QualifyOutcome.QUALIFIES
    assert any(r.startswith("Warning, D-W02") for r in claimed.reasons)


def test_a_stream_that_is_disqualified_takes_no_work_silently(tmp_path: Path) -> None:
    plan = small_plan()
    stream = plan.streams["start-fast"].model_copy(update={"metric": ()})
    bare = plan.model_copy(update={"streams": {**plan.streams, "start-fast": stream}})
    answer = asked(desk_over(tmp_path, bare), "Fewer stalls", label="start-time")
    assert (answer.outcome, answer.stream) == (QualifyOutcome.DISQUALIFIED, "start-fast")
    assert answer.reasons[0].startswith("D-S03")


def test_an_accepted_finding_of_the_stream_blocks_nothing(tmp_path: Path) -> None:
    plan = small_plan()
    accepted = [{"rule": "D-S03", "why": "We look for a metric until Christmas", "by": "Petra"}]
    stream = type(plan.streams["start-fast"]).model_validate(
        {
            "name": "Start",
            "claims": [{"label": "start-time"}],
            "accepted": accepted,
            "stages": ["watch"],
        }
    )
    bare = plan.model_copy(update={"streams": {**plan.streams, "start-fast": stream}})
    assert (
        asked(desk_over(tmp_path, bare), "Stalls", label="start-time").outcome
        is QualifyOutcome.QUALIFIES
    )


def test_a_decision_stands_whatever_the_plan_says(desk: Desk) -> None:
    chain = ask(work("Fewer stalls", key="PLAY-9", label="start-time"), desk, CARL, at=NOW)
    decide(chain.number, "overrule", "We stop with stalls", desk, OWEN, at=NOW)
    answer = asked(desk, "Fewer stalls", key="PLAY-9", label="start-time")
    assert (answer.outcome, answer.chain) == (QualifyOutcome.DISQUALIFIED, chain.number)
    assert answer.sentence == "Refused in the name of Start to first frame: We stop with stalls."
    assert answer.refusal


def test_what_was_deferred_is_open_again_on_its_day(desk: Desk) -> None:
    chain = ask(work("Stalls", key="PLAY-9", label="start-time"), desk, CARL, at=NOW)
    until = on(desk, "2026-11-10").today
    decide(chain.number, "defer", "After the launch", desk, OWEN, at=NOW, until=until)
    before = asked(desk, "Stalls", key="PLAY-9", label="start-time")
    assert before.sentence == "Deferred until 2026-11-10: After the launch."
    after = asked(on(desk, "2026-11-10"), "Stalls", key="PLAY-9", label="start-time")
    assert after.outcome is QualifyOutcome.QUALIFIES


def test_past_decisions_that_are_alike_are_shown_with_what_is_alike(desk: Desk) -> None:
    for title in ("Dark mode for the settings page", "Dark theme in the player", "Billing export"):
        chain = ask(work(title), desk, CARL, at=NOW)
        decide(chain.number, "refuse", f"{title} moves nothing", desk, PETRA, at=NOW)
    answer = asked(desk, "Dark mode on the settings screen")
    assert [s.title for s in answer.similar] == ["Dark mode for the settings page"]
    assert answer.similar[0].why == "Dark mode for the settings page moves nothing"
    assert set(answer.similar[0].shared) == {"dark", "mode", "setting"}


def test_accepted_work_that_is_alike_makes_its_stream_likelier(desk: Desk) -> None:
    chain = ask(work("Zeppelin calibration"), desk, CARL, at=NOW)
    decide(chain.number, "accept", "It wins people back", desk, PETRA, at=NOW, stream="come-back")
    answer = asked(desk, "Zeppelin calibration again")
    assert answer.question is not None
    assert answer.question.subject == "streams/come-back"
    assert any("was accepted for it" in r for r in answer.reasons)


def test_of_a_private_answer_only_who_may_decide_sees_why(desk: Desk) -> None:
    chain = ask(work("A favour", key="F-1"), desk, CARL, at=NOW)
    said = Answered(
        f"asked/{chain.number}", "D-W02", 1, TRUE, "The CEO's friend", "", None, True, "Petra", NOW
    )
    desk.answers.add(said, PETRA)
    for by, evidence in ((VERA, ""), (CARL, ""), (PETRA, "The CEO's friend")):
        answer = qualify(work("A favour", key="F-1"), desk, by, at=NOW)
        assert [s.evidence for s in answer.statements] == [evidence]


def test_nothing_is_written_by_asking(desk: Desk, tmp_path: Path) -> None:
    asked(desk, "Anything", key="X-1")
    assert list(tmp_path.iterdir()) == []


def test_an_outsider_learns_nothing(desk: Desk) -> None:
    with pytest.raises(Absent):
        qualify(work("Anything"), desk, OUTSIDER, at=NOW)


def test_a_title_is_needed_and_a_statement_must_be_known(desk: Desk) -> None:
    with pytest.raises(Invalid, match="What is to be done"):
        asked(desk, "  ")
    with pytest.raises(Invalid, match="no statement"):
        asked(desk, "Anything", answers={"D-S03": TRUE})


@given(
    st.text(max_size=300),
    st.lists(st.sampled_from(["start-time", "debt", "return", "x"]), max_size=3),
)
def test_every_title_has_exactly_one_answer(title: str, labels: list[str]) -> None:
    desk = desk_over(Path("nowhere"))
    if not title.split():
        return
    answer = asked(desk, title, label=labels)
    assert answer.sentence
    assert (answer.question is not None) == (answer.outcome is QualifyOutcome.QUESTION)
    assert bool(answer.refusal) == (answer.outcome is QualifyOutcome.DISQUALIFIED)
    assert replace(answer) == asked(desk, title, label=labels)
    worse = asked(desk, title, label=labels, answers={"D-W01": TRUE})
    assert worse.outcome is not QualifyOutcome.QUALIFIES
