"""The page of triage: the lump in hand, what can be done with it, the queue, and how the unknown shrinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from mainstem.figures.shown import Picture, Sheet, Tag
from mainstem.figures.unknown_chart import unknown_picture
from mainstem.figures.wording import day, one_line, plural, shorten
from mainstem.plan.model import Plan
from mainstem.score.answerable import NotAnswerable
from mainstem.score.words import UNIT_WORDS, amount, percent
from mainstem.services.people.access import Action, Actor, Reach, may
from mainstem.services.triage.marks import taken_by_other
from mainstem.services.triage.triaging import CLAIMED, SKIPPED, Triage, TriageLump, is_free
from mainstem.services.triage.unknown_trend import UnknownTrend, trend_words
from mainstem.services.work.sharing import MOST_AT_ONCE
from mainstem.web.contexts.claim_preview import PreviewShown
from mainstem.web.contexts.items import item_address, name_of
from mainstem.web.contexts.pieces import Bar, Cell, Column, Empty, Fact, Link, Row, Stretch, Table
from mainstem.web.contexts.rows import named
from mainstem.web.exports import CsvTable, Tables, csv_link

HERE = "/items/triage/"
_CRUMBS = (Link("Work", "/items/"), Link("Triage", ""))


@dataclass(frozen=True, slots=True)
class LumpShown:
    """The lump in hand.

    Attributes:
        id: Names it.
        title: What its items share.
        lead: Effort, items, and whether somebody else looks at it.
        facts: By team, by month, what comes near.
        items: Some of its items.
        all_items: Where all of them are listed.
        seen: What was shown, to be held against what is there when something is written.
        other: Who else looks at it, if so: nothing can be done then.
        may_assign: Whether its items can be set by hand.
        why_not: Why not, if so.
        may_claim: Whether the reader may make a claim for anything.
        next: The next lump.
        previous: The one before.
    """

    id: str
    title: str
    lead: str
    facts: tuple[Fact, ...]
    items: Table
    all_items: str
    seen: str
    other: str
    may_assign: bool
    why_not: str
    may_claim: bool
    may_skip: bool
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class TriagePage:
    """Everything that the template prints."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    lump: LumpShown | None
    queue: Table | None
    trend: Picture | None
    trend_words: str
    trend_notes: tuple[str, ...]
    empty: Empty | None
    note: str
    preview: PreviewShown | None = None


def build_triage(
    queue: Triage,
    lump: TriageLump | None,
    trend: UnknownTrend | None,
    plan: Plan,
    by: Actor,
    zone: ZoneInfo,
) -> TriagePage:
    """The page for one lump of the queue."""
    head, lead = _first_line(queue)
    picture, notes = _trend(trend)
    return TriagePage(
        head, lead, _CRUMBS, _shown(lump, queue, plan, by, zone) if lump else None,
        _queue(queue, lump, by) if queue.lumps else None,
        picture, trend_words(trend) if trend else "", notes, None if lump else _empty(queue, by),
        queue.note,
    )  # fmt: skip


def no_work_page() -> TriagePage:
    """Where nothing was imported yet."""
    return TriagePage("Nothing to triage yet", "", _CRUMBS, None, None, None, "", (), Empty(
        "There is no work yet", "Work that nothing speaks for is looked through here once there is some.",
        Link("Bring work in", "/sources/"),
    ), "")  # fmt: skip


def _first_line(queue: Triage) -> tuple[str, str]:
    if queue.hidden:
        return "Too few people to show", queue.hidden
    days = f"{day(queue.since)} to {day(queue.until)}"
    if not queue.unknown:
        return "Nothing is unknown", f"All effort of {days} counts for something."
    share = percent(Fraction(queue.unknown, queue.units))
    held = sum(x.parts for x in queue.lumps)
    words = (
        f"{plural(len(queue.lumps), 'lump')} hold {percent(Fraction(held, queue.unknown))} of it"
    )
    rest = f"; {amount(queue.no_item, queue.unit)} are on no item" if queue.no_item else ""
    left = f"; {amount(queue.left, queue.unit)} share nothing" if queue.left else ""
    return f"Nobody knows what {share} of the effort was for", f"{days}: {words}{rest}{left}."


