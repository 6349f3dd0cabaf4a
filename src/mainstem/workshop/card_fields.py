"""What stands on a card: read from what was sent, by the kind of each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mainstem.errors import Forbidden, Invalid
from mainstem.ids import is_id
from mainstem.workshop.board import Record
from mainstem.workshop.case import GUEST, Case
from mainstem.workshop.kinds import CARD_KINDS, CardKind, Field, Holds
from mainstem.workshop.reading import choice as one_of
from mainstem.workshop.reading import day, line, lines, number

#: Most cards that one field names.
MOST_NAMED = 50


def kind_of(name: Any) -> CardKind:
    """The kind of that name.

    Raises:
        Invalid: there is none.
    """
    found = CARD_KINDS.get(name) if isinstance(name, str) else None
    if found is None:
        raise Invalid("There is no such kind of card.", f"Kinds are {', '.join(CARD_KINDS)}.",
                      field="kind")  # fmt: skip
    return found


def read_fields(case: Case, kind: CardKind) -> dict[str, Any]:
    """The fields that were sent, each as records keep it; ``None`` for one that is emptied.

    Raises:
        Invalid: a field that the kind does not have, or a value that it does not take.
        Forbidden: a guest sent what only members may see.
        Absent, Conflict: it names a card that is not there, or not any more.
    """
    return {
        name: _read(case, _field(case, kind, name), value)
        for name, value in case.sent.mapping("fields").items()
    }


def _field(case: Case, kind: CardKind, name: str) -> Field:
    found = kind.field(name)
    if found is None:
        known = ", ".join(f.name for f in kind.fields) or "none"
        raise Invalid(f"A {kind.label} has no such field.", f"Its fields are: {known}.",
                      field=name[:60])  # fmt: skip
    if found.is_inside and case.seat.role == GUEST:
        raise Forbidden(f"“{found.label}” is for members only.", "Leave it out.")
    return found


def _read(case: Case, field: Field, value: Any) -> Any:
    if value is None or value in ("", []):
        return None
    match field.holds:
        case Holds.LINE:
            return line(value, field.name, may_be_empty=True) or None
        case Holds.TEXT:
            return lines(value, field.name) or None
        case Holds.NUMBER:
            return number(value, field.name)
        case Holds.SHARE:
            return number(value, field.name, 0, 1)
        case Holds.DAY:
            return day(value, field.name)
        case Holds.CHOICE:
            return one_of(value, field.name, field.of)
        case Holds.CARD:
            return named_card(case, value, field.name, field.of)
        case Holds.CARDS:
            return _named_cards(case, value, field)
    if not isinstance(value, str) or not is_id(value):
        raise Invalid(f"{field.name} must be an identifier of the plan.", "Choose one.",
                      field=field.name)  # fmt: skip
    return value


def named_card(case: Case, value: Any, name: str, kinds: tuple[str, ...]) -> str:
    """The id of a standing card of some kinds.

    Raises:
        Invalid: it is no id, or the card is of another kind.
        Absent, Conflict: there is none, or it was removed or merged.
    """
    ident = type(case.sent)({name: value}).word(name)
    if case.standing(ident)["kind"] not in kinds:
        wanted = " or ".join(CARD_KINDS[k].label for k in kinds)
        raise Invalid(f"{name} must name a card of the kind {wanted}.", "Choose one of those.",
                      field=name)  # fmt: skip
    return ident


def _named_cards(case: Case, value: Any, field: Field) -> list[str] | None:
    if not isinstance(value, (list, tuple)) or len(value) > MOST_NAMED:
        raise Invalid(f"{field.name} must be a list of at most {MOST_NAMED} cards.",
                      "Send their ids.", field=field.name)  # fmt: skip
    named = [named_card(case, one, field.name, field.of) for one in value]
    return list(dict.fromkeys(named)) or None


def with_fields(fields: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with some put in their place; those given as ``None`` go."""
    merged = {**fields, **given}
    return {name: value for name, value in merged.items() if value is not None}


def new_card(
    kind: str,
    step: str,
    text: str,
    moment: str,
    *,
    fields: Mapping[str, Any] | None = None,
    under: str = "",
    group: str = "",
    order: float = 0,
    by: int | None = None,
    silent: bool = False,
    plan: str = "",
) -> Record:
    """The record of a card as it is made; for those that the room itself puts, too."""
    return {
        "kind": kind, "step": step, "text": text, "fields": dict(fields or {}), "under": under,
        "group": group, "cluster": "", "order": order, "by": by, "state": "open", "into": "",
        "silent": silent, "version": 1, "changed": {}, "plan": plan, "at": moment,
    }  # fmt: skip


def changed_card(card: Record, text: str | None, given: Mapping[str, Any]) -> Record | None:
    """A card with other words: one version on, each change marked with it; ``None`` if nothing is another."""
    fields = with_fields(card["fields"], given)
    names = [n for n in given if fields.get(n) != card["fields"].get(n)]
    says = text if text is not None and text != card["text"] else None
    if says is None and not names:
        return None
    version = card["version"] + 1
    marks = dict.fromkeys(names, version) | ({"text": version} if says is not None else {})
    # a field may be called "text" in no kind; the sentence itself is
    return {
        **card, "text": card["text"] if says is None else says, "fields": fields,
        "version": version, "changed": {**card.get("changed", {}), **marks},
    }  # fmt: skip


__all__ = (
    "MOST_NAMED", "changed_card", "kind_of", "named_card", "new_card", "read_fields",
    "with_fields",
)  # fmt: skip
