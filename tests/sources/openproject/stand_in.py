"""OpenProject on loopback: filters, orders and pages as it has them, in a world that people change."""

from __future__ import annotations

import base64
import itertools
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.standin.server import Asked, Faults, Reply, StandIn

TOKEN = "an-open-token"
STATUSES = {1: ("New", False), 7: ("In progress", False), 8: ("On hold", False), 12: ("Closed", True),
            14: ("Rejected", True)}  # fmt: skip
TYPES = {1: "Task", 2: "Bug", 3: "User story"}
PEOPLE = {4: "Ann Example", 5: "Ben Example", 6: "Shy Example"}
MAILS = {4: "ann@example.org", 5: "ben@example.org"}
GROUPS = {9: ("Video crew", [4])}
#: Number → (identifier, number of the project that it is in).
PROJECTS = {1: ("alpha", 0), 2: ("alpha-inside", 1), 3: ("beta", 0)}
PROGRESS, DONE = 7, 12
START = datetime(2026, 9, 1, 8, tzinfo=UTC)


@dataclass
class Package:
    """A work package: ``states`` and ``owners`` are (moment, value, who did it, activity)."""

    number: int
    subject: str
    project: int
    type: int
    created: datetime
    updated: datetime
    points: int | None = None
    squad: str | None = None
    parent: int | None = None
    states: list[tuple[datetime, int, int, int]] = field(default_factory=list)
    owners: list[tuple[datetime, int, int, int]] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.states[-1][1]

    @property
    def owner(self) -> int:
        return self.owners[-1][1]


@dataclass
class Entry:
    number: int
    package: int | None
    project: int
    user: int
    minutes: int
    on: date
    created: datetime
    updated: datetime
    ongoing: bool = False


