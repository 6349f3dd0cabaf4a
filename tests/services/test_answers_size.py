"""About how large an answer is: near enough to bound what is kept, and without counting the plan."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from mainstem.plan.model import Plan
from mainstem.services.server.answers import EACH, FIRST, Answers
from mainstem.services.server.answers_size import rough_size


@dataclass(frozen=True, slots=True)
class Row:
    """What answers are made of."""

    name: str
    parts: int
    more: object = None


def exact(rows: list[Row]) -> int:
    return sys.getsizeof(rows) + sum(
        sys.getsizeof(r) + sys.getsizeof(r.name) + sys.getsizeof(r.parts) for r in rows
    )


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 1_000])
def test_rows_that_are_alike_are_measured_by_two_of_them(count):
    rows = [Row(f"row {n:06}", 10**10 + n) for n in range(count)]
    assert exact(rows) * 0.8 <= rough_size(rows) <= exact(rows) * 1.3


def test_what_many_share_counts_once():
    shared = {f"word {n}": "x" * 100 for n in range(1_000)}
    rows = [Row(f"{n}", n, shared) for n in range(1_000)]
    assert rough_size(rows) < 1_000_000


def test_the_plan_is_not_counted_and_circles_end():
    circle: list[object] = [Plan()]
    circle.append(circle)
    assert rough_size(circle) < 500


def test_answers_of_a_kind_are_measured_now_and_then_and_their_sum_is_bounded():
    kept, made = Answers(100_000), []
    for n in range(3 * EACH + FIRST):
        kept.get(n, lambda n=n: made.append(n) or "x" * 5_000, kind="text")
    assert kept.bytes <= 100_000
    assert 15 <= len(kept) <= 20
    kept.clear()
    assert (len(kept), kept.bytes) == (0, 0)
