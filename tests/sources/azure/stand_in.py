"""Azure DevOps on loopback: queries, batches and updates as it has them, in a world that people change."""

from __future__ import annotations

import base64
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.standin.server import Asked, Faults, Reply, StandIn

TOKEN = "an-azure-token"
START = datetime(2026, 9, 1, 8, tzinfo=UTC)
#: Project → type → state → category. In one of them states are called otherwise.
PROJECTS = {
    "Shop": {
        "Bug": {"New": "Proposed", "Active": "InProgress", "Resolved": "Resolved", "Closed": "Completed"},
        "User Story": {"New": "Proposed", "Active": "InProgress", "Closed": "Completed", "Removed": "Removed"},
    },
    "Till & Co": {
        "Bug": {"Waiting": "Proposed", "Making": "InProgress", "Shipped": "Completed", "Dropped": "Removed"},
        "User Story": {"Waiting": "Proposed", "Making": "InProgress", "Shipped": "Completed"},
    },
}  # fmt: skip
PEOPLE = {"ann@example.org": "Ann Example", "EXAMPLE\\ben": "Ben Example"}
ROBOT = "Build\\0001"
COMPLETED = "Microsoft.VSTS.Scheduling.CompletedWork"
POINTS = "Microsoft.VSTS.Scheduling.StoryPoints"
FIELDS = {
    **{f"System.{n}": (n, "string") for n in ("State", "Title", "TeamProject", "WorkItemType", "Tags", "Reason")},
    "System.AreaPath": ("Area Path", "treePath"), "System.IterationPath": ("Iteration Path", "treePath"),
    "System.AssignedTo": ("Assigned To", "string"), "System.Parent": ("Parent", "integer"),
    "System.ChangedDate": ("Changed Date", "dateTime"), "System.CreatedDate": ("Created Date", "dateTime"),
    "Microsoft.VSTS.Common.ClosedDate": ("Closed Date", "dateTime"),
    COMPLETED: ("Completed Work", "double"), POINTS: ("Story Points", "double"),
    "Custom.Squad": ("Squad", "string"), "Custom.Size2": ("Squad", "double"),
}  # fmt: skip


@dataclass
class Item:
    """A work item; ``revisions`` are (moment, by whom, what became of which fields)."""

    number: int
    revisions: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)

    def now(self, last: datetime | None = None) -> dict[str, Any]:
        """All fields, as of a moment."""
        out: dict[str, Any] = {}
        for at, _, given in self.revisions:
            if last is None or at <= last:
                out |= given
        return out

    def __getitem__(self, name: str) -> Any:
        return self.now().get(name)


