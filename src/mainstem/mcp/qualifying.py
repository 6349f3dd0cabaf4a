"""The tool to ask before work begins: does this qualify?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from mainstem.challenge.decisions import Work
from mainstem.challenge.verdicts import Answer
from mainstem.mcp.deciding import AnswerData
from mainstem.mcp.places import Place
from mainstem.mcp.said import Asked, Data, LongTold, Said, Told
from mainstem.mcp.tool import Tool
from mainstem.services.decisions.qualified import Qualified, QualifyOutcome
from mainstem.services.decisions.qualifying import qualify
from mainstem.services.people.access import Actor

Line = Annotated[str, Field(max_length=300)]
Lines = Annotated[list[Line], Field(max_length=50)]


class WorkAsked(Asked):
    """A piece of work as it is described before it begins. Only the title is needed."""

    title: str = Field(min_length=1, max_length=400, description="what is to be done, in a line")
    text: str = Field("", max_length=20_000, description="more words")
    team: str = Field("", max_length=100, description="id of the team that would do it")
    estimate_days: float | None = Field(None, ge=0, le=100_000, description="person-days")
    link: str = Field("", max_length=1_000, description="its address in a tracker; never opened")
    key: Line = Field("", description="its key in a tracker, such as PLAY-12")
    source: Line = Field("", description="name of the connected source that the key is of")
    stream: str = Field("", max_length=100, description="id of the stream it is meant for, if any")
    labels: Lines = Field([])
    components: Lines = Field([])
    paths: Lines = Field([], description="files that it would change")
    project: Line = ""
    type: Line = Field("", description="bug, story, task …")
    epic: Line = Field("", description="key of its epic")
    parent: Line = Field("", description="key of what it is part of")
    answers: dict[Annotated[str, Field(max_length=40)], Answer] = Field(
        {},
        max_length=30,
        description="statement → your answer, to a question that came back before",
    )


class QuestionData(Data):
    """The one question that decides. Ask the person; do not make the answer up."""

    statement: str = Field(description="goes into `answers` with the answer")
    subject: str
    text: LongTold
    asked_of: Told


class SimilarData(Data):
    """A past decision on work that is alike."""

    number: int
    title: Told
    step: str = Field(description="the verdict that stands")
    stream: str
    why: Told
    at: datetime
    likeness: float = Field(description="from 0 to 1")


class Qualification(Data):
    """Whether work qualifies, and because of what."""

    outcome: QualifyOutcome
    sentence: LongTold = Field(description="the answer read aloud")
    stream: str = Field(description="the stream it is for, or was held against")
    kind: str = Field(description="the kind of the rest that it counts for or could be done as")
    reasons: list[Told]
    refusal: LongTold = Field(description="what would make it qualify")
    question: QuestionData | None
    statements: list[AnswerData]
    similar: list[SimilarData]
    decision: int | None = Field(description="number of its decision, if somebody asked before")


def qualify_work(asked: WorkAsked, place: Place, by: Actor) -> Said:
    """Whether a piece of work qualifies; nothing is kept."""
    found = qualify(work_of(asked), place.desk(), by, at=place.now(), answers=asked.answers)
    return Said(_sentence(found), _data(found))


def work_of(asked: WorkAsked) -> Work:
    """The work, with what claims look at."""
    given: dict[str, Sequence[str]] = {
        "label": asked.labels, "component": asked.components, "path": asked.paths,
        **{name: [value] for name in ("project", "type", "epic", "parent", "stream")
           if (value := str(getattr(asked, name)))},
    }  # fmt: skip
    return Work(
        asked.title, asked.text, asked.team, asked.estimate_days, asked.link, asked.key,
        asked.source, {name: tuple(values) for name, values in given.items() if values},
    )  # fmt: skip


def _sentence(found: Qualified) -> str:
    for_ = f" for the stream {found.stream}" if found.stream else ""
    return {
        QualifyOutcome.QUALIFIES: f"Qualifies{for_}.",
        QualifyOutcome.DISQUALIFIED: "Disqualified: the data says why, and what would make it qualify.",
        QualifyOutcome.QUESTION: "One question decides. Ask the person, then ask again with the answer.",
        QualifyOutcome.REST: f"Counts for the rest, as {found.kind}.",
    }[found.outcome]


def _data(found: Qualified) -> Qualification:
    asked = found.question
    question = QuestionData(
        statement=asked.statement, subject=asked.subject, text=asked.text, asked_of=asked.asked_of
    ) if asked else None  # fmt: skip
    return Qualification(
        outcome=found.outcome, sentence=found.sentence, stream=found.stream, kind=found.kind,
        reasons=list(found.reasons[:20]), refusal=found.refusal, question=question,
        statements=[
            AnswerData(statement=s.statement, version=s.version, answer=s.answer.value)
            for s in found.statements[:50]
        ],
        similar=[
            SimilarData(
                number=s.number, title=s.title, step=s.step, stream=s.stream, why=s.why, at=s.at,
                likeness=s.likeness,
            )
            for s in found.similar[:5]
        ],
        decision=found.chain,
    )  # fmt: skip


TOOLS = (
    Tool(
        "qualify_work", "Does this work qualify?",
        "Ask this before you start a piece of work. The answer names the value stream and the claim or"
        " reason, or the disqualifying statements, or the one question that decides, with similar past"
        " decisions. Nothing is kept and nothing is decided.",
        WorkAsked, Qualification, qualify_work,
    ),
)  # fmt: skip
