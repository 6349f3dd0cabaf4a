"""What an unbundling says beside its questions: why each is asked, and answers that help or do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What stands beside a question.

    Attributes:
        why: Why it is asked now, in a sentence.
        good: Answers that help.
        bad: Answers that do not, each with the reason.
    """

    why: str
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


_OWNER = Words(
    "What everybody answers for, nobody does.",
    ("One person, by name or by post: Ann Berg; Head of Playback",),
    ("The platform team: nobody in it can say yes or no alone",),
)
_NEW_STREAM = Words(
    "An objective is words; value flows to a customer in streams. Without one, nothing that anybody does"
    " can count for it.",
    ("Start to first frame: something a viewer goes through", "Returning an order"),
    (
        "Player team: a team, not what a customer goes through",
        "Checkout v2: a project that ends when it ships",
    ),
)
_NEW_RESULT = Words(
    "The team takes the stream's metric, or a number that drives it, from somewhere to somewhere. Shipping"
    " is not moving it.",
    (
        "Onboarding conversion from 31 % to 40 %",
        "Median wait for a refund from 9 days to 2",
        "Keep change failure rate under 5 %",
    ),
    (
        "Launch the new onboarding: finished by shipping, whatever happens then",
        "Better search: nobody could say whether it was reached",
        "Reach 1 million downloads: it can only rise",
    ),
)
_NEW_BET = Words(
    "A key result is where to; a bet is what the team tries first. It is kept while the metric answers.",
    (
        "Cut search dead ends",
        "Rewrite the fee screen so that fewer than 8 % leave there",
        "Try three ways to shorten sign-up",
    ),
    (
        "Checkout v2: a project; what would it move?",
        "Rewrite the service in Go: how, and for nobody",
    ),
)

