"""Page data of sections of the plan as lists, and of what fits a filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from mainstem.figures.wording import plural
from mainstem.plan.left_to_answer import left_to_answer
from mainstem.plan.model import SECTIONS, Plan
from mainstem.services.people.access import Actor
from mainstem.services.plans.standing_findings import Findings
from mainstem.web.contexts.pieces import Cell, Column, Empty, Link, Pages, Row, Tab, Table
from mainstem.web.contexts.plan.addresses import plan_address
from mainstem.web.contexts.plan.telling import (
    FINDINGS,
    OPEN,
    PAGE,
    Asked,
    Done,
    Teller,
    checked_words,
    may_add_here,
    pages_of,
    tabs_of,
)
from mainstem.web.forms.plan.texts import words_for


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
        if asked.show == OPEN and not left_to_answer(section, entity):
            continue
        if asked.show == FINDINGS and not (found and found.open_of(f"{section}/{key}")):
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


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
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
    new = (Link(f"New {word}", f"/plan/{section}/new"),) if may_add_here(actor, asked) else ()
    if table is not None:
        # the CSV holds what the list is narrowed to
        table = replace(table, csv=f"/plan/{section}/?{urlencode(asked.query(format='csv'))}")
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
        pages=pages_of(len(fitting), asked.after, PAGE, asked, section.replace("_", " "),
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
