"""Real key results of others: how well two people agree, and how well the rules agree with both."""

from __future__ import annotations

import pytest

from mainstem.challenge.kr_kind import kr_kind
from tests.challenge.real_key_results import DATA, KINDS, Place, kappa, labels, texts

ONE, TWO = labels("one"), labels("two")
NOT_SHOWN = {"output", "mixed", "unclear", "unmeasured"}


@pytest.fixture(scope="module")
def agreed() -> list[tuple[str, str]]:
    """Text and kind of those that both passes call the same."""
    if not DATA.exists():
        pytest.skip("the data of others is not beside the project: ../shared/data")
    places: list[Place] = [p for p in ONE if TWO[p] == ONE[p]]
    read = texts(places)
    return [(read[p], ONE[p]) for p in places]


def test_the_frozen_set_is_whole_and_labelled_twice() -> None:
    assert len(ONE) == 240
    assert ONE.keys() == TWO.keys()
    assert set(ONE.values()) | set(TWO.values()) <= set(KINDS)


def test_two_passes_agree_far_more_than_chance_would() -> None:
    assert kappa(ONE, ONE) == 1
    assert kappa(ONE, TWO) >= 0.6


def test_what_is_called_an_output_is_one_nine_times_of_ten(agreed: list[tuple[str, str]]) -> None:
    called = [label for text, label in agreed if kr_kind(text).kind == "output"]
    assert called.count("output") / len(called) >= 0.90


def test_what_is_no_outcome_is_seldom_taken_for_one(agreed: list[tuple[str, str]]) -> None:
    kinds = [kr_kind(text).kind for text, label in agreed if label != "outcome"]
    assert sum(kind in NOT_SHOWN for kind in kinds) / len(kinds) >= 0.85
