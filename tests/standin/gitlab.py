"""A GitLab on loopback: a world of projects with issues, merge requests, epics, time spent and histories.

Lists are filtered, sorted and paged as GitLab does it: ``updated_after`` and ``created_after`` include their
moment, moments are kept to the microsecond and shown to the millisecond, totals are left out above 10,000.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from tests.standin.answered import Comment
from tests.standin.gitlab_truth import shown, truth
from tests.standin.gitlab_world import (
    DOING,
    KINDS,
    MARKS,
    REVIEW,
    TOKEN,
    Event,
    GitLabWorld,
    Thing,
)  # fmt: skip
from tests.standin.server import Asked, Reply

__all__ = ["DOING", "KINDS", "REVIEW", "TOKEN", "GitLabStandIn", "Thing"]


class GitLabStandIn(GitLabWorld):
    """See above."""

    def truth(self, **given: Any) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
        """As ``gitlab_truth.truth``."""
        return truth(self, **given)

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("private-token") != self.token:
            return Reply({"message": "401 Unauthorized"}, 401)
        is_writing = asked.method in ("POST", "PUT") and asked.path != "/api/graphql"
        needed = {"api"} if is_writing else {"api", "read_api"}
        if not needed & set(self.scopes) and "/personal" not in asked.path:
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
        if rest[0] == "statuses" and len(rest) == 2 and asked.method == "POST":
            return self._status(asked, rest[1])
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
        iid = int(rest[1]) if rest[1].isdecimal() else 0
        thing = self.by_iid.get((kind, number, iid))
        if thing is None:
            return _absent()
        if len(rest) == 2:
            return Reply(self.show(thing))
        if rest[2] == "notes" and (asked.method != "GET" or self.written.at(self.key(thing))):
            return self._notes(asked, thing, rest)
        rows = self._of(thing, rest[2])
        return _absent() if rows is None else self._page(asked, rows, len(rows))

    def _notes(self, asked: Asked, thing: Thing, rest: list[str]) -> Reply:
        place = self.key(thing)
        if asked.method == "GET":
            own = [_note(c) for c in self.written.at(place)]
            rows = [*(self._of(thing, "notes") or ()), *own]
            return self._page(asked, rows, len(rows))
        refusal = self.written.refusal(place)
        if refusal:
            return refusal
        body = asked.json()["body"]
        if asked.method == "POST":
            return self.written.done(_note(self.written.put(place, body, "1")), 201)
        comment = self.written.comments.get(int(rest[3]))
        if comment is None:
            return _absent()
        comment.body, comment.edits = body, comment.edits + 1
        return self.written.done(_note(comment), 200)

    def _status(self, asked: Asked, commit: str) -> Reply:
        refusal = self.written.refusal()
        if refusal:
            return refusal
        before = [body for sha, body in self.written.statuses if sha == commit]
        if before and before[-1]["state"] == asked.json()["state"]:
            words = "Cannot transition status via :succeed from :success"
            return Reply({"message": words}, 400)
        self.written.statuses.append((commit, asked.json()))
        return self.written.done({"id": self.written.ident()}, 201)

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
                {"id": e.id, "body": e.what, "system": True, "created_at": shown(e.at),
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
            things = sorted(self.within(path, kind), key=lambda t: (getattr(t, by), t.id))
            known = self._version, things, [getattr(t, by) for t in things]
            self._sorted[home, number, kind, by] = known
        return known[1], known[2]

    def _page(
        self, asked: Asked, rows: list[Any], total: int, show: Callable[[Any], Any] = lambda row: row
    ) -> Reply:  # fmt: skip
        size = min(int(asked.query.get("per_page", 20)), 100)
        page = int(asked.query.get("page", 1))
        shown = [show(row) for row in rows[(page - 1) * size : page * size]]
        before = self._last_shown.get(asked.path, [])
        self._last_shown[asked.path] = shown
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
            "state": thing.state, "created_at": shown(thing.created),
            "updated_at": shown(thing.updated), "closed_at": shown(thing.closed),
            "labels": list(thing.labels), "author": {"username": thing.author},
            "references": {"short": key[len(key.rpartition(MARKS[thing.kind])[0]) :], "full": key},
            "web_url": f"{self.url}/{key.replace(MARKS[thing.kind], '/-/' + thing.kind + '/')}",
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
            return {**out, "sha": f"{thing.id:040x}", "merged_at": shown(thing.merged), "merge_user": who if merged else None,
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
        of = "merge_requests" if kind == "mergeRequests" else "issues"
        found = [self.by_iid.get((of, number, int(iid))) for iid in given["iids"]]
        chosen = [thing for thing in found if thing is not None]
        size = int(re.findall(r"first: (\d+)", query)[-1])
        nodes = [_timelogs(t, int(given.get("after") or 0), size) for t in chosen]
        return Reply({"data": {"project": {kind: {"nodes": nodes}}}})


def _timelogs(thing: Thing, first: int, size: int) -> dict[str, Any]:
    nodes = [
        {"id": f"gid://gitlab/Timelog/{t.id}", "spentAt": shown(t.at), "timeSpent": t.seconds,
         "user": {"username": t.person}}
        for t in thing.spent
    ]  # fmt: skip
    more = len(nodes) > first + size
    info = {"hasNextPage": more, "endCursor": str(first + size) if more else None}
    return {
        "iid": str(thing.iid),
        "timelogs": {"nodes": nodes[first : first + size], "pageInfo": info},
    }


def _note(of: Comment) -> dict[str, Any]:
    author = {"id": int(of.author), "username": f"person-{of.author}"}
    return {"id": of.ident, "body": of.body, "system": False, "author": author,
            "created_at": "2026-10-20T10:00:00.000Z"}  # fmt: skip


def _fits(thing: Thing, query: dict[str, str]) -> bool:
    if query.get("state", "all") not in ("all", thing.state):
        return False
    if "issue_type" in query and thing.type != query["issue_type"]:
        return False
    return "labels" not in query or query["labels"] in thing.labels


def _event(event: Event) -> dict[str, Any]:
    return {"id": event.id, "created_at": shown(event.at), "user": {"username": event.person}}


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _absent() -> Reply:
    return Reply({"message": "404 Not found"}, 404)
