"""Where somebody is signed in, and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from mainstem.errors import Absent
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.people.grants import find_person
from mainstem.store.together import together


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that somebody is signed in with."""

    id: int
    since: datetime
    address: str
    browser: str
    is_here: bool


def sessions_of(person: int, here: str = "") -> tuple[Session, ...]:
    """A person's sessions, newest first; ``here`` is the key of the one that asks."""
    rows = UserSession.objects.filter(user_id=person).order_by("-created_at")
    return tuple(
        Session(r.pk, r.created_at, r.ip, r.user_agent, r.session_key == here)
        for r in rows
        if not r.purge()
    )


def end_session(session: int, by: Actor, *, at: datetime) -> None:
    """Ends one of one's own sessions.

    Raises:
        Absent: there is none, or it is somebody else's.
    """
    with together():
        row = UserSession.objects.filter(pk=session, user_id=by.id).first()
        if row is None:
            raise Absent("There is no such session.", "It may have ended already.")
        row.end()
        said = f"{by.name} ended a session that began on {row.created_at:%Y-%m-%d}."
        auditing.record(by, "session.end", f"people/{by.id}", at=at, sentence=said)


def end_other_sessions(here: str, by: Actor, *, at: datetime) -> int:
    """Ends all of one's own sessions but the one that asks; how many there were."""
    with together():
        ended = close_sessions(by.id, but=here) if by.id is not None else 0
        said = f"{by.name} ended all their other sessions."
        auditing.record(by, "session.end", f"people/{by.id}", at=at, sentence=said,
                        detail={"sessions": ended})  # fmt: skip
    return ended


def end_all_sessions(person: int, by: Actor, *, at: datetime) -> int:
    """Ends every session of somebody; how many there were.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such person.
    """
    require(by, Action.ADMINISTER)
    with together():
        user, ended = find_person(person), close_sessions(person)
        said = f"Ended all sessions of {user.get_full_name()}."
        auditing.record(by, "session.end", f"people/{person}", at=at, sentence=said,
                        detail={"sessions": ended})  # fmt: skip
    return ended


def close_sessions(person: int, but: str = "") -> int:
    """Ends sessions without asking or telling anybody: a part of something larger that does both."""
    rows = list(UserSession.objects.filter(user_id=person).exclude(session_key=but))
    for row in rows:
        row.end()
    return len(rows)


def second_steps_of(person: int) -> tuple[str, ...]:
    """What guards an account beside the password: ``totp``, ``webauthn``, ``recovery_codes``."""
    rows = Authenticator.objects.filter(user_id=person).order_by("type")
    return tuple(rows.values_list("type", flat=True))


def forget_second_steps(person: int, by: Actor, *, at: datetime) -> None:
    """Removes somebody's passkeys and codes, for who lost them. Their password is left.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such person.
    """
    require(by, Action.ADMINISTER)
    with together():
        user = find_person(person)
        Authenticator.objects.filter(user_id=person).delete()
        said = f"Removed the passkeys and one-time codes of {user.get_full_name()}."
        auditing.record(by, "second-step.remove", f"people/{person}", at=at, sentence=said)
