"""Undo: the records of an event as they were before it, if nothing came upon them since.

Cards and other things come back as they were; only the version of a card goes on, so that words that
somebody is typing on the newer one are never taken for up to date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mainstem.errors import Conflict
from mainstem.workshop.board import Board, Puts, Record
from mainstem.workshop.kinds import CARD_KINDS, Holds


def befores(board: Board, puts: Puts) -> dict[str, Record | None]:
    """The records that an event is about to put, as they stand."""
    return {name: board.get(name) for name in puts}


def undo(board: Board, puts: Puts, before: Puts) -> Puts:
    """What to put to undo an event.

    Args:
        board: The room as it stands.
        puts: What the event put.
        before: The same records before it.

    Raises:
        Conflict: something later touched its records, or hangs on what would go. Nothing is lost.
    """
    for name, record in puts.items():
        if board.get(name) != record:
            raise _touched(name)
    inverse = {name: _back(name, board.get(name), before.get(name)) for name in puts}
    gone = {name for name, record in inverse.items() if record is None}
    _require_free(board, gone)
    _require_sound(board, inverse)
    return inverse


def _back(name: str, now: Record | None, was: Record | None) -> Record | None:
    if was is None or now is None or not name.startswith("card/") or now == was:
        return was
    version = now["version"] + 1
    differs = {
        n for n in {*was["fields"], *now["fields"]} if was["fields"].get(n) != now["fields"].get(n)
    }
    if was["text"] != now["text"]:
        differs.add("text")
    if not differs:
        return {**was, "version": now["version"], "changed": now.get("changed", {})}
    changed = {**now.get("changed", {}), **dict.fromkeys(differs, version)}
    return {**was, "version": version, "changed": changed}


def _require_free(board: Board, gone: set[str]) -> None:
    """Refuses to take away what others hang on."""
    cards = {n.partition("/")[2] for n in gone if n.startswith("card/")}
    steps = {n.partition("/")[2] for n in gone if n.startswith("step/")}
    for ident, card in board.of("card"):
        if f"card/{ident}" in gone:
            continue
        if card["step"] in steps or cards & _named(card):
            raise _hangs(f"card/{ident}")
    for kind in ("dots", "rank", "answer"):
        for name, _ in board.of(kind):
            if name.partition("/")[0] in cards and f"{kind}/{name}" not in gone:
                raise _hangs(f"{kind}/{name}")
    for ident, comment in board.of("comment"):
        if comment["card"] in cards and f"comment/{ident}" not in gone:
            raise _hangs(f"comment/{ident}")
    for ident, person in board.of("person"):
        if person["group"] in cards:
            raise _hangs(f"person/{ident}")
    for name, record in board.of("rank"):
        if cards & set(record["order"]):
            raise _hangs(f"rank/{name}")


def _named(card: Mapping[str, object]) -> set[str]:
    """The cards that a card names."""
    out = {str(card[n]) for n in ("under", "group", "into") if card[n]}
    fields = card["fields"]
    assert isinstance(fields, Mapping)
    for field in CARD_KINDS[str(card["kind"])].fields:
        value = fields.get(field.name)
        if field.holds is Holds.CARD and value:
            out.add(str(value))
        elif field.holds is Holds.CARDS and value:
            out.update(value)
    return out


def _require_sound(board: Board, inverse: Puts) -> None:
    """Refuses what no act would have let come about: two metrics chosen for a stream, words on what is gone."""
    after = board.after([(board.number + 1, inverse)])
    for name, record in inverse.items():
        missing = record and next((n for n in _needs(name, record) if after.get(n) is None), "")
        if missing:
            raise _hangs(missing)
    chosen: set[str] = set()
    for _, card in after.of("card"):
        if card["kind"] == "metric" and card["state"] == "chosen" and card["under"]:
            if card["under"] in chosen:
                raise Conflict("Another metric of this stream was chosen since.",
                               "Choose the one you want instead.", code="workshop.touched")  # fmt: skip
            chosen.add(card["under"])


def _needs(name: str, record: Record) -> Iterator[str]:
    """Names of the records that a record cannot be without."""
    kind, _, rest = name.partition("/")
    if kind == "card":
        if record["step"]:
            yield f"step/{record['step']}"
        yield from (f"card/{ident}" for ident in sorted(_named(record)))
    elif kind == "comment":
        yield f"card/{record['card']}"
    elif kind in ("dots", "rank", "answer", "tally"):
        yield f"card/{rest.partition('/')[0]}"
        yield from (f"card/{ident}" for ident in record.get("order", ()))


def _touched(name: str) -> Conflict:
    return Conflict(
        f"Something later changed what this would undo ({name.partition('/')[0]}).",
        "Undo that first, or change it by hand.", code="workshop.touched",
    )  # fmt: skip


def _hangs(name: str) -> Conflict:
    what = {"card": "another card", "comment": "a comment", "person": "somebody's group",
            "step": "a card at a step that is gone"}.get(name.partition("/")[0], "a vote")  # fmt: skip
    return Conflict(
        f"On what this would take away hangs {what}.", "Remove the card instead: it stays readable.",
        code="workshop.touched",
    )  # fmt: skip
