"""Answers on GitLab: a note on an issue, merge request or epic, or a status of a merge request's newest commit.

https://docs.gitlab.com/api/notes/, https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
"""

from __future__ import annotations

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
from mainstem.sources.gitlab import labels
from mainstem.sources.gitlab.client import GitLab, open_gitlab
from mainstem.sources.gitlab.scopes import Place, place_of
from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.gitlab.spent import clean
from mainstem.sources.remote import Connection, Refused, Watch

_STATES = {
    Tone.GOOD: "success", Tone.REST: "success", Tone.QUESTION: "success", Tone.BAD: "failed",
}  # fmt: skip
_LONGEST_STATUS = 255


@contextmanager
def answering(of: Connection, watch: Watch) -> Iterator[GitLabAnswers]:
    """GitLab, with the credentials for writing."""
    settings = Settings.of(of)
    gitlab = open_gitlab(for_writing(of), settings.url, watch)
    with gitlab.calls:
        yield GitLabAnswers(gitlab, settings, checks=of.text("answers") == CHECK)


class GitLabAnswers:
    """As ``sources.answering.Answering``."""

    def __init__(self, gitlab: GitLab, settings: Settings, *, checks: bool) -> None:
        self._gitlab, self._settings, self._checks = gitlab, settings, checks
        self._me = 0

    def look(self, key: str) -> Item | None:
        """An issue, merge request or epic; ``None`` for what has gone or moved on."""
        place = place_of(key)
        if place is None:
            return None
        try:
            raw = self._gitlab.one(place.address)
        except SourceError as error:
            if error.code in ("source.absent", "source.moved"):
                return None
            raise
        if not isinstance(raw, Mapping) or raw.get("iid") != place.iid or raw.get("moved_to_id"):
            return None
        return self._item(raw, key, place)

    def _item(self, raw: Mapping[str, Any], key: str, place: Place) -> Item:
        names = labels.names_of(raw.get("labels"))
        is_merge = place.kind == "merge_requests"
        kind = "merge_request" if is_merge else clean(raw.get("issue_type")) or place.kind[:-1]
        paths = self._paths(raw, place) if is_merge else ()
        given = {"project": (place.path,), "type": (kind,), "label": names, "path": paths}
        author = labels.username_of(raw.get("author"))
        return Item(
            key, _address(raw, place), str(raw.get("title") or ""), str(raw.get("description") or ""),
            str(raw.get("web_url") or ""), place.path, names,
            {name: values for name, values in given.items() if values}, _moment(raw),
            labels.is_bot(author, self._settings.bots), raw.get("state") in ("opened", "open"),
            str(raw.get("sha") or "") if is_merge else "",
        )  # fmt: skip

    def _paths(self, raw: Mapping[str, Any], place: Place) -> tuple[str, ...]:
        project = raw.get("project_id")
        if not isinstance(project, int):
            return ()
        try:
            rows = self._gitlab.changed(project, place.iid)
        except SourceError as error:
            if not error.permanent:
                raise
            return ()
        return tuple(
            str(r["new_path"]) for r in rows if isinstance(r, Mapping) and r.get("new_path")
        )

    def write(self, item: Item, reply: Reply, *, posted: str, mark: str) -> str:
        """As ``Answering.write``."""
        if self._checks:
            return self._status(item, reply)
        return placed(_Notes(self, item, mark), reply, posted)

    def _status(self, item: Item, reply: Reply) -> str:
        body = {
            "state": _STATES[reply.tone], "name": CHECK_NAME,
            "description": plain(reply.head, _LONGEST_STATUS),
            **({"target_url": reply.link} if reply.link else {}),
        }  # fmt: skip
        project = item.address.partition("/merge_requests/")[0]
        try:
            self.send("POST", f"{project}/statuses/{item.commit}", body, again=True)
        except SourceError as error:
            # it refuses a state that the commit has already
            if "cannot transition status" not in error.message.casefold():
                raise
        return f"status {item.commit}"

    def send(self, method: str, path: str, body: Any, *, again: bool) -> Any:
        """Writes, and gives what GitLab answers."""
        try:
            return self._gitlab.calls.send(method, f"api/v4/{path}", body, again=again).json()
        except SourceError as error:
            if error.code != "source.scope":
                raise
            raise SourceError(
                "GitLab takes the token, but it may not write.",
                "Give `answer_token` the scope `api`, of an account with the role Reporter or more.",
                code="source.scope",
            ) from error

    def notes(self, item: Item) -> list[Any]:
        """The notes on an item, oldest first."""
        order = {"sort": "asc", "order_by": "created_at"}
        return self._gitlab.all(f"{item.address}/notes", order)

    def me(self) -> int:
        """The account that writes."""
        if not self._me:
            found = self._gitlab.one("user")
            ident = found.get("id") if isinstance(found, Mapping) else None
            self._me = ident if isinstance(ident, int) else -1
        return self._me


class _Notes:
    """As ``sources.answering.Comments``."""

    def __init__(self, gitlab: GitLabAnswers, item: Item, mark: str) -> None:
        self._gitlab, self._item, self._mark = gitlab, item, mark

    def edit(self, ident: str, reply: Reply) -> bool:
        if not ident.isdecimal():
            return False
        body = {"body": markdown_of(reply, self._mark)}
        try:
            self._gitlab.send("PUT", f"{self._item.address}/notes/{ident}", body, again=True)
        except SourceError as error:
            if error.code == "source.absent":
                return False
            raise
        return True

    def find(self) -> str:
        for one in self._gitlab.notes(self._item):
            author = one.get("author") if isinstance(one, Mapping) else None
            is_ours = isinstance(author, Mapping) and author.get("id") == self._gitlab.me()
            if is_ours and hidden(self._mark) in str(one.get("body", "")):
                return str(one.get("id", ""))
        return ""

    def post(self, reply: Reply) -> str:
        body = {"body": markdown_of(reply, self._mark)}
        found = self._gitlab.send("POST", f"{self._item.address}/notes", body, again=False)
        ident = found.get("id") if isinstance(found, Mapping) else None
        if not isinstance(ident, int):
            raise SourceError(
                "GitLab took an answer and did not say where it is.", "It is looked for next time.",
                code="source.answer", permanent=False,
            )  # fmt: skip
        return str(ident)


def _address(raw: Mapping[str, Any], place: Place) -> str:
    """Where to write: by number, because a project that was renamed sends nothing on that is written."""
    home, name = ("groups", "group_id") if place.kind == "epics" else ("projects", "project_id")
    number = raw.get(name)
    return f"{home}/{number}/{place.kind}/{place.iid}" if isinstance(number, int) else place.address


def _moment(raw: Mapping[str, Any]) -> Any:
    try:
        return moment(raw.get("created_at"), "moment of creation")
    except Refused:
        return None
