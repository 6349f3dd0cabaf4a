"""The preview of a claim as pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mainstem.figures.wording import one_line, plural, shorten
from mainstem.score.values import Score
from mainstem.score.words import UNIT_WORDS, amount, percent, percent_number
from mainstem.services.triage.claim_preview import STANDS, ClaimPreview, Moved
from mainstem.web.contexts.items import name_of
from mainstem.web.contexts.pieces import Cell, Column, Fact, Row, Table


@dataclass(frozen=True, slots=True)
class PreviewShown:
    """A preview in words.

    Attributes:
        head: What it comes to, in a sentence.
        effects: The score before and after, in big numbers.
        loses: From whom it comes.
        ties: With whom it would be shared.
        stronger: What stays with others.
        samples: Items that it catches.
        notes: What else is to be known.
    """

    head: str
    effects: tuple[Fact, ...]
    loses: Table | None
    ties: Table | None
    stronger: Table | None
    samples: Table | None
    notes: tuple[str, ...]


def build_preview(found: ClaimPreview) -> PreviewShown:
    """A preview in words."""
    if found.hidden:
        return PreviewShown(found.hidden, (), None, None, None, None, found.warnings)
    unit = found.unit
    return PreviewShown(
        _head(found),
        (
            Fact("The claim matches", plural(found.items, "item")),
            Fact(f"{name_of(found.target, found.name)} would gain", amount(found.gained, unit)),
            Fact("Value Score", f"{percent(found.before.score.point)} → {percent(found.after.score.point)}"),
            Fact("Its range", f"{_range(found.before.score)} → {_range(found.after.score)}"),
        ),
        _moved("It would come from", found.loses, found),
        _moved("Claims of the same rank, so it is shared", found.ties, found),
        _moved("It matches too, but these stay before it", found.stronger, found),
        _samples(found),
        tuple(_notes(found)),
    )  # fmt: skip


def _head(found: ClaimPreview) -> str:
    name = name_of(found.target, found.name)
    if not found.items:
        return "It would catch nothing: no item matches."
    if not found.gains:
        return f"It would change nothing: {plural(found.items, 'item')} match, and none would count more for {name}."
    taken = sum(m.parts for m in found.steals)
    words = f"{plural(found.gains, 'item')} would count more for {name}: {amount(found.gained, found.unit)}"
    return (
        f"{words}, {amount(taken, found.unit)} of it taken from others." if taken else f"{words}."
    )


def _range(of: Score) -> str:
    if of.low is None or of.high is None:
        return percent(None)
    return f"{percent_number(of.low)}–{percent(of.high)}"


def _moved(caption: str, rows: Sequence[Moved], found: ClaimPreview) -> Table | None:
    if not rows:
        return None
    columns = (
        Column("Counts for now"), Column(UNIT_WORDS[found.unit][1].capitalize(), is_number=True),
        Column("Items", is_number=True),
    )  # fmt: skip
    shown = tuple(
        Row((
            Cell(name_of(m.target, m.name)), Cell(amount(m.parts, found.unit).split("\u00a0")[0]),
            Cell(f"{m.items:,}"),
        ))
        for m in rows
    )  # fmt: skip
    return Table(caption, columns, shown, is_named=True)


def _samples(found: ClaimPreview) -> Table | None:
    if not found.samples:
        return None
    columns = (
        Column("Item"),
        Column(UNIT_WORDS[found.unit][1].capitalize(), is_number=True),
        Column("How it stands"),
    )
    rows = tuple(
        Row((
            Cell(s.key or "No key", under=shorten(one_line(s.title), 120)),
            Cell(amount(s.parts, found.unit).split("\u00a0")[0]), Cell(STANDS[s.how]),
        ))
        for s in found.samples
    )  # fmt: skip
    return Table("Items that it matches, for instance", columns, rows, is_named=True)


def _notes(found: ClaimPreview) -> list[str]:
    out = list(found.warnings)
    if found.since and found.until:
        out.append(
            f"Effort of {found.since} to {found.until}; {found.active:,} of the items have effort in these days."
        )
    if found.inherited:
        out.append(
            f"{plural(found.inherited, 'item')} would follow, being part of what it matches."
        )
    if hand := found.stands.get("hand"):
        out.append(f"{plural(hand, 'item')} stay as they are said by hand.")
    return out
