from hypothesis import given
from hypothesis import strategies as st

from mainstem.plan.model import RestKind
from mainstem.score.merging import WHOLE, merge_cells, merge_small
from mainstem.score.tree import TeamTree
from mainstem.score.values import Amounts


@st.composite
def trees(draw):
    names = [f"t{i}" for i in range(draw(st.integers(1, 12)))]
    parents = {name: draw(st.sampled_from([None, *names[:i]])) for i, name in enumerate(names)}
    heads = {name: draw(st.integers(0, 6)) for name in [*names, WHOLE]}
    return TeamTree.from_parents(parents), heads


def people_of(merging, heads):
    out = {}
    for team, shown in merging.into.items():
        out[shown] = out.get(shown, 0) + heads.get(team, 0)
    return out


@given(trees(), st.integers(2, 6))
def test_no_figure_speaks_of_fewer_people_than_allowed(made, k_min):
    tree, heads = made
    with_effort = frozenset(heads)
    merging = merge_small(tree, heads, k_min, with_effort=with_effort)
    if merging.too_small:
        assert sum(heads.values()) < k_min
        return
    assert all(people >= k_min for people in people_of(merging, heads).values())


@given(trees(), st.integers(2, 6))
def test_a_total_minus_its_published_parts_reveals_no_small_group(made, k_min):
    """Cells generate all totals: a shown team's subtree is a union of cells, so differences are too."""
    tree, heads = made
    merging = merge_small(tree, heads, k_min, with_effort=frozenset(heads))
    if merging.too_small:
        return
    for team in tree.order:
        if not merging.is_shown(team):
            continue
        inside = set(tree.subtree(team))
        cells_inside = {merging.into[t] for t in inside}
        assert cells_inside <= inside
        assert {t for t, shown in merging.into.items() if shown in cells_inside} == inside


@given(trees(), st.integers(1, 6), st.data())
def test_merging_loses_nothing(made, k_min, data):
    tree, heads = made
    cells = {
        t: Amounts(data.draw(st.integers(0, 9)), 0, {RestKind.DEBT: data.draw(st.integers(0, 9))})
        for t in [*tree.order, WHOLE, "stranger"]
    }
    merged = merge_cells(cells, merge_small(tree, heads, k_min))
    assert sum(c.units for c in merged.values()) == sum(c.units for c in cells.values())
    assert sum(c.value for c in merged.values()) == sum(c.value for c in cells.values())


def test_a_team_of_two_is_shown_as_part_of_its_group_with_its_smallest_sibling():
    tree = TeamTree.from_parents(
        {"video": None, "player": "video", "codec": "video", "edge": "video"}
    )
    merging = merge_small(tree, {"player": 8, "codec": 2, "edge": 5}, 3)
    assert merging.into["codec"] == "video"
    assert merging.into["edge"] == "video"
    assert merging.into["player"] == "player"
    assert merging.absorbed["video"] == ("codec", "edge")


def test_a_group_large_enough_by_itself_takes_in_the_small_team_alone():
    tree = TeamTree.from_parents({"video": None, "player": "video", "codec": "video"})
    merging = merge_small(tree, {"video": 3, "player": 8, "codec": 2}, 3)
    assert merging.absorbed == {"video": ("codec",)}


def test_with_one_as_the_smallest_group_everything_is_shown():
    tree = TeamTree.from_parents({"a": None, "b": "a"})
    merging = merge_small(tree, {"b": 1}, 1)
    assert all(merging.is_shown(t) for t in ("a", "b"))


def test_an_organisation_smaller_than_the_smallest_group_shows_nothing():
    assert merge_small(TeamTree.from_parents({"a": None}), {"a": 2}, 3).too_small