#: (section, field) → what stands beside the question. Fields are those of the plan's text; an added thing
#: is ``+section``.
WORDS: Mapping[tuple[str, str], Words] = {
    ("objectives", "name"): Words(
        "People must be able to say it to each other.",
        ("Anyone can reorder in one minute", "Customers never wonder where their parcel is"),
        ("Grow revenue by 30 %: a number is a key result", "Move everything to Kafka: says how"),
    ),
    ("objectives", "customer_better_off"): Words(
        "If no customer is better off, reaching it would be worth nothing (D-O01).",
        ("They can now see today's numbers today", "Buyers can send a parcel back without calling us"),
        ("We are more efficient: who is better off?", "A best-in-class platform"),
    ),
    ("objectives", "horizon"): Words(
        "A theme lasts for some cycles and then it is over; without an end nobody asks whether it helped.",
        ("Until the end of 2027", "Three quarters"),
        ("As soon as possible", "For ever"),
    ),
    ("objectives", "owner"): _OWNER,
    ("objectives", "+streams"): _NEW_STREAM,
    ("streams", "name"): _NEW_STREAM,
    ("streams", "customer"): Words(
        "What helps at no stage of any customer's life disqualifies the stream (D-S02).",
        ("Sports viewer", "First-time seller", "Engineers in our own teams: customers may be inside"),
        ("Everybody", "Stakeholders"),
    ),
    ("customers", "stages"): Words(
        "A stream works at a stage of a customer's life, so the stages have to be known.",
        ("discover, subscribe, watch, return",),
        ("analysis, build, release: our stages, not theirs",),
    ),
    ("streams", "stages"): Words(
        "Where in the customer's life it works says who else must be careful there.",
        ("One stage, or two that follow each other",),
        ("All of them: then it is not a stream but the company",),
    ),
    ("streams", "owner"): _OWNER,
    ("streams", "metric"): Words(
        "The metric is what refuses work. With none, or with two, nothing can be refused (D-S03).",
        (
            "Share of sessions that play within 2 s",
            "Trial sign-ups who invite a colleague, in %",
            "Median days a ticket waits",
        ),
        (
            "Total registered users: it can only rise",
            "Story points: our own activity",
            "Revenue: most of it is decided elsewhere",
        ),
    ),
    ("streams", "guardrails"): Words(
        "A clever team could hit the metric in a way we would be ashamed of; a guardrail notices (D-M08).",
        ("Crash-free sessions, above 99.5 %", "Refunds, below 2 %"),
        ("The metric itself", "Ten of them: nobody watches ten"),
    ),
    ("streams", "claims"): Words(
        "What no claim catches is not counted for the stream, whoever does it.",
        ("The label start-time", "The component Player"),
        ("The whole project, although half of it is something else",),
    ),
    ("streams", "teams"): Words(
        "A stream without a team is a wish.",
        ("One team that can say: this is ours to move",),
        ("Five teams with a fifth each: nobody moves it",),
    ),
    ("streams", "share"): Words(
        "Only what is planned can be held against what is done; together a team has no more than 100 %.",
        ("60 %",),
        ("100 %, for a team that also runs operations",),
    ),
    ("metrics", "definition"): Words(
        "Two people who compute it must get the same number (D-M09).",
        ("Sessions with a first frame within 2 s of the click, out of all sessions that were begun",),
        ("How fast it feels",),
    ),
    ("metrics", "unit"): Words("A number without a unit is no number.", ("%", "days", "EUR per order")),
    ("metrics", "direction"): Words(
        "Without it nobody knows whether a change is good.",
        ("Up, for a rate that customers want high", "Band, if too much is as bad as too little"),
    ),
    ("metrics", "kind"): Words(
        "A total can only ever rise, so it shows nothing (D-M04).",
        ("A rate: part of a whole", "A duration"),
        ("A running total",),
    ),
    ("metrics", "customer_value"): Words(
        "If it can rise while customers get less, it leads astray (D-M01).",
        ("They see the ball while it still flies",),
        ("It helps us to plan",),
    ),
    ("metrics", "source"): Words(
        "A number that nobody can fetch is not looked at.",
        ("warehouse: sessions", "Prometheus: player_start_seconds"),
        ("We will find out",),
    ),
    ("metrics", "owner"): _OWNER,
    ("metrics", "baseline"): Words(
        "A target means something only beside where it stands today.",
        ("24, if 24 % do so now",),
        ("0, because nobody has measured it",),
    ),
    ("teams", "kind"): Words("The four kinds work with others in different ways."),
    ("teams", "size"): Words("What a team can carry is held against what it is asked for."),
    ("streams", "+key_results"): _NEW_RESULT,
    ("key_results", "cycle"): Words("A commitment without a period is none."),
    ("key_results", "team"): Words("Whoever commits must be able to say no."),
    ("key_results", "metric"): Words(
        "It moves the stream's metric, one that drives it, or a guardrail; any other pulls away (D-K03)."
    ),
    ("key_results", "baseline"): Words("From where: else nobody can say how far it came (D-K02)."),
    ("key_results", "target"): Words(
        "To where: a stretch, neither certain nor hopeless (D-K04).",
        ("What one could just reach if the bets work",),
        ("What the forecast says anyway",),
    ),
    ("key_results", "by"): Words("By which day: the last day of its cycle, or earlier."),
    ("streams", "+initiatives"): _NEW_BET,
    ("initiatives", "team"): Words("A bet that nobody makes is an idea."),
    ("initiatives", "belief"): Words(
        "What is believed can be wrong, and that is worth knowing early.",
        ("We believe that opening the player before the click saves half a second, because it waits for it",),
        ("We believe in quality",),
    ),
    ("initiatives", "effect"): Words(
        "Without a size and a sign no answer of the metric could speak against it (D-I02).",
        ("2, for two percentage points more", "−0.5, for half a second less"),
        ("A lot",),
    ),
    ("initiatives", "window"): Words("When it should show: before that, silence means nothing."),
    ("initiatives", "stop_rule"): Words(
        "Decided now, while nobody has anything to lose.",
        ("No movement four weeks after release",),
        ("When it is finished",),
    ),
    ("initiatives", "stream"): Words("A bet without a stream's metric bets on nothing."),
    ("key_results", "stream"): Words("A key result without a stream moves nothing."),
    ("streams", "objective"): Words("A stream serves one objective."),
}  # fmt: skip
