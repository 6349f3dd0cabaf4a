"""Which definition of a metric a decision was made by."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from mainstem.challenge.ground import in_force
from mainstem.plan.model import Metric, Plan

#: What makes a metric another one when it changes; its target, baseline and values do not.
DEFINING = ("definition", "numerator", "denominator", "unit", "kind", "direction", "source")


def metric_version(metric: Metric) -> str:
    """Digest of a metric's definition: the same as long as the same is counted the same way."""
    said = [getattr(metric, name) for name in DEFINING]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def metric_on(stream: str, day: date, plan: Plan) -> tuple[str, str]:
    """Id of a stream's value metric on a day, and the version of its definition; empty where it has none.

    On the day of a hand-over the new metric is in force.
    """
    entity = plan.streams.get(stream)
    here = [m for m in entity.metric if in_force(m, day, day)] if entity else []
    if not here:
        return "", ""
    name = max(here, key=lambda m: m.from_ or date.min).metric
    metric = plan.metrics.get(name)
    return name, metric_version(metric) if metric else ""
