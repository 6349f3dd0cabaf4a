"""People and what they hold, as an actor for everything else."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from zoneinfo import available_timezones

from mainstem.errors import Absent, Invalid
from mainstem.services.people import auditing
from mainstem.services.people.access import Actor, Given, Role, nothing_here
from mainstem.store import glances
from mainstem.store.models import User
from mainstem.store.together import together

#: An account, for faces, which know nothing of the store.
Account = User


def account_at(email: str) -> Account | None:
    """The account that signs in with an address, if there is one."""
    return User.objects.filter(email=email.strip().lower()).first()


def actor_of(
    user: User,
    *,
    today: date,
    face: str,
    may_write: bool = True,
    address: str = "",
    request: str = "",
) -> Actor:
    """The actor that a signed-in person is today."""
    if not user.is_active:
        return Actor(None, "")
    given, teams = glances.held_by(user.pk, today)
    return Actor(
        id=user.pk,
        name=user.get_full_name(),
        given=frozenset(Given(Role(role), team, stream) for role, team, stream in given),
        teams=frozenset(teams),
        may_write=may_write,
        face=face,
        address=address,
        request=request,
    )


#: How often somebody wants to be told by mail.
DIGESTS = {"off": "never", "daily": "every working day", "weekly": "every Monday"}
THEMES = {"": "as the device", "light": "light", "dark": "dark"}


@dataclass(frozen=True, slots=True)
class Profile:
    """What people set about themselves; an empty time zone is the organisation's."""

    name: str
    timezone: str
    theme: str
    digest: str


def profile_of(person: int) -> Profile:
    """Somebody's own settings.

    Raises:
        Absent: there is no such account.
    """
    user = User.objects.filter(pk=person).first()
    if user is None:
        raise nothing_here()
    return Profile(user.name, user.timezone, user.theme, user.digest)


def change_profile(wanted: Profile, by: Actor, *, at: datetime) -> Profile:
    """Changes one's own settings.

    Raises:
        Absent: for who is not signed in.
        Invalid: naming the field.
    """
    if by.id is None:
        raise nothing_here()
    _check_profile(wanted)
    named = " ".join(wanted.name.split())
    with together():
        old = profile_of(by.id)
        new = replace(wanted, name=named)
        User.objects.filter(pk=by.id).update(**asdict(new))
        changed = [f for f, value in asdict(new).items() if value != getattr(old, f)]
        if changed:
            said = f"{named} changed their own {', '.join(changed)}."
            auditing.record(by, "account.change", f"people/{by.id}", at=at, sentence=said)
    return new


def change_theme(theme: str, by: Actor) -> None:
    """Keeps light or dark with the account. Not audited: it changes nothing for anybody else.

    Raises:
        Invalid: there is no such theme.
    """
    _check_theme(theme)
    if by.id is not None:
        User.objects.filter(pk=by.id).update(theme=theme)


def _check_theme(theme: str) -> None:
    if theme not in THEMES:
        raise Invalid(f"{theme!r} is no theme.", "It is light, dark or as the device.",
                      field="theme")  # fmt: skip


def _check_profile(wanted: Profile) -> None:
    if not wanted.name.strip() or len(wanted.name) > 200:
        raise Invalid("You need a name of at most 200 characters.",
                      "Give the name that people call you.", field="name")  # fmt: skip
    if wanted.timezone and wanted.timezone not in available_timezones():
        raise Invalid(f"{wanted.timezone!r} is no time zone.", "Choose one from the list.",
                      field="timezone")  # fmt: skip
    if wanted.digest not in DIGESTS:
        raise Invalid(f"{wanted.digest!r} is no choice.", f"It is one of {', '.join(DIGESTS)}.",
                      field="digest")  # fmt: skip
    _check_theme(wanted.theme)


def actor_by_email(email: str, *, today: date, face: str) -> Actor:
    """The actor of an account, for commands that run where the server runs.

    Raises:
        Absent: no account has that address.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise Absent(f"No account has the address {email}.", "The page Settings lists them.")
    return actor_of(user, today=today, face=face)
