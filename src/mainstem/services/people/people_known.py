"""People by the names that others see: who can be asked something."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.errors import Absent, Invalid
from mainstem.services.people.access import Action, Actor, may, require
from mainstem.services.people.accounts import actor_of
from mainstem.services.server.ground import Ground
from mainstem.store.models import User

#: Most names that are suggested.
MOST = 300


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody by name; addresses are for administrators."""

    id: int
    name: str


def known_names(by: Actor) -> tuple[str, ...]:
    """Names of people with a role, for suggesting them; at most ``MOST``."""
    require(by, Action.PROPOSE)
    rows = User.objects.filter(is_active=True, grants__isnull=False).exclude(name="").distinct()
    return tuple(rows.order_by("name").values_list("name", flat=True)[:MOST])


def known_person(name: str, ground: Ground, action: Action) -> Known:
    """Somebody who may do something, by name.

    Raises:
        Absent: nobody has that name.
        Invalid: several have, or they may not do it.
    """
    said = " ".join(name.split())
    rows = list(User.objects.filter(is_active=True, name__iexact=said)[:3]) if said else []
    able = [one for one in rows if may(actor_of(one, today=ground.today(), face="page"), action)]
    if not rows:
        raise Absent(f"Nobody here is called {said}." if said else "Nobody was named.", "Write their name as they have it.")  # fmt: skip
    if not able:
        raise Invalid(f"{said} may not {action}.", "An administrator can give them the role.", field="person")  # fmt: skip
    if len(able) > 1:
        raise Invalid(f"Several are called {said}.", "An administrator can tell their names apart.", field="person")  # fmt: skip
    return Known(able[0].pk, able[0].get_full_name())
