"""What lies on the page of each kind of step."""

from __future__ import annotations

from collections.abc import Mapping

from mainstem.web.contexts.workshop.lanes import REST, EachSpec, LaneSpec
from mainstem.workshop.kinds import StepKind

Blocks = tuple[LaneSpec | EachSpec, ...]

_CALL: Blocks = (
    LaneSpec("why", ("call",), "Why now", where=("part", "why now"), add="call",
             empty="What has changed, so that we cannot go on as before?"),
    LaneSpec("stake", ("call",), "What is at stake", where=("part", "at stake"), add="call",
             empty="What do customers and we lose if nothing changes?"),
    LaneSpec("stop", ("call",), "What we stop", where=("part", "stop"), add="call",
             empty="What do we stop, so that there is room for it?"),
    LaneSpec("none", ("call",), "Not sorted yet", where=("part", "")),
)  # fmt: skip
_CUSTOMERS: Blocks = (
    LaneSpec("customers", ("customer",), add="customer", asks=("kind",), look="wide",
             empty="Nobody is named yet. Name a group of people whom we serve, outside or inside."),
)  # fmt: skip
_LIFECYCLE: Blocks = (
    EachSpec("customer", (
        LaneSpec("stages", ("stage",), under="__customer__", add="stage", look="row",
                 empty="No stage yet. What is the first thing that they do with us?"),
    ), empty="No customers yet: name them in the step before, then come back."),
    LaneSpec("rest", ("stage",), "Not with a customer yet", under=REST),
)  # fmt: skip
_OBJECTIVES: Blocks = (
    LaneSpec("objectives", ("objective",), add="objective", asks=("customer_better_off",), look="wide",
             empty="No objective yet. Write a theme in words: who is better off, and how? No number, no “how”."),
)  # fmt: skip
_STREAMS: Blocks = (
    EachSpec("customer", (
        EachSpec("stage", (
            LaneSpec("here", ("stream",), has=("stages", "__stage__"), look="chips", empty="Nobody serves this"),
        ), under="__customer__", look="cells"),
    ), title="The map", look="map"),
    EachSpec("objective", (
        LaneSpec("streams", ("stream",), under="__objective__", add="stream", asks=("stages",),
                 empty="No stream yet. What flows to the customer, so that this comes true?", look="wide"),
    ), title="Value streams", empty="No objectives yet: write them in the step before."),
    LaneSpec("rest", ("stream",), "Not under an objective yet", under=REST, add="stream", asks=("stages",),
             asks_under=True, look="wide"),
)  # fmt: skip
_METRICS: Blocks = (
    EachSpec("stream", (
        LaneSpec("metrics", ("metric",), "Candidates", under="__stream__", add="metric", look="row",
                 empty="No candidate yet. Which one number says that this stream delivers?"),
        LaneSpec("guards", ("guardrail",), "Guardrails", under="__stream__", add="guardrail", asks=("bound",),
                 look="row", empty="What must not get worse meanwhile?"),
    ), empty="No value streams yet: place them in the step before.", ranks=True),
    LaneSpec("rest", ("metric", "guardrail"), "Without a stream", under=REST, look="row"),
)  # fmt: skip
_CHALLENGE: Blocks = (
    LaneSpec("statements", ("statement",), look="wide",
             empty="No statements yet. The facilitator puts them to the room."),
)  # fmt: skip
_GROUPS: Blocks = (
    LaneSpec("teams", ("team",), "Groups", add="team", asks=("size",), look="row",
             empty="No group yet. Name one, and how many people are in it."),
    EachSpec("stream", (
        LaneSpec("parts", ("part",), under="__stream__", add="part", asks=("team", "part", "share"), look="row",
                 empty="Nobody delivers this stream yet."),
    ), title="Who brings what", empty="No value streams yet: place them in an earlier step."),
    LaneSpec("rest", ("part",), "Without a stream", under=REST, look="row"),
)  # fmt: skip
_BETS: Blocks = (
    EachSpec("team", (
        LaneSpec("results", ("key_result",), "Key results", where=("team", "__team__"), add="key_result",
                 asks=("baseline", "target", "unit", "by"), asks_under=True,
                 empty="From where to where do you move the metric, and by when?"),
        LaneSpec("bets", ("bet",), "Bets", where=("team", "__team__"), add="bet", asks=("effect", "stop_rule"),
                 asks_under=True, empty="What do you believe would move it? A bet, not a list of tasks."),
    ), empty="No groups yet: name them in the step before.", look="columns", folds=True),
    LaneSpec("rest", ("key_result", "bet"), "Without a group", where=("team", REST), look="row"),
)  # fmt: skip
_DEPENDENCIES: Blocks = (
    LaneSpec("asked", ("dependency",), "Asked for", where=("answer", "asked"), add="dependency",
             asks=("needs", "gives", "needed_by"), empty="What does your group need from another, and by when?"),
    LaneSpec("new", ("dependency",), "Not asked yet", where=("answer", "")),
    LaneSpec("countered", ("dependency",), "Another day offered", where=("answer", "countered")),
    LaneSpec("promised", ("dependency",), "Promised", where=("answer", "promised"), empty="No promise yet."),
    LaneSpec("declined", ("dependency",), "Declined", where=("answer", "declined")),
)  # fmt: skip
_COMMIT: Blocks = (
    LaneSpec("objectives", ("objective",), "Objectives", look="chips", empty="None"),
    LaneSpec("streams", ("stream",), "Value streams", look="chips", empty="None"),
    LaneSpec("metrics", ("metric",), "Metrics", state="chosen", look="chips", empty="None"),
    LaneSpec("results", ("key_result",), "Key results", look="chips", empty="None"),
    LaneSpec("bets", ("bet",), "Bets", look="chips", empty="None"),
    LaneSpec("needs", ("dependency",), "Dependencies", look="chips", empty="None"),
    LaneSpec("open", ("question",), "Still open", add="question", asks=("owner", "until"),
             empty="What is still open, who answers, and by which day?"),
    LaneSpec("not", ("not_doing",), "What we will not do", add="not_doing", asks=("why",),
             empty="What do we say no to?"),
)  # fmt: skip
_TALK: Blocks = (
    LaneSpec(
        "notes", ("note",), add="note", only_step=True, look="wide", empty="Nothing is written yet."
    ),
)

