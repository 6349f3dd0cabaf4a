"""The roll call: all ids on GitLab's side against those in the ledger.

GitLab tells of no deletion, and neither a renamed project nor one that was moved into a group touches its
issues. So all lists are read by the moment of creation, which never changes: what the ledger has and GitLab
does not is gone; what comes under another key, or is not known, is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from mainstem.sources.gitlab.cursor import write_moment
from mainstem.sources.gitlab.paging import Spot, moment_of, walk
from mainstem.sources.gitlab.scopes import MARKS, place_of
from mainstem.sources.gitlab.translate import IDENTS, ident_of, key_of
from mainstem.sources.remote import Batch, Refused

if TYPE_CHECKING:
    from mainstem.sources.gitlab.reading import Sync


def roll_call(sync: Sync) -> Iterator[Batch]:
    """What is gone, and what was missed. Sets when it was made."""
    before = {**sync.watch.known(), **sync.rows.yielded}
    left = dict(before)
    counted = 0
    for scope in sync.settings.scopes:
        for kind, path, params in sync.lists(scope):
            for page, _ in walk(sync.gitlab, path, params, "created", Spot()):
                counted += len(page.rows)
                sync.watch.progress(counted, len(before) or None, "comparing ids")
                missed = _missed(sync, page.rows, kind, before, left)
                if missed:
                    yield sync.read(missed, kind)
    sync.position.rolled = write_moment(sync.watch.at)
    gone = _gone(sync, left)
    if gone:
        yield sync.batch(gone=gone)


def _missed(
    sync: Sync, rows: Sequence[Any], kind: str, before: dict[str, str], left: dict[str, str]
) -> list[Any]:
    """Rows that the ledger does not have, or has under another key. Strikes all that were seen."""
    out: dict[str, Any] = {}
    for row in rows:
        try:
            ident, key = ident_of(row, kind), key_of(row, kind, sync.settings.below)
        except Refused:
            # what cannot be read was refused when it changed last
            continue
        left.pop(ident, None)
        if before.get(ident) != key and not _is_before(sync, row):
            out[ident] = row
    return list(out.values())


def _is_before(sync: Sync, row: Any) -> bool:
    """Whether it did not change since the first day that is read."""
    changed, since = moment_of(row, "updated_at"), sync.settings.since
    return since is not None and changed is not None and changed < since


def _gone(sync: Sync, left: dict[str, str]) -> dict[str, str]:
    """Keys of what was not seen, with the reason; not of lists that GitLab did not show."""
    # what was read in this sync and deleted before it could be seen here is gone as well
    claimed = {key for ident, key in sync.rows.yielded.items() if ident not in left}
    hidden = [
        (scope, IDENTS[kind])
        for scope in sync.settings.scopes
        for kind in MARKS
        if (scope.word, kind) in sync.closed
    ]
    out: dict[str, str] = {}
    for ident, key in left.items():
        place = place_of(key)
        path = "" if place is None else place.path
        name = ident.partition(":")[0]
        if key in claimed or any(name == n and scope.covers(path) for scope, n in hidden):
            continue
        covered = any(scope.covers(path) for scope in _now(sync))
        out[key] = "deleted" if covered else "out of reach"
    return out


def _now(sync: Sync) -> list[Any]:
    """The scopes under the paths that they have now."""
    from mainstem.sources.gitlab.scopes import Scope

    kept = sync.position.scopes
    return [
        Scope(kept[s.word].path or s.path, s.is_group) if s.word in kept else s
        for s in sync.settings.scopes
    ]
