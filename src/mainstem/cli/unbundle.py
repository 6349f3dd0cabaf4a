"""The command `unbundle`: from an objective down, one question at a time, written into the plan's text."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from mainstem.cli.places import LedgerOption, PlanOption, workspace

if TYPE_CHECKING:
    from mainstem.services.people.access import Actor
    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.unbundling.folder import FolderUnbundled
    from mainstem.workshop.unbundling_course import PutOff
    from mainstem.workshop.unbundling_inputs import Input
    from mainstem.workshop.unbundling_values import Question

#: Most names that are shown beside a field.
_MOST_NAMES = 8


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(unbundle)


def unbundle(
    objective: Annotated[
        str, typer.Argument(help="Identifier or name of an objective; with --new its words.")
    ],
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    new: Annotated[bool, typer.Option("--new", help="Write a new objective first.")] = False,
    list_: Annotated[
        bool, typer.Option("--list", help="List what is left to answer, and ask nothing.")
    ] = False,
    answer: Annotated[
        str, typer.Option("--answer", help="Answer one question by its key, as --list prints it.")
    ] = "",
    given: Annotated[
        list[str] | None,
        typer.Option("--with", help="NAME=VALUE of the answer, one for each field."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who answers; your name in git if absent.")] = "",
    ask: Annotated[
        bool | None,
        typer.Option("--ask/--no-ask", help="Put the questions; if absent, on a terminal only."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take an objective of a plan apart: streams, metrics, teams, key results, bets.

    Each answer is written into the plan's text at once, and comments stay; Ctrl-C loses nothing. An empty
    answer passes: the question comes back when nothing else is left.
    """
    from mainstem.cli.challenge import _actor
    from mainstem.services.unbundling.folder import find_objective, write_objective

    place = workspace(plan, ledger, need_plan=True)
    actor = _actor(by, place.plan)
    ident = write_objective(objective, place) if new else find_objective(objective, place)
    if answer:
        _answer(ident, answer, _pairs(given or []), place, actor)
    is_asked = ask if ask is not None else sys.stdin.isatty() and sys.stdout.isatty()
    if is_asked and not (list_ or answer or as_json):
        _ask_all(ident, place, actor)
    else:
        _print(_look(ident, place, ()), as_json=as_json)


def _look(objective: str, place: Workspace, put_off: Iterable[PutOff]) -> FolderUnbundled:
    from mainstem.cli.output import today
    from mainstem.services.unbundling.folder import look

    return look(objective, place, tuple(put_off), today=today())


def _pairs(given: Iterable[str]) -> dict[str, str]:
    from mainstem.errors import UsageError

    out: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise UsageError(f"{one!r} is no field of an answer.", "Write --with name=value.")
        out[name] = f"{out[name]}\n{value}" if name in out else value
    return out


def _answer(
    objective: str, key: str, given: Mapping[str, str], place: Workspace, actor: Actor
) -> None:
    from mainstem.cli.output import today
    from mainstem.clock import now
    from mainstem.services.unbundling.folder import answer_in_text

    answer_in_text(objective, key, given, place, actor, today=today(), at=now())


# -- on a terminal


def _ask_all(objective: str, place: Workspace, actor: Actor) -> None:
    """Puts one question after another until nothing is left, or somebody has had enough."""
    from mainstem.cli.output import say
    from mainstem.clock import now
    from mainstem.workshop.unbundling_course import PutOff

    put_off: list[PutOff] = []
    say("Empty: pass for now. ?: examples. Ctrl-C: stop; nothing is lost.")
    try:
        while (question := (found := _look(objective, place, put_off)).course.next) is not None:
            if sum(one.key == question.key for one in put_off) > 1:
                break  # everything that is left was passed twice
            if not _ask(question, found, objective, place, actor):
                put_off.append(PutOff(question.key, actor.name, now().isoformat()))
    except (typer.Abort, KeyboardInterrupt, EOFError):
        say("")
    found = _look(objective, place, ())
    left = len(found.course.order)
    say("", _sum(found), *(() if not left else ("Go on with the same command.",)))


