"""What the wording rules say of words in a room: advice beside the card, never a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypedDict

from mainstem.challenge.wording import check_text
from mainstem.plan.findings import Finding
from mainstem.workshop.board import Record


class Advice(TypedDict):
    """One piece of advice: the card's id, the rule, what it found, and what to do."""

    card: str
    rule: str
    what: str
    hint: str


#: Kind of card → rules that look at its sentence, as they look at the plan's.
RULES_OF: Mapping[str, tuple[str, ...]] = {
    "objective": ("L08", "L10"),
    "stream": ("L10",),
    "metric": ("L07",),
    "key_result": ("L01", "L02", "L03", "L04", "L05", "L06", "L07", "L11", "L12"),
    "bet": ("L09",),
}
_SUBJECT = {"objective": "objective", "stream": "stream", "metric": "metric", "bet": "initiative"}


def advice_on(records: Mapping[str, Record | None]) -> tuple[Advice, ...]:
    """Advice on the cards among some records, as somebody sees them; nothing about cards that are hidden."""
    out: list[Advice] = []
    for name, record in records.items():
        if record is None or not name.startswith("card/") or not record["text"]:
            continue
        if record["state"] in ("open", "chosen"):
            out += advice_on_card(name.partition("/")[2], record)
    return tuple(out)


def advice_on_card(ident: str, card: Record) -> list[Advice]:
    """Advice on one card."""
    given = tuple(sorted(_given(card).items()))
    found = _found(RULES_OF.get(card["kind"], ()), card["text"], given)
    return [{"card": ident, "rule": f.rule, "what": f.what, "hint": f.hint} for f in found]  # fmt: skip


@lru_cache(maxsize=4_096)
def _found(
    rules: tuple[str, ...], text: str, given: tuple[tuple[str, Any], ...]
) -> tuple[Finding, ...]:
    """What rules say of a sentence; kept, as a card is moved far more often than it is worded anew."""
    found = (check_text(rule, text, **dict(given)) for rule in rules)
    return tuple(f for f in found if f)


def _given(card: Record) -> dict[str, Any]:
    fields = card["fields"]
    if card["kind"] == "key_result":
        return {
            "baseline": fields.get("baseline"), "target": fields.get("target"),
            "unit": fields.get("unit"), "cycle_bound": True, "metric_linked": "metric" in fields,
        }  # fmt: skip
    given: dict[str, Any] = {"subject": _SUBJECT.get(card["kind"], "")}
    if card["kind"] == "metric":
        given |= {"unit": fields.get("unit"), "has_denominator": "denominator" in fields}
    if card["kind"] == "bet":
        given["metric_linked"] = "effect" in fields
    return given
