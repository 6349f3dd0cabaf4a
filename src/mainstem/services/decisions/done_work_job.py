"""Looking for work that was done anyway, after each derivation: what has landed since, or all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mainstem.services.decisions.desks import server_desk
from mainstem.services.decisions.done_work import look_for_done
from mainstem.services.people.access import system
from mainstem.services.server.ground import Ground
from mainstem.store.decisions import steps_seen


@dataclass(slots=True)
class LookForDone:
    """Remembers, in a process, up to where it has looked; a new process looks through all once.

    Attributes:
        derived: Number of the derivation that was looked at last.
        steps: How many steps of decisions there were then.
    """

    derived: int = 0
    steps: tuple[int, int] = (0, 0)

    def is_needed(self, ground: Ground) -> bool:
        """Whether work was derived, or something decided, since the last look. Costs two short reads."""
        steps = steps_seen()
        if steps == (0, 0):
            return False
        return (_derived(ground), steps) != (self.derived, self.steps)

    def run(self, ground: Ground, *, at: datetime) -> str:
        """Looks; says what was found, or nothing."""
        derived, steps = _derived(ground), steps_seen()
        # a new decision is looked for in all work, a derivation only in what has landed since
        after = self.derived if steps == self.steps else 0
        found = look_for_done(server_desk(ground), system(), at=at, after=after)
        self.derived, self.steps = derived, steps
        return f"{len(found)} pieces of work that was decided on were found" if found else ""


def _derived(ground: Ground) -> int:
    view = ground.shelf.view()
    last = view.last("refresh") if view is not None else None
    return last.number if last else 0
