"""How much two lines of words have in common, rare words counting for more; and who is nearest.

A likeness is the weighted Jaccard index: the weight of the words in both over the weight of the words in
either. A word's weight is ``log(1 + n / df)`` for ``n`` texts of which ``df`` have it, so that every
likeness can be explained by the words that made it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)
_WORD = re.compile(r"[^\W_]+")
#: Scripts that put no space between words are cut into pairs of letters.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
#: Words that say nothing about what a text is about.
STOP = frozenset(
    """
    a an and are as at be by can do does for from has have if in into is it its make more not of off on or our
    out so than that the their them then this to up use was we when where which will with you add fix new update
    implement improve support allow der die das und oder mit fuer für von zu im
    """.split()  # noqa: SIM905 (a list of words is read as one)
)
#: Longer texts are cut: a title of a thousand words is nobody's title.
MOST_LETTERS = 2_000


def words_of(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, in lower case and without a plural's ``s``."""
    out: set[str] = set()
    for word in _WORD.findall(text[:MOST_LETTERS].casefold()):
        if _UNSPACED.search(word):
            out.update(word[n : n + 2] for n in range(max(1, len(word) - 1)))
        elif word not in STOP and (len(word) > 1 or word.isdigit()):
            out.add(_stem(word))
    return frozenset(out)


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@dataclass(frozen=True, slots=True)
class Near(Generic[T]):
    """A text that is near to another.

    Attributes:
        name: What it was added as.
        likeness: From 0 to 1.
        shared: The words of both, those that count most first.
    """

    name: T
    likeness: float
    shared: tuple[str, ...]


class Nearest(Generic[T]):
    """Texts to be compared with, found by their words. Adding one again replaces it."""

    def __init__(self) -> None:
        self._words: dict[T, frozenset[str]] = {}
        self._with: dict[str, dict[T, None]] = {}
        # of words and of whole texts, until a text is added or removed
        self._weights: dict[str, float] = {}
        self._sums: dict[T, float] = {}

    def __len__(self) -> int:
        return len(self._words)

    def copy(self) -> Nearest[T]:
        """Another one of the same texts."""
        made = Nearest[T]()
        made._words = dict(self._words)
        made._with = {word: dict(names) for word, names in self._with.items()}
        return made

    def add(self, name: T, text: str) -> None:
        """Adds a text under a name."""
        self.remove(name)
        words = words_of(text)
        self._words[name] = words
        for word in words:
            self._with.setdefault(word, {})[name] = None

    def remove(self, name: T) -> None:
        """Takes a text out, if it is there."""
        self._weights, self._sums = {}, {}
        for word in self._words.pop(name, frozenset()):
            self._with[word].pop(name, None)

    def weight(self, word: str) -> float:
        """What a word counts: more, the fewer texts have it."""
        known = self._weights.get(word)
        if known is None:
            having = max(1, len(self._with.get(word, ())))
            known = self._weights[word] = math.log(1 + (len(self._words) + 1) / having)
        return known

    def nearest(self, text: str, *, floor: float, most: int) -> tuple[Near[T], ...]:
        """The texts that are at least ``floor`` like this one, the nearest first, at most so many."""
        asked = words_of(text)
        whole = math.fsum(self.weight(w) for w in asked)
        found = []
        for name, common in self._common(asked, floor * whole).items():
            # what both have is in both sums
            likeness = common / (whole + self._sum(name) - common)
            if likeness >= floor:
                found.append((likeness, name))
        found.sort(key=lambda pair: (-pair[0], str(pair[1])))
        return tuple(
            Near(name, min(1.0, likeness), self._shared(asked, name))
            for likeness, name in found[:most]
        )

    def _common(self, asked: frozenset[str], least: float) -> dict[T, float]:
        """Texts with the weight of what they share, if it is ``least`` or more.

        A text that shares none of the rarest words cannot reach it with the others: once what is left
        weighs less than ``least``, no new text is taken up.
        """
        shared: dict[T, float] = {}
        left = math.fsum(self.weight(w) for w in asked)
        for word in sorted(asked, key=lambda w: (-self.weight(w), w)):
            weight, having = self.weight(word), self._with.get(word, {})
            if left >= least:
                for name in having:
                    shared[name] = shared.get(name, 0.0) + weight
            else:
                for name in shared.keys() & having.keys():
                    shared[name] += weight
            left -= weight
        return {name: common for name, common in shared.items() if common >= least}

    def _sum(self, name: T) -> float:
        known = self._sums.get(name)
        if known is None:
            known = self._sums[name] = math.fsum(self.weight(w) for w in self._words[name])
        return known

    def _shared(self, asked: frozenset[str], name: T) -> tuple[str, ...]:
        return tuple(sorted(asked & self._words[name], key=lambda w: (-self.weight(w), w)))
