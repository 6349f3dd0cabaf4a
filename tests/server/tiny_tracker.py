"""A tiny tracker on loopback, and the connected source that reads it: real requests, signed messages.

``TinySource`` is registered under the kind ``tiny`` by tests only (the fixture ``tiny_kind``, or ``register``
in a process of its own).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.calls import Calls
from mainstem.sources.issue import Issue, Log, work_of
from mainstem.sources.remote import (
    Batch,
    Checked,
    Connection,
    Count,
    Counted,
    Cursor,
    Forged,
    Option,
    Refused,
    Reject,
    Touched,
    Watch,
)
from tests.standin.server import Asked, Reply, StandIn

TOKEN = "tiny-token-that-nobody-may-see"
DAY = "2026-10-05"


class Tiny(StandIn):
    """Issues by number, each with hours of a person; pages of ``size``. ``gate`` holds a page back."""

    def __init__(self, count: int = 0, size: int = 50) -> None:
        super().__init__()
        self.size, self.clock = size, 0
        self.issues: dict[str, dict[str, Any]] = {}
        self.token, self.status = TOKEN, 0
        self.says: Any = None
        self.gate, self.from_page, self.pages = threading.Event(), 10**9, 0
        self.gate.set()
        for n in range(count):
            self.put(f"T-{n + 1}", hours=1)

    def put(self, key: str, **given: Any) -> None:
        """Makes or changes an issue."""
        with self.lock:
            self.clock += 1
            old = self.issues.get(key, {"key": key, "title": key, "hours": 0, "person": "cid@x"})
            self.issues[key] = {**old, **given, "touched": self.clock}

    def answer(self, asked: Asked) -> Reply:
        if self.status:
            return Reply(self.says, self.status)
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return Reply({"message": f"no: {asked.headers.get('authorization')}"}, 401)
        if asked.path.endswith("/count"):
            return Reply({"2026-10": len(self.issues)})
        if asked.path.endswith("/one"):
            return Reply([i for i in self.issues.values() if i["key"] == asked.query["key"]])
        after = int(asked.query.get("after", 0))
        found = sorted(
            (i["touched"], i["key"]) for i in self.issues.values() if i["touched"] > after
        )
        self.pages += 1
        return Reply([self.issues[key] for _, key in found[: self.size]])


class TinySource:
    """As every connected source; ``url`` is where it is, ``token`` lets one in."""

    kind: ClassVar[str] = "tiny"
    words: ClassVar[str] = "A tiny tracker"
    options: ClassVar[tuple[Option, ...]] = (
        Option("url", "url", "Where it is.", required=True),
        Option("token", "secret", "Lets one in.", required=True),
        Option("projects", "words", "Projects to read; all if empty."),
        Option("groups", "switch", "Whether teams come from groups."),
        Option("pace", "choice", "How fast.", "fast", choices=("fast", "slow")),
        Option("names", "mapping", "Fields by their names."),
        Option("query", "block", "Further words."),
    )

    def _calls(self, of: Connection, watch: Watch) -> Calls:
        heads = {"authorization": f"Bearer {of.secret('token')}"}
        return Calls(of.text("url"), watch, name=of.name, headers=heads)

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        with self._calls(of, watch) as calls:
            calls.get_json("issues")
            yield Checked("credentials", True, "They are taken.")
        yield Checked("e-mail addresses", False, "It shows none.", "Allow them.", optional=True)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        mark = int(cursor.get("after", 0))
        with self._calls(of, watch) as calls:
            while True:
                watch.check()
                page = calls.get_json("issues", {"after": mark})
                if not page:
                    break
                mark = max(i["touched"] for i in page)
                watch.progress(mark, None, "issues")
                if of.text("pace") == "slow":
                    watch.sleep(0.2)
                yield self._batch(page, {"after": mark}, of, watch)
            keys = {i["key"] for i in page}
        yield Batch({"after": mark}, is_last=True, notes=("All of it.",) if not keys else ())

    def _batch(self, page: list[Any], cursor: Cursor, of: Connection, watch: Watch) -> Batch:
        made, rejects = [], []
        for one in page:
            try:
                made.append(work_of(_issue(one), ZoneInfo(of.timezone), watch.at))
            except Refused as error:
                rejects.append(Reject(one["key"], error.reason, error.sample))
        return Batch(
            cursor, len(page), [w.item for w in made], [r for w in made for r in w.records], rejects,
            [w.item["key"] for w in made],
        )  # fmt: skip

    def fetch(self, of: Connection, keys: Sequence[str], watch: Watch) -> Iterator[Batch]:
        with self._calls(of, watch) as calls:
            found = [i for key in keys for i in calls.get_json("one", {"key": key})]
        gone = {k: "deleted" for k in keys if k not in {i["key"] for i in found}}
        made = self._batch(found, {}, of, watch)
        yield Batch({}, made.read, made.items, made.records, made.rejects, made.stems, gone, True)

    def read_hook(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Touched:
        signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signed, headers.get("x-tiny-signature", "")):
            raise Forged("It is not signed by the tracker.")
        told = json.loads(body)
        if at - datetime.fromisoformat(told["at"]) > timedelta(minutes=5):
            raise Forged("It is old.")
        if "keys" not in told:
            raise SourceError("It says nothing.")
        return Touched(headers.get("x-tiny-delivery", ""), tuple(told["keys"]))

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        with self._calls(of, watch) as calls:
            found = calls.get_json("count")
        return Counted(tuple(Count("", month, n) for month, n in found.items()))


def _issue(one: Mapping[str, Any]) -> Issue:
    if not isinstance(one["hours"], (int, float)):
        raise Refused("hours are no number", one["hours"])
    log = Log("1", date.fromisoformat(DAY), one["hours"] * 3600, one["person"])
    return Issue(
        one["key"], one["key"], "task", one["title"], "open", components=("Player",),
        created=datetime.fromisoformat(f"{DAY}T10:00:00+00:00"), logs=(log,) if one["hours"] else (),
    )  # fmt: skip


@dataclass
class Message:
    """A message of the tracker, signed with a secret."""

    keys: Sequence[str]
    at: datetime
    delivery: str = "d-1"
    more: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> bytes:
        return json.dumps(
            {"at": self.at.isoformat(), "keys": list(self.keys), **self.more}
        ).encode()

    def heads(self, secret: str) -> dict[str, str]:
        signed = hmac.new(secret.encode(), self.body(), hashlib.sha256).hexdigest()
        return {"X-Tiny-Signature": signed, "X-Tiny-Delivery": self.delivery}


def register() -> None:
    """Makes the kind known in this process."""
    from mainstem.sources import registry

    registry.CONNECTED["tiny"] = "tests.server.tiny_tracker:TinySource"
