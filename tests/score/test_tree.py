from hypothesis import given
from hypothesis import strategies as st

from mainstem.plan.model import Team
from mainstem.score.tree import TeamTree

TEAMS = {
    "fans": Team(),
    "watch": Team(in_="fans"),
    "player": Team(in_="watch"),
    "live": Team(in_="watch"),
    "platform": Team(),
}


def test_depth_path_and_subtree_of_a_team():
    tree = TeamTree.of(TEAMS)
    assert tree.depth("player") == 2
    assert tree.path("player") == ("fans", "watch", "player")
    assert tree.ancestors("player") == ("watch", "fans")
    assert tree.subtree("fans") == ("fans", "watch", "player", "live")
    assert tree.roots == ("fans", "platform")


def test_level_one_is_below_the_organisation_where_no_team_stands_for_it():
    tree = TeamTree.of(TEAMS)
    assert tree.cut(1) == ("fans", "platform")
    assert tree.cut(2) == ("watch", "platform")
    assert tree.cut(3) == ("player", "live", "platform")
    assert tree.at_level("player", 0) is None
    assert tree.levels == 3


def test_level_one_is_below_the_single_root_where_there_is_one():
    tree = TeamTree.from_parents({"all": None, "fans": "all", "watch": "fans", "platform": "all"})
    assert tree.cut(0) == ("all",)
    assert tree.cut(1) == ("fans", "platform")
    assert tree.at_level("all", 2) == "all"
    assert tree.levels == 2


def test_a_missing_parent_makes_a_root():
    assert TeamTree.from_parents({"a": "nowhere"}).roots == ("a",)


def test_teams_in_a_circle_still_have_a_root():
    tree = TeamTree.from_parents({"x": "c", "a": "b", "b": "c", "c": "a"})
    assert tree.roots == ("a",)
    assert set(tree.order) == {"x", "a", "b", "c"}


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.one_of(st.none(), st.sampled_from("abcdefgh")), max_size=8
    )
)
def test_any_links_make_a_tree_in_which_each_team_stands_once(links):
    tree = TeamTree.from_parents(links)
    assert sorted(tree.order) == sorted(links)
    for team in links:
        assert tree.path(team)[0] in tree.roots
        assert tree.depth(team) == len(tree.ancestors(team))
        assert team in tree.subtree(tree.path(team)[0])
