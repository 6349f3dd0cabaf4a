"""Shares of few cases with what may be said of them: Jeffreys intervals, and fits over many streams.

Methods 4.3 (Brown, Cai & DasGupta 2001). scipy is loaded when a rate is first reckoned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Streams from which their rates are read together.
POOL_FROM = 8
#: What is known before anything was counted: Jeffreys' prior.
JEFFREYS = (0.5, 0.5)
#: Log of the least size of the fitted prior: nearly all streams at none or all.
_LEAST = -3.0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, with the 95 % interval of the share behind it.

    Attributes:
        k: How many.
        n: Of how many.
        lower: Lower end of the interval; 0 when ``k`` is 0.
        upper: Upper end; 1 when ``k`` is ``n``.
        mean: Mean of what is believed of the share.
        prior: The beta distribution that was believed before.
    """

    k: int
    n: int
    lower: float
    upper: float
    mean: float
    prior: tuple[float, float] = JEFFREYS

    @property
    def share(self) -> float | None:
        """The plain share; ``None`` of nothing."""
        return self.k / self.n if self.n else None

    @property
    def beliefs(self) -> tuple[float, float]:
        """The beta distribution of what is believed of the share."""
        return self.k + self.prior[0], self.n - self.k + self.prior[1]


@lru_cache(maxsize=4096)
def rate(k: int, n: int, prior: tuple[float, float] = JEFFREYS) -> Rate:
    """A rate with its interval.

    Raises:
        ValueError: unless ``0 <= k <= n``.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no rate")
    from scipy.special import betaincinv

    a, b = k + prior[0], n - k + prior[1]
    lower = 0.0 if k == 0 else float(betaincinv(a, b, 0.025))
    upper = 1.0 if k == n else float(betaincinv(a, b, 0.975))
    return Rate(k, n, lower, upper, a / (a + b), prior)


def pooled(counts: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """The beta distribution of streams' shares that makes their counts likeliest; Jeffreys' for few streams.

    It never weighs more than the mean stream's own cases do: few cases of each cannot show that streams
    differ, and would be taken for certainty that they do not.

    Args:
        counts: ``(k, n)`` of each stream; those of nothing say nothing.
    """
    said = [(k, n) for k, n in counts if n]
    if len(said) < POOL_FROM:
        return JEFFREYS
    import math

    from scipy.optimize import minimize

    whole = sum(n for _, n in said)
    start, most = _logit(sum(k for k, _ in said) / whole), math.log(max(whole / len(said), 1.0))
    best = minimize(
        _unlikely, (start, most / 2), args=(tuple(said),), method="L-BFGS-B",
        bounds=((-7.0, 7.0), (_LEAST, most)),
    )  # fmt: skip
    return _beta(best.x[0], best.x[1])


def _logit(share: float) -> float:
    import math

    inside = min(max(share, 0.002), 0.998)
    return math.log(inside / (1 - inside))


def _beta(place: float, size: float) -> tuple[float, float]:
    """From the logit of the mean and the log of the size to the two parameters."""
    import math

    mean, strength = 1 / (1 + math.exp(-place)), math.exp(size)
    return mean * strength, (1 - mean) * strength


def _unlikely(at: Sequence[float], said: Sequence[tuple[int, int]]) -> float:
    """Minus the marginal log likelihood of the counts (beta-binomial)."""
    import numpy as np
    from scipy.special import betaln

    a, b = _beta(at[0], at[1])
    k, n = np.array(said, float).T
    return float(-np.sum(betaln(k + a, n - k + b) - betaln(a, b)))
