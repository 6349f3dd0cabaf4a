"""Unbundling an objective of a plan in a folder: each answer is written into its text at once.

Comments and order of the text stay. So whoever stops in the middle loses nothing, and what is left to
answer is seen again from the text. Everything below the objective counts as just written: its words are
minded. Answers to statements are kept beside the plan, as ``mainstem challenge`` keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from mainstem.errors import Absent, Invalid, UsageError
from mainstem.ids import slug
from mainstem.plan.model import Objective, Plan
from mainstem.services.challenges.challenging import answer_statement
from mainstem.services.decisions.desk import Desk
from mainstem.services.decisions.desks import folder_desk
from mainstem.services.people.access import Actor
from mainstem.services.plans.workspace import Workspace
from mainstem.services.unbundling.draft import Drafted, answered, drafted
from mainstem.services.unbundling.reading import read_answer, read_day
from mainstem.workshop.unbundling_course import Course, PutOff, course
from mainstem.workshop.unbundling_values import Asks


@dataclass(frozen=True, slots=True)
class FolderUnbundled:
    """An objective of a folder, as it stands in its text now.

    Attributes:
        drafted: The plan, its questions and verdicts.
        course: What is next, what is open.
    """

    drafted: Drafted
    course: Course


def find_objective(said: str, place: Workspace) -> str:
    """The identifier of an objective, by itself or by its name.

    Raises:
        Absent: there is none.
    """
    plan, _ = place.usable_plan()
    if said in plan.objectives:
        return said
    wanted = said.casefold()
    found = [k for k, o in plan.objectives.items() if (o.name or k).casefold() == wanted]
    if len(found) != 1:
        known = ", ".join(list(plan.objectives)[:8]) or "none yet"
        raise Absent(
            f"The plan has no objective {said!r}.", f"There are: {known}; --new writes a new one."
        )
    return found[0]


def write_objective(words: str, place: Workspace) -> str:
    """Writes a new objective into the text; its identifier.

    Raises:
        Invalid: it says nothing.
        PlanError: the text cannot be changed without losing something.
    """
    name = " ".join(words.split())
    if not name:
        raise Invalid("An objective says something.", "Say it in words.", field="words")
    plan, _ = place.usable_plan()
    wanted, at = slug(name)[:90], 1
    ident = wanted
    while ident in plan.objectives:
        at += 1
        ident = f"{wanted}-{at}"
    objectives = {**plan.objectives, ident: Objective(name=name)}
    _write(plan.model_copy(update={"objectives": objectives}), place)
    return ident


def look(
    objective: str, place: Workspace, put_off: Sequence[PutOff], *, today: date
) -> FolderUnbundled:
    """What is left to answer in the text as it is now.

    Raises:
        PlanError: the text has faults.
    """
    return _looked(objective, folder_desk(place, today=today), put_off)


def _looked(objective: str, desk: Desk, put_off: Sequence[PutOff]) -> FolderUnbundled:
    found = drafted(desk.standing.plan, Plan(), objective, desk)
    return FolderUnbundled(found, course(found.questions, put_off))


def answer_in_text(
    objective: str,
    key: str,
    given: Mapping[str, str],
    place: Workspace,
    by: Actor,
    *,
    today: date,
    at: datetime,
) -> list[Path]:
    """Answers a question: writes it into the text; the files that changed.

    Raises:
        Absent: there is no such question any more.
        Invalid: the answer is not one; ``field`` names what is to be mended.
        PlanError: the text cannot be changed without losing something; nothing was.
    """
    desk = folder_desk(place, today=today)
    found = _looked(objective, desk, ()).drafted
    question = found.of(key)
    if question.asks is Asks.STATEMENT:
        answer_statement(
            question.subject, question.field, read_answer(given.get("answer", "")), desk, by, at=at,
            evidence=given.get("evidence", ""), owner=given.get("owner", ""),
            until=read_day(given.get("until", "")),
        )  # fmt: skip
        return []
    return _write(answered(found, question, given, desk, by.name), place)


def _write(wanted: Plan, place: Workspace) -> list[Path]:
    from mainstem.plan.text.edit import edit_plan
    from mainstem.plan.text.files import read_folder
    from mainstem.services.plans.file_set import write_together

    if place.plan is None:
        raise UsageError("There is no plan here.", "Say --plan, or write one with `mainstem init`.")
    made = edit_plan(read_folder(place.plan), wanted)
    root = place.plan if place.plan.is_dir() else place.plan.parent
    files = {root / path: content for path, content in made.items()}
    if files:
        write_together(root.resolve().parent / ".mainstem", files)
    return list(files)
