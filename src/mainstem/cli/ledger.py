"""Commands about the ledger itself: what it holds, and deriving it anew."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from mainstem.cli.places import LedgerOption, PeopleOption, PlanOption, workspace

ledger_app = typer.Typer(
    name="ledger", help="What the ledger holds, and deriving it anew.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(ledger_app)


@ledger_app.command()
def show(
    ledger: LedgerOption = None,
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """List every change of the ledger: when, what, from where, with its counts."""
    from mainstem.cli.output import say, table

    landings = workspace(None, ledger).open_ledger().landings()
    if format_ == "json":
        rows = [{"landing": x.number, "at": x.at.isoformat(), "what": x.what, "source": x.source,
                 "report": {k: v for k, v in x.report.items() if k not in ("rules", "digests", "samples")}}
                for x in landings]  # fmt: skip
        say(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table(
        ("no", "at (UTC)", "what", "source", "read", "new", "changed", "unchanged", "rejected"),
        [(str(x.number), f"{x.at:%Y-%m-%d %H:%M:%S}", x.what, x.source,
          *(f"{x.report[k]:,}" if k in x.report else "" for k in ("read", "new", "changed", "unchanged", "rejected")))
         for x in landings],
        right=(0, 4, 5, 6, 7, 8),
    )  # fmt: skip


@ledger_app.command()
def derive(
    plan: PlanOption = None, ledger: LedgerOption = None, people: PeopleOption = None
) -> None:
    """Derive effort, attribution and roll-up anew from the records. Never needed; always safe."""
    from mainstem.cli.output import progress, say
    from mainstem.clock import now
    from mainstem.services.work.attributing import refresh

    with progress("deriving"):
        done = refresh(workspace(plan, ledger, people), at=now(), full=True)
    assert done.work is not None
    say(
        f"{done.work.effort_rows:,} rows of effort and {done.work.rollup_rows:,} of the roll-up derived anew."
    )
