"""Precision and recall on statements that were labelled before the rules were run on them."""

from __future__ import annotations

import pytest

from mainstem.challenge.kr_kind import kr_kind
from mainstem.challenge.wording import check_text
from tests.challenge.wording_statements import LABELLED, Statement, statements

ALL = list(statements("first", "second", "third"))
KEY_RESULTS = [s for s in ALL if s.subject == "KR"]
NOT_SHOWN = {"output", "mixed", "unclear", "unmeasured"}


def rate(right: int, all_: int) -> float:
    return right / all_ if all_ else 1.0


def test_there_are_enough_statements_of_enough_domains() -> None:
    assert len(ALL) >= 300
    assert {"health", "logistics", "banking", "games", "infrastructure", "public"} <= {
        s.domain for s in ALL
    }


def test_what_is_called_an_output_is_one_nine_times_of_ten() -> None:
    called = [s for s in KEY_RESULTS if kr_kind(s.text).kind == "output"]
    assert rate(sum("output" in s.kinds for s in called), len(called)) >= 0.95


def test_outputs_are_found_nine_times_of_ten() -> None:
    outputs = [s for s in KEY_RESULTS if s.kinds == ("output",)]
    assert rate(sum(kr_kind(s.text).kind == "output" for s in outputs), len(outputs)) >= 0.93


def test_what_is_not_an_outcome_is_seldom_taken_for_one() -> None:
    others = [s for s in KEY_RESULTS if set(s.kinds) <= NOT_SHOWN]
    found = sum(kr_kind(s.text).kind in NOT_SHOWN for s in others)
    assert rate(found, len(others)) >= 0.93


def test_outcomes_are_seldom_questioned_and_never_more_than_once_in_fifty_called_outputs() -> None:
    outcomes = [s for s in KEY_RESULTS if s.kinds[0] == "outcome" and "output" not in s.kinds]
    kinds = [kr_kind(s.text).kind for s in outcomes]
    assert rate(kinds.count("output"), len(kinds)) <= 0.02
    assert rate(sum(k in ("outcome", "outcome?") for k in kinds), len(kinds)) >= 0.95


def _verdicts(rule: str) -> list[tuple[Statement, bool, bool]]:
    asked = [s for s in ALL if rule in LABELLED[s.subject] and rule not in s.either]
    return [(s, rule in s.fires, check_text(rule, s.text) is not None) for s in asked]


@pytest.mark.parametrize("rule", sorted(r for rules in LABELLED.values() for r in rules))
def test_a_rule_fires_where_a_person_says_it_should(rule: str) -> None:
    verdicts = _verdicts(rule)
    fired = [s.text for s, _, fires in verdicts if fires]
    right = [s.text for s, wanted, fires in verdicts if fires and wanted]
    wanted = [s.text for s, want, _ in verdicts if want]
    assert rate(len(right), len(fired)) >= 0.85, sorted(set(fired) - set(right))
    assert rate(len(right), len(wanted)) >= 0.85, sorted(set(wanted) - set(right))
