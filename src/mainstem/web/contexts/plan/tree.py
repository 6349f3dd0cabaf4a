"""Page data of the plan: its tree, one branch at a time, and its sections as lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, metric_number, plural
from mainstem.plan.left_to_answer import left_to_answer
from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.wording_of_values import share_in_words
from mainstem.services.access import Actor, Role
from mainstem.services.plan_index import PlanIndex, index_of
from mainstem.services.standing_findings import Findings
from mainstem.web.contexts.pieces import Cell, Column, Empty, Link, Pages, Row, Tab, Table
from mainstem.web.contexts.plan.addresses import name_of, plan_address, thing_address
from mainstem.web.forms.plan.values import words_for

#: Most things of one kind on a page.
PAGE = 100
#: Most streams that the tree shows at once.
MOST_STREAMS = 150
#: The branch of what is on no stream.
LOOSE = "-"
_FINDINGS = "findings"
_OPEN = "open"
SHOW = ("", _OPEN, _FINDINGS)


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
    return int(text) if text.isdigit() and len(text) < 9 else 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A thing in the tree: its name, a line under it, and what stands beside it."""

    subject: str
    name: str
    href: str
    under: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A stream in the tree; what belongs to it is shown when it is opened."""

    leaf: Leaf
    ident: str
    words: str
    open_href: str
    is_open: bool
    key_results: tuple[Leaf, ...] = ()
    initiatives: tuple[Leaf, ...] = ()
    pages: Pages | None = None
    new: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Trunk:
    """An objective with its streams; ``leaf`` is nothing for streams without an objective."""

    leaf: Leaf | None
    title: str
    branches: tuple[Branch, ...]
    new: Link | None


@dataclass(frozen=True, slots=True)
class Done:
    """What was just done, and can be undone."""

    words: str
    undo: str
    href: str


@dataclass(frozen=True, slots=True)
class TreePage:
    """The plan."""

    head: str
    tail: str
    lead: str
    tabs: tuple[Tab, ...]
    links: tuple[Link, ...]
    asked: Asked
    trunks: tuple[Trunk, ...] = ()
    found: Table | None = None
    pages: Pages | None = None
    empty: Empty | None = None
    checked: str = ""
    reading: str = ""
    new: tuple[Link, ...] = ()
    done: Done | None = None


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


def tree_page(
    asked: Asked, plan: Plan, found: Findings | None, actor: Actor, revision: str
) -> TreePage:
    """The plan as a tree; a list of what fits if something is asked for."""
    teller = Teller(plan, found)
    frame = TreePage(
        head=_head(plan),
        tail="",
        lead=_lead(plan, found),
        tabs=tabs_of(plan, "", asked.at),
        links=_links(revision, asked),
        asked=asked,
        checked=checked_words(found),
        reading=asked.at,
        new=_new(actor, asked),
    )
    if asked.is_filter:
        return _filtered(frame, teller, found)
    if not plan.objectives and not plan.streams:
        return replace(frame, empty=_EMPTY)
    return _with_trunks(frame, teller, actor)


_EMPTY = Empty(
    "No objective yet",
    "A plan begins with a theme: what should customers be able to do that they cannot do now?",
    Link("Write the first objective", "/plan/objectives/new"),
)


def _head(plan: Plan) -> str:
    if not plan.streams:
        return "There is no stream in the plan yet."
    return (
        f"{plural(len(plan.objectives), 'objective')}, {plural(len(plan.streams), 'stream')}, "
        f"{plural(len(plan.key_results), 'key result')}, {plural(len(plan.initiatives), 'initiative')}."
    )


def _lead(plan: Plan, found: Findings | None) -> str:
    if found is None:
        return "As it stood then. Nothing can be changed here."
    open_ = [f for f in found.all if f.accepted is None and f.severity != "info"]
    bad = sum(f.severity == "blocks" for f in open_)
    if not open_:
        return "Nothing is to be said against it." if found.revision else ""
    return f"{plural(len(open_), 'finding')} to look at, {bad} of them block."


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


def _links(revision: str, asked: Asked) -> tuple[Link, ...]:
    at = f"?at={asked.at}" if asked.at else ""
    return (
        Link("Proposals", "/plan/proposals/"),
        Link("Revisions", "/plan/revisions/"),
        Link("Compare", f"/plan/compare/?from={asked.at}" if asked.at else "/plan/compare/"),
        Link("Download as YAML", f"/plan/plan.yaml{at}"),
        Link("Upload YAML", "/plan/upload"),
        Link("Organisation", "/plan/organisation/edit"),
        Link("The rest", "/plan/rest/edit"),
        Link("Examples", "/plan/expect/edit"),
    )


def _new(actor: Actor, asked: Asked) -> tuple[Link, ...]:
    if asked.at or not actor.may_write or not actor.is_at_least(Role.CONTRIBUTOR):
        return ()
    return tuple(Link(f"New {SECTIONS[s]}", f"/plan/{s}/new") for s in ("objectives", "streams"))


def _with_trunks(frame: TreePage, teller: Teller, actor: Actor) -> TreePage:
    plan, asked = teller.plan, frame.asked
    index = index_of(plan)
    streams = list(_streams_in_order(plan, index))
    shown = streams[asked.after : asked.after + MOST_STREAMS] if not asked.branch else streams
    if asked.branch and len(streams) > MOST_STREAMS:
        place = next((n for n, (_, s) in enumerate(streams) if s == asked.branch), 0)
        start = place // MOST_STREAMS * MOST_STREAMS
        shown = streams[start : start + MOST_STREAMS]
    trunks: dict[str, list[Branch]] = (
        {key: [] for key in plan.objectives} if not asked.after else {}
    )
    for objective, stream in shown:
        trunks.setdefault(objective, []).append(_branch(stream, teller, index, asked, actor))
    may_add = bool(frame.new)
    made = [
        _trunk(key, branches, teller, asked, may_add=may_add) for key, branches in trunks.items()
    ]
    loose = _loose(teller, asked)
    if loose is not None:
        made.append(Trunk(None, "On no stream", (loose,), None))
    pages = _pages(len(streams), asked.after, MOST_STREAMS, asked, "streams", plan_address)
    return replace(frame, trunks=tuple(made[: MOST_STREAMS + 1]), pages=pages)


def _streams_in_order(plan: Plan, index: PlanIndex) -> Iterator[tuple[str, str]]:
    told = set()
    for objective in plan.objectives:
        for stream in index.streams_of_objective.get(objective, ()):
            told.add(stream)
            yield objective, stream
    for stream in plan.streams:
        if stream not in told:
            yield "", stream


def _trunk(
    key: str, branches: Sequence[Branch], teller: Teller, asked: Asked, *, may_add: bool
) -> Trunk:
    if not key:
        return Trunk(None, "Streams without an objective", tuple(branches), None)
    leaf = teller.leaf("objectives", key, asked.at)
    new = Link("New stream", f"/plan/streams/new?objective={key}") if may_add else None
    return Trunk(leaf, leaf.name, tuple(branches), new)


def _branch(stream: str, teller: Teller, index: PlanIndex, asked: Asked, actor: Actor) -> Branch:
    results = index.key_results_of_stream.get(stream, ())
    bets = index.initiatives_of_stream.get(stream, ())
    leaf = teller.leaf("streams", stream, asked.at)
    return _opened(leaf, stream, results, bets, teller, asked, may_add=_may_add(actor, asked))


def _may_add(actor: Actor, asked: Asked) -> bool:
    return not asked.at and actor.may_write and actor.is_at_least(Role.CONTRIBUTOR)


def _opened(
    leaf: Leaf,
    ident: str,
    results: Sequence[str],
    bets: Sequence[str],
    teller: Teller,
    asked: Asked,
    *,
    may_add: bool,
) -> Branch:
    words = f"{plural(len(results), 'key result')}, {plural(len(bets), 'initiative')}"
    is_open = asked.branch == ident
    query = asked.query() if is_open else asked.query(open=ident)
    href = plan_address(**query)
    branch = Branch(leaf, ident, words, href, is_open)
    if not is_open:
        return branch
    both = [("key_results", k) for k in results] + [("initiatives", k) for k in bets]
    shown = both[asked.after : asked.after + PAGE]
    leaves = [(section, teller.leaf(section, key, asked.at)) for section, key in shown]
    new: tuple[Link, ...] = ()
    if may_add and ident != LOOSE:
        new = (
            Link("New key result", f"/plan/key_results/new?stream={ident}"),
            Link("New initiative", f"/plan/initiatives/new?stream={ident}"),
        )
    return replace(
        branch,
        key_results=tuple(leaf for section, leaf in leaves if section == "key_results"),
        initiatives=tuple(leaf for section, leaf in leaves if section == "initiatives"),
        pages=_pages(len(both), asked.after, PAGE, asked, "things", plan_address, open=ident),
        new=new,
    )


def _loose(teller: Teller, asked: Asked) -> Branch | None:
    """What is on no stream."""
    results, bets = loose_of(teller.plan)
    if not results and not bets:
        return None
    leaf = Leaf("", "Key results and initiatives without a stream", "", "", ())
    return _opened(leaf, LOOSE, results, bets, teller, asked, may_add=False)


def loose_of(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Key results and initiatives that are on no stream."""
    index = index_of(plan)
    on_stream = sum(map(len, index.key_results_of_stream.values()))
    results: tuple[str, ...] = ()
    if on_stream < len(plan.key_results):
        results = tuple(k for k, kr in plan.key_results.items() if kr.stream is None)
    bets: tuple[str, ...] = ()
    if sum(map(len, index.initiatives_of_stream.values())) < len(plan.initiatives):
        bets = tuple(k for k, bet in plan.initiatives.items() if bet.stream is None)
    return results, bets


