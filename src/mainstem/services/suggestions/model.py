"""Training a version on a ledger, and asking it about what nothing speaks for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.services.suggestions.ground import labelled, names_of, unknown
from mainstem.services.suggestions.versions import (
    Standing,
    SuggestedRow,
    keep_version,
    put_suggested,
    standing,
    use,
)

if TYPE_CHECKING:
    from mainstem.plan.model import Plan
    from mainstem.services.scores.book import Book
    from mainstem.services.suggestions.learning.training import Model


def train(book: Book, folder: Path, *, at: datetime) -> Standing:
    """Learns from everything of which is known what it was for, and suggests for what is not.

    Raises:
        MainstemError: too little to learn from, or scikit-learn is not installed; what is in use stays.
    """
    from mainstem.services.suggestions.learning.training import MOST_LABELLED
    from mainstem.services.suggestions.learning.training import train as learn

    made = learn(labelled(book, most=MOST_LABELLED), names_of(book.plan), at=at)
    keep_version(made, folder)
    _suggest(made, book, folder, at=at)
    use(folder, made.version)
    return standing(folder)


def suggest_again(book: Book, folder: Path, *, at: datetime) -> Standing:
    """Asks the version in use about the ledger as it is now.

    Raises:
        MainstemError: the version cannot be read, or scikit-learn is not installed.
    """
    from mainstem.services.suggestions.learning.keeping import load

    held = standing(folder)
    if held.version is None:
        return held
    _suggest(load(folder / held.version.name), book, folder, at=at)
    return standing(folder)


def _suggest(made: Model, book: Book, folder: Path, *, at: datetime) -> None:
    """Keeps what a version suggests; one that does not beat what is simpler suggests nothing."""
    from mainstem.services.suggestions.learning.training import suggest

    asked = unknown(book)
    guesses = suggest(made, [o.example for o in asked]) if made.measured.beats else []
    known = names_of(book.plan)
    rows = [
        SuggestedRow(
            o.item, o.example.key, o.source, o.example.title, g.target, round(g.sure, 4), g.second,
            g.because.words, g.because.fields, o.parts,
        )
        for o, g in zip(asked, guesses, strict=False)
        if g is not None and g.target in known
    ]  # fmt: skip
    rows.sort(key=lambda r: (-r.sure, r.key))
    put_suggested(
        folder, made.version, rows, asked=len(asked), ledger=book.desk.view.version, at=at
    )


def why_quiet(held: Standing) -> str:
    """Why nothing is suggested, in a sentence; empty where something may be."""
    if held.version is None:
        return held.why_not or "No model has been trained yet."
    measured = held.version.measured
    if measured.beats:
        return ""
    best = measured.best_baseline
    return (
        f"The model keeps quiet: on later work its macro-F1 is {measured.macro_f1:.2f}, and the simplest"
        f" way that is as good, {best.name}, has {best.macro_f1:.2f}. Claims are better here."
    )


def reason_of(row: SuggestedRow, plan: Plan) -> str:
    """``words `manifest`, `buffer`; component player; team Player core``."""
    said = []
    if row.words:
        words = ", ".join(f"`{w}`" for w in row.words)
        said.append(f"word{'s' if len(row.words) > 1 else ''} {words}")
    for kind, value in row.fields:
        team = plan.teams.get(value) if kind == "team" else None
        said.append(f"{kind} {(team.name or value) if team else value}")
    return "; ".join(said)
