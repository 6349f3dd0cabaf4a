"""Filling the HTML report from the services."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.score.values import Question
    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.scores.scoring import Book


def write_report(
    place: Workspace,
    book: Book,
    question: Question,
    output: Path | None,
    *,
    today: date | None = None,
) -> None:
    """Writes the report for the question's scope and days; ``today`` for findings, if not today."""
    from mainstem.cli.output import today as now_a_day
    from mainstem.cli.output import write_or_print
    from mainstem.clock import now
    from mainstem.report.gather import gather
    from mainstem.report.render import render_report

    write_or_print(
        render_report(gather(place, book, question, today=today or now_a_day(), at=now())), output
    )
