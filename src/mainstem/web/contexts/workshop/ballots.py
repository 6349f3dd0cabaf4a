"""Ranked choice among the candidates of a stream: one's own ballot, and what came of all of them."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.figures.wording import listed, plural
from mainstem.web.contexts.workshop.cards import Desk
from mainstem.web.contexts.workshop.fields import cards_of_kind, name_of
from mainstem.workshop.board import Record

_PLACES = ("First choice", "Second choice", "Third choice", "Fourth choice", "Fifth choice")


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ballot.

    Attributes:
        stream: The stream's card.
        places: ``(words, id chosen)`` for each place that there can be.
        most: How many of them there are now; a script shows more when candidates come.
        candidates: ``(id, name)``.
        is_open: Whether one can rank now.
        words: What came of it; empty while it is not shown.
        rounds: Each round of the count in words.
    """

    stream: str
    places: tuple[tuple[str, str], ...]
    candidates: tuple[tuple[str, str], ...]
    is_open: bool
    most: int = 1
    words: str = ""
    rounds: tuple[str, ...] = ()


def ranking(stream: str, desk: Desk, step: Record) -> Ranking:
    """The ballot of one stream."""
    found = [
        (i, name_of(i, desk.records))
        for i, c in cards_of_kind(desk.records, "metric")
        if c.get("under") == stream
    ]
    own = [
        i
        for i in (desk.records.get(f"rank/{stream}/{desk.seat}") or {}).get("order", ())
        if i in dict(found)
    ]
    most = min(max(len(found), 1), len(_PLACES))
    chosen = [*own[:most], *[""] * (len(_PLACES) - len(own))]
    is_open = bool(step.get("ranking")) and not step.get("ranks_shown") and desk.is_open
    tally = desk.records.get(f"tally/{stream}") or {}
    return Ranking(
        stream, tuple(zip(_PLACES, chosen, strict=False)), tuple(found), is_open, most,
        _words(tally, desk) if "ballots" in tally else "", tuple(_round(r, desk) for r in tally.get("rounds", ())),
    )  # fmt: skip


def _words(tally: Record, desk: Desk) -> str:
    ballots = plural(int(tally.get("ballots", 0)), "ballot")
    if tally.get("winner"):
        return f"“{name_of(str(tally['winner']), desk.records)}” is ranked first after {ballots}."
    tie = [name_of(str(i), desk.records) for i in tally.get("tie", ())]
    return (
        f"A tie after {ballots}: {listed(tie, 5)}. Talk it over."
        if tie
        else "Nobody has ranked them."
    )


def _round(held: object, desk: Desk) -> str:
    """A round of the count: how many ballots each candidate had."""
    counts = held.get("counts", held) if isinstance(held, dict) else {}
    said = [f"{name_of(str(i), desk.records)} {n}" for i, n in counts.items() if isinstance(n, int)]
    return ", ".join(said)
