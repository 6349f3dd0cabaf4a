"""What is left to answer about a thing of the plan: the questions that its empty fields stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mainstem.plan.compare import text_names
from mainstem.plan.model import Shape


@dataclass(frozen=True, slots=True)
class Open:
    """A question that a field answers and nobody has answered yet."""

    field: str
    question: str


#: Section → field (as in the text) and the question it answers, in the order in which one asks them.
QUESTIONS: Mapping[str, tuple[Open, ...]] = {
    "objectives": (
        Open("name", "What do people call it?"),
        Open("customer_better_off", "What can customers do then that they cannot do now?"),
        Open("horizon", "Until when is it worth going for?"),
        Open("owner", "Who answers for it?"),
    ),
    "streams": (
        Open("objective", "Which objective does it serve?"),
        Open("customer", "Whom does it serve?"),
        Open("stages", "At which stage of their life with us?"),
        Open("metric", "Which one number says that it delivers?"),
        Open("guardrails", "Which number must not get worse meanwhile?"),
        Open("owner", "Who answers for it?"),
        Open("teams", "Which teams deliver it?"),
        Open("claims", "Which work counts for it?"),
    ),
    "key_results": (
        Open("cycle", "In which cycle?"),
        Open("team", "Who commits to it?"),
        Open("stream", "For which stream?"),
        Open("metric", "Which metric does it move?"),
        Open("baseline", "From where?"),
        Open("target", "To where?"),
        Open("by", "By which day?"),
    ),
    "initiatives": (
        Open("stream", "Which stream's metric does it bet on?"),
        Open("team", "Who does it?"),
        Open("belief", "What do we believe, and why?"),
        Open("effect", "By how much should it move the metric?"),
        Open("window", "When should that show?"),
        Open("stop_rule", "What would make us stop?"),
    ),
    "metrics": (
        Open("definition", "What exactly is counted?"),
        Open("unit", "In which unit?"),
        Open("direction", "Which way is better?"),
        Open("kind", "What kind of number is it?"),
        Open("customer_value", "What does a customer have of it?"),
        Open("source", "Where does the number come from?"),
        Open("owner", "Who answers for it being right?"),
        Open("baseline", "Where does it stand?"),
    ),
    "teams": (
        Open("kind", "Which of the four kinds of team is it?"),
        Open("size", "How many people are in it?"),
    ),
    "customers": (Open("stages", "Through which stages does their life with us go?"),),
    "dependencies": (
        Open("needed_by", "By when is it needed?"),
        Open("promised", "For which day is it promised?"),
    ),
}  # fmt: skip


def left_to_answer(section: str, entity: Any) -> tuple[Open, ...]:
    """The questions about an entity that nobody has answered yet."""
    if section == "key_results" and entity.class_ == "compliance":
        return ()
    shape: type[Shape] = type(entity)
    names = {text: name for name, text in text_names(shape).items()}
    asked = QUESTIONS.get(section, ())
    return tuple(one for one in asked if getattr(entity, names[one.field]) in (None, (), {}))
