"""A desk over two files, for tests of deciding that need no server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mainstem.challenge.decisions import Work
from mainstem.plan.model import Plan
from mainstem.plan.standing import Standing
from mainstem.services.challenges.answers_in_text import AnswersInText
from mainstem.services.decisions.decisions_in_text import DecisionsInText
from mainstem.services.decisions.desk import Desk
from mainstem.services.people.access import Actor, Given, Role
from tests.server.factories import small_plan

TODAY = date(2026, 10, 21)
NOW = datetime(2026, 10, 21, 9, tzinfo=UTC)


def person(role: str, *, name: str = "", team: str = "", stream: str = "", own: str = "") -> Actor:
    """Somebody with one role."""
    held = frozenset({Given(Role(role), team, stream)})
    return Actor(None, name or role.capitalize(), held, frozenset({own} if own else ()))


PETRA = person("planner", name="Petra")
OWEN = person("owner", name="Owen", stream="start-fast")
LENA = person("lead", name="Lena", team="playback", own="playback")
CARL = person("contributor", name="Carl", own="player-core")
VERA = person("viewer", name="Vera")


def desk_over(folder: Path, plan: Plan | None = None, *, today: date = TODAY) -> Desk:
    """A desk of the small plan, or another."""
    return Desk(
        Standing(plan or small_plan(), "r1"), today, AnswersInText(folder / "answers.jsonl"),
        DecisionsInText(folder / "decisions.jsonl"), lambda: None,
    )  # fmt: skip


def on(desk: Desk, day: str) -> Desk:
    """The same desk on another day."""
    return replace(desk, today=date.fromisoformat(day))


def work(title: str, **more: Any) -> Work:
    """Work; values that are no field of it are what claims look at."""
    own = {
        k: more.pop(k) for k in ("text", "team", "estimate", "link", "key", "source") if k in more
    }
    given = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in more.items()}
    return Work(title, given=given, **own)