def _pages(
    count: int, after: int, size: int, asked: Asked, what: str, address: Any, **more: str
) -> Pages | None:
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


# -- what fits a filter, and sections


def _filtered(frame: TreePage, teller: Teller, found: Findings | None) -> TreePage:
    asked = frame.asked
    order = ("objectives", "streams", "key_results", "initiatives", "teams", "metrics", "customers",
             "cycles", "dependencies")  # fmt: skip
    fitting = [pair for section in order for pair in fitting_in(section, teller.plan, asked, found)]
    shown = fitting[asked.after : asked.after + PAGE]
    table = table_of(shown, teller, asked, with_kind=True) if shown else None
    empty = None
    if table is None:
        empty = Empty(
            "Nothing fits",
            "Try fewer letters, or look at everything.",
            Link("Show everything", "/plan/"),
        )
    pages = _pages(len(fitting), asked.after, PAGE, asked, "things", plan_address)
    return replace(frame, found=table, empty=empty, pages=pages)


def fitting_in(
    section: str, plan: Plan, asked: Asked, found: Findings | None
) -> Iterator[tuple[str, str]]:
    """(section, identifier) of what fits what is asked for, in the order of the plan."""
    wanted = asked.words.casefold()
    for key, entity in getattr(plan, section).items():
        if (
            wanted
            and wanted not in key.casefold()
            and wanted not in words_for(section, key, entity).casefold()
        ):
            continue
        if asked.show == _OPEN and not left_to_answer(section, entity):
            continue
        if asked.show == _FINDINGS and not (found and found.open_of(f"{section}/{key}")):
            continue
        yield section, key


