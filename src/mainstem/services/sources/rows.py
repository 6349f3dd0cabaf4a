"""Rows of connected sources, and what is sealed in them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from mainstem.errors import Absent, MainstemError, SourceError
from mainstem.services.server.ground import Ground
from mainstem.services.server.sealing import seal, unseal
from mainstem.services.sources.connecting import connect
from mainstem.services.sources.places import check_places
from mainstem.sources.remote import Connection, Secret
from mainstem.store.models import SourceConnection

PURPOSE = "source"


def row_of(name: str) -> SourceConnection:
    """A source.

    Raises:
        Absent: there is none of that name.
    """
    found = SourceConnection.objects.filter(name=name[:61]).first()
    if found is None:
        raise Absent("There is no such source.", "It may have been removed; the list has them all.")
    return found


def connection_of(row: SourceConnection, ground: Ground) -> Connection:
    """The source with its credentials, as its code wants it.

    Raises:
        SourceError: its settings no longer do; it is permanent.
    """
    zone = ground.plans.head().plan.organisation.timezone
    try:
        made = connect(row.name, row.kind, row.options, unsealed(row), timezone=zone)
        check_places(made, ground)
    except SourceError:
        raise
    except MainstemError as error:
        raise SourceError(error.message, error.hint, code=error.code) from error
    return made


def hook_secret_of(row: SourceConnection) -> str:
    """The secret that a source's messages are signed with."""
    return unseal(row.hook_secret, PURPOSE)


def secrets_of(row: SourceConnection) -> tuple[str, ...]:
    """Names of the credentials that are kept."""
    try:
        return tuple(sorted(unsealed(row)))
    except MainstemError:
        return ()


def clear_secrets_of(row: SourceConnection) -> tuple[str, ...]:
    """The credentials themselves, to be taken out of whatever is told."""
    try:
        return tuple(unsealed(row).values())
    except MainstemError:
        return ()


def unsealed(row: SourceConnection) -> dict[str, str]:
    """The credentials in the clear.

    Raises:
        MainstemError: the server's secret is another one than when they were sealed.
    """
    return dict(json.loads(unseal(row.sealed, PURPOSE))) if row.sealed else {}


def sealed(given: Mapping[str, Secret]) -> str:
    """Credentials as they are kept."""
    return seal(json.dumps({n: str(v) for n, v in given.items()}), PURPOSE) if given else ""


def new_secret(given: str = "") -> tuple[str, str]:
    """A secret for messages of a source, in the clear and as it is kept; made if none is given."""
    made = given or secrets.token_urlsafe(32)
    return made, seal(made, PURPOSE)
