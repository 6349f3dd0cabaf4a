"""The page of one item: what it counts for, because of what, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, one_line, shorten
from mainstem.plan.model import Plan
from mainstem.score.words import UNIT_WORDS, amount
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.server.answers import kept
from mainstem.services.server.ground import Ground
from mainstem.services.suggestions.suggesting import suggestion_of
from mainstem.services.work.contesting import ContestRow, contests
from mainstem.services.work.items import Item, MonthOfEffort, look_at_item
from mainstem.services.work.sharing import parts_said
from mainstem.web.contexts.contests import ContestCard, contest_card
from mainstem.web.contexts.items import item_address, name_of, share, tone_of
from mainstem.web.contexts.pieces import Bar, Cell, Column, Fact, Link, Row, Stretch, Table
from mainstem.web.contexts.rows import named
from mainstem.web.contexts.suggestions import line_of
from mainstem.web.exports import CsvTable, Tables, csv_link


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ItemMatter:
    """What is said of an item to whoever reads it, made and printed once for a plan and a ledger."""

    head: str
    tail: str
    lead: str
    waiting: str
    counts: Table | None
    also: tuple[str, ...]
    facts: tuple[Fact, ...]
    effort: Table | None
    corrections: Table | None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Everything that the template prints."""

    title: str
    crumbs: tuple[Link, ...]
    matter: ItemMatter
    suggestion: str
    contests: tuple[ContestCard, ...]
    tracker: str
    set_shares: str
    may_contest: bool
    source: str
    key: str
    months: tuple[MonthOfEffort, ...]
    here: str


def build_item(source: str, key: str, ground: Ground, by: Actor) -> ItemPage:
    """The page of an item."""
    item = look_at_item(source, key, ground, by)
    plan = ground.plans.head().plan
    about, _ = contests(ground, by, state="", item=f"{source}/{item.key}"[:400])
    here = item_address(source, item.key)
    matter = kept(
        ground, ground.book(), ("item matter", source, item.key),
        lambda: _matter(item, plan, here), kind="item matter",
    )  # fmt: skip
    return ItemPage(
        item.key, (Link("Work", "/items/"), Link(source, "")), matter,
        line_of(suggestion_of(source, item.key, ground, by)),
        tuple(contest_card(c, plan) for c in about), item.url,
        f"/items/shares/new?item={quote(item.key, safe='')}" if item.may_share or may(by, Action.SHARE) else "",
        may(by, Action.CONTEST) and not _is_contested_by(about), source, item.key, item.effort, here,
    )  # fmt: skip


def _matter(item: Item, plan: Plan, here: str) -> ItemMatter:
    head, tail = _first_line(item)
    return ItemMatter(
        head, tail, shorten(one_line(item.title), 200), _waiting(item, plan), _counts(item, here), item.also,
        tuple(Fact(name, shorten(one_line(words), 300)) for name, words in item.facts if name != "url"),
        _effort(item, plan, here), _corrections(item),
    )  # fmt: skip


def _is_contested_by(about: list[ContestRow]) -> bool:
    """Whether the reader has an open contest about it."""
    return any(c.may_withdraw for c in about)


def _first_line(item: Item) -> tuple[str, str]:
    if not item.shares:
        return (
            f"{item.key} counts for no stream",
            "and for no kind of the rest: nothing speaks for it",
        )
    first, reason = item.shares[0], item.reasons[0]
    more = len(item.shares) - 1
    head = f"{item.key} counts for {name_of(first.target, first.name)}"
    if first.share < 10_000:
        head += f" with {share(first.share, 10_000)}"
    return head, reason + (f", and for {more} more" if more else "")


def _waiting(item: Item, plan: Plan) -> str:
    if not item.is_waiting:
        return ""
    if not item.said:
        return (
            "What was said by hand has been taken back; this will count from the next derivation."
        )
    words = shares_words(parts_said(item.said), plan)
    return f"By hand it was set to {words}. This will count from the next derivation."


def shares_words(parts: Mapping[str, int], plan: Plan) -> str:
    """``Start to first frame 60 %, debt 40 %``; what the claims say where nothing is said."""
    if not parts:
        return "what the claims say"
    said = []
    for target, part in parts.items():
        kind, _, word = target.partition(":")
        name = name_of(target, named("streams", word, plan) if kind == "stream" else word)
        said.append(name if part == 10_000 else f"{name} {share(part, 10_000)}")
    return ", ".join(said)


def _counts(item: Item, here: str) -> Table | None:
    if not item.shares:
        return None
    columns = (Column("Counts for"), Column("Share", is_number=True), Column("Because"))
    rows = tuple(
        Row((
            Cell(tags=(Tag(name_of(s.target, s.name), tone_of(s.target)),)),
            Cell(share(s.share, 10_000)),
            Cell(shorten(one_line(reason), 300), "", s.reason if s.reason != reason else ""),
        ))
        for s, reason in zip(item.shares, item.reasons, strict=True)
    )  # fmt: skip
    return Table("What it counts for", columns, rows, csv_link(here, "counts-for"))


def _effort(item: Item, plan: Plan, here: str) -> Table | None:
    if not item.effort:
        return None
    columns = (Column("Month"), Column("Team"), Column("Bar"), Column("Effort", is_number=True))
    most = {m.unit: max(o.parts for o in item.effort if o.unit is m.unit) for m in item.effort}
    rows = tuple(
        Row((
            Cell(m.month), Cell(named("teams", m.team, plan) or "the organisation"),
            Cell(bar=Bar(((Stretch.VALUE, 100 * m.parts / (most[m.unit] or 1)),))),
            Cell(amount(m.parts, m.unit)),
        ))
        for m in item.effort
    )  # fmt: skip
    return Table("Effort by month and team", columns, rows, csv_link(here, "effort"))


def _corrections(item: Item) -> Table | None:
    if not item.corrections:
        return None
    columns = (
        Column("Day"), Column("Was", is_number=True), Column("Read"), Column("Replaced"),
    )  # fmt: skip
    rows = tuple(
        Row((
            Cell(day(c.day)), Cell(f"{c.amount:g} {c.unit}s"),
            Cell(day(c.landed.date()) if c.landed else ""),
            Cell(day(c.replaced.date()) if c.replaced else ""),
        ))
        for c in item.corrections
    )  # fmt: skip
    return Table("Rows that were corrected", columns, rows)


def item_tables(page: ItemPage) -> Tables:
    """The page's tables as CSV."""
    return {
        "effort": lambda: CsvTable(
            ("month", "team", "unit", "amount"),
            [
                (m.month, m.team, UNIT_WORDS[m.unit][1], m.parts / 10_000 / 1_000_000)
                for m in page.months
            ],
        ),
        "counts-for": lambda: CsvTable(
            ("counts_for", "share", "because"),
            [
                (r.cells[0].tags[0].words, r.cells[1].words, r.cells[2].words)
                for r in (page.matter.counts.rows if page.matter.counts else ())
            ],
        ),
    }
