"""The world of the stand-in for GitLab: projects, issues, merge requests, epics, and how people change them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.standin.answered import Written
from tests.standin.server import Faults, StandIn

TOKEN = "glpat-of-the-stand-in"
DOING, REVIEW = "workflow::doing", "workflow::review"
PATHS = ("shop/web", "shop/api", "shop/ops/tools", "other/thing")
KINDS = ("issues", "merge_requests", "epics")
MARKS = {"issues": "#", "merge_requests": "!", "epics": "&"}


@dataclass
class Event:
    id: int
    at: datetime
    person: str
    what: str  # closed, reopened, add, remove, or the body of a note
    label: str = ""


@dataclass
class Time:
    id: int
    person: str
    at: datetime
    seconds: int


@dataclass
class Thing:
    """An issue, a merge request or an epic."""

    id: int
    iid: int
    home: int  # of the project; of the group for epics
    kind: str
    title: str
    created: datetime
    updated: datetime
    author: str
    state: str = "opened"
    type: str = "issue"
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    weight: int | None = None
    closed: datetime | None = None
    closer: str = ""
    merged: datetime | None = None
    moved_to: int | None = None
    epic: int | None = None
    parent: int | None = None
    milestone: str = ""
    paths: list[str] = field(default_factory=list)
    spent: list[Time] = field(default_factory=list)
    states: list[Event] = field(default_factory=list)
    label_events: list[Event] = field(default_factory=list)
    notes: list[Event] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(t.seconds for t in self.spent)


class GitLabWorld(StandIn):
    """Whoever answers for it is ``GitLabStandIn``.

    Args:
        graphql: Whether time spent is shown by GraphQL.
        premium: Whether there are epics and weights.
        keeps_notes: Whether notes may be read.
    """

    def __init__(
        self, faults: Faults | None = None, *, seed: int = 0, issues: int = 120,
        merge_requests: int = 40, epics: int = 6, people: int = 10, graphql: bool = True,
        premium: bool = True, keeps_notes: bool = True, has_history: bool = True,
        until: datetime | None = None,
    ) -> None:  # fmt: skip
        super().__init__(faults)
        self.graphql, self.premium, self.keeps_notes = graphql, premium, keeps_notes
        self.has_history = has_history
        self.written = Written()
        self.token, self.scopes = TOKEN, ["read_api"]
        self.people = [f"person{n}" for n in range(people)]
        self.groups = {1: "shop", 2: "shop/ops", 3: "other"}
        self.members = {1: self.people[:4], 2: self.people[3:7], 3: self.people[7:]}
        self.projects = {10 + n: path for n, path in enumerate(PATHS)}
        self.old_paths: dict[str, int] = {}
        self.things: dict[str, dict[int, Thing]] = {kind: {} for kind in KINDS}
        self._ids = iter(range(1_000, 10**9))
        self._iids: defaultdict[tuple[str, int], int] = defaultdict(int)
        self.by_iid: dict[tuple[str, int, int], Thing] = {}
        self._version = 0
        self._sorted: dict[tuple[Any, ...], tuple[int, list[Thing], list[datetime]]] = {}
        self._last_shown: dict[str, list[Any]] = {}
        self._fill(random.Random(seed), issues, merge_requests, epics, until or self.now())

    # the world

    def _fill(
        self, rng: random.Random, issues: int, requests: int, epics: int, now: datetime
    ) -> None:
        begin = (now - timedelta(days=400)).replace(microsecond=123_456)
        for _ in range(epics if self.premium else 0):
            self._new("epics", rng, begin + timedelta(hours=rng.randint(1, 2_000)))
        for n in range(issues):
            at = begin + timedelta(hours=rng.randint(1, 9_000), microseconds=rng.randint(0, 10**6))
            issue = self._new("issues", rng, at)
            if n % 20 == 0 and epics and self.premium:
                issue.epic = rng.choice(list(self.things["epics"]))
            if self.has_history:
                self._live(issue, rng, now)
        for _ in range(requests):
            at = begin + timedelta(hours=rng.randint(1, 9_000))
            self._live(self._new("merge_requests", rng, at), rng, now)
        # a bulk edit: more than a page of them with one moment
        at = begin + timedelta(days=390)
        for issue in list(self.things["issues"].values())[: issues // 2]:
            if issue.updated < at:
                issue.updated = at

    def _new(self, kind: str, rng: random.Random, at: datetime, home: int = 0) -> Thing:
        homes = list(self.groups)[:2] if kind == "epics" else list(self.projects)
        home = home or rng.choice(homes)
        self._iids[kind, home] += 1
        thing = Thing(
            next(self._ids), self._iids[kind, home], home, kind, f"Thing {rng.randint(1, 999)}", at, at,
            rng.choice(self.people),
        )  # fmt: skip
        if kind == "issues":
            thing.type = rng.choice(("issue", "issue", "issue", "incident", "task"))
            thing.labels = rng.sample(["team::red", "team::blue", "bug", "priority::1"], 2)
            thing.assignees = rng.sample(self.people, rng.choice((0, 1, 1, 2)))
            thing.weight = rng.choice((None, 1, 2, 3, 5)) if self.premium else None
            thing.milestone = rng.choice(("", "Spring"))
        if kind == "merge_requests":
            thing.paths = [f"src/{rng.choice('abcdef')}.py" for _ in range(rng.randint(1, 3))]
        if kind == "epics" and self.things["epics"] and rng.random() < 0.4:
            thing.parent = rng.choice(list(self.things["epics"]))
        self.things[kind][thing.id] = thing
        self.by_iid[kind, home, thing.iid] = thing
        self._touch()
        return thing

    def _live(self, thing: Thing, rng: random.Random, now: datetime) -> None:
        """Some days of its life."""
        at = thing.created
        for _ in range(rng.randint(0, 5)):
            at += timedelta(hours=rng.randint(1, 90), microseconds=rng.randint(0, 10**6))
            if at < now - timedelta(hours=1):
                rng.choice(self._acts(thing))(thing, rng, at)

    def _acts(self, thing: Thing) -> list[Callable[[Thing, random.Random, datetime], None]]:
        if thing.moved_to:
            return [self.edit]
        if thing.kind == "epics":
            return [self.edit, self.close_or_open]
        if thing.kind == "merge_requests":
            return [self.edit, self.merge, self.close_or_open, self.log_time]
        return [
            self.edit, self.close_or_open, self.close_or_open, self.log_time, self.log_time,
            self.take_back, self.reassign, self.label, self.label,
        ]  # fmt: skip

    def _touch(self, thing: Thing | None = None, at: datetime | None = None) -> None:
        if thing is not None and at is not None:
            thing.updated = max(at, thing.updated)
        self._version += 1

    def edit(self, thing: Thing, rng: random.Random, at: datetime) -> None:
        thing.title = f"Thing {rng.randint(1_000, 9_999)}"
        if thing.kind == "issues" and self.premium:
            thing.weight = rng.choice((None, 1, 8))
        self._touch(thing, at)

    def close_or_open(self, thing: Thing, rng: random.Random, at: datetime) -> None:
        who = rng.choice(self.people)
        if thing.state == "merged":
            return
        is_closing = thing.state == "opened"
        thing.state = "closed" if is_closing else "opened"
        thing.closed, thing.closer = (at, who) if is_closing else (None, "")
        what = "closed" if is_closing else "reopened"
        thing.states.append(Event(next(self._ids), at, who, what))
        self._touch(thing, at)

    def merge(self, thing: Thing, rng: random.Random, at: datetime) -> None:
        if thing.state == "opened":
            thing.state, thing.merged, thing.closer = "merged", at, rng.choice(self.people)
            self._touch(thing, at)

    def log_time(self, thing: Thing, rng: random.Random, at: datetime) -> None:
        on = at - timedelta(days=rng.randint(0, 2))
        self._log(thing, rng.choice(self.people[:4]), on, rng.randint(1, 20) * 900, at)

    def take_back(self, thing: Thing, rng: random.Random, at: datetime) -> None:
        """As people correct themselves: some of their own time, or all of everybody's."""
        if thing.total <= 0:
            return
        if rng.random() < 0.3:
            self._log(thing, rng.choice(self.people[:4]), at, -thing.total, at, is_all=True)
            return
        last = next(t for t in reversed(thing.spent) if t.seconds > 0)
        taken = min(last.seconds, thing.total, 1_800)
        self._log(thing, last.person, at, -taken, at)

    def delete_time(self, thing: Thing, rng: random.Random, at: datetime) -> None:
        """Deletes an entry by itself: only such as leave none below nought."""
        if thing.spent and thing.spent[-1].seconds > 0:
            gone = thing.spent.pop()
            words = f"deleted {_words(gone.seconds)} of spent time from {gone.at.date()}"
            thing.notes.append(Event(next(self._ids), at, gone.person, words))
            self._touch(thing, at)

    def _log(
        self, thing: Thing, who: str, on: datetime, seconds: int, at: datetime, *, is_all: bool = False
    ) -> None:  # fmt: skip
        thing.spent.append(Time(next(self._ids), who, on, seconds))
        did = "added" if seconds > 0 else "subtracted"
        words = f"{did} {_words(abs(seconds))} of time spent at {on:%Y-%m-%d %H:%M:%S} UTC"
        body = "removed time spent" if is_all else words
        thing.notes.append(Event(next(self._ids), at, who, body))
        self._touch(thing, at)

    def reassign(self, thing: Thing, rng: random.Random, at: datetime) -> None:
        before, after = thing.assignees, rng.sample(self.people, rng.choice((0, 1, 2)))
        added = [p for p in after if p not in before]
        removed = [p for p in before if p not in after]
        parts = [f"assigned to {_named(added)}"] if added else []
        parts += [f"unassigned {_named(removed)}"] if removed else []
        thing.assignees = after
        if parts:
            note = Event(next(self._ids), at, rng.choice(self.people), " and ".join(parts))
            thing.notes.append(note)
            self._touch(thing, at)

    def label(self, thing: Thing, rng: random.Random, at: datetime) -> None:
        """Goes to another column of the board; a scoped label takes away the other one."""
        to = rng.choice((DOING, DOING, REVIEW, ""))
        for name in [n for n in thing.labels if n.startswith("workflow::") and n != to]:
            thing.labels.remove(name)
            thing.label_events.append(Event(next(self._ids), at, "person0", "remove", name))
        if to and to not in thing.labels:
            thing.labels.append(to)
            thing.label_events.append(Event(next(self._ids), at, "person0", "add", to))
        self._touch(thing, at)

    def move(self, thing: Thing, rng: random.Random, at: datetime) -> None:
        """To another project: a new issue there, and the old one is closed and points to it."""
        to = rng.choice([p for p in self.projects if p != thing.home])
        new = self._new("issues", rng, thing.created, to)
        for name in ("title", "type", "weight", "milestone", "epic", "state", "closed", "closer"):
            setattr(new, name, getattr(thing, name))
        new.labels, new.assignees = list(thing.labels), list(thing.assignees)
        new.spent = [Time(next(self._ids), t.person, t.at, t.seconds) for t in thing.spent]
        new.notes = [Event(next(self._ids), e.at, e.person, e.what) for e in thing.notes]
        for name in ("states", "label_events"):
            rows = [
                Event(next(self._ids), e.at, e.person, e.what, e.label)
                for e in getattr(thing, name)
            ]
            setattr(new, name, rows)
        self._touch(new, at)
        if thing.state == "opened":
            self.close_or_open(thing, rng, at)
        thing.moved_to = new.id
        self._touch(thing, at)

    def delete(self, thing: Thing) -> None:
        del self.things[thing.kind][thing.id]
        del self.by_iid[thing.kind, thing.home, thing.iid]
        self._touch()

    def rename(self, rng: random.Random) -> None:
        """A project gets another path; its issues are not touched."""
        number = rng.choice(
            [n for n, path in self.projects.items() if path.startswith("shop/ops/")] or [10]
        )
        old = self.projects[number]
        self.projects[number] = f"{old.rpartition('/')[0]}/named{rng.randint(1, 10**6)}"
        self.old_paths[old] = number
        self._touch()

    def change(self, rng: random.Random) -> None:
        at = self.now()
        kind = rng.choice(("issues", "issues", "issues", "merge_requests", "epics"))
        if not self.things[kind] or rng.random() < 0.12:
            if kind != "epics" or self.premium:
                self._new(kind, rng, at)
            return
        thing = rng.choice(list(self.things[kind].values()))
        chance = rng.random()
        if chance < 0.12:
            self.delete(thing)
        elif chance < 0.2 and kind == "issues" and not thing.moved_to:
            self.move(thing, rng, at)
        elif chance < 0.24:
            self.rename(rng)
        elif chance < 0.34 and kind == "issues" and not thing.moved_to:
            self.delete_time(thing, rng, at)
        else:
            rng.choice(self._acts(thing))(thing, rng, at)

    def key(self, thing: Thing) -> str:
        homes = self.groups if thing.kind == "epics" else self.projects
        return f"{homes[thing.home]}{MARKS[thing.kind]}{thing.iid}"

    def within(self, scope: str, kind: str) -> list[Thing]:
        homes = self.groups if kind == "epics" else self.projects
        inside = {n for n, path in homes.items() if path == scope or path.startswith(f"{scope}/")}
        return [t for t in self.things[kind].values() if t.home in inside]


def _named(people: list[str]) -> str:
    names = [f"@{name}" for name in people]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _words(seconds: int) -> str:
    """As GitLab writes time: a day has 8 hours, a week 5 days, a month 4 weeks."""
    out = []
    for name, size in (("mo", 576_000), ("w", 144_000), ("d", 28_800), ("h", 3_600), ("m", 60)):
        count, seconds = divmod(seconds, size)
        out += [f"{count}{name}"] if count else []
    return " ".join(out)
