"""Hours from Tempo instead of Jira's work logs.

https://apidocs.tempo.io/#tag/Worklogs: ``GET /4/worklogs?updatedFrom=``, pages by ``offset`` while
``metadata.next`` is there; at most 5,000 a page. Tempo tells no deletions: see ``_roll_call``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.answers import Answer
from mainstem.sources.calls import Calls
from mainstem.sources.dates import day
from mainstem.sources.jira.making import Maker
from mainstem.sources.jira.people import People
from mainstem.sources.jira.state import Standing
from mainstem.sources.jira.translate import checked_seconds
from mainstem.sources.jira.values import text, words
from mainstem.sources.limits import server_time
from mainstem.sources.remote import Batch, Connection, Refused, Reject, Row, Watch
from mainstem.sources.rounds import number_of
from mainstem.sources.shape import listing, mapping
from mainstem.work.records import MICRO, UNIT_CODES

#: Work logs a page.
PAGE = 5_000
#: Issues that are asked for one by one.
MOST_MOVED = 500
#: Before any Tempo.
FIRST = "2000-01-01"
#: Days ahead that people plan and log.
AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class TempoLog:
    """A work log of Tempo. ``issue`` is the id in Jira."""

    ident: str
    issue: str
    on: date
    seconds: float
    author: str
    team: str | None = None


def read_tempo(entry: Any, team_field: str = "") -> TempoLog:
    """A work log.

    Args:
        team_field: Key of the attribute that names a team.

    Raises:
        Refused: it has no id, issue, day or time, or an impossible one.
    """
    if not isinstance(entry, dict):
        raise Refused("a work log is no object", entry)
    ident, issue = entry.get("tempoWorklogId"), mapping(entry.get("issue")).get("id")
    if not isinstance(ident, int) or isinstance(ident, bool):
        raise Refused("a work log without an id", ident)
    if isinstance(issue, bool) or not isinstance(issue, str | int) or not str(issue).strip():
        raise Refused("a work log without an issue", issue)
    seconds = checked_seconds(entry.get("timeSpentSeconds"))
    on = day(entry.get("startDate"))
    if on is None:
        raise Refused("a work log without a day", ident)
    author = text(mapping(entry.get("author")).get("accountId")) or ""
    return TempoLog(str(ident), str(issue).strip(), on, seconds, author, _team(entry, team_field))


def _team(entry: Mapping[str, Any], name: str) -> str | None:
    sought = name.strip().strip("_").casefold()
    for one in listing(mapping(entry.get("attributes")).get("values")):
        key = text(mapping(one).get("key")) or ""
        if sought and key.strip("_").casefold() == sought:
            return words(mapping(one).get("value"))
    return None


class TempoClient:
    """Tempo over HTTP. Use it as a context manager."""

    def __init__(self, of: Connection, watch: Watch) -> None:
        headers = {"authorization": f"Bearer {of.secret('tempo_token')}"}
        self.calls = Calls(
            of.text("tempo_url") or "https://api.tempo.io/4", watch, name=f"{of.name} (Tempo)",
            headers=headers,
        )  # fmt: skip
        self.began: datetime | None = None

    def __enter__(self) -> TempoClient:
        return self

    def __exit__(self, *error: object) -> None:
        self.calls.__exit__(*error)

    def pages(self, path: str, params: Mapping[str, Any]) -> Iterator[list[Any]]:
        """Pages of work logs."""
        offset = 0
        while True:
            asked = {**params, "offset": offset, "limit": PAGE}
            answer = mapping(self.calls.whole(lambda: self._checked(path, asked)))  # noqa: B023
            found = answer.get("results")
            if not isinstance(found, list):
                raise SourceError(
                    "Tempo gave no list of work logs.", "It is tried again later.",
                    code="source.answer", permanent=False,
                )  # fmt: skip
            yield found
            offset += len(found)
            if not found or not text(mapping(answer.get("metadata")).get("next")):
                return

    def _checked(self, path: str, params: Mapping[str, Any]) -> Answer:
        answer = self.calls.get(path, params)
        if self.began is None:
            self.began = server_time(answer.headers)
        return answer


@dataclass(slots=True)
class TempoSync:
    """Brings hours from Tempo, after the issues.

    Attributes:
        before: Keys of issues by id as the ledger had them before this sync.
    """

    client: TempoClient
    maker: Maker
    before: Mapping[str, str]
    outside: set[str] = field(default_factory=set)
    has_memory: bool = True
    _keys: dict[str, str] = field(default_factory=dict)

    def run(self, standing: Standing, whole: bool) -> Iterator[tuple[Batch, Standing]]:
        """Batches, each with where the sync stands after it."""
        self.has_memory = self.maker.kept.whole
        self._keys = {**self.before, **self.maker.watch.known(), **self.maker.keys}
        since = FIRST if whole or not standing.tempo else standing.tempo
        for page in self.client.pages("worklogs", {"updatedFrom": since}):
            yield self._batch(page), standing
        for batch in self.of_issues(standing.moved):
            yield batch, standing
        # Tempo takes days: of the day before, since its day may end elsewhere
        began = self.client.began or self.maker.watch.at
        since = (began.astimezone(UTC).date() - timedelta(days=1)).isoformat()
        standing = replace(standing, tempo=since, moved=())
        if self._is_due(standing):
            for batch in self._roll_call():
                yield batch, standing
            standing = replace(standing, tempo_called=self.maker.watch.at)
        yield Batch({}), standing

    def of_issues(self, idents: Iterable[str]) -> Iterator[Batch]:
        """All work logs of some issues."""
        self._keys = {**self.before, **self.maker.keys}
        for ident in idents:
            for page in self.client.pages(f"worklogs/issue/{ident}", {}):
                yield self._batch(page)

    def notes(self) -> list[str]:
        """What a person should know."""
        out = []
        if self.outside:
            out.append(
                f"{len(self.outside):,} work logs of Tempo belong to issues that this source does not read."
            )
        if not self.has_memory:
            out.append(
                "Work logs that are deleted in Tempo are not noticed: there is no folder to remember them in."
            )
        return out

    def moved_by(self, batch: Batch, standing: Standing) -> Standing:
        """Remembers issues whose work logs are older than they are here: come from elsewhere, or renamed."""
        if not standing.tempo:
            return standing
        found = {str(i["fields"].get("id", i["key"])): i for i in batch.items}
        ids = [
            ident for ident, item in found.items()
            if self.before.get(ident) != item["key"] and (item["created"] or "") < standing.tempo
        ]  # fmt: skip
        moved = tuple(dict.fromkeys([*standing.moved, *ids]))
        # so many at once are sooner had by asking for everything
        return (
            replace(standing, moved=moved)
            if len(moved) <= MOST_MOVED
            else replace(standing, moved=(), tempo="")
        )

    def _is_due(self, standing: Standing) -> bool:
        hours = timedelta(hours=number_of(self.maker.of, "roll_call", 24))
        called = standing.tempo_called
        return called is None or not timedelta() <= self.maker.watch.at - called < hours

    def _roll_call(self) -> Iterator[Batch]:
        """What is listed of the last days, against what was kept: the rest was deleted.

        Older work logs that are deleted stay until everything is read again.
        """
        window = timedelta(days=number_of(self.maker.of, "tempo_window", 366))
        today = self.maker.watch.at.date()
        first = (today - window).isoformat()
        had = self.maker.kept.since(first)
        listed: set[str] = set()
        params = {"from": first, "to": (today + AHEAD).isoformat()}
        for page in self.client.pages("worklogs", params):
            new = [e for e in page if f"tempo:{mapping(e).get('tempoWorklogId')}" not in had]
            listed |= {f"tempo:{mapping(e).get('tempoWorklogId')}" for e in page}
            if new:
                yield self._batch(new)
        gone = sorted(had - listed)
        if gone:
            # they stay remembered: this batch may not land, and to withdraw twice does no harm
            yield Batch({}, stems=gone)

    def _batch(self, entries: Sequence[Any]) -> Batch:
        rejects: list[Reject] = []
        found: dict[str, TempoLog] = {}
        for entry in entries:
            try:
                log = read_tempo(entry, self.maker.of.text("team_field"))
            except Refused as refused:
                place = f"Tempo work log {mapping(entry).get('tempoWorklogId', '?')}"
                rejects.append(Reject(place[:200], refused.reason, refused.sample))
            else:
                found[log.ident] = log
        inside = [log for log in found.values() if log.issue in self._keys]
        outside = {log.ident for log in found.values() if log.issue not in self._keys}
        self.outside |= outside
        self._look_up(inside)
        self.maker.kept.put((f"tempo:{g.ident}", g.issue, g.on.isoformat()) for g in inside)
        rows = [_row(log, self._keys[log.issue], self.maker.people) for log in inside]
        # one that was logged on an issue elsewhere since is withdrawn here
        stems = [f"tempo:{ident}" for ident in found]
        return Batch({}, len(inside) + len(rejects), (), rows, rejects, stems)

    def _look_up(self, logs: Sequence[TempoLog]) -> None:
        people = self.maker.people
        unknown = people.unknown(log.author for log in logs if log.author)
        if not unknown:
            return
        try:
            for user in self.maker.client.users(unknown):
                people.met(user)
        except SourceError as error:
            if error.code not in ("source.rights", "source.absent"):
                raise
        people.give_up(unknown)


def _row(log: TempoLog, key: str, people: People) -> Row:
    person = people.by_id(log.author) if log.author else None
    return {
        "row_key": f"tempo:{log.ident}#log", "item_key": key, "day": log.on.isoformat(),
        "person": person.name if person else None, "team": log.team, "unit": UNIT_CODES["hour"],
        "amount": round(log.seconds * MICRO / 3600), "bot": bool(person and person.bot),
    }  # fmt: skip
