"""The card of a metric: out of the plan, the ledger's values and what bets on it have shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.challenge.metric_card import MetricCard, fields_of, streams_of
from mainstem.challenge.metric_measures import (
    QUIET_WEEKS,
    Guard,
    Measures,
    did_not_move,
    measures_of,
)
from mainstem.errors import Absent
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.metric_series import series_on_grain
from mainstem.plan.model import Plan
from mainstem.services.challenges.signals import signals_since
from mainstem.services.metrics.effects import CLOSED, Seen, effects, effects_seen, plan_and_view
from mainstem.services.metrics.observing import require_metric
from mainstem.services.metrics.observing_plan import with_observations
from mainstem.services.metrics.observing_series import series_of
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.answers import kept_for
from mainstem.services.server.ground import Ground

if TYPE_CHECKING:
    from mainstem.ledger.store import View
    from mainstem.services.plans.workspace import Workspace


def metric_card(key: str, ground: Ground, by: Actor, *, at: datetime) -> MetricCard:
    """The card of a metric of a server's plan; made once for a plan, ledger and day.

    Raises:
        Absent: there is no such metric; and to an outsider.
    """
    require(by, Action.READ)
    standing, view, today = ground.observed(), ground.shelf.view(), ground.today()
    kept = (standing.revision, view.version if view else 0, today, "card", key)
    seen = effects_seen(ground, by, at=at)
    return kept_for(ground, kept, lambda: card_of(key, standing.plan, view, today, seen))


def card_of(
    key: str, plan: Plan, view: View | None, today: date, seen: Mapping[str, Seen]
) -> MetricCard:
    """The card of a metric.

    Args:
        key: Its identifier.
        plan: With or without the ledger's values.
        view: The ledger; ``None``: there is none.
        today: The last day that counts.
        seen: What was seen after each bet.

    Raises:
        Absent: the plan has no such metric.
    """
    if key not in plan.metrics:
        raise Absent(f"There is no metric {key!r}.", "It may have been renamed.")
    whole = with_observations(plan, view)
    measures = _measures(key, whole, view, today, seen)
    return MetricCard(
        key, whole.metrics[key], streams_of(key, plan, today), fields_of(key, whole, today),
        measures, _deaf(key, measures, whole, today, seen),
    )  # fmt: skip


def card_at(key: str, workspace: Workspace, *, today: date) -> tuple[MetricCard, Plan]:
    """The card of a metric of a folder's plan, and that plan with its ledger's values.

    Raises:
        Invalid: the plan has no such metric; the near ones are named.
    """
    plan, view = plan_and_view(workspace)
    require_metric(key, plan)
    return card_of(key, plan, view, today, effects(plan, view, today)), plan


def _measures(
    key: str, plan: Plan, view: View | None, today: date, seen: Mapping[str, Seen]
) -> Measures:
    metric, starts = plan.metrics[key], plan.organisation.week_starts
    known = series_of(key, metric, view, today=today, week_starts=starts)
    verdicts = [
        s.verdict for k, s in seen.items()
        if s.metric == key and plan.initiatives[k].state in CLOSED
    ]  # fmt: skip
    made = measures_of(
        metric, ((o.on, o.value) for o in metric.observations), today=today, grain=known.grain,
        week_starts=starts, staleness=known.staleness, missing=known.missing,
        guardrails=_guards(key, plan, known.grain, today), verdicts=verdicts,
    )  # fmt: skip
    return made if known.last else replace(made, missing=NotAnswerable("It has no value yet.", "Enter or connect its values."))  # fmt: skip


def _guards(key: str, plan: Plan, grain: str, today: date) -> dict[str, Guard]:
    out = {}
    for ident in streams_of(key, plan, today):
        for rail in plan.streams[ident].guardrails:
            other = plan.metrics.get(rail.metric)
            if other is not None and rail.metric != key:
                values = ((o.on, o.value) for o in other.observations)
                made = series_on_grain(
                    values, grain, until=today, week_starts=plan.organisation.week_starts
                )
                out[rail.metric] = Guard(other.direction or "", made)
    return out


def _deaf(
    key: str, measures: Measures, plan: Plan, today: date, seen: Mapping[str, Seen]
) -> bool | NotAnswerable:
    """Statement D-M05, from the chart of its values and the bets on it that ended in half a year."""
    since = today - timedelta(weeks=QUIET_WEEKS)
    ended = sum(
        s.metric == key and plan.initiatives[k].state in CLOSED and _ended(k, plan) >= since
        for k, s in seen.items()
    )
    signals = signals_since(measures.series, since)
    if isinstance(signals, NotAnswerable):
        return signals
    return did_not_move(measures.series, signals, ended)


def _ended(key: str, plan: Plan) -> date:
    window = plan.initiatives[key].window
    return (window.to or window.from_ or date.min) if window else date.min
