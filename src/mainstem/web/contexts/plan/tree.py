"""Page data of the plan: its tree, one branch at a time, and its sections as lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mainstem.figures.wording import plural
from mainstem.plan.model import SECTIONS, Plan
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.plans.plan_index import PlanIndex, index_of
from mainstem.services.plans.standing_findings import Findings
from mainstem.web.contexts.pieces import Empty, Link, Pages, Tab, Table
from mainstem.web.contexts.plan.addresses import plan_address
from mainstem.web.contexts.plan.listing import fitting_in, table_of
from mainstem.web.contexts.plan.telling import (
    PAGE,
    Asked,
    Done,
    Leaf,
    Teller,
    checked_words,
    may_add_here,
    pages_of,
    tabs_of,
)

#: Most streams that the tree shows at once.
MOST_STREAMS = 150
#: The branch of what is on no stream.
LOOSE = "-"


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


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
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


def tree_page(asked: Asked, plan: Plan, found: Findings | None, actor: Actor) -> TreePage:
    """The plan as a tree; a list of what fits if something is asked for."""
    teller = Teller(plan, found)
    frame = TreePage(
        head=_head(plan),
        tail="",
        lead=_lead(plan, found),
        tabs=tabs_of(plan, "", asked.at),
        links=_links(actor, asked),
        asked=asked,
        checked=checked_words(found),
        reading=asked.at,
        new=_new(actor, asked),
    )
    if asked.is_filter:
        return _filtered(frame, teller, found)
    if not plan.objectives and not plan.streams:
        return replace(frame, empty=_EMPTY if frame.new else replace(_EMPTY, action=None))
    return _with_trunks(frame, teller, actor)


_EMPTY = Empty(
    "No objective yet",
    "A plan begins with a theme: what should customers be able to do that they cannot do now? Write it"
    " here, or bring everybody into a workshop whose outcome is the plan.",
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


def _links(actor: Actor, asked: Asked) -> tuple[Link, ...]:
    at = f"?at={asked.at}" if asked.at else ""
    read = (
        Link("Proposals", "/plan/proposals/"),
        Link("Unbundle an objective", "/unbundle/"),
        Link("Revisions", "/plan/revisions/"),
        Link("Compare", f"/plan/compare/?from={asked.at}" if asked.at else "/plan/compare/"),
        Link("Download as YAML", f"/plan/plan.yaml{at}"),
    )
    if not may_add_here(actor, asked):
        return read
    return (
        *read,
        Link("Upload YAML", "/plan/upload"),
        Link("Organisation", "/plan/organisation/edit"),
        Link("The rest", "/plan/rest/edit"),
        Link("Examples", "/plan/expect/edit"),
    )


def _new(actor: Actor, asked: Asked) -> tuple[Link, ...]:
    if not may_add_here(actor, asked):
        return ()
    added = [Link(f"New {SECTIONS[s]}", f"/plan/{s}/new") for s in ("objectives", "streams")]
    together = [Link("Make this plan in a workshop", "/workshop/new?from=plan")]
    return (*added, *(together if may(actor, Action.HOST) else ()))


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
    pages = pages_of(len(streams), asked.after, MOST_STREAMS, asked, "streams", plan_address)
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
    return _opened(leaf, stream, results, bets, teller, asked, may_add=may_add_here(actor, asked))


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
        pages=pages_of(len(both), asked.after, PAGE, asked, "things", plan_address, open=ident),
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
    pages = pages_of(len(fitting), asked.after, PAGE, asked, "things", plan_address)
    return replace(frame, found=table, empty=empty, pages=pages)
