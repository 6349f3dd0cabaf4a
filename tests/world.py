"""A small world for tests: people, items and effort in a few words, landed in a real ledger."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from mainstem.ledger.landing import LandingReport, land
from mainstem.ledger.questions import Desk
from mainstem.ledger.refresh import Work, refresh
from mainstem.ledger.store import Ledger
from mainstem.plan.model import Plan
from mainstem.score.values import Answer, Question
from mainstem.services.scores.scoring import Book, value_score
from mainstem.services.work.attributing import build_inputs
from mainstem.sources.staging import Stage
from mainstem.work.people import Membership
from mainstem.work.records import MICRO, UNIT_CODES

START = datetime(2026, 10, 5, 12, tzinfo=UTC)


def item(key: str, **given: Any) -> dict[str, Any]:
    """An item as a source stages it; every field but the key is optional."""
    row: dict[str, Any] = {
        "key": key, "type": "task", "title": key, "state": "done", "project": None, "labels": [],
        "components": [], "epic": None, "parent": None, "paths": [], "team": None, "fields": {},
        "url": None, "created": None, "started": None, "done": None, "shares": {}, "bot": False,
    }  # fmt: skip
    assert set(given) <= set(row), f"no such field: {set(given) - set(row)}"
    return {**row, **given}


def effort(
    key: str | None, amount: float = 1, *, day: str = "2026-07-01", person: str | None = "ann@x",
    unit: str = "hour", row: str | None = None, team: str | None = None, bot: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A record of effort as a source stages it."""
    return {
        "row_key": row or f"{key}|{person}|{day}|{unit}", "item_key": key, "day": day, "person": person,
        "team": team, "unit": UNIT_CODES[unit], "amount": round(amount * MICRO), "bot": bot,
    }  # fmt: skip


def member(
    person: str, team: str, first: str | None = None, last: str | None = None, fraction: float = 1.0
) -> Membership:
    """A line of the people file; both days included."""
    return Membership(
        person, team, date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None, fraction,
    )  # fmt: skip


def plan(**given: Any) -> Plan:
    """A plan from plain values."""
    return Plan.model_validate(given)


@dataclass
class World:
    """A ledger with a plan and people; each act happens a minute after the last."""

    root: Path
    plan: Plan = field(default_factory=Plan)
    members: Sequence[Membership] = ()
    _steps: Any = field(default_factory=count)

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(self.root / "ledger", make=True)

    def moment(self) -> datetime:
        return START + timedelta(minutes=next(self._steps))

    def staged(
        self, items: Iterable[Mapping[str, Any]], records: Iterable[Mapping[str, Any]], source: str
    ) -> Any:
        into = self.root / "staging"
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        with Stage(into) as stage:
            for one in items:
                stage.accept([one], [])
            for one in records:
                stage.accept([], [one])
        return stage.staged(source)

    def land(
        self, items: Iterable[Mapping[str, Any]] = (), records: Iterable[Mapping[str, Any]] = (),
        *, source: str = "tracker", whole: bool = False,
    ) -> LandingReport:  # fmt: skip
        return land(self.ledger, self.staged(items, records, source), at=self.moment(), whole=whole)

    def refresh(self, *, full: bool = False) -> Work:
        with self.ledger.change() as change:
            inputs, _ = build_inputs(change, self.plan, list(self.members), "rev")
            return refresh(self.ledger, inputs, change, at=self.moment(), full=full)

    def book(self, as_of: datetime | None = None) -> Book:
        ledger = self.ledger
        return Book(Desk(ledger, ledger.view(as_of)), self.plan, "rev")

    def ask(self, question: Question) -> Answer:
        book = self.book()
        try:
            return value_score(question, book)
        finally:
            book.desk.close()
