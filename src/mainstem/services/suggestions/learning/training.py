"""Training: from labelled items to a version of the model with its measurement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING

import numpy as np

from mainstem.errors import MainstemError
from mainstem.services.suggestions.learning import features, model
from mainstem.services.suggestions.learning.features import count_all
from mainstem.services.suggestions.learning.judging import LEAST_SURE, Measured, judge
from mainstem.services.suggestions.learning.model import (
    Confidence,
    Lines,
    fit_lines,
    score_examples,
)
from mainstem.services.suggestions.learning.needed import learning_library
from mainstem.services.suggestions.learning.reasoning import Because, Reasons
from mainstem.services.suggestions.learning.split import (
    CUTS,
    LEAST_OF_TARGET,
    MOST_OF_TARGET,
    enough,
    in_time,
)
from mainstem.work.examples import Example, Labelled

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from mainstem.services.suggestions.learning.features import Floats

#: Fewer labelled items are not learned from; of more, the newest count.
LEAST_LABELLED, MOST_LABELLED = 200, 100_000
#: Fewer known parts of words than this say nothing by themselves.
LEAST_PARTS = 5
#: Raised when the same items would give another model.
METHOD = 1


@dataclass(frozen=True, slots=True)
class Model:
    """A version of the model.

    Attributes:
        version: ``s-DAY-DIGEST``; the digest is of what it was learned from and how.
        inputs: The whole digest.
        made: When.
        labelled: How many items it was learned from.
        by_person: Of how many of these a person had said what they were for.
        lines, confidence: What was learned.
        measured: How good it was on later items.
    """

    version: str
    inputs: str
    made: datetime
    labelled: int
    by_person: int
    lines: Lines
    confidence: Confidence
    measured: Measured


@dataclass(frozen=True, slots=True)
class Guess:
    """What an item was probably for.

    Attributes:
        target: ``stream:x`` or ``kind:y``.
        sure: Probability that it is right.
        second: The next best.
        because: What speaks for it.
    """

    target: str
    sure: float
    second: str
    because: Because


def train(labelled: Sequence[Labelled], names: Mapping[str, str], *, at: datetime) -> Model:
    """Learns from items of which is known what they were for; the same ones give the same model.

    Raises:
        MainstemError: too few items, too few of all streams but one, or scikit-learn is not installed.
    """
    ordered = in_time(labelled)[-MOST_LABELLED:]
    rows = enough(ordered, len(ordered))
    _refuse_few(ordered, rows)
    learning_library("svm")
    examples = [x.example for x in ordered]
    counted = count_all(examples)
    measured, confidence, named = judge(ordered, counted, names)
    lines = fit_lines(counted, rows, examples, [x.target for x in ordered], names)
    lines = replace(lines, named=named)
    inputs = digest_of(ordered, names)
    return Model(
        f"s-{at:%Y%m%d}-{inputs[:8]}", inputs, at, len(rows), sum(ordered[i].by_person for i in rows),
        lines, confidence, measured,
    )  # fmt: skip


def _refuse_few(ordered: Sequence[Labelled], rows: Sequence[int] | np.ndarray) -> None:
    if len(ordered) < LEAST_LABELLED:
        raise MainstemError(
            f"There are {len(ordered)} items of which is known what they were for: too few to learn"
            f" from, {LEAST_LABELLED} are the least.",
            "Claims and shares by hand make more of them.", code="suggest.few",
        )  # fmt: skip
    early = int(CUTS[0] * len(ordered))
    for part in (rows, enough(ordered, early)):
        if len({ordered[i].target for i in part}) < 2:
            raise MainstemError(
                f"Fewer than two streams or kinds have {LEAST_OF_TARGET} items of which is known what"
                " they were for, early and late: there is nothing to tell apart.",
                "Claims and shares by hand make more of them.", code="suggest.few",
            )  # fmt: skip


def digest_of(ordered: Sequence[Labelled], names: Mapping[str, str]) -> str:
    """A digest of what is learned from, and of all that decides what comes out."""
    said = hashlib.sha256()
    how = [METHOD, model.C, model.DECAY, model.SEED, model.NAMED, sorted(names.items()), CUTS, LEAST_OF_TARGET, MOST_OF_TARGET, features.BLOCKS,
           version_of("scikit-learn"), version_of("numpy"), version_of("scipy")]  # fmt: skip
    said.update(json.dumps(how, sort_keys=True).encode())
    for x in ordered:
        one = json.dumps([asdict(x.example), x.target, x.by_person], sort_keys=True, default=_plain)
        said.update(one.encode())
    return said.hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def suggest(
    found: Model, examples: Sequence[Example], *, least: float = LEAST_SURE
) -> list[Guess | None]:
    """What each item was probably for; ``None`` where nothing is sure enough to be said."""
    if not examples:
        return []
    lines = found.lines
    scored, rows = score_examples(lines, examples)
    sure = found.confidence.sure(scored.signs)
    reasons = Reasons(lines.blocks, lines.weights)
    out: list[Guess | None] = []
    for n, example in enumerate(examples):
        if sure[n] < least or not _says_enough(lines, rows, n):
            out.append(None)  # too little speaks for anything, or nothing is known of it
            continue
        number = int(scored.first[n])
        row = rows.indices[rows.indptr[n] : rows.indptr[n + 1]]
        values: Floats = rows.data[rows.indptr[n] : rows.indptr[n + 1]]
        because = reasons.of(example, number, row, values)
        out.append(
            Guess(lines.targets[number], float(sure[n]), lines.targets[scored.second[n]], because)
        )
    return out


def _says_enough(lines: Lines, rows: csr_matrix, n: int) -> bool:
    """Whether some whole word or field is known, or parts enough of words not to be chance."""
    columns = rows.indices[rows.indptr[n] : rows.indptr[n + 1]]
    words, parts = (len(b.terms) for b in lines.blocks[:2])
    is_whole = (columns < words) | (columns >= words + parts)
    return len(columns) >= LEAST_PARTS or bool(is_whole.any())
