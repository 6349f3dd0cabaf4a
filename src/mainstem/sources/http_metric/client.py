"""Asks an address for the values of some days, page by page."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from mainstem.errors import SourceError
from mainstem.sources.calls import Calls
from mainstem.sources.http_metric.translate import Paths, next_of
from mainstem.sources.remote import Connection, Watch

#: Pages of one question at most: more is a path that goes in circles.
MOST_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Days:
    """The days that are asked for, both included."""

    since: date
    until: date

    def words(self) -> Mapping[str, str]:
        """What stands for what in an address and a body."""
        after = self.until + timedelta(days=1)
        first, end = (
            int(datetime.combine(d, time(), UTC).timestamp()) for d in (self.since, after)
        )
        return {
            "{since}": self.since.isoformat(), "{until}": self.until.isoformat(),
            "{after}": after.isoformat(), "{since_compact}": f"{self.since:%Y%m%d}",
            "{until_compact}": f"{self.until:%Y%m%d}", "{since_s}": str(first), "{after_s}": str(end),
            "{since_ms}": str(first * 1_000), "{after_ms}": str(end * 1_000),
        }  # fmt: skip


def opened(of: Connection, watch: Watch) -> Calls:
    """The address, with credentials in headers and nowhere else."""
    headers = {k.lower(): v for k, v in of.mapping("headers").items()}
    if of.secrets.get("token"):
        headers[(of.text("header") or "Authorization").lower()] = _credentials(of)
    if of.secrets.get("second_token"):
        headers[(of.text("second_header") or "x-application-key").lower()] = of.secret(
            "second_token"
        )
    return Calls(of.text("url"), watch, name=of.name, headers=headers)


def _credentials(of: Connection) -> str:
    token, user, scheme = of.secret("token"), of.text("user"), of.text("scheme") or "Bearer"
    if user:
        return f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"
    return token if scheme == "none" else f"{scheme} {token}"


def pages(calls: Calls, of: Connection, days: Days, paths: Paths) -> Iterator[Any]:
    """The answers, as JSON.

    Raises:
        SourceError: it cannot be had, or its pages do not end.
    """
    token, seen = "", set[str]()
    while True:
        answer = _asked(calls, of, days, token)
        yield answer
        token = next_of(answer, paths)
        if not token:
            return
        if token in seen or len(seen) >= MOST_PAGES:
            raise SourceError(
                f"The pages of {of.name} do not end: `next` comes to one that was read already.",
                "Check the path `next`, and that `{next}` stands in the address or the body.",
                code="source.pages",
            )
        seen.add(token)


def _asked(calls: Calls, of: Connection, days: Days, token: str) -> Any:
    url, body = of.text("url"), of.text("body")
    if token and urlsplit(token).scheme in ("http", "https"):
        url, token = token, ""
    elif token and "{next}" not in url + body:
        name = of.text("next_parameter") or "page"
        url += f"{'&' if '?' in url else '?'}{quote(name)}={{next}}"
    url = _filled(url, days, quote(token, safe=""))
    if (of.text("method") or "GET") == "GET":
        return calls.get_json(url)
    return calls.post_json(url, _json(of, _filled(body, days, json.dumps(token)[1:-1])))


def _filled(text: str, days: Days, token: str) -> str:
    for name, value in days.words().items():
        text = text.replace(name, value)
    return text.replace("{next}", token)


def _json(of: Connection, text: str) -> Any:
    try:
        return json.loads(text or "{}")
    except ValueError as error:
        raise SourceError(
            f"The body of {of.name} is no JSON: {error}.",
            "Words that stand for days go in quotation marks: \"{since}\".", code="source.option",
        ) from None  # fmt: skip