def table_of(
    shown: Sequence[tuple[str, str]], teller: Teller, asked: Asked, *, with_kind: bool
) -> Table:
    """Things as a table."""
    rows = []
    for section, key in shown:
        leaf = teller.leaf(section, key, asked.at)
        cells = [Cell(leaf.name, leaf.href, leaf.under)]
        if with_kind:
            cells.append(Cell(SECTIONS[section]))
        rows.append(Row((*cells, Cell(key), Cell(tags=leaf.tags))))
    kind = (Column("Kind"),) if with_kind else ()
    return Table("Things of the plan", (Column("Name"), *kind, Column("Identifier"), Column("State")),
                 tuple(rows))  # fmt: skip


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A section of the plan as a list."""

    head: str
    lead: str
    tabs: tuple[Tab, ...]
    asked: Asked
    table: Table | None
    pages: Pages | None
    empty: Empty | None
    new: tuple[Link, ...]
    checked: str
    reading: str
    section: str
    done: Done | None = None


def section_page(
    section: str, asked: Asked, plan: Plan, found: Findings | None, actor: Actor
) -> SectionPage:
    """One section, paged."""
    teller = Teller(plan, found)
    fitting = list(fitting_in(section, plan, asked, found))
    shown = fitting[asked.after : asked.after + PAGE]
    table = table_of(shown, teller, asked, with_kind=False) if shown else None
    word = SECTIONS[section]
    new = (Link(f"New {word}", f"/plan/{section}/new"),) if _may_add(actor, asked) else ()
    if table is not None:
        table = replace(
            table, csv=f"/plan/{section}/?format=csv" + (f"&at={asked.at}" if asked.at else "")
        )
    empty = None
    if table is None:
        empty = Empty(f"No {word} here" if asked.is_filter else f"No {word} yet", _WHAT[section],
                      new[0] if new else None)  # fmt: skip
    count = len(getattr(plan, section))
    return SectionPage(
        head=f"{plural(count, word, section.replace('_', ' '))} in the plan.",
        lead=_WHAT[section],
        tabs=tabs_of(plan, section, asked.at),
        asked=asked,
        table=table,
        pages=_pages(len(fitting), asked.after, PAGE, asked, section.replace("_", " "),
                     lambda **q: f"/plan/{section}/" + plan_address(**q).removeprefix("/plan/")),
        empty=empty,
        new=new,
        checked=checked_words(found),
        reading=asked.at,
        section=section,
    )  # fmt: skip


_WHAT: Mapping[str, str] = {
    "objectives": "Themes with a horizon: words, no number, no “how”.",
    "streams": "Flows of value to a customer, each with exactly one value metric.",
    "key_results": "Commitments to move a metric from a baseline to a target by a day.",
    "initiatives": "Bets: doing something moves the stream's metric by about so much.",
    "teams": "The tree of teams and groups, with their kinds and sizes.",
    "customers": "Groups of people served, with the stages of their life with us.",
    "metrics": "Numbers that may say whether a stream delivers, inputs that drive them, guardrails.",
    "cycles": "Planning periods, usually quarters.",
    "dependencies": "What a team needs from another, by when, and what was promised.",
}


def share_words(share: float | None) -> str:
    """``60 %``; nothing if nothing is planned."""
    return "" if share is None else share_in_words(share)
