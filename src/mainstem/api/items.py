"""Work items: found by a query, with what their effort counts for and because of what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from mainstem.api.paging import After, Limit
from mainstem.api.places import DayInQuery
from mainstem.api.request import Request
from mainstem.api.score import CycleInQuery, UnitInQuery, book_of, days_of
from mainstem.api.shapes import Out, Page
from mainstem.plan.model import Link, Unit
from mainstem.score.values import GRAIN
from mainstem.services.scores import scoring
from mainstem.services.work import browsing, items
from mainstem.services.work.browsing import Browsed, ItemLine, Order

router = Router()
TAG = "work"
Text = Annotated[str, Query(max_length=2_000, description="a query of docs: work items",
                            examples=["stream:start-fast is:contested"])]  # fmt: skip


class Counts(Out):
    """What a share of an item counts for, and because of what."""

    target: str = Field(examples=["stream:start-fast"])
    name: str
    share: float
    units: float
    reason: str


class ItemShown(Out):
    """An item with the effort on it that the query picked."""

    source: str
    key: str
    title: str
    type: str
    url: str
    units: float
    last_day: date
    counts: list[Counts]
    teams: list[str]


class Total(Out):
    """How much counts for one thing."""

    target: str
    name: str
    units: float
    items: int


class Items(Page[ItemShown]):
    """Totals and one page."""

    query: str = Field(description="the query as it was understood")
    unit: Unit
    units: float
    count: int
    by_target: list[Total]
    hidden: str = Field(description="why nothing may be shown, if so")


class Share(Out):
    """A share of an item that counts for something."""

    target: str
    name: str
    share: float
    reason: str


class Month(Out):
    """Effort on an item in a month by a team; the name is empty where none may be shown."""

    month: str
    team: str
    unit: Unit
    units: float


class Correction(Out):
    """An amount that was replaced by a later import."""

    day: date
    unit: str
    amount: float
    landed: datetime | None
    replaced: datetime | None


class ItemWhole(Out):
    """Everything known of an item."""

    source: str
    key: str
    title: str
    url: str
    facts: dict[str, str]
    shares: list[Share]
    also: list[str] = Field(description="what else had matched")
    said: list[Link] = Field(description="what the plan says of it by hand")
    is_waiting: bool = Field(description="what is said by hand counts from the next derivation")
    effort: list[Month]
    corrections: list[Correction]
    may_share: bool


class CompletionShown(Out):
    """Something that may come at a place of a query."""

    words: str
    text: str = Field(
        description="goes in place of the characters from `first` until before `last`"
    )
    first: int
    last: int
    about: str


@router.get("/items", response=Items, operation_id="list_items")
def list_items(
    request: Request, q: Text = "", unit: UnitInQuery = None, cycle: CycleInQuery = "",
    since: DayInQuery = None, until: DayInQuery = None,
    team: Annotated[str, Query(max_length=100)] = "",
    order: Annotated[Order, Query()] = Order.EFFORT, limit: Limit = 50, after: After = "",
) -> Items:  # fmt: skip
    """Items that a query picks, with totals."""
    ground = request.ground
    first, last = days_of(ground, cycle, since, until)
    book = book_of(ground)
    asked = unit or (
        scoring.default_unit(book) if book else ground.plans.head().plan.organisation.unit
    )
    if book is None:
        return _items(Browsed(q, asked))
    ends = [day for _, low, high, _ in book.desk.spans() for day in (low, high)]
    wanted = browsing.Wanted(q, first or min(ends), last or max(ends), asked, team, order, after)
    return _items(browsing.browse_items(wanted, ground, request.actor, most=limit))


def _items(found: Browsed) -> Items:
    totals = [
        Total(target=target, name=name, units=parts / GRAIN, items=items)
        for target, name, parts, items in found.by_target
    ]
    return Items(
        items=[_line(line) for line in found.lines], next=found.next or None, query=found.text,
        unit=found.unit, units=found.parts / GRAIN, count=found.items, by_target=totals,
        hidden=found.hidden,
    )  # fmt: skip


def _line(line: ItemLine) -> ItemShown:
    counts = [
        Counts(target=c.target, name=c.name, share=c.share / 10_000, units=c.parts / GRAIN,
               reason=c.reason)
        for c in line.counts
    ]  # fmt: skip
    return ItemShown(
        source=line.source, key=line.key, title=line.title, type=line.type, url=line.url,
        units=line.parts / GRAIN, last_day=line.last, counts=counts, teams=list(line.teams),
    )  # fmt: skip


@router.get("/items/completions", response=Page[CompletionShown], operation_id="complete_query")
def complete(
    request: Request, q: Text = "", at: Annotated[int | None, Query(ge=0, le=2_000)] = None
) -> Page[CompletionShown]:
    """What may come at a place of a query."""
    if book_of(request.ground) is None:
        return Page(items=[], next=None)
    place = min(len(q), len(q) if at is None else at)
    found = browsing.complete_query(q, place, request.ground, request.actor)
    return Page(items=[CompletionShown.model_validate(c) for c in found], next=None)


@router.get(
    "/items/{str:source}/{path:key}", response=ItemWhole, operation_id="get_item", by_alias=True
)
def get_item(
    request: Request,
    source: Annotated[str, Field(max_length=300)],
    key: Annotated[str, Field(max_length=300)],
) -> ItemWhole:
    """What an item counts for, and because of what."""
    found = items.look_at_item(source, key, request.ground, request.actor)
    shares = [
        Share(target=s.target, name=s.name, share=s.share / 10_000, reason=reason)
        for s, reason in zip(found.shares, found.reasons, strict=True)
    ]
    effort = [
        Month(month=m.month, team=m.team, unit=m.unit, units=m.parts / GRAIN) for m in found.effort
    ]
    return ItemWhole(
        source=found.source, key=found.key, title=found.title, url=found.url, facts=dict(found.facts),
        shares=shares, also=list(found.also), said=list(found.said), is_waiting=found.is_waiting,
        effort=effort, corrections=[Correction.model_validate(c) for c in found.corrections],
        may_share=found.may_share,
    )  # fmt: skip
