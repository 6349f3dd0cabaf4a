"""The model: linear, one line for each stream or kind, and how sure a suggestion is.

Methods 9.2: words 1–2 and parts of words 3–5 and fields, a linear support vector machine (C = .5), and a
sigmoid on top. Two things differ from there, both because they measured better on later work of three
trackers (``bench/ATTRIBUTION.md``): rare streams weigh more (by the root of how rare they are) and newer
items more; and the sigmoid is fitted on *later* items instead of shuffled ones, and also sees how far the
second is behind, how much of the item is known at all, and how familiar its project is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mainstem.services.suggestions.learning.features import (
    Block,
    Counted,
    Floats,
    features_of,
    fit_blocks,
)
from mainstem.services.suggestions.learning.needed import learning_library
from mainstem.work.examples import Example, bare_words, words_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Doubles = NDArray[np.float64]
#: Regularisation, how much newer items weigh (by e to this), and the seed. Part of every version.
C, DECAY, SEED, TOLERANCE = 0.5, 1.0, 20_261, 1e-3
#: Above so many, how familiar a project or how known an item is makes no difference.
FAMILIAR, KNOWN = 200, 100
#: Items that say nothing, beside those by which being sure is learned.
LEAST_SILENT = 10
#: What being sure is judged by.
SIGNS = ("score", "lead", "known", "familiar", "named", "learned")
#: What a name in a title may bring; what was best on later items is taken.
NAMED = (0.0, 0.25, 0.5, 1.0, 1.5)


@dataclass(frozen=True, slots=True)
class Confidence:
    """A sigmoid over ``SIGNS``, each first brought to mean 0 and spread 1."""

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def sure(self, signs: Doubles) -> Doubles:
        """Probability that the first guess is right, for each row of signs."""
        scaled = (signs - np.array(self.mean)) / np.array(self.spread)
        made: Doubles = 1 / (1 + np.exp(-(scaled @ np.array(self.weights) + self.bias)))
        return made


@dataclass(frozen=True, slots=True)
class Lines:
    """What was fitted: a line for each target.

    Attributes:
        blocks: The terms, in the order of the columns of ``weights``.
        targets: ``stream:x`` or ``kind:y``, in the order of the rows.
        weights, bias: The lines.
        projects: How many items of each project were learned from.
        names: Target → its name. A target with a name of which nothing was learned has a line of its
            own that says no: only its name in a title can speak for it.
        named: What a target's name in the title brings.
    """

    blocks: tuple[Block, ...]
    targets: tuple[str, ...]
    weights: Floats
    bias: Floats
    projects: Mapping[str, int]
    names: Mapping[str, str]
    named: float = 0.0


@dataclass(frozen=True, slots=True)
class Scored:
    """Examples held against the lines: the best target, the second, and the signs."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    signs: Doubles


def fit_lines(
    counted: Counted,
    rows: NDArray[np.intp],
    examples: Sequence[Example],
    targets: Sequence[str],
    names: Mapping[str, str],
) -> Lines:
    """Fits the lines on some rows, which are in order of time; the same rows give the same lines."""
    blocks, features = fit_blocks(counted, rows)
    labels = np.array([targets[i] for i in rows])
    found, numbers, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    age = np.arange(len(rows))[::-1] / max(len(rows), 1)
    rare = np.sqrt(len(rows) / len(found) / sizes)
    weights, bias = _fit(features, numbers, len(found), np.exp(-DECAY * age) * rare[numbers])
    projects: dict[str, int] = {}
    for i in rows:
        projects[examples[i].project] = projects.get(examples[i].project, 0) + 1
    learned = tuple(str(f) for f in found)
    unheard = tuple(sorted(t for t in names if t not in set(learned)))
    nothing = np.zeros((len(unheard), weights.shape[1]), dtype=np.float32)
    says_no = np.full(len(unheard), -1, dtype=np.float32)
    return Lines(
        blocks, (*learned, *unheard), np.vstack([weights, nothing]), np.concatenate([bias, says_no]),
        projects, dict(names),
    )  # fmt: skip


def _fit(
    features: csr_matrix, numbers: NDArray[np.intp], count: int, weight: Doubles
) -> tuple[Floats, Floats]:
    """One line against the rest for each target; half of them in each of two threads."""
    from concurrent.futures import ThreadPoolExecutor

    svm = learning_library("svm")
    wide = features.astype(np.float64)
    halves = [h for h in np.array_split(np.arange(count), 2 if count > 3 else 1) if len(h)]

    def some(half: NDArray[np.intp]) -> tuple[Doubles, Doubles]:
        # what belongs to the other half is one more class, of which the line is thrown away
        mine = np.where(np.isin(numbers, half), numbers, count)
        one = svm.LinearSVC(C=C, random_state=SEED, tol=TOLERANCE, max_iter=300)
        one.fit(wide, mine, sample_weight=weight)
        if len(one.classes_) == 2:  # one line tells two apart
            return np.vstack([-one.coef_, one.coef_]), np.array([-1, 1]) * one.intercept_[0]
        return one.coef_[: len(half)], one.intercept_[: len(half)]

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(some, halves))
    weights = np.vstack([w for w, _ in found])[:count].astype(np.float32)
    return weights, np.concatenate([b for _, b in found])[:count].astype(np.float32)


