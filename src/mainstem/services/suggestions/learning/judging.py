"""How good suggestions are: learned from the past, judged by what came later. Methods 9.3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mainstem.services.suggestions.learning import baselines
from mainstem.services.suggestions.learning.features import Counted, features_of_rows
from mainstem.services.suggestions.learning.figures import (
    Bin,
    Doubles,
    Threshold,
    Truths,
    calibration,
    choose_threshold,
    f1_of,
    jeffreys_lower,
    macro_f1,
    value_error,
    verified,
)
from mainstem.services.suggestions.learning.model import (
    NAMED,
    Confidence,
    Held,
    fit_confidence,
    fit_lines,
    hold,
    score,
)
from mainstem.services.suggestions.learning.split import Fold, Rows, folds
from mainstem.work.examples import Labelled, words_of

#: Less sure than this, nothing is suggested: it would be wrong more often than right.
LEAST_SURE = 0.5
#: A share of right first guesses that is good enough where something simpler is as good.
NEARLY_ALWAYS = 0.95


@dataclass(frozen=True, slots=True)
class Baseline:
    """Something simpler, on the same later items."""

    name: str
    macro_f1: float
    accuracy: float
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class OfTarget:
    """How good suggestions of one stream or kind are; ``None`` where there is nothing to go by.

    ``learned`` and ``later``: how many items it has among those learned from, and among the later ones.
    """

    target: str
    learned: int
    later: int
    precision: float | None
    recall: float | None
    threshold: Threshold


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures of one measurement.

    Attributes:
        learned, later: Items learned from, and later items it was judged by.
        aside: Later items left out because they are part of something that was learned from.
        unheard: Later items of streams or kinds that were not learned.
        first_day, last_day: Of the later items.
        macro_f1, accuracy: Of the first guess for every later item.
        suggested: Share of the later items that were sure enough to be suggested.
        suggested_right: Share of these that were right.
        threshold: For automatic acceptance, over all streams.
        calibration_error: Over ten stretches; ``bins`` are these.
        value_error: How far the Value Score by suggestions is from the true one, where something is
            suggested; ``value_error_sure``: where the threshold is reached; ``value_error_all``: with the
            first guess for every item. ``None`` where there are no such items.
        baselines: What is simpler, on the same items.
        targets: Each stream and kind.
    """

    learned: int
    later: int
    aside: int
    unheard: int
    first_day: str
    last_day: str
    macro_f1: float
    accuracy: float
    suggested: float
    suggested_right: float | None
    threshold: Threshold
    calibration_error: float
    bins: tuple[Bin, ...]
    value_error: float | None
    value_error_sure: float | None
    value_error_all: float | None
    baselines: tuple[Baseline, ...]
    targets: tuple[OfTarget, ...]

    @property
    def best_baseline(self) -> Baseline:
        """The simplest way that is hardest to beat."""
        return max(self.baselines, key=lambda b: b.macro_f1)

    @property
    def beats(self) -> bool:
        """Whether it is worth listening to: as good over streams as every baseline, and right more often than
        any by more than chance, or nearly always."""
        right = round(self.accuracy * self.later)
        lower = jeffreys_lower(right, self.later)
        simpler = max(b.accuracy for b in self.baselines)
        is_right = lower > simpler or (self.accuracy >= max(simpler, NEARLY_ALWAYS))
        return is_right and self.macro_f1 >= self.best_baseline.macro_f1


@dataclass(frozen=True, slots=True)
class _Future:
    """What was guessed of later items."""

    truth: list[str]
    guess: list[str]
    signs: Doubles
    right: Truths


def judge(
    labelled: Sequence[Labelled], counted: Counted, names: Mapping[str, str]
) -> tuple[Measured, Confidence, float]:
    """Measures, and learns how sure to be.

    Args:
        labelled: In order of time.
        names: Target → its name, for the baseline that looks for it in titles.

    Returns:
        The figures, the confidence for a model of everything, and what a name in a title brings.
    """
    cut, aside = folds(labelled)
    fitted = [_fitted(fold, labelled, counted, names) for fold in cut]
    named = max(NAMED, key=lambda n: (sum(f.ahead(n).right.sum() for f in fitted[:-1]), -n))
    *earlier, last = (f.ahead(named) for f in fitted)
    confidence = _confidence(earlier)
    measured = _measured(
        labelled, counted, cut[-1], aside, names, confidence, _together(earlier), last
    )
    return measured, _confidence([*earlier, last]), named


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A fold's future held against what was learned from its past."""

    held: Held
    targets: tuple[str, ...]
    truth: list[str]

    def ahead(self, named: float) -> _Future:
        """What is guessed where a name in the title brings ``named``."""
        found = score(self.held, named)
        guess = [self.targets[n] for n in found.first]
        right = np.array([t == g for t, g in zip(self.truth, guess, strict=True)], dtype=np.bool_)
        return _Future(self.truth, guess, found.signs, right)