def _ask(
    question: Question, found: FolderUnbundled, objective: str, place: Workspace, actor: Actor
) -> bool:
    """Puts one question until it is answered (true) or passed."""
    from mainstem.cli.output import say
    from mainstem.errors import Invalid
    from mainstem.workshop.unbundling_inputs import inputs_of

    say("", *_head(question, found))
    while True:
        given = _filled(inputs_of(question, found.drafted.plan), question)
        if given is None:
            return False
        try:
            _answer(objective, question.key, given, place, actor)
        except Invalid as error:
            say(f"  not taken: {error.message} {error.hint}")
        else:
            return True


def _head(question: Question, found: FolderUnbundled) -> list[str]:
    from mainstem.services.plans.subject_names import subject_name

    left = len(found.course.order)
    name = subject_name(question.subject, found.drafted.plan)
    lines = [f"[{left} left] {question.step} · {name}", question.text]
    if found.course.why:
        lines.append(f"  {found.course.why}")
    if question.finding is not None and question.finding.hint:
        lines.append(f"  {question.finding.hint}")
    return lines


def _filled(inputs: Iterable[Input], question: Question) -> dict[str, str] | None:
    """What somebody typed; ``None``: they pass."""
    given: dict[str, str] = {}
    for one in inputs:
        if question.statement is not None and _is_not_asked(one, given):
            continue
        said = _prompt(one, question)
        if not said and one.is_needed:
            return None
        given[one.name] = said
    return given if any(given.values()) else None


def _is_not_asked(one: Input, given: Mapping[str, str]) -> bool:
    unsure = given.get("answer") == "cannot say"
    return (one.name in ("owner", "until") and not unsure) or (one.name == "evidence" and unsure)


def _prompt(one: Input, question: Question) -> str:
    from mainstem.cli.output import say

    for number, (_, words) in enumerate(one.choices, 1):
        say(f"  {number}) {words}")
    if one.suggested:
        names = [value for value, _ in one.suggested[:_MOST_NAMES]]
        more = (
            f" and {len(one.suggested) - len(names)} more"
            if len(one.suggested) > len(names)
            else ""
        )
        say(f"  known: {', '.join(names)}{more}")
    label = "  >" if one.label == question.text else f"  {one.label}"
    while (said := typer.prompt(label, default="", show_default=False).strip()) == "?":
        say(*_examples(one, question))
    return _chosen(one, said)


def _chosen(one: Input, said: str) -> str:
    """Choices by their number or by themselves; several with commas between."""
    if not one.choices:
        return said
    words = [w.strip() for w in said.split(",") if w.strip()]
    picked = [
        one.choices[int(w) - 1][0] if w.isdecimal() and 0 < int(w) <= len(one.choices) else w
        for w in words
    ]
    return "\n".join(picked)


def _examples(one: Input, question: Question) -> list[str]:
    good = [f"  helps: {text}" for text in question.words.good]
    bad = [f"  does not help: {text}" for text in question.words.bad]
    return [*([f"  {one.help}"] if one.help else []), *good, *bad] or ["  There is no example."]


# -- what is left


def _sum(found: FolderUnbundled) -> str:
    course = found.course
    left = len(course.order)
    words = f"{left} question{'s' * (left != 1)} open" if left else "Nothing is left to answer"
    return f"{words}, {course.answered} answered."


def _print(found: FolderUnbundled, *, as_json: bool) -> None:
    from mainstem.cli.output import say

    if as_json:
        say(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
        return
    say(_sum(found))
    for one in found.course.order:
        say(f"  {one.key}  {one.text}")


def _as_json(found: FolderUnbundled) -> dict[str, object]:
    from mainstem.workshop.unbundling_inputs import inputs_of

    course, plan = found.course, found.drafted.plan
    return {
        "answered": course.answered,
        "open": len(course.order),
        "questions": [
            {
                "key": one.key, "step": one.step, "text": one.text, "why": one.words.why,
                "inputs": [
                    {"name": i.name, "holds": i.holds, "needed": i.is_needed,
                     "choices": [value for value, _ in i.choices]}
                    for i in inputs_of(one, plan)
                ],
            }
            for one in course.order
        ],
        "verdicts": {subject: w.verdict for subject, w in found.drafted.weighed.items()},
    }  # fmt: skip
