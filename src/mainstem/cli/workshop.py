"""Commands about workshops: what there is on a server, what came out, and agendas as text."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mainstem.cli.server_plan import AsOption, ServerOption

if TYPE_CHECKING:
    from mainstem.services.people.access import Actor
    from mainstem.services.server.ground import Ground
    from mainstem.services.workshops.summary import Summary
    from mainstem.workshop.agendas import Agenda

workshop_app = typer.Typer(
    help="Workshops of a server, what came out of them, and agendas.", no_args_is_help=True
)
agenda_app = typer.Typer(help="Agendas: the running orders of workshops.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NumberArgument = Annotated[int, typer.Argument(help="Number of the workshop.", min=1)]
KeptOption = Annotated[
    str, typer.Option("--server", help="Data folder of a server, for agendas that are kept there.")
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    for command in (list_, show, summary, agendas, new):
        workshop_app.command(command.__name__.rstrip("_"))(command)
    agenda_app.command("check")(check_agenda)
    agenda_app.command("show")(show_agenda)
    workshop_app.add_typer(agenda_app, name="agenda")
    app.add_typer(workshop_app, name="workshop")


def list_(server: ServerOption = "", as_: AsOption = "", as_json: JsonOption = False) -> None:
    """List workshops, newest first."""
    from mainstem.cli.output import say, table
    from mainstem.services.workshops.rooms import workshops

    _, by = _server(server, as_)
    found = workshops(by)
    if as_json:
        told = [{"number": w.id, "title": w.title, "state": w.state, "people": w.people,
                 "proposal": w.proposal} for w in found]  # fmt: skip
        say(json.dumps(told, indent=1, ensure_ascii=False))
    elif not found:
        say("There is no workshop yet. `mainstem workshop new TITLE --as EMAIL` opens one.")
    else:
        rows = [(str(w.id), w.title, w.state, str(w.people), f"proposal {w.proposal}" if w.proposal else "")
                for w in found]  # fmt: skip
        table(("number", "title", "state", "people", "came out"), rows, right=(0, 3))


def show(number: NumberArgument, server: ServerOption = "", as_: AsOption = "") -> None:
    """Show where a workshop stands: people, running order, what is decided and open so far."""
    from mainstem.cli.output import say

    made = _summary(number, server, as_)
    state = f"{made.state}, {made.minutes} minutes planned, {len(made.people)} people"
    say(f"{made.title} ({state})")
    if made.proposal:
        say(f"Proposal {made.proposal['number']}: {made.proposal['state']}")
    for part in made.plan:
        indent = "  " if part.kind == "stream" else ""
        say(f"{indent}{part.title}{f': {part.text}' if part.text else ''}")
        say(*(f"{indent}  - {line}" for line in part.lines))
    if made.open_questions:
        say("Open:")
        say(*(f"  - {q.what} ({q.owner or 'nobody named'}, {q.until or 'no day named'})"
              for q in made.open_questions))  # fmt: skip


def summary(
    number: NumberArgument,
    server: ServerOption = "",
    as_: AsOption = "",
    format_: Annotated[Literal["md", "json"], typer.Option("--format", help="Which file.")] = "md",
    into: Annotated[Path | None, typer.Option("--into", help="Write to this file.")] = None,
) -> None:
    """Write a workshop's summary: decisions, open questions, owners, what will not be done."""
    from mainstem.cli.output import write_or_print
    from mainstem.services.workshops.files import summary_as_json, summary_as_markdown

    made = _summary(number, server, as_)
    write_or_print(summary_as_json(made) if format_ == "json" else summary_as_markdown(made), into)


def agendas(server: KeptOption = "", as_json: JsonOption = False) -> None:
    """List agendas to choose from; with --server those that it keeps, too."""
    from mainstem.cli.output import say, table

    found = _agendas(server)
    if as_json:
        told = [{"name": a.name, "title": a.title, "minutes": a.minutes, "steps": len(a.steps),
                 "sessions": len(a.sessions), "purpose": a.purpose} for a in found]  # fmt: skip
        say(json.dumps(told, indent=1, ensure_ascii=False))
        return
    rows = [(a.name, a.title, f"{a.minutes // 60}:{a.minutes % 60:02}", str(len(a.steps))) for a in found]  # fmt: skip
    table(("name", "title", "length", "steps"), rows, right=(2, 3))


