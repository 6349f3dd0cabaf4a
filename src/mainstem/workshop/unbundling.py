"""Unbundling: everything that is asked from an objective down, in the order in which one asks it.

The questions follow from the draft of a plan and nothing else: a field that is empty, a thing without what
belongs below it, words that a rule minds, a disqualifying statement that nobody has answered. So an answer
is never lost and never asked for twice: it is in the draft, or it was taken away. What checks say is handed
in; nothing here looks at the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mainstem.plan.change_kinds import split_subject
from mainstem.plan.left_to_answer import QUESTIONS, left_to_answer
from mainstem.plan.model import Initiative, KeyResult, Plan, Stream
from mainstem.workshop.unbundling_values import Asks, Question, Said, Statement, Step
from mainstem.workshop.unbundling_words import WORDS, Words

#: Rules that mind words; what else rules of wording ask for has a question of its own.
MIND_WORDS = ("L01", "L06", "L07", "L08", "L09", "L10", "L11", "L12", "S14")
#: States of a bet that is still to be made.
LIVE = ("proposed", "accepted", "active")
#: Most disqualifying statements that are put about one thing at a time.
MOST_STATEMENTS = 5


def questions(plan: Plan, base: Plan, objective: str, said: Said) -> tuple[Question, ...]:
    """Every question from an objective down, answered ones too, in the order in which one asks them.

    Args:
        plan: The draft.
        base: The plan that it was begun from: only words that are new are minded.
        objective: Identifier of the objective; without one of that name there is nothing to ask.
        said: What checks and people say.

    Cost: linear in what is below the objective.
    """
    if objective not in plan.objectives:
        return ()
    walk = _Walk(plan, base, said, objective)
    return tuple(one for step in _STEPS for one in step(walk))


@dataclass(frozen=True)
class _Walk:
    """The draft, looked at from an objective down."""

    plan: Plan
    base: Plan
    said: Said
    objective: str

    def streams(self) -> Iterator[tuple[str, Stream]]:
        """Streams that serve the objective."""
        return ((k, s) for k, s in self.plan.streams.items() if self.objective in s.objective)

    def results(self) -> dict[str, KeyResult]:
        """Key results of its streams in cycles that are not over."""
        mine = {key for key, _ in self.streams()}
        return {
            key: kr
            for key, kr in self.plan.key_results.items()
            if kr.stream in mine and is_live(kr.cycle, self.plan)
        }

    def bets(self) -> dict[str, Initiative]:
        """Bets of its streams that are still to be made."""
        mine = {key for key, _ in self.streams()}
        return {
            key: bet
            for key, bet in self.plan.initiatives.items()
            if bet.stream in mine and bet.state in LIVE and is_live(bet.cycle, self.plan)
        }

    def fields(self, step: Step, section: str, ident: str, *without: str) -> Iterator[Question]:
        """What the fields of a thing answer."""
        entity = getattr(self.plan, section)[ident]
        left = {one.field for one in left_to_answer(section, entity)}
        if section == "key_results" and (entity.class_ == "compliance" or entity.milestones):
            without = (*without, *(o.field for o in QUESTIONS[section]))
        for one in QUESTIONS[section]:
            if one.field not in without:
                yield self.ask(
                    step, f"{section}/{ident}", one.field, one.question, one.field in left
                )

    def ask(self, step: Step, subject: str, name: str, text: str, is_open: bool) -> Question:
        """A question that a field or something added answers."""
        section, _ = split_subject(subject)
        asks = Asks.ADD if name.startswith("+") else Asks.FIELD
        words = WORDS.get((section, name.partition(":")[0]), Words(""))
        return Question(subject, name, asks, step, text, words, is_open)

    def wording(self, step: Step, subject: str) -> Iterator[Question]:
        """Words of a thing that is new in the draft, as far as a rule minds them."""
        section, ident = split_subject(subject)
        if getattr(self.base, section).get(ident) == getattr(self.plan, section)[ident]:
            return
        for found in self.said.findings.get(subject, ()):
            if found.rule in MIND_WORDS:
                text = "Would you say it in other words?"
                is_open = found.accepted is None
                words = Words(f"{found.what} {found.why}".strip())
                yield Question(subject, found.rule, Asks.WORDING, step, text, words, is_open, found)

    def statements(self, step: Step, subject: str) -> Iterator[Question]:
        """Disqualifying statements about a thing."""
        count = 0
        for one in self.said.statements.get(subject, ()):
            is_open = not one.answer
            weight = (
                "If it is true, it disqualifies." if one.blocks else "If it is true, be warned."
            )
            asked = f" Asked of: {one.asked_of}." if one.asked_of else ""
            words = Words(f"{weight}{asked}")
            yield Question(
                subject, one.id, Asks.STATEMENT, step, one.text, words, is_open, statement=one,
                at_once=not is_open or count < MOST_STATEMENTS,
            )  # fmt: skip
            count += is_open

    def thing(self, step: Step, section: str, ident: str, *without: str) -> Iterator[Question]:
        """A thing: its words while they are fresh, its fields, then what people are asked."""
        yield from self.wording(step, f"{section}/{ident}")
        yield from self.fields(step, section, ident, *without)
        yield from self.statements(step, f"{section}/{ident}")


def is_live(cycle: str | None, plan: Plan) -> bool:
    """Whether what is planned for a cycle, or for none, is still to be done."""
    held = plan.cycles.get(cycle) if cycle else None
    return held is None or held.state != "closed"


def value_metric(stream: Stream) -> str:
    """The metric of a stream that is in force last; empty if it has none."""
    return stream.metric[-1].metric if stream.metric else ""


def _objective(walk: _Walk) -> Iterator[Question]:
    yield from walk.thing(Step.OBJECTIVE, "objectives", walk.objective)


def _streams(walk: _Walk) -> Iterator[Question]:
    above, step = f"objectives/{walk.objective}", Step.STREAMS
    has_none = not any(True for _ in walk.streams())
    yield walk.ask(step, above, "+streams", "Which stream of value serves it?", has_none)
    for key, stream in walk.streams():
        customer = walk.plan.customers.get(stream.customer or "")
        later = ("objective", "metric", "guardrails", "teams", "claims")
        no_stages = () if customer is not None and customer.stages else ("stages",)
        yield from walk.wording(step, f"streams/{key}")
        yield from walk.fields(step, "streams", key, *later, *no_stages)
        if customer is not None and not customer.stages:
            yield from walk.fields(step, "customers", str(stream.customer))
        yield from walk.statements(step, f"streams/{key}")


def _metrics(walk: _Walk) -> Iterator[Question]:
    step, told = Step.METRICS, set()
    for key, stream in walk.streams():
        mine = ("objective", "customer", "stages", "owner", "teams", "claims")
        yield from walk.fields(step, "streams", key, *mine)
        metric = value_metric(stream)
        if metric in walk.plan.metrics and metric not in told:
            told.add(metric)
            yield from walk.thing(step, "metrics", metric)


def _teams(walk: _Walk) -> Iterator[Question]:
    step, told = Step.TEAMS, set()
    for key, stream in walk.streams():
        subject, delivering = f"streams/{key}", list(_delivering(stream))
        yield walk.ask(step, subject, "teams", "Which team delivers it?", not delivering)
        for team, part in stream.teams.items():
            text = f"Which share of its effort does {_name(walk.plan.teams.get(team), team)} plan for it?"
            yield walk.ask(step, subject, f"share:{team}", text, part.share is None)
            if team in walk.plan.teams and team not in walk.base.teams and team not in told:
                told.add(team)
                yield from walk.fields(step, "teams", team)
        yield walk.ask(step, subject, "claims", "Which work counts for it?", not stream.claims)
        other = walk.ask(step, subject, "+teams", "Which other team takes part?", False)
        yield replace(other, is_extra=True)


def _delivering(stream: Stream) -> Iterator[str]:
    return (team for team, part in stream.teams.items() if part.part == "delivers")


def _results(walk: _Walk) -> Iterator[Question]:
    step, results = Step.KEY_RESULTS, walk.results()
    has_cycle = any(is_live(key, walk.plan) for key in walk.plan.cycles)
    for key, stream in walk.streams():
        mine = {ident: kr for ident, kr in results.items() if kr.stream == key}
        took = {kr.team for kr in mine.values()}
        yield from _asked_of_teams(walk, step, key, stream, "key_results", took)
        for ident in mine:
            without = ("stream",) if has_cycle else ("stream", "cycle")
            yield from walk.thing(step, "key_results", ident, *without)


def _bets(walk: _Walk) -> Iterator[Question]:
    step, bets = Step.BETS, walk.bets()
    for key, stream in walk.streams():
        mine = {ident: bet for ident, bet in bets.items() if bet.stream == key}
        made = {bet.team for bet in mine.values()}
        yield from _asked_of_teams(walk, step, key, stream, "initiatives", made)
        for ident in mine:
            # a bet is minded last: an effect makes one of what reads like a project
            yield from walk.fields(step, "initiatives", ident, "stream")
            yield from walk.wording(step, f"initiatives/{ident}")
            yield from walk.statements(step, f"initiatives/{ident}")


def _asked_of_teams(
    walk: _Walk, step: Step, key: str, stream: Stream, section: str, have: set[str | None]
) -> Iterator[Question]:
    """One question for each team that delivers: its first key result, its first bet."""
    for team in _delivering(stream):
        name = _name(walk.plan.teams.get(team), team)
        text = (
            f"What does {name} commit to move, from where to where?"
            if section == "key_results"
            else f"What does {name} try first?"
        )
        yield walk.ask(step, f"streams/{key}", f"+{section}:{team}", text, team not in have)


def _name(entity: Any, ident: str) -> str:
    return str((entity.name if entity is not None else None) or ident)


_STEPS = (_objective, _streams, _metrics, _teams, _results, _bets)


def is_written(plan: Plan, base: Plan, subject: str) -> bool:
    """Whether a thing of the draft is new or other than it was."""
    section, ident = split_subject(subject)
    return bool(getattr(base, section).get(ident) != getattr(plan, section).get(ident))


__all__ = (
    "LIVE", "MIND_WORDS", "MOST_STATEMENTS", "Asks", "Question", "Said", "Statement", "Step",
    "is_live", "is_written", "questions", "value_metric",
)  # fmt: skip
