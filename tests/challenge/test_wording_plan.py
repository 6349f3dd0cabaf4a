"""The wording checks on a plan: who is asked what, and what the plan gives beside the text."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mainstem.challenge.wording import check_wording
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Plan

TODAY = date(2026, 8, 3)
CYCLE = {"2026-Q3": {"first_day": "2026-07-01", "last_day": "2026-09-30"}}


def check(**sections: Any) -> list[Finding]:
    return check_wording(Plan.model_validate(sections), today=TODAY)


def rules(**sections: Any) -> list[str]:
    return sorted(f.rule for f in check(**sections))


def of_key_result(text: str, **fields: Any) -> list[str]:
    result = {"text": text, "cycle": "2026-Q3"} | fields
    return rules(
        cycles=CYCLE, key_results={"k": result}, metrics={"m": {"unit": "%", "baseline": 31}}
    )


def test_a_good_key_result_has_nothing_to_answer() -> None:
    assert of_key_result("Increase retention from 31% to 40%") == []


def test_a_finding_names_the_subject_and_the_key_of_the_text() -> None:
    (found,) = check(cycles=CYCLE, key_results={"k": {"text": "NPS 45"}})
    assert (found.rule, found.subject, found.path) == ("L05", "key_results/k", ("text",))


def test_a_cycle_that_is_not_in_the_plan_gives_no_date() -> None:
    assert of_key_result("NPS 45", cycle="2027-Q1") == ["L05"]
    assert of_key_result("NPS 45", cycle="2027-Q1", by="2027-03-31") == []


def test_the_linked_metric_gives_baseline_and_unit() -> None:
    assert of_key_result("Raise engagement to 60") == ["L02", "L04"]
    assert of_key_result("Raise engagement to 60", metric="m") == []


def test_the_fields_of_a_key_result_stand_for_its_words() -> None:
    assert of_key_result("Onboarding conversion") == ["L01", "L03"]
    assert of_key_result("Onboarding conversion", baseline=31, target=48, unit="%") == []


def test_a_duty_is_no_blocking_finding() -> None:
    (found,) = [
        f
        for f in check(key_results={"k": {"text": "Pass the audit", "class": "compliance"}})
        if f.rule == "L06"
    ]
    assert found.severity is Severity.WARNS


def test_an_initiative_is_a_bet_if_an_effect_a_measured_key_result_or_its_belief_says_so() -> None:
    def of(**fields: Any) -> list[str]:
        return rules(
            initiatives={"i": {"name": "Build partner portal"} | fields},
            key_results={"k": {"text": "Refunds from 3% to 2% by May", "metric": "m"}},
        )

    assert of() == ["L09"]
    assert of(effect={"by": -0.5}) == []
    assert of(key_result="k") == []
    assert of(belief="A portal lowers support contacts") == []
    assert of(belief="Partners asked for it") == ["L09"]


def test_objectives_and_streams_are_asked_about_how_and_only_objectives_about_numbers() -> None:
    assert rules(objectives={"o": {"name": "Reach 10 million users"}}) == ["L08"]
    assert rules(streams={"s": {"name": "Reach 10 million users"}}) == []
    assert rules(streams={"s": {"name": "Move everything to Kafka"}}) == ["L10"]


def test_the_own_technologies_of_an_organisation_count() -> None:
    name = {"o": {"name": "Borealis for everyone"}}
    assert rules(objectives=name) == []
    assert rules(objectives=name, organisation={"technologies": ["Borealis"]}) == ["L10"]


def test_a_thing_without_a_name_is_asked_about_its_identifier() -> None:
    (found,) = check(streams={"data-platform": {}})
    assert (found.rule, found.subject, found.path) == ("L10", "streams/data-platform", ())


@pytest.mark.parametrize(
    ("metric", "fires"),
    [
        ({"name": "Hours watched", "kind": "cumulative_total"}, True),
        ({"name": "Page views"}, True),
        ({"name": "Page views", "denominator": "visitors"}, False),
        ({"name": "App downloads", "unit": "%"}, False),
        ({"name": "Story points", "kind": "count_per_period"}, True),
        ({"name": "Weekly viewers who finish a match"}, False),
        ({"name": "Start time", "kind": "duration"}, False),
    ],
)
def test_metrics_are_asked_whether_they_are_vanity(metric: dict[str, str], fires: bool) -> None:
    assert rules(metrics={"m": metric}) == (["L07"] if fires else [])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Abwanderung der Kunden auf 3 % senken", "German"),
        ("Réduire le taux de désabonnement de 5 % à 3 %", "French"),
        ("Aumentar la retención de los clientes hasta el 40 %", "Spanish"),
        ("Снизить отток клиентов до 3 %", "Cyrillic script"),
        ("解約率を5%から3%に下げる", "Japanese"),
    ],
)
def test_another_language_is_said_to_be_unchecked_and_nothing_else(
    text: str, language: str
) -> None:
    (found,) = check(key_results={"k": {"text": text}})
    assert (found.rule, found.severity, found.matched) == ("L00", Severity.INFO, language)


@pytest.mark.parametrize(
    "text", ["NPS 45", "Churn 2%", "Onboarding", "Café visits to 30 a day", "ARR"]
)
def test_a_short_text_counts_as_english(text: str) -> None:
    assert "L00" not in rules(key_results={"k": {"text": text}})
