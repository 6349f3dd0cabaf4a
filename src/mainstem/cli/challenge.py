"""The command `challenge`: what would disqualify a thing of the plan, and answering what is open."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mainstem.cli.places import LedgerOption, PlanOption, workspace

if TYPE_CHECKING:
    from mainstem.challenge.weighing import Told, Weighed
    from mainstem.services.challenges.challenging import Challenged, PlanChallenged
    from mainstem.services.decisions.desk import Desk
    from mainstem.services.people.access import Actor

_MARKS = {"true": "✗", "false": "✓", "cannot say": "?", None: "·"}
_ANSWERS = {
    "true": "true", "t": "true", "yes": "true", "y": "true", "false": "false", "f": "false", "no": "false",
    "n": "false", "cannot say": "cannot say", "cannot-say": "cannot say", "?": "cannot say",
}  # fmt: skip
_MOST_ROWS = 40


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(challenge)


def challenge(
    subject: Annotated[
        str | None,
        typer.Argument(help="A thing, as streams/start-fast; everything if absent."),
    ] = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", help="STATEMENT=true, false, cannot-say, or empty to take back."),
    ] = None,
    evidence: Annotated[str, typer.Option(help="What the answer rests on.")] = "",
    owner: Annotated[str, typer.Option(help="Who finds out what nobody can say.")] = "",
    until: Annotated[str, typer.Option(help="By which day, as 2026-11-30.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who answers; your name in git if absent.")] = "",
    language: Annotated[str, typer.Option(help="Language of the statements.")] = "en",
    statements: Annotated[
        bool, typer.Option("--statements", help="List the statements instead.")
    ] = False,
    ask: Annotated[
        bool, typer.Option("--ask/--no-ask", help="Put the questions on a terminal.")
    ] = True,
    strict: Annotated[
        bool, typer.Option(help="What waits for an answer fails the challenge too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Challenge a thing of the plan, or all of it, with the disqualifying statements.

    Answers of people are kept in answers.jsonl beside the plan. On a terminal the open questions about a
    thing are put, at most five. Exit code 0: nothing is disqualified; 1: something is.
    """
    from mainstem.cli.output import today
    from mainstem.errors import UsageError
    from mainstem.services.decisions.desks import folder_desk

    place = workspace(plan, ledger, need_plan=True)
    desk = folder_desk(place, today=today())
    if statements:
        _list_statements(desk, language, as_json=as_json)
        return
    if answer and not subject:
        raise UsageError(
            "An answer is about a thing.", "Name it: mainstem challenge SUBJECT --answer …"
        )
    actor = _actor(by, place.plan)
    if subject is None:
        raise typer.Exit(_whole(desk, actor, language, strict=strict, as_json=as_json))
    shown = _one(_named(subject, desk), desk, actor, language)
    for given in answer or []:
        shown = _answer(shown, given, desk, actor, evidence, owner, until)
    if as_json:
        _print_json(_as_json(shown))
    else:
        _print(shown)
        if ask and not answer and sys.stdin.isatty() and sys.stdout.isatty():
            shown = _ask_open(shown, desk, actor, language)
    raise typer.Exit(_code([shown.weighed], strict=strict))


def _actor(by: str, plan: Any) -> Actor:
    import subprocess
    from dataclasses import replace

    from mainstem.services.people.access import system

    name = by
    if not name:
        try:
            found = subprocess.run(
                ["git", "config", "user.name"], capture_output=True, text=True, check=False,
                cwd=plan if plan.is_dir() else plan.parent,
            )  # fmt: skip
            name = found.stdout.strip()
        except OSError:
            name = ""
    return replace(system("cli"), name=name or "somebody")


