"""Things for server tests, each argument optional: a small plan and work that fits it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mainstem.plan.model import Plan

TODAY = date(2026, 10, 21)
NOW = datetime(2026, 10, 21, 9, tzinfo=UTC)


def small_plan(**more: Any) -> Plan:
    """Two objectives, three streams, four teams, one cycle under way, key results and bets."""
    given: dict[str, Any] = {
        # one person stands behind the work of each of its teams
        "organisation": {"name": "Streamly", "unit": "hour", "settings": {"k_min": 1}},
        "cycles": {
            "2026-q3": {"name": "2026 Q3", "first_day": "2026-07-01", "last_day": "2026-09-30", "state": "closed"},
            "2026-q4": {"name": "2026 Q4", "first_day": "2026-10-01", "last_day": "2026-12-31", "state": "committed"},
        },
        "customers": {"viewer": {"name": "Sports viewer", "stages": ["discover", "subscribe", "watch", "return"]}},
        "teams": {
            "playback": {"name": "Playback", "kind": "stream-aligned", "size": 4},
            "player-core": {"name": "Player core", "in": "playback", "size": 5},
            "growth": {"name": "Growth", "kind": "stream-aligned", "size": 6},
            "platform": {"name": "Platform", "kind": "platform", "size": 7},
        },
        "metrics": {
            "starts": {
                "name": "Sessions that play within 2 s", "unit": "%", "kind": "rate", "direction": "up",
                "baseline": 81, "target": 92, "source": "warehouse",
                "observations": [
                    {"on": "2026-10-04", "value": 87.1}, {"on": "2026-10-11", "value": 88.0},
                    {"on": "2026-10-18", "value": 88.4},
                ],
            },
            "crashes": {"name": "Crash-free sessions", "unit": "%", "kind": "rate", "direction": "up"},
            "firsts": {
                "name": "Visitors who reach first play", "unit": "%", "kind": "rate", "direction": "up",
                "baseline": 24, "target": 30,
            },
            "returns": {"name": "Viewers back within 7 days", "unit": "%", "kind": "rate", "direction": "up"},
        },
        "objectives": {
            "every-ball": {"name": "Every fan sees every ball", "owner": "Petra"},
            "effortless": {"name": "Trying us is effortless"},
        },
        "streams": {
            "start-fast": {
                "name": "Start to first frame", "objective": "every-ball", "customer": "viewer", "stages": ["watch"],
                "owner": "Owen", "metric": "starts", "guardrails": ["crashes"],
                "teams": {"player-core": "60%", "platform": {"part": "supports", "share": "10%"}},
                "claims": [{"id": "c1", "component": "Player"}, {"id": "c2", "label": "start-time"}],
            },
            "sign-up": {
                "name": "Sign-up in one breath", "objective": "effortless", "customer": "viewer",
                "stages": ["subscribe"], "metric": "firsts", "teams": {"growth": "70%"},
                "claims": [{"component": "Signup"}],
            },
            "come-back": {
                "name": "The next match finds you", "objective": "effortless", "customer": "viewer",
                "stages": ["return"], "metric": "returns", "teams": {"growth": "20%"},
                "claims": [{"label": "return"}],
            },
        },
        "key_results": {
            "kr-start": {
                "text": "92 % of sessions play within 2 s", "cycle": "2026-q4", "team": "player-core",
                "stream": "start-fast", "metric": "starts", "baseline": 86, "target": 92, "by": "2026-12-31",
            },
            "kr-sign-up": {
                "text": "30 % of visitors reach first play", "cycle": "2026-q4", "team": "growth",
                "stream": "sign-up", "metric": "firsts", "baseline": 24, "target": 30, "by": "2026-12-15",
            },
        },
        "initiatives": {
            "warm-start": {
                "name": "Warm start on app open", "stream": "start-fast", "team": "player-core", "cycle": "2026-q4",
                "state": "active", "belief": "Opening the player before the click saves half a second",
                "effect": {"by": 2.0}, "window": {"from": "2026-10-01", "to": "2026-11-30"},
                "stop_rule": "No movement four weeks after release",
            },
            "edge-prefetch": {
                "name": "Edge prefetch", "stream": "start-fast", "team": "playback", "cycle": "2026-q4",
                "state": "proposed",
            },
        },
        "dependencies": {
            "tiles": {"needs": "player-core", "gives": "platform", "what": "tile cache", "needed_by": "2026-11-15"},
        },
    }  # fmt: skip
    return Plan.model_validate({**given, **more})


#: The ledger of the small plan, made once for each process and copied for each test.
_MADE: list[Path] = []
#: One of each team that works.
PEOPLE = ("cid@x", "gus@x", "pia@x")


def land_some_work(ground: Any, people: Collection[str] = PEOPLE) -> None:
    """Six items of three teams in October: on streams, on debt, and on nothing that the plan knows.

    Args:
        people: Whose work has a name; the rest is of nobody known.
    """
    standing = ground.plans.head()
    if standing.plan != small_plan() or standing.revision != "r1" or people is not PEOPLE:
        _land(ground.data, standing, people)
        return
    if not _MADE:
        _MADE.append(Path(tempfile.mkdtemp(prefix="mainstem-ledger-")))
        _land(_MADE[0], standing, people)
    shutil.copytree(_MADE[0] / "ledger", ground.data / "ledger", dirs_exist_ok=True)


def _land(data: Path, standing: Any, people: Collection[str]) -> None:
    from mainstem.ledger.refresh import refresh
    from mainstem.services.work.attributing import build_inputs
    from tests.world import World, effort, item, member

    world = World(
        data,
        plan=standing.plan,
        members=[member("cid@x", "player-core"), member("gus@x", "growth"), member("pia@x", "platform")],
    )  # fmt: skip
    items = [
        item("PLAY-1", title="Warm start", components=["Player"], project="PLAY"),
        item(
            "PLAY-2",
            title="Fewer stalls",
            components=["Player"],
            labels=["start-time"],
            project="PLAY",
        ),
        item("GRO-1", title="Shorter form", components=["Signup"], project="GRO"),
        item("GRO-2", title="Old banner", labels=["spike"], project="GRO"),
        item("OPS-1", title="Upgrade the database", labels=["debt"], project="OPS"),
        item("OPS-2", title="Look into logs", project="OPS"),
    ]
    hours = [
        effort(key, amount, day=day, person=person if person in people else None)
        for key, amount, day, person in (
            ("PLAY-1", 6, "2026-10-05", "cid@x"), ("PLAY-2", 4, "2026-10-12", "cid@x"),
            ("GRO-1", 5, "2026-10-06", "gus@x"), ("GRO-2", 3, "2026-10-13", "gus@x"),
            ("OPS-1", 2, "2026-10-07", "pia@x"), ("OPS-2", 1, "2026-10-14", "pia@x"),
        )
    ]  # fmt: skip
    world.land(items, hours)
    with world.ledger.change() as change:
        inputs, _ = build_inputs(change, standing.plan, list(world.members), standing.revision)
        refresh(world.ledger, inputs, change, at=NOW)
