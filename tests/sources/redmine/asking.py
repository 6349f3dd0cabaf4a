"""A connection to the real Redmine, and a transport that does something before requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import httpx

from mainstem.sources.redmine.source import RedmineSource
from mainstem.sources.remote import Connection, Secret, Watch
from tests.sources.folding import Fold
from tests.sources.redmine.real_server import RealRedmine, key_of

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SOURCE = RedmineSource()


def connection(server: RealRedmine, who: str = "reader", **given: str) -> Connection:
    """With the defaults of the options, as the services fill them in."""
    options = {o.name: o.default for o in SOURCE.options if o.kind != "secret"}
    options |= {"url": server.url, **given}
    return Connection("tracker", "redmine", options, {"token": Secret(key_of(who))})


def watch_of(fold: Fold, at: datetime = NOW, transport: httpx.BaseTransport | None = None) -> Watch:
    return Watch(at, known=fold.known, stems=fold.stems, transport=transport)


def sync(of: Connection, fold: Fold | None = None, *, at: datetime = NOW, most: int | None = None,
         transport: httpx.BaseTransport | None = None) -> tuple[Fold, Watch]:  # fmt: skip
    """One sync into a fold, which goes on where it was."""
    fold = fold or Fold()
    watch = watch_of(fold, at, transport)
    fold.take(SOURCE.pull(of, fold.cursor, watch), most)
    return fold, watch


class Before(httpx.HTTPTransport):
    """Does something before requests; what it gives back is the answer."""

    def __init__(self, does: Callable[[httpx.Request], httpx.Response | None]) -> None:
        super().__init__()
        self.does = does

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        given = self.does(request)
        return given if given is not None else super().handle_request(request)


def new_issue(
    server: RealRedmine, subject: str = "An issue", *, by: str = "ann", **given: object
) -> int:
    """Through the API, by somebody."""
    issue = {"project_id": "alpha", "tracker_id": 1, "status_id": 1, "subject": subject, **given}
    return int(server.call("POST", "issues.json", {"issue": issue}, by=by)["issue"]["id"])


def edit(server: RealRedmine, issue: int, *, by: str = "ann", **given: object) -> None:
    server.call("PUT", f"issues/{issue}.json", {"issue": given}, by=by)


def log(server: RealRedmine, hours: float, *, by: str = "ann", **given: object) -> int:
    entry = {"hours": hours, "activity_id": 8, "spent_on": "2026-11-02", **given}
    answer = server.call("POST", "time_entries.json", {"time_entry": entry}, by=by)
    return int(answer["time_entry"]["id"])


def crowd(server: RealRedmine, many: int, moments: Iterable[str], first: int = 1_000) -> None:
    """Many issues past the API, as an import makes them: the moments of their last changes come in turn."""
    times = list(moments)
    server.many(
        "INSERT INTO issues (id, tracker_id, project_id, subject, status_id, priority_id, author_id,"
        " created_on, updated_on, root_id, lft, rgt) VALUES (?, 1, 1, ?, 1, 2, 6, ?, ?, ?, 1, 2)",
        [(n, f"Issue {n}", t, t, n) for n, t in
         ((first + i, times[i % len(times)]) for i in range(many))],
    )  # fmt: skip


def crowd_of_time(server: RealRedmine, many: int, issue: int, first: int = 1) -> None:
    """Many time entries past the API, twenty made at each of many moments, all spent on one old day."""
    server.many(
        "INSERT INTO time_entries (id, project_id, user_id, author_id, issue_id, hours, activity_id,"
        " spent_on, tyear, tmonth, tweek, created_on, updated_on)"
        " VALUES (?, 1, 6, 6, ?, 1, 8, '2026-10-01', 2026, 10, 40, ?, ?)",
        [(first + n, issue, at, at) for n in range(many)
         for at in [f"2026-10-{1 + n // 20:02} 10:00:00"]],
    )  # fmt: skip
