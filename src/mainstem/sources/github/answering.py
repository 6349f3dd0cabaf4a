"""Answers on GitHub: a comment on an issue or pull request, or a check on a pull request's newest commit.

A GitHub App writes check runs; for a token GitHub allows commit statuses alone.
https://docs.github.com/en/rest/issues/comments, https://docs.github.com/en/rest/checks/runs,
https://docs.github.com/en/rest/commits/statuses
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.answering import (
    CHECK,
    CHECK_NAME,
    Item,
    Reply,
    Tone,
    for_writing,
    hidden,
    markdown_of,
    placed,
    plain,
)
from mainstem.sources.dates import moment
from mainstem.sources.github.client import Hub
from mainstem.sources.github.people import person
from mainstem.sources.github.shape import Node
from mainstem.sources.github.translate import PLAIN, PULL
from mainstem.sources.remote import Connection, Refused, Watch

_KEY = re.compile(r"(?P<project>[A-Za-z0-9._-]+/[A-Za-z0-9._-]+)#(?P<number>\d{1,12})")
#: Pages of comments that are looked through for our own.
_PAGES = 30
#: What is no longer there, or was never shown.
GONE = ("source.absent", "source.moved")
_CONCLUSIONS = {
    Tone.GOOD: "success", Tone.REST: "success", Tone.QUESTION: "neutral", Tone.BAD: "failure",
}  # fmt: skip
_STATES = {**_CONCLUSIONS, Tone.QUESTION: "success"}
#: GitHub's longest description of a status.
_LONGEST_STATUS = 140


@contextmanager
def answering(of: Connection, watch: Watch) -> Iterator[GitHubAnswers]:
    """GitHub, with the credentials for writing."""
    given = for_writing(of)
    with Hub(given, watch) as hub:
        yield GitHubAnswers(hub, given)


class GitHubAnswers:
    """As ``sources.answering.Answering``."""

    def __init__(self, hub: Hub, of: Connection) -> None:
        self._hub, self._of = hub, of
        self._bots = frozenset(w.lower() for w in of.words("bots"))
        self._checks = of.text("answers") == CHECK
        self._login = ""

    def look(self, key: str) -> Item | None:
        """An issue or a pull request, with its paths; ``None`` for what has gone or moved on."""
        found = _KEY.fullmatch(key)
        if found is None:
            return None
        address = f"repos/{found['project']}/issues/{found['number']}"
        try:
            raw = self._hub.get(address).json()
        except SourceError as error:
            if error.code in GONE:
                return None
            raise
        if not isinstance(raw, Mapping) or raw.get("number") != int(found["number"]):
            return None
        if not _is_of(raw, found["project"]):
            return None
        pull = f"repos/{found['project']}/pulls/{found['number']}"
        is_pull = isinstance(raw.get("pull_request"), Mapping)
        commit, paths = self._pull(pull) if is_pull else ("", ())
        return _item(raw, key, address, found["project"], commit, paths, self._bots)

    def _pull(self, address: str) -> tuple[str, tuple[str, ...]]:
        found = self._hub.get(address).json()
        head = found.get("head") if isinstance(found, Mapping) else None
        commit = head.get("sha") if isinstance(head, Mapping) else None
        files = self._hub.get(f"{address}/files", {"per_page": 100}).json()
        rows = files if isinstance(files, list) else []
        paths = tuple(str(f["filename"]) for f in rows if isinstance(f, dict) and f.get("filename"))
        return (commit if isinstance(commit, str) else ""), paths

    def write(self, item: Item, reply: Reply, *, posted: str, mark: str) -> str:
        """As ``Answering.write``."""
        if not self._checks:
            return placed(_IssueComments(self, item, mark), reply, posted)
        if self._of.text("app_id"):
            return self._check(item, reply, posted, mark)
        return self._status(item, reply)

    # checks

    def _status(self, item: Item, reply: Reply) -> str:
        body = {
            "state": _STATES[reply.tone], "context": CHECK_NAME,
            "description": plain(reply.head, _LONGEST_STATUS),
            **({"target_url": reply.link} if reply.link else {}),
        }  # fmt: skip
        # the newest status of a context counts, so writing it twice is writing it once
        self.send("POST", f"{_repository(item)}/statuses/{item.commit}", body, again=True)
        return f"status {item.commit}"

    def _check(self, item: Item, reply: Reply, posted: str, mark: str) -> str:
        body = {
            "name": CHECK_NAME, "status": "completed", "conclusion": _CONCLUSIONS[reply.tone],
            "external_id": mark, **({"details_url": reply.link} if reply.link else {}),
            "output": {"title": plain(reply.head, 200), "summary": markdown_of(reply)},
        }  # fmt: skip
        commit, _, ident = posted.removeprefix("check ").partition(" ")
        known = ident if commit == item.commit else self._found_check(item, mark)
        if known and self.edited(f"{_repository(item)}/check-runs/{known}", body):
            return f"check {item.commit} {known}"
        made = self.send(
            "POST",
            f"{_repository(item)}/check-runs",
            {**body, "head_sha": item.commit},
            again=False,
        )
        return f"check {item.commit} {_ident(made)}"

    def _found_check(self, item: Item, mark: str) -> str:
        path = f"{_repository(item)}/commits/{item.commit}/check-runs"
        found = self._hub.get(path, {"check_name": CHECK_NAME, "per_page": 100}).json()
        rows = found.get("check_runs") if isinstance(found, Mapping) else None
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, Mapping) and row.get("external_id") == mark:
                return str(row.get("id", ""))
        return ""

    # comments

    def edited(self, path: str, body: Mapping[str, Any]) -> bool:
        """Changes something; false if it is gone."""
        try:
            self.send("PATCH", path, body, again=True)
        except SourceError as error:
            if error.code == "source.absent":
                return False
            raise
        return True

    def send(self, method: str, path: str, body: Any, *, again: bool) -> Any:
        """Writes, and gives what GitHub answers."""
        return self._hub.send(method, path, body, again=again).json()

    def comments(self, item: Item) -> Iterator[Node]:
        """The comments on an item, oldest first."""
        for page in range(1, _PAGES + 1):
            found = self._hub.get(f"{item.address}/comments", {"per_page": 100, "page": page})
            rows = found.json()
            if isinstance(rows, list):
                yield from (row for row in rows if isinstance(row, Mapping))
            if not found.next_link():
                return

    def is_ours(self, comment: Node) -> bool:
        """Whether the account, or the app, that writes here wrote a comment."""
        app = comment.get("performed_via_github_app")
        own = self._of.text("app_id")
        if own:
            return isinstance(app, Mapping) and own in (str(app.get("id")), app.get("client_id"))
        if not self._login:
            me = self._hub.get("user").json()
            self._login = str(me.get("login", "")) if isinstance(me, Mapping) else ""
        user = comment.get("user")
        return bool(self._login) and isinstance(user, Mapping) and user.get("login") == self._login


class _IssueComments:
    """As ``sources.answering.Comments``."""

    def __init__(self, hub: GitHubAnswers, item: Item, mark: str) -> None:
        self._hub, self._item, self._mark = hub, item, mark

    def edit(self, ident: str, reply: Reply) -> bool:
        if not ident.isdecimal():
            return False
        path = f"{_repository(self._item)}/issues/comments/{ident}"
        return self._hub.edited(path, {"body": markdown_of(reply, self._mark)})

    def find(self) -> str:
        for one in self._hub.comments(self._item):
            if hidden(self._mark) in str(one.get("body", "")) and self._hub.is_ours(one):
                return str(one.get("id", ""))
        return ""

    def post(self, reply: Reply) -> str:
        body = {"body": markdown_of(reply, self._mark)}
        return _ident(self._hub.send("POST", f"{self._item.address}/comments", body, again=False))


def _item(
    raw: Node, key: str, address: str, project: str, commit: str, paths: tuple[str, ...],
    bots: frozenset[str],
) -> Item:  # fmt: skip
    listed = raw.get("labels")
    named_or_not = [
        one.get("name") if isinstance(one, Mapping) else one
        for one in (listed if isinstance(listed, list) else ())
    ]
    labels = tuple(name for name in named_or_not if isinstance(name, str) and name)
    kind = raw.get("type")
    named = kind.get("name") if isinstance(kind, Mapping) else None
    given = {
        "project": (project,), "type": (PULL if raw.get("pull_request") else str(named or PLAIN),),
        "label": labels, "path": paths,
    }  # fmt: skip
    return Item(
        key, address, str(raw.get("title") or ""), str(raw.get("body") or ""), str(raw.get("html_url") or ""),
        project, labels, {name: values for name, values in given.items() if values}, _moment(raw),
        _is_bot(raw, bots), raw.get("state") == "open", commit,
    )  # fmt: skip


def _is_of(raw: Node, project: str) -> bool:
    """Whether it is still there: an issue that was moved answers under its old number."""
    url = raw.get("repository_url")
    return not isinstance(url, str) or url.lower().endswith(f"/repos/{project.lower()}")


def _is_bot(raw: Node, bots: frozenset[str]) -> bool:
    user = raw.get("user")
    if not isinstance(user, Mapping):
        return False
    try:
        found = person(user, bots)
    except Refused:
        return False
    return user.get("type") == "Bot" or bool(found and found.is_bot)


def _moment(raw: Node) -> Any:
    try:
        return moment(raw.get("created_at"), "moment of creation")
    except Refused:
        return None


def _repository(item: Item) -> str:
    return item.address.rpartition("/issues/")[0]


def _ident(found: Any) -> str:
    ident = found.get("id") if isinstance(found, Mapping) else None
    if not isinstance(ident, int) or isinstance(ident, bool):
        raise SourceError(
            "GitHub took an answer and did not say where it is.", "It is looked for next time.",
            code="source.answer", permanent=False,
        )  # fmt: skip
    return str(ident)
