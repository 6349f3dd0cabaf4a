"""Readings in words: the sentence, what to do about it, and the evidence that a proposal carries."""

from __future__ import annotations

from collections.abc import Mapping

from mainstem.challenge.rates import Rate
from mainstem.challenge.reading_values import Discrimination, Reading, ReadingKind
from mainstem.challenge.readings import (
    LEAST_ANSWERS,
    LEAST_DECISIONS,
    LEAST_TO_REFUSE_NOTHING,
    SELECTION_WARNING,
)

_K = ReadingKind
#: What a reading says of a metric, after its name.
SAYS: Mapping[ReadingKind, str] = {
    _K.TOO_EARLY: "it is too early to read anything",
    _K.REFUSES_NOTHING: "it refuses nothing, so it is too broad",
    _K.WORKED_AROUND: "people work around it: it is wrong, or it is not believed",
    _K.NO_FORCE: "its refusals have no force: what was refused is done anyway",
    _K.BLIND_SPOT: "it has a blind spot: what it refused was done anyway, and moved it",
    _K.DOES_NOT_MOVE: "work that it accepts does not move it",
    _K.EARNS_ITS_KEEP: "it earns its keep: what it lets through moves it",
    _K.NONE_YET: "there is no reading yet",
}
#: What may be done about it; never done by the program.
ADVICE: Mapping[ReadingKind, str] = {
    _K.TOO_EARLY: "Go on deciding, and name an effect and a window for bets, so that outcomes get an answer.",
    _K.REFUSES_NOTHING: "Sharpen the metric, or split the stream.",
    _K.WORKED_AROUND: "Talk about the statements that are overruled most before you change the number.",
    _K.NO_FORCE: "Ask who did the work and why; a refusal that binds nobody tells nothing of the metric.",
    _K.BLIND_SPOT: "Look at that work for an input metric that is not declared yet.",
    _K.DOES_NOT_MOVE: "The mechanism may be wrong, the metric deaf (D-M05, D-M06), or the effect too slow.",
    _K.EARNS_ITS_KEEP: "Keep it, and persist.",
    _K.NONE_YET: "Keep the metric: persistence pays.",
}


def percent(share: float) -> str:
    """``34 %``."""
    return f"{round(100 * share)}\u202f%"


def rate_words(rate: Rate) -> str:
    """``12 of 40: 30 %, between 18 and 45 %``; of nothing: that there is nothing."""
    if rate.share is None:
        return "nothing to count yet"
    span = f"between {round(100 * rate.lower)} and {percent(rate.upper)}"
    return f"{rate.k} of {rate.n}: {percent(rate.share)}, {span}"


def sentence(reading: Reading, name: str) -> str:
    """What the decisions say of a metric, in a sentence with its numbers."""
    return f"{name}: {SAYS[reading.kind]}{_because(reading)}."


def _because(reading: Reading) -> str:
    c, kind = reading.counts, reading.kind
    if kind is _K.TOO_EARLY:
        return f" (it takes {missing(reading)})"
    if kind is _K.REFUSES_NOTHING:
        return f" ({c.refused} of {c.decided} decisions were refusals)"
    if kind is _K.WORKED_AROUND:
        return f" ({c.overridden} of {c.decided} decisions overruled it)"
    if kind in (_K.NO_FORCE, _K.BLIND_SPOT):
        moved = f", {c.right} of {c.anyway_answered} of it moved the metric" if kind is _K.BLIND_SPOT else ""  # fmt: skip
        return f" ({c.done_anyway} of {c.refused} refused pieces of work{moved})"
    if kind in (_K.DOES_NOT_MOVE, _K.EARNS_ITS_KEEP):
        return f" ({c.hits} of {c.answered} accepted pieces of work with an answer moved it)"
    share = c.unclear_share
    return f" ({percent(share)} of the outcomes are unclear)" if share and share >= 0.5 else ""


def missing(reading: Reading) -> str:
    """How much more it takes."""
    c = reading.counts
    decisions = max(LEAST_DECISIONS - c.decided, 0)
    answers = max(LEAST_ANSWERS - c.answered - c.anyway_answered, 0)
    parts = []
    if decisions:
        parts.append(f"{decisions} more decision{'s' if decisions > 1 else ''}")
    if answers:
        parts.append(f"{answers} more outcome{'s' if answers > 1 else ''} with an answer")
    return " and ".join(parts)


#: The rates of a reading: attribute, name, what it says.
RATES: tuple[tuple[str, str, str], ...] = (
    ("refusal", "Refused", "Near none: the metric refuses nothing. Near all: demand or metric is off."),
    ("override", "Overruled", "Many: people do not believe the metric."),
    ("regret", "Refused, then done anyway", "Many: a refusal had no force, or the metric misses real needs."),
    ("right", "Refused, done anyway, and moved it", "Direct evidence against the metric or the mechanism."),
    ("hit", "Accepted, and moved it", "Of those with an answer: whether we know how to move it."),
)  # fmt: skip


def evidence(reading: Reading, name: str) -> str:
    """Everything that a proposal for another metric carries, as text."""
    lines = [
        f"{sentence(reading, name)} {ADVICE[reading.kind]}",
        f"From decisions of {reading.since} to {reading.until}:",
        *(f"- {label}: {rate_words(getattr(reading, key))}." for key, label, _ in RATES),
        f"- {discrimination_words(reading)}",
        f"- {bounds_words(reading)}",
    ]
    if reading.top:
        lines.append("- Most often true: " + ", ".join(f"{s} ({n})" for s, n in reading.top) + ".")
    if reading.before is not None:
        lines.append(f"A cycle ago the reading was: {reading.before}.")
    return "\n".join((*lines, SELECTION_WARNING))


def discrimination_words(reading: Reading) -> str:
    """Whether the rules separate what moves the metric from what does not."""
    found = reading.discrimination
    if not isinstance(found, Discrimination):
        return f"Cannot say whether the rules separate. {found}"
    points = round(100 * found.difference)
    return (
        f"Work accepted by rule moved it {abs(points)} points {'more' if points >= 0 else 'less'} often than"
        f" work accepted against the rules; {percent(found.chance)} sure that it is more often."
    )


def bounds_words(reading: Reading) -> str:
    """What is possible of the refused work, without any assumption."""
    found = reading.bounds
    if found is None:
        return "Nothing was refused."
    return (
        f"Of the refused work, between {round(100 * found.lower)} and {percent(found.upper)} would have moved"
        " it: more cannot be said without an assumption."
    )


def unclear_words(reading: Reading) -> str:
    """The share of outcomes of which nobody can say whether they moved it."""
    share = reading.counts.unclear_share
    if share is None:
        return "no outcome has an answer yet"
    whole = reading.counts.answered + reading.counts.unclear
    return f"{reading.counts.unclear} of {whole}: {percent(share)}"


#: What may be said when nothing was refused only from so many decisions on.
FROM_FORTY = f"“Refuses nothing” is said from {LEAST_TO_REFUSE_NOTHING} decisions on."
