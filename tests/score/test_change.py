from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from mainstem.plan.model import RestKind
from mainstem.score.answerable import NotAnswerable
from mainstem.score.change import Change, change, nested_change
from mainstem.score.tree import TeamTree
from mainstem.score.values import Amounts
from mainstem.score.words import change_sentence

TEAMS = ["a", "b", "c", "d", "e", "f"]
cell = st.builds(
    lambda v, r, u: Amounts(v, 0, {RestKind.DEBT: r, RestKind.UNKNOWN: u}),
    *[st.integers(0, 1000)] * 3,
)
cells = st.dictionaries(st.sampled_from(TEAMS), cell, max_size=6)


def part(value, units):
    return Amounts(value, 0, {RestKind.DEBT: units - value})


@given(cells, cells)
def test_the_split_adds_up_to_the_change_exactly(old, new):
    made = change(old, new)
    if isinstance(made, Change):
        assert made.total == made.after.point - made.before.point
        assert made.total == made.within + made.mix + made.entry + made.exit
        assert made.total == sum((p.total for p in made.parts), Fraction(0))
        for what in ("within", "mix", "entry", "exit"):
            assert getattr(made, what) == sum((getattr(p, what) for p in made.parts), Fraction(0))


@given(cells, cells)
def test_each_part_contributes_what_the_definition_says(old, new):
    made = change(old, new)
    if not isinstance(made, Change):
        return
    middle = (made.before.point + made.after.point) / 2
    units0, units1 = (sum(a.units for a in cells_.values()) for cells_ in (old, new))
    for one in made.parts:
        was, now = old.get(one.key, Amounts()), new.get(one.key, Amounts())
        m0, m1 = Fraction(was.units, units0), Fraction(now.units, units1)
        r0, r1 = (Fraction(a.value, a.units) if a.units else None for a in (was, now))
        if r0 is None or r1 is None:
            assert one.entry == (0 if r1 is None else m1 * (r1 - middle))
            assert one.exit == (0 if r0 is None else -m0 * (r0 - middle))
            assert one.within == one.mix == 0
        else:
            assert one.within == (m0 + m1) / 2 * (r1 - r0)
            assert one.mix == (m1 - m0) * ((r0 + r1) / 2 - middle)
            assert one.entry == one.exit == 0


@given(cells, cells)
def test_swapping_the_periods_flips_every_sign(old, new):
    there, back = change(old, new), change(new, old)
    if isinstance(there, Change):
        assert (there.total, there.within, there.mix) == (-back.total, -back.within, -back.mix)
        assert (there.entry, there.exit) == (-back.exit, -back.entry)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.data()), min_size=1, max_size=5), st.integers(1, 9)
)
def test_without_a_change_of_shares_there_is_no_mix(sizes, factor):
    old, new = {}, {}
    for key, (units, data) in zip(TEAMS, sizes, strict=False):
        old[key] = part(data.draw(st.integers(0, units)), units)
        new[key] = part(data.draw(st.integers(0, units * factor)), units * factor)
    made = change(old, new)
    assert (made.mix, made.entry, made.exit) == (0, 0, 0)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 4)), min_size=1, max_size=6), st.data())
def test_without_a_change_of_rates_nothing_happens_within(rates, data):
    old, new = {}, {}
    for key, (parts, value) in zip(TEAMS, rates, strict=False):
        value = min(value, parts)
        for cells_ in (old, new):
            times = data.draw(st.integers(1, 20))
            cells_[key] = part(value * times, parts * times)
    assert change(old, new).within == 0


@given(cells, cells)
def test_parts_without_units_contribute_nothing(old, new):
    made = change({**old, "empty": Amounts()}, new)
    plain = change(old, new)
    if isinstance(plain, Change):
        assert made.total == plain.total
        assert next(p for p in made.parts if p.key == "empty").total == 0


def test_a_period_without_effort_has_no_change_but_a_reason():
    made = change({"a": Amounts()}, {"a": part(1, 2)})
    assert isinstance(made, NotAnswerable)
    assert "first period" in made.reason
    assert made.what_would_help


def test_a_change_by_composition_says_who_worked_not_how():
    made = change(
        {"good": part(90, 100), "poor": part(10, 100)},
        {"good": part(180, 200), "poor": part(5, 50)},
    )
    assert made.is_mostly_who_worked
    assert "mostly who worked, not how they worked" in change_sentence(made, "Q2", "Q3")


def test_a_change_within_teams_says_how_they_worked():
    made = change(
        {"a": part(40, 100), "b": part(40, 100)}, {"a": part(60, 100), "b": part(50, 100)}
    )
    words = change_sentence(made, "2026 Q2", "2026 Q3")
    assert not made.is_mostly_who_worked
    assert words.startswith(
        "The Value Score rose from 40\u202f% in 2026 Q2 to 55\u202f% in 2026 Q3"
    )
    assert "how teams worked" in words


def test_opposite_effects_that_cancel_are_said():
    made = change({"a": part(100, 100), "b": part(0, 100)}, {"a": part(50, 100), "b": part(25, 50)})
    assert made.total == 0
    assert "cancel out" in change_sentence(made, "Q2", "Q3")


def test_no_change_is_claimed_of_a_score_that_is_only_a_range():
    unknown = Amounts(0, 0, {RestKind.UNKNOWN: 100})
    both = change_sentence(change({"a": unknown}, {"a": unknown}), "Q2", "Q3")
    assert both.replace("\u202f", " ") == (
        "Too much is unknown to say whether the Value Score changed: between 0 and 100 % in Q2, "
        "between 0 and 100 % in Q3. What is known of it stayed the same."
    )
    one = change_sentence(change({"a": unknown}, {"a": part(50, 100)}), "Q2", "Q3")
    assert "between 0 and 100\u202f% in Q2, 50\u202f% in Q3. What is known of it rose by 50" in one


TREE = TeamTree.from_parents({"a": None, "b": "a", "c": "a", "d": "c", "e": "c", "f": None})


def _leaf_within(node, weight=Fraction(1)):
    deeper = {child.key for child in node.children}
    own = sum((p.within for p in node.change.parts if p.key not in deeper or p.key == node.key), 0)
    return node.weight * own + sum(_leaf_within(child) for child in node.children)


@given(cells, cells)
def test_the_nested_split_adds_up_to_the_change_of_the_whole_exactly(old, new):
    made, flat = nested_change(TREE, old, new), change(old, new)
    if isinstance(made, NotAnswerable):
        assert isinstance(flat, NotAnswerable)
        return
    assert made.change.total == flat.total
    assert made.composition + _leaf_within(made) == flat.total


@given(cells, cells)
def test_a_group_at_each_level_is_explained_by_what_is_in_it(old, new):
    made = nested_change(TREE, old, new)
    if isinstance(made, NotAnswerable):
        return
    for child in made.children:
        within = next(p.within for p in made.change.parts if p.key == child.key)
        assert within == child.weight * child.change.total
