"""What became of work that was decided on: whether it was done, and whether it moved its metric.

``moved`` comes from ``services.effects`` only, never from anybody's word: from the bet that the work names
(its epic, parent or a label is the bet's identifier or name), else from the one bet of its stream and team
whose window it falls in. Work without such a bet has no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from mainstem.challenge.decisions import Chain
from mainstem.challenge.readings import Moved, Outcome
from mainstem.plan.model import Initiative, Plan
from mainstem.services.metrics.effects import BEGUN, Seen

#: What of a piece of work may name its bet.
_NAMING = ("initiative", "epic", "parent", "label")
_MOVED = {
    "moved": Moved.YES, "moved_wrong_way": Moved.NO, "not_moved": Moved.NO, "unclear": Moved.UNCLEAR,
}  # fmt: skip


def outcomes(
    chains: Iterable[Chain], begun: Mapping[int, date], seen: Mapping[str, Seen], plan: Plan
) -> Mapping[int, Outcome]:
    """The outcome of each chain, by its number.

    Args:
        chains: With their decisions.
        begun: Chain → first day on which its work is in the ledger.
        seen: What was seen after each bet.
        plan: With the bets.
    """
    names = _names(plan)
    out = {}
    for chain in chains:
        first = begun.get(chain.number)
        bet = bet_of(chain, first, plan, names)
        verdict = seen[bet].verdict if bet in seen else ""
        out[chain.number] = Outcome(first, _MOVED.get(verdict))
    return out


def bet_of(
    chain: Chain, began: date | None, plan: Plan, names: Mapping[str, str] | None = None
) -> str:
    """The bet that a piece of work belongs to; empty where it names none and not exactly one fits."""
    known = _names(plan) if names is None else names
    for kind in _NAMING:
        for value in chain.work.given.get(kind, ()):
            if value.casefold() in known:
                return known[value.casefold()]
    decided = chain.verdict
    if decided is None or not decided.stream or not chain.work.team:
        return ""
    on = began or decided.at.date()
    fits = [
        key for key, bet in plan.initiatives.items()
        if bet.stream == decided.stream and bet.team == chain.work.team and _holds(bet, on, plan)
    ]  # fmt: skip
    return fits[0] if len(fits) == 1 else ""


def _names(plan: Plan) -> dict[str, str]:
    out = {b.name.casefold(): key for key, b in plan.initiatives.items() if b.name}
    return out | {key.casefold(): key for key in plan.initiatives}


def _holds(bet: Initiative, on: date, plan: Plan) -> bool:
    """Whether work of a day may be of a bet: in its cycle, or until the end of its window."""
    if bet.state not in BEGUN:
        return False
    cycle = plan.cycles.get(bet.cycle or "")
    if cycle is not None and cycle.first_day <= on <= cycle.last_day:
        return True
    window = bet.window
    if window is None or window.from_ is None:
        return False
    return window.from_ <= on <= (window.to or date.max)
