"""A GitLab on loopback: a world of projects with issues, merge requests, epics, time spent and histories.

Lists are filtered, sorted and paged as GitLab does it: ``updated_after`` and ``created_after`` include their
moment, moments are kept to the microsecond and shown to the millisecond, totals are left out above 10,000.
"""

from __future__ import annotations

import hashlib
import random
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from mainstem.sources.issue import MOST_DAYS
from tests.standin.server import Asked, Faults, Reply, StandIn

TOKEN = "glpat-of-the-stand-in"
DOING, REVIEW = "workflow::doing", "workflow::review"
PATHS = ("shop/web", "shop/api", "shop/ops/tools", "other/thing")
KINDS = ("issues", "merge_requests", "epics")
_MARKS = {"issues": "#", "merge_requests": "!", "epics": "&"}


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


class GitLabStandIn(StandIn):
    """See above.

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
        self.token, self.scopes = TOKEN, ["read_api"]
        self.people = [f"person{n}" for n in range(people)]
        self.groups = {1: "shop", 2: "shop/ops", 3: "other"}
        self.members = {1: self.people[:4], 2: self.people[3:7], 3: self.people[7:]}
        self.projects = {10 + n: path for n, path in enumerate(PATHS)}
        self.old_paths: dict[str, int] = {}
        self.things: dict[str, dict[int, Thing]] = {kind: {} for kind in KINDS}
        self._ids = iter(range(1_000, 10**9))
        self._iids: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._version = 0
        self._sorted: dict[tuple[Any, ...], tuple[int, list[Thing], list[datetime]]] = {}
        self._shown: dict[str, list[Any]] = {}
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

    # what the ledger must hold

    def truth(
        self, *, scope: str = "shop", at: datetime | None = None, working: str = "",
        kinds: Iterable[str] = KINDS,
    ) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:  # fmt: skip
        """Items by key (``id``, ``state``, ``done``, ``person``, ``points``), and amounts by row key.

        Args:
            scope: A group with all below it, or one project.
            at: What is in progress ends then.
            working: The label that means "in progress".
        """
        items: dict[str, dict[str, Any]] = {}
        rows: dict[str, int] = {}
        for kind in kinds:
            for thing in self._within(scope, kind):
                name = {"issues": "issue", "merge_requests": "mr", "epics": "epic"}[kind]
                ident, key = f"{name}:{thing.id}", self.key(thing)
                done = None if thing.moved_to else thing.closed
                done = thing.merged if kind == "merge_requests" else done
                person = (
                    thing.author if kind == "merge_requests" else (thing.assignees or [None])[0]
                )
                state = "moved" if thing.moved_to else thing.state
                items[key] = {"id": ident, "state": state, "done": _second(done), "person": person,
                              "title": thing.title}  # fmt: skip
                for rest, amount in self._effort(thing, done, at, working).items():
                    rows[f"{ident}#{rest}"] = amount
        return items, rows

    def _effort(
        self, thing: Thing, done: datetime | None, at: datetime | None, working: str
    ) -> dict[str, int]:
        if thing.moved_to:
            return {}
        out: dict[str, int] = {}
        if done is not None:
            out["item"] = 1_000_000
            if thing.weight and thing.kind == "issues":
                out["points"] = thing.weight * 1_000_000
        logged = _netted(thing.spent) if thing.kind != "epics" else {}
        for (person, on), seconds in logged.items():
            out[f"log:{person}:{on}"] = round(seconds * 1_000_000 / 3_600)
        if thing.kind == "issues":
            out |= {f"move:{event.id}": 1_000_000 for event in thing.states}
            if working and at:
                loggers = {person for person, _ in logged}
                for person, on in _days(thing, at, working):
                    if person not in loggers:
                        out[f"day:{person}:{on}"] = 1_000_000
        if thing.kind == "merge_requests":
            out["move:opened"] = 1_000_000
            if thing.state in ("merged", "closed"):
                out[f"move:{thing.state}"] = 1_000_000
        return out

    def key(self, thing: Thing) -> str:
        homes = self.groups if thing.kind == "epics" else self.projects
        return f"{homes[thing.home]}{_MARKS[thing.kind]}{thing.iid}"

    def _within(self, scope: str, kind: str) -> list[Thing]:
        homes = self.groups if kind == "epics" else self.projects
        inside = {n for n, path in homes.items() if path == scope or path.startswith(f"{scope}/")}
        return [t for t in self.things[kind].values() if t.home in inside]

    # answers

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("private-token") != self.token:
            return Reply({"message": "401 Unauthorized"}, 401)
        if not {"api", "read_api"} & set(self.scopes) and "/personal" not in asked.path:
            body = {
                "error": "insufficient_scope",
                "error_description": "too little",
                "scope": "api",
            }
            return Reply(body, 403)
        if asked.path == "/api/graphql":
            return self._graphql(asked.json())
        reply = self._rest(asked, asked.path.removeprefix("/api/v4/").split("/"))
        reply.headers |= {"RateLimit-Limit": "2000", "RateLimit-Remaining": "1999",
                          "RateLimit-Reset": str(int(self.now().timestamp()) + 60)}  # fmt: skip
        if reply.status == 200:
            etag = f'W/"{hashlib.md5(reply.bytes()).hexdigest()}"'
            reply.headers["ETag"] = etag
            if asked.headers.get("if-none-match") == etag:
                return Reply(None, 304, reply.headers)
        return reply

    def _rest(self, asked: Asked, parts: list[str]) -> Reply:
        if parts == ["user"]:
            return Reply({"id": 1, "username": "reader"})
        if parts[0] == "personal_access_tokens":
            return Reply({"scopes": self.scopes, "expires_at": None, "active": True})
        if parts[0] not in ("projects", "groups") or len(parts) < 2:
            return _absent()
        number = self._number(parts[0], unquote(parts[1]))
        if number is None:
            return _absent()
        if number < 0:
            where = f"{self.url}/api/v4/{parts[0]}/{-number}"
            return Reply({"message": "moved"}, 301, {"Location": where})
        rest = parts[2:]
        if not rest:
            return Reply(self._home(parts[0], number))
        if rest[0] in KINDS:
            return self._things(asked, parts[0], number, rest)
        return self._others(asked, parts[0], number, rest[0])

    def _number(self, home: str, name: str) -> int | None:
        """The number of a project or group; below nought where it has moved on."""
        homes = self.projects if home == "projects" else self.groups
        if name.isdecimal():
            return int(name) if int(name) in homes else None
        found = next((n for n, path in homes.items() if path == name), None)
        if found is None and name in self.old_paths and home == "projects":
            return -self.old_paths[name]
        return found

    def _home(self, home: str, number: int) -> dict[str, Any]:
        if home == "groups":
            path = self.groups[number]
            return {"id": number, "full_path": path, "name": path.rpartition("/")[2].title()}
        return {
            "id": number, "path_with_namespace": self.projects[number], "archived": False,
            "permissions": {"project_access": {"access_level": 20}, "group_access": None},
        }  # fmt: skip

    def _others(self, asked: Asked, home: str, number: int, what: str) -> Reply:
        if what == "labels":
            rows: list[Any] = [{"name": DOING}, {"name": REVIEW}]
        elif what == "members" and home == "groups":
            rows = [{"username": name} for name in self.members[number]]
        elif what == "descendant_groups" and home == "groups":
            below = [n for n, p in self.groups.items() if p.startswith(f"{self.groups[number]}/")]
            rows = [self._home("groups", n) for n in below]
        else:
            return _absent()
        return self._page(asked, rows, len(rows))

    def _things(self, asked: Asked, home: str, number: int, rest: list[str]) -> Reply:
        kind = rest[0]
        if kind == "epics" and (home == "projects" or not self.premium):
            return Reply({"message": "403 Forbidden"}, 403)
        if len(rest) == 1:
            return self._list(asked, home, number, kind)
        thing = next(
            (t for t in self.things[kind].values() if t.home == number and str(t.iid) == rest[1]),
            None,
        )
        if thing is None:
            return _absent()
        if len(rest) == 2:
            return Reply(self.show(thing))
        rows = self._of(thing, rest[2])
        return _absent() if rows is None else self._page(asked, rows, len(rows))

    def _of(self, thing: Thing, what: str) -> list[Any] | None:
        if what == "resource_state_events":
            return [{**_event(e), "state": e.what, "resource_type": "Issue"} for e in thing.states]
        if what == "resource_label_events":
            return [
                {**_event(e), "action": e.what, "label": {"name": e.label}}
                for e in thing.label_events
            ]
        if what == "notes" and self.keeps_notes:
            return [
                {"id": e.id, "body": e.what, "system": True, "created_at": _shown(e.at),
                 "author": {"username": e.person}}
                for e in thing.notes
            ]  # fmt: skip
        if what == "diffs":
            return [{"old_path": path, "new_path": path, "diff": ""} for path in thing.paths]
        return None

    def _list(self, asked: Asked, home: str, number: int, kind: str) -> Reply:
        by = "created" if asked.query.get("order_by", "created_at") == "created_at" else "updated"
        things, moments = self._in_order(home, number, kind, by)
        after = asked.query.get(f"{by}_after")
        things = things[bisect_left(moments, _read(after)) :] if after else things
        for name in ("created", "updated"):
            after, until = asked.query.get(f"{name}_after"), asked.query.get(f"{name}_before")
            if until:
                things = [t for t in things if getattr(t, name) <= _read(until)]
            if after and name != by:
                things = [t for t in things if getattr(t, name) >= _read(after)]
        things = [t for t in things if _fits(t, asked.query)]
        if asked.query.get("sort", "desc") == "desc":
            things = things[::-1]
        return self._page(asked, things, len(things), show=self.show)

    def _in_order(
        self, home: str, number: int, kind: str, by: str
    ) -> tuple[list[Thing], list[datetime]]:
        """The list of a project or group by a moment, kept until something changes."""
        known = self._sorted.get((home, number, kind, by))
        if known is None or known[0] != self._version:
            path = (self.projects if home == "projects" else self.groups)[number]
            things = sorted(self._within(path, kind), key=lambda t: (getattr(t, by), t.id))
            known = self._version, things, [getattr(t, by) for t in things]
            self._sorted[home, number, kind, by] = known
        return known[1], known[2]

    def _page(
        self, asked: Asked, rows: list[Any], total: int, show: Callable[[Any], Any] = lambda row: row
    ) -> Reply:  # fmt: skip
        size = min(int(asked.query.get("per_page", 20)), 100)
        page = int(asked.query.get("page", 1))
        shown = [show(row) for row in rows[(page - 1) * size : page * size]]
        before = self._shown.get(asked.path, [])
        self._shown[asked.path] = shown
        if before and shown and self.goes_wrong(self.faults.again):
            shown = before[-5:] + shown
        if self.goes_wrong(self.faults.shuffled):
            shown = self.rng.sample(shown, len(shown))
        more = page * size < total
        headers = {"X-Page": str(page), "X-Next-Page": str(page + 1) if more else ""}
        if total <= 10_000:
            headers["X-Total"] = str(total)
        if more:
            headers["Link"] = f'<{self.url}{asked.path}?page={page + 1}>; rel="next"'
        return Reply(shown, headers=headers)

    def show(self, thing: Thing) -> dict[str, Any]:
        key = self.key(thing)
        home = "group_id" if thing.kind == "epics" else "project_id"
        out = {
            "id": thing.id, "iid": thing.iid, home: thing.home, "title": thing.title,
            "state": thing.state, "created_at": _shown(thing.created),
            "updated_at": _shown(thing.updated), "closed_at": _shown(thing.closed),
            "labels": list(thing.labels), "author": {"username": thing.author},
            "references": {"short": key[len(key.rpartition(_MARKS[thing.kind])[0]) :], "full": key},
            "web_url": f"{self.url}/{key.replace(_MARKS[thing.kind], '/-/' + thing.kind + '/')}",
        }  # fmt: skip
        if thing.kind == "epics":
            return {
                **out,
                "parent_id": thing.parent if thing.parent in self.things["epics"] else None,
            }
        out["assignees"] = [{"username": name} for name in thing.assignees]
        out["time_stats"] = {"time_estimate": 0, "total_time_spent": thing.total}
        if thing.kind == "merge_requests":
            who = {"username": thing.closer} if thing.closer else None
            merged = thing.state == "merged"
            return {**out, "merged_at": _shown(thing.merged), "merge_user": who if merged else None,
                    "closed_by": None if merged else who, "draft": False}  # fmt: skip
        epic = self.things["epics"].get(thing.epic or 0)
        return {
            **out, "issue_type": thing.type, "weight": thing.weight, "moved_to_id": thing.moved_to,
            "closed_by": {"username": thing.closer} if thing.closer else None,
            "milestone": {"title": thing.milestone} if thing.milestone else None,
            "epic": None if epic is None else {
                "id": epic.id, "iid": epic.iid, "url": f"/groups/{self.groups[epic.home]}/-/epics/{epic.iid}",
            },
        }  # fmt: skip

    def _graphql(self, asked: Any) -> Reply:
        query, given = asked["query"], asked["variables"]
        if not self.graphql:
            return Reply(
                {"errors": [{"message": "Field 'timelogs' doesn't exist on type 'Issue'"}]}
            )
        if "timelogs(first: 1)" in query:
            home = "group" if "group(" in query else "project"
            return Reply({"data": {home: {"timelogs": {"nodes": []}}}})
        kind = "mergeRequests" if "mergeRequests(" in query else "issues"
        number = self._number("projects", given["path"])
        if number is None or number < 0:
            return Reply({"data": {"project": None}})
        things = self.things["merge_requests" if kind == "mergeRequests" else "issues"].values()
        chosen = [t for t in things if t.home == number and str(t.iid) in given["iids"]]
        size = int(re.findall(r"first: (\d+)", query)[-1])
        nodes = [_timelogs(t, int(given.get("after") or 0), size) for t in chosen]
        return Reply({"data": {"project": {kind: {"nodes": nodes}}}})


def _timelogs(thing: Thing, first: int, size: int) -> dict[str, Any]:
    nodes = [
        {"id": f"gid://gitlab/Timelog/{t.id}", "spentAt": _shown(t.at), "timeSpent": t.seconds,
         "user": {"username": t.person}}
        for t in thing.spent
    ]  # fmt: skip
    more = len(nodes) > first + size
    info = {"hasNextPage": more, "endCursor": str(first + size) if more else None}
    return {
        "iid": str(thing.iid),
        "timelogs": {"nodes": nodes[first : first + size], "pageInfo": info},
    }


def _fits(thing: Thing, query: dict[str, str]) -> bool:
    if query.get("state", "all") not in ("all", thing.state):
        return False
    if "issue_type" in query and thing.type != query["issue_type"]:
        return False
    return "labels" not in query or query["labels"] in thing.labels


def _netted(spent: list[Time]) -> dict[tuple[str, date], int]:
    """What is left of somebody's day: taking all back ends all; else one's latest days pay."""
    begins = 0
    for place in range(len(spent)):
        if spent[place].seconds < 0 and sum(t.seconds for t in spent[begins : place + 1]) <= 0:
            begins = place + 1
    left: dict[tuple[str, date], int] = defaultdict(int)
    for time in spent[begins:]:
        left[time.person, time.at.date()] += time.seconds
    for person in {person for person, _ in left}:
        days = sorted((on for who, on in left if who == person), reverse=True)
        owed = -sum(left[person, on] for on in days if left[person, on] < 0)
        for on in days:
            has = max(left[person, on], 0)
            left[person, on] = has - min(has, owed)
            owed -= min(has, owed)
    return {where: seconds for where, seconds in left.items() if seconds > 0}


def _days(thing: Thing, at: datetime, working: str) -> set[tuple[str, date]]:
    """Who had it on which working day: looked up moment by moment."""
    end = thing.closed if thing.state == "closed" else None
    edges = {thing.created} | {e.at for e in thing.states + thing.label_events + thing.notes}
    edges = {_cut(e) for e in edges if end is None or _cut(e) < _cut(end)}
    order = sorted(edges)
    held: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for begin, until in zip(order, [*order[1:], _cut(end) if end else at], strict=True):
        for person in _had(thing, begin) if _holds(thing, begin, working) else ():
            goes_on = bool(held[person]) and held[person][-1][1] == begin
            first = held[person].pop()[0] if goes_on else begin
            held[person].append((first, until))
    return {
        (person, on)
        for person, stretches in held.items()
        for begin, until in stretches
        for on in _weekdays(begin.date(), until.date())[-MOST_DAYS:]
    }


def _weekdays(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [on for on in days if on.weekday() < 5]


def _holds(thing: Thing, at: datetime, working: str) -> bool:
    labels = [e for e in thing.label_events if _cut(e.at) <= at and e.label == working]
    states = [e for e in thing.states if _cut(e.at) <= at]
    is_closed = bool(states) and states[-1].what == "closed"
    return bool(labels) and labels[-1].what == "add" and not is_closed


def _had(thing: Thing, at: datetime) -> set[str]:
    """Who was assigned: what is so now, without what came later."""
    now = set(thing.assignees)
    for note in sorted(thing.notes, key=lambda e: e.at, reverse=True):
        if _cut(note.at) > at and "assigned" in note.what:
            added, _, removed = note.what.partition("unassigned ")
            now -= set(re.findall(r"@(\w+)", added))
            now |= set(re.findall(r"@(\w+)", removed))
    return now


def _event(event: Event) -> dict[str, Any]:
    return {"id": event.id, "created_at": _shown(event.at), "user": {"username": event.person}}


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


def _cut(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)


def _shown(at: datetime | None) -> str | None:
    return (
        None if at is None else _cut(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _second(at: datetime | None) -> str | None:
    return None if at is None else _cut(at).astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _absent() -> Reply:
    return Reply({"message": "404 Not found"}, 404)
