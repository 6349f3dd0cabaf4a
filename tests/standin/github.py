"""A faithful local stand-in for GitHub: exactly the REST paths and GraphQL queries that the source uses.

GraphQL is recognised by the name of the query; variables are obeyed, fields are given whole. Lists are paged
by position (moment and id), as the page tokens of recorded answers are.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from tests.standin.answered import Comment, Written
from tests.standin.server import Asked, Faults, Reply, StandIn

_DAY = timedelta(days=1)
STATUSES = ("Todo", "In Progress", "Done")


@dataclass
class Thing:
    """An issue or a pull request."""

    no: int
    ident: str
    number: int
    repository: int
    is_pull: bool
    title: str
    author: str
    created: datetime
    updated: datetime
    closed: datetime | None = None
    merged: datetime | None = None
    reason: str | None = None
    draft: bool = False
    kind: str | None = None
    parent: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)
    status: str | None = None
    points: float | None = None
    in_project: datetime | None = None


class GitHubStandIn(StandIn):
    """GitHub on loopback.

    Args:
        issues: Things in each repository.
        repositories: Names, ``owner/name``.
        seed: Of the world; faults have their own.
    """

    def __init__(
        self, faults: Faults | None = None, *, issues: int = 60, seed: int = 1,
        repositories: tuple[str, ...] = ("acme/shop",), token: str = "let-me-in",
    ) -> None:  # fmt: skip
        super().__init__(faults)
        self.token = token
        self.tokens: set[str] = {token}
        self.later = timedelta(0)
        self.names = dict(enumerate(repositories, 1000))
        self.old_names: dict[str, int] = {}
        self.people = [f"dev-{i}" for i in range(8)]
        self.bots = ["dependabot"]
        self.teams = {"blue": self.people[:3], "green": self.people[3:6]}
        self.hidden: set[str] = set()
        self.queries: list[str] = []
        self.rejected_files: set[str] = set()
        self.too_much = 1_000
        self.public_key: Any = None
        #: What its app may do besides reading.
        self.rights: dict[str, str] = {}
        self.written = Written()
        self.logins: dict[str, str] = {}
        self.kept_back: set[str] = set()
        self._asks_status = False
        self._nos = 0
        self._version = 0
        self._sorted: dict[Any, tuple[int, list[Thing]]] = {}
        self._last_page: dict[str, list[Any]] = {}
        self.things: dict[str, Thing] = {}
        self._make(random.Random(seed), issues)

    def now(self) -> datetime:
        return super().now() + self.later

    # the world

    def _make(self, rng: random.Random, each: int) -> None:
        today = self.now().replace(microsecond=0)
        for repository in self.names:
            epic: str | None = None
            for _ in range(each):
                created = today - timedelta(
                    days=rng.randint(3, 500), seconds=rng.randint(0, 80_000)
                )
                thing = self.create(rng, repository, created, is_pull=rng.random() < 0.4)
                if not thing.is_pull and epic is None:
                    thing.kind, epic = "Epic", thing.ident
                elif not thing.is_pull and rng.random() < 0.3:
                    thing.parent = epic
                at = created
                for _ in range(rng.randint(0, 5)):
                    at += timedelta(hours=rng.randint(1, 24 * 20))
                    if at < today - _DAY:
                        self._happen(rng, thing, at)

    def create(self, rng: random.Random, repository: int, at: datetime, *, is_pull: bool) -> Thing:
        """Something new."""
        self._nos += 1
        author = rng.choice(self.people if rng.random() < 0.9 or not is_pull else self.bots)
        thing = Thing(
            self._nos, f"{'PR' if is_pull else 'I'}_kw{self._nos:06}", self._next_number(repository),
            repository, is_pull, f"Thing {self._nos}", author, at, at, draft=rng.random() < 0.1,
        )  # fmt: skip
        thing.kind = None if is_pull else rng.choice((None, "Bug", "Feature"))
        thing.labels = rng.sample(
            ["bug", "ui", "api", "team: blue", "points: 3"], rng.randint(0, 3)
        )
        if is_pull:
            count = rng.choice((1, 3, 8)) if rng.random() < 0.97 else 130
            thing.files = [f"src/{rng.choice('abc')}/{i}.py" for i in range(count)]
        self.things[thing.ident] = thing
        self._version += 1
        return thing

    def _next_number(self, repository: int) -> int:
        self._numbers = getattr(self, "_numbers", {})
        self._numbers[repository] = self._numbers.get(repository, 0) + 1
        return int(self._numbers[repository])

    def _event(self, thing: Thing, kind: str, at: datetime, **more: Any) -> None:
        self._nos += 1
        thing.events.append({"id": f"EV_{self._nos:07}", "kind": kind, "at": at, **more})

    def _happen(self, rng: random.Random, thing: Thing, at: datetime) -> None:
        """Something that people do; ``at`` is later than all before."""
        at = at.replace(microsecond=0)
        who = rng.choice(self.people)
        does: list[Callable[[], None]] = [lambda: self._edit(rng, thing)]
        if thing.is_pull:
            does += [lambda: self._review(rng, thing, at, who)] * 2
            if thing.closed is None:
                does += [lambda: self._merge(thing, at, who), lambda: self._close_pull(thing, at)]
        else:
            does += [lambda: self.assign(rng, thing, at, who)] * 3
            does += [lambda: self._close_or_open(rng, thing, at, who)] * 2
            does += [lambda: self._move(rng, thing, at, who)]
        rng.choice(does)()
        thing.updated = at
        self._version += 1

    def _edit(self, rng: random.Random, thing: Thing) -> None:
        thing.title = f"Thing {thing.no}, edited {rng.randint(1, 99)}"
        if thing.is_pull and rng.random() < 0.3:
            thing.files = [*thing.files, f"docs/{rng.randint(1, 99)}.md"]

    def _review(self, rng: random.Random, thing: Thing, at: datetime, who: str) -> None:
        self._nos += 1
        state = rng.choice(("APPROVED", "COMMENTED", "CHANGES_REQUESTED"))
        thing.reviews.append({"id": f"PRR_{self._nos}", "state": state, "at": at, "who": who})

    def _merge(self, thing: Thing, at: datetime, who: str) -> None:
        thing.closed = thing.merged = at
        self._event(thing, "merged", at, who=who)

    def _close_pull(self, thing: Thing, at: datetime) -> None:
        thing.closed = at

    def assign(self, rng: random.Random, thing: Thing, at: datetime, who: str) -> None:
        """Assigns somebody, or takes it off whoever has it."""
        if thing.assignees and rng.random() < 0.5:
            who = thing.assignees.pop(0)
            self._event(thing, "UnassignedEvent", at, who=who, assignee=who)
        elif who not in thing.assignees:
            thing.assignees.append(who)
            self._event(thing, "AssignedEvent", at, who=who, assignee=who)

    def _close_or_open(self, rng: random.Random, thing: Thing, at: datetime, who: str) -> None:
        if thing.closed is None:
            thing.closed = at
            thing.reason = rng.choice(("COMPLETED", "COMPLETED", "NOT_PLANNED"))
            self._event(thing, "ClosedEvent", at, who=who)
        else:
            thing.closed, thing.reason = None, "REOPENED"
            self._event(thing, "ReopenedEvent", at, who=who)

    def _move(self, rng: random.Random, thing: Thing, at: datetime, who: str) -> None:
        thing.status = rng.choice(STATUSES)
        thing.in_project = at
        self._event(thing, "ProjectV2ItemStatusChangedEvent", at, who=who, status=thing.status)

    def change(self, rng: random.Random) -> None:
        """Something that happens while somebody reads."""
        at = self.now().replace(microsecond=0)
        roll = rng.random()
        issues = [t for t in self.things.values() if not t.is_pull]
        if roll < 0.12:
            repository = rng.choice(sorted(self.names))
            self.create(rng, repository, at, is_pull=rng.random() < 0.5)
        elif roll < 0.2 and len(issues) > 3:
            self.delete(rng.choice(issues))
        elif roll < 0.28 and len(self.names) > 1 and issues:
            self.transfer(rng, rng.choice(issues), at)
        else:
            self._happen(rng, rng.choice(list(self.things.values())), at)

    def delete(self, thing: Thing) -> None:
        """Deletes an issue for good."""
        del self.things[thing.ident]
        self._version += 1

    def transfer(self, rng: random.Random, thing: Thing, at: datetime) -> None:
        """Moves an issue into another repository: a new number there, mostly a new id."""
        others = [r for r in self.names if r != thing.repository]
        del self.things[thing.ident]
        thing.repository = rng.choice(others)
        thing.number, thing.updated = self._next_number(thing.repository), at
        if rng.random() < 0.7:
            self._nos += 1
            thing.ident, thing.no = f"I_kw{self._nos:06}", self._nos
        self.things[thing.ident] = thing
        self._version += 1

    def rename(self, name: str, to: str) -> None:
        """Gives a repository another name; the old one leads to it."""
        ident = self._repository(name)
        self.old_names[name] = ident
        self.names[ident] = to
        self._version += 1

    # what the ledger must hold

    def key(self, thing: Thing) -> str:
        return f"{self.names[thing.repository]}#{thing.number}"

    def truth(
        self, now: datetime, zone: str = "UTC"
    ) -> tuple[dict[str, str], dict[str, int]]:  # fmt: skip
        """Key → state of all items, and row key → amount of all their effort."""
        states, rows = {}, {}
        for thing in self.things.values():
            states[self.key(thing)] = self._state(thing)
            for rest, amount in self._effort(thing, now, ZoneInfo(zone)):
                rows[f"{thing.ident}#{rest}"] = amount
        return states, rows

    def _state(self, thing: Thing) -> str:
        if thing.is_pull:
            if thing.merged:
                return "merged"
            return "closed" if thing.closed else "draft" if thing.draft else "open"
        if thing.closed is None:
            return "open"
        return "not planned" if thing.reason == "NOT_PLANNED" else "closed"

    def _effort(
        self, thing: Thing, now: datetime, zone: ZoneInfo
    ) -> Iterable[tuple[str, int]]:  # fmt: skip
        one = 1_000_000
        if self._state(thing) in ("merged",) or (
            not thing.is_pull and self._state(thing) == "closed"
        ):
            yield "item", one
        if thing.is_pull:
            yield "move:opened", one
            for review in thing.reviews:
                yield f"move:review:{review['id']}", one
            if thing.merged:
                yield "move:merged", one
            return
        for event in thing.events:
            if event["kind"] in ("ClosedEvent", "ReopenedEvent"):
                yield f"move:{event['id']}", one
        days: set[tuple[str, date]] = set()
        for who in self.people:
            for since, until in self._had(thing, who):
                days |= {(who, d) for d in _working_days(since, until or now, zone)}
        for who, on in days:
            yield f"day:{who}:{on.isoformat()}", one

    def _had(self, thing: Thing, who: str) -> list[tuple[datetime, datetime | None]]:
        """From when to when somebody had it while it was open."""
        out: list[tuple[datetime, datetime | None]] = []
        is_open, has, since = True, False, None
        for event in sorted(
            thing.events, key=lambda e: (e["at"], e["kind"] in ("AssignedEvent", "UnassignedEvent"))
        ):
            before = is_open and has
            if event["kind"] == "ClosedEvent":
                is_open = False
            elif event["kind"] == "ReopenedEvent":
                is_open = True
            elif event["kind"] in ("AssignedEvent", "UnassignedEvent") and event["assignee"] == who:
                has = event["kind"] == "AssignedEvent"
            if before and not (is_open and has) and since is not None and event["at"] > since:
                out.append((since, event["at"]))
            if not before and is_open and has:
                since = event["at"]
        if is_open and has and since is not None:
            out.append((since, None))
        return out

    # answering

    def answer(self, asked: Asked) -> Reply:
        path = unquote(asked.path.removeprefix("/api/v3").removeprefix("/api"))
        if re.fullmatch(r"/app/installations/\d+/access_tokens", path):
            return self._mint(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Reply({"message": "Bad credentials", "status": "401"}, 401)
        if path == "/graphql":
            return self._graphql(asked.json())
        if path == "/user":
            return Reply(
                {"login": self._login_of(asked)}, headers={"X-OAuth-Scopes": "repo, read:org"}
            )
        if path == "/rate_limit":
            return Reply({"resources": {}})
        found = re.fullmatch(r"/repos/([^/]+/[^/]+)/issues", path)
        if found:
            return self._rest_issues(found.group(1), asked)
        found = re.fullmatch(r"/repos/([^/]+/[^/]+)/(.+)", path)
        if found:
            return self._answers(found.group(1), found.group(2), asked)
        found = re.fullmatch(r"/repositories/(\d+)/issues", path)
        if found:
            return self._rest_issues(self.names.get(int(found.group(1)), ""), asked)
        return Reply({"message": "Not Found"}, 404)

    # what is written: comments, check runs, statuses

    def _login_of(self, asked: Asked) -> str:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        return self.logins.get(token, "reader")

    def thing(self, key: str) -> Thing | None:
        """Something by its key."""
        return next((t for t in self.things.values() if self.key(t) == key), None)

    def _answers(self, name: str, rest: str, asked: Asked) -> Reply:
        found = re.fullmatch(r"(issues|pulls)/(\d+)(/comments|/files)?", rest)
        if found:
            return self._of_thing(name, found, asked)
        found = re.fullmatch(r"issues/comments/(\d+)", rest)
        if found and asked.method == "PATCH":
            comment = self.written.comments.get(int(found[1]))
            refusal = self.written.refusal()
            if refusal or comment is None:
                return refusal or Reply({"message": "Not Found"}, 404)
            comment.body, comment.edits = asked.json()["body"], comment.edits + 1
            return self.written.done(self._comment(comment), 200)
        return self._of_commit(rest, asked)

    def _of_thing(self, name: str, found: re.Match[str], asked: Asked) -> Reply:
        thing = self.thing(f"{name}#{found[2]}")
        if thing is None or name in self.hidden or (found[1] == "pulls" and not thing.is_pull):
            return Reply({"message": "Not Found"}, 404)
        place = self.key(thing)
        if found[3] == "/files":
            return Reply([{"filename": f} for f in thing.files[:100]])
        if not found[3]:
            return Reply(self._rest_thing(thing, name))
        if asked.method == "GET":
            per, page = int(asked.query.get("per_page", 30)), int(asked.query.get("page", 1))
            rows = [self._comment(c) for c in self.written.at(place)]
            more = page * per < len(rows)
            link = {"Link": f'<{self.url}{asked.path}?page={page + 1}>; rel="next"'} if more else {}
            return Reply(rows[(page - 1) * per : page * per], headers=link)
        refusal = self.written.refusal(place)
        if refusal:
            return refusal
        made = self.written.put(place, asked.json()["body"], self._login_of(asked))
        return self.written.done(self._comment(made), 201)

    def _rest_thing(self, thing: Thing, name: str) -> dict[str, Any]:
        is_bot = thing.author in self.bots
        author = {"login": f"{thing.author}[bot]" if is_bot else thing.author,
                  "type": "Bot" if is_bot else "User"}  # fmt: skip
        out = {
            "number": thing.number, "title": thing.title, "body": None, "user": author,
            "state": "closed" if thing.closed else "open", "created_at": _z(thing.created),
            "html_url": f"https://github.com/{name}/issues/{thing.number}",
            "repository_url": f"{self.url}/api/v3/repos/{name}",
            "labels": [{"name": label} for label in thing.labels],
            "type": {"name": thing.kind} if thing.kind else None,
        }  # fmt: skip
        if thing.is_pull:
            out |= {"pull_request": {"url": "x"}, "head": {"sha": f"{thing.no:040x}"}}
        return out

    def _comment(self, of: Comment) -> dict[str, Any]:
        app = {"id": 77, "client_id": "Iv1.x"} if of.author.startswith("app:") else None
        return {"id": of.ident, "body": of.body, "user": {"login": of.author},
                "performed_via_github_app": app}  # fmt: skip

    def _of_commit(self, rest: str, asked: Asked) -> Reply:
        found = re.fullmatch(r"commits/([0-9a-f]{40})/check-runs", rest)
        if found:
            rows = [c for c in self.written.checks.values() if c["head_sha"] == found[1]]
            return Reply({"total_count": len(rows), "check_runs": rows})
        refusal = self.written.refusal()
        if refusal:
            return refusal
        if found := re.fullmatch(r"statuses/([0-9a-f]{40})", rest):
            self.written.statuses.append((found[1], asked.json()))
            return self.written.done({"id": self.written.ident()}, 201)
        if rest == "check-runs":
            if not asked.headers["authorization"].startswith("Bearer ghs_"):
                return Reply({"message": "You must authenticate via a GitHub App."}, 403)
            made = {**asked.json(), "id": self.written.ident()}
            self.written.checks[made["id"]] = made
            return self.written.done(made, 201)
        if found := re.fullmatch(r"check-runs/(\d+)", rest):
            known = self.written.checks.get(int(found[1]))
            if known is None:
                return Reply({"message": "Not Found"}, 404)
            known.update(asked.json())
            return self.written.done(known, 200)
        return Reply({"message": "Not Found"}, 404)

    def _mint(self, asked: Asked) -> Reply:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        head, _, mark = (
            asked.headers.get("authorization", "").removeprefix("Bearer ").rpartition(".")
        )
        claims = json.loads(_unpacked(head.partition(".")[2]))
        now = self.now().timestamp()
        try:
            self.public_key.verify(
                _unpacked(mark), head.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return Reply({"message": "A JSON web token could not be decoded"}, 401)
        if not claims["iat"] <= now <= claims["exp"] <= now + 600:
            return Reply(
                {"message": "'Expiration time' claim ('exp') is too far in the future"}, 401
            )
        token = f"ghs_{len(self.tokens)}"
        self.tokens = {self.token, token}
        ends = (self.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        given = {"issues": "read", "metadata": "read", "pull_requests": "read", **self.rights}
        return Reply({"token": token, "expires_at": ends, "permissions": given}, 201)

    def _rest_issues(self, name: str, asked: Asked) -> Reply:
        if name in self.old_names:
            query = "&".join(f"{k}={v}" for k, v in asked.query.items())
            to = f"{self.url}/api/v3/repositories/{self.old_names[name]}/issues?{query}"
            return Reply({"message": "Moved Permanently"}, 301, {"Location": to})
        if name not in self.names.values() or name in self.hidden:
            return Reply({"message": "Not Found"}, 404)
        per, page = int(asked.query.get("per_page", "30")), int(asked.query.get("page", "1"))
        assert asked.query["sort"] == "updated" and asked.query["direction"] == "desc"
        mine = [t for t in self.things.values() if self.names[t.repository] == name]
        mine.sort(key=lambda t: (t.updated, t.no), reverse=True)
        shown = [{"node_id": t.ident, "number": t.number, "title": t.title, "state": self._state(t),
                  "assignees": t.assignees, "labels": t.labels, "updated_at": _z(t.updated)}
                 for t in mine[(page - 1) * per : page * per]]  # fmt: skip
        mark = f'W/"{hashlib.sha256(json.dumps(shown).encode()).hexdigest()}"'
        headers = {"ETag": mark}
        if page * per < len(mine):
            headers["Link"] = f'<{self.url}{asked.path}?per_page={per}&page={page + 1}>; rel="next"'
        if asked.headers.get("if-none-match") == mark:
            return Reply(None, 304, headers)
        return Reply(shown, 200, headers)

    # GraphQL

    def _graphql(self, body: dict[str, Any]) -> Reply:
        query, given = body["query"], body["variables"]
        name = re.match(r"\s*query (\w+)", query).group(1)  # type: ignore[union-attr]
        self.queries.append(name)
        self._asks_status = "PROJECT_V2_ITEM_STATUS_CHANGED_EVENT" in query
        answer = getattr(self, f"_on_{name.lower()}")(query, given)
        return answer if isinstance(answer, Reply) else Reply(answer)

    def _on_schema(self, query: str, given: dict[str, Any]) -> Any:
        names = ("issueType", "parent", "closedByPullRequestsReferences", "projectItems")
        return {
            "data": {"issue": {"fields": [{"name": n} for n in names]}, "status": {"name": "x"}}
        }

    def _repository(self, name: str) -> int:
        known = {n.lower(): i for i, n in self.names.items() if n not in self.hidden}
        return known.get(name.lower()) or self.old_names.get(name, 0)

    def _shown_repository(self, ident: int) -> dict[str, Any]:
        def newest(is_pull: bool) -> Any:
            found = self._in_order(ident, is_pull, "UPDATED_AT", "DESC")[:1]
            return {"nodes": [{"updatedAt": _z(t.updated)} for t in found]}

        mine = [t for t in self.things.values() if t.repository == ident]
        issues = [t for t in mine if not t.is_pull]
        return {
            "databaseId": ident, "nameWithOwner": self.names[ident], "isFork": False,
            "issues": {"totalCount": len(issues)},
            "pullRequests": {"totalCount": len(mine) - len(issues)},
            "open": {"totalCount": sum(t.closed is None for t in issues)},
            "newestIssue": newest(False), "newestPull": newest(True),
        }  # fmt: skip

    def _on_repositories(self, query: str, given: dict[str, Any]) -> Any:
        data: dict[str, Any] = {}
        errors = []
        for alias in re.findall(r"(r\d+): repository", query):
            full = f"{given['o' + alias[1:]]}/{given['n' + alias[1:]]}"
            ident = self._repository(full)
            data[alias] = self._shown_repository(ident) if ident else None
            if not ident:
                errors.append(
                    _absent([alias], f"Could not resolve to a Repository with the name '{full}'.")
                )
        return _told(data, errors)

    def _on_ofowner(self, query: str, given: dict[str, Any]) -> Any:
        mine = [i for i, n in sorted(self.names.items()) if n.startswith(given["login"] + "/")]
        if not mine:
            return _told({"repositoryOwner": None}, [])
        page = self._paged(mine, lambda i: [str(i), i], 50, given["after"], self._shown_repository)
        return (
            page
            if isinstance(page, Reply)
            else _told({"repositoryOwner": {"repositories": page}}, [])
        )

    def _on_issuespage(self, query: str, given: dict[str, Any]) -> Any:
        return self._page(given, is_pull=False)

    def _on_pullspage(self, query: str, given: dict[str, Any]) -> Any:
        return self._page(given, is_pull=True)

    def _page(self, given: dict[str, Any], *, is_pull: bool) -> Any:
        if given["first"] > self.too_much:
            return Reply(b"<html>Bad gateway</html>", 502, {"Content-Type": "text/html"})
        ident = self._repository(f"{given['owner']}/{given['name']}")
        if not ident:
            return _told({"repository": None}, [_absent(["repository"], "Could not resolve")])
        found = self._in_order(ident, is_pull, **given["order"])
        if given.get("states") == ["OPEN"]:
            found = [t for t in found if t.closed is None]
        if given.get("filter") == {"assignee": "*"}:
            found = [t for t in found if t.assignees]
        errors = []
        page = self._paged(found, _position(given["order"]["field"]), given["first"], given["after"],
                           self._shown, turned=given["order"]["direction"] == "DESC")  # fmt: skip
        if isinstance(page, Reply):
            return page
        self._disturb(page, f"{ident} {is_pull}")
        for i, node in enumerate(page["nodes"]):
            if node and node["id"] in self.kept_back:
                path = ["repository", "page", "nodes", i]
                page["nodes"][i] = None
                errors.append(
                    {"type": "FORBIDDEN", "path": path, "message": "Resource not accessible"}
                )
        return _told({"repository": {"page": page}}, errors)

    def _disturb(self, page: dict[str, Any], what: str) -> None:
        nodes = page["nodes"]
        if self.goes_wrong(self.faults.again):
            page["nodes"] = nodes = [*self._last_page.get(what, [])[-2:], *nodes]
        if self.goes_wrong(self.faults.shuffled):
            self.rng.shuffle(nodes)
        self._last_page[what] = list(nodes)

    def _on_issueroll(self, query: str, given: dict[str, Any]) -> Any:
        return self._roll(query, given, is_pull=False)

    def _on_pullroll(self, query: str, given: dict[str, Any]) -> Any:
        return self._roll(query, given, is_pull=True)

    def _roll(self, query: str, given: dict[str, Any], *, is_pull: bool) -> Any:
        ident = self._repository(f"{given['owner']}/{given['name']}")
        found = self._in_order(ident, is_pull, **given["order"])

        def shown(t: Thing) -> dict[str, Any]:
            out: dict[str, Any] = {"id": t.ident, "updatedAt": _z(t.updated)}
            if "projectItems" in query:
                items = [{"updatedAt": _z(t.in_project)}] if t.in_project else []
                out["projectItems"] = {"nodes": items}
            return out

        page = self._paged(found, _position(given["order"]["field"]), 100, given["after"], shown)
        return page if isinstance(page, Reply) else _told({"repository": {"page": page}}, [])

    def _on_nodes(self, query: str, given: dict[str, Any]) -> Any:
        nodes, errors = [], []
        assert len(given["ids"]) <= 100
        for i, ident in enumerate(given["ids"]):
            thing = self.things.get(ident)
            nodes.append(self._shown(thing) if thing else None)
            if thing is None:
                errors.append(
                    _absent(
                        ["nodes", i], f"Could not resolve to a node with the global id of '{ident}'"
                    )
                )
        return _told({"nodes": nodes}, errors)

    def _on_numbers(self, query: str, given: dict[str, Any]) -> Any:
        data: dict[str, Any] = {}
        errors = []
        for alias in re.findall(r"(k\d+): repository", query):
            no = alias[1:]
            ident = self._repository(f"{given['o' + no]}/{given['n' + no]}")
            here = [
                t
                for t in self.things.values()
                if t.repository == ident and t.number == given["i" + no]
            ]
            data[alias] = {"nameWithOwner": self.names[ident],
                           "issueOrPullRequest": self._shown(here[0]) if here else None} if ident else None  # fmt: skip
            if not ident:
                errors.append(_absent([alias], "Could not resolve to a Repository"))
            elif not here:
                errors.append(
                    _absent(
                        [alias, "issueOrPullRequest"],
                        "Could not resolve to an issue or pull request",
                    )
                )
        return _told(data, errors)

    def _on_rest(self, query: str, given: dict[str, Any]) -> Any:
        data: dict[str, Any] = {}
        errors = []
        for alias in re.findall(r"(n\d+): node", query):
            no = alias[1:]
            thing = self.things.get(given["i" + no])
            data[alias] = None
            if thing is None:
                errors.append(_absent([alias], "Could not resolve to a node"))
                continue
            name, rows = next((n, r) for n, r in self._lists(thing).items() if f"{{ {n}(" in query)
            page = self._paged(rows, _place_in(rows), 100, given["a" + no], dict)
            if isinstance(page, Reply):
                kind, said = "INVALID_CURSOR_ARGUMENTS", "it does not appear to be a valid cursor"
                errors.append({"type": kind, "path": [alias, name], "message": said})
            else:
                data[alias] = {name: page}
        return _told(data, errors)

    def _on_teams(self, query: str, given: dict[str, Any]) -> Any:
        nodes = [{"id": f"T_{slug}", "slug": slug, "members": {"totalCount": len(people),
                  "pageInfo": {"hasNextPage": False, "endCursor": None},
                  "nodes": [{"login": p} for p in people]}} for slug, people in self.teams.items()]  # fmt: skip
        page = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
        return _told({"organization": {"teams": page}}, [])

    def _on_first(self, query: str, given: dict[str, Any]) -> Any:
        found = sorted(self._searched(given["text"]), key=lambda t: t.created)[:1]
        return _told({"search": {"nodes": [{"createdAt": _z(t.created)} for t in found]}}, [])

    def _on_counts(self, query: str, given: dict[str, Any]) -> Any:
        return _told({f"c{name[1:]}": {"issueCount": len(self._searched(text))}
                      for name, text in given.items()}, [])  # fmt: skip

    def _on_projectfields(self, query: str, given: dict[str, Any]) -> Any:
        fields = [{"id": "F_1", "name": "Status", "dataType": "SINGLE_SELECT"},
                  {"id": "F_2", "name": "Estimate", "dataType": "NUMBER"},
                  {"id": "F_3", "name": "Estimate", "dataType": "TEXT"}]  # fmt: skip
        nodes = [{"title": "Roadmap", "fields": {"nodes": fields}}]
        return _told({"repository": {"projectsV2": {"nodes": nodes}}}, [])

    def _searched(self, text: str) -> list[Thing]:
        names = set(re.findall(r"repo:(\S+)", text))
        span = re.search(r"created:(\S+)\.\.(\S+)", text)
        return [t for t in self.things.values() if self.names[t.repository] in names
                and (not span or span.group(1) <= t.created.date().isoformat() <= span.group(2))]  # fmt: skip

    # shapes

    def _in_order(self, ident: int, is_pull: bool, field: str, direction: str) -> list[Thing]:
        key = (ident, is_pull, field, direction)
        version, found = self._sorted.get(key, (-1, []))
        if version != self._version:
            found = [
                t for t in self.things.values() if t.repository == ident and t.is_pull == is_pull
            ]
            found.sort(key=_position(field), reverse=direction == "DESC")
            self._sorted[key] = (self._version, found)
        return found

    def _paged(
        self, rows: list[Any], position: Callable[[Any], list[Any]], first: int, after: str | None,
        shown: Callable[[Any], Any], *, turned: bool = False,
    ) -> Any:  # fmt: skip
        start = 0
        if after:
            if self.goes_wrong(self.faults.expired):
                said = f"`{after}` does not appear to be a valid cursor."
                return Reply(
                    _told(
                        {"repository": None},
                        [{"type": "INVALID_CURSOR_ARGUMENTS", "message": said}],
                    )
                )
            at = json.loads(_unpacked(after))
            start = _after(rows, position, at, turned)
        some = rows[start : start + first]
        end = (
            base64.urlsafe_b64encode(json.dumps(position(some[-1])).encode()).decode()
            if some
            else None
        )
        return {"pageInfo": {"hasNextPage": start + first < len(rows), "endCursor": end},
                "nodes": [shown(r) for r in some]}  # fmt: skip

    def _who(self, login: str | None) -> dict[str, str] | None:
        if login is None:
            return None
        return {"__typename": "Bot" if login in self.bots else "User", "login": login}

    def _lists(self, t: Thing) -> dict[str, list[dict[str, Any]]]:
        if t.is_pull:
            return {
                "labels": [{"name": n} for n in t.labels], "files": [{"path": p} for p in t.files],
                "reviews": [{"id": r["id"], "state": r["state"], "submittedAt": _z(r["at"]),
                             "author": self._who(r["who"])} for r in t.reviews],
            }  # fmt: skip
        events = []
        for e in t.events:
            if e["kind"].startswith("ProjectV2") and not self._asks_status:
                continue
            row = {
                "__typename": e["kind"],
                "id": e["id"],
                "createdAt": _z(e["at"]),
                "actor": self._who(e["who"]),
            }
            events.append(
                {**row, "assignee": self._who(e.get("assignee")), "status": e.get("status")}
            )
        return {"labels": [{"name": n} for n in t.labels], "timelineItems": events}

    def _shown(self, t: Thing) -> dict[str, Any]:
        sizes = {"labels": 30, "timelineItems": 50, "reviews": 30, "files": 100}
        out: dict[str, Any] = {
            "__typename": "PullRequest" if t.is_pull else "Issue", "id": t.ident, "number": t.number,
            "title": t.title, "url": f"https://github.example/{self.names[t.repository]}/issues/{t.number}",
            "createdAt": _z(t.created), "updatedAt": _z(t.updated), "closedAt": _z(t.closed),
            "repository": {"nameWithOwner": self.names[t.repository]}, "author": self._who(t.author),
            "assignees": {"nodes": [self._who(a) for a in t.assignees]}, "milestone": None,
            "projectItems": {"nodes": [self._project_item(t)] if t.in_project else []},
            "pullState" if t.is_pull else "state": "MERGED" if t.merged else "CLOSED" if t.closed else "OPEN",
        }  # fmt: skip
        for name, rows in self._lists(t).items():
            page = self._paged(rows, _place_in(rows), sizes[name], None, dict)
            out[name] = page
        if t.is_pull:
            merger = next((e["who"] for e in t.events if e["kind"] == "merged"), None)
            out |= {"isDraft": t.draft, "mergedAt": _z(t.merged), "mergedBy": self._who(merger),
                    "baseRefName": "main", "closingIssuesReferences": {"nodes": []}}  # fmt: skip
        else:
            out |= {"stateReason": t.reason, "issueType": {"name": t.kind} if t.kind else None,
                    "parent": self._above(t), "closedByPullRequestsReferences": {"nodes": []}}  # fmt: skip
        return out

    def _above(self, t: Thing) -> Any:
        parent = self.things.get(t.parent or "")
        if parent is None or parent is t:
            return None
        return {"id": parent.ident, "number": parent.number, "labels": {"nodes": []}, "parent": None,
                "repository": {"nameWithOwner": self.names[parent.repository]},
                "issueType": {"name": parent.kind} if parent.kind else None}  # fmt: skip

    def _project_item(self, t: Thing) -> Any:
        values = [{"__typename": "ProjectV2ItemFieldSingleSelectValue", "name": t.status,
                   "field": {"id": "F_1", "name": "Status"}}]  # fmt: skip
        if t.points is not None:
            values.append({"__typename": "ProjectV2ItemFieldNumberValue", "number": t.points,
                           "field": {"id": "F_2", "name": "Estimate"}})  # fmt: skip
        return {"id": f"PVTI_{t.no}", "fieldValues": {"nodes": values}}


def _position(field: str) -> Callable[[Thing], list[Any]]:
    if field == "CREATED_AT":
        return lambda t: [t.created.timestamp(), t.no]
    return lambda t: [t.updated.timestamp(), t.no]


def _place_in(rows: list[Any]) -> Callable[[Any], list[Any]]:
    return lambda row: [rows.index(row), 0]


def _after(
    rows: list[Any], position: Callable[[Any], list[Any]], at: list[Any], turned: bool
) -> int:
    """Where the rows after a position begin; whatever was there may have gone."""
    low, high = 0, len(rows)
    while low < high:
        mid = (low + high) // 2
        is_before = position(rows[mid]) >= at if turned else position(rows[mid]) <= at
        low, high = (mid + 1, high) if is_before else (low, mid)
    return low


def _z(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _absent(path: list[Any], message: str) -> dict[str, Any]:
    return {"type": "NOT_FOUND", "path": path, "message": message}


def _told(data: Any, errors: list[Any]) -> dict[str, Any]:
    return {"data": data, "errors": errors} if errors else {"data": data}


def _working_days(since: datetime, until: datetime, zone: ZoneInfo) -> list[date]:
    """The last sixty working days of a stretch."""
    first, on = since.astimezone(zone).date(), until.astimezone(zone).date()
    out = []
    while on >= first and len(out) < 60:
        if on.isoweekday() <= 5:
            out.append(on)
        on -= _DAY
    return out
