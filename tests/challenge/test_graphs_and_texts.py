"""The small algorithms below the structure rules, against slower and plainer ones."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.challenge.circles import smallest_circle, strong_components
from mainstem.challenge.likeness import edits, is_alike
from mainstem.challenge.load import effective_number
from mainstem.challenge.periods import working_days
from mainstem.plan.model import Calendar

NODES = "abcdefg"
GRAPHS = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=4)).map(
    lambda given: {node: given.get(node, []) for node in NODES}
)


def reach(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    """Steps (at least one) from a node to each that can be reached."""
    steps: dict[str, int] = {}
    edge, front = 0, [start]
    while front:
        edge += 1
        front = sorted({m for n in front for m in graph[n]} - set(steps))
        steps.update(dict.fromkeys(front, edge))
    return steps


@given(GRAPHS)
def test_components_are_the_nodes_that_reach_each_other(graph: dict[str, list[str]]) -> None:
    reached = {node: reach(graph, node) for node in graph}
    expected = {
        tuple(sorted(m for m in graph if m in reached[n] and n in reached[m]))
        for n in graph
        if n in reached[n]
    }
    assert [tuple(c) for c in strong_components(graph)] == sorted(expected)


@given(GRAPHS)
def test_the_smallest_circle_is_a_circle_and_none_is_smaller(graph: dict[str, list[str]]) -> None:
    for component in strong_components(graph):
        circle = smallest_circle(graph, component)
        assert all(b in graph[a] for a, b in pairwise([*circle, circle[0]]))
        assert len(set(circle)) == len(circle)
        assert len(circle) == min(reach(graph, n)[n] for n in component)


def test_a_long_ring_is_walked_without_recursion_or_square_work() -> None:
    size = 20_000
    ring = {f"{n:05}": [f"{(n + 1) % size:05}"] for n in range(size)}
    (component,) = strong_components(ring)
    assert len(smallest_circle(ring, component)) == size


def slow_edits(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row = row, [i]
        for j, right in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (left != right)))
    return row[-1]


@given(st.text("abc", max_size=12), st.text("abc", max_size=12), st.integers(0, 6))
def test_edits_are_levenshtein_up_to_the_bound(a: str, b: str, at_most: int) -> None:
    assert edits(a, b, at_most=at_most) == min(slow_edits(a, b), at_most + 1)
    assert edits(a, b, at_most=at_most) == edits(b, a, at_most=at_most)


@pytest.mark.parametrize(
    ("other", "alike"),
    [("abcdefghij", True), ("ABCDEFGHIJ  ", True), ("abcdefghiX", True), ("abcdefghXX", False)],
)
def test_one_edit_in_ten_letters_is_nine_tenths_alike(other: str, alike: bool) -> None:
    assert is_alike("abcdefghij", other, 0.9) is alike


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=8), st.floats(0.1, 10))
def test_the_effective_number_lies_between_one_and_the_number_and_ignores_scale(
    shares: list[float], factor: float
) -> None:
    named = {str(i): share for i, share in enumerate(shares)}
    scaled = {key: share * factor for key, share in named.items()}
    number = effective_number(named)
    assert 1 - 1e-9 <= number <= len(shares) + 1e-9
    assert effective_number(scaled) == pytest.approx(number)


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(DAYS, st.integers(-3, 400), st.sets(DAYS, max_size=5), st.sets(st.sampled_from(range(7))))
def test_working_days_are_counted_as_by_hand(
    first: date, length: int, holidays: set[date], weekdays: set[int]
) -> None:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    calendar = Calendar(
        working_days=tuple(names[d] for d in sorted(weekdays)),  # type: ignore[arg-type]
        holidays=tuple(sorted(holidays)),
    )
    last = first + timedelta(days=length)
    by_hand = [first + timedelta(days=d) for d in range(length + 1)]
    expected = sum(d.weekday() in weekdays and d not in holidays for d in by_hand)
    assert working_days(calendar, first, last) == expected
