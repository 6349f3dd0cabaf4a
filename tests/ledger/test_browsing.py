"""Browsing the ledger by a query: the same as looking at every part of effort by hand, whatever is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.ledger import item_cube_pages
from mainstem.ledger.browsing import (
    Cursor,
    FoundItem,
    FoundPage,
    Order,
    Sought,
    Totals,
    browse,
    cursor_at,
    effort_by_month,
    keys_of,
    known_values,
    shares_of,
)
from mainstem.ledger.browsing_conditions import Known, condition_of
from mainstem.ledger.questions import Desk
from mainstem.work.query import (
    And,
    Everything,
    Node,
    Not,
    Or,
    Term,
    Word,
    amount_bounds,
    day_bounds,
    parse,
)
from mainstem.work.records import MICRO
from tests.world import World, effort, item, member, plan

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
NASTY = "x'; DROP TABLE items; --"

ITEMS = [
    item("PLAY-1", title="Warm start", type="bug", labels=["start time"], components=["Player"],
         project="PLAY", paths=["player/core/a.go"], done="2026-10-09", created="2026-09-01"),
    item("PLAY-2", title="Fewer 100% stalls", labels=["Start Time", "old"], parent="PLAY-1",
         project="PLAY", done="2026-10-20"),
    item("GRO_1", title="Sign-up form", type="Story", components=["Signup"], project="GRO", state="open"),
    item("GRO-1", title="sign up again", labels=["old"], project="GRO", epic="GRO_1"),
    item("OPS-1", title=NASTY, labels=["debt", NASTY], paths=["ops/db.sql"]),
    item("PLAY-3", title="Both", labels=["start time"], components=["Signup"], project="PLAY"),
]  # fmt: skip
EFFORT = [
    effort("PLAY-1", 6, day="2026-10-05", person="cid@x"),
    effort("PLAY-1", 2, day="2026-10-09", person="gus@x"),
    effort("PLAY-2", 4, day="2026-10-12", person="cid@x"),
    effort("PLAY-2", 9, day="2026-09-12", person="cid@x"),
    effort("GRO_1", 5, day="2026-10-06", person="gus@x"),
    effort("GRO-1", 0.5, day="2026-10-13", person="gus@x"),
    effort("OPS-1", 2, day="2026-10-07", person="pia@x"),
    effort("PLAY-3", 3, day="2026-10-15", person="cid@x"),
    effort("PLAY-3", 1, day="2026-10-31", person="nobody@x"),
    effort(None, 7, day="2026-10-16", person="pia@x", row="alone"),
    effort("PLAY-1", 3, day="2026-10-05", person="cid@x", unit="point"),
]
PLAN = plan(
    organisation={"unit": "hour", "settings": {"share_policy": "equal_split"}},
    teams={"playback": {}, "core": {"in": "playback"}, "growth": {}, "platform": {}},
    streams={
        "start": {"claims": [{"label": "start time"}]},
        "signup": {"claims": [{"component": "Signup", "rank": 300}]},
    },
    links=[{"item": "GRO-1", "shares": {"start": 0.5}, "why": "told"}],
)
MEMBERS = [member("cid@x", "core"), member("gus@x", "growth"), member("pia@x", "platform")]


#: For each desk another, of the same ledger, that keeps nothing and answers all by SQL.
BY_SQL: dict[Desk, Desk] = {}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("browsing"), plan=PLAN, members=MEMBERS)
    world.land(ITEMS, EFFORT)
    world.refresh()
    desk = world.book().desk
    by_sql = Desk(world.ledger, world.ledger.view(), cube=False)
    BY_SQL[desk] = by_sql
    yield desk
    desk.close()
    by_sql.close()


def known(desk: Desk) -> Known:
    numbers = {name: no for no, name in desk.names("team_id").items()}
    targets = {name: no for no, name in desk.names("target").items()}
    inside = {"playback": ["playback", "core"]}
    return Known(
        teams=lambda t: [numbers[n] for n in inside.get(t.value, [t.value]) if n in numbers],
        targets=lambda t: 0 if t.value == "unknown" else targets.get(f"{t.field}:{t.value}"),
        streams=[no for name, no in targets.items() if name.startswith("stream:")],
        contested=["tracker/PLAY-3", NASTY],
    )


def look(desk: Desk, text: str, *, order=Order.EFFORT, cursor=None, most=50, unit=1):
    sought = Sought(condition_of(parse(text), known(desk)), unit, FIRST, LAST)
    return browse_both(desk, sought, order=order, cursor=cursor, most=most)


def browse_both(desk: Desk, sought: Sought, **how: Any) -> tuple[Totals, FoundPage]:
    """The answer, which is the same from what is kept of the days and by SQL."""
    found = browse(desk, sought, **how)
    assert item_cube_pages.browse(desk, sought, **how) == found
    assert browse(BY_SQL[desk], sought, **how) == found
    assert keys_of(desk, sought, most=4) == keys_of(BY_SQL[desk], sought, most=4)
    return found


def amounts(desk: Desk, text: str) -> dict[str, float]:
    _, page = look(desk, text)
    return {f.key: f.amount / MICRO / 10_000 for f in page.items}


def test_everything_in_the_days_is_found_once_with_all_its_effort(desk):
    assert amounts(desk, "") == {
        "PLAY-1": 8, "": 7, "GRO_1": 5, "PLAY-2": 4, "PLAY-3": 4, "OPS-1": 2, "GRO-1": 0.5,
    }  # fmt: skip
    totals, _ = look(desk, "")
    assert (totals.amount / MICRO / 10_000, totals.items) == (30.5, 7)
    assert sum(parts for _, parts, _ in totals.by_target) == totals.amount


def test_a_stream_and_a_team_pick_the_effort_that_counts_for_the_one_by_the_other(desk):
    # PLAY-3 is claimed by both streams with claims of one rank, so half of it is for each
    assert amounts(desk, "stream:start team:core") == {"PLAY-1": 6, "PLAY-2": 4, "PLAY-3": 1.5}
    assert amounts(desk, "stream:start team:playback") == amounts(desk, "stream:start team:core")
    assert amounts(desk, "team:growth -stream:start") == {"GRO_1": 5, "GRO-1": 0.25}


def test_the_page_says_for_each_part_what_it_counts_for_because_of_what_and_by_whom(desk):
    _, page = look(desk, "key:GRO-1")
    reasons, targets = desk.names("reason"), {0: "unknown", **desk.names("target")}
    (found,) = page.items
    told = {(targets[p.target], p.rank, p.share, reasons.get(p.reason, "")) for p in found.parts}
    assert told == {("stream:start", 1, 5000, "link 1: told"), ("unknown", 6, 5000, "")}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("is:unclaimed", ["", "GRO-1"]),
        ("is:linked", ["GRO-1"]),
        ("is:contested", ["PLAY-3"]),
        ("label:START*", ["PLAY-1", "PLAY-2", "PLAY-3"]),
        ("100%", ["PLAY-2"]),
        ("key:GRO_1", ["GRO_1"]),
        ("key:GRO?1", []),
        ("path:player/**", ["PLAY-1"]),
        ("-type:bug", ["", "GRO-1", "GRO_1", "OPS-1", "PLAY-2", "PLAY-3"]),
        ("done:2026-10-01..2026-10-15", ["PLAY-1"]),
        ("updated>2026-10-15", ["", "PLAY-3"]),
        ("effort>=5", ["", "GRO_1", "PLAY-1"]),
        ("effort>5", ["", "PLAY-1"]),
        ("effort<2", ["GRO-1"]),
        ("source:track*", ["GRO-1", "GRO_1", "OPS-1", "PLAY-1", "PLAY-2", "PLAY-3"]),
        ('(warm or "sign up") project:*', ["GRO-1", "PLAY-1"]),
        ("parent:play-1 or epic:gro_1", ["GRO-1", "PLAY-2"]),
        ("kind:incident", []),
        ("kind:debt", ["OPS-1"]),
    ],
)  # fmt: skip
def test_every_field_finds_what_its_documentation_says(desk, text, keys):
    assert sorted(amounts(desk, text)) == keys


@pytest.mark.parametrize("field", ["", "label:", "key:", "project:", "path:", "source:", "type:"])
@pytest.mark.parametrize(
    "value",
    [
        NASTY,
        "'",
        "''",
        "\\",
        "%",
        "_",
        "$unit",
        "?",
        "*",
        "**",
        "{}",
        "\x00",
        "😀",
        "a/b[c](d)",
        "$q0",
    ],
)
def test_whatever_somebody_writes_is_a_value_and_never_sql(desk, field, value):
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = field + quoted
    sought = Sought(condition_of(parse(text), known(desk)), 1, FIRST, LAST)
    neutral = condition_of(parse(field + ("a*b" if "*" in value else "ab")), known(desk))
    assert sought.condition.sql == neutral.sql
    totals, _ = browse_both(desk, sought, order=Order.EFFORT, cursor=None, most=50)
    assert totals.items <= 7
    assert look(desk, "")[0].items == 7
    if value == NASTY and field in ("", "label:"):
        assert amounts(desk, text) == {"OPS-1": 2}


@pytest.mark.parametrize("order", Order)
def test_pages_follow_one_another_without_gap_or_repeat_there_and_back(desk, order):
    _, whole = look(desk, "", order=order)
    there: list[FoundItem] = []
    cursor: Cursor | None = None
    for _ in range(20):
        _, page = look(desk, "", order=order, cursor=cursor, most=2)
        assert page.has_previous == bool(there)
        there += page.items
        if not page.has_next:
            break
        cursor = cursor_at(page.items[-1], order, is_back=False)
    assert [f.item for f in there] == [f.item for f in whole.items]
    back = cursor_at(whole.items[-1], order, is_back=True)
    _, before = look(desk, "", order=order, cursor=back, most=2)
    assert [f.item for f in before.items] == [f.item for f in whole.items[-3:-1]]
    assert before.has_next and before.has_previous


def test_another_unit_is_another_answer(desk):
    assert look(desk, "", unit=2)[0].items == 1


def test_values_that_items_have_are_listed_the_most_frequent_first(desk):
    assert known_values(desk, "labels")[:2] == ["old", "start time"]
    assert known_values(desk, "project")[0] == "PLAY"


def test_what_follows_an_item_is_found_with_it_unless_something_is_said_of_it_itself(desk):
    found = {s.key: s.is_below for s in shares_of(desk, ["play-1", "gro_1"])}
    assert found == {"PLAY-1": False, "PLAY-2": True, "GRO_1": False}


def test_the_effort_of_an_item_is_told_by_month_and_team(desk):
    (play2,) = [f.item for f in look(desk, "key:PLAY-2")[1].items]
    found = effort_by_month(desk, play2)
    months = [(unit, month, amount / MICRO) for unit, _, month, amount in found if unit == 1]
    assert months == [(1, "2026-09", 9), (1, "2026-10", 4)]


# -- the law: the same as an evaluation by hand -------------------------------------------------------

Part = dict[str, Any]


def parts_by_hand(desk: Desk) -> list[Part]:
    """Every part of effort in the days, straight from what was derived, without the code under test."""
    with desk.connection() as con:
        from mainstem.ledger.store import relation

        v = desk.view
        rows = con.execute(
            "SELECT e.item, e.team, sum(e.amount), max(e.day) FROM "
            f"{relation(v.table('effort'))} e WHERE unit = 1 AND day BETWEEN ? AND ? GROUP BY ALL",
            [FIRST, LAST],
        ).fetchall()
        shares = con.execute(f"SELECT item, target, rank, share FROM {relation(v.table('attribution'))}").fetchall()  # fmt: skip
        keys = dict(con.execute(f"SELECT item, key FROM {relation(v.table('items'))}").fetchall())
    given = {i["key"]: i for i in ITEMS}
    out = []
    for number, team, amount, _ in rows:
        own = [s for s in shares if s[0] == number] or [(number, 0, 6, 10_000)]
        whole = [(a, d) for i, _, a, d in rows if i == number]
        for _, target, rank, share in own:
            out.append({
                "item": number, "team": team, "target": target, "rank": rank, "share": share,
                "parts": int(amount) * share, "whole": sum(int(a) for a, _ in whole),
                "last": max(d for _, d in whole), "of": given.get(keys.get(number, ""), {}),
            })  # fmt: skip
    return out


def same(wanted: str, value: str | None) -> bool:
    if value is None:
        return False
    pattern = ".*".join(re.escape(w) for w in wanted.lower().split("*"))
    return re.fullmatch(pattern, value.lower(), re.DOTALL) is not None


def holds(node: Node, p: Part, k: Known) -> bool:
    match node:
        case Everything():
            return True
        case And(parts):
            return all(holds(n, p, k) for n in parts)
        case Or(parts):
            return any(holds(n, p, k) for n in parts)
        case Not(inner):
            return not holds(inner, p, k)
        case Word(text):
            return any(same(f"*{text}*", p["of"].get(f)) for f in ("title", "key"))
        case Term():
            return term_holds(node, p, k)


def term_holds(t: Term, p: Part, k: Known) -> bool:
    of: Mapping[str, Any] = p["of"]
    if t.field == "team":
        return p["team"] in k.teams(t)
    if t.field in ("stream", "kind"):
        return p["target"] in k.streams if t.value == "*" else p["target"] == k.targets(t)
    if t.field == "is":
        return {
            "unclaimed": p["target"] == 0, "claimed": p["rank"] == 3, "linked": p["rank"] == 1,
            "inherited": p["rank"] in (2, 4), "shared": p["share"] < 10_000,
            "contested": of.get("key") == "PLAY-3",
        }[t.value]  # fmt: skip
    if t.field == "effort":
        low, high = amount_bounds(t)
        hours = p["whole"] / MICRO
        return not (
            (low is not None and (hours < low or (t.operator == ">" and hours == low)))
            or (high is not None and (hours > high or (t.operator == "<" and hours == high)))
        )
    if t.field in ("updated", "done", "created"):
        day = p["last"] if t.field == "updated" else of.get(t.field)
        first, last = day_bounds(t)
        if day is None:
            return False
        day = date.fromisoformat(str(day)[:10])
        return (first is None or day >= first) and (last is None or day <= last)
    if t.field in ("label", "component"):
        values: Iterable[str] = of.get(f"{t.field}s", ())
        return any(same(t.value, v) for v in values)
    return same(t.value, of.get(t.field))


TERMS = st.sampled_from([
    "stream:start", "stream:signup", "stream:*", "kind:unknown", "kind:debt", "team:playback", "team:growth",
    "team:platform", "is:unclaimed", "is:claimed", "is:linked", "is:inherited", "is:shared", "is:contested",
    "label:old", "label:start*", "component:signup", "type:bug", "type:*", "state:open", "project:PLAY",
    "key:*-1", "parent:PLAY-1", "epic:GRO_1", "effort>=4", "effort<4", "effort:2..5", "updated>2026-10-12",
    "updated:2026-10", "done<2026-10-15", "created>=2026-01", "sign", "warm", "%", "_",
]).map(parse)  # fmt: skip
QUERIES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: And(tuple(p))),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: Or(tuple(p))),
    ),
    max_leaves=6,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(QUERIES)
def test_law_a_query_picks_what_an_evaluation_by_hand_picks(desk, node):
    k = known(desk)
    wanted: dict[int, int] = {}
    for part in parts_by_hand(desk):
        if holds(node, part, k):
            wanted[part["item"]] = wanted.get(part["item"], 0) + part["parts"]
    sought = Sought(condition_of(node, k), 1, FIRST, LAST)
    totals, page = browse_both(desk, sought, order=Order.EFFORT, cursor=None, most=50)
    assert {f.item: f.amount for f in page.items} == wanted
    assert (totals.amount, totals.items) == (sum(wanted.values()), len(wanted))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(QUERIES, st.sampled_from(Order), st.integers(1, 3), st.data())
def test_law_any_page_of_any_query_is_the_same_from_what_is_kept_and_by_sql(
    desk, node, order, most, data
):
    sought = Sought(condition_of(node, known(desk)), 1, FIRST, LAST)
    _, whole = browse_both(desk, sought, order=order, cursor=None, most=50)
    if whole.items:
        beside = data.draw(st.sampled_from(whole.items))
        cursor = cursor_at(beside, order, is_back=data.draw(st.booleans()))
        browse_both(desk, sought, order=order, cursor=cursor, most=most)
