"""The page that says whether a piece of work qualifies."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from mainstem.challenge.decisions import Step
from mainstem.figures.shown import Tag
from mainstem.figures.wording import one_line, shorten
from mainstem.plan.model import Plan
from mainstem.services.decisions.deciding import SAID
from mainstem.services.decisions.qualified import Qualified, QualifyOutcome, Similar
from mainstem.services.decisions.showing_decisions import own_streams, verdicts_for
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.people.access_decisions import role_for
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.pieces import Cell, Column, Link, Row, Table
from mainstem.web.contexts.places import place_of
from mainstem.web.contexts.rows import named

TAGS = {
    QualifyOutcome.QUALIFIES: Tag("qualifies", "value"), QualifyOutcome.REST: Tag("counts as the rest", "rest"),
    QualifyOutcome.DISQUALIFIED: Tag("disqualified", "bad"), QualifyOutcome.QUESTION: Tag("one question is open", "rest"),
}  # fmt: skip
#: What a button of a verdict says, where that verdict follows from the answer and where it does not.
BUTTONS = {
    "accept": "Accept it", "refuse": "Refuse it", "defer": "Defer it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """The open question: its words, whom it is for, and the streams to choose from if there are several."""

    text: str
    asked_of: str
    streams: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """The answer in words.

    Attributes:
        tag: The outcome in a word.
        sentence: The answer read aloud.
        place: The stream's page, if it is about one.
        reasons: Why.
        refusal: What would make it qualify.
        question: What is open.
        similar: Past decisions on work that is alike.
        chain: The page of its decisions, if somebody asked before.
        verdicts: Value and words of the buttons of verdicts that the reader may give.
        may_ask: They may ask for a decision.
        decides_streams: Streams in whose name they may accept; ``decides_kinds``: also as a kind of the rest.
        target: What accepting means if nothing is chosen, as ``stream:x`` or ``kind:y``.
    """

    tag: Tag
    sentence: str
    place: Link | None
    reasons: tuple[str, ...]
    refusal: str
    question: AskedQuestion | None
    similar: Table | None
    chain: str
    verdicts: tuple[tuple[str, str], ...]
    may_ask: bool
    decides_streams: tuple[str, ...]
    decides_kinds: bool
    target: str


def build_answer(answer: Qualified, team: str, plan: Plan, by: Actor) -> AnswerShown:
    """The answer as the page shows it."""
    streams = own_streams(by, plan)
    kinds = role_for(by, plan, stream="", team=team) is not None
    decides = answer.chain is None and (
        kinds or (bool(streams) and answer.stream in (*streams, ""))
    )
    name = named("streams", answer.stream, plan)
    return AnswerShown(
        TAGS[answer.outcome], answer.sentence,
        Link(name, place_of("streams", answer.stream)) if answer.stream else None,
        further_reasons(answer), answer.refusal, _question(answer, plan), similar_table(answer.similar, plan),
        f"/decisions/{answer.chain}/" if answer.chain else "",
        verdict_buttons(verdicts_for(answer), answer) if decides else (),
        may(by, Action.ASK_WORK) and answer.chain is None,
        streams, kinds, default_target(answer, streams),
    )  # fmt: skip


def further_reasons(answer: Qualified) -> tuple[str, ...]:
    """The reasons that the sentence does not say already."""
    said = answer.sentence.casefold()
    return tuple(r for r in answer.reasons if r.casefold() not in said)


def default_target(answer: Qualified, streams: tuple[str, ...]) -> str:
    """What work counts for where the one who decides chooses nothing."""
    if answer.stream in streams:
        return f"stream:{answer.stream}"
    return f"kind:{answer.kind}" if answer.kind else ""


def verdict_buttons(verdicts: tuple[str, ...], answer: Qualified) -> tuple[tuple[str, str], ...]:
    """Value and words of buttons; what overruling means here is said on it."""
    accepts = answer.outcome is QualifyOutcome.DISQUALIFIED
    overrule = "Overrule: accept it" if accepts else "Overrule: refuse it"
    return tuple((v, BUTTONS.get(v, overrule)) for v in verdicts)


def _question(answer: Qualified, plan: Plan) -> AskedQuestion | None:
    question = answer.question
    if question is None:
        return None
    streams = tuple((s, named("streams", s, plan)) for s in question.streams)
    return AskedQuestion(question.text, question.asked_of, streams if len(streams) > 1 else ())


def similar_table(similar: tuple[Similar, ...], plan: Plan) -> Table | None:
    """Past decisions on work that is alike."""
    if not similar:
        return None
    columns = (Column("What was asked"), Column("Decided"), Column("Why"))
    return Table(
        "Past decisions on work that is alike", columns, tuple(_similar(s, plan) for s in similar)
    )


def _similar(one: Similar, plan: Plan) -> Row:
    where = named("streams", one.stream, plan) or one.kind
    said = f"{SAID[Step(one.step)]}, {day_here(one.at)}"
    shared = ", ".join(f"“{w}”" for w in one.shared[:4])
    return Row((
        Cell(shorten(one_line(one.title), 120), f"/decisions/{one.number}/", f"alike by {shared}"),
        Cell(said, "", where), Cell(shorten(one_line(one.why), 240)),
    ))  # fmt: skip


def qualify_address(**given: str) -> str:
    """The page with an answer: it can be passed on."""
    said = {name: value for name, value in given.items() if value}
    return f"/qualify?{urlencode(said)}" if said else "/qualify"
