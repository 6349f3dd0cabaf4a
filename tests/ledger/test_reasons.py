"""Because of what effort counts: every part of a cell has exactly one reason, on every engine."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from mainstem.ledger.questions import Desk
from mainstem.plan.model import Unit
from mainstem.score.values import GRAIN, Question
from mainstem.services.work.reasons import reasons_by_stream
from mainstem.work.attribution import Rank
from tests.world import World, effort, item, member, plan

PLAN = plan(
    organisation={"unit": "hour"}, teams={"one": {}, "two": {}},
    streams={
        "s1": {"claims": [{"id": "pay", "label": "pay"}, {"component": "Pay"}]},
        "s2": {"claims": [{"label": "pay"}]},
    },
    links=[{"item": "K-4", "stream": "s1", "why": "said so"}],
)  # fmt: skip
DAYS = [(date(2026, 7, 1) + timedelta(days=n), 0) for n in range(31)]


def landed(tmp_path) -> World:
    world = World(tmp_path, plan=PLAN, members=[member("ann@x", "one"), member("bob@x", "two")])
    world.land(
        [
            item("K-1", labels=["pay"]), item("K-2", components=["Pay"]),
            item("K-3", parent="K-2"), item("K-4"), item("K-5"),
        ],
        [
            effort("K-1", 4), effort("K-2", 3, person="bob@x"), effort("K-3", 2), effort("K-4", 5),
            effort("K-5", 7), effort("K-1", 6, day="2026-08-01"),
        ],
    )  # fmt: skip
    world.refresh()
    return world


def test_the_reasons_of_a_cell_add_up_to_its_effort(tmp_path, engine):
    ledger = landed(tmp_path).ledger
    desk = Desk(ledger, ledger.view(), engine)
    teams = [(n, n) for n in (0, *desk.names("team_id"))]
    places = [(n, n) for n in (0, *desk.names("target"))]
    whole: Counter[tuple[int, int]] = Counter()
    for cell, place, _, _, parts in desk.reasons(DAYS, teams, places, "hour"):
        whole[cell, place] += parts
    wanted = {(c, p): parts for _, c, p, parts in desk.amounts(DAYS, teams, places, "hour").rows()}
    assert dict(whole) == wanted
    assert sum(wanted.values()) == 21 * GRAIN


def test_a_stream_knows_its_claims_what_people_set_and_what_was_inherited(tmp_path):
    book = landed(tmp_path).book()
    question = Question(unit=Unit.HOUR, since=date(2026, 7, 1), until=date(2026, 7, 31))
    found = reasons_by_stream(question, book)
    s1 = found["s1"]
    assert {r: p / GRAIN for r, p in s1.by_rank.items()} == {
        Rank.CLAIM: 5, Rank.INHERITED_CLAIM: 2, Rank.EXPLICIT: 5,
    }  # fmt: skip
    assert {c: p / GRAIN for c, p in s1.by_claim.items()} == {"label pay": 2, "component Pay": 3}
    assert {t: dict(c) for t, c in s1.by_team.items()}["two"] == {"component Pay": 3 * GRAIN}
    assert found["s2"].parts == 2 * GRAIN
    assert s1.parts == 12 * GRAIN


def test_what_is_kept_of_some_days_says_the_same_as_sql_and_changes_with_the_ledger(tmp_path):
    world = landed(tmp_path)
    for _ in range(2):
        desk, by_sql = (
            Desk(world.ledger, world.ledger.view(), cube=cube) for cube in (True, False)
        )
        teams = [(n, n % 2) for n in (0, *desk.names("team_id"))]
        places = [(n, n) for n in desk.names("target")]
        for days in (DAYS, DAYS[:1], [*DAYS[:3], *DAYS[9:]], [(date(2020, 1, 1), 0)]):
            assert desk.reasons(days, teams, places, "hour") == sorted(
                by_sql.reasons(days, teams, places, "hour")
            )
        world.land([item("K-5", labels=["pay"])], [effort("K-2", 1, day="2026-07-09", row="more")])
        world.refresh()
