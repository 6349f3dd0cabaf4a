"""Answers that fit any question of an unbundling, for tests that walk through it."""

from __future__ import annotations

from typing import Any

from mainstem.plan.model import Plan
from mainstem.workshop.unbundling_inputs import Holds, Input, inputs_of
from mainstem.workshop.unbundling_values import Asks, Question

WORDS = (
    "Viewers see the ball",
    "Start to first frame",
    "Trying us is easy",
    "Ann Berg",
    "Return in a minute",
)


def answer_to(question: Question, plan: Plan, pick: Any = None) -> dict[str, str]:
    """Something in every field; ``pick`` chooses out of a sequence."""
    choose = pick or (lambda options: options[0])
    inputs = inputs_of(question, plan)
    given = {one.name: _value(one, choose) for one in inputs}
    if question.asks is Asks.WORDING:
        given = {"words": "", "keep": "It is what people call it"}
    if question.asks is Asks.STATEMENT:
        given = {"answer": "false", "evidence": "we asked ten of them", "owner": "", "until": ""}
    if question.field == "metric" and question.subject.startswith("streams/"):
        given["other"] = choose(
            ("Sessions that play within 2 s", "Share of orders that come back", "")
        )
        if "metric" not in given and not given["other"]:
            given["other"] = "Viewers who return"
    return given


def _value(one: Input, choose: Any) -> str:
    match one.holds:
        case Holds.ONE:
            return str(choose([value for value, _ in one.choices]))
        case Holds.SOME:
            return str(choose([value for value, _ in one.choices]))
        case Holds.NUMBER:
            return str(choose(("7", "12", "3")))
        case Holds.SHARE:
            return str(choose(("10", "60%", "25")))
        case Holds.DAY:
            return "2026-12-01"
    names = [name for name, _ in one.suggested]
    return str(choose([*names[:3], *WORDS]))
