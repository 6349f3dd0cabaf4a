"""Changes between two plans: found by ``diff``, told by ``sentence``, made by ``apply``.

The one list of changes is what is shown and what is applied; nothing is worked out a second time.
"""

from __future__ import annotations

from mainstem.plan.applying import Clash, StaleChange, apply
from mainstem.plan.change_kinds import (
    Added,
    Change,
    Changed,
    Moved,
    Names,
    Removed,
    Renamed,
    Reordered,
    names_of,
)
from mainstem.plan.changes_as_json import from_json, to_json
from mainstem.plan.compare import diff
from mainstem.plan.wording_of_changes import sentence

__all__ = [
    "Added",
    "Change",
    "Changed",
    "Clash",
    "Moved",
    "Names",
    "Removed",
    "Renamed",
    "Reordered",
    "StaleChange",
    "apply",
    "diff",
    "from_json",
    "names_of",
    "sentence",
    "to_json",
]
