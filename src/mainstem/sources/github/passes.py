"""What is read of a repository in one sync, page by page.

* First reading: everything, oldest first. That order does not change while one reads.
* Later: what changed, newest first, until what is known. Whatever changes meanwhile comes to the front,
  behind us: it is seen twice or next time, never lost. (With the oldest change first, a thing that changes
  leaves its place, the rest moves up, and one that nobody touched falls between two pages.)
* Once a day: what is open and assigned, because each day of it is a trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.github.repositories import Repository
from mainstem.sources.github.state import ISSUES, OPEN, PULLS, Stand, State
from mainstem.sources.remote import Refused

#: What changed so shortly before the mark is read again: a change is stamped when it begins, is to be
#: seen when it has ended, and GitHub's machines agree on the time to some seconds.
OVERLAP = timedelta(minutes=2)
_OLDEST = {"field": "CREATED_AT", "direction": "ASC"}
_NEWEST = {"field": "UPDATED_AT", "direction": "DESC"}


@dataclass(frozen=True, slots=True)
class Pass:
    """One way through one kind of things of a repository.

    Attributes:
        began: What changed before it will be known when the pass is over.
        until: Newest first, until what changed before this; ``None``: all, oldest first.
        floor: What changed last before it is not wanted, in whichever order.
    """

    repository: Repository
    kind: str
    began: datetime
    until: datetime | None
    floor: datetime | None = None

    @property
    def is_pulls(self) -> bool:
        """Whether it reads pull requests."""
        return self.kind == PULLS

    def asked(self, after: str) -> dict[str, Any]:
        """Variables of its query."""
        out: dict[str, Any] = {
            "after": after or None, "order": _OLDEST if self.until is None else _NEWEST,
        }  # fmt: skip
        if not self.is_pulls:
            only = {"assignee": "*"} if self.kind == OPEN else None
            out |= {"filter": only, "states": ["OPEN"] if self.kind == OPEN else None}
        return out

    def is_over(self, nodes: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a page reached what is known."""
        return self.until is not None and any(_is_older(n, self.until) for n in nodes)

    def news(self, nodes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Of a page, what is not known yet."""
        floor = self.until or self.floor
        return [n for n in nodes if floor is None or not _is_older(n, floor)]


def _is_older(node: Mapping[str, Any], than: datetime) -> bool:
    try:
        at = moment(node.get("updatedAt"))
    except Refused:
        return False
    return at is not None and at < than


def plan_passes(
    state: State, repositories: tuple[Repository, ...], at: datetime, day: str,
    since: datetime | None,
) -> list[Pass]:  # fmt: skip
    """What is to be read now.

    Args:
        at: GitHub's clock before anything was asked.
        day: Today (ISO).
        since: Nothing that changed last before it is wanted.
    """
    out: list[Pass] = []
    for repository in repositories:
        newest = {ISSUES: repository.newest_issue, PULLS: repository.newest_pull}
        for kind in (ISSUES, PULLS):
            stand = state.of(repository.ident, kind)
            until = stand.mark - OVERLAP if stand.mark else since
            if stand.began or stand.mark is None or _is_new(newest[kind], until):
                out.append(Pass(repository, kind, stand.began or at, until))
        if repository.open and _is_open_due(state, repository.ident, day):
            out.append(Pass(repository, OPEN, at, None, since))
    return out


def _is_open_due(state: State, ident: str, day: str) -> bool:
    """Whether what is open is to be read today. A first reading of today has read it."""
    first, stand = state.of(ident, ISSUES), state.of(ident, OPEN)
    if first.mark is None and first.started in ("", day):
        return False
    if stand.began and stand.started != day:
        # what it read on another day lacks today
        state.set(ident, OPEN, Stand(day=stand.day))
    return stand.day != day


def _is_new(newest: datetime | None, until: datetime | None) -> bool:
    return newest is not None and (until is None or newest >= until)


def advance(state: State, one: Pass, after: str, day: str) -> None:
    """Notes that a page of a pass was read.

    Args:
        after: Token of the next page; empty: the pass is over.
    """
    ident, stand = one.repository.ident, state.of(one.repository.ident, one.kind)
    started = stand.started or day
    if after:
        state.set(ident, one.kind, Stand(stand.mark, one.began, after, started, stand.day))
        return
    mark = None if one.kind == OPEN else one.began
    state.set(ident, one.kind, Stand(mark, day=day if one.kind == OPEN else ""))
    if one.kind == ISSUES and stand.mark is None and started == day:
        # the first reading has seen what is open
        state.change(ident, OPEN, day=day)
