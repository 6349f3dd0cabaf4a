"""GitHub over HTTP: what to ask and how to page, nothing of what it means.

REST and GraphQL have limits of their own, so each has its own ``Calls``. GitHub asks for calls one after
another rather than many at once; a page is read ahead while the one before is looked at, no more.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from mainstem.errors import SourceError
from mainstem.sources import calls as calling
from mainstem.sources.answers import Answer, BadAnswer
from mainstem.sources.calls import Calls
from mainstem.sources.github.auth import Keys, keys_of
from mainstem.sources.github.failing import (
    Failure,
    TooMuch,
    explain_graphql,
    explain_rest,
    failures,
    judge_graphql,
    refusal,
)
from mainstem.sources.limits import server_time
from mainstem.sources.remote import Connection, Watch

T = TypeVar("T")
R = TypeVar("R")

CLOUD = "https://api.github.com"
_VERSION = {
    "accept": "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    # ids of one form, whichever GitHub gives by default
    "x-github-next-global-id": "1",
}
#: Calls at once.
AT_ONCE = 3
#: Fewest things of a page; what is too much even so fails.
FEWEST = 4
#: A page that was made smaller grows again after so many that went well.
_PATIENT = 10


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of GraphQL.

    Attributes:
        data: What came, perhaps with holes.
        errors: Why there are holes.
        at: GitHub's clock.
    """

    data: Mapping[str, Any]
    errors: tuple[Failure, ...]
    at: datetime


def addresses(url: str) -> tuple[str, str, bool]:
    """The addresses of REST and GraphQL, and whether it is an Enterprise Server.

    github.com and ghe.com have ``https://api.HOST`` and ``/graphql``; a server has ``/api/v3`` and
    ``/api/graphql``. https://docs.github.com/en/enterprise-server@latest/rest
    """
    parts = urlsplit(url.strip().rstrip("/") or CLOUD)
    host = (parts.hostname or "").lower()
    if host in ("github.com", "www.github.com", "api.github.com"):
        return CLOUD, f"{CLOUD}/graphql", False
    if host.endswith(".ghe.com"):
        base = f"https://{host if host.startswith('api.') else f'api.{host}'}"
        return base, f"{base}/graphql", False
    path = parts.path.removesuffix("/graphql").removesuffix("/v3").removesuffix("/api")
    root = urlunsplit((parts.scheme, parts.netloc, path.rstrip("/"), "", ""))
    return f"{root}/api/v3", f"{root}/api/graphql", True