class AzureStandIn(StandIn):
    """``has_parent`` is whether the field System.Parent is there, ``lag`` how far its queries are behind."""

    def __init__(self, many: int = 30, faults: Faults | None = None, *, has_parent: bool = True,
                 has_states: bool = True, lag: timedelta = timedelta()) -> None:  # fmt: skip
        super().__init__(faults)
        self.has_parent, self.has_states, self.lag = has_parent, has_states, lag
        self.items: dict[int, Item] = {}
        self.bin: dict[int, datetime] = {}
        self.dead: dict[int, Item] = {}
        self.clock, self.last = START, 0
        self.sign_in = "refused"
        self.fields = {n: k for n, k in FIELDS.items() if has_parent or n != "System.Parent"}
        rng = random.Random(self.faults.seed + 1)
        for _ in range(many):
            self.create(rng)
        for _ in range(many * 3):
            self.change(rng, deletes=False)

    # the world

    def tick(self, rng: random.Random) -> datetime:
        steps = (0, 3, 3, 700, 30_000, 200_000, 3_600_000, 20_000_000)
        self.clock += timedelta(milliseconds=rng.choice(steps))
        return self.clock

    def create(self, rng: random.Random) -> Item:
        self.last += rng.choice((1, 1, 3))
        project = rng.choice(list(PROJECTS))
        kind = rng.choice(list(PROJECTS[project]))
        made = Item(self.last)
        at = self.tick(rng)
        given = {
            "System.TeamProject": project, "System.WorkItemType": kind, "System.CreatedDate": at,
            "System.State": next(iter(PROJECTS[project][kind])), "System.Title": f"Item {self.last}",
            "System.AreaPath": f"{project}\\Video\\Player", "System.IterationPath": project,
            "System.Tags": rng.choice(("web; ios", "web", "")), POINTS: rng.choice((None, 3.0, 5.0)),
            "Custom.Squad": rng.choice(("audio", "video")), "System.Parent": rng.choice([None, *self.items]),
            "System.AssignedTo": rng.choice((None, *PEOPLE, ROBOT)), COMPLETED: rng.choice((None, 2.0)),
        }  # fmt: skip
        made.revisions.append((at, rng.choice(list(PEOPLE)), {k: v for k, v in given.items() if v not in (None, "")}))  # fmt: skip
        self.items[self.last] = made
        return made

    def edit(self, item: Item, by: str, at: datetime, **fields: Any) -> None:
        # revisions of one work item have moments that differ
        last = item.revisions[-1][0]
        at = max(at, last + timedelta(milliseconds=3))
        self.clock = max(self.clock, at)
        item.revisions.append((at, by, {n.replace("__", "."): v for n, v in fields.items()}))

    def change(self, rng: random.Random, *, deletes: bool = True) -> None:
        what = rng.choice(
            ("state", "state", "owner", "hours", "move", "create", "delete", "title", "type")
        )
        item, at, by = (
            rng.choice(list(self.items.values())),
            self.tick(rng),
            rng.choice(list(PEOPLE)),
        )
        project, kind = item["System.TeamProject"], item["System.WorkItemType"]
        if what == "state":
            new = rng.choice([s for s in PROJECTS[project][kind] if s != item["System.State"]])
            self.edit(item, by, at, System__State=new)
        elif what == "owner":
            new = rng.choice([p for p in (None, *PEOPLE) if p != item["System.AssignedTo"]])
            self.edit(item, by, at, System__AssignedTo=new)
        elif what == "hours":
            self.edit(item, by, at, **{COMPLETED: rng.choice((None, 0.0, 1.5, 4.0, 6.0, 11.25))})
        elif what == "title":
            self.edit(item, by, at, System__Title=f"Again {rng.random()}")
        elif what in ("move", "type"):
            project = (
                rng.choice([p for p in PROJECTS if p != project]) if what == "move" else project
            )
            kind = rng.choice(list(PROJECTS[project])) if what == "type" else kind
            state = item["System.State"]
            state = (
                state if state in PROJECTS[project][kind] else next(iter(PROJECTS[project][kind]))
            )
            wanted = {
                "System.TeamProject": project,
                "System.WorkItemType": kind,
                "System.State": state,
            }
            now = item.now()
            self.edit(item, by, at, **{n: v for n, v in wanted.items() if now[n] != v})
        elif what == "create":
            self.create(rng)
        elif deletes and len(self.items) > 3:
            self.dead[item.number] = self.items.pop(item.number)
            self.bin[item.number] = at

    # answering

    def answer(self, asked: Asked) -> Reply:
        pair = base64.b64encode(f":{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            return {
                "refused": Reply(b"", 401),
                "page": Reply(b"\r\n<html>Sign in</html>", 203, {"Content-Type": "text/html"}),
                "sent away": Reply(b"", 302, {"Location": "https://login.example.org/_signin"}),
            }[self.sign_in]
        if asked.query.get("api-version", "").removesuffix("-preview") != "7.1":
            return error(400, "No api-version was supplied.")
        parts = [unquote(p) for p in asked.path.strip("/").split("/")]
        match parts:
            case ["_apis", "connectionData"]:
                return Reply({"authenticatedUser": {"providerDisplayName": "Reader"}})
            case ["_apis", "wit", "fields"]:
                rows = [
                    {"referenceName": r, "name": n, "type": t} for r, (n, t) in self.fields.items()
                ]
                return values(rows)
            case [project, "_apis", "wit", "workitemtypes", *more]:
                return self.types(project, more)
            case ["_apis", "wit", "wiql"]:
                return self.query(asked)
            case ["_apis", "wit", "workitemsbatch"]:
                return self.batch(asked)
            case ["_apis", "wit", "workItems", nr, "updates"] if int(nr) in self.items:
                return self.updates(self.items[int(nr)], asked)
        return error(
            404, "TF401232: Work item does not exist, or you do not have permissions to read it."
        )

    def types(self, project: str, more: list[str]) -> Reply:
        if project not in PROJECTS:
            return error(404, f"TF200016: The following project does not exist: {project}.")
        states = {
            kind: [{"name": n, "category": c, "color": "b2b2b2"} for n, c in found.items()]
            for kind, found in PROJECTS[project].items()
        }
        if more:
            return (
                values(states[more[0]])
                if more[0] in states
                else error(404, "VS402323: No such type.")
            )
        return values(
            [{"name": k, **({"states": s} if self.has_states else {})} for k, s in states.items()]
        )

    def query(self, asked: Asked) -> Reply:
        found = re.fullmatch(
            r"SELECT \[System.Id\] FROM WorkItems WHERE (.*) ORDER BY \[System.Id\]",
            asked.json()["query"],
        )
        top = int(asked.query["$top"])
        if found is None or not 1 <= top < 20_000 or asked.query.get("timePrecision") != "true":
            return error(400, "TF51006: The query statement is not valid.")
        clauses = found[1].split(" AND ")
        behind = (
            self.lag
            if self.goes_wrong(self.faults.expired) or self.faults.seed < 0
            else timedelta()
        )
        as_of = self.clock - behind
        if unknown := [
            p for c in clauses if "TeamProject" in c for p in quoted(c) if p not in PROJECTS
        ]:
            return error(400, f"TF200016: The following project does not exist: {unknown[0]}.")
        world = {**self.items, **{n: i for n, i in self.dead.items() if self.bin[n] > as_of}}
        numbers = [
            n for n, item in sorted(world.items())
            if item.revisions[0][0] <= as_of and all(passes(item, c, as_of) for c in clauses)
        ]  # fmt: skip
        rows = [{"id": n, "url": f"{self.url}/_apis/wit/workItems/{n}"} for n in numbers[:top]]
        return Reply({"queryType": "flat", "asOf": stamp(self.clock), "workItems": rows})

    def batch(self, asked: Asked) -> Reply:
        given = asked.json()
        if len(given["ids"]) > 200 or ("fields" in given and "$expand" in given):
            return error(
                400, "VS403474: You requested too many work items, or fields and relations."
            )
        if lost := [f for f in given.get("fields", ()) if f not in self.fields]:
            return error(400, f"TF51535: Cannot find field {lost[0]}.")
        rows = [
            self.row(self.items[n], given.get("fields")) if n in self.items else None
            for n in given["ids"]
        ]
        if self.goes_wrong(self.faults.shuffled):
            self.rng.shuffle(rows)
        return values(rows)

    def row(self, item: Item, fields: list[str] | None) -> dict[str, Any]:
        now = item.now() | {"System.ChangedDate": item.revisions[-1][0]}
        parent = now.get("System.Parent")
        shown = {
            n: told(n, v) for n, v in now.items()
            if v is not None and (fields is None or n in fields) and n in self.fields
        }  # fmt: skip
        out: dict[str, Any] = {"id": item.number, "rev": len(item.revisions), "fields": shown}
        if fields is None and parent:
            url = f"{self.url}/_apis/wit/workItems/{parent}"
            out["relations"] = [{"rel": "System.LinkTypes.Hierarchy-Reverse", "url": url}]
        return out

    def updates(self, item: Item, asked: Asked) -> Reply:
        rows, before = [], {}
        for rev, (at, by, given) in enumerate(item.revisions, 1):
            fields = {
                n: {"oldValue": told(n, before.get(n)), "newValue": told(n, v)}
                for n, v in given.items()
            }
            fields |= {
                "System.ChangedDate": {"newValue": stamp(at)},
                "System.ChangedBy": {"newValue": who(by)},
            }
            fields = {
                n: {k: v for k, v in pair.items() if v is not None} for n, pair in fields.items()
            }
            later = item.revisions[rev][0] if rev < len(item.revisions) else None
            revised = stamp(later) if later else "9999-01-01T00:00:00Z"
            rows.append({"id": rev, "workItemId": item.number, "rev": rev, "revisedBy": who(by),
                         "revisedDate": revised, "fields": fields})  # fmt: skip
            before |= given
        top, skip = min(int(asked.query["$top"]), 200), int(asked.query.get("$skip", 0))
        return values(rows[skip : skip + top])


