"""Linear over HTTP: questions in GraphQL, its limits, its errors. Knows nothing of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.answers import Answer, Wait
from mainstem.sources.calls import Calls
from mainstem.sources.limits import Limits, server_time
from mainstem.sources.remote import Connection, Watch

#: Pages of one list of names, or of one history.
MOST_PAGES = 200
#: Seconds to wait where it does not say how long.
_WAIT = 30.0
_COMPLEXITY = {
    f"x-ratelimit-complexity-{name}": f"x-ratelimit-{name}"
    for name in ("remaining", "limit", "reset")
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: rows, where the next one begins (empty: there is none), Linear's clock."""

    rows: Sequence[Any]
    after: str
    at: datetime


class Linear:
    """One workspace, as one key sees it. Safe between threads."""

    def __init__(self, of: Connection, url: str, watch: Watch) -> None:
        base, _, self._path = url.rpartition("/")
        headers = {"authorization": _authorization(of.secret("token"))}
        self.calls = Calls(
            base, watch, name=of.name, headers=headers, explain=_explain, judge=_judge
        )
        # complexity has a limit of its own, beside that of requests
        self._points = Limits(watch)

    def ask(
        self, query: str, given: Mapping[str, Any] | None = None
    ) -> tuple[Mapping[str, Any], datetime]:
        """The data of an answer, and Linear's clock.

        Raises:
            SourceError: as ``Calls.post``.
        """
        last: list[Answer] = []

        def post() -> Answer:
            self._points.wait()
            asked = {"query": query, "variables": dict(given or {})}
            last[:] = [self.calls.post(self._path, asked)]
            return last[0]

        found = self.calls.whole(post)
        self._points.learn(_complexity(last[0].headers))
        data = found.get("data") if isinstance(found, dict) else None
        if not isinstance(data, dict):
            raise _unclear(None)
        return data, server_time(last[0].headers)

    def page(self, query: str, what: str, given: Mapping[str, Any]) -> Page:
        """A page of a list. Raises ``SourceError``."""
        data, at = self.ask(query, given)
        rows, after = connection(data.get(what))
        if rows is None:
            raise SourceError(
                f"Linear answered with no {what}.", "It is tried again later.",
                code="source.answer", permanent=False,
            )  # fmt: skip
        return Page(rows, after, at)

    def all(self, query: str, what: str) -> Iterator[Any]:
        """A short list, whole."""
        after: str | None = None
        for _ in range(MOST_PAGES):
            page = self.page(query, what, {"after": after})
            yield from page.rows
            after = page.after
            if not after:
                return


def connection(found: Any) -> tuple[Sequence[Any] | None, str]:
    """Rows of a list of GraphQL, and where the next page begins; ``None``: it is no list."""
    nodes = found.get("nodes") if isinstance(found, dict) else None
    info = found.get("pageInfo") if isinstance(found, dict) else None
    after = info.get("endCursor") if isinstance(info, dict) and info.get("hasNextPage") else None
    return (
        nodes if isinstance(nodes, list) else None,
        after if isinstance(after, str) else "",
    )


def _authorization(token: str) -> str:
    """API keys stand by themselves; tokens of OAuth come as ``Bearer``."""
    text = token.strip()
    return text if text.startswith(("lin_api_", "Bearer ")) else f"Bearer {text}"


def _explain(status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
    """Linear answers 400 for what others have statuses for; the code stands in the errors."""
    from pydantic_core import from_json

    try:
        found = from_json(body)
    except ValueError:
        # Linear refuses in JSON: this was cut off, or is not from Linear
        return _unclear(None) if status == 400 else None
    errors = found.get("errors") if isinstance(found, dict) else None
    return _error_of(errors, headers) if errors else None


def _judge(answer: Answer) -> SourceError | None:
    """Errors may come with status 200."""
    if b'"errors"' not in answer.body:
        return None
    try:
        found = answer.json()
    except SourceError:
        # it is asked for again where it is read
        return None
    errors = found.get("errors") if isinstance(found, dict) else None
    return (_error_of(errors, answer.headers) or _unclear(errors)) if errors else None


def _error_of(errors: Any, headers: Mapping[str, str]) -> SourceError | None:
    """What an error of GraphQL means; ``None`` for the usual meaning of its status."""
    first = errors[0] if isinstance(errors, list) and errors else errors
    more = first.get("extensions") if isinstance(first, dict) else None
    more = more if isinstance(more, dict) else {}
    code = f"{more.get('code') or ''} {more.get('type') or ''}".upper()
    words = _words(first, more)
    if "RATELIMITED" in code:
        return Wait(
            "Linear was asked too much, and asks for patience.",
            "It is tried again later. `history: no` asks for less.",
            _seconds(headers),
        )
    if "AUTHENTICATION" in code:
        return SourceError(
            f"Linear does not take the key{words}.",
            "Make a new one under Settings → Security & access, and put it where the settings look for it.",
            code="source.credentials",
        )
    if "FORBIDDEN" in code or "NOT ACCESSIBLE" in code:
        return SourceError(
            f"The key may not see that{words}.",
            "Take a key that may read, of somebody who is in the teams.",
            code="source.rights",
        )
    if "INTERNAL" in code or "LOCK" in code:
        return SourceError(
            f"Linear is not well{words}.", "It is tried again later.", code="source.passing",
            permanent=False,
        )  # fmt: skip
    if "INPUT" in code or "GRAPHQL" in code:
        return SourceError(
            f"Linear refuses the question{words}.",
            "If the settings are right, please report it with this message.",
            code="source.refused",
        )
    return None


def _unclear(errors: Any) -> SourceError:
    first = errors[0] if isinstance(errors, list) and errors else None
    return SourceError(
        f"Linear answered without data{_words(first, {})}.", "It is tried again later.",
        code="source.answer", permanent=False,
    )  # fmt: skip


def _words(error: Any, more: Mapping[str, Any]) -> str:
    said = more.get("userPresentableMessage") or (
        error.get("message") if isinstance(error, dict) else None
    )
    return f" ({' '.join(said.split())[:150]})" if isinstance(said, str) else ""


def _complexity(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of complexity under the names that limits are learnt from."""
    told = {ours: headers[theirs] for theirs, ours in _COMPLEXITY.items() if theirs in headers}
    return {**told, **({"date": headers["date"]} if "date" in headers else {})}


def _seconds(headers: Mapping[str, str]) -> float:
    """Until the limit that was reached is one no more."""
    after = headers.get("retry-after", "")
    if after.replace(".", "", 1).isdigit():
        return float(after)
    waits = []
    for kind in ("requests", "complexity"):
        if headers.get(f"x-ratelimit-{kind}-remaining", "").strip() == "0":
            reset = headers.get(f"x-ratelimit-{kind}-reset", "")
            if reset.isdigit():
                waits.append(int(reset) / 1_000 - server_time(headers).timestamp())
    return max(max(waits, default=_WAIT), 0.0)
