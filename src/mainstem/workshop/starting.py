"""Cards that a room begins with: the plan as it stands, so that what is edited becomes a change of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mainstem.plan.model import Customer, Plan, Stream
from mainstem.workshop.board import Record
from mainstem.workshop.card_fields import new_card
from mainstem.workshop.kinds import CARDS_OF_STEP, StepKind
from mainstem.workshop.plan_cards import LONGEST_CARD, fields_of, folded, words_of

#: With more groups than this, only those that take part in a stream get a card.
MOST_TEAMS = 60
#: Distance between the orders of two cards: room to move others between them.
GAP = 1024


def card_id(subject: str) -> str:
    """The id of the card of something in the plan; the same every time."""
    return "p" + hashlib.sha256(subject.encode()).hexdigest()[:15]


class Dealing:
    """Makes records of cards, each at the step where its kind belongs.

    Args:
        steps: Kind of step → id of the room's first step of that kind; a kind that is missing falls to
            the first step there is.
        at: The moment, as ISO text.
    """

    def __init__(self, steps: Mapping[str, str], at: str = "") -> None:
        self._steps, self._at = steps, at
        self.records: dict[str, Record] = {}

    def deal(self, ident: str, kind: str, text: str, **more: Any) -> str:
        """Adds a card; its id. ``at_step`` names another kind of step than the card's own."""
        step = self._step(kind, more.pop("at_step", ""))
        fields = {k: v for k, v in more.pop("fields", {}).items() if v not in (None, "", [])}
        made = new_card(kind, step, folded(text, LONGEST_CARD), self._at, fields=fields)
        order = GAP * (len(self.records) + 1)
        self.records[f"card/{ident}"] = {**made, "order": order, **more}
        return ident

    def _step(self, kind: str, wanted: str) -> str:
        kinds = (k.value for k in StepKind if kind in CARDS_OF_STEP[k])
        named = (k for k in (wanted, *kinds) if k in self._steps)
        return self._steps.get(next(named, ""), next(iter(self._steps.values()), ""))


def deal_plan(plan: Plan, dealing: Dealing, *, on: date) -> None:
    """Deals the plan: customers, stages, groups, objectives, streams with metrics, guardrails and parts.

    Args:
        plan: The plan.
        dealing: Takes the cards.
        on: The day whose metrics count as chosen.
    """
    for ident, customer in plan.customers.items():
        _deal_customer(ident, customer, dealing)
    for ident in teams_shown(plan):
        team = plan.teams[ident]
        subject = f"teams/{ident}"
        dealing.deal(card_id(subject), "team", words_of(ident, team), plan=subject, fields=fields_of("team", team))  # fmt: skip
    for ident, objective in plan.objectives.items():
        subject = f"objectives/{ident}"
        dealing.deal(card_id(subject), "objective", words_of(ident, objective), plan=subject, fields=fields_of("objective", objective))  # fmt: skip
    for ident, stream in plan.streams.items():
        _deal_stream(ident, stream, plan, dealing, on)


def teams_shown(plan: Plan) -> tuple[str, ...]:
    """Groups that get a card: all, or in a large organisation those that take part in a stream."""
    if len(plan.teams) <= MOST_TEAMS:
        return tuple(plan.teams)
    taking = {team for stream in plan.streams.values() for team in stream.teams}
    return tuple(team for team in plan.teams if team in taking)


def _deal_customer(ident: str, customer: Customer, dealing: Dealing) -> None:
    subject = f"customers/{ident}"
    above = dealing.deal(card_id(subject), "customer", words_of(ident, customer), plan=subject, fields=fields_of("customer", customer))  # fmt: skip
    for stage in customer.stages:
        dealing.deal(
            card_id(f"{subject}/{stage.id}"), "stage", words_of(stage.id, stage), under=above,
            plan=f"stages/{stage.id}", fields=fields_of("stage", stage),
        )  # fmt: skip


def _deal_stream(ident: str, stream: Stream, plan: Plan, dealing: Dealing, on: date) -> None:
    subject = f"streams/{ident}"
    served = f"customers/{stream.customer}" if stream.customer else ""
    fields = fields_of("stream", stream)
    if served:
        fields["customer"] = card_id(served)
        fields["stages"] = [card_id(f"{served}/{stage}") for stage in stream.stages]
    objective = next((o for o in stream.objective if o in plan.objectives), "")
    above = dealing.deal(
        card_id(subject), "stream", words_of(ident, stream), plan=subject, fields=fields,
        under=card_id(f"objectives/{objective}") if objective else "",
    )  # fmt: skip
    for metric, state in _metrics(stream, on):
        if metric in plan.metrics:
            held = plan.metrics[metric]
            dealing.deal(
                card_id(f"{subject}/{metric}"), "metric", words_of(metric, held), under=above,
                plan=f"metrics/{metric}", state=state, fields=fields_of("metric", held),
            )  # fmt: skip
    for rail in stream.guardrails:
        if rail.metric in plan.metrics:
            dealing.deal(
                card_id(f"{subject}/guards/{rail.metric}"), "guardrail",
                words_of(rail.metric, plan.metrics[rail.metric]), under=above,
                plan=f"metrics/{rail.metric}", fields=fields_of("guardrail", rail),
            )  # fmt: skip
    shown = set(teams_shown(plan))
    for team, part in stream.teams.items():
        if team in shown:
            dealing.deal(
                card_id(f"{subject}/teams/{team}"), "part", "", under=above, plan=f"parts/{ident}",
                fields={"team": card_id(f"teams/{team}"), **fields_of("part", part)},
            )  # fmt: skip


def _metrics(stream: Stream, on: date) -> Iterator[tuple[str, str]]:
    """The metric of the day as chosen, others of the stream as set aside."""
    in_force = next(
        (e.metric for e in stream.metric
         if (e.from_ is None or e.from_ <= on) and (e.to is None or on <= e.to)), "",
    )  # fmt: skip
    if in_force:
        yield in_force, "chosen"
    for metric in dict.fromkeys(stream.inputs):
        if metric != in_force:
            yield metric, "aside"
