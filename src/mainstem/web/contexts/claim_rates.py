"""How often people said otherwise than a claim, as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote

from mainstem.errors import LedgerError, QuestionError
from mainstem.figures.charts import NARROW, WIDE
from mainstem.figures.rates import rate_chart
from mainstem.figures.shown import Picture, Sheet
from mainstem.figures.wording import day, one_line, plural, shorten
from mainstem.score.answerable import NotAnswerable
from mainstem.score.words import amount, percent
from mainstem.services.people.access import Actor
from mainstem.services.server.ground import Ground
from mainstem.services.triage.claim_rates import WEEKS, ClaimRate, rates_of_claims
from mainstem.web.contexts.pieces import Cell, Column, Empty, Link, Row, Table
from mainstem.web.contexts.rows import named
from mainstem.web.exports import CsvTable, Tables, csv_link

HERE = "/items/contests/rates/"


@dataclass(frozen=True, slots=True)
class RatesPage:
    """Everything that the template prints."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    table: Table | None
    chosen: str
    chosen_words: str
    picture: Picture | None
    notes: tuple[str, ...]
    items: tuple[Link, ...]
    empty: Empty | None
    rows: tuple[ClaimRate, ...]


def build_rates(claim: str, ground: Ground, by: Actor) -> RatesPage:
    """All claims, and the chart of one: the one asked for, else the most contradicted."""
    try:
        rows = rates_of_claims(ground, by)
    except (LedgerError, QuestionError):
        rows = ()
    one = next((r for r in rows if r.claim == claim), rows[0] if rows else None)
    bad = [r for r in rows if r.against]
    crumbs = (Link("Work", "/items/"), Link("Contests", "/items/contests/"), Link("Claims", ""))
    return RatesPage(
        _head(rows, bad),
        f"In the last {WEEKS} weeks: where something is said by hand, or a contest was agreed to, of work that a"
        " claim would have decided otherwise. Rules rot; a rate that rises says which.",
        crumbs, _table(rows, ground) if rows else None, one.claim if one else "",
        f"Claims {one.asks}." if one else "", _picture(one) if one else None, _notes(one) if one else (),
        tuple(Link(key, f"/items/?q={quote('key:' + key)}") for key in (one.items[:20] if one else ())),
        None if rows else Empty(
            "No claim has decided anything yet", "Claims belong to streams; they say which work is theirs.",
            Link("Look at the work", "/items/"),
        ),
        rows,
    )  # fmt: skip


def _head(rows: tuple[ClaimRate, ...], bad: list[ClaimRate]) -> str:
    if not rows:
        return "No claim has said anything"
    if not bad:
        return f"Nobody said otherwise than any of {plural(len(rows), 'claim')}"
    return f"People said otherwise than {len(bad)} of {plural(len(rows), 'claim')}"


def _table(rows: tuple[ClaimRate, ...], ground: Ground) -> Table:
    plan = ground.plans.head().plan
    unit = plan.organisation.unit
    columns = (
        Column("Claim"), Column("Stream"), Column("Said something about", is_number=True),
        Column("People said otherwise", is_number=True), Column("Rate", is_number=True),
    )  # fmt: skip
    made = tuple(
        Row((
            Cell(r.claim, f"{HERE}?claim={quote(r.claim)}#chart", shorten(one_line(r.asks), 120)),
            Cell(shorten(one_line(named("streams", r.stream, plan) or r.stream), 60)),
            Cell(amount(r.said, unit)), Cell(amount(r.against, unit) if r.against else "–"), Cell(percent(r.rate)),
        ))
        for r in rows
    )  # fmt: skip
    return Table("Claims, the most contradicted first", columns, made, csv_link(HERE, "rates"))


def _picture(one: ClaimRate) -> Picture:
    weeks = [(w.monday, Fraction(w.against, w.said) if w.said else None) for w in one.weeks]
    cells = tuple(
        (day(w.monday), f"{w.said / 1e10:,.1f}", f"{w.against / 1e10:,.1f}",
         percent(Fraction(w.against, w.said)) if w.said else "–")
        for w in one.weeks
    )  # fmt: skip
    sheet = Sheet(
        f"Claim {one.claim} by week", ("Week from", "Said", "Otherwise", "Rate"), cells,
        (False, True, True, True), "weeks.csv", f"{HERE}?claim={quote(one.claim)}&format=csv&table=weeks",
    )  # fmt: skip
    return Picture(rate_chart(weeks, one.chart, WIDE), rate_chart(weeks, one.chart, NARROW), sheet)


def _notes(one: ClaimRate) -> tuple[str, ...]:
    if isinstance(one.chart, NotAnswerable):
        return (f"{one.chart.reason} {one.chart.what_would_help}".strip(),)
    signals = tuple(s.words for s in one.chart.signals)
    return (*signals, *one.chart.notes)


def rate_tables(page: RatesPage) -> Tables:
    """The page's tables as CSV."""
    one = next((r for r in page.rows if r.claim == page.chosen), None)
    return {
        "rates": lambda: CsvTable(
            ("claim", "stream", "said", "against", "rate"),
            [
                (r.claim, r.stream, r.said / 1e10, r.against / 1e10, float(r.rate))
                for r in page.rows
            ],
        ),
        "weeks": lambda: CsvTable(
            ("week", "said", "against"),
            [
                (w.monday.isoformat(), w.said / 1e10, w.against / 1e10)
                for w in (one.weeks if one else ())
            ],
        ),
    }