#: What lies on the page of each kind of step.
BLOCKS: Mapping[StepKind, Blocks] = {
    StepKind.CALL: _CALL, StepKind.CUSTOMERS: _CUSTOMERS, StepKind.LIFECYCLE: _LIFECYCLE,
    StepKind.OBJECTIVES: _OBJECTIVES, StepKind.STREAMS: _STREAMS, StepKind.METRICS: _METRICS,
    StepKind.CHALLENGE: _CHALLENGE, StepKind.GROUPS: _GROUPS, StepKind.BETS: _BETS,
    StepKind.DEPENDENCIES: _DEPENDENCIES, StepKind.COMMIT: _COMMIT, StepKind.TALK: _TALK, StepKind.PAUSE: (),
}  # fmt: skip
#: Steps whose lanes stand side by side.
SIDE_BY_SIDE = frozenset({StepKind.CALL, StepKind.DEPENDENCIES, StepKind.COMMIT})
#: At every step, below its own.
NOTES: Blocks = (
    LaneSpec("notes", ("note",), "Notes", add="note", only_step=True, look="row"),
)  # fmt: skip
PARKED: Blocks = (LaneSpec("parked", ("parked",), "Parking lot", add="parked", look="row"),)
#: What is already decided, as names that lead to their cards.
DECIDED: Blocks = (
    LaneSpec("d-call", ("call",), "Why now", where=("part", "why now"), look="chips"),
    LaneSpec("d-customers", ("customer",), "Customers", look="chips"),
    LaneSpec("d-objectives", ("objective",), "Objectives", look="chips"),
    LaneSpec("d-streams", ("stream",), "Value streams", look="chips"),
    LaneSpec("d-metrics", ("metric",), "Metrics", state="chosen", look="chips"),
    LaneSpec("d-teams", ("team",), "Groups", look="chips"),
    LaneSpec("d-open", ("question",), "Still open", look="chips"),
    LaneSpec("d-not", ("not_doing",), "We will not do", look="chips"),
)
