"""What stands on a card, in words, and what its forms ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mainstem.figures.wording import clean, day, metric_number, one_line, shorten
from mainstem.workshop.board import Record
from mainstem.workshop.kinds import CARD_KINDS, CardKind, Field, Holds

Records = Mapping[str, Record]
#: What is never shown as a field: it is said by a mark, or only the program reads it.
_SILENT = {
    "statement": ("statement", "version", "severity"), "call": ("part",), "dependency": ("answer",),
    "key_result": ("team",), "bet": ("team",),
}  # fmt: skip
_LIVING = ("open", "chosen")
_WORDS = {"true": "It is true", "false": "It is not true", "cannot_say": "We cannot say"}


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A field of a card: its words are empty where nothing is filled in."""

    name: str
    label: str
    words: str
    holds: str


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose in a form."""

    value: str
    words: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A field of a form.

    Attributes:
        name: What it is sent as.
        label: What it asks.
        holds: As ``kinds.Holds`` names it.
        value: What is filled in.
        options: What there is to choose from; none where it is written.
        cards: The kind of cards that the options are; empty if they are none.
        is_asked: Whether the plan cannot do without it.
    """

    name: str
    label: str
    holds: str
    value: str = ""
    options: tuple[Option, ...] = ()
    cards: str = ""
    is_asked: bool = False


def is_living(card: Record) -> bool:
    """Whether a card counts: not set aside, merged or removed."""
    return card.get("state", "open") in _LIVING


def cards_of_kind(records: Records, *kinds: str) -> list[tuple[str, Record]]:
    """Living, readable cards of these kinds with their ids, in their order."""
    found = [
        (n[5:], r) for n, r in records.items()
        if n.startswith("card/") and r.get("kind") in kinds and is_living(r) and not is_hidden(r)
    ]  # fmt: skip
    return sorted(found, key=lambda c: in_order(*c))


def in_order(ident: str, card: Record) -> tuple[float, str]:
    """By which cards are sorted; browsers do it alike."""
    return (float(card.get("order") or 0), ident)


def is_hidden(card: Record) -> bool:
    """Whether this is only the mark of a card that somebody else still writes in silence."""
    return bool(card.get("silent")) and not card.get("text")


def fields_shown(
    kind: CardKind, card: Record, records: Records, *, is_guest: bool
) -> tuple[FieldShown, ...]:
    """All fields of a card, filled in or not, as far as this person may see them."""
    held = card.get("fields") or {}
    return tuple(
        FieldShown(f.name, f.label, words_of(f, held.get(f.name), records), f.holds.value)
        for f in kind.fields
        if f.name not in _SILENT.get(kind.name, ()) and not (f.is_inside and is_guest)
    )  # fmt: skip


def words_of(field: Field, value: Any, records: Records) -> str:
    """A value as people read it; empty for none."""
    if value is None or value in ("", []):
        return ""
    if field.holds is Holds.CARD:
        return name_of(str(value), records)
    if field.holds is Holds.CARDS:
        return ", ".join(n for n in (name_of(str(v), records) for v in value) if n)
    if field.holds is Holds.DAY:
        return _day_words(str(value))
    if field.holds in (Holds.NUMBER, Holds.SHARE) and isinstance(value, int | float):
        return f"{round(value * 100)} %" if field.holds is Holds.SHARE else metric_number(value)
    if field.holds is Holds.CHOICE:
        return choice_words(str(value))
    return one_line(str(value)) if field.holds is Holds.LINE else clean(str(value)).strip()


def choice_words(value: str) -> str:
    """``stream_aligned`` as ``stream aligned``."""
    return _WORDS.get(value, value.replace("_", " "))


def name_of(ident: str, records: Records) -> str:
    """The main sentence of a card on one line; empty if there is none to be seen."""
    return one_line(str((records.get(f"card/{ident}") or {}).get("text", "")))


def _day_words(value: str) -> str:
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return one_line(value)


def ask(field: Field, records: Records, held: Mapping[str, Any] | None = None) -> Ask:
    """A field of a card as a field of a form."""
    value = (held or {}).get(field.name)
    chosen = {str(v) for v in value} if isinstance(value, list) else {str(value)}
    options: tuple[Option, ...] = ()
    if field.holds in (Holds.CARD, Holds.CARDS):
        options = card_options(records, field.of, chosen)
    elif field.holds is Holds.CHOICE:
        options = tuple(Option(c, choice_words(c), c in chosen) for c in field.of)
    return Ask(
        f"field.{field.name}", field.label, field.holds.value, _given(field, value), options,
        " ".join(field.of) if field.holds in (Holds.CARD, Holds.CARDS) else "", field.is_asked,
    )  # fmt: skip


def _given(field: Field, value: Any) -> str:
    if value is None or isinstance(value, list):
        return ""
    if field.holds in (Holds.NUMBER, Holds.SHARE) and isinstance(value, float):
        return f"{value:.10g}"
    return clean(str(value))


def card_options(records: Records, kinds: Sequence[str], chosen: set[str]) -> tuple[Option, ...]:
    """Cards of these kinds to choose from; a stage says whose it is."""
    out = []
    for ident, card in cards_of_kind(records, *kinds):
        words = one_line(str(card.get("text", "")))
        whose = name_of(str(card.get("under", "")), records) if card.get("kind") == "stage" else ""
        out.append(
            Option(ident, shorten(f"{whose}: {words}" if whose else words, 90), ident in chosen)
        )
    return tuple(out)


def under_ask(kind: CardKind, records: Records, under: str = "") -> Ask | None:
    """What a card belongs to, as a field of a form; none for cards that stand for themselves."""
    if not kind.under:
        return None
    label = "Belongs to which " + " or ".join(CARD_KINDS[k].label for k in kind.under) + "?"
    options = card_options(records, kind.under, {under})
    return Ask("under", label, Holds.CARD.value, under, options, " ".join(kind.under))
