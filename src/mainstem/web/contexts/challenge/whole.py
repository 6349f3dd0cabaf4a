"""Page data of the challenge of the whole plan, and of what a proposal does to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from mainstem.challenge.verdicts import Verdict
from mainstem.challenge.weighing import Weighed
from mainstem.figures.shown import Tag
from mainstem.figures.wording import plural
from mainstem.services.challenges.challenging import PlanChallenged
from mainstem.services.challenges.scales import CHALLENGED
from mainstem.web.contexts.challenge.thing import checked_words
from mainstem.web.contexts.challenge.words import challenge_address, verdict_tag
from mainstem.web.contexts.pieces import Cell, Column, Empty, Link, Row, Tab, Table
from mainstem.web.contexts.plan.addresses import MANY, word_for
from mainstem.web.exports import CsvTable

#: Things of each verdict on a page.
PAGE = 50
_NOTHING = Empty(
    "Nothing to challenge yet",
    "A plan with objectives, streams and their metrics can be challenged.",
    Link("To the plan", "/plan/"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """The things of one verdict, or some of them."""

    id: str
    title: str
    table: Table
    more: Link | None


@dataclass(frozen=True, slots=True)
class PlanChallenge:
    """The challenge of the whole plan."""

    head: str
    sums: tuple[str, ...]
    tabs: tuple[Tab, ...]
    groups: tuple[Group, ...]
    empty: Empty | None
    checked: str
    links: tuple[Link, ...]
    csv: str


def plan_challenge(
    found: PlanChallenged, section: str = "", verdict: str = "", first: int = 0
) -> PlanChallenge:
    """Everything that is challenged, grouped by verdict, worst first.

    Args:
        found: The challenge.
        section: Only things of this section.
        verdict: Only this verdict, a page of it from ``first`` on.
    """
    groups = []
    for one in Verdict:
        rows = [r for r in found.of(one) if not section or r.subject.startswith(f"{section}/")]
        if rows and (not verdict or verdict == one):
            start = first if verdict else 0
            groups.append(_group(one, rows, found.names, section, start))
    return PlanChallenge(
        head=found.sentence,
        sums=found.sums,
        tabs=_tabs(found, section),
        groups=tuple(groups),
        empty=None if groups else _NOTHING,
        checked=checked_words(found.checked),
        links=(Link("All statements and what they mean", "/challenge/statements/"),),
        csv=f"?{urlencode({'section': section, 'format': 'csv'})}",
    )


def _tabs(found: PlanChallenged, section: str) -> tuple[Tab, ...]:
    bad = {Verdict.DISQUALIFIED, Verdict.CONDITIONAL}
    waiting: dict[str, int] = {}
    held = set()
    for row in found.rows:
        of = row.subject.partition("/")[0]
        held.add(of)
        waiting[of] = waiting.get(of, 0) + (row.verdict in bad)
    tabs = [Tab("Everything", "/challenge/", not section)]
    for one in CHALLENGED:
        if one in held:
            count = str(waiting[one]) if waiting[one] else ""
            name = MANY[one].capitalize()
            tabs.append(Tab(name, f"/challenge/?section={one}", section == one, count))
    return tuple(tabs)


def _group(
    verdict: Verdict, rows: list[Weighed], names: Mapping[str, str], section: str, first: int
) -> Group:
    shown = rows[first : first + PAGE]
    columns = (Column("Thing"), Column("Statements"), Column("What would change it"))
    made = Table(
        f"{str(verdict).capitalize()}: {plural(len(rows), 'thing')}", columns,
        tuple(_row(row, names) for row in shown),
    )  # fmt: skip
    left = len(rows) - first - len(shown)
    more = None
    if left > 0:
        query = urlencode({"section": section, "verdict": str(verdict), "from": first + PAGE})
        more = Link(f"{left:,} more", f"/challenge/?{query}")
    return Group(
        str(verdict).replace(" ", "-"), f"{str(verdict).capitalize()}: {len(rows):,}", made, more
    )


def _row(row: Weighed, names: Mapping[str, str]) -> Row:
    decide = [t.id for t in row.told if t.verdict is row.verdict] if row.changes else []
    section = row.subject.partition("/")[0]
    said = row.changes[0] if row.changes else ""
    more = len(row.changes) - 1
    return Row((
        Cell(names[row.subject], challenge_address(row.subject), under=word_for(section)),
        Cell(tags=tuple(Tag(name) for name in decide)),
        Cell(said, under=f"and {plural(more, 'more thing')}" if more > 0 else ""),
    ))  # fmt: skip


def plan_csv(found: PlanChallenged) -> CsvTable:
    """Everything as rows: what, verdict, statements that decide, what would change it."""
    columns = ("subject", "name", "verdict", "statements", "what would change it")
    rows = [
        (
            row.subject, found.names[row.subject], str(row.verdict),
            " ".join(t.id for t in row.told if row.changes and t.verdict is row.verdict),
            " ".join(row.changes),
        )
        for row in found.rows
    ]  # fmt: skip
    return CsvTable(columns, rows)


@dataclass(frozen=True, slots=True)
class ProposedChallenge:
    """What a proposal does to the challenge of the plan."""

    words: str
    sums: tuple[str, ...]
    worse: Table | None
    better: str


def proposed_challenge(now: PlanChallenged, then: PlanChallenged) -> ProposedChallenge:
    """The plan as it stands beside the plan that a proposal makes of it."""
    was = {row.subject: row.verdict for row in now.rows}
    worse, better = [], 0
    for row in then.rows:
        before = was.get(row.subject, Verdict.PASSES)
        if row.verdict.badness > before.badness:
            worse.append((row, was.get(row.subject)))
        elif row.verdict.badness < before.badness:
            better += 1
    known = set(now.sums)
    return ProposedChallenge(
        _proposed_words(len(worse), better),
        tuple(s for s in then.sums if s not in known),
        _worse(worse[:PAGE], then.names) if worse else None,
        f"{plural(better, 'thing')} would get a better verdict." if better else "",
    )


def _proposed_words(worse: int, better: int) -> str:
    if not worse and not better:
        return "It changes no verdict."
    if not worse:
        return "It makes nothing worse."
    return (
        f"{plural(worse, 'thing')} would not pass as well as now, or would come new and not pass."
    )


def _worse(rows: list[tuple[Weighed, Verdict | None]], names: Mapping[str, str]) -> Table:
    columns = (Column("Thing"), Column("Now"), Column("Then"), Column("What would change it"))
    return Table(
        "What the proposal makes worse", columns,
        tuple(
            Row((
                Cell(names[row.subject], under=word_for(row.subject.partition("/")[0])),
                Cell(tags=(verdict_tag(before),)) if before else Cell("new"),
                Cell(tags=(verdict_tag(row.verdict),)),
                Cell(row.changes[0] if row.changes else ""),
            ))
            for row, before in rows
        ),
    )  # fmt: skip