def new(
    title: Annotated[str, typer.Argument(help="What the workshop is called.")],
    server: ServerOption = "",
    as_: AsOption = "",
    agenda: Annotated[str, typer.Option(help="Name of an agenda, or a file of one.")] = "day",
    start: Annotated[
        Literal["nothing", "plan", "review"], typer.Option("--from", help="What is on the board.")
    ] = "plan",
    cycle: Annotated[str, typer.Option(help="The cycle that it plans.")] = "",
    at: Annotated[
        datetime | None, typer.Option("--at", help="When it begins, as 2027-01-12T09:00.")
    ] = None,
    why: Annotated[str, typer.Option(help="What it is for, in a line.")] = "",
) -> None:
    """Open a workshop on a server's data folder; the account of --as facilitates it.

    The link by which people join is on its page.
    """
    from datetime import UTC

    from mainstem.cli.output import say
    from mainstem.errors import UsageError
    from mainstem.services.workshops.rooms import open_workshop

    ground, by = _server(server, as_)
    if by.id is None:
        raise UsageError("A workshop needs somebody who facilitates it.", "Name their account with --as.")  # fmt: skip
    chosen = _agenda(agenda, by)
    begins = (at if at.tzinfo else at.replace(tzinfo=UTC)) if at is not None else None
    made = open_workshop(
        title, chosen, ground, by, at=ground.now(), started_from=start, cycle=cycle, why=why,
        starts_at=begins,
    )  # fmt: skip
    say(f"Workshop {made.pk} is prepared: /workshop/{made.pk}/lead")


def check_agenda(
    file: Annotated[Path, typer.Argument(help="File of an agenda.", exists=True, dir_okay=False)],
) -> None:
    """Check the text of an agenda; every fault with its line. Exit code 1 if there is one."""
    from mainstem.cli.output import say
    from mainstem.workshop.agenda_text import AgendaFaulty
    from mainstem.workshop.agendas import in_words, stretches

    try:
        made = _read(file)
    except AgendaFaulty as error:
        say(*(f"{file}:{fault.line}: {fault.what} {fault.hint}" for fault in error.faults))
        raise typer.Exit(1) from None
    say(f"{made.title}: {len(made.steps)} steps, {in_words(made.minutes)}, at most"
        f" {in_words(max(stretches(made), default=0))} without a pause.")  # fmt: skip


def show_agenda(
    name: Annotated[str, typer.Argument(help="Name of an agenda, as `agendas` lists it.")],
    server: KeptOption = "",
) -> None:
    """Print the text of an agenda, to change it and keep it under another name."""
    import sys

    from mainstem.errors import Absent
    from mainstem.workshop.agendas import SHIPPED, shipped_text

    if server:
        from mainstem.services.workshops.agendas import text_of_agenda

        _, by = _server(server, "")
        sys.stdout.write(text_of_agenda(name, by))
        return
    if name not in SHIPPED:
        raise Absent(f"There is no agenda {name!r}.", f"There are {', '.join(SHIPPED)}; --server finds others.")  # fmt: skip
    sys.stdout.write(shipped_text(name))


def _read(file: Path) -> Agenda:
    from mainstem.errors import UsageError
    from mainstem.workshop.agendas import agenda_from_text

    try:
        return agenda_from_text(file.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8.", "Save it as UTF-8.") from None


def _agenda(word: str, by: Actor) -> Agenda:
    from mainstem.services.workshops.agendas import agenda_named

    file = Path(word)
    return _read(file) if file.suffix in (".yaml", ".yml") and file.is_file() else agenda_named(word, by)  # fmt: skip


def _agendas(server: str) -> tuple[Agenda, ...]:
    if not server:
        from mainstem.workshop.agendas import agendas as shipped

        return tuple(shipped().values())
    from mainstem.services.workshops.agendas import offered_agendas

    _, by = _server(server, "")
    return tuple(one.agenda for one in offered_agendas(by))


def _summary(number: int, server: str, email: str) -> Summary:
    from mainstem.services.people.access import Action, require
    from mainstem.services.workshops.summary import summary_for_members

    ground, by = _server(server, email)
    require(by, Action.EXPORT)
    return summary_for_members(number, ground)


def _server(word: str, email: str) -> tuple[Ground, Actor]:
    """The server on this machine, and who acts."""
    from mainstem.cli.server_plan import server_at
    from mainstem.errors import UsageError
    from mainstem.services.plans.syncing import LocalServer

    there = server_at(word, email)
    if not isinstance(there, LocalServer):
        raise UsageError(
            "--server names a data folder here.", "Over an address, use the API: GET /workshops."
        )
    return there.ground, there.by