def passes(item: Item, clause: str, as_of: datetime) -> bool:
    now = item.now(as_of)
    if found := re.fullmatch(r"\[System.Id\] > (\d+)", clause):
        return item.number > int(found[1])
    if clause == "[System.AssignedTo] <> ''":
        return bool(now.get("System.AssignedTo"))
    if found := re.fullmatch(r"\[([\w.]+)\] IN \(.*\)", clause):
        return str(now.get(found[1])).casefold() in [q.casefold() for q in quoted(clause)]
    found = re.fullmatch(r"\[System.(Changed|Created)Date\] (>=|<) '([^']*)'", clause)
    assert found, f"a clause that it does not know: {clause}"
    changed = max(at for at, _, _ in item.revisions if at <= as_of)
    at = changed if found[1] == "Changed" else item.revisions[0][0]
    limit = datetime.fromisoformat(found[3])
    return at >= limit if found[2] == ">=" else at < limit


def quoted(clause: str) -> list[str]:
    return [q.replace("''", "'") for q in re.findall(r"'((?:[^']|'')*)'", clause)]


def told(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    return who(value) if name == "System.AssignedTo" and value else value


def who(name: str) -> dict[str, Any]:
    kind = "svc" if name == ROBOT else "aad"
    return {"displayName": PEOPLE.get(name, "Builder"), "uniqueName": name, "id": f"id of {name}",
            "descriptor": f"{kind}.{name}"}  # fmt: skip


def stamp(at: datetime) -> str:
    text = at.isoformat(timespec="milliseconds").replace("+00:00", "")
    # as it does: without zeros at the end
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "Z"


def values(rows: list[Any]) -> Reply:
    return Reply({"count": len(rows), "value": rows})


def error(status: int, message: str) -> Reply:
    return Reply({"$id": "1", "message": message, "typeKey": "VssServiceException"}, status)
