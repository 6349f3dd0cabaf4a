"""Series of metrics for the command line: out of the plan's folder and the ledger beside it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from mainstem.errors import LedgerError
from mainstem.plan.model import Plan
from mainstem.services.metrics.observing import require_metric
from mainstem.services.metrics.observing_series import Series, series_of

if TYPE_CHECKING:
    from mainstem.ledger.store import View
    from mainstem.services.plans.workspace import Workspace


def one_series(
    workspace: Workspace, metric: str, *, today: date, as_of: datetime | None = None
) -> Series:
    """One metric's series.

    Raises:
        Invalid: the plan has no such metric; the near ones are named.
    """
    plan, _ = workspace.usable_plan()
    require_metric(metric, plan)
    return _series(metric, plan, _view(workspace), today, as_of)


def all_series(
    workspace: Workspace, *, today: date, as_of: datetime | None = None
) -> tuple[Series, ...]:
    """The series of every metric, in the order of the plan."""
    plan, _ = workspace.usable_plan()
    view = _view(workspace)
    return tuple(_series(key, plan, view, today, as_of) for key in plan.metrics)


def _series(key: str, plan: Plan, view: View | None, today: date, as_of: datetime | None) -> Series:
    return series_of(
        key, plan.metrics[key], view, today=today, as_of=as_of,
        week_starts=plan.organisation.week_starts,
    )  # fmt: skip


def _view(workspace: Workspace) -> View | None:
    try:
        return workspace.open_ledger().view()
    except LedgerError as error:
        if error.code != "ledger.absent":
            raise
        return None
