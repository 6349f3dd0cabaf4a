"""Titles and fields as numbers: words, parts of words, fields; weighted by how much each tells apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.services.suggestions.learning.needed import learning_library
from mainstem.work.examples import Example, tags_of, words_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]

#: Block → (least number of items with a term, most terms). Methods 9.2.
BLOCKS: Mapping[str, tuple[int, int]] = {
    "word": (2, 120_000), "part": (3, 160_000), "tag": (2, 40_000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """The terms of one kind that a model knows.

    Attributes:
        name: A key of ``BLOCKS``.
        terms: In the order of their columns.
        idf: How much each tells apart.
        places: Term → column within the block.
    """

    name: str
    terms: tuple[str, ...]
    idf: Floats
    places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {t: n for n, t in enumerate(self.terms)})


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each term is in each example: counted once, cut to rows as needed."""

    terms: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, Any]


def count_all(examples: Sequence[Example]) -> Counted:
    """Counts every term that enough of the examples have."""
    terms: dict[str, tuple[str, ...]] = {}
    counts: dict[str, Any] = {}
    for name, (least, most) in BLOCKS.items():
        counter = _counter(name, min_df=min(least, len(examples)), max_features=most)
        try:
            found = counter.fit_transform(_texts(name, examples))
        except ValueError:  # no term is in enough of them
            terms[name], counts[name] = (), _nothing(len(examples))
            continue
        terms[name] = tuple(counter.get_feature_names_out())
        counts[name] = found.astype(np.float32)
    return Counted(terms, counts)


def fit_blocks(counted: Counted, rows: NDArray[np.intp]) -> tuple[tuple[Block, ...], csr_matrix]:
    """The terms known from some rows, and these rows as features."""
    blocks, parts = [], []
    for name, (least, _) in BLOCKS.items():
        taken = counted.counts[name][rows]
        seen = np.asarray((taken > 0).sum(axis=0)).ravel()
        kept = np.flatnonzero(seen >= least)
        idf = (np.log((1 + len(rows)) / (1 + seen[kept])) + 1).astype(np.float32)
        terms = counted.terms[name]
        blocks.append(Block(name, tuple(terms[i] for i in kept), idf))
        parts.append(_weighted(taken[:, kept], idf))
    return tuple(blocks), _side_by_side(parts)


def features_of_rows(
    blocks: Sequence[Block], counted: Counted, rows: NDArray[np.intp]
) -> csr_matrix:
    """Counted rows as the features that some blocks know."""
    parts = []
    for block in blocks:
        places = {t: n for n, t in enumerate(counted.terms[block.name])}
        kept = np.fromiter((places[t] for t in block.terms), dtype=np.intp, count=len(block.terms))
        parts.append(_weighted(counted.counts[block.name][rows][:, kept], block.idf))
    return _side_by_side(parts)


def features_of(blocks: Sequence[Block], examples: Sequence[Example]) -> csr_matrix:
    """Examples as features; terms that nobody knows are left out."""
    parts = []
    for block in blocks:
        if not block.terms:
            parts.append(_nothing(len(examples)))
            continue
        counter = _counter(block.name, vocabulary=block.places)
        found = counter.transform(_texts(block.name, examples)).astype(np.float32)
        parts.append(_weighted(found, block.idf))
    return _side_by_side(parts)


def _texts(name: str, examples: Sequence[Example]) -> list[Any]:
    return [tags_of(e) if name == "tag" else words_of(e) for e in examples]


def _counter(name: str, **more: Any) -> Any:
    text = learning_library("feature_extraction.text")
    if name == "tag":
        return text.CountVectorizer(analyzer=list, **more)
    if name == "part":
        return text.CountVectorizer(analyzer="char_wb", ngram_range=(3, 5), lowercase=False, **more)
    return text.CountVectorizer(
        ngram_range=(1, 2), lowercase=False, token_pattern=r"(?u)\b\w\w+\b", **more
    )


def _weighted(counts: Any, idf: Floats) -> Any:
    """Logarithm of the count, times how much it tells, each row of length one."""
    out = counts.copy()
    out.data = (1 + np.log(out.data)).astype(np.float32) * idf[out.indices]
    length = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    length[length == 0] = 1
    out.data /= np.repeat(length, np.diff(out.indptr)).astype(np.float32)
    return out


def _side_by_side(parts: Sequence[Any]) -> csr_matrix:
    from scipy.sparse import hstack

    return hstack(parts, format="csr", dtype=np.float32)


def _nothing(rows: int) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((rows, 0), dtype=np.float32)
