"""Roll-up = raw, and the small step = the whole run, after any sequence of what can happen to a ledger."""

from __future__ import annotations

import random
import shutil
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mainstem.ledger.questions import Desk
from mainstem.plan.model import Plan, Unit
from mainstem.score.values import By, Grain, Question
from mainstem.services.scores.scoring import value_score
from tests.ledger.contents import contents
from tests.world import World, effort, item, member

KEYS = [f"K-{n}" for n in range(1, 8)]
PEOPLE = ["ann@x", "bob@x", "cas@x", "dee@x"]
TEAMS = ["one", "two", "three", "group"]
#: Edges of months, weekends, a far month with nothing between.
DAYS = ["2026-06-01", "2026-06-30", "2026-07-04", "2026-07-31", "2026-08-01", "2026-08-02", "2026-08-17",
        "2026-10-05", "2026-12-31", "2026-03-01"]  # fmt: skip
LABELS = ["pay", "start", "debt", "sev1"]
PATHS = ["player/a.py", "pay/x.go", "docs/read.md", "player/b.py", "vendor/z.js"]


class Story:
    """A ledger to which things happen at random; keeps what the plan and the people say."""

    def __init__(self, root: Path, dice: random.Random) -> None:
        self.dice = dice
        self.world = World(root)
        self.parts: dict[str, Any] = {
            "organisation": {}, "streams": {s: {} for s in ("s1", "s2", "s3")}, "links": [], "rest": [],
            "teams": {"group": {}, "one": {"in": "group"}, "two": {"in": "group", "owns": ["duo"]}, "three": {}},
        }  # fmt: skip
        self.told: list[str] = []

    def step(self) -> None:
        act = self.dice.choice(
            [self.imports] * 4
            + [self.withdraws, self.claims, self.claims, self.claims, self.drops_a_claim, self.drops_a_claim,
               self.links, self.links, self.adds_a_stream, self.rest, self.people, self.tree, self.calendars, self.settings, self.describes]
        )  # fmt: skip
        act()
        self.told.append(act.__name__)
        self.world.plan = Plan.model_validate(self.parts)

    def an_item(self, key: str) -> dict[str, Any]:
        d = self.dice
        return item(
            key, type=d.choice(["bug", "task", None]), project=d.choice(["P", "Q", None]),
            labels=d.sample(LABELS, d.choice([0, 0, 1, 2])), paths=d.sample(PATHS, d.choice([0, 0, 1, 3])),
            parent=d.choice([None, None, *KEYS]), epic=d.choice([None, None, None, *KEYS]),
            team=d.choice([None, None, "one", "duo"]), title=d.choice(["pay fast", "start slow", "x"]),
            shares=d.choice([{}, {}, {}, {}, {"s1": 3000}, {"s2": 8000, "kind:debt": 7000},
                             {"s4": 2000}]),
        )  # fmt: skip

    def a_record(self, row: str, source: str) -> dict[str, Any]:
        d = self.dice
        return effort(
            d.choice([None, *KEYS]), d.choice([0, 1, 2.5, 0.333333, 7]), day=d.choice(DAYS),
            person=d.choice([None, *PEOPLE]), unit=d.choice(["hour", "hour", "item", "point", "event"]),
            team=d.choice([None, None, None, "two", "duo", "nobody"]), bot=d.random() < 0.1,
            row=f"{source}-{row}",
        )  # fmt: skip

    def imports(self) -> None:
        d, source = self.dice, self.dice.choice(["tracker", "sheet"])
        items = [self.an_item(k) for k in d.sample(KEYS, d.choice([0, 1, 3]))]
        rows = [self.a_record(f"r{n}", source) for n in d.sample(range(14), d.choice([0, 1, 4, 8]))]
        self.world.land(items, rows, source=source)

    def describes(self) -> None:
        d = self.dice
        self.world.land(
            [self.an_item(k) for k in d.sample(KEYS, 2)], [], source=d.choice(["tracker", "late"])
        )

    def withdraws(self) -> None:
        d, source = self.dice, self.dice.choice(["tracker", "sheet"])
        rows = [self.a_record(f"r{n}", source) for n in d.sample(range(14), d.choice([0, 0, 1, 3]))]
        self.world.land([], rows, source=source, whole=True)

    def a_condition(self) -> dict[str, Any]:
        d = self.dice
        plain = [
            {"label": d.choice([*LABELS, "s*"])}, {"path": d.choice(["/player/", "/pay/", "*.md", "/player/a*"])},
            {"project": d.choice("PQ")}, {"type": "bug"}, {"text": d.choice(["pay", "start"])},
            {"key": d.choice(KEYS)}, {"epic": d.choice(KEYS)}, {"source": d.choice(["tracker", "sheet"])},
            {"path": ["/player/", "/pay/"]},
        ]  # fmt: skip
        if d.random() < 0.08:
            plain = [{"team": d.choice(TEAMS)}]
        one = d.choice(plain)
        if d.random() < 0.2:
            one = {"any": [one, d.choice(plain)]}
        if d.random() < 0.15:
            one = {"all": [d.choice(plain), one]}
        return {**one, **({"rank": 2} if d.random() < 0.3 else {})}

    def claims(self) -> None:
        stream = self.parts["streams"][self.dice.choice(["s1", "s2", "s3"])]
        own = [*stream.get("claims", [])]
        own.insert(self.dice.randint(0, len(own)), self.a_condition())
        stream["claims"] = own

    def drops_a_claim(self) -> None:
        for stream in self.parts["streams"].values():
            if stream.get("claims") and self.dice.random() < 0.6:
                stream["claims"] = [*stream["claims"]]
                stream["claims"].pop(self.dice.randrange(len(stream["claims"])))

    def links(self) -> None:
        d = self.dice
        self.parts["links"] = [
            {
                "item": k,
                "shares": d.choice([{"s1": 1}, {"s2": 0.5}, {"s1": 0.4, "debt": 0.6}, {"s4": 0.9}]),
            }
            for k in d.sample(KEYS, d.choice([0, 1, 2]))
        ]

    def adds_a_stream(self) -> None:
        """Or takes it away: links and items' own shares may name it all the while."""
        streams = self.parts["streams"]
        if "s4" in streams:
            self.parts["streams"] = {k: v for k, v in streams.items() if k != "s4"}
        else:
            self.parts["streams"] = {**streams, "s4": {}}

    def rest(self) -> None:
        d = self.dice
        rules = [
            {k: v for k, v in self.a_condition().items() if k != "rank"}
            for _ in range(d.choice([0, 1, 2]))
        ]
        self.parts["rest"] = [{"kind": d.choice(["debt", "support"]), **r} for r in rules]

    def people(self) -> None:
        d = self.dice
        self.world.members = [
            member(
                p,
                t,
                d.choice([None, "2026-06-15"]),
                d.choice([None, "2026-08-01"]),
                d.choice([1, 0.5, 0.3]),
            )
            for p in d.sample(PEOPLE, d.choice([0, 2, 3]))
            for t in d.sample(TEAMS, d.choice([1, 1, 2]))
        ]

    def tree(self) -> None:
        d = self.dice
        team = d.choice(["one", "two", "three"])
        made = {k: v for k, v in self.parts["teams"][team].items() if k != "in"}
        where = d.choice([None, "group"])
        self.parts["teams"] = {
            **self.parts["teams"],
            team: {**made, **({"in": where} if where else {})},
        }

    def calendars(self) -> None:
        d = self.dice
        calendar = {
            "working_days": d.choice(
                [["mon", "tue", "wed", "thu", "fri"], ["sun", "mon"], ["wed"]]
            ),
            "holidays": d.choice(
                [[], ["2026-07-31", "2026-08-17"], [f"2026-07-{n:02}" for n in range(1, 32)]]
            ),
        }
        team = d.choice([None, *TEAMS])
        if team is None:
            self.parts["organisation"] = {**self.parts["organisation"], "calendar": calendar}
        else:
            teams = self.parts["teams"]
            self.parts["teams"] = {**teams, team: {**teams[team], "calendar": calendar}}

    def settings(self) -> None:
        d = self.dice
        self.parts["organisation"] = {
            **self.parts["organisation"],
            "settings": {
                "share_policy": d.choice(["equal_split", "first_wins"]),
                "path_majority": d.choice([0.8, 0.3]),
                "person_day_split": d.choice(["equal", "logged", "events"]),
                "presence": d.choice(["people", "traces"]),
            },
        }


