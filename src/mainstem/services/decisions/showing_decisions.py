"""Decisions as somebody sees them: the list, and one whole, with what they may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from mainstem.challenge.decisions import Chain, Decision, Step
from mainstem.challenge.done import Done, is_regretted
from mainstem.plan.model import Plan
from mainstem.services.decisions.deciding import chain_of, standing_answer
from mainstem.services.decisions.desk import Desk, Wanted
from mainstem.services.decisions.done_work import done_of, may_say
from mainstem.services.decisions.exceptions_budget import Budget, budget_of
from mainstem.services.decisions.qualified import Qualified, QualifyOutcome
from mainstem.services.decisions.qualifying import without_private
from mainstem.services.decisions.verdict_asked import OVERRULE
from mainstem.services.people.access import Action, Actor, may, require
from mainstem.services.people.access_decisions import may_decide, may_see_private, role_for

PAGE = 50
#: Word of a filter → the steps that stand; ``open`` is what nobody has decided.
STANDINGS: dict[str, frozenset[str]] = {
    "open": frozenset({""}),
    "accepted": frozenset({"accept", "override_accept"}),
    "refused": frozenset({"refuse", "override_refuse"}),
    "overruled": frozenset({"override_accept", "override_refuse"}),
    "deferred": frozenset({"defer"}),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One piece of work with its decisions, as somebody sees it.

    Attributes:
        chain: The work and its steps; what is private is left out for who may not see it.
        answer: What plan and statements say of it now.
        done: What was found in the ledger.
        is_regretted: It was refused and then done anyway.
        verdicts: What they may decide: ``accept``, ``refuse``, ``overrule``, ``defer``; the fitting one first.
        streams: Streams in whose name they may decide.
        kinds: Whether they may accept it as a kind of the rest.
        may_appeal: They may appeal against the verdict.
        may_answer: They may answer the appeal that waits.
        may_say_done: They may say whether an item is the work.
        budget: The team's exceptions in this cycle.
    """

    chain: Chain
    answer: Qualified
    done: tuple[Done, ...]
    is_regretted: bool
    verdicts: tuple[str, ...]
    streams: tuple[str, ...]
    kinds: bool
    may_appeal: bool
    may_answer: bool
    may_say_done: bool
    budget: Budget


def show_decision(number: int, desk: Desk, by: Actor) -> Shown:
    """One piece of work with its decisions.

    Raises:
        Absent: there is none of that number, or for an outsider.
    """
    require(by, Action.READ)
    chain = chain_of(number, desk)
    plan, answer = desk.standing.plan, standing_answer(chain, desk)
    done, verdict = done_of(chain, desk, by), chain.verdict
    streams = own_streams(by, plan)
    kinds = role_for(by, plan, stream="", team=chain.work.team) is not None
    decides = any(may_decide(by, plan, chain, Step.ACCEPT, stream=s) for s in streams) or kinds
    asks = may(by, Action.ASK_WORK)
    stream = verdict.stream if verdict else answer.stream
    if not may_see_private(by, plan, stream):
        answer = replace(answer, statements=without_private(answer.statements))
    return Shown(
        as_seen(chain, plan, by), answer, done, is_regretted(chain, done),
        verdicts_for(answer, chain) if decides else (), streams, kinds,
        may_appeal=asks and verdict is not None and not chain.is_appealed,
        may_answer=chain.is_appealed and verdict is not None
        and role_for(by, plan, stream=verdict.stream, team=chain.work.team) is not None,
        may_say_done=asks and may_say(chain, desk, by), budget=budget_of(chain.work.team, desk),
    )  # fmt: skip


def verdicts_for(answer: Qualified, chain: Chain | None = None) -> tuple[str, ...]:
    """The verdicts that fit an answer, the one that follows it first."""
    decided = (
        chain is not None and chain.verdict is not None and chain.verdict.step is not Step.DEFER
    )
    if answer.outcome is QualifyOutcome.DISQUALIFIED:
        return (Step.REFUSE.value, OVERRULE, Step.DEFER.value)
    if answer.outcome is QualifyOutcome.QUALIFIES:
        return (Step.ACCEPT.value, Step.DEFER.value, OVERRULE)
    usual = (Step.ACCEPT.value, Step.REFUSE.value, Step.DEFER.value)
    return (*usual, OVERRULE) if decided or answer.outcome is QualifyOutcome.REST else usual


def own_streams(by: Actor, plan: Plan) -> tuple[str, ...]:
    """Streams in whose name somebody may decide, in the order of the plan."""
    return tuple(s for s in plan.streams if role_for(by, plan, stream=s, team="") is not None)


def list_decisions(wanted: Wanted, desk: Desk, by: Actor) -> tuple[Sequence[Chain], bool]:
    """Chains, newest first, at most ``wanted.most`` of them; and whether there are more."""
    require(by, Action.READ)
    found = desk.decisions.chains(replace(wanted, most=wanted.most + 1))
    plan = desk.standing.plan
    return [as_seen(c, plan, by) for c in found[: wanted.most]], len(found) > wanted.most


def beginning(day: date | None, desk: Desk) -> datetime | None:
    """The moment at which a day begins where the organisation is."""
    zone = ZoneInfo(desk.standing.plan.organisation.timezone)
    return datetime.combine(day, time(), zone) if day else None


def as_seen(chain: Chain, plan: Plan, by: Actor) -> Chain:
    """A chain without what is private to those who may decide."""
    return replace(chain, decisions=tuple(_as_seen(d, plan, by) for d in chain.decisions))


def _as_seen(step: Decision, plan: Plan, by: Actor) -> Decision:
    if may_see_private(by, plan, step.stream):
        return step
    return replace(step, statements=without_private(step.statements))
