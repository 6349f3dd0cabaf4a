"""What is asked of Jira once a day before anything is read, and kept in the cursor meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.dates import moment
from mainstem.sources.jira.client import Client
from mainstem.sources.jira.fields import Fields, fields_from, found_fields, known_fields
from mainstem.sources.jira.states import States, states_of
from mainstem.sources.jira.values import text
from mainstem.sources.remote import Connection, Refused

_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Setup:
    """What is known of a Jira.

    Attributes:
        zone: Of the account's profile, in which Jira reads JQL; ``None``: not known.
        link: Address for links.
        at: When it was asked.
    """

    cloud: bool
    zone: ZoneInfo | None
    link: str
    fields: Fields
    states: States
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """For the cursor."""
        return {
            "cloud": self.cloud, "zone": self.zone.key if self.zone else "", "link": self.link,
            "fields": self.fields.as_json(), "states": dict(self.states.by_id),
            "names": dict(self.states.by_name), "at": self.at.isoformat(),
        }  # fmt: skip


def kept_setup(kept: Mapping[str, Any] | None, now: datetime) -> Setup | None:
    """Out of a cursor, if it is not too old."""
    if not kept:
        return None
    try:
        at = moment(kept["at"])
        if at is None or not timedelta() <= now - at < _LASTS:
            return None
        return Setup(
            bool(kept["cloud"]), zone_of(kept["zone"]), str(kept["link"]),
            fields_from(kept["fields"]), States(kept["states"], kept["names"]), at,
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, Refused):
        return None


def ask_setup(client: Client, of: Connection, now: datetime) -> Setup:
    """Asks for all of it; sets the client's deployment.

    Raises:
        SourceError: as ``Calls``.
    """
    kind = of.text("deployment")
    server = client.server()
    client.cloud = kind == "cloud" if kind else server.get("deploymentType") == "Cloud"
    asked: list[Callable[[], Any]] = [client.myself, client.fields, client.states]
    me, fields, states = client.calls.each(lambda ask: ask(), asked)
    link = text(server.get("baseUrl")) or of.text("url")
    known = found_fields(known_fields(fields), of)
    missing = [name for name, idents in known.extra if not idents]
    missing += [n for n in ("points", "team_field") if of.text(n) and not _found(known, n)]
    if missing:
        raise SourceError(
            f"Jira has no field that the settings of {of.name} name: {', '.join(missing)}.",
            "Write its name as it stands in Jira, or its id, such as customfield_10016;"
            f" `mainstem sources test {of.name}` looks at each.",
            code="source.settings",
        )
    return Setup(
        client.cloud, zone_of(me.get("timeZone")), link.rstrip("/"), known, states_of(states), now
    )


def _found(known: Fields, name: str) -> bool:
    return bool(known.points if name == "points" else known.team)


def zone_of(name: Any) -> ZoneInfo | None:
    """A zone by its name; ``None`` for one that this machine does not know."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (ValueError, OSError, KeyError):
        return None
