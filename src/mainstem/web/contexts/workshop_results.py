"""What the room has come to at a step, as far as it was shown to all: groupings, votes, rankings, answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mainstem.figures.wording import plural
from mainstem.web.contexts.workshop_steps import Records, cards_of, of, said
from mainstem.workshop.board import Record

#: Lines of all results that a wall can hold; a line with a remark below it is two.
MOST = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a result.

    Attributes:
        words: What it is about.
        count: What was counted, e.g. ``7`` or ``5 of 9``.
        share: Length of its bar, 0 to 100; ``None`` for no bar.
        note: A remark, e.g. ``the room differs``.
        is_first: Whether it is what the room chose.
    """

    words: str
    count: str = ""
    share: int | None = None
    note: str = ""
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A result with a title, its lines best first, and how many more there are."""

    title: str
    lines: tuple[Line, ...]
    more: int = 0


def results(records: Records, step: str, at: Record) -> tuple[Result, ...]:
    """Everything that can be shown of a step; nothing of what is still silent."""
    plain = [(i, c) for i, c in cards_of(records, step) if not c.get("silent")]
    found = [
        *_dots(records, plain, at), *_rankings(records, at), *_answers(records, plain),
        *_clusters(plain),
    ]  # fmt: skip
    return tuple(_fitted(found))


def _held(title: str, lines: Iterable[Line]) -> Iterator[Result]:
    held = tuple(lines)
    if held:
        yield Result(title, held)


def _fitted(found: Iterable[Result]) -> Iterator[Result]:
    """As many lines as a wall holds, from the first result on."""
    left = MOST
    for result in found:
        kept: list[Line] = []
        for line in result.lines:
            left -= 2 if line.note else 1
            if left < 0:
                break
            kept.append(line)
        if kept:
            yield Result(result.title, tuple(kept), len(result.lines) - len(kept))
        left -= 1


def _dots(records: Records, cards: list[tuple[str, Record]], at: Record) -> Iterator[Result]:
    if not at.get("dots_shown"):
        return
    counts = [
        (said(c.get("text")), int((records.get(f"tally/{i}") or {}).get("dots") or 0))
        for i, c in cards
    ]
    counts = sorted((c for c in counts if c[1]), key=lambda c: (-c[1], c[0]))
    top = counts[0][1] if counts else 1
    yield from _held(
        "Most dots", (Line(w, str(n), round(100 * n / top), is_first=n == top) for w, n in counts)
    )


def _rankings(records: Records, at: Record) -> Iterator[Result]:
    if not at.get("ranks_shown"):
        return
    lines = []
    for ident, tally in of(records, "tally"):
        stream = records.get(f"card/{ident}")
        if stream is None or "ballots" not in tally:
            continue
        winner = records.get(f"card/{tally.get('winner')}") if tally.get("winner") else None
        words = said(winner.get("text")) if winner else "a tie: rank again, or choose"
        ballots = plural(int(tally.get("ballots") or 0), "ballot")
        lines.append(
            Line(words, note=f"{said(stream.get('text'))} · {ballots}", is_first=bool(winner))
        )
    yield from _held("Chosen by ranking", lines)


def _answers(records: Records, cards: list[tuple[str, Record]]) -> Iterator[Result]:
    """Statements that the room answered; those on which it differs come first."""
    lines = []
    for ident, card in cards:
        tally = records.get(f"tally/{ident}")
        if card.get("kind") != "statement" or not tally or "true" not in tally:
            continue
        yes, no, open_ = (int(tally.get(k) or 0) for k in ("true", "false", "cannot_say"))
        counts = f"{yes} true · {no} false · {open_} cannot say"
        note = "The room differs: talk about it" if tally.get("differ") else ""
        lines.append((not tally.get("differ"), said(card.get("text")), counts, note))
    yield from _held("What the room answered", (Line(w, c, note=n) for _, w, c, n in sorted(lines)))


def _clusters(cards: list[tuple[str, Record]]) -> Iterator[Result]:
    sizes: dict[str, int] = defaultdict(int)
    for _, card in cards:
        if heading := said(card.get("cluster")):
            sizes[heading] += 1
    ordered = sorted(sizes.items(), key=lambda c: (-c[1], c[0]))
    yield from _held("Groupings", (Line(h, plural(n, "card")) for h, n in ordered))
