"""How often people said otherwise than a claim: rules rot, and this shows which. Methods 9.1 and 3.8.

A claim is contradicted where a link of the plan, made by hand or by an agreed contest, says of an item
that the claim would have decided that it was for something else. The rate of a week is the effort
contradicted over all effort about which the claim said anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import Chart, Observed, chart
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.scores.scoring import default_unit
from mainstem.services.server.answers import kept
from mainstem.work.attribution import link_parts
from mainstem.work.branches import Branch, matchers
from mainstem.work.conditions import ItemFacts, describe
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    from mainstem.plan.model import Plan
    from mainstem.services.scores.book import Book
    from mainstem.services.server.ground import Ground

#: Weeks that are looked at.
WEEKS = 26


@dataclass(frozen=True, slots=True)
class WeekOfClaim:
    """What a claim said in a week, in parts, and how much of it people contradicted."""

    monday: date
    said: int
    against: int


@dataclass(frozen=True, slots=True)
class ClaimRate:
    """How often people said otherwise than a claim.

    Attributes:
        claim: ``stream/claim``.
        stream: The stream that claims.
        asks: What it asks for, in words.
        said, against: Effort about which it said anything, and of this what people contradicted; parts.
        items: Keys of the items on which they did.
        weeks: The same by week, in order.
        chart: Its process behaviour chart, or why there is none.
    """

    claim: str
    stream: str
    asks: str
    said: int
    against: int
    items: tuple[str, ...]
    weeks: tuple[WeekOfClaim, ...]
    chart: Chart | NotAnswerable

    @property
    def rate(self) -> Fraction:
        """The share contradicted."""
        return Fraction(self.against, self.said) if self.said else Fraction(0)


def rates_of_claims(ground: Ground, by: Actor) -> tuple[ClaimRate, ...]:
    """Every claim that said anything in the last 26 weeks, the most contradicted first.

    Raises:
        LedgerError, QuestionError: there is no work yet.
    """
    require(by, Action.READ)
    book, today = ground.book(), ground.today()
    return kept(
        ground, book, ("claim rates", today), lambda: claim_rates(book, today=today), is_dear=True
    )


def claim_rates(book: Book, *, today: date) -> tuple[ClaimRate, ...]:
    """The same of a ledger with its plan."""
    from mainstem.ledger.claim_weeks import claims_by_week

    until = today
    since = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    unit = default_unit(book).value
    words = {no: name.removeprefix("claim ") for no, name in book.desk.names("reason").items()}
    said: dict[str, dict[date, int]] = {}
    for reason, monday, parts in claims_by_week(book.desk, unit, since, until):
        by_week = said.setdefault(words.get(reason, ""), {})
        by_week[monday] = by_week.get(monday, 0) + parts
    against, items = _contradicted(book, unit, since, until, said)
    made = (
        _rate(branch, said.get(branch.claim_id, {}), against.get(branch.claim_id, {}),
              items.get(branch.claim_id, ()), since)
        for branch, _ in matchers(book.plan)
    )  # fmt: skip
    return tuple(sorted((r for r in made if r.said), key=lambda r: (-r.rate, -r.said, r.claim)))


def _contradicted(
    book: Book, unit: str, since: date, until: date, said: dict[str, dict[date, int]]
) -> tuple[dict[str, dict[date, int]], dict[str, tuple[str, ...]]]:
    """Adds to ``said`` what claims said of items that have links; what of it the links contradict."""
    from mainstem.ledger.claim_weeks import items_by_week, items_named

    linked = _linked(book.plan)
    rows = items_named(book.desk, list(linked))
    numbers = [row["item"] for row in rows]
    weekly: dict[int, list[tuple[date, int]]] = {}
    for item, monday, parts in items_by_week(book.desk, numbers, unit, since, until):
        weekly.setdefault(item, []).append((monday, parts))
    against: dict[str, dict[date, int]] = {}
    items: dict[str, tuple[str, ...]] = {}
    for row in rows:
        wanted = linked[str(row["key"]).lower()]
        for branch in _winners(row, book.plan):
            otherwise = WHOLE - min(wanted.get(f"stream:{branch.stream}", 0), WHOLE)
            if otherwise and weekly.get(row["item"]):
                items[branch.claim_id] = (*items.get(branch.claim_id, ()), row["key"])
            for monday, parts in weekly.get(row["item"], ()):
                _add(said.setdefault(branch.claim_id, {}), monday, parts)
                _add(against.setdefault(branch.claim_id, {}), monday, parts * otherwise // WHOLE)
    return against, items


def _add(by_week: dict[date, int], monday: date, parts: int) -> None:
    by_week[monday] = by_week.get(monday, 0) + parts


def _linked(plan: Plan) -> dict[str, Mapping[str, int]]:
    """What links say of each item: key in lower case → target → parts of 10,000."""
    out: dict[str, dict[str, int]] = {}
    for link in plan.links:
        held = out.setdefault(link.item.lower(), {})
        for target, parts in link_parts(link).items():
            held[target] = held.get(target, 0) + parts
    return dict(out)


def _winners(row: Mapping[str, Any], plan: Plan) -> Sequence[Branch]:
    """The claims that would decide an item of which nothing were said by hand."""
    facts = ItemFacts(
        key=row["key"], title=row["title"] or "", type=row["type"], state=row["state"],
        project=row["project"], labels=tuple(row["labels"] or ()),
        components=tuple(row["components"] or ()), epic=row["epic"], parent=row["parent"],
        paths=tuple(row["paths"] or ()), team=row["team"], source=row["source_name"],
        fields=dict(row["fields"] or {}),
    )  # fmt: skip
    found = [b for b, matcher in matchers(plan) if matcher.holds(facts)]
    best = min((b.rank for b in found), default=0)
    return [b for b in found if b.rank == best]


def _rate(
    branch: Branch, said: Mapping[date, int], against: Mapping[date, int], items: Iterable[str],
    since: date,
) -> ClaimRate:  # fmt: skip
    mondays = [since + timedelta(days=7 * n) for n in range(WEEKS)]
    weeks = tuple(WeekOfClaim(m, said.get(m, 0), against.get(m, 0)) for m in mondays)
    first = next((n for n, w in enumerate(weeks) if w.said), len(weeks))
    observed = [
        Observed(w.monday.isoformat(), Fraction(w.against, w.said) if w.said else None, w.said)
        for w in weeks[first:]
    ]
    return ClaimRate(
        branch.claim_id, branch.stream, describe(branch.condition), sum(w.said for w in weeks),
        sum(w.against for w in weeks), tuple(items), weeks, chart(observed),
    )  # fmt: skip
