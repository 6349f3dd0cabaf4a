"""The command line: parse, call a service, print. Errors become output here and nowhere else."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from mainstem import __version__
from mainstem.errors import MainstemError, UsageError

app = typer.Typer(
    name="mainstem",
    help="Keep work pointed at the value it promised: value streams, one metric each, and a Value Score"
    " from the work actually expended.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"mainstem {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Keep work pointed at the value it promised."""


def _commands() -> None:
    from mainstem.cli import (
        backup,
        challenge,
        claims,
        deciding,
        demo,
        ledger,
        mcp,
        metric_answers,
        metrics,
        plan,
        score,
        serve,
        server_plan,
        sources,
        suggest,
        unbundle,
        work,
        workshop,
    )

    for module in (
        plan,
        challenge,
        unbundle,
        claims,
        deciding,
        work,
        suggest,
        sources,
        metrics,
        score,
        ledger,
        demo,
        serve,
        server_plan,
        backup,
        mcp,
        metric_answers,
        workshop,
    ):
        module.add_to(app)


_commands()


def main() -> None:
    """Runs a command. Exit codes: 0 fine, 1 findings or an error, 2 wrong use."""
    # a plan is hundreds of thousands of small values that all stay: collecting garbage among them
    # takes a fifth of a check and finds nothing
    gc.set_threshold(200_000, 50, 50)
    try:
        app(standalone_mode=True)
    except MainstemError as error:
        _report(error)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        # the reader went away (for instance `| head`): not an error, and nothing to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. What had landed is whole; what had not is as it was before.\n")
        sys.exit(130)


def _report(error: MainstemError) -> None:
    sys.stderr.write(f"Error: {error.message}\n")
    if error.hint:
        sys.stderr.write(f"  What to do: {error.hint}\n")
    sys.stderr.write(f"  ({error.code})\n")


if __name__ == "__main__":
    main()
