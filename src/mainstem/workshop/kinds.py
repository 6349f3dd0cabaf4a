"""What kinds of steps a workshop has, what kinds of cards, and what stands on a card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What a step of an agenda is about, in the order in which a whole workshop takes them."""

    CALL = "call"
    CUSTOMERS = "customers"
    LIFECYCLE = "lifecycle"
    OBJECTIVES = "objectives"
    STREAMS = "streams"
    METRICS = "metrics"
    CHALLENGE = "challenge"
    GROUPS = "groups"
    BETS = "bets"
    DEPENDENCIES = "dependencies"
    COMMIT = "commit"
    TALK = "talk"
    PAUSE = "pause"


class Holds(StrEnum):
    """What kind of value a field of a card holds; all are kept as JSON."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    CHOICE = "choice"
    CARD = "card"
    CARDS = "cards"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a card.

    Attributes:
        name: As in the record, and in the plan's text where the plan has it.
        label: What pages call it: a question or a noun.
        holds: What it takes. ``SHARE`` is a number from 0 to 1, ``DAY`` is ``YYYY-MM-DD``, ``CARD`` the id of
            a card of kind ``of``, ``CARDS`` a list of such, ``PLAN`` an identifier of the plan's section ``of``.
        of: Choices, or the kind of card, or the section of the plan.
        is_asked: Whether the plan cannot do without it: without it the card is an open question.
        is_inside: Only members of the organisation see it; never a guest.
    """

    name: str
    label: str
    holds: Holds = Holds.LINE
    of: tuple[str, ...] = ()
    is_asked: bool = False
    is_inside: bool = False


@dataclass(frozen=True, slots=True)
class CardKind:
    """A kind of card.

    Attributes:
        name: As in the record.
        label: What pages call one of them.
        section: The section of the plan that it becomes part of; empty for cards that become nothing there.
        under: Kinds of cards of which one stands above it; empty if it stands for itself.
        text: What its main sentence says, as a prompt.
        fields: What else stands on it.
        by_room: Whether the room itself makes them; nobody adds one by hand.
    """

    name: str
    label: str
    section: str = ""
    under: tuple[str, ...] = ()
    text: str = ""
    fields: tuple[Field, ...] = ()
    by_room: bool = False

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((f for f in self.fields if f.name == name), None)


def _kinds(*kinds: CardKind) -> Mapping[str, CardKind]:
    return {kind.name: kind for kind in kinds}


