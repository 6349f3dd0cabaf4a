"""A Linear on loopback: a workspace whose issues people change, and what the ledger must hold of it.

Lists come newest first, as Linear gives them; a page token points to an issue, and is of no use once that
issue has left the list. Trashed issues come with ``includeArchived``.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from mainstem.sources.issue import MOST_DAYS
from tests.standin.server import Asked, Faults, Reply, StandIn

KEY = "lin_api_of_the_stand_in"
TEAMS = {"ENG": "Engineering", "OPS": "Operations", "HR": "People"}
#: Name → type.
STATES = {
    "Backlog": "backlog", "Todo": "unstarted", "Doing": "started", "Review": "started",
    "Done": "completed", "Canceled": "canceled",
}  # fmt: skip
LABELS = {"l1": ("", "bug"), "l2": ("Squad", "red"), "l3": ("Squad", "blue"), "l4": ("Size", "3")}


@dataclass
class Entry:
    id: str
    at: datetime
    actor: str | None
    states: tuple[str | None, str | None] = (None, None)
    people: tuple[str | None, str | None] = (None, None)


@dataclass
class Ticket:
    id: str
    team: str
    number: int
    title: str
    created: datetime
    updated: datetime
    state: str
    assignee: str | None
    creator: str
    estimate: float | None
    labels: list[str]
    started: datetime | None = None
    completed: datetime | None = None
    canceled: datetime | None = None
    trashed: bool = False
    parent: str | None = None
    history: list[Entry] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.team}-{self.number}"


class LinearStandIn(StandIn):
    """See above. ``limited`` faults are answers 400 with the code ``RATELIMITED``."""

    def __init__(
        self, faults: Faults | None = None, *, seed: int = 0, issues: int = 150, ascending: bool = False
    ) -> None:  # fmt: skip
        super().__init__(faults)
        self.ascending = ascending
        self.people = {f"u{n}": f"person{n}@example.org" for n in range(8)}
        self.tickets: dict[str, Ticket] = {}
        self._numbers: defaultdict[str, int] = defaultdict(int)
        self._made = 0
        self._fill(random.Random(seed), issues)

    # the world

    def _fill(self, rng: random.Random, issues: int) -> None:
        begin = self.now() - timedelta(days=300)
        for _ in range(issues):
            at = begin + timedelta(hours=rng.randint(0, 6_000), milliseconds=rng.randint(0, 10**6))
            ticket = self.create(rng, at)
            for _ in range(rng.randint(0, 4)):
                at += timedelta(hours=rng.randint(1, 60), milliseconds=rng.randint(0, 999))
                rng.choice((self.go, self.go, self.assign, self.edit))(ticket, rng, at)
        at = begin + timedelta(days=270)
        for ticket in list(self.tickets.values())[: issues // 3]:
            ticket.updated = max(at, ticket.updated)

    def _id(self) -> str:
        self._made += 1
        return str(UUID(int=self._made * 7_919 << 64 | self._made))

    def create(self, rng: random.Random, at: datetime) -> Ticket:
        team = rng.choice(list(TEAMS))
        self._numbers[team] += 1
        ticket = Ticket(
            self._id(), team, self._numbers[team], f"Ticket {rng.randint(1, 999)}", at, at,
            rng.choice(("Backlog", "Todo", "Doing")), rng.choice((None, *self.people)),
            rng.choice(list(self.people)), rng.choice((None, 1, 2, 3.5)), rng.sample(list(LABELS), 2),
        )  # fmt: skip
        ticket.started = at if STATES[ticket.state] == "started" else None
        if self.tickets and rng.random() < 0.1:
            ticket.parent = rng.choice(list(self.tickets))
        self.tickets[ticket.id] = ticket
        return ticket

    def edit(self, ticket: Ticket, rng: random.Random, at: datetime) -> None:
        ticket.title = f"Ticket {rng.randint(1_000, 9_999)}"
        ticket.estimate = rng.choice((None, 5, 8))
        ticket.updated = max(at, ticket.updated)

    def go(self, ticket: Ticket, rng: random.Random, at: datetime) -> None:
        """To another state, by somebody or by an automation."""
        to = rng.choice([state for state in STATES if state != ticket.state])
        actor = rng.choice((None, *self.people))
        ticket.history.append(Entry(self._id(), at, actor, states=(ticket.state, to)))
        ticket.state = to
        kind = STATES[to]
        ticket.started = ticket.started or (at if kind == "started" else None)
        ticket.completed = at if kind == "completed" else None
        ticket.canceled = at if kind == "canceled" else None
        ticket.updated = max(at, ticket.updated)

    def assign(self, ticket: Ticket, rng: random.Random, at: datetime) -> None:
        to = rng.choice([p for p in (None, *self.people) if p != ticket.assignee])
        ticket.history.append(Entry(self._id(), at, "u0", people=(ticket.assignee, to)))
        ticket.assignee = to
        ticket.updated = max(at, ticket.updated)

    def change(self, rng: random.Random) -> None:
        at, chance = self.now(), rng.random()
        if not self.tickets or chance < 0.12:
            self.create(rng, at)
            return
        ticket = rng.choice(list(self.tickets.values()))
        if chance < 0.2:
            del self.tickets[ticket.id]
        elif chance < 0.28:
            ticket.trashed, ticket.updated = not ticket.trashed, at
        elif chance < 0.38:
            ticket.team = rng.choice([team for team in TEAMS if team != ticket.team])
            self._numbers[ticket.team] += 1
            ticket.number, ticket.updated = self._numbers[ticket.team], at
        else:
            rng.choice((self.go, self.go, self.assign, self.edit))(ticket, rng, at)

    # what the ledger must hold

    def truth(
        self, at: datetime, teams: tuple[str, ...] = tuple(TEAMS)
    ) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
        items, rows = {}, {}
        for ticket in self.tickets.values():
            if ticket.trashed or ticket.team not in teams:
                continue
            items[ticket.key] = {
                "id": ticket.id, "state": ticket.state, "title": ticket.title, "project": ticket.team,
                "done": _plain(ticket.completed), "started": _plain(ticket.started),
            }  # fmt: skip
            rows |= {f"{ticket.id}#{rest}": n for rest, n in self._effort(ticket, at).items()}
        return items, rows

    def _effort(self, ticket: Ticket, at: datetime) -> dict[str, int]:
        out = {}
        if ticket.completed:
            out["item"] = 1_000_000
            if ticket.estimate:
                out["points"] = round(ticket.estimate * 1_000_000)
        for entry in ticket.history:
            if entry.states[1] and entry.actor:
                out[f"move:{entry.id}"] = 1_000_000
        for person, on in self._days(ticket, at):
            out[f"day:{person}:{on}"] = 1_000_000
        return out

    def _days(self, ticket: Ticket, at: datetime) -> set[tuple[str, date]]:
        """Who had it while it was started, looked up moment by moment."""
        end = ticket.completed or ticket.canceled
        edges = sorted({_cut(ticket.created), *(_cut(e.at) for e in ticket.history)})
        edges = [e for e in edges if end is None or e < _cut(end)]
        held: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for begin, until in zip(edges, [*edges[1:], _cut(end) if end else at], strict=False):
            state, who = self._then(ticket, begin)
            if STATES[state] == "started" and who:
                person = self.people[who]
                goes_on = bool(held[person]) and held[person][-1][1] == begin
                first = held[person].pop()[0] if goes_on else begin
                held[person].append((first, until))
        return {
            (person, on)
            for person, stretches in held.items()
            for first, until in stretches
            for on in _weekdays(first.date(), until.date())[-MOST_DAYS:]
        }

    @staticmethod
    def _then(ticket: Ticket, at: datetime) -> tuple[str, str | None]:
        state, who = ticket.state, ticket.assignee
        for entry in reversed(ticket.history):
            if _cut(entry.at) > at:
                state = entry.states[0] or state
                who = entry.people[0] if any(entry.people) else who
        return state, who

    # answers

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != KEY:
            body = _error("AUTHENTICATION_ERROR", "authentication error")
            return Reply(body, 401)
        if self.goes_wrong(self.faults.expired):
            return Reply(_error("RATELIMITED", "ratelimited"), 400, {"Retry-After": "0"})
        told = asked.json()
        return Reply({"data": self._data(told["query"], told.get("variables") or {})}, headers={
            "X-RateLimit-Requests-Limit": "5000", "X-RateLimit-Requests-Remaining": "4990",
            "X-RateLimit-Complexity-Limit": "250000", "X-RateLimit-Complexity-Remaining": "240000",
        })  # fmt: skip

    def _data(self, query: str, given: dict[str, Any]) -> dict[str, Any]:
        if "viewer" in query:
            home = {"name": "Acme"}
            return {"viewer": {"id": "u0", "email": self.people["u0"], "organization": home}}
        if " teams(" in query:
            rows = [{"id": key, "key": key, "name": name} for key, name in TEAMS.items()]
            return {"teams": _list(rows)}
        if " users(" in query:
            rows = [{"id": i, "email": mail, "app": i == "u7"} for i, mail in self.people.items()]
            return {"users": _list(rows)}
        if " workflowStates(" in query:
            return {"workflowStates": _list([{"id": n, "type": t} for n, t in STATES.items()])}
        if " issueLabels(" in query:
            rows = [
                {"id": i, "name": name, "parent": {"name": group} if group else None}
                for i, (group, name) in LABELS.items()
            ]
            return {"issueLabels": _list(rows)}
        if " issue(id" in query:
            ticket = self.tickets.get(given["id"])
            return {
                "issue": ticket
                and {"id": ticket.id, "history": self._history(ticket, 50, given["after"])}
            }
        return {"issues": self._issues(query, given)}

    def _issues(self, query: str, given: dict[str, Any]) -> dict[str, Any]:
        by = {"updatedAt": "updated", "createdAt": "created"}[given["by"]]
        found = [t for t in self.tickets.values() if self._fits(t, given["filter"])]
        found.sort(key=lambda t: (getattr(t, by), t.id), reverse=not self.ascending)
        ids = [t.id for t in found]
        begin = ids.index(given["after"]) + 1 if given["after"] in ids else 0
        chosen = found[begin : begin + given["first"]]
        rows = [self.show(t, "history(" in query) for t in chosen]
        more = begin + given["first"] < len(found)
        return _list(rows, chosen[-1].id if more and chosen else None)

    @staticmethod
    def _fits(ticket: Ticket, filter_: dict[str, Any]) -> bool:
        for name, at in (("updatedAt", ticket.updated), ("createdAt", ticket.created)):
            ends = filter_.get(name, {})
            if "gte" in ends and _cut(at) < datetime.fromisoformat(ends["gte"]):
                return False
            if "lte" in ends and _cut(at) > datetime.fromisoformat(ends["lte"]):
                return False
        if "team" in filter_ and ticket.team not in filter_["team"]["key"]["in"]:
            return False
        if "state" in filter_ and STATES[ticket.state] != filter_["state"]["type"]["eq"]:
            return False
        return "id" not in filter_ or ticket.id in filter_["id"]["in"]

    def show(self, ticket: Ticket, with_history: bool) -> dict[str, Any]:
        parent = self.tickets.get(ticket.parent or "")
        out = {
            "id": ticket.id, "identifier": ticket.key, "title": ticket.title,
            "url": f"https://linear.app/acme/issue/{ticket.key}", "createdAt": _shown(ticket.created),
            "updatedAt": _shown(ticket.updated), "startedAt": _shown(ticket.started),
            "completedAt": _shown(ticket.completed), "canceledAt": _shown(ticket.canceled),
            "archivedAt": None, "trashed": ticket.trashed or None, "dueDate": None,
            "estimate": ticket.estimate, "priorityLabel": "High", "labelIds": ticket.labels,
            "state": {"id": ticket.state, "name": ticket.state, "type": STATES[ticket.state]},
            "team": {"key": ticket.team, "name": TEAMS[ticket.team]},
            "assignee": {"id": ticket.assignee} if ticket.assignee else None,
            "creator": {"id": ticket.creator}, "project": {"name": "Checkout"},
            "projectMilestone": None, "cycle": {"number": 4, "name": None},
            "parent": {"identifier": parent.key} if parent else None,
        }  # fmt: skip
        return {**out, "history": self._history(ticket, 10, None)} if with_history else out

    @staticmethod
    def _history(ticket: Ticket, size: int, after: str | None) -> dict[str, Any]:
        entries = sorted(ticket.history, key=lambda e: e.at, reverse=True)
        begin = next((n for n, e in enumerate(entries, 1) if e.id == after), 0)
        rows = [
            {
                "id": e.id, "createdAt": _shown(e.at), "actorId": e.actor,
                "fromStateId": e.states[0], "toStateId": e.states[1],
                "fromAssigneeId": e.people[0], "toAssigneeId": e.people[1],
            }
            for e in entries[begin : begin + size]
        ]  # fmt: skip
        return _list(rows, rows[-1]["id"] if begin + size < len(entries) else None)


def _list(rows: list[Any], after: str | None = None) -> dict[str, Any]:
    return {"nodes": rows, "pageInfo": {"hasNextPage": after is not None, "endCursor": after}}


def _error(code: str, kind: str) -> dict[str, Any]:
    return {"errors": [{"message": "no", "extensions": {"code": code, "type": kind}}]}


def _cut(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)


def _shown(at: datetime | None) -> str | None:
    return (
        None if at is None else _cut(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _plain(at: datetime | None) -> str | None:
    return None if at is None else _cut(at).astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _weekdays(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [on for on in days if on.weekday() < 5]
