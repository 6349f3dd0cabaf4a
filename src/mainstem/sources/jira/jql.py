"""Texts of JQL. Pure.

JQL knows minutes, not seconds, and reads them in the time zone of the account's profile. So a moment is cut
down to its minute, and an hour that happens twice in autumn is gone back before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mainstem.sources.remote import Connection
from mainstem.sources.rounds import first_day

#: So far back each sync looks behind the beginning of the one before: the index of Jira Cloud is behind
#: its data by seconds, at times by minutes, and clocks of its nodes differ.
OVERLAP = timedelta(minutes=5)
#: Before any Jira. JQL of Cloud must be bounded by some condition.
BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)
_WEST = timedelta(hours=12)


def minute(at: datetime, zone: ZoneInfo | None) -> str:
    """A minute not after ``at``, as the account's zone writes it; zone unknown: of the most western one."""
    if zone is None:
        return f"{at.astimezone(UTC) - _WEST:%Y-%m-%d %H:%M}"
    local = at.astimezone(zone)
    while local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        at -= timedelta(hours=1)
        local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M}"


def quoted(words: Iterable[str]) -> str:
    """Values of a list, safe whatever is in them."""
    return ", ".join('"' + w.replace("\\", "\\\\").replace('"', '\\"') + '"' for w in words)


def scope(of: Connection, zone: ZoneInfo | None) -> list[str]:
    """Conditions that every search of a connection has."""
    out = []
    if projects := of.words("projects"):
        out.append(f"project in ({quoted(projects)})")
    if further := of.text("jql").strip():
        out.append(f"({further})")
    if since := first_day(of):
        at = datetime.fromisoformat(since).replace(tzinfo=UTC)
        out.append(f'updated >= "{minute(at, zone)}"')
    return out


def changed(conditions: Sequence[str], mark: datetime | None, zone: ZoneInfo | None) -> str:
    """Everything changed since a mark, oldest change first."""
    since = minute(BEGINNING if mark is None else mark, zone)
    return _joined([*conditions, f'updated >= "{since}"']) + " ORDER BY updated ASC, key ASC"


def everything(conditions: Sequence[str], zone: ZoneInfo | None) -> str:
    """Everything, in an order that changes do not disturb."""
    return _joined([*conditions, f'created >= "{minute(BEGINNING, zone)}"']) + (
        " ORDER BY created ASC, key ASC"
    )


def in_progress(conditions: Sequence[str], states: Iterable[str], zone: ZoneInfo | None) -> str:
    """What somebody has in one of these states, by their ids: names may be in any language."""
    found = f"status in ({', '.join(states)}) AND assignee is not EMPTY"
    return _joined([*conditions, found, f'created >= "{minute(BEGINNING, zone)}"']) + (
        " ORDER BY created ASC, key ASC"
    )


def these(conditions: Sequence[str], idents: Iterable[str]) -> str:
    """Issues by their ids."""
    return _joined([*conditions, f"id in ({', '.join(idents)})"])


def created_in(
    conditions: Sequence[str], kind: str | None, begins: datetime, ends: datetime | None,
    zone: ZoneInfo | None,
) -> str:  # fmt: skip
    """Issues of a type that came to be in a stretch of time, its end not included."""
    more = [f'created >= "{minute(begins, zone)}"']
    if ends is not None:
        more.append(f'created < "{minute(ends, zone)}"')
    if kind is not None:
        more.append(f"issuetype in ({quoted([kind])})")
    return _joined([*conditions, *more])


def _joined(conditions: Iterable[str]) -> str:
    return " AND ".join(conditions)
