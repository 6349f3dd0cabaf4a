"""How the two deployments search: Cloud by page tokens, Data Center by ``startAt``.

While a page is worked on the next one is asked for.
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/ says: pages of at most 100
issues with fields, 5,000 of ids or keys alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from mainstem.errors import SourceError
from mainstem.sources.jira.values import text
from mainstem.sources.shape import mapping

#: Issues a page: Cloud gives no more with fields; ids alone: up to ``IDS_CLOUD``.
PAGE, IDS_CLOUD, IDS_DC = 100, 5_000, 1_000
Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]
Ahead = Callable[[Callable[[], Mapping[str, Any]]], Future[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a search. ``total`` where Jira tells it."""

    issues: list[Any]
    total: int | None


class Searching(Protocol):
    """How a deployment searches."""

    def pages(
        self, jql: str, fields: Sequence[str], *, changelog: bool = False, ids: bool = False
    ) -> Iterator[Page]:
        """All pages; the next one is asked for while one is worked on."""
        ...


class CloudSearch:
    """The enhanced search: one page names the next by a token."""

    def __init__(self, ask: Ask, ahead: Ahead, name: str) -> None:
        self._ask_page, self._ahead, self._name = ask, ahead, name

    def pages(
        self, jql: str, fields: Sequence[str], *, changelog: bool = False, ids: bool = False
    ) -> Iterator[Page]:
        """As ``Searching``."""
        size = IDS_CLOUD if ids else PAGE
        given = {"jql": jql, "maxResults": size, "fields": list(fields)}
        if changelog:
            given["expand"] = "changelog"
        answer = self._ask(given, None)
        seen: set[str] = set()
        while True:
            token = text(answer.get("nextPageToken"))
            if answer.get("isLast") is True or token is None:
                yield Page(issues_of(answer, self._name), None)
                return
            if token in seen:
                raise bad_shape(self._name, "the same page of a search twice")
            seen = {token}
            following = self._ahead(partial(self._ask, given, token))
            yield Page(issues_of(answer, self._name), None)
            answer = following.result()

    def _ask(self, given: Mapping[str, Any], token: str | None) -> Mapping[str, Any]:
        body = {**given, "nextPageToken": token} if token else dict(given)
        return self._ask_page(body)


class DataCenterSearch:
    """The search by ``startAt``. Jira may give smaller pages than it was asked for."""

    def __init__(self, ask: Ask, ahead: Ahead, name: str, size: int) -> None:
        self._ask_page, self._ahead, self._name, self._size = ask, ahead, name, size

    def pages(
        self, jql: str, fields: Sequence[str], *, changelog: bool = False, ids: bool = False
    ) -> Iterator[Page]:
        """As ``Searching``."""
        size = IDS_DC if ids else self._size
        given = {"jql": jql, "maxResults": size, "fields": list(fields)}
        if changelog:
            given["expand"] = ["changelog"]
        start, answer = 0, self._ask(given, 0)
        while True:
            issues, total = issues_of(answer, self._name), answer.get("total")
            known = total if isinstance(total, int) else None
            start += len(issues)
            if not issues or (known is not None and start >= known):
                yield Page(issues, known)
                return
            following = self._ahead(partial(self._ask, given, start))
            yield Page(issues, known)
            answer = following.result()

    def _ask(self, given: Mapping[str, Any], start: int) -> Mapping[str, Any]:
        return self._ask_page({**given, "startAt": start})


def issues_of(answer: Any, name: str) -> list[Any]:
    """The issues of an answer.

    Raises:
        SourceError: it has none, not even an empty list.
    """
    found = mapping(answer).get("issues")
    if not isinstance(found, list):
        raise bad_shape(name, "no list of issues")
    return found


def bad_shape(name: str, what: str) -> SourceError:
    """An answer that is JSON, but not what was asked for."""
    return SourceError(
        f"Jira gave {name} {what}.",
        "It is tried again later. If it stays so, something before Jira may change its answers.",
        code="source.answer", permanent=False,
    )  # fmt: skip