def _named(subject: str, desk: Desk) -> str:
    """A subject by its section and identifier, or by its identifier alone where one thing has it."""
    from mainstem.errors import UsageError
    from mainstem.services.challenges.scales import CHALLENGED

    head = subject.partition("/")[0]
    if head in CHALLENGED or head == "asked":
        return subject
    found = [f"{s}/{subject}" for s in CHALLENGED if subject in getattr(desk.standing.plan, s)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{subject} is several things.", f"Say which: {', '.join(found)}.")
    raise UsageError(
        f"The plan has nothing called {subject}.", "Name it as streams/start-fast or start-fast."
    )


def _one(subject: str, desk: Desk, actor: Actor, language: str) -> Challenged:
    from mainstem.clock import now
    from mainstem.services.challenges.challenging import challenge as challenged

    return challenged(subject, desk, actor, at=now(), language=language)


def _answer(
    shown: Challenged, given: str, desk: Desk, actor: Actor, evidence: str, owner: str, until: str
) -> Challenged:
    from mainstem.challenge.verdicts import Answer
    from mainstem.clock import now
    from mainstem.errors import UsageError
    from mainstem.services.challenges.challenging import answer_statement

    statement, equals, said = given.partition("=")
    word = _ANSWERS.get(said.strip().lower(), "") if said.strip() else None
    if not equals or word == "":
        raise UsageError(
            f"{given!r} is no answer.", "Write D-M01=false, D-M01=true or D-M01=cannot-say."
        )
    return answer_statement(
        shown.subject, statement.strip(), Answer(word) if word else None, desk, actor, at=now(),
        evidence=evidence, owner=owner, until=_day(until),
    )  # fmt: skip


def _day(text: str) -> date | None:
    from mainstem.errors import UsageError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", "Write it as 2026-11-30.") from error


def _ask_open(shown: Challenged, desk: Desk, actor: Actor, language: str) -> Challenged:
    """Puts the open questions, one after another; an empty answer leaves the rest."""
    from mainstem.cli.output import say
    from mainstem.errors import Invalid

    for told in shown.weighed.questions:
        say("", f"{told.id}: {told.text}", f"  (asked of {_asked_of(told)})")
        said = typer.prompt(
            "  true, false, cannot say; nothing: later", default="", show_default=False
        )
        if not said.strip():
            break
        word = _ANSWERS.get(said.strip().lower(), "?!")
        unsure = word == "cannot say"
        evidence = (
            "" if unsure else typer.prompt("  what it rests on", default="", show_default=False)
        )
        owner = typer.prompt("  who finds out", default="", show_default=False) if unsure else ""
        until = typer.prompt("  by which day", default="", show_default=False) if unsure else ""
        try:
            given = f"{told.id}={word}"
            shown = _answer(shown, given, desk, actor, evidence, owner, until)
        except Invalid as error:
            say(f"  not kept: {error.message} {error.hint}")
    _print(_one(shown.subject, desk, actor, language), briefly=True)
    return shown


def _asked_of(told: Told) -> str:
    return told.statement.asked_of if told.statement and told.statement.asked_of else "somebody"


def _whole(desk: Desk, actor: Actor, language: str, *, strict: bool, as_json: bool) -> int:
    from mainstem.clock import now
    from mainstem.services.challenges.challenging import challenge_plan

    found = challenge_plan(desk, actor, at=now(), language=language)
    if as_json:
        _print_json(_plan_as_json(found))
    else:
        _print_plan(found)
    return _code(found.rows, strict=strict)


def _code(rows: Any, *, strict: bool) -> int:
    from mainstem.challenge.verdicts import Verdict

    bad = {Verdict.DISQUALIFIED, Verdict.CONDITIONAL} if strict else {Verdict.DISQUALIFIED}
    return int(any(row.verdict in bad for row in rows))


def _print(shown: Challenged, *, briefly: bool = False) -> None:
    from mainstem.cli.output import say

    say(f"{shown.subject} · {shown.name}", f"  {shown.verdict}", "")
    for told in () if briefly else shown.weighed.told:
        say(*_lines(told))
    if shown.weighed.changes:
        say("", "What would change it:", *(f"  {change}" for change in shown.weighed.changes))
    questions = shown.weighed.questions
    if questions:
        more = shown.weighed.more_questions
        asked = ", ".join(t.id for t in questions) + (f" and {more} more" if more else "")
        say("", f"Open: {asked}. Answer with --answer {questions[0].id}=false --evidence “…”.")


def _lines(told: Told) -> list[str]:
    mark = "–" if told.overruled is not None else _MARKS[told.answer]
    out = [f"  {mark} {told.id}  {told.text}  [{told.severity}]"]
    if told.overruled is not None:
        out.append(f"      lived with: {told.overruled}")
    elif told.said:
        who = f"{told.heard.by}, {told.heard.at:%Y-%m-%d}: " if told.heard and told.heard.by else ""
        out.append(f"      {who}{told.said}")
    if told.stale is not None:
        now = told.statement.version if told.statement else 0
        out.append(
            f"      the answer “{told.stale.answer}” was to version {told.stale.version}; it is {now} now"
            " and that answer does not count"
        )
    return out


def _print_plan(found: PlanChallenged) -> None:
    from mainstem.challenge.verdicts import Verdict
    from mainstem.cli.output import say

    say(found.sentence, *found.sums, "")
    for verdict in Verdict:
        rows = found.of(verdict)
        if not rows or verdict is Verdict.PASSES:
            continue
        say(f"{verdict}: {len(rows):,}")
        say(*(f"  {row.subject}  {_why(row)}" for row in rows[:_MOST_ROWS]))
        if len(rows) > _MOST_ROWS:
            say(f"  … and {len(rows) - _MOST_ROWS:,} more; --json has all of them")
        say("")


def _why(row: Weighed) -> str:
    return ", ".join(t.id for t in row.told if t.verdict is row.verdict)


def _list_statements(desk: Desk, language: str, *, as_json: bool) -> None:
    from mainstem.challenge.catalogue_of import catalogue_of
    from mainstem.cli.output import say

    known = catalogue_of(desk.standing.plan, language).values()
    if as_json:
        _print_json([
            {"id": s.id, "version": s.version, "subject": s.subject_type, "text": s.text,
             "severity": s.severity, "asked_of": s.asked_of, "evidence": s.evidence}
            for s in known
        ])  # fmt: skip
        return
    for statement in known:
        who = f"; asked of {statement.asked_of}" if statement.asked_of else ""
        say(
            f"{statement.id}  {statement.text}  [{statement.subject_type}, {statement.severity}{who}]"
        )


def _print_json(what: object) -> None:
    from mainstem.cli.output import say

    say(json.dumps(what, indent=2, ensure_ascii=False))


def _as_json(shown: Challenged) -> dict[str, object]:
    return {
        "name": shown.name,
        **_row_as_json(shown.weighed),
        "statements": [_told_as_json(t) for t in shown.weighed.told],
        "questions": [t.id for t in shown.weighed.questions],
        "more_questions": shown.weighed.more_questions,
        "history": [
            {"statement": a.statement, "version": a.version, "answer": a.answer, "evidence": a.evidence,
             "by": a.by, "at": a.at.isoformat()}
            for a in shown.history
        ],
    }  # fmt: skip


def _row_as_json(row: Weighed) -> dict[str, object]:
    return {"subject": row.subject, "verdict": row.verdict, "would_change": list(row.changes)}


def _told_as_json(told: Told) -> dict[str, object]:
    return {
        "id": told.id, "text": told.text, "severity": told.severity, "answer": told.answer,
        "by_program": told.by_program, "said": told.said, "hint": told.hint, "overruled": told.overruled,
        "is_open": told.is_open, "is_stale": told.stale is not None,
    }  # fmt: skip


def _plan_as_json(found: PlanChallenged) -> dict[str, object]:
    return {
        "sentence": found.sentence,
        "sums": list(found.sums),
        "things": [_row_as_json(r) | {"statements": _why(r)} for r in found.rows],
    }
