"""A made-up Jira: people, states, issues with their histories and work logs, and what people do to them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MICRO = 1_000_000
#: id → (name, category). Names are in two languages, on purpose.
STATES = {
    "1": ("Open", "new"), "10000": ("Backlog", "new"), "3": ("In Progress", "indeterminate"),
    "10011": ("Prüfung", "indeterminate"), "5": ("Resolved", "done"), "10002": ("已完成", "done"),
}  # fmt: skip
CATEGORIES = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}
TYPES = {
    "10001": ("Story", 0),
    "10004": ("Bug", 0),
    "10003": ("Sub-task", -1),
    "10000": ("Epic", 1),
}
POINTS, SPRINT, EPIC, TEAM, AREA = (
    "customfield_10016", "customfield_10020", "customfield_10014", "customfield_10001",
    "customfield_10050",
)  # fmt: skip
OTHER_POINTS = "customfield_10099"


@dataclass(frozen=True)
class Someone:
    account: str
    name: str
    mail: str  # empty: hidden
    app: bool = False

    @property
    def person(self) -> str:
        return self.mail or self.account


@dataclass
class Change:
    ident: int
    at: datetime
    author: Someone
    field: str
    before: str | None
    after: str | None


@dataclass
class Log:
    ident: int
    at: datetime
    seconds: int
    author: Someone
    updated: datetime


@dataclass
class Item:
    ident: int
    project: str
    number: int
    type: str
    summary: str
    state: str
    created: datetime
    updated: datetime
    assignee: Someone | None = None
    first_state: str = "1"
    first_assignee: Someone | None = None
    labels: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    epic: str | None = None
    sprints: list[str] = field(default_factory=list)
    points: float | None = None
    team: str | None = None
    resolved: datetime | None = None
    changes: list[Change] = field(default_factory=list)
    logs: dict[int, Log] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.project}-{self.number}"


@dataclass
class TempoLog:
    ident: int
    issue: int
    on: date
    seconds: int
    author: Someone
    updated: datetime


class World:
    """Issues of three projects. ``cloud`` decides how people and sprints look."""

    def __init__(
        self, issues: int, seed: int, begin: datetime, end: datetime, *, cloud: bool = True,
        tempo: bool = False,
    ) -> None:  # fmt: skip
        self.cloud = cloud
        self.rng = random.Random(seed)
        self.projects = ["ABC", "XYZ", "OPS"]
        self.people = [self._someone(n) for n in range(12)]
        self.items: dict[int, Item] = {}
        self.tempo: dict[int, TempoLog] = {}
        self.updated_logs: dict[int, datetime] = {}
        self.deleted_logs: dict[int, datetime] = {}
        self.version = 0
        self._next = 10_000
        self._numbers = dict.fromkeys(self.projects, 0)
        self._rendered: dict[int, bytes] = {}
        span = (end - begin) / max(issues, 1)
        self.with_tempo = tempo
        for n in range(issues):
            self._make(whole_milliseconds(begin + span * n), end)
        self.updated_logs.clear()

    def _someone(self, n: int) -> Someone:
        account = f"5d{n:022x}" if self.cloud else f"JIRAUSER{10_000 + n}"
        mail = f"p{n}@example.org" if n % 4 else ""
        return Someone(account, f"Person {n}", mail, app=n == 11)

    def ident(self) -> int:
        self._next += 1
        return self._next

    def _make(self, at: datetime, until: datetime) -> Item:
        rng = self.rng
        project = rng.choices(self.projects, (5, 3, 1))[0]
        self._numbers[project] += 1
        kind = rng.choices(list(TYPES), (6, 3, 2, 1))[0]
        item = Item(
            self.ident(), project, self._numbers[project], kind, f"Thing {self._next} to do",
            "1", at, at,
        )  # fmt: skip
        item.first_assignee = item.assignee = rng.choice([None, *self.people])
        item.labels = rng.sample(["web", "api", "ads", "pay"], rng.randrange(3))
        item.components = rng.sample(["player", "shop"], rng.randrange(2))
        item.sprints = [f"Sprint {n}, part {n}" for n in range(rng.randrange(3))]
        item.points = rng.choice([None, None, 1.0, 2.0, 3.0, 5.0, 0.5])
        item.team = rng.choice([None, "Team A", "Team B"])
        epics = [i for i in list(self.items.values())[-50:] if i.type == "10000"]
        if kind != "10000" and epics and rng.random() < 0.5:
            item.epic = rng.choice(epics).key
        self.items[item.ident] = item
        self._live(item, at, until)
        self.touch(item, item.updated)
        return item

    def _live(self, item: Item, at: datetime, until: datetime) -> None:
        """A life of an issue between two moments."""
        rng = self.rng
        steps = rng.choices((0, 2, 4, 7, 30), (2, 4, 4, 2, 0.15))[0]
        for _ in range(steps):
            at = whole_milliseconds(at + timedelta(hours=rng.expovariate(1 / 30)))
            if at >= until:
                return
            what = rng.random()
            if what < 0.5:
                self.transition(item, rng.choice(list(STATES)), at)
            elif what < 0.7:
                self.assign(item, rng.choice([None, *self.people]), at)
            elif what < 0.8:
                self.edit(item, at)
            else:
                self.log(item, at)
        if rng.random() < 0.01:
            for _ in range(25):
                self.log(item, at)

    # what people do

    def touch(self, item: Item, at: datetime) -> None:
        item.updated = max(at, item.updated)
        self.changed(item)

    def changed(self, item: Item) -> None:
        self._rendered.pop(item.ident, None)
        self.version += 1

    def _note(
        self, item: Item, at: datetime, name: str, before: str | None, after: str | None
    ) -> None:
        who = self.rng.choice(self.people)
        item.changes.append(Change(self.ident(), at, who, name, before, after))
        self.touch(item, at)

    def transition(self, item: Item, to: str, at: datetime) -> None:
        if to == item.state:
            return
        before, item.state = item.state, to
        is_done = STATES[to][1] == "done"
        item.resolved = (item.resolved or at) if is_done else None
        self._note(item, at, "status", before, to)

    def assign(self, item: Item, to: Someone | None, at: datetime) -> None:
        if to == item.assignee:
            return
        before, item.assignee = item.assignee, to
        self._note(
            item, at, "assignee", before.account if before else None, to.account if to else None
        )

    def edit(self, item: Item, at: datetime) -> None:
        before, item.summary = item.summary, f"Thing {self.ident()} to do"
        self._note(item, at, "summary", before, item.summary)

    def log(self, item: Item, at: datetime) -> None:
        rng = self.rng
        who, seconds = rng.choice(self.people), rng.randrange(1, 20) * 900
        if self.with_tempo:
            ident = self.ident()
            self.tempo[ident] = TempoLog(ident, item.ident, at.date(), seconds, who, at)
            return
        log = Log(self.ident(), at - timedelta(hours=rng.randrange(48)), seconds, who, at)
        item.logs[log.ident] = log
        self.updated_logs[log.ident] = at
        self.touch(item, at)

    def edit_log(self, item: Item, at: datetime, *, touch: bool) -> None:
        log = self.rng.choice(list(item.logs.values()))
        log.seconds, log.updated = self.rng.randrange(1, 30) * 600, at
        self.updated_logs[log.ident] = at
        self.changed(item)
        if touch:
            self.touch(item, at)

    def delete_log(self, item: Item, at: datetime, *, touch: bool) -> None:
        ident = self.rng.choice(list(item.logs))
        del item.logs[ident]
        self.deleted_logs[ident] = at
        self.updated_logs.pop(ident, None)
        self.changed(item)
        if touch:
            self._note(item, at, "WorklogId", str(ident), None)

    def delete(self, item: Item) -> None:
        for ident in item.logs:
            self.updated_logs.pop(ident, None)
        for log in [t for t in self.tempo.values() if t.issue == item.ident]:
            del self.tempo[log.ident]
        del self.items[item.ident]
        self.changed(item)

    def move(self, item: Item, at: datetime) -> None:
        to = self.rng.choice([p for p in self.projects if p != item.project])
        before = item.key
        self._numbers[to] += 1
        item.project, item.number = to, self._numbers[to]
        self._note(item, at, "Key", before, item.key)

    def create(self, at: datetime) -> Item:
        item = self._make(at, at)
        item.updated = at
        self.changed(item)
        return item

    def rename(self, project: str, to: str) -> None:
        """A project gets another key: no issue of it is touched."""
        self.projects[self.projects.index(project)] = to
        self._numbers[to] = self._numbers.pop(project)
        for item in self.items.values():
            if item.project == project:
                item.project = to
                self.changed(item)

    def change(self, rng: random.Random, at: datetime) -> None:
        """One thing that somebody does."""
        items = list(self.items.values())
        what = rng.choices(
            ("edit", "transition", "assign", "log", "edit_log", "delete_log", "delete", "move", "create"),
            (4, 5, 3, 4, 2, 2, 1, 1, 2),
        )[0]  # fmt: skip
        item = rng.choice(items)
        if what in ("edit_log", "delete_log"):
            self._change_log(rng, items, what, at)
        elif what == "transition":
            self.transition(item, rng.choice(list(STATES)), at)
        elif what == "assign":
            self.assign(item, rng.choice([None, *self.people]), at)
        elif what == "create":
            self.create(at)
        elif what == "delete":
            self.delete(item)
        else:
            getattr(self, what)(item, at)

    def _change_log(self, rng: random.Random, items: list[Item], what: str, at: datetime) -> None:
        if self.with_tempo:
            if self.tempo:
                log = rng.choice(list(self.tempo.values()))
                if what == "edit_log":
                    log.seconds, log.updated = rng.randrange(1, 30) * 600, at
                else:
                    del self.tempo[log.ident]
            return
        logged = [i for i in items if i.logs]
        if logged:
            getattr(self, what)(rng.choice(logged), at, touch=rng.random() < 0.5)

    # how it looks

    def user(self, who: Someone | None) -> Any:
        if who is None:
            return None
        self_ = f"https://example.atlassian.net/rest/api/3/user?accountId={who.account}"
        avatar = "https://avatar.example.org/initials/P-6.png?size="
        out = {
            "self": self_, "displayName": who.name, "active": True, "timeZone": "Europe/Berlin",
            "avatarUrls": {s: avatar + s for s in ("48x48", "24x24", "16x16", "32x32")},
        }  # fmt: skip
        if who.mail:
            out["emailAddress"] = who.mail
        if self.cloud:
            out |= {"accountId": who.account, "accountType": "app" if who.app else "atlassian"}
        else:
            login = who.mail.partition("@")[0] or who.account
            out |= {"key": who.account, "name": login}
        return out

    def state(self, ident: str) -> dict[str, Any]:
        name, category = STATES[ident]
        number, shown = CATEGORIES[category]
        base = "https://example.atlassian.net/rest/api/2"
        return {
            "self": f"{base}/status/{ident}", "description": "", "name": name, "id": ident,
            "iconUrl": "https://example.atlassian.net/images/icons/statuses/generic.png",
            "statusCategory": {
                "self": f"{base}/statuscategory/{number}", "id": number, "key": category,
                "colorName": "yellow", "name": shown,
            },
        }  # fmt: skip

    def worklog(self, item: Item, log: Log) -> dict[str, Any]:
        return {
            "self": f"https://example.atlassian.net/rest/api/3/issue/{item.ident}/worklog/{log.ident}",
            "author": self.user(log.author), "updateAuthor": self.user(log.author),
            "created": stamp(log.at), "updated": stamp(log.updated), "started": stamp(log.at),
            "timeSpent": f"{log.seconds // 60}m", "timeSpentSeconds": log.seconds,
            "id": str(log.ident), "issueId": str(item.ident),
        }  # fmt: skip

    def history(self, change: Change) -> dict[str, Any]:
        names = {"status": lambda v: STATES[v][0], "assignee": lambda v: "Somebody"}
        name = names.get(change.field, lambda v: v)
        entry = {
            "field": change.field, "fieldtype": "jira", "from": change.before,
            "fromString": name(change.before) if change.before else None, "to": change.after,
            "toString": name(change.after) if change.after else None,
        }  # fmt: skip
        if self.cloud:
            entry["fieldId"] = change.field
        return {
            "id": str(change.ident), "author": self.user(change.author),
            "created": stamp(change.at), "items": [entry],
        }  # fmt: skip

    def rendered(self, item: Item, cut: int) -> bytes:
        """An issue as a search with ``expand=changelog`` gives it, made once for each change of it."""
        found = self._rendered.get(item.ident)
        if found is None:
            found = json.dumps(self.render(item, cut)).encode()
            self._rendered[item.ident] = found
        return found

    def render(self, item: Item, cut: int) -> dict[str, Any]:
        histories = [self.history(c) for c in item.changes]
        if self.cloud:
            histories = histories[::-1][:cut]
        return {
            "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
            "id": str(item.ident), "key": item.key,
            "self": f"https://example.atlassian.net/rest/api/3/issue/{item.ident}",
            "changelog": {
                "startAt": 0, "maxResults": len(histories), "total": len(item.changes),
                "histories": histories,
            },
            "fields": self.fields(item),
        }  # fmt: skip

    def fields(self, item: Item) -> dict[str, Any]:
        name, level = TYPES[item.type]
        logs = [self.worklog(item, log) for log in item.logs.values()]
        parent = None
        if item.epic and self.cloud:
            parent = {
                "id": "1", "key": item.epic,
                "fields": {"summary": "An epic", "issuetype": {"name": "Epic", "hierarchyLevel": 1}},
            }  # fmt: skip
        out = {
            "summary": item.summary, "status": self.state(item.state),
            "issuetype": {"id": item.type, "name": name, "hierarchyLevel": level, "subtask": level < 0},
            "project": {"id": "1", "key": item.project, "name": f"Project {item.project}"},
            "labels": item.labels, "components": [{"id": "1", "name": c} for c in item.components],
            "priority": {"name": "Medium", "id": "3"},
            "resolution": {"name": "Done"} if item.resolved else None,
            "resolutiondate": stamp(item.resolved) if item.resolved else None,
            "created": stamp(item.created), "updated": stamp(item.updated),
            "fixVersions": [{"id": "1", "name": "1.0"}], "assignee": self.user(item.assignee),
            POINTS: item.points, OTHER_POINTS: None, AREA: {"value": "North", "id": "7"},
            TEAM: {"id": "t", "name": item.team} if item.team else None,
            SPRINT: self._sprints(item),
            "worklog": {"startAt": 0, "maxResults": 20, "total": len(logs), "worklogs": logs[:20]},
            "timespent": sum(log.seconds for log in item.logs.values()) or None,
        }  # fmt: skip
        if parent:
            out["parent"] = parent
        if not self.cloud:
            out[EPIC] = item.epic
        return out

    def _sprints(self, item: Item) -> list[Any]:
        if self.cloud:
            return [{"id": n, "name": s, "state": "closed"} for n, s in enumerate(item.sprints)]
        return [
            f"com.atlassian.greenhopper.service.sprint.Sprint@{n}a[id={n},rapidViewId=1,state=CLOSED,"
            f"name={s},startDate=2026-01-01T00:00:00.000Z,endDate=<null>,sequence={n}]"
            for n, s in enumerate(item.sprints)
        ]

    # what must be in the ledger in the end

    def truth(
        self, at: datetime, zone: ZoneInfo, projects: tuple[str, ...] = ()
    ) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
        """Items by key, and effort by row key in millionths."""
        items: dict[str, dict[str, Any]] = {}
        rows: dict[str, int] = {}
        for item in self.items.values():
            if projects and item.project not in projects:
                continue
            done = self._done(item)
            items[item.key] = {
                "id": str(item.ident), "title": item.summary, "state": STATES[item.state][0],
                "project": item.project, "done": done, "epic": item.epic, "team": item.team,
            }  # fmt: skip
            stem = str(item.ident)
            if done:
                rows[f"{stem}#item"] = MICRO
                if item.points:
                    rows[f"{stem}#points"] = round(item.points * MICRO)
            for log in item.logs.values():
                rows[f"{stem}#log:{log.ident}"] = round(log.seconds * MICRO / 3600)
            for change in item.changes:
                if change.field == "status":
                    rows[f"{stem}#move:{change.ident}"] = MICRO
            for person, on in self._days(item, done, at, zone):
                rows[f"{stem}#day:{person}:{on.isoformat()}"] = MICRO
        for log in self.tempo.values():
            if log.issue in self.items and (
                not projects or self.items[log.issue].project in projects
            ):
                rows[f"tempo:{log.ident}#log"] = round(log.seconds * MICRO / 3600)
        return items, rows

    def _done(self, item: Item) -> datetime | None:
        if STATES[item.state][1] != "done":
            return None
        done, before = None, STATES[item.first_state][1]
        for change in item.changes:
            if change.field == "status":
                after = STATES[str(change.after)][1]
                if after == "done" and before != "done":
                    done = change.at
                before = after
        return done

    def _days(
        self, item: Item, done: datetime | None, at: datetime, zone: ZoneInfo
    ) -> set[tuple[str, date]]:
        by_account = {p.account: p for p in self.people}
        state, who = item.first_state, item.first_assignee
        stretches: list[tuple[Someone, datetime, datetime]] = []
        since = item.created
        for change in [*item.changes, None]:
            if change is not None and change.field not in ("status", "assignee"):
                continue
            until = at if change is None else change.at
            if done is not None and until > done:
                until = done
            if STATES[state][1] == "indeterminate" and who and (until > since or change is None):
                last = stretches[-1] if stretches else None
                if last and last[0] == who and last[2] == since:
                    stretches[-1] = (who, last[1], until)
                else:
                    stretches.append((who, since, until))
            if change is None or (done is not None and change.at >= done):
                break
            since = change.at
            if change.field == "status":
                state = str(change.after)
            else:
                who = by_account.get(str(change.after))
        loggers = {log.author.person for log in item.logs.values()}
        out: set[tuple[str, date]] = set()
        for someone, begin, end in stretches:
            if self.person(someone) in {self.person(p) for p in self.people if p.person in loggers}:
                continue
            on, days = end.astimezone(zone).date(), []
            while on >= begin.astimezone(zone).date() and len(days) < 60:
                if on.weekday() < 5:
                    days.append(on)
                on -= timedelta(days=1)
            out |= {(self.person(someone), day) for day in days}
        return out

    def person(self, who: Someone) -> str:
        return who.person


def stamp(at: datetime) -> str:
    """As Jira writes it, in a zone that is not UTC."""
    there = at.astimezone(ZoneInfo("Europe/Berlin"))
    return f"{there:%Y-%m-%dT%H:%M:%S}.{there.microsecond // 1000:03d}{there:%z}"


def whole_milliseconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
