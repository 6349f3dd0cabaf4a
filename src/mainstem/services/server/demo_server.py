"""The people of a demo server: accounts for everybody, and a cast that anyone may look round as.

Looking round needs no password, so it works only where both are so: the server was started for the demo
(``MAINSTEM_DEMO``), and its data folder was made as one (it has a mark in it).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from mainstem.config import settings
from mainstem.errors import Absent
from mainstem.services.people import auditing
from mainstem.services.people.access import Actor, Role, nothing_here
from mainstem.services.people.accounts import actor_of
from mainstem.services.server.ground import Ground
from mainstem.store.models import Grant, Membership, User
from mainstem.store.together import together

MARK = "demo.json"


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody of the cast: who they are, what they may do, and what they come for."""

    name: str
    email: str
    title: str
    comes_for: str
    role: Role
    team: str = ""
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Belongs:
    """Somebody of the organisation in a team from a day to a day, both included."""

    name: str
    email: str
    team: str
    first: date | None = None
    last: date | None = None
    fraction: float = 1.0


def is_demo(data: Path) -> bool:
    """Whether a data folder was made as a demo, whole."""
    return (data / MARK).exists()


def is_open(data: Path) -> bool:
    """Whether anyone may look round."""
    return settings().is_on("MAINSTEM_DEMO") and is_demo(data)


def make_people(people: Sequence[Belongs], cast: Sequence[Part], *, at: datetime) -> None:
    """Makes accounts without passwords, with memberships, and what the cast may do."""
    with together():
        known: dict[str, User] = {}
        for email, name in (
            *((b.email, b.name) for b in people),
            *((p.email, p.name) for p in cast),
        ):
            if email not in known:
                user = User(email=email, name=name)
                user.set_unusable_password()
                known[email] = user
        User.objects.bulk_create(known.values(), batch_size=400)
        Membership.objects.bulk_create(
            [
                Membership(user=known[b.email], team=b.team, first_day=b.first, last_day=b.last,
                           fraction=b.fraction)
                for b in people
            ],
            batch_size=400,
        )  # fmt: skip
        for part in cast:
            Grant.objects.create(user=known[part.email], role=part.role, team=part.team,
                                 stream=part.stream, at=at)  # fmt: skip


def mark(data: Path, cast: Iterable[Part]) -> None:
    """Marks a data folder as a demo that is whole, with its cast."""
    fresh = data / f".{MARK}.new"
    fresh.write_text(json.dumps([asdict(part) for part in cast], indent=1) + "\n", "utf-8")
    fresh.replace(data / MARK)


def cast_of(data: Path) -> tuple[Part, ...]:
    """Whom one may look round as.

    Raises:
        Absent: this is no demo.
    """
    if not is_open(data):
        raise nothing_here()
    found = json.loads((data / MARK).read_text("utf-8"))
    return tuple(Part(**{**row, "role": Role(row["role"])}) for row in found)


def enter(email: str, ground: Ground, *, at: datetime, address: str, request: str) -> User:
    """The account of somebody of the cast, to be signed in, with its audit line.

    Raises:
        Absent: this is no demo, or nobody of the cast has that address.
    """
    if email not in {part.email for part in cast_of(ground.data)}:
        raise Absent("Nobody of the demo has that address.", "Choose one of the cast.")
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        raise Absent("This person has no account any more.", "Choose another of the cast.")
    auditing.record(
        actor_of(user, today=ground.today(), face="page", address=address, request=request),
        "sign-in.demo", f"people/{user.pk}", at=at, sentence=f"Looks round as {user.name}.",
    )  # fmt: skip
    return user


def actor_of_cast(part: Part, ground: Ground) -> Actor:
    """The actor that somebody of the cast is, for making the demo's history."""
    return actor_of(User.objects.get(email=part.email), today=ground.today(), face="cli")
