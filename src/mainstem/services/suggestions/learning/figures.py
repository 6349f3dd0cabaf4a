"""Figures of how good suggestions are, from what was guessed, how sure, and what was true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Truths = NDArray[np.bool_]
#: A share of right answers that automatic acceptance needs, and its lower bound. Methods 9.3.
PRECISION, LOWER = 0.95, 0.90
#: A threshold rests on at least so many items.
LEAST_ABOVE = 20
#: Stretches of being sure that are compared with how often it was right.
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Suggestions that were about as sure: how many, how sure on average, how many were right."""

    low: float
    high: float
    count: int
    sure: float
    right: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """How sure a suggestion must be to be nearly always right, and whether that held later.

    Attributes:
        at: The least sureness, chosen on earlier items; ``None`` where there is none.
        coverage: Share of the later items that reach it.
        count, right: How many of the later items reach it, and of these were right.
        lower: Lower end of Jeffreys' interval of the share of right ones.
    """

    at: float | None
    coverage: float = 0.0
    count: int = 0
    right: int = 0
    lower: float = 0.0

    @property
    def precision(self) -> float | None:
        """The share of right ones among those that reach it."""
        return self.right / self.count if self.count else None

    @property
    def holds(self) -> bool:
        """Whether what was chosen earlier was borne out later."""
        return self.at is not None and self.lower >= LOWER


def jeffreys_lower(right: int, count: int) -> float:
    """Lower end of the 95 % interval of a share (methods 4.3)."""
    from mainstem.challenge.rates import rate

    return rate(right, count).lower if count else 0.0


def macro_f1(truth: Sequence[str], guess: Sequence[str | None]) -> float:
    """Mean over the targets that occur of the harmonic mean of precision and recall."""
    targets = sorted(set(truth))
    if not targets:
        return 0.0
    return sum(f1_of(t, truth, guess)[2] for t in targets) / len(targets)


def f1_of(
    target: str, truth: Sequence[str], guess: Sequence[str | None]
) -> tuple[float | None, float | None, float]:
    """Precision (``None`` if it was never guessed), recall (``None`` if it never was), F1."""
    both = sum(t == target == g for t, g in zip(truth, guess, strict=True))
    guessed = sum(g == target for g in guess)
    held = sum(t == target for t in truth)
    f1 = 2 * both / (guessed + held) if both else 0.0
    return both / guessed if guessed else None, both / held if held else None, f1


def calibration(sure: Doubles, right: Truths) -> tuple[float, tuple[Bin, ...]]:
    """Expected calibration error over ten stretches, and the stretches that hold any."""
    if not len(sure):
        return 0.0, ()
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    bins = []
    for n in range(BINS):
        held = place == n
        if held.any():
            bins.append(Bin(n / BINS, (n + 1) / BINS, int(held.sum()), float(sure[held].mean()),
                            int(right[held].sum())))  # fmt: skip
    error = sum(abs(b.sure - b.right / b.count) * b.count for b in bins) / len(sure)
    return error, tuple(bins)


def choose_threshold(sure: Doubles, right: Truths) -> float | None:
    """The least sureness from which 95 of 100 were right, with a lower bound of 90; ``None``: nowhere."""
    order = np.argsort(-sure, kind="stable")
    ranked, hits = sure[order], np.cumsum(right[order])
    found = None
    for n in range(LEAST_ABOVE, len(order) + 1):
        if n < len(order) and ranked[n] == ranked[n - 1]:
            continue  # equally sure ones are in together
        k = int(hits[n - 1])
        if k >= PRECISION * n and jeffreys_lower(k, n) >= LOWER:
            found = float(ranked[n - 1])
    return found


def verified(at: float | None, sure: Doubles, right: Truths) -> Threshold:
    """A threshold held against later items."""
    if at is None or not len(sure):
        return Threshold(at)
    above = sure >= at
    count, hits = int(above.sum()), int(right[above].sum())
    return Threshold(at, count / len(sure), count, hits, jeffreys_lower(hits, count))


def value_error(truth: Sequence[str], guess: Sequence[str]) -> float | None:
    """How far the share on streams by guesses is from the true one; ``None`` without items."""
    if not truth:
        return None
    on = [sum(t.startswith("stream:") for t in side) / len(truth) for side in (truth, guess)]
    return abs(on[0] - on[1])
