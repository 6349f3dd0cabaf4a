"""Which signals to tell people about when many teams are watched at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mainstem.score.chart import Chart, NotAnswerable, Signal

#: Chance of a false signal of rules 1 and 2 in the next 13 points of a process in control, by the
#: number of points of the baseline (table of ``docs/methods.md``, no autocorrelation).
FALSE_SIGNAL: tuple[tuple[int, float], ...] = ((26, 0.15), (20, 0.17), (13, 0.22))


@dataclass(frozen=True, slots=True)
class Alert:
    """A signal of one scope, worth a person's look."""

    scope: str
    signal: Signal


@dataclass(frozen=True, slots=True)
class Alerts:
    """The strongest signals, one for each scope.

    ``left_out`` counts scopes whose signal fell under the cap; ``expected_false`` is how many of the
    scopes would show a signal within 13 points though nothing happened.
    """

    alerts: tuple[Alert, ...]
    left_out: int
    expected_false: float


def rank_alerts(
    charts: Mapping[str, Chart | NotAnswerable], *, at_most: int = 5, recent: int = 4
) -> Alerts:
    """The strongest signal of each scope among the last ``recent`` points, strongest scope first.

    One alert for a scope in ``recent`` points (four weeks of a weekly chart), so that nobody is told
    the same thing every week.
    """
    found: list[Alert] = []
    expected = 0.0
    for scope, made in charts.items():
        if isinstance(made, NotAnswerable) or made.is_trial or not made.limits:
            continue
        expected += next((p for n, p in FALSE_SIGNAL if made.baseline >= n), FALSE_SIGNAL[-1][1])
        late = [s for s in made.signals if s.last >= len(made.points) - recent]
        if late:
            found.append(Alert(scope, max(late, key=lambda s: (s.strength, s.last))))
    found.sort(key=lambda a: (-a.signal.strength, a.scope))
    return Alerts(tuple(found[:at_most]), max(len(found) - at_most, 0), expected)
