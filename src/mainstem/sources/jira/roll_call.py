"""Who is still there: ids alone, many in one request, against what the ledger has.

Search cannot tell what was deleted, moved out of the projects or hidden, nor that a project's key changed; and
while many pages are read, a change can push an issue over the edge of a page unread.
"""

from __future__ import annotations

from collections.abc import Iterator

from mainstem.sources.jira import jql
from mainstem.sources.jira.fetching import fetch
from mainstem.sources.jira.making import Maker
from mainstem.sources.jira.seen import Seen
from mainstem.sources.remote import Batch, Cursor


def roll_call(
    maker: Maker, seen: Seen, cursor: Cursor, *, anew: bool, knew: bool
) -> Iterator[Batch]:
    """Reads what is there and was not known, or has another key; says what is gone.

    What a list of ids leaves out is asked for by its id before it counts as gone.

    Args:
        seen: What this sync has read.
        anew: This sync read everything: whatever it did not see was pushed over the edge of a page.
        knew: Whether the ledger had anything before this sync.
    """
    maker.watch.progress(0, None, "roll call")
    known = dict(maker.watch.known()) if knew else {}
    left, wanted, listed = dict(known), [], Seen()
    zone = maker.setup.zone
    for ident, key in maker.client.idents(jql.everything(jql.scope(maker.of, zone), zone)):
        listed.add(ident)
        left.pop(ident, None)
        had = known.get(ident)
        if ident not in seen and (anew or had is None or (key and had != key)):
            wanted.append(ident)
    missing = [i for i in seen if i not in listed and i not in left]
    keys = {**known, **maker.keys}
    if missing and not knew:
        keys = {**maker.watch.known(), **keys}
    wanted = list(dict.fromkeys([*wanted, *left, *missing]))
    yield from fetch(maker, wanted, keys, cursor)


def sweep(maker: Maker, seen: Seen, query: str, cursor: Cursor) -> Iterator[Batch]:
    """After a pass over many pages: reads what should have been on one of them and was not."""
    missed = list(dict.fromkeys(i for i, _ in maker.client.idents(query) if i not in seen))
    yield from fetch(maker, missed, {**maker.keys}, cursor)