def _fitted(
    fold: Fold, labelled: Sequence[Labelled], counted: Counted, names: Mapping[str, str]
) -> _Fitted:
    examples = [x.example for x in labelled]
    lines = fit_lines(counted, fold.past, examples, [x.target for x in labelled], names)
    features = features_of_rows(lines.blocks, counted, fold.future)
    held = hold(lines, features, [examples[i] for i in fold.future])
    return _Fitted(held, lines.targets, [labelled[i].target for i in fold.future])


def _together(futures: Sequence[_Future]) -> _Future:
    return _Future(
        [t for f in futures for t in f.truth], [g for f in futures for g in f.guess],
        np.vstack([f.signs for f in futures]), np.concatenate([f.right for f in futures]),
    )  # fmt: skip


def _confidence(futures: Sequence[_Future]) -> Confidence:
    all_of_them = _together(futures)
    return fit_confidence(all_of_them.signs, all_of_them.right)


def _measured(
    labelled: Sequence[Labelled], counted: Counted, fold: Fold, aside: int,
    names: Mapping[str, str], confidence: Confidence, earlier: _Future, last: _Future,
) -> Measured:  # fmt: skip
    sure_before, sure = confidence.sure(earlier.signs), confidence.sure(last.signs)
    threshold = verified(choose_threshold(sure_before, earlier.right), sure, last.right)
    error, bins = calibration(sure, last.right)
    said, past = sure >= LEAST_SURE, [labelled[i].target for i in fold.past]
    days = [labelled[i].example.day.isoformat() for i in fold.future] or [""]
    simpler = _baselines(labelled, counted, fold, names, last.truth)
    each = _each(past, earlier, sure_before, last, sure)
    above = sure >= (threshold.at if threshold.at is not None else 2.0)
    return Measured(
        len(past), len(last.truth), aside, sum(t not in set(past) for t in last.truth), days[0], days[-1],
        macro_f1(last.truth, last.guess), _share(last.right), _share(said),
        _share(last.right[said]) if said.any() else None, threshold, error, bins,
        _value(last, said), _value(last, above), value_error(last.truth, last.guess), simpler, each,
    )  # fmt: skip


def _share(held: Truths) -> float:
    return float(held.mean()) if len(held) else 0.0


def _value(future: _Future, chosen: Truths) -> float | None:
    rows = np.flatnonzero(chosen)
    return value_error([future.truth[i] for i in rows], [future.guess[i] for i in rows])


def _each(
    past: Sequence[str], earlier: _Future, sure_before: Doubles, last: _Future, sure: Doubles
) -> tuple[OfTarget, ...]:
    out = []
    for target in sorted(set(past) | set(last.truth)):
        then = np.array([g == target for g in earlier.guess], dtype=np.bool_)
        now = np.array([g == target for g in last.guess], dtype=np.bool_)
        at = choose_threshold(sure_before[then], earlier.right[then])
        precision, recall, _ = f1_of(target, last.truth, last.guess)
        out.append(OfTarget(
            target, past.count(target), last.truth.count(target), precision, recall,
            verified(at, sure[now], last.right[now]),
        ))  # fmt: skip
    return tuple(out)


def _baselines(
    labelled: Sequence[Labelled], counted: Counted, fold: Fold, names: Mapping[str, str],
    truth: Sequence[str],
) -> tuple[Baseline, ...]:  # fmt: skip
    targets = [x.target for x in labelled]
    most = baselines.majority(targets, fold.past) if len(fold.past) else ""
    titles = [words_of(labelled[i].example) for i in fold.future]
    return (
        _baseline("majority", [most] * len(truth), truth, None),
        _baseline("keyword", baselines.keyword(titles, names), truth, None),
        _nearest(counted, targets, fold, truth),
    )


def _nearest(
    counted: Counted, targets: Sequence[str], fold: Fold, truth: Sequence[str]
) -> Baseline:
    if not len(fold.past) or not len(fold.future):
        return Baseline("nearest neighbour", 0.0, 0.0)
    chosen: Rows = np.arange(len(fold.future))
    if len(chosen) > baselines.MOST_FUTURE:
        # evenly spread over the time that is judged
        chosen = np.linspace(0, len(chosen) - 1, baselines.MOST_FUTURE).astype(np.intp)
    guess, alike = baselines.nearest(counted, targets, fold.past, fold.future[chosen])
    return _baseline("nearest neighbour", guess, [truth[i] for i in chosen], alike)


def _baseline(
    name: str, guess: Sequence[str | None], truth: Sequence[str], sure: Sequence[float] | None
) -> Baseline:
    right = np.array([t == g for t, g in zip(truth, guess, strict=True)], dtype=np.bool_)
    said = np.array([g is not None for g in guess], dtype=np.bool_)
    coverage = 0.0
    if sure is not None:
        coverage = _reach(np.array(sure), right)
    elif said.any() and right[said].mean() >= 0.95:
        coverage = float(said.mean())
    return Baseline(name, macro_f1(truth, guess), _share(right), coverage)


def _reach(sure: Doubles, right: Truths) -> float:
    """What it would cover at 95 % if its best threshold were known beforehand: more than it deserves."""
    at = choose_threshold(sure, right)
    return 0.0 if at is None else float((sure >= at).mean())
