"""Page data of the list of unbundlings, and of beginning one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, plural
from mainstem.plan.model import Plan
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.unbundling.rows import Listed


@dataclass(frozen=True, slots=True)
class ListLine:
    """An unbundling in the list."""

    title: str
    href: str
    tag: Tag
    words: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """All unbundlings that somebody sees, and how to begin one."""

    head: str
    lead: str
    open: tuple[ListLine, ...]
    over: tuple[ListLine, ...]
    may_start: bool
    objectives: tuple[tuple[str, str], ...]
    chosen: str
    words: str
    until: str
    is_shared: bool
    wrong: Mapping[str, str]
    why_not: str


def build_list(
    found: Sequence[Listed],
    plan: Plan,
    by: Actor,
    today: date,
    *,
    chosen: str = "",
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> ListPage:
    """The list; ``typed`` and ``wrong`` are what could not be begun, and why."""
    given = typed or {}
    open_ = tuple(_line(one, today) for one in found if one.state == "open")
    over = tuple(_line(one, today) for one in found if one.state != "open")
    count = len(open_)
    head = f"{plural(count, 'objective')} {'is' if count == 1 else 'are'} being taken apart."
    may_start = may(by, Action.PROPOSE)
    return ListPage(
        head if count else "No objective is being taken apart.",
        "From an objective down, one question at a time. What is answered is a draft; the plan stays as it is.",
        open_, over, may_start, tuple((k, o.name or k) for k, o in plan.objectives.items()),
        given.get("objective", chosen), given.get("words", ""), given.get("until", ""),
        typed is None or "is_shared" in given, wrong or {},
        "" if may_start else "A contributor can begin one.",
    )  # fmt: skip


def _line(one: Listed, today: date) -> ListLine:
    late = one.state == "open" and one.until is not None and one.until < today
    tag = Tag("late", "bad") if late else Tag(one.state, "rest" if one.state == "open" else "")
    until = f"by {day(one.until)}" if one.until else ""
    asked = (
        f"you are asked {plural(len(one.asked), 'question')}"
        if one.asked and one.state == "open"
        else ""
    )
    told = (f"begun by {one.author_name}", plural(one.count, "change"), until, asked)
    words = ", ".join(word for word in told if word)
    return ListLine(one.title, f"/unbundle/{one.number}/", tag, words)
