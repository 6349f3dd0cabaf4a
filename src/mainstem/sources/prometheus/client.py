"""The query API of Prometheus, and of what speaks like it (Mimir, Thanos, VictoriaMetrics)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.calls import Calls
from mainstem.sources.prometheus.translate import Stretch
from mainstem.sources.remote import Connection, Watch


def opened(of: Connection, watch: Watch) -> Calls:
    """The server's API; credentials go into headers."""
    headers = {k.lower(): v for k, v in of.mapping("headers").items()}
    user = of.text("user")
    if user:
        pair = f"{user}:{of.secret('password')}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    elif of.secrets.get("token"):
        headers["authorization"] = f"Bearer {of.secret('token')}"
    return Calls(of.text("url"), watch, name=of.name, headers=headers, explain=_explained)


def ask_range(calls: Calls, query: str, of: Stretch) -> Any:
    """A value at the end of each period of a stretch."""
    return calls.get_json(
        "api/v1/query_range",
        {"query": filled(query, of), "start": of.ends[0], "end": of.ends[-1], "step": of.seconds},
    )


def filled(query: str, of: Stretch) -> str:
    """The query with the length of its periods for ``$period``."""
    return query.replace("$period", f"{of.seconds}s")


def version(calls: Calls) -> str:
    """Which server answers; empty where it does not say."""
    found = calls.get_json("api/v1/status/buildinfo")
    data = found.get("data") if isinstance(found, Mapping) else None
    return str(data.get("version", "")) if isinstance(data, Mapping) else ""


def _explained(status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
    """Prometheus says what is wrong with a query: 400 for one that cannot be read, 422 for one that
    cannot be carried out."""
    if status not in (400, 422):
        return None
    try:
        told = json.loads(body)
        words = " ".join(str(told["error"]).split())[:300]
    except (ValueError, KeyError, TypeError):
        return None
    return SourceError(
        f"Prometheus refuses the query: {words}.", "Try it on Prometheus' own page first.",
        code="source.query",
    )  # fmt: skip
