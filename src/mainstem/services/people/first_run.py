"""The first run: while there is no account, somebody makes the administrator's. Once, and only one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

from mainstem.errors import Absent, Forbidden, Invalid
from mainstem.plan.changes import Change, diff
from mainstem.services.people import auditing
from mainstem.services.people.access import Actor, Given, Role
from mainstem.services.people.invitations import check_password
from mainstem.services.people.people import checked_email, checked_name
from mainstem.services.plans.editing import change_plan
from mainstem.services.server.ground import Ground
from mainstem.store.models import Grant, User
from mainstem.store.together import one_at_a_time

#: Letters that nobody mistakes for each other.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class First:
    """What the first page asks; organisation and time zone only if the plan has no name yet."""

    name: str
    email: str
    password: str
    organisation: str = ""
    timezone: str = ""


def is_first_run() -> bool:
    """Whether nobody has an account yet."""
    return not User.objects.exists()


def new_setup_code(data: Path) -> str:
    """Makes the code that the first page asks for; an older one stops. Only its hash is kept.

    Whoever can read what the server prints when it starts may make the administrator.
    """
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    place = data / "setup-code"
    place.unlink(missing_ok=True)
    place.touch(mode=0o600)
    place.write_text(_hashed(letters))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def has_setup_code(data: Path) -> bool:
    """Whether a code was made and not used yet."""
    return (data / "setup-code").exists()


def make_administrator(
    first: First, code: str, ground: Ground, *, at: datetime, address: str = ""
) -> User:
    """Makes the first account, and names the organisation if it has no name.

    Args:
        first: What was given on the page.
        code: The setup code as typed. It is always asked for: a proxy on the same machine looks like it.
        ground: What the server stands on.
        at: When.
        address: Network address of the request, for the audit log.

    Raises:
        Absent: somebody has an account already.
        Forbidden: the code is wrong.
        Invalid: a field is not right.
    """
    named, email = checked_name(first.name), checked_email(first.email)
    with one_at_a_time():
        if not is_first_run():
            raise Absent("There is no such page.", "Sign in instead.")
        _check_code(code, ground.data)
        check_password(first.password, User(email=email, name=named))
        user = User.objects.create_user(email, first.password, name=named)
        Grant.objects.create(user=user, role=Role.ADMINISTRATOR, at=at)
        by = Actor(user.pk, named, frozenset({Given(Role.ADMINISTRATOR)}), address=address)
        auditing.record(by, "person.first", f"people/{user.pk}", at=at,
                        sentence=f"{named} made the first account, an administrator's.")  # fmt: skip
        _name_organisation(first, ground, by, at=at)
    (ground.data / "setup-code").unlink(missing_ok=True)
    return user


def _check_code(code: str, data: Path) -> None:
    place = data / "setup-code"
    kept = place.read_text() if place.exists() else ""
    typed = "".join(c for c in code.upper() if c in _LETTERS)
    if not kept or not hmac.compare_digest(kept, _hashed(typed)):
        raise Forbidden("That is not the setup code.",
                        "The server printed it when it started; it is in its log.",
                        code="people.setup_code")  # fmt: skip


def _name_organisation(first: First, ground: Ground, by: Actor, *, at: datetime) -> None:
    plan = ground.plans.head().plan
    if plan.organisation.name or not first.organisation.strip():
        return
    if first.timezone and first.timezone not in available_timezones():
        raise Invalid(f"{first.timezone!r} is no time zone.", "Choose one from the list.",
                      field="timezone")  # fmt: skip
    named = {"name": first.organisation.strip(), "timezone": first.timezone or "UTC"}
    new = plan.model_copy(update={"organisation": plan.organisation.model_copy(update=named)})
    changes: list[Change] = list(diff(plan, new))
    change_plan(changes, ground, by, at=at, why="The first run", origin="start")


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
