"""GitLab over HTTP: what is asked, and what an answer is. Knows nothing of work; ``paging.py`` walks lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.answers import Answer
from mainstem.sources.calls import Calls
from mainstem.sources.gitlab.scopes import encoded
from mainstem.sources.limits import server_time
from mainstem.sources.remote import Connection, Watch

#: The API gives no more at once.
PER_PAGE = 100
#: Pages of one history or of one list of files; what is beyond is left out and said.
MOST_PAGES = 30
#: Failures that say that something is not there or not allowed, rather than that GitLab is not well.
REFUSALS = frozenset({"source.rights", "source.absent", "source.refused", "source.scope"})

_TIMELOGS = (
    "query($path: ID!, $iids: [String!], $after: String) { project(fullPath: $path) {"
    " KIND(iids: $iids, first: 100) { nodes { iid timelogs(first: 100, after: $after) {"
    " nodes { id spentAt timeSpent user { username } } pageInfo { hasNextPage endCursor } } } } } }"
)
_GRAPHQL_KINDS = {"issues": "issues", "merge_requests": "mergeRequests"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list.

    Attributes:
        more: Whether there is another one.
        total: Rows of the whole list, where GitLab counts them (not above 10,000).
        etag: Of this page; the same address answers "not modified" with it.
        is_same: It was asked with its ``etag``, and nothing has changed.
        at: GitLab's clock.
    """

    rows: Sequence[Any]
    more: bool
    total: int | None
    etag: str
    is_same: bool
    at: datetime


class GitLab:
    """One GitLab, as one account sees it. Safe between threads."""

    def __init__(self, url: str, calls: Calls) -> None:
        self.url, self.calls = url, calls

    def one(self, path: str) -> Any:
        """One thing. Raises ``SourceError``."""
        return self.calls.get_json(f"api/v4/{path}")

    def one_or_none(self, path: str) -> Any:
        """One thing, or ``None`` where it is not there or not to be seen."""
        try:
            return self.one(path)
        except SourceError as error:
            if error.code in REFUSALS:
                return None
            raise

    def answer(self, path: str) -> Answer:
        """One answer with its headers."""
        return self.calls.get(f"api/v4/{path}")

    def page(self, path: str, params: Mapping[str, Any], etag: str = "") -> Page:
        """A page of a list.

        Raises:
            SourceError: as ``Calls.get``; or it is no list.
        """
        last: list[Answer] = []

        def ask() -> Answer:
            last[:] = [self.calls.get(f"api/v4/{path}", params, etag=etag)]
            return _empty(last[0]) if last[0].is_same else last[0]

        rows = self.calls.whole(ask)
        if not isinstance(rows, list):
            raise _no_list(path)
        return _page(rows, last[0])

    def all(self, path: str, params: Mapping[str, Any] | None = None) -> list[Any]:
        """A short list, whole, up to ``MOST_PAGES`` pages."""
        rows: list[Any] = []
        for number in range(1, MOST_PAGES + 1):
            page = self.page(path, {**(params or {}), "per_page": PER_PAGE, "page": number})
            rows += page.rows
            if not page.more:
                break
        return rows

    def count(self, path: str, params: Mapping[str, Any]) -> int | None:
        """How many rows a list has; ``None`` where GitLab does not count them."""
        return self.page(path, {**params, "per_page": 1}).total

    def has_rows(self, path: str, params: Mapping[str, Any]) -> bool:
        """Whether a list has any row that is shown to us."""
        try:
            return self.count(path, params) != 0
        except SourceError as error:
            if error.code in REFUSALS:
                return False
            raise

    def timelogs(
        self, project: str, kind: str, iids: Sequence[int], after: str | None = None
    ) -> Sequence[Any]:
        """Time spent on some issues or merge requests of a project: ``iid`` and ``timelogs`` of each.

        Raises:
            SourceError: GraphQL is refused, or answers with errors.
        """
        query = _TIMELOGS.replace("KIND", _GRAPHQL_KINDS[kind])
        given = {"path": project, "iids": [str(iid) for iid in iids], "after": after}
        found = self.calls.post_json("api/graphql", {"query": query, "variables": given})
        nodes = _dig(found, "data", "project", _GRAPHQL_KINDS[kind], "nodes")
        if not isinstance(nodes, list):
            raise SourceError(
                f"GitLab gave no time spent in {project} by GraphQL{_graphql_words(found)}.",
                "The notes of the issues are read instead.",
                code="source.refused",
            )
        return nodes

    def history(self, project: int, kind: str, iid: int, of: str) -> list[Any]:
        """A list that belongs to one issue: ``resource_state_events``, ``notes`` and the like."""
        params = {"sort": "asc", "order_by": "created_at", "activity_filter": "only_activity"}
        return self.all(f"projects/{project}/{kind}/{iid}/{of}", params if of == "notes" else None)

    def changed(self, project: int, iid: int) -> list[Any]:
        """The changed files of a merge request; older GitLabs know no ``diffs``."""
        where = f"projects/{project}/merge_requests/{iid}"
        try:
            return self.all(f"{where}/diffs")
        except SourceError as error:
            if error.code != "source.absent":
                raise
        found = self.one(f"{where}/changes")
        rows = found.get("changes") if isinstance(found, dict) else None
        return rows if isinstance(rows, list) else []

    def members(self, group: int | str) -> list[Any]:
        """Who is in a group itself, not in what it inherits from."""
        return self.all(f"groups/{encoded(group)}/members")


def open_gitlab(of: Connection, url: str, watch: Watch) -> GitLab:
    """A GitLab; close its ``calls`` in the end."""
    headers = {"private-token": of.secret("token")}
    calls = Calls(url, watch, name=of.name, headers=headers, explain=_explain)
    return GitLab(url, calls)


def _page(rows: list[Any], answer: Answer) -> Page:
    total = answer.headers.get("x-total", "")
    told = "link" in answer.headers or "x-next-page" in answer.headers
    more = bool(answer.next_link() or answer.headers.get("x-next-page"))
    return Page(
        rows, more or (not told and len(rows) >= PER_PAGE), int(total) if total.isdigit() else None,
        answer.etag, answer.is_same, server_time(answer.headers),
    )  # fmt: skip


def _empty(same: Answer) -> Answer:
    return Answer(same.status, same.headers, b"[]", same.url)


def _no_list(path: str) -> SourceError:
    return SourceError(
        f"GitLab answered {path} with something that is no list.",
        "If it stays so, look at the address in the settings: a proxy may stand before the API.",
        code="source.answer", permanent=False,
    )  # fmt: skip


def _dig(found: Any, *names: str) -> Any:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _graphql_words(found: Any) -> str:
    errors = found.get("errors") if isinstance(found, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    words = first.get("message") if isinstance(first, dict) else None
    return f" ({words[:150]})" if isinstance(words, str) else ""


def _explain(status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
    """GitLab's own way to say that a token may do too little."""
    if status == 403 and b"insufficient_scope" in body[:2_000]:
        return SourceError(
            "GitLab takes the token, but it may not read the API.",
            "Make a token with the scope `read_api`.",
            code="source.scope",
        )
    return None