class OpenProjectStandIn(StandIn):
    """``most`` is the largest page it gives; ``parts`` whether moments have milliseconds."""

    def __init__(self, many: int = 30, faults: Faults | None = None, *, most: int = 20,
                 parts: bool = True, newer: bool = False) -> None:  # fmt: skip
        super().__init__(faults)
        self.most, self.parts, self.newer = most, parts, newer
        self.packages: dict[int, Package] = {}
        self.entries: dict[int, Entry] = {}
        self.clock, self.last = START, 0
        self.tainted: set[int] = set()
        rng = random.Random(self.faults.seed + 1)
        for _ in range(many):
            self.create(rng)
        for _ in range(many * 3):
            self.change(rng, deletes=False)

    # the world

    def tick(self, rng: random.Random) -> datetime:
        self.clock += timedelta(milliseconds=rng.choice((0, 0, 1, 700, 3_600_000, 20_000_000)))
        return self.clock

    def number(self) -> int:
        self.last += 1
        return self.last

    def create(self, rng: random.Random) -> Package:
        nr, at = self.number(), self.tick(rng)
        made = Package(nr, f"Package {nr}", rng.choice(list(PROJECTS)), rng.choice(list(TYPES)), at, at,
                       rng.choice((None, 3, 5)), rng.choice((None, "video", "audio")))  # fmt: skip
        made.states.append((at, rng.choice((1, 7)), 4, 0))
        made.owners.append((at, rng.choice((0, 4, 5, 9)), 4, 0))
        self.packages[nr] = made
        return made

    def change(self, rng: random.Random, *, deletes: bool = True) -> None:
        what = rng.choice(
            ("state", "owner", "log", "move", "create", "edit time", "delete", "unlog")
        )
        package = rng.choice(list(self.packages.values()))
        at = self.tick(rng)
        if what == "state":
            new = rng.choice([s for s in STATUSES if s != package.status])
            package.states.append((at, new, rng.choice((4, 5)), self.number()))
        elif what == "owner":
            new = rng.choice([o for o in (0, 4, 5, 6, 9) if o != package.owner])
            package.owners.append((at, new, 5, self.number()))
        elif what == "move":
            package.project = rng.choice(list(PROJECTS))
        elif what == "log":
            self.log(package.number if rng.random() < 0.8 else None, rng)
            return
        elif what == "create":
            self.create(rng)
            return
        elif not self.change_time(what, at, rng, deletes=deletes):
            return
        package.updated = at

    def change_time(self, what: str, at: datetime, rng: random.Random, *, deletes: bool) -> bool:
        """Time entries, and what is deleted; whether the chosen package changed."""
        entry = rng.choice(list(self.entries.values())) if self.entries else None
        if what == "edit time" and entry:
            entry.minutes, entry.updated = rng.choice((30, 90, 1_500)), at
        elif what == "unlog" and entry and deletes:
            del self.entries[entry.number]
            self.tainted.add(entry.package or 0)
        elif what == "delete" and deletes and len(self.packages) > 3:
            gone = rng.choice(list(self.packages))
            del self.packages[gone]
            self.entries = {n: e for n, e in self.entries.items() if e.package != gone}
        return False

    def log(self, package: int | None, rng: random.Random) -> Entry:
        nr, at = self.number(), self.tick(rng)
        project = self.packages[package].project if package else rng.choice(list(PROJECTS))
        on = at.date() - timedelta(days=rng.randrange(20))
        entry = Entry(
            nr, package, project, rng.choice((4, 5, 6)), rng.choice((15, 60, 480)), on, at, at
        )
        self.entries[nr] = entry
        return entry

    # answering

    def answer(self, asked: Asked) -> Reply:
        pair = base64.b64encode(f"apikey:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return error(
                401, "Unauthenticated", "You need to be authenticated to access this resource."
            )
        parts = asked.path.removeprefix("/api/v3/").split("/")
        match parts:
            case ["users", "me"]:
                return Reply(
                    {
                        "_type": "User",
                        "id": 6,
                        "name": PEOPLE[6],
                        "login": "reader",
                        "language": "de",
                    }
                )
            case ["users", nr] if int(nr) in PEOPLE:
                return Reply(self.user(int(nr)))
            case ["statuses"]:
                return self.collection([self.status(n) for n in STATUSES], asked)
            case ["projects"]:
                return self.collection(
                    [self.project(n) for n in self.filtered_projects(asked)], asked
                )
            case ["projects", name]:
                found = [n for n, (called, _) in PROJECTS.items() if name in (called, str(n))]
                return Reply(self.project(found[0])) if found else missing()
            case ["principals"]:
                rows = [self.user(n) for n in PEOPLE] + [self.group(n) for n in GROUPS]
                return self.collection(rows, asked)
            case ["groups"]:
                return self.collection([self.group(n) for n in GROUPS], asked)
            case ["work_packages", "schemas", _]:
                return Reply(SCHEMA)
            case ["time_entries", "schema"]:
                return Reply(
                    {"_type": "Schema", "customField3": {"type": "String", "name": "Squad"}}
                )
            case ["work_packages"]:
                return self.list_packages(asked)
            case ["time_entries"]:
                return self.list_entries(asked)
            case ["work_packages", nr] if int(nr) in self.packages:
                return Reply(self.package(self.packages[int(nr)]))
            case ["time_entries", nr] if int(nr) in self.entries:
                return Reply(self.entry(self.entries[int(nr)]))
            case ["work_packages", nr, "activities"] if int(nr) in self.packages:
                rows = self.activities(self.packages[int(nr)])
                return Reply(
                    {
                        "_type": "Collection",
                        "total": len(rows),
                        "count": len(rows),
                        "_embedded": {"elements": rows},
                    }
                )
        return missing()

    def filtered_projects(self, asked: Asked) -> list[int]:
        above = dict(filters_of(asked)).get("ancestor")
        return [
            n for n, (_, inside) in PROJECTS.items() if above is None or str(inside) in above[1]
        ]

    def list_packages(self, asked: Asked) -> Reply:
        filters = filters_of(asked) or [("status", ("o", []))]
        known = {"status", "project", "id", "assignee", "updatedAt", "createdAt"}
        if bad := [name for name, _ in filters if name not in known]:
            return error(400, "InvalidQuery", f"{bad[0]} filter does not exist.")
        rows = [p for p in self.packages.values() if all(self.passes(p, *f) for f in filters)]
        if asked.query.get("groupBy") == "type":
            counts: dict[str, int] = {}
            for p in rows:
                counts[TYPES[p.type]] = counts.get(TYPES[p.type], 0) + 1
            return Reply({"total": len(rows), "groups": [{"value": v, "count": n} for v, n in counts.items()],
                          "_embedded": {"elements": []}})  # fmt: skip
        return self.collection([self.package(p) for p in self.ordered(rows, asked)], asked)

    def passes(self, p: Package, name: str, filter_: tuple[str, list[str]]) -> bool:
        operator, values = filter_
        if name in ("updatedAt", "createdAt"):
            return within(p.updated if name == "updatedAt" else p.created, values)
        own = {
            "status": p.status,
            "project": p.project,
            "id": p.number,
            "assignee": p.owner or None,
        }[name]
        if operator == "*":
            return own is not None
        if operator == "o":
            return not STATUSES[p.status][1]
        return str(own) in values

    def list_entries(self, asked: Asked) -> Reply:
        rows = list(self.entries.values())
        for name, (_, values) in filters_of(asked):
            if name == "updated_at":
                rows = [e for e in rows if within(e.updated, values)]
            elif name == "spent_on":
                rows = [e for e in rows if e.on.isoformat() >= values[0]]
            elif name == "project":
                rows = [e for e in rows if str(e.project) in values]
            elif (name == "work_package" and not self.newer) or (
                name == "entity_id" and self.newer
            ):
                rows = [e for e in rows if str(e.package) in values]
            elif name != "entity_type" or not self.newer:
                return error(400, "InvalidQuery", f"{name} filter does not exist.")
        return self.collection([self.entry(e) for e in self.ordered(rows, asked)], asked)

    def ordered(self, rows: list[Any], asked: Asked) -> list[Any]:
        names = {"updatedAt": "updated", "updated_at": "updated", "id": "number"}
        for name, way in reversed(json.loads(asked.query.get("sortBy", '[["id","asc"]]'))):
            rows = sorted(rows, key=lambda r: getattr(r, names[name]), reverse=way == "desc")
        return rows

    def collection(self, rows: list[Any], asked: Asked) -> Reply:
        size = min(int(asked.query.get("pageSize", 20)), self.most)
        first = (int(asked.query.get("offset", 1)) - 1) * size
        page = rows[first : first + size]
        if self.goes_wrong(self.faults.shuffled):
            self.rng.shuffle(page)
        if "elements/id" in asked.query.get("select", ""):
            page = [{"id": row["id"]} for row in page]
        return Reply({"_type": "Collection", "total": len(rows), "count": len(page), "pageSize": size,
                      "offset": first // size + 1, "_embedded": {"elements": page}})  # fmt: skip

    # representations

    def at(self, moment: datetime) -> str:
        return moment.isoformat(timespec="milliseconds" if self.parts else "seconds").replace(
            "+00:00", "Z"
        )

    def package(self, p: Package) -> dict[str, Any]:
        owner = href_of(p.owner)
        return {
            "_type": "WorkPackage", "id": p.number, "subject": p.subject, "startDate": None,
            "percentageDone": 40, "storyPoints": p.points, "customField3": p.squad,
            "createdAt": self.at(p.created), "updatedAt": self.at(p.updated),
            "_links": {
                "schema": {"href": f"/api/v3/work_packages/schemas/{p.project}-{p.type}"},
                "type": {"href": f"/api/v3/types/{p.type}", "title": TYPES[p.type]},
                "project": {"href": f"/api/v3/projects/{p.project}", "title": PROJECTS[p.project][0].title()},
                "status": {"href": f"/api/v3/statuses/{p.status}", "title": STATUSES[p.status][0]},
                "priority": {"href": "/api/v3/priorities/8", "title": "Normal"},
                "assignee": {"href": owner and f"/api/v3/{owner}", "title": name_of(p.owner)},
                "version": {"href": None}, "category": {"href": "/api/v3/categories/1", "title": "Player"},
                "parent": {"href": p.parent and f"/api/v3/work_packages/{p.parent}"},
                "customField4": [{"href": "/api/v3/custom_options/1", "title": "web"},
                                 {"href": "/api/v3/custom_options/2", "title": "ios"}],
            },
        }  # fmt: skip

    def entry(self, e: Entry) -> dict[str, Any]:
        on = {"href": e.package and f"/api/v3/work_packages/{e.package}"}
        hours, minutes = divmod(e.minutes, 60)
        days, hours = divmod(hours, 24)
        return {
            "_type": "TimeEntry", "id": e.number, "spentOn": e.on.isoformat(), "ongoing": e.ongoing,
            "hours": None if e.ongoing else f"P{f'{days}D' if days else ''}T{hours}H{minutes}M",
            "createdAt": self.at(e.created), "updatedAt": self.at(e.updated),
            "_links": {
                "project": {"href": f"/api/v3/projects/{e.project}", "title": PROJECTS[e.project][0].title()},
                "entity" if self.newer else "workPackage": on,
                "user": {"href": f"/api/v3/users/{e.user}", "title": PEOPLE[e.user]},
            },
        }  # fmt: skip

    def activities(self, p: Package) -> list[dict[str, Any]]:
        """In the account's language, German."""
        out = [{"_type": "Activity", "id": 100_000 + p.number, "details": [], "createdAt": self.at(p.created),
                "_links": {"user": {"href": "/api/v3/users/4"}}}]  # fmt: skip
        for label, past, names in (
            ("Status", p.states, lambda s: STATUSES[s][0]),
            ("Zugewiesen an", p.owners, name_of),
        ):
            for before, (at, value, who, nr) in itertools.pairwise(past):
                out.append({
                    "_type": "Activity", "id": nr, "createdAt": self.at(at),
                    "details": [{"format": "custom", "raw": "…", "html": told(label, names(before[1]), names(value))}],
                    "_links": {"user": {"href": f"/api/v3/users/{who}"}},
                })  # fmt: skip
        self.rng.shuffle(out)
        return out

    def user(self, nr: int) -> dict[str, Any]:
        return {"_type": "User", "id": nr, "name": PEOPLE[nr], "email": MAILS.get(nr),
                "_links": {"self": {"href": f"/api/v3/users/{nr}", "title": PEOPLE[nr]}}}  # fmt: skip

    def group(self, nr: int) -> dict[str, Any]:
        name, members = GROUPS[nr]
        return {"_type": "Group", "id": nr, "name": name, "_links": {
            "self": {"href": f"/api/v3/groups/{nr}"},
            "members": [{"href": f"/api/v3/users/{m}", "title": PEOPLE[m]} for m in members]}}  # fmt: skip

    def project(self, nr: int) -> dict[str, Any]:
        return {
            "_type": "Project",
            "id": nr,
            "identifier": PROJECTS[nr][0],
            "name": PROJECTS[nr][0].title(),
        }

    def status(self, nr: int) -> dict[str, Any]:
        return {
            "_type": "Status",
            "id": nr,
            "name": STATUSES[nr][0],
            "isClosed": STATUSES[nr][1],
            "isDefault": nr == 1,
        }


SCHEMA = {
    "_type": "Schema", "status": {"type": "Status", "name": "Status"},
    "assignee": {"type": "User", "name": "Zugewiesen an"},
    "customField3": {"type": "String", "name": "Squad"},
    "customField4": {"type": "[]CustomOption", "name": "Platforms"},
}  # fmt: skip


def told(label: str, before: str, after: str) -> str:
    if not after:
        return f"<strong>{label}</strong> gelöscht (<strike><i>{before}</i></strike>)"
    if not before:
        return f"<strong>{label}</strong> gesetzt auf <i>{after}</i>"
    return f"<strong>{label}</strong> geändert von <i>{before}</i> <br/><strong>zu</strong> <i>{after}</i>"


def href_of(owner: int) -> str | None:
    return f"groups/{owner}" if owner in GROUPS else f"users/{owner}" if owner else None


def name_of(owner: int) -> str:
    return GROUPS[owner][0] if owner in GROUPS else PEOPLE.get(owner, "")


def filters_of(asked: Asked) -> list[tuple[str, tuple[str, list[str]]]]:
    given: list[Mapping[str, Any]] = json.loads(asked.query.get("filters", "[]"))
    return [(name, (f["operator"], f["values"])) for one in given for name, f in one.items()]


def within(at: datetime, values: list[str]) -> bool:
    low, high = (datetime.fromisoformat(v) if v else None for v in values)
    return (low is None or at >= low) and (high is None or at <= high)


def error(status: int, name: str, message: str) -> Reply:
    urn = f"urn:openproject-org:api:v3:errors:{name}"
    return Reply({"_type": "Error", "errorIdentifier": urn, "message": message}, status)


def missing() -> Reply:
    return error(404, "NotFound", "The requested resource could not be found.")
