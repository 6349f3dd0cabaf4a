"""Jira over HTTP: what to ask and how to page. Both deployments.

Search: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/ (Cloud),
https://developer.atlassian.com/server/jira/platform/rest/ (Data Center).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from mainstem.errors import SourceError
from mainstem.sources.answers import Answer
from mainstem.sources.calls import Calls
from mainstem.sources.jira.explain import TOKEN, Explainer
from mainstem.sources.jira.searching import (
    PAGE,
    CloudSearch,
    DataCenterSearch,
    Page,
    Searching,
    bad_shape,
    issues_of,
)  # fmt: skip
from mainstem.sources.jira.values import text
from mainstem.sources.limits import server_time
from mainstem.sources.remote import Connection, Watch
from mainstem.sources.rounds import number_of
from mainstem.sources.shape import listing, mapping

#: Work logs a page, and ids in one request.
LOGS, LISTED, FETCHED, USERS = 5_000, 1_000, 100, 50
#: Issues of one bulk request for histories, and changes in one of its pages.
BULK, BULK_PAGE = 1_000, 1_000
#: A search that is longer than this is posted.
_LONG = 2_000
#: So often a search is begun again without getting further.
RESTARTS = 5
#: After every moment.
LATER = 1 << 62
T = TypeVar("T")


class Client:
    """Calls to one Jira. Use it as a context manager.

    Attributes:
        cloud: Which kind it is; set it once it is known.
        began: Jira's clock at the first answer.
    """

    def __init__(self, of: Connection, watch: Watch) -> None:
        self.explainer = Explainer(of.name)
        self.calls = Calls(
            of.text("url"), watch, name=of.name, headers=_headers(of), explain=self.explainer
        )
        self.cloud = True
        self.began: datetime | None = None
        self._name = of.name
        self._page = max(int(number_of(of, "page", PAGE)), 1)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.calls.__exit__(*error)

    # asking

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON of a path."""
        return self.calls.whole(lambda: self._checked(self.calls.get(path, params)))

    def post(self, path: str, body: Any) -> Any:
        """The JSON of what a question in a body is answered with."""
        return self.calls.whole(lambda: self._checked(self.calls.post(path, body)))

    def api(self, path: str) -> str:
        """A path under the version of the API that this Jira speaks."""
        return f"rest/api/{3 if self.cloud else 2}/{path}"

    def _checked(self, answer: Answer) -> Answer:
        # a stranger gets an empty list where the account would get issues
        refused = self.explainer.signed_in(answer.headers)
        if refused is not None:
            raise refused
        if self.began is None:
            self.began = server_time(answer.headers)
        return answer

    # what there is

    def server(self) -> Mapping[str, Any]:
        """Which Jira it is."""
        return mapping(self.get("rest/api/2/serverInfo"))

    def myself(self) -> Mapping[str, Any]:
        """The account."""
        return mapping(self.get(self.api("myself")))

    def fields(self) -> Any:
        """All fields."""
        return self.get(self.api("field"))

    def states(self) -> Any:
        """All states with their categories."""
        return self.get(self.api("status"))

    # searching

    def pages(
        self, jql: str, fields: Sequence[str], *, changelog: bool = False, ids: bool = False
    ) -> Iterator[Page]:
        """All pages of a search; the next one is asked for while one is worked on."""
        ask = self.ask_search
        how: Searching = (
            CloudSearch(ask, self.calls.ahead, self._name)
            if self.cloud
            else DataCenterSearch(ask, self.calls.ahead, self._name, self._page)
        )
        return how.pages(jql, fields, changelog=changelog, ids=ids)

    def pages_anew(
        self, jql: str, fields: Sequence[str], *, changelog: bool = False, ids: bool = False
    ) -> Iterator[Page]:
        """As ``pages``; from the first page again if Jira no longer takes a token. Pages may come twice."""
        for _ in range(RESTARTS):
            try:
                yield from self.pages(jql, fields, changelog=changelog, ids=ids)
                return
            except SourceError as error:
                if error.code != TOKEN:
                    raise
                failure = error
        raise SourceError(failure.message, failure.hint, code="source.passing", permanent=False)

    def ask_search(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """One page: asked in the address, or posted where that would be too long."""
        path = self.api("search/jql" if self.cloud else "search")
        if len(body["jql"]) > _LONG:
            return mapping(self.post(path, body))
        params = {k: ",".join(v) if isinstance(v, list) else v for k, v in body.items()}
        return mapping(self.get(path, params))

    def idents(self, jql: str) -> Iterator[tuple[str, str]]:
        """(id, key) of all that a search finds, some maybe twice; the key is empty where it is not told."""
        for page in self.pages_anew(jql, ["key"], ids=True):
            for one in page.issues:
                ident = mapping(one).get("id")
                if isinstance(ident, str | int):
                    yield str(ident), text(mapping(one).get("key")) or ""

    def by_ids(self, idents: Sequence[str], fields: Sequence[str]) -> list[Any]:
        """Issues by their ids or keys with their histories, at most ``FETCHED``; absent ones are left out."""
        if self.cloud:
            body = {"issueIdsOrKeys": list(idents), "fields": list(fields), "expand": ["changelog"]}
            return issues_of(self.post(self.api("issue/bulkfetch"), body), self._name)
        found = {
            "jql": f"id in ({', '.join(idents)})", "fields": list(fields), "startAt": 0,
            "maxResults": FETCHED, "expand": ["changelog"], "validateQuery": False,
        }  # fmt: skip
        return issues_of(self.post(self.api("search"), found), self._name)

    def about(self, jql: str) -> int:
        """How many a search finds; on Cloud an estimate."""
        if self.cloud:
            answer = self.post(self.api("search/approximate-count"), {"jql": jql})
            found = mapping(answer).get("count")
        else:
            answer = self.get(self.api("search"), {"jql": jql, "maxResults": 0, "fields": "key"})
            found = mapping(answer).get("total")
        if not isinstance(found, int):
            raise bad_shape(self._name, "how many issues there are")
        return found

    # histories, work logs, people

    def histories(self, idents: Sequence[str]) -> dict[str, list[Any]]:
        """Whole histories of issues: changes of state and assignee alone where Jira can tell so."""
        if self.cloud:
            return self._bulk_histories(idents)
        found = self.calls.each(self._history, idents)
        return dict(zip(idents, found, strict=True))

    def _bulk_histories(self, idents: Sequence[str]) -> dict[str, list[Any]]:
        out: dict[str, list[Any]] = {ident: [] for ident in idents}
        for part in parts_of(idents, BULK):
            body = {
                "issueIdsOrKeys": list(part), "maxResults": BULK_PAGE,
                "fieldIds": ["status", "assignee"],
            }  # fmt: skip
            for answer in self._bulk_pages(body):
                for one in listing(answer.get("issueChangeLogs")):
                    ident = str(mapping(one).get("issueId", ""))
                    out.setdefault(ident, []).extend(listing(mapping(one).get("changeHistories")))
        return out

    def _bulk_pages(self, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        path = self.api("changelog/bulkfetch")
        token: str | None = None
        while True:
            more = {"nextPageToken": token} if token else {}
            answer = mapping(self.post(path, {**body, **more}))
            yield answer
            before, token = token, text(answer.get("nextPageToken"))
            if token is None:
                return
            if token == before:
                raise bad_shape(self._name, "the same page of histories twice")

    def _history(self, ident: str) -> list[Any]:
        try:
            return self._values(f"issue/{ident}/changelog", "values", 100)
        except SourceError as error:
            if error.code != "source.absent":
                raise
            # an older Data Center has no such address, and gives the whole history here
            answer = self.get(self.api(f"issue/{ident}"), {"fields": "key", "expand": "changelog"})
            return list(listing(mapping(mapping(answer).get("changelog")).get("histories")))

    def logs(self, ident: str) -> list[Any]:
        """All work logs of an issue."""
        return self._values(f"issue/{ident}/worklog", "worklogs", LOGS)

    def _values(self, path: str, name: str, size: int) -> list[Any]:
        out: list[Any] = []
        while True:
            params = {"startAt": len(out), "maxResults": size}
            answer = mapping(self.get(self.api(path), params))
            found = listing(answer.get(name))
            out += found
            total = answer.get("total")
            if not found or not isinstance(total, int) or len(out) >= total:
                return out

    def logs_since(self, what: str, since: int) -> tuple[dict[str, int], int]:
        """Work logs that were ``updated`` or ``deleted`` since: id → when; and from when to ask next.

        Moments are milliseconds since 1970. Jira leaves out what happened in the last minute.
        """
        out: dict[str, int] = {}
        while True:
            answer = mapping(self.get(self.api(f"worklog/{what}"), {"since": since}))
            found = [mapping(v) for v in listing(answer.get("values"))]
            for one in found:
                ident, at = one.get("worklogId"), one.get("updatedTime")
                if isinstance(ident, str | int):
                    out[str(ident)] = at if isinstance(at, int) else LATER
            until = answer.get("until")
            further = until if isinstance(until, int) and until > since else since
            last = answer.get("lastPage", answer.get("isLastPage", True))
            if last is not False or not found or further == since:
                return out, further
            since = further

    def issues_of_logs(self, idents: Sequence[str]) -> set[str]:
        """Ids of the issues that work logs belong to."""
        out: set[str] = set()
        for part in parts_of(idents, LISTED):
            asked = [int(i) for i in part if i.isdecimal()]
            for log in listing(self.post(self.api("worklog/list"), {"ids": asked})):
                if isinstance(ident := mapping(log).get("issueId"), str | int):
                    out.add(str(ident))
        return out

    def users(self, idents: Sequence[str]) -> list[Any]:
        """Accounts by their ids; those that are not told are left out."""
        if self.cloud:
            parts = list(parts_of(idents, USERS))
            return [u for found in self.calls.each(self._bulk_users, parts) for u in found]
        return [u for u in self.calls.each(self._user, idents) if u]

    def _bulk_users(self, idents: Sequence[str]) -> Sequence[Any]:
        asked = urlencode([("maxResults", USERS), *(("accountId", i) for i in idents)])
        return listing(mapping(self.get(f"{self.api('user/bulk')}?{asked}")).get("values"))

    def _user(self, ident: str) -> Any:
        try:
            return self.get(self.api("user"), {"key": ident})
        except SourceError as error:
            if error.code in ("source.absent", "source.rights"):
                return None
            raise


def parts_of(many: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """A sequence in parts of at most so many."""
    return (many[n : n + size] for n in range(0, len(many), size))


def _headers(of: Connection) -> dict[str, str]:
    token, user = of.secret("token"), of.text("user").strip()
    if not user:
        return {"authorization": f"Bearer {token}"}
    pair = base64.b64encode(f"{user}:{token}".encode()).decode()
    return {"authorization": f"Basic {pair}"}
