"""What of an entity of the plan stands on its card: the one place for both ways.

``starting`` fills cards with it; ``outcome`` compares cards with it, so that only what the room changed
becomes a change of the plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from mainstem.plan.model import (
    Customer,
    Guardrail,
    Metric,
    Objective,
    Participation,
    Shape,
    Stage,
    Stream,
    Team,
)
from mainstem.workshop.kinds import CARD_KINDS, Holds

#: Longest text of a card, of a line on it, and of a text on it, in letters.
LONGEST_CARD, LONGEST_LINE, LONGEST_TEXT = 500, 500, 2_000
#: Kinds of teams as cards write them → as the plan does.
TEAM_KINDS = {
    word: word.replace("_", "-")
    for word in ("stream_aligned", "platform", "enabling", "complicated_subsystem")
}
_CARD_TEAM_KINDS = {plan: card for card, plan in TEAM_KINDS.items()}


def folded(text: Any, most: int = LONGEST_TEXT) -> str:
    """Text in one line, cut where a card takes no more."""
    return " ".join(str(text or "").split())[:most].rstrip()


def words_of(ident: str, entity: Any) -> str:
    """The main sentence of an entity's card: its name."""
    return folded(getattr(entity, "name", None) or ident, LONGEST_CARD)


def fields_of(kind: str, entity: Shape) -> dict[str, Any]:
    """The fields of an entity's card that do not name other cards; what is empty is left out."""
    found = _FIELDS[kind](entity) if kind in _FIELDS else {}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _customer(of: Customer) -> dict[str, Any]:
    return {"kind": of.kind, "note": folded(of.note)}


def _stage(of: Stage) -> dict[str, Any]:
    return {"hand_over": folded(of.hand_over, LONGEST_LINE)}


def _objective(of: Objective) -> dict[str, Any]:
    return {
        "customer_better_off": folded(of.customer_better_off),
        "horizon": folded(of.horizon, LONGEST_LINE), "owner": folded(of.owner, LONGEST_LINE),
    }  # fmt: skip


def _stream(of: Stream) -> dict[str, Any]:
    return {"owner": folded(of.owner, LONGEST_LINE), "note": folded(of.note)}


_METRIC_LINES = ("unit", "numerator", "denominator", "source", "owner")
_METRIC_AS_IT_IS = ("direction", "grain", "baseline", "target", "lag_days")


def _metric(of: Metric) -> dict[str, Any]:
    return {
        **{name: folded(getattr(of, name), LONGEST_LINE) for name in _METRIC_LINES},
        **{name: getattr(of, name) for name in _METRIC_AS_IT_IS},
        "definition": folded(of.definition), "customer_value": folded(of.customer_value),
        "gaming": folded("; ".join(of.gaming)),
    }  # fmt: skip


def _team(of: Team) -> dict[str, Any]:
    return {"kind": _CARD_TEAM_KINDS.get(of.kind or ""), "size": of.size}


def _guardrail(of: Guardrail) -> dict[str, Any]:
    return {"bound": folded(of.bound, LONGEST_LINE)}


def _part(of: Participation) -> dict[str, Any]:
    return {"part": of.part, "share": of.share}


_FIELDS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "customer": _customer, "stage": _stage, "objective": _objective, "stream": _stream,
    "metric": _metric, "team": _team, "guardrail": _guardrail, "part": _part,
}  # fmt: skip


def value_of(kind: str, name: str, given: Any) -> Any:
    """A field of a card as the plan takes it; ``None`` where it is empty or cannot be read."""
    field = CARD_KINDS[kind].field(name)
    holds = field.holds if field is not None else Holds.LINE
    if holds in (Holds.NUMBER, Holds.SHARE):
        return _number(given, is_share=holds is Holds.SHARE)
    if holds is Holds.DAY:
        return day_of(given)
    text = folded(given) if isinstance(given, (str, int, float)) else ""
    if holds is Holds.CHOICE:
        return text if field is not None and text in field.of else None
    return text or None


def _number(given: Any, *, is_share: bool) -> float | None:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        return None
    try:
        number = float(given)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(number) or (is_share and not 0 <= number <= 1):
        return None
    return number


def day_of(given: Any) -> date | None:
    """A day out of ``YYYY-MM-DD``; ``None`` for anything else."""
    if not isinstance(given, str) or len(given) != 10:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None