def _empty(queue: Triage, by: Actor) -> Empty:
    if any(x.items and not is_free(x, by) for x in queue.lumps):
        return Empty(
            "Nothing waits for you",
            "What is left was put off, claimed a moment ago, or somebody looks at it.",
        )
    return Empty("Nothing waits", "What nothing speaks for is too little to make lumps of, or there is none.",
                 Link("Look at the work", "/items/?is=unclaimed"))  # fmt: skip


def _shown(lump: TriageLump, queue: Triage, plan: Plan, by: Actor, zone: ZoneInfo) -> LumpShown:
    other = taken_by_other(lump.marks, by)
    is_too_many = lump.items > min(MOST_AT_ONCE, len(lump.keys))
    follows, before = _neighbours(lump, queue, by)
    may_write = other is None
    return LumpShown(
        lump.id, shorten(one_line(lump.title), 120), _lead(lump, queue), tuple(_facts(lump, queue, plan)),
        _items(lump, queue), f"/items/?is=unclaimed&q={_query(lump)}", lump.seen,
        f"{other.by or 'Somebody'} looks at it until {other.until.astimezone(zone):%H:%M}." if other else "",
        may_write and may(by, Action.SHARE) and not is_too_many and bool(lump.keys),
        f"{plural(lump.items, 'item')} are too many to be set by hand: make a claim." if is_too_many else "",
        may_write and _may_claim(by, plan), may_write and may(by, Action.TRIAGE),
        f"{HERE}?lump={follows}" if follows else "", f"{HERE}?lump={before}" if before else "",
    )  # fmt: skip


def _may_claim(by: Actor, plan: Plan) -> bool:
    reach = Reach.of(by, plan)
    return by.may_write and (reach.everything or bool(reach.streams))


def _neighbours(lump: TriageLump, queue: Triage, by: Actor) -> tuple[str, str]:
    """Ids of the lumps after and before this one that wait, round and round."""
    order = [x.id for x in queue.lumps if x.id == lump.id or is_free(x, by)]
    if len(order) < 2:
        return "", ""
    at = order.index(lump.id)
    return order[(at + 1) % len(order)], order[at - 1]


def _lead(lump: TriageLump, queue: Triage) -> str:
    share = percent(Fraction(lump.parts, queue.unknown)) if queue.unknown else ""
    words = f"{amount(lump.parts, queue.unit)} on {plural(lump.items, 'item')}, {share} of what is unknown."
    if lump.settled:
        words += f" {plural(lump.settled, 'item')} of it were set by hand and count from the next derivation."
    for mark in lump.marks:
        if mark.state == SKIPPED:
            words += f" {mark.by or 'Somebody'} put it off until {day(mark.until.date())}."
        if mark.state == CLAIMED:
            words += f" {mark.by or 'Somebody'} made a claim for it, which counts from the next derivation."
    return words


def _facts(lump: TriageLump, queue: Triage, plan: Plan) -> list[Fact]:
    teams = ", ".join(
        f"{(named('teams', t, plan) or t) if t else 'no team'} {amount(p, queue.unit)}"
        for t, p in lump.teams[:5]
    )
    more = len(lump.teams) - 5
    months = ", ".join(f"{month} {amount(parts, queue.unit)}" for month, parts in lump.months)
    out = [
        Fact("By team", teams + (f" and {more} more" if more > 0 else "")),
        Fact("By month", months),
    ]
    if lump.near:
        near = ", ".join(f"{name_of(t, n)} {amount(p, queue.unit)}" for t, n, p in lump.near)
        out.append(
            Fact("Comes near", near, under="What other work with the same likeness counts for.")
        )
    return out


