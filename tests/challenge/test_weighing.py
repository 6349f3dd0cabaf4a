"""Laws of the challenge: verdicts are monotone, order does not matter, stale answers do not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.challenge.catalogue import check
from mainstem.challenge.catalogue_of import catalogue_of, said_of
from mainstem.challenge.ground import Ground
from mainstem.challenge.said import Answered, Tally
from mainstem.challenge.statements import STATEMENTS
from mainstem.challenge.verdicts import Answer, Verdict
from mainstem.challenge.weighing import MOST_QUESTIONS, Scales
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Plan

TODAY, NOW = date(2026, 8, 3), datetime(2026, 8, 3, 9, tzinfo=UTC)
METRIC = "metrics/m"
PLAN = Plan.model_validate(
    {
        "metrics": {
            "m": {"definition": "played over tried", "source": "warehouse", "kind": "rate"}
        },
        "objectives": {"o": {"name": "Fans see every ball"}},
        "streams": {"s": {"objective": "o", "metric": "m", "guardrails": ["g"], "owner": "Ann"}},
    }
)
ASKED = ("D-M01", "D-M02", "D-M03", "D-M08", "D-M09")
_BETTER = (Answer.TRUE, Answer.CANNOT_SAY, Answer.FALSE)
ANSWERS = st.dictionaries(st.sampled_from(ASKED), st.sampled_from(_BETTER))


def heard(statement: str, answer: Answer, version: int = 1) -> Answered:
    until = date(2026, 9, 1) if answer is Answer.CANNOT_SAY else None
    return Answered(METRIC, statement, version, answer, "a story", "Bo", until, False, "Ann", NOW)


def scales(
    answers: dict[str, Answer], plan: Plan = PLAN, tallies: dict[str, Tally] | None = None
) -> Scales:
    given = {METRIC: [heard(s, a) for s, a in answers.items()]}
    return Scales(Ground(plan, TODAY), {}, {}, given, tallies or {})


@given(ANSWERS, st.sampled_from(ASKED), st.data())
@settings(deadline=None)
def test_a_better_answer_never_makes_the_verdict_worse(
    answers: dict[str, Answer], statement: str, data: st.DataObject
) -> None:
    first = data.draw(st.sampled_from(_BETTER))
    better = data.draw(st.sampled_from(_BETTER[_BETTER.index(first) :]))
    before = scales({**answers, statement: first}).weigh(METRIC).verdict
    after = scales({**answers, statement: better}).weigh(METRIC).verdict
    assert after.badness <= before.badness


@given(ANSWERS.flatmap(lambda a: st.tuples(st.just(a), st.permutations(list(a)))))
@settings(deadline=None)
def test_the_order_of_answers_does_not_matter(given: tuple[dict[str, Answer], list[str]]) -> None:
    answers, order = given
    one, other = scales(answers), scales({key: answers[key] for key in order})
    assert one.weigh(METRIC) == other.weigh(METRIC)


@given(ANSWERS)
@settings(deadline=None)
def test_weighing_twice_says_the_same_and_asks_at_most_five(answers: dict[str, Answer]) -> None:
    made = scales(answers)
    found = made.weigh(METRIC)
    assert found == made.weigh(METRIC)
    assert len(found.questions) <= MOST_QUESTIONS
    assert (found.verdict is Verdict.PASSES) == (not found.changes)
    assert not {q.id for q in found.questions} & set(answers)


@given(ANSWERS, st.sampled_from(ASKED))
@settings(deadline=None)
def test_an_answer_to_another_version_is_as_none(
    answers: dict[str, Answer], statement: str
) -> None:
    without = {k: v for k, v in answers.items() if k != statement}
    old = scales(without)
    stale = replace(
        old, heard={METRIC: [*old.heard[METRIC], heard(statement, Answer.TRUE, version=0)]}
    )
    assert stale.weigh(METRIC).verdict is old.weigh(METRIC).verdict
    told = next(t for t in stale.weigh(METRIC).told if t.id == statement)
    assert told.stale is not None
    assert told.answer is None


def test_what_is_most_often_true_and_does_most_is_asked_first() -> None:
    tallies = {"D-M09": Tally(9, 10), "D-M01": Tally(1, 10), "D-M03": Tally(10, 10)}
    asked = [t.id for t in scales({}, tallies=tallies).weigh(METRIC).questions]
    # D-M09: twice 0.86; D-M02, never answered: twice 0.5; D-M03 only warns: 0.95
    assert asked[:3] == ["D-M09", "D-M02", "D-M03"]


def test_without_a_guardrail_the_question_about_gaming_blocks() -> None:
    bare = Plan.model_validate(
        PLAN.model_dump(by_alias=True)
        | {"streams": {"s": {"objective": "o", "metric": "m", "owner": "Ann"}}}
    )
    by_plan = {
        key: next(t for t in scales({}, plan).weigh(METRIC).told if t.id == "D-M08").severity
        for key, plan in (("with", PLAN), ("without", bare))
    }
    assert by_plan == {"with": Severity.WARNS, "without": Severity.BLOCKS}


def test_a_guess_of_the_program_is_cleared_by_a_person_and_a_certainty_is_not() -> None:
    guess = Finding(
        "D-S01", Severity.WARNS, "streams/s", "It is a team's name", statements=("D-S01",)
    )
    sure = Finding("S01", Severity.BLOCKS, "streams/s", "No metric", statements=("D-S03",))
    no = Answered(
        "streams/s", "D-S01", 1, Answer.FALSE, "customers say it", "", None, False, "Ann", NOW
    )
    also_no = replace(no, statement="D-S03")
    made = Scales(
        Ground(PLAN, TODAY), {"streams/s": [guess, sure]}, {}, {"streams/s": [no, also_no]}
    )
    answers = {t.id: t.answer for t in made.weigh("streams/s").told}
    assert (answers["D-S01"], answers["D-S03"]) == (Answer.FALSE, Answer.TRUE)


def test_an_acceptance_overrules_what_people_found_true_until_its_last_day() -> None:
    def lived_with(until: str) -> Verdict:
        accepted = [{"rule": "D-M01", "why": "not yet", "by": "Ann", "until": until}]
        metric = {**PLAN.metrics["m"].model_dump(by_alias=True), "accepted": accepted}
        plan = Plan.model_validate({**PLAN.model_dump(by_alias=True), "metrics": {"m": metric}})
        answers = dict.fromkeys(ASKED, Answer.FALSE) | {"D-M01": Answer.TRUE}
        return scales(answers, plan).weigh(METRIC).verdict

    assert lived_with("2026-08-03") is Verdict.PASSES_WITH_WARNINGS
    assert lived_with("2026-08-02") is Verdict.DISQUALIFIED


def test_a_metric_of_no_stream_is_asked_nothing() -> None:
    plan = PLAN.model_copy(update={"streams": {}})
    assert scales({}, plan).weigh(METRIC).told == ()


def own(**statements: object) -> Plan:
    return Plan.model_validate({"organisation": {"statements": statements}})


def test_the_catalogue_is_the_fixed_list_until_the_organisation_changes_it() -> None:
    assert catalogue_of(Plan()) is STATEMENTS
    made = catalogue_of(
        own(**{
            "D-M01": {"text": "New words.", "version": 3, "words": {"de": "Neue Worte."}},
            "D-S01": {"retired": True},
            "our-one": {"subject": "stream", "text": "Nobody would miss it."},
        })
    )  # fmt: skip
    assert (made["D-M01"].text, made["D-M01"].version) == ("New words.", 3)
    assert "D-S01" not in made
    assert made["our-one"].severity is Severity.WARNS
    assert [
        s.id for s in said_of(own(**{"our-one": {"subject": "stream", "text": "x"}}), "streams")
    ][-1] == "our-one"


def test_sentences_come_in_the_language_asked_for_or_a_wider_one_or_as_written() -> None:
    plan = own(**{"D-M01": {"words": {"pt": "Pode subir.", "de": "Sie kann steigen."}}})
    said = {lang: catalogue_of(plan, lang)["D-M01"].text for lang in ("pt-BR", "de", "fr", "en")}
    assert said["pt-BR"] == "Pode subir."
    assert said["de"] == "Sie kann steigen."
    assert said["fr"] == said["en"] == STATEMENTS["D-M01"].text


def test_a_check_says_nothing_of_retired_statements_and_heeds_another_severity() -> None:
    sections = {
        "streams": {"s": {"objective": "o", "owner": None}},
        "objectives": {"o": {"name": "x"}},
    }
    usual = {f.rule for f in check(Plan.model_validate(sections), today=TODAY)}
    assert "D-S04" in usual
    changed = {"D-S04": {"retired": True}, "D-S03": {"severity": "warns"}}
    plan = Plan.model_validate({**sections, "organisation": {"statements": changed}})
    found = check(plan, today=TODAY)
    assert "D-S04" not in {f.rule for f in found}
    assert {f.severity for f in found if "D-S03" in f.statements} == {Severity.WARNS}