#: All kinds of cards by name.
CARD_KINDS: Mapping[str, CardKind] = _kinds(
    CardKind("note", "note", text="What do you think?"),
    CardKind(
        "call", "call to arms", text="One sentence",
        fields=(Field("part", "What it says", Holds.CHOICE, ("why now", "at stake", "stop"), is_asked=True),),
    ),
    CardKind(
        "customer", "customer", "customers", text="Whom do we serve?",
        fields=(
            Field("kind", "Inside or outside", Holds.CHOICE, ("external", "internal")),
            Field("note", "What they want of us", Holds.TEXT),
        ),
    ),
    CardKind(
        "stage", "stage", under=("customer",), text="What do they do at this stage?",
        fields=(Field("hand_over", "Who owns the hand-over to the next stage"),),
    ),
    CardKind(
        "objective", "objective", "objectives", text="A theme in words, without a number",
        fields=(
            Field("customer_better_off", "They can now …", Holds.TEXT, is_asked=True),
            Field("horizon", "Until when is it worth going for?"),
            Field("owner", "Who answers for it?"),
        ),
    ),
    CardKind(
        "stream", "value stream", "streams", under=("objective",), text="What flows to the customer?",
        fields=(
            Field("customer", "Whom does it serve?", Holds.CARD, ("customer",), is_asked=True),
            Field("stages", "At which stages?", Holds.CARDS, ("stage",), is_asked=True),
            Field("owner", "Who answers for it?"),
            Field("note", "What counts, what does not", Holds.TEXT),
        ),
    ),
    CardKind(
        "metric", "candidate metric", "metrics", under=("stream",), text="Which one number says that it delivers?",
        fields=(
            Field("definition", "What exactly is counted?", Holds.TEXT, is_asked=True),
            Field("unit", "In which unit?", is_asked=True),
            Field("direction", "Which way is better?", Holds.CHOICE, ("up", "down", "band"), is_asked=True),
            Field("numerator", "Of a share: what is on top"),
            Field("denominator", "Of a share: what is below"),
            Field("customer_value", "What does a customer have of it?", Holds.TEXT),
            Field("grain", "How often is it known?", Holds.CHOICE, ("day", "week", "month", "quarter")),
            Field("source", "Where does the number come from?"),
            Field("owner", "Who answers for it being right?"),
            Field("baseline", "Where does it stand?", Holds.NUMBER),
            Field("target", "Where should it go?", Holds.NUMBER),
            Field("lag_days", "After how many days does work show in it?", Holds.NUMBER),
            Field("gaming", "How could one hit it without serving anybody?", Holds.TEXT),
        ),
    ),
    CardKind(
        "guardrail", "guardrail", "metrics", under=("stream",), text="Which number must not get worse?",
        fields=(Field("bound", "Its bound, for instance: below 2 %"),),
    ),
    CardKind(
        "statement", "disqualifying statement", under=("stream", "metric", "objective"), by_room=True,
        text="If true, it disqualifies",
        fields=(
            Field("statement", "Statement"),
            Field("version", "Version", Holds.NUMBER),
            Field("severity", "Severity", Holds.CHOICE, ("blocks", "warns")),
            Field("outcome", "The room's answer", Holds.CHOICE, ("true", "false", "cannot_say")),
            Field("evidence", "Why", Holds.TEXT),
            Field("owner", "Who finds out"),
            Field("until", "By when", Holds.DAY),
        ),
    ),
    CardKind(
        "team", "group", "teams", text="Who takes part?",
        fields=(
            Field("kind", "Kind of team", Holds.CHOICE,
                  ("stream_aligned", "platform", "enabling", "complicated_subsystem")),
            Field("size", "How many people are in it?", Holds.NUMBER, is_inside=True),
            Field("score", "Its recent Value Score", is_inside=True),
        ),
    ),
    CardKind(
        "part", "participation", under=("stream",), text="What they bring",
        fields=(
            Field("team", "Which group?", Holds.CARD, ("team",), is_asked=True),
            Field("part", "Delivers or supports", Holds.CHOICE, ("delivers", "supports"), is_asked=True),
            Field("share", "Share of its effort", Holds.SHARE, is_asked=True),
        ),
    ),
    CardKind(
        "key_result", "key result", "key_results", under=("stream",), text="From where to where, by when?",
        fields=(
            Field("team", "Who commits to it?", Holds.CARD, ("team",), is_asked=True),
            Field("metric", "Which metric does it move?", Holds.CARD, ("metric",)),
            Field("baseline", "From where?", Holds.NUMBER, is_asked=True),
            Field("target", "To where?", Holds.NUMBER, is_asked=True),
            Field("unit", "In which unit?"),
            Field("by", "By which day?", Holds.DAY),
            Field("owner", "Who answers for it?"),
        ),
    ),
    CardKind(
        "bet", "bet", "initiatives", under=("stream",), text="We believe that doing … moves the metric",
        fields=(
            Field("team", "Who does it?", Holds.CARD, ("team",), is_asked=True),
            Field("effect", "By how much?", Holds.NUMBER),
            Field("window_from", "From when should it show?", Holds.DAY),
            Field("window_to", "Until when?", Holds.DAY),
            Field("stop_rule", "What would make us stop?", Holds.TEXT),
            Field("effort", "Planned person-days", Holds.NUMBER),
            Field("owner", "Who answers for it?"),
        ),
    ),
    CardKind(
        "dependency", "dependency", "dependencies", text="What is needed?",
        fields=(
            Field("needs", "Who needs it?", Holds.CARD, ("team",), is_asked=True),
            Field("gives", "Who gives it?", Holds.CARD, ("team",), is_asked=True),
            Field("needed_by", "By when is it needed?", Holds.DAY, is_asked=True),
            Field("promised", "For which day is it promised?", Holds.DAY),
            Field("answer", "Their answer", Holds.CHOICE, ("asked", "promised", "countered", "declined")),
        ),
    ),
    CardKind(
        "question", "open question", text="What is still open?",
        fields=(
            Field("owner", "Who will answer?", is_asked=True),
            Field("until", "By when?", Holds.DAY, is_asked=True),
        ),
    ),
    CardKind("not_doing", "what we will not do", text="What do we say no to?",
             fields=(Field("why", "Why", Holds.TEXT),)),
    CardKind("parked", "parked", text="What must not be forgotten?"),
)  # fmt: skip

#: Which kinds of cards are added in a step of a kind; the first is what its form adds.
CARDS_OF_STEP: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.CALL: ("call", "note"),
    StepKind.CUSTOMERS: ("customer", "note"),
    StepKind.LIFECYCLE: ("stage", "note"),
    StepKind.OBJECTIVES: ("objective", "note"),
    StepKind.STREAMS: ("stream", "note"),
    StepKind.METRICS: ("metric", "guardrail", "note"),
    StepKind.CHALLENGE: ("statement", "note"),
    StepKind.GROUPS: ("part", "team", "note"),
    StepKind.BETS: ("key_result", "bet", "note"),
    StepKind.DEPENDENCIES: ("dependency", "note"),
    StepKind.COMMIT: ("question", "not_doing", "note"),
    StepKind.TALK: ("note",),
    StepKind.PAUSE: (),
}
#: Kinds that can be added at any step.
ANYWHERE = ("parked", "question", "not_doing")
