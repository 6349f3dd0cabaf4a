"""When connected sources are asked: a job of its own stands for each, beside the schedule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from mainstem.services.server import queueing
from mainstem.services.server.queueing import JobRow, Standing
from mainstem.sources.answering import is_answering
from mainstem.store.models import SourceConnection

#: Lines of ``jobs.schedule``.
SYNC, FETCH, PROVE, TEST = "sync", "fetch", "prove-source", "test-source"
ANSWER = "answer"
#: Messages that come together are fetched together.
GATHERED = timedelta(seconds=1)
#: What was told is looked through again so often, should a wish to fetch it ever have been lost.
_FETCHED = timedelta(hours=6)


def sync_key(name: str) -> str:
    """Key of the job that syncs a source."""
    return f"{SYNC}:{name}"


def fetch_key(name: str) -> str:
    """Key of the job that fetches what a source told."""
    return f"{FETCH}:{name}"


def answer_key(name: str) -> str:
    """Key of the job that answers in a source."""
    return f"{ANSWER}:{name}"


def all_syncs() -> Iterable[Standing]:
    """The syncs that stand, for all sources that are switched on."""
    return [_sync(row) for row in SourceConnection.objects.filter(is_on=True)]


def all_fetches() -> Iterable[Standing]:
    """What fetches, for all sources that are switched on."""
    return [_fetch(row.name) for row in SourceConnection.objects.filter(is_on=True)]


def all_answers() -> Iterable[Standing]:
    """What answers, for all sources that are switched on and told to."""
    return [
        _answer(row.name) for row in SourceConnection.objects.filter(is_on=True) if answers(row)
    ]


def answers(row: SourceConnection) -> bool:
    """Whether a source is told to answer where work begins."""
    return is_answering(row.options)


def stand(row: SourceConnection, *, at: datetime) -> None:
    """A source is asked from now on, and first of all now."""
    queueing.stand(_sync(row), at=at)
    queueing.stand(_fetch(row.name), at=at)
    if answers(row):
        queueing.stand(_answer(row.name), at=at)
    else:
        queueing.lift(answer_key(row.name))


def lift(name: str) -> None:
    """A source is asked no more."""
    queueing.lift(sync_key(name), fetch_key(name), answer_key(name))


def fetch_soon(name: str, *, at: datetime) -> None:
    """Fetches what a source told, together with what it tells within a second."""
    queueing.soon(fetch_key(name), at=at + GATHERED)


def answer_soon(name: str, *, at: datetime) -> None:
    """Answers what was touched, together with what is touched within a second."""
    queueing.soon(answer_key(name), at=at + GATHERED)


def sync_soon(name: str, *, at: datetime) -> None:
    """Syncs a source now rather than when its time comes."""
    queueing.soon(sync_key(name), at=at)


def syncs_of(names: Iterable[str]) -> dict[str, JobRow]:
    """The jobs of sources, by name of the source."""
    keys = {sync_key(name): name for name in names}
    return {keys[key]: row for key, row in queueing.standing_rows(keys).items()}


def _sync(row: SourceConnection) -> Standing:
    words = f"Reads what is new at {row.name} ({row.kind})."
    every = timedelta(minutes=row.every_minutes)
    return Standing(sync_key(row.name), every, {"source": row.name, "words": words})


def _fetch(name: str) -> Standing:
    words = f"Reads what {name} told that it has changed."
    return Standing(fetch_key(name), _FETCHED, {"source": name, "words": words})


def _answer(name: str) -> Standing:
    words = f"Answers at {name} whether what was touched there qualifies."
    return Standing(answer_key(name), _FETCHED, {"source": name, "words": words})
