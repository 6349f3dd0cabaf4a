"""States of work: which category each belongs to, and what an issue's way through them says. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mainstem.sources.jira.history import History
from mainstem.sources.jira.values import text
from mainstem.sources.shape import listing, mapping

#: Keys of Jira's categories; names may be in any language, keys are not.
DONE, BUSY, NEW = "done", "indeterminate", "new"


@dataclass(frozen=True, slots=True)
class States:
    """Categories of states by id, and by name where all states of that name agree."""

    by_id: Mapping[str, str] = field(default_factory=dict)
    by_name: Mapping[str, str] = field(default_factory=dict)

    def category(self, ident: str, name: str = "") -> str:
        """The category of a state; empty where nobody knows, such as of one that was deleted."""
        return self.by_id.get(ident) or self.by_name.get(name, "")


def states_of(answer: Any) -> States:
    """Out of the answer of ``GET /rest/api/…/status``."""
    by_id: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for one in listing(answer):
        ident, category = ident_of(one), category_of(one)
        if ident and category:
            by_id[ident] = category
            if name := text(mapping(one).get("name")):
                names.setdefault(name, set()).add(category)
    return States(by_id, {n: next(iter(c)) for n, c in names.items() if len(c) == 1})


def ident_of(state: Any) -> str:
    """The id of a state, as text."""
    found = mapping(state).get("id")
    return str(found) if isinstance(found, str | int) else ""


def category_of(state: Any) -> str:
    """The category of a state as an issue or the list of states shows it; empty: not shown."""
    found = text(mapping(mapping(state).get("statusCategory")).get("key"))
    return NEW if found == "undefined" else found or ""


@dataclass(frozen=True, slots=True)
class Way:
    """What an issue's way through its states says.

    Attributes:
        started: First time in progress.
        done: Last time that it went into a final state, if it is in one; from the history alone.
        busy: (moment, whether it is in progress from then on).
    """

    started: datetime | None
    done: datetime | None
    busy: tuple[tuple[datetime, bool], ...]


#: So close to its resolution an issue goes into a final state.
_AT_ONCE = timedelta(minutes=1)


def way_of(
    history: History, states: States, now: str, now_id: str, created: datetime | None,
    resolved: datetime | None = None,
) -> Way:  # fmt: skip
    """The way of an issue.

    Args:
        now: Category of the state that it is in.
        now_id: Id of that state.
        created: When it came to be.
        resolved: When it got its resolution: a state that was deleted since, and into which it went at
            that moment, was a final one.
    """
    steps = history.transitions
    known = _known(history, states, now, now_id, resolved)
    first = known(steps[0].before, steps[0].before_name) if steps else now
    begin = created or (steps[0].at if steps else None)
    busy = [(begin, first == BUSY)] if begin is not None else []
    done, before = None, first
    for step in steps:
        after = known(step.after, step.after_name)
        busy.append((step.at, after == BUSY))
        if after == DONE and before != DONE:
            done = step.at
        before = after
    started = next((at for at, is_busy in busy if is_busy), None)
    return Way(started, done if now == DONE else None, tuple(busy))


def _known(
    history: History, states: States, now: str, now_id: str, resolved: datetime | None
) -> Callable[[str, str], str]:
    """How the category of a state on the way of one issue is found."""
    final: set[str] = set()
    if resolved is not None:
        final = {s.after for s in history.transitions if abs(s.at - resolved) <= _AT_ONCE}

    def category(ident: str, name: str) -> str:
        if ident == now_id and now:
            return now
        return states.category(ident, name) or (DONE if ident in final else "")

    return category


def strange_states(history: History, states: States, now_id: str) -> set[str]:
    """Ids of states in a history that nobody knows (yet)."""
    out: set[str] = set()
    for step in history.transitions:
        for ident, name in ((step.before, step.before_name), (step.after, step.after_name)):
            if ident and ident != now_id and not states.category(ident, name):
                out.add(ident)
    return out
