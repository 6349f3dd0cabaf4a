"""Commits that are read, one after the other: what becomes of each, and what was seen on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mainstem.sources.git.client import Repository
from mainstem.sources.git.commit import Commit
from mainstem.sources.git.people import Person, people_of
from mainstem.sources.git.translate import MOST_PATHS, Translator


class Tray(Protocol):
    """Where the rows of commits go: a ``Stage``, or the batches of a sync."""

    def accept(
        self, items: Iterable[Mapping[str, Any]], records: Iterable[Mapping[str, Any]]
    ) -> None:
        """One commit that became rows."""
        ...

    def reject(self, place: str, reason: str, sample: str) -> None:
        """One commit that was refused."""
        ...


@dataclass(slots=True)
class Reading:
    """One reading of one log, and what was seen on the way.

    Attributes:
        translator: Turns commits into rows.
        repository: Where ``.mailmap`` is asked for; ``None`` for a log file.
        cut: Commits at the cut of a shallow clone: their paths say nothing.
        skips_merges: Whether merges are left out.
        is_mapped: Whether there may be a ``.mailmap``.
    """

    translator: Translator
    repository: Repository | None = None
    cut: frozenset[str] = frozenset()
    skips_merges: bool = False
    is_mapped: bool = True
    notes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def take(self, commits: Sequence[Commit], seen: set[str], onto: Tray) -> None:
        """Puts what becomes of some commits onto a tray.

        Args:
            seen: Names of those that were taken before; grows.
        """
        self._learn_people(commits)
        for commit in commits:
            self._one(commit, seen, onto)

    def _one(self, commit: Commit, seen: set[str], onto: Tray) -> None:
        if self.skips_merges and commit.parents > 1:
            self._count("skipped")
            return
        place = f"commit {commit.sha}"
        refusal = "the same commit again" if commit.sha in seen else self.translator.refusal(commit)
        if refusal:
            onto.reject(place, refusal, commit.said or commit.subject)
            return
        seen.add(commit.sha)
        if commit.sha in self.cut:
            commit = commit._replace(paths=())
        item, records = self.translator.rows(commit)
        if item["bot"]:
            self._count("bots")
        if not records:
            self._count("merges")
        if len(commit.paths) > MOST_PATHS:
            self._count("large")
        if "\ufffd" in commit.subject or "\ufffd" in commit.body or "\ufffd" in commit.author:
            self._count("encoding")
        onto.accept((item,), records)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _learn_people(self, batch: Sequence[Commit]) -> None:
        """Asks git how ``.mailmap`` writes co-authors; authors come mapped."""
        if self.repository is None or not self.is_mapped:
            return
        fresh = [
            person
            for commit in batch
            for person in people_of(commit.author, commit.mail, commit.body)[1:]
            if person not in self.translator.canonical
        ]
        fresh = list(dict.fromkeys(fresh))
        if fresh:
            mapped = self.repository.canonical(fresh)
            known = (Person(*pair) for pair in mapped)
            self.translator.canonical.update(zip(fresh, known, strict=True))

    def conclude(self) -> None:
        """Adds to the notes what was seen on the way."""
        for what, words in _NOTES.items():
            if n := self.counts.get(what):
                self.notes.append(f"{n:,} {words}")


_NOTES = {
    "bots": "commits are by programs; they are kept, and count for no team.",
    "merges": "merges are kept as items without effort.",
    "skipped": "merges were skipped, as asked.",
    "large": f"commits change more than {MOST_PATHS:,} paths; the first of them are kept.",
    "encoding": "messages or names are not UTF-8; what could not be read is shown as \ufffd.",
}
