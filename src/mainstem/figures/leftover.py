"""What is on no stream: the rest by kind, and the unattributed lumps with the claims that catch them."""

from __future__ import annotations

from fractions import Fraction

from mainstem.figures.given import Lump, ReportData
from mainstem.figures.headline import whole_of
from mainstem.figures.shown import LumpRow, RestRow
from mainstem.figures.tables import Value, units
from mainstem.figures.wording import clean, listed, one_line, plural, shorten
from mainstem.plan.model import RestKind
from mainstem.score.words import REST_WORDS, amount, percent

#: Lumps shown; all are in the CSV.
MOST_LUMPS = 12
#: Characters of a claim that is shown; it stands whole in the CSV.
MOST_CLAIM = 1200

LUMP_COLUMNS: tuple[str, ...] = ("lump", "unit", "units", "items", "shared", "claim", "examples")

#: What each kind of the rest is, in one line.
KIND_WORDS: dict[RestKind, str] = {
    RestKind.INCIDENT: "putting right what broke",
    RestKind.COMPLIANCE: "what a law, a contract or an audit asks for",
    RestKind.SUPPORT: "answering and helping customers one by one",
    RestKind.OPERATIONS: "keeping things running: upgrades, upkeep, work that comes again and again",
    RestKind.DEBT: "changing how it is built, not what it does",
    RestKind.ENABLEMENT: "tools, learning and hiring that help others to work",
    RestKind.OTHER: "named in the plan as none of these",
    RestKind.UNKNOWN: "nothing says what it was for; it stays in the total and widens the range",
}


def rest_rows(data: ReportData) -> tuple[RestRow, ...]:
    """Kinds with effort, biggest first, the unknown last; bars share one scale."""
    total = whole_of(data)
    if total is None:
        return ()
    held = {k: p for k, p in total.amounts.rest.items() if p}
    most = max(held.values(), default=0)
    order = sorted(held, key=lambda k: (k is RestKind.UNKNOWN, -held[k]))
    return tuple(
        RestRow(
            REST_WORDS[k].capitalize(), round(100 * held[k] / most, 2),
            percent(Fraction(held[k], total.amounts.units)), amount(held[k], data.unit),
            k is RestKind.UNKNOWN, k.value,
        )
        for k in order
    )  # fmt: skip


def rest_words(data: ReportData) -> str:
    """The sentence under the heading."""
    total = whole_of(data)
    if total is None or not total.amounts.units:
        return "Nothing yet: no effort is recorded in these days."
    if not any(total.amounts.rest.values()):
        return "Nothing: all work is on a value stream."
    known = sum(p for k, p in total.amounts.rest.items() if k is not RestKind.UNKNOWN)
    if not known:
        return "All of it is unknown: nothing says what it was for."
    share = percent(Fraction(known, total.amounts.units))
    return f"{share} of all effort has a known purpose other than a stream."


def lump_rows(data: ReportData) -> tuple[LumpRow, ...]:
    """The biggest lumps in words."""
    total = whole_of(data)
    shown = data.lumps[:MOST_LUMPS]
    most = max((lump.units_parts for lump in shown), default=0)
    unknown = total.amounts.unknown if total else 0
    return tuple(_lump(lump, data, unknown, most) for lump in shown)


def _lump(lump: Lump, data: ReportData, unknown: int, most: int) -> LumpRow:
    share = Fraction(lump.units_parts, unknown) if unknown else None
    return LumpRow(
        title=shorten(one_line(lump.title), 160), amount=amount(lump.units_parts, data.unit),
        share=f"{percent(share)} of the unknown" if share is not None and share <= 1 else "",
        width=round(100 * lump.units_parts / most, 2) if most else 0.0,
        items=plural(lump.items, "item"), shared=shorten(one_line(" · ".join(s for s in lump.shared if s != lump.title)), 240),
        claim=shorten(clean(lump.claim_yaml).strip("\n"), MOST_CLAIM),
        examples=tuple(shorten(one_line(e), 120) for e in lump.examples[:3]),
    )  # fmt: skip


def lumps_words(data: ReportData) -> str:
    """The sentence under the heading: how much is unknown, and how much of it the lumps hold."""
    total = whole_of(data)
    unknown = total.amounts.unknown if total else 0
    if not unknown:
        return "Nothing is unknown."
    words = f"{amount(unknown, data.unit)} are unknown."
    if data.lumps:
        shown = len(data.lumps[:MOST_LUMPS])
        here = "Here is the biggest lump" if shown == 1 else f"Here are the {shown} biggest lumps"
        words += f" {here} of items that share something, with the claim that would catch "
        words += (
            f"{'it' if shown == 1 else 'each'}. Put it under a stream, or under a kind of the rest."
        )
    else:
        words += " No two items of it share a label, component, project, path or word."
    parts = []
    if data.no_item:
        parts.append(f"{amount(data.no_item, data.unit)} were spent on no item at all")
    if data.lumps_left:
        parts.append(f"{amount(data.lumps_left, data.unit)} are in no lump")
    return f"{words} {listed(parts)}." if parts else words


def lump_csv_rows(data: ReportData) -> list[tuple[Value, ...]]:
    """The rows of ``lumps.csv``; see ``LUMP_COLUMNS``."""
    return [
        (
            one_line(x.title), data.unit.value, units(x.units_parts), x.items,
            one_line("; ".join(x.shared)), clean(x.claim_yaml), one_line("; ".join(x.examples)),
        )
        for x in data.lumps
    ]  # fmt: skip
