"""Why something is suggested, in words that stand in the item: its title's words and its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mainstem.services.suggestions.learning.features import Block, Floats
from mainstem.services.suggestions.learning.split import Rows
from mainstem.work.examples import Example, bare_words, words_of

#: Most words and fields named.
MOST_WORDS, MOST_FIELDS = 3, 3
#: What speaks less than this share of the strongest is not named.
_WORTH = 0.25


@dataclass(frozen=True, slots=True)
class Because:
    """What speaks for a suggestion, strongest first.

    Attributes:
        words: Words of the title.
        fields: (kind, value) such as ``("component", "player")``; a team by its identifier.
    """

    words: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]


class Reasons:
    """Finds what speaks for suggestions; make it once and ask often."""

    def __init__(self, blocks: Sequence[Block], weights: Floats) -> None:
        self._blocks = {b.name: b for b in blocks}
        self._weights = weights
        starts, at = {}, 0
        for block in blocks:
            starts[block.name] = at
            at += len(block.terms)
        self._starts = starts

    def of(self, example: Example, target: int, columns: Rows, values: Floats) -> Because:
        """What speaks for a target: ``columns`` and ``values`` are the item's features."""
        speaks = dict(
            zip(columns.tolist(), (values * self._weights[target, columns]).tolist(), strict=True)
        )
        words = self._words(words_of(example), speaks)
        tags = self._tags(speaks)
        most = max([0.0, *words.values(), *tags.values()])
        least = most * _WORTH
        return Because(
            tuple(w for w, _ in _strongest(words, least, MOST_WORDS)),
            tuple((t.partition("=")[0], t.partition("=")[2]) for t, _ in _strongest(tags, least, MOST_FIELDS)),
        )  # fmt: skip

    def _words(self, text: str, speaks: dict[int, float]) -> dict[str, float]:
        """What each word of the title brings, by itself, in pairs and by its parts."""
        words = bare_words(text)
        whole, parts = self._blocks["word"].places, self._blocks["part"].places
        first, base = self._starts["word"], self._starts["part"]
        out: dict[str, float] = {}
        for n, word in enumerate(words):
            brought = speaks.get(first + whole[word], 0.0) if word in whole else 0.0
            for other in (n - 1, n):
                pair = " ".join(words[other : other + 2]) if 0 <= other < len(words) - 1 else ""
                if pair in whole:
                    brought += speaks.get(first + whole[pair], 0.0) / 2
            for part in _parts(word):
                if part in parts:
                    brought += speaks.get(base + parts[part], 0.0)
            out[word] = max(out.get(word, 0.0), brought)
        return out

    def _tags(self, speaks: dict[int, float]) -> dict[str, float]:
        block, start = self._blocks["tag"], self._starts["tag"]
        end = start + len(block.terms)
        return {block.terms[c - start]: v for c, v in speaks.items() if start <= c < end}


def _strongest(speaks: dict[str, float], least: float, most: int) -> list[tuple[str, float]]:
    ranked = sorted(speaks.items(), key=lambda x: (-x[1], x[0]))
    return [(w, v) for w, v in ranked if v > 0 and v >= least][:most]


def _parts(word: str) -> Iterator[str]:
    """The word's own parts of three to five letters, its ends marked by a space."""
    padded = f" {word} "
    for size in (3, 4, 5):
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]