def anew(world: World) -> World:
    """A copy of the ledger in which everything is derived from the records once more."""
    copy = World(world.root.parent / "copy", world.plan, world.members, world._steps)
    shutil.rmtree(copy.root, ignore_errors=True)
    shutil.copytree(world.root / "ledger", copy.root / "ledger")
    copy.refresh(full=True)
    return copy


def check(story: Story) -> None:
    world = story.world
    small, whole = contents(world.ledger), contents(anew(world).ledger)
    for table, rows in whole.items():
        gone, more = sorted(set(rows) - set(small[table])), sorted(set(small[table]) - set(rows))
        assert small[table] == rows, (
            f"{table} after {story.told}: missing {gone[:5]}, too many {more[:5]}"
        )
    book = world.book()
    by_sql = replace(book, desk=Desk(world.ledger, book.desk.view, cube=False))
    try:
        assert book.desk.spans() == by_sql.desk.spans()
        for unit in Unit:
            if unit in {u for u, _, _, _ in book.desk.spans()}:
                for by, grain in ((By.TEAM, Grain.MONTH), (By.STREAM, Grain.WEEK)):
                    asked = Question(by=by, grain=grain, unit=unit)
                    cube, rollup = value_score(asked, book), value_score(asked, by_sql)
                    raw = value_score(replace(asked, raw=True), book)
                    assert (rollup.cells, rollup.total) == (raw.cells, raw.total)
                    assert (cube.cells, cube.total) == (rollup.cells, rollup.total)
        for days in stretches():
            assert book.desk.heads(days) == by_sql.desk.heads(days)
    finally:
        book.desk.close()
        by_sql.desk.close()


def stretches() -> list[list[tuple[date, int]]]:
    """All of the days of a story, a run that starts and ends within months, and days with gaps."""
    first = date.fromisoformat(min(DAYS))
    days = [(first + timedelta(days=n), 0) for n in range(330)]
    return [days, days[95:150], days[::3]]


def tell(seed: int, steps: int, *, every: int = 1) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder) / "world", random.Random(seed))
        story.imports()
        for n in range(steps):
            story.step()
            story.world.refresh()
            if n % every == every - 1:
                check(story)


# a step costs most of a second, so a failing story is shown as found and not made shorter
@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(st.integers(0, 2**32))
def test_a_small_step_ends_where_a_whole_run_does_and_the_roll_up_equals_the_raw_records(
    seed: int,
) -> None:
    tell(seed, 6)


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 8))]
)
def test_long_stories_end_where_a_whole_run_does(seed: int) -> None:
    tell(seed, 20, every=2)
