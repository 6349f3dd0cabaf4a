"""What Azure DevOps is asked, and how its answers are paged. Nothing of what they mean.

The pages below https://learn.microsoft.com/rest/api/azure/devops/wit/ say what there is.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mainstem.errors import SourceError
from mainstem.sources.calls import Answer, Calls
from mainstem.sources.remote import Connection, Watch
from mainstem.sources.shape import ident, listing, mapping, text

#: Work items that are asked for together, at most.
MANY = 200
#: Numbers that a query gives at most; at 20,000 it fails.
MOST_NUMBERS = 19_999
#: What is asked of each revision.
OF_REVISIONS = (
    "System.Id", "System.Rev", "System.ChangedDate", "System.ChangedBy", "System.State",
    "System.AssignedTo", "System.TeamProject", "System.IsDeleted",
    "Microsoft.VSTS.Scheduling.CompletedWork",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Revisions:
    """A part of the stream of revisions, and the token after it."""

    rows: Sequence[Any]
    token: str
    is_last: bool


class TokenRefused(SourceError):
    """The stream does not go on from a token; it can from a moment."""


class Azure:
    """An organisation under one address. Safe between threads. Use it as a context manager."""

    def __init__(self, of: Connection, watch: Watch) -> None:
        pair = base64.b64encode(f":{of.secret('token')}".encode()).decode()
        self._version = of.text("api_version") or "7.1"
        self.calls = Calls(
            of.text("url"), watch, name=of.name, explain=_explained(of.name), judge=_judged(of.name),
            # without it, a token that is not taken is answered by a way to a sign-in page
            headers={"authorization": f"Basic {pair}", "x-tfs-fedauthredirect": "Suppress"},
        )  # fmt: skip

    def __enter__(self) -> Azure:
        return self

    def __exit__(self, *given: object) -> None:
        self.calls.__exit__(*given)

    def revisions(self, project: str, token: str, since: str) -> Iterator[Revisions]:
        """The stream of revisions in the order in which they were made, of deleted work items, too.

        Args:
            project: Empty: of all.
            token: Where it goes on.
            since: Moment from which on, where there is no token; empty: from the beginning.

        Raises:
            TokenRefused: it does not go on from there.
        """
        while True:
            params = {
                "fields": ",".join(OF_REVISIONS), "includeIdentityRef": "true",
                "includeDeleted": "true", "$maxPageSize": MANY, "api-version": self._version,
                **({"continuationToken": token} if token else {"startDateTime": since or None}),
            }  # fmt: skip
            try:
                answer = self.calls.get_json(
                    _at(project, "wit/reporting/workitemrevisions"), params
                )
            except SourceError as error:
                if token and error.code == "source.refused":
                    raise TokenRefused(error.message, error.hint) from error
                raise
            given = mapping(answer)
            after = text(given.get("continuationToken")) or token
            rows, is_last = listing(given.get("values")), given.get("isLastBatch") is True
            # a stream that does not move on would never end
            is_last = is_last or (after == token and not rows)
            yield Revisions(rows, after, is_last)
            if is_last:
                return
            token = after

    def items(self, numbers: Sequence[int], fields: Sequence[str]) -> dict[int, Any]:
        """Work items as they are now, at most 200; those that cannot be had are left out."""
        asked = {"ids": list(numbers), "fields": list(fields), "errorPolicy": "omit"}
        path = f"_apis/wit/workitemsbatch?api-version={self._version}"
        rows = listing(mapping(self.calls.post_json(path, asked)).get("value"))
        return {n: row for row in rows if (n := ident(mapping(row).get("id")))}

    def history(self, number: int) -> list[Any]:
        """All revisions of one work item; none where it is not there."""
        out: list[Any] = []
        while True:
            params = {"$top": MANY, "$skip": len(out), "api-version": self._version}
            try:
                answer = self.calls.get_json(f"_apis/wit/workItems/{number}/revisions", params)
            except SourceError as error:
                if error.code in ("source.absent", "source.rights"):
                    return []
                raise
            rows = listing(mapping(answer).get("value"))
            out += rows
            if len(rows) < MANY:
                return out

    def numbers(self, project: str, condition: str = "") -> Iterator[int]:
        """Numbers of work items in their order.

        Args:
            condition: In WIQL, with times.
        """
        last = 0
        while True:
            found = self._query(project, f"[System.Id] > {last}", condition)
            yield from found
            if len(found) < MOST_NUMBERS:
                return
            last = found[-1]

    def count(self, project: str, condition: str) -> int:
        """How many work items there are, up to 19,999."""
        return len(self._query(project, condition))

    def one(self, path: str, project: str = "", version: str = "") -> Mapping[str, Any]:
        """A single answer."""
        params = {"api-version": version or self._version}
        return mapping(self.calls.get_json(_at(project, path), params))

    def listed(self, path: str, project: str = "") -> Sequence[Any]:
        """A list that comes whole."""
        return listing(self.one(path, project).get("value"))

    def projects(self) -> Iterator[str]:
        """Names of all projects that the account may see."""
        done = 0
        while True:
            params = {"$top": 100, "$skip": done, "api-version": self._version}
            rows = listing(mapping(self.calls.get_json("_apis/projects", params)).get("value"))
            yield from (n for row in rows if (n := text(mapping(row).get("name"))))
            done += len(rows)
            if len(rows) < 100:
                return

    def _query(self, project: str, *conditions: str) -> list[int]:
        own = ("[System.TeamProject] = @project",) if project else ()
        where = " AND ".join(c for c in (*own, *conditions) if c)
        query = f"SELECT [System.Id] FROM WorkItems WHERE {where} ORDER BY [System.Id]"  # noqa: S608
        path = _at(project, "wit/wiql")
        asked = f"{path}?timePrecision=true&$top={MOST_NUMBERS}&api-version={self._version}"
        rows = listing(mapping(self.calls.post_json(asked, {"query": query})).get("workItems"))
        return [n for row in rows if (n := ident(mapping(row).get("id")))]


def quoted(word: str) -> str:
    """A text in WIQL."""
    return "'" + word.replace("'", "''") + "'"


def _at(project: str, path: str) -> str:
    return f"{quote(project, safe='')}/_apis/{path}" if project else f"_apis/{path}"


def _credentials(name: str) -> SourceError:
    return SourceError(
        f"Azure DevOps does not take the token of {name}.",
        "Make a new personal access token for this organisation, with the scope Work Items (Read): they"
        " expire after a year at most.",
        code="source.credentials",
    )


def _explained(name: str) -> Callable[[int, Mapping[str, str], bytes], SourceError | None]:
    def explain(status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
        return _credentials(name) if status == 401 else None

    return explain


def _judged(name: str) -> Callable[[Answer], SourceError | None]:
    def judge(answer: Answer) -> SourceError | None:
        # https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/authentication-guidance
        return _credentials(name) if answer.status == 203 else None

    return judge
