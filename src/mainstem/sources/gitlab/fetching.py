"""Single items anew, because GitLab told that they were touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mainstem.errors import SourceError
from mainstem.sources.gitlab.client import REFUSALS, GitLab
from mainstem.sources.gitlab.landing import Rows
from mainstem.sources.gitlab.scopes import Place, encoded, place_of
from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.remote import Batch, Watch


def fetch(gitlab: GitLab, settings: Settings, keys: Sequence[str], watch: Watch) -> Iterator[Batch]:
    """These items, or that they are gone. Keys of what is not configured are left alone."""
    rows = Rows(gitlab, settings, watch)
    for key in dict.fromkeys(keys):
        place = place_of(key)
        if place is None or not _is_wanted(place, settings):
            continue
        try:
            found = gitlab.one(place.address)
        except SourceError as error:
            if error.code not in REFUSALS:
                raise
            yield Batch(cursor={}, gone={key: _why(gitlab, place)})
            continue
        yield Batch(cursor={}, **rows.read([found], place.kind))
    yield Batch(cursor={}, is_last=True, notes=rows.notes())


def _is_wanted(place: Place, settings: Settings) -> bool:
    if place.kind == "merge_requests" and not settings.merge_requests:
        return False
    if place.kind == "epics" and not settings.epics:
        return False
    return any(scope.covers(place.path) for scope in settings.scopes)


def _why(gitlab: GitLab, place: Place) -> str:
    """Where the project is still to be seen, the item was deleted."""
    home = "groups" if place.kind == "epics" else "projects"
    return "deleted" if gitlab.one_or_none(f"{home}/{encoded(place.path)}") else "out of reach"
