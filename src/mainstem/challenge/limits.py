"""Limits of the structure rules, with their defaults.

Every limit is a judgement, not a law. A plan sets its own under ``organisation.settings.limits``; a key
that is not in this table is reported by rule S00.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType

from mainstem.plan.model import Plan

#: Key → (default, what it limits).
LIMITS: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "S05.key_results_min": (1, "key results that an objective has at least"),
        "S05.key_results_max": (5, "key results that an objective has at most in one cycle"),
        "S05.objectives_per_team": (3, "objectives that one team works for at most"),
        "S06.effective_streams": (3, "effective number of streams of one team"),
        "S06.person_days": (20, "planned person-days in a cycle below which spread is not judged"),
        "S07.warn_over": (1.0, "planned effort over capacity above which there is a warning"),
        "S07.block_over": (1.2, "planned effort over capacity above which the plan is blocked"),
        "S07.non_value_share": (0, "share of a team's days that never goes to initiatives"),
        "S07.people_per_initiative": (
            2,
            "people for each open initiative, where none is estimated",
        ),
        "S09.teams": (3, "delivering teams on one lifecycle stage from which it counts as cut up"),
        "S12.days_before": (14, "days before needed-by within which a promise is expected"),
        "S14.characters": (140, "characters of a top-level text"),
        "S14.sentences": (1, "sentences of a top-level text"),
        "S15.similarity": (
            0.9,
            "similarity from which a key result counts as a copy of its parent",
        ),
        "D-M07.share_of_cycle": (1 / 3, "lag of a metric as a share of the cycle"),
    }
)


def is_limit(value: float) -> bool:
    """Whether a number can be a limit: finite, zero or more."""
    return isfinite(value) and value >= 0


def limit(plan: Plan, key: str) -> float:
    """The limit that holds for this plan: its own setting if it can be one, else the default."""
    own = plan.organisation.settings.limits.get(key)
    return own if own is not None and is_limit(own) else LIMITS[key][0]
