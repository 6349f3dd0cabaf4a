"""A local Jira of both kinds: enhanced search and ``startAt``, histories, work logs, bulk answers, Tempo."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.standin.answered import Comment, Written
from tests.standin.jira_world import (
    AREA,
    EPIC,
    OTHER_POINTS,
    POINTS,
    SPRINT,
    STATES,
    TEAM,
    TYPES,
    Item,
    Log,
    World,
    whole_milliseconds,
)  # fmt: skip
from tests.standin.server import Asked, Faults, Reply, StandIn

_CLAUSE = re.compile(r"^\(?\s*(\w+)\s*(>=|<=|>|<|=|!=| in | is not )\s*(.+?)\s*\)?$", re.IGNORECASE)
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,()\s]+)')


class JiraStandIn(StandIn):
    """A Jira.

    Args:
        cloud: Which kind.
        zone: Of the account's profile: JQL is read in it.
        step: Seconds that pass between two requests; 0: the real clock.
        cut: Entries of a history that the search of Cloud gives.
        lag: Seconds that changes of work logs stay untold; Jira: 60.
        authorization: The only header that is let in; empty: everybody is.
        tempo: Whether hours are in Tempo.
    """

    def __init__(
        self, faults: Faults | None = None, *, cloud: bool = True, issues: int = 300, seed: int = 1,
        zone: str = "America/New_York", step: float = 0.0, cut: int = 10, lag: float = 0.0,
        authorization: str = "", tempo: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(faults)
        self.cloud, self.zone, self.cut, self.lag = cloud, ZoneInfo(zone), cut, lag
        #: Rights that the account lacks.
        self.denied: set[str] = set()
        self.authorization, self.step = authorization, step
        self._passed = 0.0
        self.written = Written()
        end = self.now() - timedelta(days=1)
        begin = end - timedelta(days=200)
        self.world = World(issues, seed, begin, end, cloud=cloud, tempo=tempo)
        self.page_limit = 1_000
        self._sorted: dict[str, tuple[int, list[Item]]] = {}
        self._tokens: dict[str, tuple[str, int]] = {}

    # time and people

    def now(self) -> datetime:
        return whole_milliseconds(super().now() + timedelta(seconds=self._passed))

    def change(self, rng: random.Random) -> None:
        with self.lock:
            self._passed += self.step
            self.world.change(rng, self.now())

    def truth(
        self, at: datetime, zone: ZoneInfo, projects: tuple[str, ...] = ()
    ) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
        """What must be in the ledger; see ``World.truth``."""
        with self.lock:
            return self.world.truth(at, zone, projects)

    # answering

    def answer(self, asked: Asked) -> Reply:
        self._passed += self.step
        if self.authorization and asked.headers.get("authorization") != self.authorization:
            return refusal(401, "Client must be authenticated to access this resource.")
        path = asked.path
        if path.startswith("/tempo/"):
            return self._tempo(asked)
        for pattern, name in _ROUTES:
            if found := pattern.fullmatch(path):
                handler: Callable[..., Reply] = getattr(self, name)
                return handler(asked, *found.groups())
        return refusal(404, "dead link")

    def _server_info(self, asked: Asked) -> Reply:
        kind = "Cloud" if self.cloud else "Server"
        version = "1001.0.0-SNAPSHOT" if self.cloud else "9.12.4"
        numbers = [1001, 0, 0] if self.cloud else [9, 12, 4]
        return Reply(
            {"baseUrl": "https://example.atlassian.net", "version": version, "deploymentType": kind,
             "versionNumbers": numbers, "serverTitle": "Jira"}
        )  # fmt: skip

    def _myself(self, asked: Asked) -> Reply:
        who = self.world.user(self.world.people[0])
        return Reply({**who, "timeZone": self.zone.key})

    def _fields(self, asked: Asked) -> Reply:
        named = [
            (
                POINTS,
                "Story point estimate",
                "number",
                "com.pyxis.greenhopper.jira:jsw-story-points",
            ),
            (OTHER_POINTS, "Story point estimate", "string", ""),
            (SPRINT, "Sprint", "array", "com.pyxis.greenhopper.jira:gh-sprint"),
            (EPIC, "Epic Link", "any", "com.pyxis.greenhopper.jira:gh-epic-link"),
            (
                TEAM,
                "Team",
                "team",
                "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team",
            ),
            ("customfield_10021", "Flagged", "array", ""),
            (AREA, "Area", "option", "com.atlassian.jira.plugin.system.customfieldtypes:select"),
        ]
        own = ("summary", "status", "assignee", "issuetype", "project", "priority", "resolution")
        fields: list[dict[str, Any]] = [
            {"id": n, "name": n.capitalize(), "custom": False, "schema": {"type": "string"}}
            for n in own
        ]
        fields += [
            {"id": i, "name": n, "custom": True, "schema": {"type": t, "custom": c}}
            for i, n, t, c in named
        ]
        return Reply(fields)

    def _states(self, asked: Asked) -> Reply:
        return Reply([self.world.state(ident) for ident in STATES])

    def _types(self, asked: Asked) -> Reply:
        return Reply([{"id": i, "name": n, "hierarchyLevel": v} for i, (n, v) in TYPES.items()])

    def _configuration(self, asked: Asked) -> Reply:
        return Reply({"timeTrackingEnabled": True})

    def _permissions(self, asked: Asked) -> Reply:
        if asked.query.get("projectKey", "") not in ("", *self.world.projects):
            return refusal(404, "No project could be found with key.")
        wanted = asked.query.get("permissions", "").split(",")
        return Reply({"permissions": {w: {"havePermission": w not in self.denied} for w in wanted}})

    def _projects(self, asked: Asked) -> Reply:
        values = [{"id": str(n), "key": k} for n, k in enumerate(self.world.projects)]
        return Reply({"values": values} if self.cloud else values)

    # search

    def _search(self, asked: Asked) -> Reply:
        if self.cloud:
            return refusal(410, "The requested API has been removed.")
        given = self._given(asked)
        found = self._found(given["jql"], given.get("validateQuery", True) not in (False, "false"))
        if isinstance(found, Reply):
            return found
        start, size = int(given.get("startAt", 0)), int(given.get("maxResults", 50))
        size = min(size, self.page_limit)
        page = self._page(found, start, size)
        head = {"startAt": start, "maxResults": size, "total": len(found)}
        return self._issues(page, head, self._field_names(given))

    def _search_jql(self, asked: Asked) -> Reply:
        if not self.cloud:
            return refusal(404, "null for uri")
        given = self._given(asked)
        token, start = given.get("nextPageToken"), 0
        if token:
            if token not in self._tokens or self.goes_wrong(self.faults.expired):
                return refusal(400, "The nextPageToken is invalid or has expired.")
            jql, start = self._tokens[token]
            if jql != given["jql"]:
                return refusal(400, "The nextPageToken is invalid for this query.")
        found = self._found(given["jql"], True)
        if isinstance(found, Reply):
            return found
        names = self._field_names(given)
        most = 5_000 if set(names) <= {"id", "key"} else 100
        size = min(int(given.get("maxResults", 50)), most)
        head: dict[str, Any] = {"isLast": start + size >= len(found)}
        if not head["isLast"]:
            head["nextPageToken"] = f"t{len(self._tokens)}"
            self._tokens[head["nextPageToken"]] = (given["jql"], start + size)
        return self._issues(self._page(found, start, size), head, names)

    def _given(self, asked: Asked) -> dict[str, Any]:
        return asked.json() if asked.method == "POST" else dict(asked.query)

    def _field_names(self, given: dict[str, Any]) -> list[str]:
        names = given.get("fields") or ["*all"]
        return names.split(",") if isinstance(names, str) else names

    def _page(self, found: list[Item], start: int, size: int) -> list[Item]:
        page = found[start : start + size]
        if start and self.goes_wrong(self.faults.again):
            page = found[max(start - 2, 0) : start] + page
        if self.goes_wrong(self.faults.shuffled):
            page = self.rng.sample(page, len(page))
        return page

    def _issues(self, page: list[Item], head: dict[str, Any], names: list[str]) -> Reply:
        if set(names) <= {"id", "key"}:
            short = [{"id": str(i.ident), "self": "x", "key": i.key} for i in page]
            return Reply({**head, "issues": short})
        parts = [self.world.rendered(item, self.cut) for item in page]
        text = json.dumps(head).encode()[:-1]
        comma = b", " if len(head) else b""
        return Reply(text + comma + b'"issues": [' + b",".join(parts) + b"]}")

    def _about(self, asked: Asked) -> Reply:
        found = self._found(asked.json()["jql"], True)
        return found if isinstance(found, Reply) else Reply({"count": len(found)})

    def _found(self, jql: str, strict: bool) -> list[Item] | Reply:
        kept = self._sorted.get(jql)
        if kept and kept[0] == self.world.version:
            return kept[1]
        where, _, order = re.split(r"(\border by\b|$)", jql, maxsplit=1, flags=re.IGNORECASE)
        items = list(self.world.items.values())
        for clause in re.split(r"\s+AND\s+", where.strip(), flags=re.IGNORECASE):
            test = self._clause(clause, strict)
            if isinstance(test, Reply):
                return test
            items = [item for item in items if test(item)]
        items.sort(key=lambda i: (i.project, i.number))
        first = order.split(",")[0].split()
        if first and first[0].lower() in ("updated", "created"):
            name = first[0].lower()
            items.sort(key=lambda i: getattr(i, name), reverse=first[-1].lower() == "desc")
        if len(self._sorted) > 50:
            self._sorted.clear()
        self._sorted[jql] = (self.world.version, items)
        return items

    def _clause(self, clause: str, strict: bool) -> Callable[[Item], bool] | Reply:
        match = _CLAUSE.match(clause.strip())
        if not match:
            return refusal(400, f"Error in the JQL Query: {clause}")
        name, op, rest = match[1].lower(), match[2].strip().lower(), match[3]
        words = [(a or b).replace('\\"', '"') for a, b in _WORD.findall(rest)]
        if name in ("updated", "created"):
            return self._time(name, op, words[0])
        if name == "project":
            unknown = [w for w in words if w not in self.world.projects]
            if unknown:
                return refusal(
                    400, f"The value '{unknown[0]}' does not exist for the field 'project'."
                )
            return lambda i: i.project in words
        if name == "id":
            there = {str(i) for i in self.world.items} | {i.key for i in self.world.items.values()}
            if strict and (unknown := [w for w in words if w not in there]):
                return refusal(
                    400,
                    f"Issue does not exist or you do not have permission to see it: {unknown[0]}",
                )
            chosen = set(words)
            return lambda i: str(i.ident) in chosen or i.key in chosen
        if name == "issuetype":
            return lambda i: TYPES[i.type][0] in words
        if name == "status":
            return lambda i: i.state in words or STATES[i.state][0] in words
        if name == "labels":
            return lambda i: bool(set(words) & set(i.labels))
        if name == "assignee" and op == "is not":
            return lambda i: i.assignee is not None
        return refusal(
            400, f"Field '{name}' does not exist or you do not have permission to view it."
        )

    def _time(self, name: str, op: str, text: str) -> Callable[[Item], bool] | Reply:
        if text.lstrip("-").isdigit():
            at = datetime.fromtimestamp(int(text) / 1000, UTC)
        else:
            try:
                at = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=self.zone)
            except ValueError:
                return refusal(400, f"Date value '{text}' for field '{name}' is invalid.")
        if op in (">=", ">"):
            return lambda i: bool(getattr(i, name) >= at)
        return lambda i: bool(getattr(i, name) < at)

    # bulk

    def _bulk_issues(self, asked: Asked) -> Reply:
        wanted = asked.json()["issueIdsOrKeys"]
        if len(wanted) > 100:
            return refusal(400, "At most 100 issues.")
        found = self._by_any(wanted)
        return self._issues(found, {"expand": "names", "issueErrors": []}, ["*all"])

    def _by_any(self, wanted: list[str]) -> list[Item]:
        """Issues by ids or keys, in order of their ids, as Jira gives them."""
        items = self.world.items
        found = {int(w): items[int(w)] for w in wanted if w.isdecimal() and int(w) in items}
        if len(found) < len(wanted) and any(not w.isdecimal() for w in wanted):
            by_key = {i.key: i for i in items.values()}
            found |= {by_key[w].ident: by_key[w] for w in wanted if w in by_key}
        return [found[ident] for ident in sorted(found)]

    def _bulk_history(self, asked: Asked) -> Reply:
        given = asked.json()
        wanted, names = set(given["issueIdsOrKeys"]), given.get("fieldIds")
        if len(wanted) > 1_000:
            return refusal(400, "At most 1000 issues.")
        every = [
            (c.at, i.ident, c) for i in self._by_any(list(wanted)) for c in i.changes
            if not names or c.field in names
        ]  # fmt: skip
        every.sort(key=lambda e: (e[0], e[1]))
        start, size = (
            int(given.get("nextPageToken") or 0),
            min(int(given.get("maxResults", 1000)), 200),
        )
        by_issue: dict[int, list[Any]] = {}
        for at, ident, change in every[start : start + size]:
            entry = self.world.history(change)
            entry["created"] = round(at.timestamp() * 1000)
            by_issue.setdefault(ident, []).append(entry)
        out: dict[str, Any] = {
            "issueChangeLogs": [
                {"issueId": str(i), "changeHistories": h} for i, h in by_issue.items()
            ]
        }
        if start + size < len(every):
            out["nextPageToken"] = str(start + size)
        return Reply(out)

    def _one(self, asked: Asked, ident: str) -> Reply:
        found = self._by_any([ident])
        if not found:
            return refusal(404, "Issue does not exist or you do not have permission to see it.")
        return Reply(self.world.render(found[0], 1_000_000))

    def _history(self, asked: Asked, ident: str) -> Reply:
        found = self._by_any([ident])
        if not found or not self.cloud:
            return refusal(404, "null for uri")
        return self._values(asked, [self.world.history(c) for c in found[0].changes], "values", 100)

    def _comments(self, asked: Asked, ident: str) -> Reply:
        found = self._by_any([ident])
        if not found:
            return refusal(404, "Issue does not exist or you do not have permission to see it.")
        place = found[0].key
        if asked.method == "GET":
            return self._values(
                asked, [self._shown(c) for c in self.written.at(place)], "comments", 100
            )
        refused = self.written.refusal(place)
        if refused:
            return refused
        given = asked.json()
        properties = {p["key"]: p["value"] for p in given.get("properties", ())}
        made = self.written.put(place, given["body"], self.world.people[0].account, properties)
        return self.written.done(self._shown(made), 201)

    def _comment(self, asked: Asked, ident: str, number: str) -> Reply:
        comment = self.written.comments.get(int(number))
        refused = self.written.refusal()
        if refused or comment is None:
            return refused or refusal(404, "Can not find a comment for the id.")
        comment.body, comment.edits = asked.json()["body"], comment.edits + 1
        return self.written.done(self._shown(comment), 200)

    def _property(self, asked: Asked, number: str, name: str) -> Reply:
        comment = self.written.comments.get(int(number))
        if comment is None or name not in comment.properties:
            return refusal(404, "The property does not exist.")
        return Reply({"key": name, "value": comment.properties[name]})

    def _shown(self, of: Comment) -> dict[str, Any]:
        author = {"accountId" if self.cloud else "key": of.author}
        return {"id": str(of.ident), "body": of.body, "author": author}

    def _worklogs(self, asked: Asked, ident: str) -> Reply:
        found = self._by_any([ident])
        if not found:
            return refusal(404, "Issue does not exist or you do not have permission to see it.")
        logs = [self.world.worklog(found[0], log) for log in found[0].logs.values()]
        return self._values(asked, logs, "worklogs", 15)

    def _values(self, asked: Asked, values: list[Any], name: str, most: int) -> Reply:
        start = int(asked.query.get("startAt", 0))
        size = min(int(asked.query.get("maxResults", most)), most)
        head = {"startAt": start, "maxResults": size, "total": len(values)}
        return Reply({**head, name: values[start : start + size]})

    def _logs_since(self, asked: Asked, what: str) -> Reply:
        since, until = int(asked.query.get("since", 0)), self.now() - timedelta(seconds=self.lag)
        table = self.world.updated_logs if what == "updated" else self.world.deleted_logs
        told = sorted(
            (round(at.timestamp() * 1000), ident) for ident, at in table.items()
            if at <= until and at.timestamp() * 1000 >= since
        )  # fmt: skip
        page = told[:1_000]
        last = len(page) == len(told)
        end = round(until.timestamp() * 1000) if last else page[-1][0]
        values = [{"worklogId": i, "updatedTime": at, "properties": []} for at, i in page]
        return Reply({"values": values, "since": since, "until": max(end, since), "lastPage": last})

    def _logs_listed(self, asked: Asked) -> Reply:
        wanted = set(asked.json()["ids"])
        out = [
            self.world.worklog(item, log)
            for item in self.world.items.values() for log in item.logs.values() if log.ident in wanted
        ]  # fmt: skip
        return Reply(out)

    def _users(self, asked: Asked) -> Reply:
        wanted = set(re.findall(r"[?&]accountId=([^&]+)", asked.address))
        return Reply(
            {"values": [self.world.user(p) for p in self.world.people if p.account in wanted]}
        )

    def _user(self, asked: Asked) -> Reply:
        key = asked.query.get("key")
        found = [p for p in self.world.people if p.account == key]
        return (
            Reply(self.world.user(found[0])) if found else refusal(404, "The user does not exist.")
        )

    # Tempo

    def _tempo(self, asked: Asked) -> Reply:
        logs = list(self.world.tempo.values())
        if since := asked.query.get("updatedFrom"):
            logs = [g for g in logs if g.updated.date().isoformat() >= since]
        if first := asked.query.get("from"):
            logs = [g for g in logs if first <= g.on.isoformat() <= asked.query["to"]]
        if match := re.fullmatch(r".*/issue/(\d+)", asked.path):
            logs = [g for g in logs if g.issue == int(match[1])]
        start, size = int(asked.query.get("offset", 0)), int(asked.query.get("limit", 50))
        page = logs[start : start + size]
        meta: dict[str, Any] = {"count": len(page), "offset": start, "limit": size}
        if start + size < len(logs):
            meta["next"] = f"https://api.tempo.io{asked.path}?offset={start + size}&limit={size}"
        results = [
            {
                "tempoWorklogId": g.ident, "issue": {"self": "x", "id": g.issue},
                "timeSpentSeconds": g.seconds, "billableSeconds": 0, "startDate": g.on.isoformat(),
                "startTime": "09:00:00", "description": "", "author": {"accountId": g.author.account},
                "updatedAt": f"{g.updated:%Y-%m-%dT%H:%M:%SZ}", "attributes": {"values": []},
            }
            for g in page
        ]  # fmt: skip
        return Reply({"self": "x", "metadata": meta, "results": results})


def refusal(status: int, words: str) -> Reply:
    """An error as Jira writes it."""
    return Reply({"errorMessages": [words], "errors": {}}, status)


_ROUTES = [
    (re.compile(r"/rest/api/[23]/" + pattern), name)
    for pattern, name in (
        ("serverInfo", "_server_info"), ("myself", "_myself"), ("field", "_fields"), ("status", "_states"),
        ("issuetype", "_types"), ("configuration", "_configuration"),
        ("mypermissions", "_permissions"), ("project(?:/search)?", "_projects"),
        ("search", "_search"), ("search/jql", "_search_jql"), ("search/approximate-count", "_about"),
        ("issue/bulkfetch", "_bulk_issues"), ("changelog/bulkfetch", "_bulk_history"),
        (r"issue/([\w-]+)", "_one"), (r"issue/([\w-]+)/changelog", "_history"),
        (r"issue/([\w-]+)/comment", "_comments"), (r"issue/([\w-]+)/comment/(\d+)", "_comment"),
        (r"comment/(\d+)/properties/([\w.]+)", "_property"), (r"issue/([\w-]+)/worklog", "_worklogs"),
        (r"worklog/(updated|deleted)", "_logs_since"), ("worklog/list", "_logs_listed"),
        ("user/bulk", "_users"), ("user", "_user"),
    )
]  # fmt: skip

__all__ = ["JiraStandIn", "Log"]