def _items(lump: TriageLump, queue: Triage) -> Table:
    rows = tuple(
        Row((
            Cell(s.key, item_address(s.source, s.key), under=shorten(one_line(s.title), 120)),
            Cell(amount(s.parts, queue.unit).split("\u00a0")[0]),
        ))
        for s in lump.samples
    )  # fmt: skip
    return Table(
        "Items with most effort",
        (Column("Item"), Column(UNIT_WORDS[queue.unit][1].capitalize(), is_number=True)),
        rows,
    )


def _query(lump: TriageLump) -> str:
    from urllib.parse import quote

    from mainstem.work.query import written

    if lump.kind == "text":
        return quote(written(lump.value), safe="")
    return quote(f"{lump.kind}:{written(lump.value)}", safe="")


def _queue(queue: Triage, here: TriageLump | None, by: Actor) -> Table:
    columns = (
        Column("What they share"), Column("Part of the unknown"), Column(UNIT_WORDS[queue.unit][1].capitalize(), is_number=True),
        Column("Items", is_number=True), Column("State"),
    )  # fmt: skip
    rows = tuple(
        Row((
            Cell(shorten(one_line(x.title), 80) + (" (in hand)" if here and x.id == here.id else ""), f"{HERE}?lump={x.id}"),
            Cell(bar=Bar(((Stretch.UNKNOWN, float(Fraction(100 * max(x.parts, 0), queue.unknown or 1))),))),
            Cell(amount(x.parts, queue.unit).split("\u00a0")[0]), Cell(f"{x.items:,}"), _state(x, by),
        ))
        for x in queue.lumps
    )  # fmt: skip
    return Table(
        "The queue: yours first, the most effort first", columns, rows, csv_link(HERE, "lumps")
    )


def _state(lump: TriageLump, by: Actor) -> Cell:
    tags = [Tag("yours", "value")] if lump.is_yours else []
    other = taken_by_other(lump.marks, by)
    if other is not None:
        tags.append(Tag(f"{other.by or 'Somebody'} looks at it", "rest"))
    if mark := lump.mark(SKIPPED):
        tags.append(Tag(f"put off until {day(mark.until.date(), year=False)}"))
    if lump.mark(CLAIMED):
        tags.append(Tag("claimed a moment ago"))
    return Cell("" if tags else "waits", tags=tuple(tags))


def _trend(trend: UnknownTrend | None) -> tuple[Picture | None, tuple[str, ...]]:
    if trend is None:
        return None, ()
    points = [(p.end, p.share) for p in trend.points if p.share is not None]
    words = UNIT_WORDS[trend.unit][1]
    rows = tuple(
        (day(p.end), amount(p.unknown, trend.unit), amount(p.units, trend.unit), percent(p.share))
        for p in trend.points
    )
    sheet = Sheet(
        f"Unknown effort of 13 weeks at the end of each week, in {words}",
        ("End of week", "Unknown", "All effort", "Share"), rows, (False, True, True, True),
        "unknown-by-week.csv", csv_link(HERE, "unknown-by-week"),
    )  # fmt: skip
    made = trend.chart
    if isinstance(made, NotAnswerable):
        return unknown_picture(points, made, sheet), (f"No usual range: {made}",)
    notes = (*(one_line(s.words) for s in made.signals), *(one_line(n) for n in made.notes))
    return unknown_picture(points, made, sheet), notes


def triage_tables(queue: Triage, trend: UnknownTrend | None) -> Tables:
    """The queue and the trend as CSV."""
    return {
        "lumps": lambda: CsvTable(
            ("lump", "kind", "value", "items", "parts", "unit", "yours"),
            [(x.id, x.kind, one_line(x.value), x.items, x.parts, queue.unit.value, x.is_yours) for x in queue.lumps],
        ),
        "unknown-by-week": lambda: CsvTable(
            ("end_of_week", "unknown_parts", "all_parts", "unit"),
            _trend_rows(trend),
        ),
    }  # fmt: skip


def _trend_rows(trend: UnknownTrend | None) -> Sequence[tuple[str, int, int, str]]:
    if trend is None:
        return []
    return [(str(p.end), p.unknown, p.units, trend.unit.value) for p in trend.points]
