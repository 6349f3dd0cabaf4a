"""The state of a cycle goes round its steps only: no other way of changing the plan may set it."""

from __future__ import annotations

from collections.abc import Sequence

from mainstem.errors import Invalid
from mainstem.plan.change_kinds import Change
from mainstem.plan.cycle_steps import states_set


def refuse_states(changes: Sequence[Change]) -> None:
    """Refuses changes that give a cycle which is there already another state.

    A step has who, when and why, and committing remembers what was promised; a field that is simply
    set has none of that. A new cycle may begin in any state.

    Raises:
        Invalid: naming the first such cycle, its two states, and where the step is taken.
    """
    for ident, old, new in states_set(changes):
        raise Invalid(
            f"The cycle {ident} is {old}; it becomes {new} by a step of its own, not by changing its"
            " state in the plan.",
            f"Take the step on its page (/plan/cycles/{ident}/) or with `POST /api/v1/cycle-steps`. In a"
            f" text of the plan, leave it at `state: {old}`.",
            code="plan.cycle_state", field="state",
        )  # fmt: skip