@dataclass(frozen=True, slots=True)
class Held:
    """Examples held against the lines, before names count: reckoned once, scored often.

    Attributes:
        bare: The score of each example (rows) for each target (columns).
        in_title: 1 where a target's name stands in the title.
        known: How much of each example is known at all.
        seen: How many items of its project were learned from.
        learned: Which targets something was learned of.
    """

    bare: Floats
    in_title: Floats
    known: NDArray[np.intp]
    seen: NDArray[np.intp]
    learned: NDArray[np.bool_]


def hold(lines: Lines, features: csr_matrix, examples: Sequence[Example]) -> Held:
    """Holds examples against the lines."""
    bare = np.asarray(features @ lines.weights.T) + lines.bias
    known = np.minimum(np.diff(features.indptr), KNOWN).astype(np.intp)
    seen = [min(lines.projects.get(e.project, 0), FAMILIAR) for e in examples]
    learned = np.asarray(lines.weights.any(axis=1), dtype=np.bool_)
    return Held(
        bare, names_in_titles(lines, examples), known, np.array(seen, dtype=np.intp), learned
    )


def score(held: Held, named: float) -> Scored:
    """The best and second target of each example, where a name in the title brings ``named``."""
    scores = held.bare + named * held.in_title
    rows = np.arange(len(scores))
    first = scores.argmax(axis=1)
    rest = scores.copy()
    rest[rows, first] = -np.inf
    second = rest.argmax(axis=1) if scores.shape[1] > 1 else first
    signs = np.column_stack(
        [
            held.bare[rows, first],
            scores[rows, first] - scores[rows, second],
            np.log1p(held.known),
            np.log1p(held.seen),
            held.in_title[rows, first],
            held.learned[first],
        ]
    ).astype(float)
    return Scored(first, second, signs)


def names_in_titles(lines: Lines, examples: Sequence[Example]) -> Floats:
    """1 where all words of a target's name stand in an item's title, else 0."""
    asked = [
        (n, frozenset(bare_words(lines.names.get(t, "")))) for n, t in enumerate(lines.targets)
    ]
    asked = [(n, words) for n, words in asked if words]
    out = np.zeros((len(examples), len(lines.targets)), dtype=np.float32)
    for row, example in enumerate(examples):
        held = set(bare_words(words_of(example)))
        for n, words in asked:
            if words <= held:
                out[row, n] = 1
    return out


def score_examples(lines: Lines, examples: Sequence[Example]) -> tuple[Scored, csr_matrix]:
    """Holds examples that nobody has counted against the lines; also their features."""
    features = features_of(lines.blocks, examples)
    return score(hold(lines, features, examples), lines.named), features


def fit_confidence(signs: Doubles, right: NDArray[np.bool_]) -> Confidence:
    """How sure to be, from later items of which is known whether the first guess was right.

    To these come a few items that say nothing at all, guessed wrong: what resembles nothing known must
    not be thought sure only because everything judged so far was right.
    """
    silent = np.tile(_silent(signs), (max(LEAST_SILENT, len(signs) // 50), 1))
    rows = np.vstack([signs, silent])
    hits = np.concatenate([right, np.zeros(len(silent), dtype=np.bool_)])
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread < 1e-6] = 1e9  # a sign that never differs says nothing
    if not right.any():
        none = tuple(0.0 for _ in SIGNS)
        return Confidence(none, tuple(1.0 for _ in SIGNS), none, -9.0)
    linear = learning_library("linear_model")
    made = linear.LogisticRegression(C=1.0).fit((rows - mean) / spread, hits)
    return Confidence(
        tuple(map(float, mean)),
        tuple(map(float, spread)),
        tuple(map(float, made.coef_[0])),
        float(made.intercept_[0]),
    )


def _silent(signs: Doubles) -> Doubles:
    """Signs of an item that says nothing: it scores as low as any has, and leads nobody."""
    low = min(float(signs[:, 0].min()), -0.5) if len(signs) else -1.0
    return np.array([low, 0.0, 0.0, np.median(signs[:, 3]) if len(signs) else 0.0, 0.0, 1.0])
