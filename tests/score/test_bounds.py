from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import QuestionError
from mainstem.plan.model import RestKind
from mainstem.score.bounds import pooled, score_of, with_declared_range
from mainstem.score.merging import add
from mainstem.score.values import Amounts

parts = st.integers(0, 10**15)
amounts = st.builds(
    Amounts, parts, parts, st.dictionaries(st.sampled_from(list(RestKind)), parts, max_size=8)
)
shares = st.fractions(0, 1)


def test_a_cell_without_units_has_no_score_and_not_zero():
    score = score_of(Amounts())
    assert (score.point, score.low, score.high, score.coverage) == (None, None, None, None)


def test_the_sentence_of_the_product_page():
    score = score_of(Amounts(61, 0, {RestKind.UNKNOWN: 12, RestKind.DEBT: 27}))
    assert (score.point, score.low, score.high) == (
        Fraction(61, 100), Fraction(61, 100), Fraction(73, 100),
    )  # fmt: skip
    assert score.coverage == Fraction(88, 100)


@given(amounts)
def test_low_point_high_stay_in_order_between_0_and_1_and_the_width_is_what_is_unknown(cell):
    score = score_of(cell)
    if cell.units == 0:
        return
    assert 0 <= score.low <= score.point <= score.high <= 1
    assert score.high - score.low == 1 - score.coverage


@given(amounts, shares, shares)
def test_a_declared_range_lies_inside_the_undeclared_one(cell, a, b):
    low, high = min(a, b), max(a, b)
    plain, told = score_of(cell), with_declared_range(cell, low, high)
    if cell.units:
        assert plain.low <= told.low <= told.point <= told.high <= plain.high
        assert with_declared_range(cell, Fraction(0), Fraction(1)) == plain


@pytest.mark.parametrize(("low", "high"), [(Fraction(1), Fraction(0)), (Fraction(-1), Fraction(1))])
def test_a_declared_range_that_is_none_is_refused(low, high):
    with pytest.raises(QuestionError):
        with_declared_range(Amounts(1), low, high)


@given(st.lists(amounts, max_size=6))
def test_the_score_of_the_whole_is_the_mean_of_its_parts_weighted_by_units(cells):
    whole = Amounts()
    for cell in cells:
        whole = add(whole, cell)
    assert pooled([(c, score_of(c)) for c in cells]) == score_of(whole)


@given(amounts, st.integers(1, 10**6))
def test_the_scale_of_the_unit_does_not_matter(cell, factor):
    scaled = Amounts(
        cell.value * factor,
        cell.elsewhere * factor,
        {kind: part * factor for kind, part in cell.rest.items()},
    )
    assert score_of(scaled) == score_of(cell)


@given(amounts)
def test_a_cell_of_nothing_changes_nothing(cell):
    assert score_of(add(cell, Amounts(0, 0, {RestKind.DEBT: 0}))) == score_of(cell)


@given(amounts, st.sampled_from(list(RestKind)), st.data())
def test_moving_weight_from_the_rest_to_a_stream_never_lowers_the_score(cell, kind, data):
    moved = data.draw(st.integers(0, cell.rest.get(kind, 0)))
    rest = {**cell.rest, kind: cell.rest.get(kind, 0) - moved}
    before, after = score_of(cell), score_of(Amounts(cell.value + moved, cell.elsewhere, rest))
    if cell.units:
        assert after.point >= before.point


@given(amounts, st.data())
def test_labelling_unknown_work_keeps_the_score_inside_the_old_range(cell, data):
    known = data.draw(st.integers(0, cell.unknown))
    to_stream = data.draw(st.integers(0, known))
    rest = dict(cell.rest)
    rest[RestKind.UNKNOWN] = cell.unknown - known
    rest[RestKind.DEBT] = rest.get(RestKind.DEBT, 0) + known - to_stream
    before, after = score_of(cell), score_of(Amounts(cell.value + to_stream, cell.elsewhere, rest))
    if cell.units:
        assert before.low <= after.low <= after.point <= after.high <= before.high


@given(st.lists(parts, min_size=1, max_size=6), parts)
def test_shares_of_streams_and_of_the_rest_sum_to_the_whole(streams, debt):
    total = sum(streams) + debt
    cells = [Amounts(v, sum(streams) - v, {RestKind.DEBT: debt}) for v in streams]
    if total:
        by_stream = sum((score_of(c).point for c in cells), Fraction(0))
        assert by_stream == score_of(Amounts(sum(streams), 0, {RestKind.DEBT: debt})).point
