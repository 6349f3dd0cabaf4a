"""The plan as readers see it: with the values of its metrics that the ledger has.

Only for reading. What is edited, applied, compared, exported or kept as a revision is the plan itself:
values that came by themselves never become its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from mainstem.ledger.observations import (
    OBSERVE,
    Point,
    has_observations,
    observations,
    version_of,
)
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Metric, Observation, Plan

if TYPE_CHECKING:
    from mainstem.ledger.store import View

#: Plans with values that are kept beside one plan: the newest, and one that somebody may still read.
_MOST = 2
#: Plans that have their values already: merging twice would take values that came for typed ones.
_DONE: WeakValueDictionary[int, Plan] = WeakValueDictionary()
_Key = tuple[str, tuple[int, int], datetime | None]


def with_observations(plan: Plan, view: View | None) -> Plan:
    """The plan with the ledger's values of its metrics; the plan itself where there are none.

    The same object for the same plan and values, so that whatever is kept beside a plan is kept beside
    this one too. A value that the plan itself has for a day stays: a person typed it into the text, as a
    correction by hand.
    """
    if view is None or not has_observations(view) or _DONE.get(id(plan)) is plan:
        return plan
    last = view.last(OBSERVE)
    key = (str(view.root), version_of(view), last.at if last else None)
    kept = _merges(plan)
    found = kept.get(key)
    if found is None:
        # of two that make it at once, both get the one that is kept
        found = kept.setdefault(key, _merged(plan, view))
        for old in list(kept)[:-_MOST]:
            kept.pop(old, None)
    return found


@kept_with_plan
def _merges(plan: Plan) -> dict[_Key, Plan]:
    return {}


def _merged(plan: Plan, view: View) -> Plan:
    seen = observations(view).points
    metrics = {
        key: _with_values(metric, seen[key]) if seen.get(key) else metric
        for key, metric in plan.metrics.items()
    }
    # a copy even where no metric has values: what is kept must not hold the plan itself
    made = plan.model_copy(update={"metrics": metrics})
    _DONE[id(made)] = made
    return made


def _with_values(metric: Metric, points: Sequence[Point]) -> Metric:
    typed = {o.on: o for o in metric.observations}
    # checked when they landed
    seen = {
        p.on: Observation.model_construct(on=p.on, value=p.value)
        for p in points
        if p.value is not None
    }
    whole = {**seen, **typed}
    return metric.model_copy(update={"observations": tuple(whole[on] for on in sorted(whole))})
