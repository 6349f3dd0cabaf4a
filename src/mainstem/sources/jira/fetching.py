"""Issues by their ids: read anew where they are there and meant, else gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mainstem.sources.jira import jql
from mainstem.sources.jira.client import FETCHED, parts_of
from mainstem.sources.jira.making import Maker, Raw, read_all
from mainstem.sources.remote import Batch, Cursor

DELETED, OUT_OF_REACH = "deleted", "out of reach"


def fetch(
    maker: Maker, idents: Sequence[str], keys: Mapping[str, str], cursor: Cursor
) -> Iterator[Batch]:
    """These issues.

    Args:
        idents: Ids or keys, each once.
        keys: Keys of those ids as the ledger has them; one without a key that is absent is nobody's.
        cursor: Of every batch.
    """
    for part in parts_of(idents, FETCHED):
        maker.watch.check()
        raws, rejects = read_all(maker, maker.client.by_ids(part, maker.asked_fields()))
        meant = _meant(maker, raws)
        gone = dict(_gone(part, raws, meant, keys))
        inside = [raw for raw in raws if raw.ident in meant]
        yield maker.batch(inside, cursor, rejects, gone)


def _gone(
    asked: Sequence[str], raws: Sequence[Raw], meant: set[str], keys: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    found = {raw.ident: raw for raw in raws} | {raw.key: raw for raw in raws}
    for ident in asked:
        raw = found.get(ident)
        key = keys.get(ident) or ("" if ident.isdecimal() else ident)
        if raw is None:
            if key:
                yield key, DELETED
        elif raw.ident not in meant:
            yield key or raw.key, OUT_OF_REACH
        elif not ident.isdecimal() and raw.key != ident:
            # asked for by a key that it no longer has
            yield ident, f"moved to {raw.key}"


def _meant(maker: Maker, raws: Sequence[Raw]) -> set[str]:
    """Ids of those that the settings mean: their project, and the further condition."""
    projects = {p.casefold() for p in maker.of.words("projects")}
    inside = [r.ident for r in raws if not projects or r.project.casefold() in projects]
    if not inside or not (maker.of.text("jql").strip() or maker.of.text("since").strip()):
        return set(inside)
    conditions = jql.scope(maker.of, maker.setup.zone)
    return {i for i, _ in maker.client.idents(jql.these(conditions, inside))}