class Hub:
    """GitHub, as one source asks it. Use it as a context manager; safe between threads."""

    def __init__(self, of: Connection, watch: Watch) -> None:
        rest, self._graphql, self.is_server = addresses(of.text("url"))
        self._watch = watch
        self._ahead = timedelta(0)
        self._rest = Calls(rest, watch, name=of.name, headers=_VERSION, explain=self._explain_rest)
        self._graph = Calls(
            self._graphql, watch, name=of.name, headers=_VERSION, explain=self._explain_graphql,
            judge=judge_graphql,
        )  # fmt: skip
        self.keys: Keys = keys_of(of, self._post_signed, self.now)
        self._sizes: dict[str, int] = {}
        self._well: dict[str, int] = {}

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, *_: object) -> None:
        self._graph.__exit__()
        self._rest.__exit__()

    def now(self) -> datetime:
        """GitHub's clock, as far as an answer has told it; ours until then."""
        return datetime.now(UTC) + self._ahead

    @property
    def ahead_by(self) -> timedelta:
        """How far GitHub's clock is ahead of ours."""
        return self._ahead

    # REST

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, etag: str = "") -> Answer:
        """A path of REST.

        Args:
            etag: Of an earlier answer: if nothing has changed, the answer ``is_same`` and counts against
                no limit.

        Raises:
            SourceError: it could not be had.
        """
        answer = self._shown(
            lambda keys: self._rest.get(path, params, etag=etag, headers=keys)
        )  # fmt: skip
        self._look_at_clock(answer.headers)
        return answer

    def send(self, method: str, path: str, body: Any, *, again: bool) -> Answer:
        """Writes something; ``again`` says whether doing it twice is as good as once.

        Raises:
            SourceError: it was refused, or nobody knows whether it was done.
        """
        answer = self._shown(
            lambda keys: self._rest.send(method, path, body, again=again, headers=keys)
        )
        self._look_at_clock(answer.headers)
        return answer

    def _post_signed(self, path: str, headers: Mapping[str, str]) -> Any:
        return self._rest.whole(lambda: self._rest.post(path, {}, headers=headers))

    # GraphQL

    def ask(self, query: str, variables: Mapping[str, Any]) -> Told:
        """A query that cannot be made smaller; asked again where GitHub gives up on it.

        Raises:
            SourceError: it could not be had.
        """
        return self.sized("one", FEWEST, lambda _size: self.once(query, variables))

    def once(self, query: str, variables: Mapping[str, Any]) -> Told:
        """A query. Holes in its answer are for the caller to judge.

        Raises:
            SourceError: there is nothing in the answer but errors.
            TooMuch: GitHub gave up on it.
        """
        body = {"query": query, "variables": dict(variables)}
        for attempt in range(1, calling.TRIES + 1):
            answer = self._shown(
                lambda keys: self._graph.post(self._graphql, body, headers=keys)
            )  # fmt: skip
            try:
                found = answer.json()
                break
            except BadAnswer:
                if attempt == calling.TRIES:
                    raise
                self.pause(attempt)
        self._look_at_clock(answer.headers)
        errors = failures(found)
        data = found.get("data") if isinstance(found, Mapping) else None
        if not isinstance(data, Mapping):
            raise refusal(errors, "GitHub refused a query")
        return Told(data, errors, server_time(answer.headers))

    def sized(self, kind: str, most: int, ask: Callable[[int], T]) -> T:
        """Asks for a page of as many things as GitHub manages, fewer where it gives up.

        Args:
            kind: What is asked for; each kind learns its own size.
            most: The size to begin with.

        Raises:
            TooMuch: even the fewest are too much.
        """
        most_tries = calling.HASTY_TRIES if self._watch.is_hasty else calling.TRIES
        tries = most_tries
        while True:
            size = self._sizes.get(kind, most)
            try:
                out = ask(size)
            except TooMuch as gave_up:
                self._well[kind] = 0
                if size <= FEWEST:
                    tries -= 1
                    if tries <= 0:
                        raise SourceError(
                            gave_up.message, "It is tried again later.", code="source.passing",
                            permanent=False,
                        ) from gave_up  # fmt: skip
                self._sizes[kind] = max(size // 2, FEWEST)
                self.pause(1 + most_tries - tries)
                continue
            self._well[kind] = self._well.get(kind, 0) + 1
            if self._well[kind] >= _PATIENT and size < most:
                self._well[kind], self._sizes[kind] = 0, min(size * 2, most)
            return out

    def each(self, ask: Callable[[T], R], of: Iterable[T]) -> Iterator[R]:
        """Several questions at once, answers in order."""
        return self._graph.each(ask, of, at_once=AT_ONCE)

    def ahead(self, ask: Callable[[], R]) -> Future[R]:
        """Begins to ask for the next page."""
        return self._graph.ahead(ask)

    def pause(self, attempt: int) -> None:
        """Waits a little before another try."""
        self._watch.meter.add(retried=1)
        longest = min(calling.FIRST_WAIT * 2 ** (attempt - 1), calling.LONGEST_WAIT)
        self._watch.sleep(longest)

    # who is asking, and what time it is there

    def _shown(self, call: Callable[[Mapping[str, str]], Answer]) -> Answer:
        try:
            return call(self.keys.headers())
        except SourceError as refused:
            # a token of an app may end in the middle of a sync
            if refused.code != "source.credentials" or not self.keys.renew():
                raise
        return call(self.keys.headers())

    def _explain_rest(
        self, status: int, headers: Mapping[str, str], body: bytes
    ) -> SourceError | None:
        self._look_at_clock(headers)
        return explain_rest(status, headers, body)

    def _explain_graphql(
        self, status: int, headers: Mapping[str, str], body: bytes
    ) -> SourceError | None:
        self._look_at_clock(headers)
        return explain_graphql(status, headers, body)

    def _look_at_clock(self, headers: Mapping[str, str]) -> None:
        if "date" in headers:
            self._ahead = server_time(headers) - datetime.now(UTC)


def in_lots(of: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cuts a list into lots."""
    for start in range(0, len(of), size):
        yield of[start : start + size]
