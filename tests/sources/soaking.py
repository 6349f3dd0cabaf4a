"""Seeded runs of a whole sync, source to ledger, against a vendor that goes wrong and changes meanwhile.

``python -m tests.sources.soaking 1000 [FIRST]`` runs a thousand of them and says how long they took.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.ledger.store import Ledger, relation
from mainstem.services.sources import pulling
from mainstem.sources import calls
from mainstem.sources.remote import Connection, Watch
from tests.sources.github.folding import connection as to_github
from tests.sources.gitlab.fold import connection as to_gitlab
from tests.sources.jira.folding import connection as to_jira
from tests.standin.github import GitHubStandIn
from tests.standin.gitlab import DOING, GitLabStandIn
from tests.standin.jira import JiraStandIn
from tests.standin.server import Faults, StandIn


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Soak:
    """A vendor, how to reach it, and what must be in the ledger in the end: states by key, amounts by row."""

    there: Any
    of: Callable[[], Connection]
    truth: Callable[[datetime], tuple[dict[str, str], dict[str, int]]]
    now: Callable[[], datetime]
    settle: Callable[[], None] = lambda: None


def jira(seed: int, rng: random.Random) -> Soak:
    """Jira in the cloud or on somebody's machines."""
    zone = ZoneInfo("Europe/Berlin")
    there = JiraStandIn(Faults.schedule(seed), cloud=seed % 2 == 0, issues=rng.choice((20, 60, 130)), seed=seed,
                        step=rng.choice((0.0, 0.7, 35.0)))  # fmt: skip

    def truth(at: datetime) -> tuple[dict[str, str], dict[str, int]]:
        items, rows = there.truth(at, zone)
        return {key: item["state"] for key, item in items.items()}, rows

    return Soak(there, lambda: to_jira(there.url, roll_call="0", page="50"), truth, there.now)


def github(seed: int, rng: random.Random) -> Soak:
    """GitHub with one or two repositories."""
    names = ("acme/shop", "acme/till") if seed % 3 else ("acme/shop",)
    there = GitHubStandIn(
        Faults.schedule(seed), issues=rng.choice((15, 40)), seed=seed, repositories=names
    )
    at = datetime.now(UTC) + timedelta(days=3)

    def settle() -> None:
        there.later += timedelta(hours=25)

    return Soak(
        there, lambda: to_github(there.url, repositories="acme/*"), there.truth, lambda: at, settle
    )


def gitlab(seed: int, rng: random.Random) -> Soak:
    """GitLab of several editions."""
    there = GitLabStandIn(Faults.schedule(seed), seed=seed, issues=rng.choice((15, 60)), merge_requests=10,
                          graphql=seed % 3 != 0, premium=seed % 4 != 0)  # fmt: skip
    at = datetime.now(UTC)

    def truth(at: datetime) -> tuple[dict[str, str], dict[str, int]]:
        items, rows = there.truth(at=at, working=DOING)
        return {key: item["state"] for key, item in items.items()}, rows

    return Soak(
        there,
        lambda: to_gitlab(there.url, roll_call="0", in_progress=DOING, files="no"),
        truth,
        lambda: at,
    )


VENDORS = (jira, github, gitlab)


@contextmanager
def impatient(rng: random.Random) -> Iterator[None]:
    """Short waits, and landings of a few things."""
    was = calls.FIRST_WAIT, pulling.LAND_ROWS
    calls.FIRST_WAIT, pulling.LAND_ROWS = 0.001, rng.choice((20, 60, 20_000))
    try:
        yield
    finally:
        calls.FIRST_WAIT, pulling.LAND_ROWS = was


def soak(seed: int) -> Counter[str]:
    """One run. Asserts that the ledger ends as the vendor is; says what went wrong on the way."""
    rng, seen = random.Random(seed), Counter[str]()
    made = VENDORS[seed % len(VENDORS)](seed // len(VENDORS), rng)
    with tempfile.TemporaryDirectory() as folder, impatient(rng), made.there:
        assert isinstance(made.there, StandIn)
        ledger = Ledger.open(Path(folder) / "ledger", make=True)
        for _ in range(rng.randint(1, 3)):
            with suppress(Killed):
                seen[_sync(made, ledger, folder, rng)] += 1
            for _ in range(rng.randrange(6)):
                made.there.change(made.there.rng)
        seen["faults"] += made.there.wrong
        made.there.faults = Faults(clock=made.there.faults.clock)
        for _ in range(2):
            made.settle()
            at = made.now()
            pulling.pull(made.of(), ledger, Watch(at, folder=folder))
        _compare(ledger, made.truth(at), seed)
    return seen


def _sync(made: Soak, ledger: Ledger, folder: str, rng: random.Random) -> str:
    """A sync that may break off, be stopped, or die at a moment of progress."""
    watch = Watch(made.now(), folder=folder)
    fate, after, count = rng.choice(("lives", "lives", "stopped", "dies")), rng.randrange(1, 8), 0

    def progress(done: int, total: int | None, words: str) -> None:
        nonlocal count
        count += 1
        if count >= after and fate == "stopped":
            watch.stop.set()
        if count >= after and fate == "dies":
            raise Killed

    watch.progress = progress
    try:
        pulling.pull(made.of(), ledger, watch)
    except SourceError as error:
        assert not error.permanent, error.message
        return error.code
    return "whole"


def _compare(ledger: Ledger, truth: tuple[dict[str, str], dict[str, int]], seed: int) -> None:
    view, con = ledger.view(), ledger.connect()
    try:
        items = dict(con.execute(
            f"SELECT key, state FROM {relation(view.table('items'))} WHERE fields['gone'] IS NULL AND NOT stub"
        ).fetchall())  # fmt: skip
        rows = con.execute(
            f"SELECT r.row_key, r.amount, i.fields['gone'] FROM {relation(view.table('records'))} r"
            f" JOIN {relation(view.table('items'))} i USING (item)"
        ).fetchall()
    finally:
        con.close()
    assert items == truth[0], f"items of schedule {seed} differ"
    assert {r[0]: r[1] for r in rows} == truth[1], f"effort of schedule {seed} differs"
    assert len(rows) == len(truth[1]), f"rows of schedule {seed} are there twice"
    assert not any(r[2] for r in rows), f"effort of schedule {seed} is on items that are gone"


def main(count: int, first: int = 0) -> None:
    """Runs many and says what they met."""
    began, seen = time.monotonic(), Counter[str]()
    for seed in range(first, first + count):
        seen += soak(seed)
    seconds = time.monotonic() - began
    print(
        f"{count} schedules in {seconds:,.0f} s, each ledger equal to the vendor's truth: {dict(seen)}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
