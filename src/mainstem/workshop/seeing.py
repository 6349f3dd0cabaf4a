"""Who sees what of a room: one mask for each record and viewer, put on by the server, always.

A mask looks at one record and one viewer only. So masking every event on its way gives the same as masking
the whole board at once, and nobody has to remember what somebody saw before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mainstem.workshop.board import Puts, Record
from mainstem.workshop.case import FACILITATOR, GUEST, Sitting
from mainstem.workshop.kinds import CARD_KINDS

#: What each votes, ranks and answers is their own; totals are in ``tally``.
OWN = ("dots", "rank", "answer")
_HIDDEN: Mapping[str, Any] = {
    "text": "", "fields": {}, "cluster": "", "plan": "", "into": "", "version": 0, "changed": {},
}  # fmt: skip
#: Fields that only members of the organisation see, by kind of card.
INSIDE: Mapping[str, frozenset[str]] = {
    name: frozenset(f.name for f in kind.fields if f.is_inside) for name, kind in CARD_KINDS.items()
}


def shown_to(name: str, record: Record, viewer: Sitting) -> Record | None:
    """A record as a viewer sees it; ``None`` if it does not exist for them. The record stays as it is."""
    kind, _, rest = name.partition("/")
    if kind in OWN:
        return record if rest.rpartition("/")[2] == str(viewer.id) else None
    if kind == "card":
        return _card(record, viewer)
    if kind == "step" and viewer.role != FACILITATOR:
        return {**record, "lead": ""}
    return record


def masked(puts: Puts, viewer: Sitting) -> dict[str, Record | None]:
    """What an event put, as a viewer receives it; what does not exist for them is not named."""
    out: dict[str, Record | None] = {}
    for name, record in puts.items():
        if record is None:
            if _exists_for(name, viewer):
                out[name] = None
            continue
        shown = shown_to(name, record, viewer)
        if shown is not None:
            out[name] = shown
    return out


def masked_records(records: Mapping[str, Record], viewer: Sitting) -> dict[str, Record]:
    """All records as a viewer sees them."""
    shown = ((name, shown_to(name, record, viewer)) for name, record in records.items())
    return {name: record for name, record in shown if record is not None}


def is_same_for(name: str) -> bool:
    """Whether everybody sees every such record alike, so that one text of it serves all."""
    return name.partition("/")[0] not in ("card", "step", *OWN)


def _exists_for(name: str, viewer: Sitting) -> bool:
    kind, _, rest = name.partition("/")
    return kind not in OWN or rest.rpartition("/")[2] == str(viewer.id)


def _card(record: Record, viewer: Sitting) -> Record:
    if record["silent"] and record["by"] != viewer.id:
        return {**record, **_HIDDEN, "fields": {}, "changed": {}}
    if viewer.role != GUEST:
        return record
    inside = INSIDE.get(record["kind"], frozenset())
    kept = {k: v for k, v in record["fields"].items() if k not in inside}
    return {**record, "fields": kept, "plan": ""}
