"""The people of server tests. Their names begin with the letter of what they may do.

- Ada administers, Petra plans, Lena leads the team Playback (and Player core in it), Owen owns the
  stream Start fast, Carl contributes in Player core, Vera views, Otto has an account and nothing else.
"""

from __future__ import annotations

from typing import Any

PASSWORD = "a long enough password"
#: Name → role, team, stream, own team.
ROLES: dict[str, tuple[str, str, str, str]] = {
    "ada": ("administrator", "", "", ""),
    "petra": ("planner", "", "", ""),
    "lena": ("lead", "playback", "", "playback"),
    "owen": ("owner", "", "start-fast", "growth"),
    "carl": ("contributor", "", "", "player-core"),
    "vera": ("viewer", "", "", ""),
    "otto": ("", "", "", ""),
}
Cast = dict[str, Any]


def make_cast() -> Cast:
    """Makes an account with its grant and membership for everybody in ``ROLES``."""
    from mainstem.store.models import Grant, Membership, User
    from tests.server.factories import NOW

    out: Cast = {}
    for name, (role, team, stream, own) in ROLES.items():
        user = User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.capitalize())
        if role:
            Grant.objects.create(user=user, role=role, team=team, stream=stream, at=NOW)
        if own:
            Membership.objects.create(user=user, team=own)
        out[name] = user
    return out


def actor(name: str, cast: Cast, *, face: str = "page", may_write: bool = True) -> Any:
    """The actor that somebody of the cast is."""
    from mainstem.services.people.accounts import actor_of
    from tests.server.factories import TODAY

    return actor_of(cast[name], today=TODAY, face=face, may_write=may_write)
