"""A step in a series whose neighbours hang together: Prais–Winsten with a corrected correlation.

Methods 5.3, step 4. Plain least squares finds effects that are not there in one case of three when weeks
resemble each other; this does in about one of twenty. numpy and scipy are loaded when first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: The most that neighbours are taken to hang together; fewest degrees of freedom.
MOST_RHO, LEAST_DF = 0.9, 3.0


@dataclass(frozen=True, slots=True)
class Fit:
    """The coefficient of one column.

    Attributes:
        effect: Its size, in the unit of the values.
        error: Its standard error; 0 where nothing is left to explain.
        df: Effective degrees of freedom.
        rho: Lag-1 correlation of what is left, corrected for bias, between 0 and 0.9.
        left: Sum of squares of what is left after the correlation is taken out.
    """

    effect: float
    error: float
    df: float
    rho: float
    left: float

    @property
    def statistic(self) -> float:
        """Effect in standard errors."""
        if self.error > 0:
            return self.effect / self.error
        return 0.0 if self.effect == 0 else float("inf") * (1 if self.effect > 0 else -1)

    def interval(self, level: float) -> tuple[float, float]:
        """The interval at a level such as 0.95."""
        from scipy.special import stdtrit

        wide = float(stdtrit(self.df, 0.5 + level / 2)) * self.error
        return self.effect - wide, self.effect + wide

    def chance(self, sign: int) -> float:
        """How likely the effect goes the way of ``sign`` (t-distribution)."""
        from scipy.special import stdtr

        return float(stdtr(self.df, sign * self.statistic))

    @property
    def p_value(self) -> float:
        """Two-sided."""
        return 2 * min(self.chance(1), self.chance(-1))


def fit_last(
    at: Sequence[int],
    values: Sequence[float],
    columns: Sequence[Sequence[float]],
    weights: Sequence[float] | None = None,
    rho: float | None = None,
) -> Fit:
    """Fits values by columns and tells of the last one.

    Args:
        at: Number of each period, rising; a distance above 1 is a gap.
        values: One for each period.
        columns: Regressors, as long as ``values``; a constant is added.
        weights: How much each period counts, for instance its denominators.
        rho: The correlation to reckon with; estimated if not given.

    Raises:
        ValueError: fewer than three values more than columns.
    """
    import numpy as np

    y = np.asarray(values, float)
    x = np.column_stack((np.ones(len(y)), *(np.asarray(c, float) for c in columns)))
    if weights is not None:
        root = np.sqrt(np.asarray(weights, float) / np.mean(weights))
        y, x = y * root, x * root[:, None]
    n, p = x.shape
    if n - p < 3:
        raise ValueError(f"{n} values are too few for {p} columns")
    apart = np.diff(np.asarray(at))
    found = _rho(y, x, apart) if rho is None else rho
    return _fitted(*_whitened(y, x, apart, found), found)


def _rho(y: Any, x: Any, apart: Any) -> float:
    """Lag-1 correlation of what least squares leaves, corrected for its bias (methods 5.3)."""
    import numpy as np

    n, p = x.shape
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    whole = float(left @ left)
    if whole <= 1e-24 * max(float(y @ y), 1e-300):
        return 0.0
    near = apart == 1
    plain = float(np.sum(left[1:][near] * left[:-1][near])) / whole
    return float(min(max((n * plain + p) / (n - 2 - p), 0.0), MOST_RHO))


def _whitened(y: Any, x: Any, apart: Any, rho: float) -> tuple[Any, Any]:
    """Prais–Winsten: each value less what its neighbour foretells, scaled; over a gap that fades."""
    import numpy as np

    fades = rho**apart
    scale = 1 / np.sqrt(1 - fades**2)
    first = slice(0, 1)
    made_y = np.concatenate((y[first], (y[1:] - fades * y[:-1]) * scale))
    made_x = np.concatenate((x[first], (x[1:] - fades[:, None] * x[:-1]) * scale[:, None]))
    return made_y, made_x


def _fitted(y: Any, x: Any, rho: float) -> Fit:
    import numpy as np

    n, p = x.shape
    inverse = np.linalg.pinv(x.T @ x)
    beta = inverse @ (x.T @ y)
    left = float(np.sum((y - x @ beta) ** 2))
    df = n - p
    error = float(np.sqrt(max(left / df * inverse[-1, -1], 0.0)))
    if left <= 1e-24 * max(float(y @ y), 1e-300):
        error = 0.0
    return Fit(
        float(beta[-1]), error, max(LEAST_DF, df * (1 - rho) / (1 + rho)), rho, left
    )  # fmt: skip
