"""Commands about the plan as text: init, check, fmt, diff, graph, schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mainstem.cli.places import PlanOption, workspace

if TYPE_CHECKING:
    from mainstem.plan.model import Plan


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    for command in (init, check, fmt, diff, graph, schema):
        app.command()(command)


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write the plan.")] = Path(),
) -> None:
    """Write a commented starter plan; in a git repository, propose teams and claims from its history."""
    from mainstem.cli.output import say, today
    from mainstem.services.starting.starting import start_plan

    started = start_plan(folder, today=today())
    for name in started.files:
        say(f"wrote {folder / name}")
    say(*started.notes)
    work = started.work or "FILE"
    say(
        "",
        f"Next: edit the plan, then `mainstem check`, `mainstem import {work}` and `mainstem score`.",
    )
    if not started.work:
        say("FILE is a tracker's export, a time sheet, a repository, or a folder of them.")


def check(
    path: Annotated[Path | None, typer.Argument(help="Folder or file of the plan.")] = None,
    plan: PlanOption = None,
    format_: Annotated[str, typer.Option("--format", help="text, json, sarif or github.")] = "text",
    strict: Annotated[bool, typer.Option(help="Warnings fail the check too.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to a file.")] = None,
) -> None:
    """Check the plan like code: shape, structure, wording, statements, claims and examples.

    Exit code 0: nothing blocks; 1: something does; 2: the plan cannot be read.
    """
    from mainstem.cli.output import console, today, write_or_print
    from mainstem.errors import UsageError
    from mainstem.report.findings import Format, exit_code, render, renderables
    from mainstem.services.plans.planning import check_plan, open_plan

    if format_ not in set(Format):
        raise UsageError(f"There is no format {format_!r}.", f"Choose one of {', '.join(Format)}.")
    place = workspace(path or plan, None, need_plan=True)
    assert place.plan is not None
    findings = check_plan(open_plan(place.plan), today=today())
    if format_ == "text" and output is None and sys.stdout.isatty():
        out = console()
        for made in renderables(findings, base=Path.cwd()):
            out.print(made)
    else:
        write_or_print(render(findings, format_, base=Path.cwd()), output)
    raise typer.Exit(exit_code(findings, strict=strict))


def fmt(
    path: Annotated[Path | None, typer.Argument(help="Folder or file of the plan.")] = None,
    plan: PlanOption = None,
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 if something would change.")
    ] = False,
) -> None:
    """Write the plan in its usual form; comments and order stay."""
    from mainstem.cli.output import say
    from mainstem.services.plans.planning import format_plan

    place = workspace(path or plan, None, need_plan=True)
    assert place.plan is not None
    changed = format_plan(place.plan, write=not check_only)
    say(*(f"{'would change' if check_only else 'changed'} {p}" for p in changed))
    if not changed:
        say("Nothing to change.")
    raise typer.Exit(1 if changed and check_only else 0)


def diff(
    old: Annotated[str, typer.Argument(help="A folder, a file, a git revision, or `server`.")],
    new: Annotated[
        str | None, typer.Argument(help="The same; the plan as it is now if absent.")
    ] = None,
    plan: PlanOption = None,
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Say in plain words what changed between two plans. Exit code 1 if anything did."""
    from mainstem.cli.output import say
    from mainstem.errors import UsageError
    from mainstem.services.scores.comparing import compare

    if format_ not in ("text", "json"):
        raise UsageError(f"There is no format {format_!r}.", "Choose text or json.")
    current = workspace(plan, None).plan
    sides = [_side(word, current) for word in (old, new)]
    changes = compare(sides[0], sides[1])
    if format_ == "json":
        say(json.dumps([c.as_json for c in changes], indent=2, ensure_ascii=False))
    else:
        say(*(c.sentence for c in changes))
        if not changes:
            say("Nothing changed.")
    raise typer.Exit(1 if changes else 0)


def _side(word: str | None, current: Path | None) -> Plan:
    """One side of a comparison; the word `server` means the server's plan, unless a path is called so."""
    from mainstem.cli.server_plan import SERVER, server_plan
    from mainstem.services.scores.comparing import read_side

    is_server = word == SERVER and not Path(SERVER).exists()
    return server_plan() if is_server else read_side(word, current)


def graph(
    path: Annotated[Path | None, typer.Argument(help="Folder or file of the plan.")] = None,
    plan: PlanOption = None,
    format_: Annotated[str, typer.Option("--format", help="mermaid or dot.")] = "mermaid",
    show: Annotated[
        str,
        typer.Option(
            help="Comma-separated: customers, key_results, initiatives, dependencies, or all."
        ),
    ] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to a file.")] = None,
) -> None:
    """Draw objectives, streams and teams as Mermaid or DOT."""
    from mainstem.cli.output import write_or_print
    from mainstem.services.scores.comparing import draw

    place = workspace(path or plan, None, need_plan=True)
    loaded, _ = place.usable_plan()
    write_or_print(draw(loaded, format_, [s.strip() for s in show.split(",") if s.strip()]), output)


def schema(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to a file.")] = None,
) -> None:
    """Print the JSON Schema of a plan, for editors."""
    from mainstem.cli.output import write_or_print
    from mainstem.plan.text.schema import json_schema

    write_or_print(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", output)
