"""What Azure DevOps is asked, and how its answers are paged. Nothing of what they mean.

As https://learn.microsoft.com/en-us/rest/api/azure/devops/wit/ says.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from mainstem.errors import SourceError
from mainstem.sources.answers import Answer
from mainstem.sources.calls import Calls
from mainstem.sources.limits import server_time
from mainstem.sources.marks import as_moment
from mainstem.sources.remote import Connection, Watch
from mainstem.sources.rounds import first_day
from mainstem.sources.shape import ident, listing, mapping

#: Work items a batch and changes a page: the most that are allowed.
MANY = 200
#: Numbers a query; 20,000 are refused.
MOST_NUMBERS = 10_000
#: Where work items cannot be had.
GONE = "deleted or out of reach"


@dataclass(frozen=True, slots=True)
class Listed:
    """Numbers of work items in their order, and when that was, by the vendor's clock."""

    numbers: Sequence[int]
    at: datetime


class Azure:
    """An organisation, or a server's collection. Safe between threads. Use it as a context manager."""

    def __init__(self, of: Connection, watch: Watch) -> None:
        self._token_error = _token_error(of.name)
        self._version = of.text("api_version").strip() or "7.1"
        pair = base64.b64encode(f":{of.secret('token')}".encode()).decode()
        self.calls = Calls(
            of.text("url").rstrip("/"), watch, name=of.name, explain=self._explain, judge=self._judge,
            # asked for, a token that is not taken answers 401 rather than leading to a page for people
            headers={"authorization": f"Basic {pair}", "x-tfs-fedauthredirect": "Suppress"},
        )  # fmt: skip
        self._scope, self._first = scope_of(of), first_day(of)
        self._inside = [{w.casefold() for w in of.words(n)} for n in ("projects", "types")]

    def __enter__(self) -> Azure:
        return self

    def __exit__(self, *given: object) -> None:
        self.calls.__exit__(*given)

    def me(self) -> Mapping[str, Any]:
        """Who the token belongs to."""
        asked = {"api-version": f"{self._version}-preview"}
        return mapping(self._asked(lambda: self.calls.get_json("_apis/connectionData", asked)))

    def fields(self) -> Sequence[Any]:
        """All fields of the organisation."""
        return self._values("_apis/wit/fields")

    def types(self, project: str) -> Sequence[Any]:
        """Types of a project's work items; a long answer.

        Raises:
            SourceError: with code ``source.absent`` where the project is not to be seen.
        """
        return self._values(f"{quote(project, safe='')}/_apis/wit/workitemtypes")

    def states(self, project: str, kind: str) -> Sequence[Any]:
        """States of a type of work items, with their categories; none where it is not there any more."""
        where, name = quote(project, safe=""), quote(kind, safe="")
        try:
            return self._values(f"{where}/_apis/wit/workitemtypes/{name}/states")
        except SourceError as error:
            if error.code in ("source.absent", "source.rights"):
                return []
            raise

    def query(self, *clauses: str, after: int = 0, most: int = MOST_NUMBERS) -> Listed:
        """The first work items after a number, in the order of numbers, within what is read."""
        where = " AND ".join([f"[System.Id] > {after}", *self._scope, *clauses])
        # not SQL: a language for queries alone, and words in it are quoted
        wiql = f"SELECT [System.Id] FROM WorkItems WHERE {where} ORDER BY [System.Id]"  # noqa: S608
        path = self._path("_apis/wit/wiql", {"timePrecision": "true", "$top": most})
        body, headers = self._post(path, {"query": wiql})
        rows = mapping(body).get("workItems")
        if not isinstance(rows, list):
            raise SourceError(
                "The answer to a query has no work items.",
                "Is the address that of an organisation or collection of Azure DevOps?",
                code="source.answer",
            )
        numbers = {n for row in rows if (n := ident(mapping(row).get("id"))) and n > after}
        return Listed(sorted(numbers), as_moment(mapping(body).get("asOf")) or server_time(headers))

    def numbers(self, *clauses: str, after: int = 0) -> Iterator[Listed]:
        """All work items after a number, in parts."""
        while True:
            found = self.query(*clauses, after=after)
            yield found
            if len(found.numbers) < MOST_NUMBERS:
                return
            after = found.numbers[-1]

    def work_items(self, numbers: Sequence[int], fields: Sequence[str]) -> dict[int, Any]:
        """Number → work item as it is now, of at most 200; those that cannot be had are left out.

        Args:
            fields: Reference names; none: all of them, and relations.
        """
        body: dict[str, Any] = {"ids": list(numbers), "errorPolicy": "omit"}
        body |= {"fields": list(fields)} if fields else {"$expand": "relations"}
        found, _ = self._post(self._path("_apis/wit/workitemsbatch"), body)
        rows = listing(mapping(found).get("value"))
        return {n: row for row in rows if (n := ident(mapping(row).get("id")))}

    def history(self, number: int) -> Sequence[Any] | str:
        """What each revision changed, or why it cannot be had."""
        out: list[Any] = []
        path = f"_apis/wit/workItems/{number}/updates"
        try:
            while True:
                page = self._values(path, {"$top": MANY, "$skip": len(out)})
                out += page
                if len(page) < MANY:
                    return out
        except SourceError as error:
            if error.code in ("source.absent", "source.rights"):
                return GONE
            raise

    def is_inside(self, row: Any) -> bool:
        """Whether a work item is among those that are read."""
        fields = mapping(mapping(row).get("fields"))
        names = "System.TeamProject", "System.WorkItemType"
        for name, only in zip(names, self._inside, strict=True):
            if only and str(fields.get(name)).casefold() not in only:
                return False
        return str(fields.get("System.ChangedDate"))[:10] >= self._first

    # asking

    def _values(self, path: str, more: Mapping[str, Any] | None = None) -> list[Any]:
        asked = {**(more or {}), "api-version": self._version}
        body = mapping(self._asked(lambda: self.calls.get_json(path, asked)))
        if not isinstance(body.get("value"), list):
            raise SourceError(
                f"The answer to {path} is no list.",
                "Is the address that of an organisation or collection of Azure DevOps?",
                code="source.answer",
            )
        return list(listing(body["value"]))

    def _path(self, path: str, more: Mapping[str, Any] | None = None) -> str:
        asked = {**(more or {}), "api-version": self._version}
        return f"{path}?" + "&".join(f"{name}={quote(str(v))}" for name, v in asked.items())

    def _post(self, path: str, body: Any) -> tuple[Any, Mapping[str, str]]:
        headers: dict[str, str] = {}

        def ask() -> Answer:
            answer = self.calls.post(path, body)
            headers.update(answer.headers)
            return answer

        return self._asked(lambda: self.calls.whole(ask)), headers

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except SourceError as error:
            if error.code != "source.moved":
                raise
            why = " It sends on to another address, where people sign in."
            raise self._token_error(why) from error

    def _judge(self, answer: Answer) -> SourceError | None:
        """203 is the page on which people sign in."""
        is_page = answer.status == 203 and answer.body.lstrip().startswith(b"<")
        return self._token_error(" It shows the page for people to sign in.") if is_page else None

    def _explain(self, status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
        if status == 401:
            return self._token_error("")
        if status == 400 and b"TF200016" in body:
            return SourceError(
                "One of the projects is not there, or the account may not see it.",
                "Write the names of projects as they stand in their addresses.",
                code="source.absent",
            )
        return None


def scope_of(of: Connection) -> list[str]:
    """What narrows every query to what is read.

    Raises:
        SourceError: the first day is none.
    """
    out = []
    for field, name in (("System.TeamProject", "projects"), ("System.WorkItemType", "types")):
        if given := of.words(name):
            out.append(one_of(field, given))
    first = first_day(of)
    return [*out, f"[System.ChangedDate] >= '{first}T00:00:00Z'"] if first else out


def one_of(field: str, values: Sequence[str]) -> str:
    """A clause of a query."""
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"[{field}] IN ({listed})"


def since(field: str, at: datetime) -> str:
    """A clause of a query: from a moment on."""
    return f"[{field}] >= '{written(at)}'"


def written(at: datetime) -> str:
    """A moment as queries have it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _token_error(name: str) -> Callable[[str], SourceError]:
    def error(why: str) -> SourceError:
        return SourceError(
            f"Azure DevOps does not take the token of {name}.{why}",
            "Make a new personal access token with the scope Work Items (Read), for the organisation of the"
            " address; tokens end after a year at most. If the address has changed, write the new one.",
            code="source.credentials",
        )

    return error
