"""The examples of the methods, each a case of its own; and what the hints promise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mainstem.challenge.kr_kind import kr_kind
from mainstem.challenge.wording import WORDING_RULES, check_text
from mainstem.errors import UsageError
from mainstem.plan.findings import Severity
from tests.challenge.wording_examples import FIRES, SILENT


def cases(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(rule, text) for rule, texts in table.items() for text in texts]


@pytest.mark.parametrize(("rule", "text"), cases(FIRES))
def test_an_example_of_the_methods_fires(rule: str, text: str) -> None:
    found = check_text(rule, text)
    assert found is not None
    assert found.rule == rule
    assert found.what and found.why and found.hint
    assert found.matched or rule == "L05"


@pytest.mark.parametrize(("rule", "text"), cases(SILENT))
def test_an_example_of_the_methods_stays_silent(rule: str, text: str) -> None:
    assert check_text(rule, text) is None


@pytest.mark.parametrize("text", FIRES["L05"])
def test_a_key_result_of_a_dated_cycle_needs_no_date_of_its_own(text: str) -> None:
    assert check_text("L05", text, cycle_bound=True) is None


@pytest.mark.parametrize("text", FIRES["L01"])
def test_an_output_blocks(text: str) -> None:
    found = check_text("L01", text)
    assert found is not None and found.severity is Severity.BLOCKS


@pytest.mark.parametrize(
    ("text", "kind", "severity"),
    [
        ("Improve onboarding conversion", "unmeasured", Severity.WARNS),
        ("Make it great", "unclear", Severity.WARNS),
        ("Rewrite the search to cut its median time to 200 ms", "mixed", Severity.INFO),
        ("Garden 45", "outcome?", Severity.INFO),
    ],
)
def test_only_an_output_blocks_whatever_else_is_a_friendly_remark(
    text: str, kind: str, severity: Severity
) -> None:
    found = check_text("L01", text)
    assert kr_kind(text).kind == kind
    assert found is not None and found.severity is severity


def test_the_words_that_decided_are_shown() -> None:
    found = check_text("L01", "Ship 5 new features for merchants")
    assert found is not None
    assert found.matched == "ship, features"


@pytest.mark.parametrize("text", FIRES["L06"])
def test_a_duty_only_warns_and_is_called_a_constraint(text: str) -> None:
    found = check_text("L06", text, class_="compliance")
    assert found is not None and found.severity is Severity.WARNS
    assert "constraint" in found.hint


FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("L02", {"baseline": 31.0}),
    ("L03", {"target": 48.0}),
    ("L04", {"unit": "%"}),
    ("L05", {"cycle_bound": True}),
    ("L05", {"by": date(2027, 3, 31)}),
    ("L09", {"metric_linked": True}),
    ("L12", {"target": 48.0}),
]


@pytest.mark.parametrize(
    ("rule", "text", "given"), [(r, t, g) for r, g in FIELDS for t in FIRES[r]]
)
def test_the_field_that_a_hint_asks_for_silences_the_rule(
    rule: str, text: str, given: dict[str, Any]
) -> None:
    assert check_text(rule, text, **given) is None


WORDS = [
    ("L02", " (baseline 31%)"),
    ("L02", ", now 31%"),
    ("L03", " to 45%"),
    ("L05", " by 31 March"),
    ("L09", " so that drop-off falls below 8%"),
    ("L12", ": 45%"),
]


@pytest.mark.parametrize(("rule", "text", "words"), [(r, t, w) for r, w in WORDS for t in FIRES[r]])
def test_the_words_that_a_hint_asks_for_silence_the_rule(rule: str, text: str, words: str) -> None:
    assert check_text(rule, text + words) is None


@pytest.mark.parametrize("text", FIRES["L11"])
def test_each_part_of_a_compound_is_one_key_result(text: str) -> None:
    found = check_text("L11", text)
    assert found is not None
    for part in found.matched.split(", "):
        assert part in text
        assert check_text("L11", part) is None


@pytest.mark.parametrize("unit", ["%", " ms", " EUR"])
@pytest.mark.parametrize("text", FIRES["L04"])
def test_a_unit_behind_the_number_silences_the_rule_on_units(text: str, unit: str) -> None:
    assert check_text("L04", text + unit) is None


def test_an_unknown_rule_or_context_is_refused_with_what_is_known() -> None:
    with pytest.raises(UsageError, match="L99") as error:
        check_text("L99", "Grow")
    assert "L01" in error.value.hint
    with pytest.raises(UsageError, match="colour") as error:
        check_text("L01", "Grow", colour="blue")
    assert "baseline" in error.value.hint


def test_every_rule_has_examples_on_both_sides() -> None:
    assert set(FIRES) == set(SILENT) == set(WORDING_RULES) - {"L00"}
    assert all(len(texts) >= 5 for table in (FIRES, SILENT) for texts in table.values())
