"""Did it move the metric? What a page says of a bet after it began."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from mainstem.figures.intervals import placebo_drawing
from mainstem.figures.moved import TONES, VERDICTS, moved_rows, moved_sentence, placebo_rows
from mainstem.figures.shown import Tag
from mainstem.foresight.moved_values import MovedAnswer
from mainstem.services.metrics.effects import effect_seen
from mainstem.services.people.access import Actor
from mainstem.web.contexts.given import Reading
from mainstem.web.contexts.pieces import Cell, Column, Link, Row, Table
from mainstem.web.contexts.places import place_of
from mainstem.web.contexts.rows import named


@dataclass(frozen=True, slots=True)
class MovedSection:
    """The answer as a page prints it.

    Attributes:
        words: The answer in a sentence, or why there is none and what would help.
        tag: The verdict.
        rows: Everything behind it; nothing where there is no answer.
        placebos: The same statistic at earlier dates.
        drawing: Those as a picture.
        together: The other bets that are answered with it.
    """

    words: str
    tag: Tag
    rows: Table | None
    placebos: Table | None
    drawing: Markup | None
    together: tuple[Link, ...]


def moved_section(initiative: str, reading: Reading, by: Actor) -> MovedSection:
    """What was seen after a bet began."""
    seen = effect_seen(initiative, reading.ground, by, at=reading.ground.now())
    plan, answer = reading.plan, seen.answer
    metric = plan.metrics.get(seen.metric)
    words = moved_sentence(answer, metric, plan)
    tag = Tag(VERDICTS[seen.verdict], TONES.get(seen.verdict, ""))
    together = tuple(
        Link(named("initiatives", k, plan), place_of("initiatives", k))
        for k in seen.together if k != initiative
    )  # fmt: skip
    if not isinstance(answer, MovedAnswer) or metric is None:
        return MovedSection(words, tag, None, None, None, together)
    rows = tuple(Row((Cell(a), Cell(b))) for a, b in moved_rows(answer, metric))
    earlier = tuple(Row((Cell(a), Cell(b))) for a, b in placebo_rows(answer))
    return MovedSection(
        words, tag, Table("What is behind the answer", (Column("What"), Column("How much")), rows),
        Table("The same statistic at earlier dates", (Column("Day"), Column("Statistic", is_number=True)), earlier)
        if earlier else None,
        placebo_drawing(answer), together,
    )  # fmt: skip
