"""Period, scope and unit in the address: one reader, plain refusals, links that keep what was asked."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from mainstem.errors import QuestionError
from mainstem.plan.model import Plan, Unit
from mainstem.score.tree import TeamTree
from mainstem.web.contexts.asked import period_before, pickers, read_asked
from tests.server.factories import TODAY, small_plan

HELD = (Unit.HOUR, Unit.ITEM)


def ask(query="", plan=None, today=TODAY, held=HELD):
    given = {k: v[-1] for k, v in parse_qs(query).items()}
    return read_asked(given, plan or small_plan(), today=today, held=held)


def test_without_a_word_it_is_the_cycle_under_way_everybody_and_the_usual_unit():
    asked = ask()
    assert (asked.since, asked.until) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (asked.period, asked.cycle, asked.team, asked.unit) == (
        "2026 Q4",
        "2026-q4",
        "",
        Unit.HOUR,
    )
    assert asked.keep("/river") == "/river"


def test_between_cycles_it_is_the_last_one_that_began_and_before_all_the_first():
    assert ask(today=date(2027, 2, 1)).cycle == "2026-q4"
    assert ask(today=date(2020, 1, 1)).cycle == "2026-q3"
    bare = ask(plan=Plan(), today=date(2026, 5, 5))
    assert (bare.since, bare.until, bare.period) == (date(2026, 4, 1), date(2026, 6, 30), "2026 Q2")


def test_of_a_year_and_a_quarter_under_way_the_quarter_is_meant():
    both = small_plan(cycles={
        "2026": {"first_day": "2026-01-01", "last_day": "2026-12-31"},
        "q4": {"first_day": "2026-10-01", "last_day": "2026-12-31"},
    }, key_results={}, initiatives={})  # fmt: skip
    assert ask(plan=both).cycle == "q4"


def test_days_are_both_included_and_one_of_them_may_be_missing():
    asked = ask("since=2026-10-05&until=2026-10-07")
    assert (asked.since, asked.until, asked.cycle) == (date(2026, 10, 5), date(2026, 10, 7), "")
    assert ask("since=2026-10-05").until == TODAY
    assert ask("until=2026-08-12").since == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("cycle=2025-q1", "2026-q3, 2026-q4"),
        ("since=soon", "2026-07-31"),
        ("since=2026-10", "2026-07-31"),
        ("since=2026-10-07&until=2026-10-05", "Swap"),
        ("cycle=2026-q4&since=2026-10-05", "either"),
        ("team=nobody", "playback, player-core"),
        ("team=PLAYER", "player-core"),
        ("unit=parsec", "hour, item"),
        ("unit=point", "hour, item"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(query, told):
    with pytest.raises(QuestionError) as refused:
        ask(query)
    assert told in refused.value.hint


def test_links_keep_what_was_asked_and_the_shared_address_spells_out_the_rest():
    asked = ask("team=playback&unit=item")
    assert asked.keep("/river") == "/river?team=playback&unit=item"
    assert asked.keep("/teams/growth", team="") == "/teams/growth?unit=item"
    shared = parse_qs(urlsplit(asked.spelt_out("/")).query)
    assert shared == {"cycle": ["2026-q4"], "team": ["playback"], "unit": ["item"]}
    assert read_asked({k: v[0] for k, v in shared.items()}, small_plan(), today=date(2030, 1, 1), held=HELD).since == asked.since  # fmt: skip


def test_items_are_asked_for_by_the_same_days_scope_and_unit():
    found = parse_qs(urlsplit(ask("team=playback").items(stream="start-fast", kind="")).query)
    assert found == {
        "since": ["2026-10-01"], "until": ["2026-12-31"], "unit": ["hour"], "team": ["playback"],
        "stream": ["start-fast"],
    }  # fmt: skip


def test_a_change_is_told_against_the_cycle_before_or_as_many_days():
    plan = small_plan()
    assert period_before(ask(), plan).label == "2026 Q3"
    before = period_before(ask("since=2026-10-08&until=2026-10-14"), plan)
    assert (before.start, before.end) == (date(2026, 10, 1), date(2026, 10, 8))
    first = period_before(ask("cycle=2026-q3"), plan)
    assert first.end == date(2026, 7, 1)


def test_pickers_lead_to_the_same_page_asked_otherwise():
    plan = small_plan()
    cycle, scope, unit = pickers(
        ask("team=playback"), plan, "/river", tree=TeamTree.of(plan.teams), held=HELD
    )
    assert [(c.name, c.href, c.is_chosen) for c in cycle.choices] == [
        ("2026 Q4", "/river?team=playback&cycle=2026-q4", True),
        ("2026 Q3", "/river?team=playback&cycle=2026-q3", False),
    ]
    assert [c.name for c in scope.choices] == [
        "Streamly",
        "Playback",
        "Player core",
        "Growth",
        "Platform",
    ]
    assert scope.chosen == "Playback" and scope.choices[0].href == "/river"
    assert [c.href for c in unit.choices] == [
        "/river?team=playback&unit=hour",
        "/river?team=playback&unit=item",
    ]


def test_a_picker_of_many_teams_shows_the_top_and_the_way_to_the_chosen_one():
    teams = {f"g{n}": {} for n in range(5)} | {f"t{n}": {"in": f"g{n % 5}"} for n in range(200)}
    plan = small_plan(teams=teams, streams={}, key_results={}, initiatives={}, dependencies={})
    _, scope, _ = pickers(ask("team=t7", plan), plan, "/", tree=TeamTree.of(plan.teams), held=HELD)
    assert [c.name for c in scope.choices] == ["Streamly", "g0", "g1", "g2", "t7", "g3", "g4"]
    assert (scope.further, scope.further_words) == ("/teams/?team=t7", "All 205 teams")
