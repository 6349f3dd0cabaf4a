"""What the pages of the plan share: what is asked for, and how a thing is told in a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, metric_number, plural
from mainstem.plan.left_to_answer import left_to_answer
from mainstem.plan.model import Plan
from mainstem.services.people.access import Actor, Role
from mainstem.services.plans.standing_findings import Findings
from mainstem.web.contexts.pieces import Pages, Tab
from mainstem.web.contexts.plan.addresses import name_of, plan_address, thing_address
from mainstem.web.forms.plan.texts import words_for

#: Most things of one kind on a page.
PAGE = 100


FINDINGS = "findings"


OPEN = "open"


SHOW = ("", OPEN, FINDINGS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for.

    Attributes:
        words: Part of a name or identifier.
        show: Everything, only what has something ``open`` to answer, or only what has ``findings``.
        branch: The stream that is opened, or ``LOOSE``.
        after: How many of a list are left out before.
        at: Revision to read, if not the newest.
        done: Number of the revision that was just made.
    """

    words: str = ""
    show: str = ""
    branch: str = ""
    after: int = 0
    at: str = ""
    done: int = 0

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """Reads the address; what cannot be is left out."""
        show = query.get("show", "")
        return cls(
            query.get("q", "").strip()[:200], show if show in SHOW else "", query.get("open", ""),
            _number(query.get("after", "")), query.get("at", ""), _number(query.get("done", "")),
        )  # fmt: skip

    @property
    def is_filter(self) -> bool:
        """Whether only some things are wanted."""
        return bool(self.words or self.show)

    def query(self, **more: str | int) -> dict[str, str | int]:
        """The same, with something else."""
        given: dict[str, str | int] = {"q": self.words, "show": self.show, "at": self.at, **more}
        return {k: v for k, v in given.items() if v != "" and v != 0}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A thing in the tree: its name, a line under it, and what stands beside it."""

    subject: str
    name: str
    href: str
    under: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What was just done; ``undo`` is empty for a step of a cycle, which a step takes back."""

    words: str
    undo: str
    href: str


class Teller:
    """Tells things of one plan: names, lines, tags."""

    def __init__(self, plan: Plan, found: Findings | None) -> None:
        self.plan, self.found = plan, found

    def leaf(self, section: str, key: str, at: str = "") -> Leaf:
        """One thing as the tree shows it."""
        entity = getattr(self.plan, section)[key]
        subject = f"{section}/{key}"
        href = thing_address(subject) + (f"?at={at}" if at else "")
        return Leaf(subject, words_for(section, key, entity), href, self.under(section, entity),
                    self.tags(section, subject, entity))  # fmt: skip

    def tags(self, section: str, subject: str, entity: Any) -> tuple[Tag, ...]:
        """What asks for attention beside a thing."""
        out = []
        state = getattr(entity, "state", "")
        if section in ("initiatives", "cycles", "dependencies"):
            out.append(Tag(state))
        left = len(left_to_answer(section, entity))
        if left and state not in ("finished", "dropped", "refused", "done"):
            out.append(Tag(f"{left} to answer", "rest"))
        if self.found is not None:
            open_ = self.found.open_of(subject)
            if open_:
                bad = any(f.severity == "blocks" for f in open_)
                out.append(Tag(plural(len(open_), "finding"), "bad" if bad else "rest"))
        return tuple(out)

    def under(self, section: str, entity: Any) -> str:
        """The line below a name: what one wants to know first."""
        plan = self.plan
        parts: list[str] = []
        if section == "key_results":
            parts = [self._name("teams", entity.team), self._name("cycles", entity.cycle),
                     _way(entity.baseline, entity.target, self._unit(entity))]  # fmt: skip
        elif section == "initiatives":
            parts = [self._name("teams", entity.team), self._name("cycles", entity.cycle)]
            if entity.effect is not None:
                parts.append(f"{metric_number(entity.effect.by)} expected")
        elif section == "streams":
            parts = [self._name("metrics", m.metric) for m in entity.metric[-1:]]
            parts += [plural(len(entity.teams), "team")] if entity.teams else []
        elif section == "teams":
            parts = [f"in {self._name('teams', entity.in_)}" if entity.in_ else "",
                     plural(entity.size, "person", "people") if entity.size else ""]  # fmt: skip
        elif section == "metrics":
            parts = [entity.unit or "", entity.source or ""]
        elif section == "cycles":
            parts = [f"{day(entity.first_day)} to {day(entity.last_day)}"]
        elif section == "customers":
            parts = [", ".join(s.name or s.id for s in entity.stages)]
        elif section == "dependencies":
            parts = [f"{self._name('teams', entity.needs)} needs it from {self._name('teams', entity.gives)}",
                     f"by {day(entity.needed_by)}" if entity.needed_by else ""]  # fmt: skip
        elif section == "objectives":
            parts = [entity.horizon or "", f"part of {name_of(plan, f'objectives/{entity.parent}')}"
                     if entity.parent else ""]  # fmt: skip
        return " · ".join(p for p in parts if p)

    def _name(self, section: str, key: str | None) -> str:
        return name_of(self.plan, f"{section}/{key}") if key else ""

    def _unit(self, kr: Any) -> str:
        metric = self.plan.metrics.get(kr.metric or "")
        return str(kr.unit or (metric.unit if metric else "") or "")


def _way(baseline: float | None, target: float | None, unit: str) -> str:
    if target is None:
        return ""
    to = f"{metric_number(target)}{f' {unit}' if unit else ''}"
    return f"{metric_number(baseline)} → {to}" if baseline is not None else f"to {to}"


def checked_words(found: Findings | None) -> str:
    """What to say where the findings are not those of the newest plan."""
    if found is None or found.is_newest:
        return ""
    if not found.revision:
        return "The plan is being checked; its findings appear here in a moment."
    return f"Findings are those of {found.revision}; the newest plan is being checked."


def tabs_of(plan: Plan, here: str, at: str = "") -> tuple[Tab, ...]:
    """The tree and each section."""
    more = f"?at={at}" if at else ""
    out = [Tab("Tree", plan_address(at=at), not here)]
    order = ("objectives", "streams", "key_results", "initiatives", "teams", "customers", "metrics",
             "cycles", "dependencies")  # fmt: skip
    for section in order:
        count = len(getattr(plan, section))
        out.append(Tab(section.replace("_", " ").capitalize(), f"/plan/{section}/{more}",
                       here == section, f"{count:,}" if count else ""))  # fmt: skip
    return tuple(out)


def may_add_here(actor: Actor, asked: Asked) -> bool:
    """Whether links to make something are shown: not in an old revision, not to viewers."""
    return not asked.at and actor.may_write and actor.is_at_least(Role.CONTRIBUTOR)


def pages_of(
    count: int, after: int, size: int, asked: Asked, what: str, address: Any, **more: str
) -> Pages | None:
    """Where one is in a long list; nothing if all of it is shown."""
    if count <= size and not after:
        return None
    last = min(after + size, count)
    words = f"{min(after + 1, count):,} to {last:,} of {count:,} {what}"
    before = max(after - size, 0)
    return Pages(
        words,
        address(**asked.query(**more, **({"after": before} if before else {}))) if after else "",
        address(**asked.query(**more, after=last)) if last < count else "",
    )
