"""Keeping everything in one file and putting it back; moving to PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mainstem.cli.serve import DataOption, set_up, settle


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(backup)
    app.command()(restore)
    app.command()(move)


def backup(
    file: Annotated[Path, typer.Argument(help="Where to: a file that ends in .tar.gz or .tar.")],
    data: DataOption = None,
) -> None:
    """Keep a server's plan, people, ledger and secret in one file. The server may run meanwhile."""
    from mainstem.cli.output import say
    from mainstem.clock import now

    place = _existing(settle(data))
    set_up()
    from mainstem.services.server.backing_up import back_up
    from mainstem.services.server.serving import ledger_of

    made = back_up(file, place, ledger_of(place), at=now())
    say(
        f"{made.path}: {made.size / 1_000_000:,.1f} MB, readable by you alone: it holds the secret.",
        f"Plan at r{made.revision}, ledger at landing {made.landing}; {made.rows:,} rows of"
        f" {made.tables} tables, {made.files:,} files.",
    )


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    data: DataOption = None,
) -> None:
    """Put a backup back, into an empty data folder and an empty database."""
    from mainstem.cli.output import say

    place = settle(data)
    set_up()
    from mainstem.services.server.restoring import restore as run
    from mainstem.services.server.serving import alone, is_embedded, ledger_of

    if is_embedded():
        with alone(place):
            done = run(file, place, ledger_of(place))
    else:
        done = run(file, place, ledger_of(place))
    say(
        f"Put back as it was at {done.at}: plan at r{done.revision}, ledger at landing"
        f" {done.landing}; {sum(done.rows.values()):,} rows of {len(done.rows)} tables,"
        f" {done.files:,} files. Every digest agreed.",
        "Start the server: mainstem serve" + (f" --data {data}" if data else ""),
    )


def move(
    to: Annotated[str, typer.Option("--to", help="postgresql://user:password@host/name, empty.")],
    data: DataOption = None,
) -> None:
    """Copy everything from the embedded database to PostgreSQL and prove that nothing is missing."""
    from mainstem.cli.output import say, table

    place = _existing(settle(data))
    set_up()
    from mainstem.services.server.moving import move as run

    moved = run(to, place)
    rows = [[m.table, f"{m.rows:,}", f"{m.rows:,}", m.digest[:16]] for m in moved]
    table(["table", "rows here", "rows there", "digest of both"], rows, right=(1, 2))
    say(
        f"{sum(m.rows for m in moved):,} rows of {len(moved)} tables are there; every digest agreed.",
        "Now set DATABASE_URL to that address and start the server. The ledger stays where it is;",
        f"keep {place / 'mainstem.sqlite3'} until you have looked round.",
    )


def _existing(place: Path) -> Path:
    from mainstem.errors import UsageError

    if not place.is_dir():
        raise UsageError(
            f"There is no data folder at {place}.", "Give the server's folder with --data."
        )
    return place
