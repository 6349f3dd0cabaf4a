"""Commands about the values of metrics: list them, show one, add one by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mainstem.cli.places import LedgerOption, PlanOption, workspace

if TYPE_CHECKING:
    from mainstem.services.metrics.observing_series import Series

metrics_app = typer.Typer(
    name="metrics", help="Values of metrics: list, show, add by hand.", no_args_is_help=True
)
AsOfOption = Annotated[
    str | None, typer.Option(help="As it was known at a day or moment of the past.")
]
FormatOption = Annotated[str, typer.Option("--format", help="table, json or csv.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write to a file.")]
FORMATS = ("table", "json", "csv")
COLUMNS = ("day", "value", "source", "seen_at", "corrected", "to_know")


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(metrics_app)


@metrics_app.command(name="list")
def list_(
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    as_of: AsOfOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Every metric of the plan: its last value, its age, what is missing, how much was corrected."""
    from mainstem.services.metrics.observing_reading import all_series

    found = all_series(workspace(plan, ledger, need_plan=True), **_when(as_of))
    columns = ("metric", "values", "last", "value", "age_days", "missing", "corrected", "to_know")
    rows = [_summary(s) for s in found]
    _give(columns, rows, format_, output, right=(1, 3, 4, 6))


@metrics_app.command()
def show(
    metric: Annotated[str, typer.Argument(help="Its identifier in the plan.")],
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    as_of: AsOfOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """The values of a metric with their sources, and what a reader of them must know."""
    from mainstem.cli.output import note
    from mainstem.services.metrics.observing_reading import one_series

    found = one_series(workspace(plan, ledger, need_plan=True), metric, **_when(as_of))
    notes: dict[date, list[str]] = {}
    for n in found.notes:
        notes.setdefault(n.on, []).append(n.words)
    held = {p.on: p for p in found.points}
    rows: list[tuple[Any, ...]] = []
    for on in sorted({*held, *notes}):
        p, words = held.get(on), "; ".join(notes.get(on, ()))
        if p is None:
            rows.append((on, None, "", "", "", words))
        else:
            seen = "" if p.source == "the plan" else f"{p.seen_at:%Y-%m-%dT%H:%M:%SZ}"
            rows.append((on, p.value, p.source, seen, "yes" if p.was_corrected else "", words))
    _give(COLUMNS, rows, format_, output, right=(1,))
    if format_ == "table":
        note(*_states(found))


@metrics_app.command()
def add(
    metric: Annotated[str, typer.Argument(help="Its identifier in the plan.")],
    day: Annotated[str, typer.Argument(help="The day that the value applies to: 2026-10-05.")],
    value: Annotated[str, typer.Argument(help="A number; `none` takes back what was typed.")],
    plan: PlanOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Type a value by hand. It goes before what sources say of the same day."""
    from mainstem.cli.output import say
    from mainstem.clock import now
    from mainstem.services.metrics.observing import add_by_hand

    place = workspace(plan, ledger, need_plan=True)
    on, number = _day(day), _number(value)
    made, _ = place.usable_plan()
    done = add_by_hand(metric, on, number, place.open_ledger(make=True), made, at=now())
    words = "taken back" if number is None else f"{number:,.10g}"
    was = "corrected" if done.corrected else "kept" if done.new else "as it was"
    say(f"{metric} on {on}: {words} ({was}).")


def _when(as_of: str | None) -> dict[str, Any]:
    from mainstem.cli.output import moment, today

    then = moment(as_of)
    return {"as_of": then, "today": then.date() if then else today()}


def _summary(found: Series) -> tuple[Any, ...]:
    last = next((p for p in reversed(found.points) if p.on == found.last), None)
    missing = f"{found.missing[0]} of {found.missing[1]} {found.grain}s" if found.missing[1] else ""
    return (
        found.metric, len(found.points), found.last, last.value if last else None, found.age, missing,
        found.corrected, "; ".join(_states(found)),
    )  # fmt: skip


def _states(found: Series) -> list[str]:
    """What is wrong with a series as a whole."""
    out = []
    if not found.points:
        out.append("no value yet")
    if found.is_stale:
        out.append(f"stale: the last value is {found.age} days old")
    if found.misses_many:
        out.append(
            f"{found.missing[0]} of the last {found.missing[1]} {found.grain}s have no value"
        )
    changes = sum(n.kind == "definition" for n in found.notes)
    if changes:
        out.append(f"{changes} change{'s' * (changes > 1)} of definition")
    if any(n.kind == "break" for n in found.notes):
        out.append("it looks as if the definition changed")
    return out


def _day(text: str) -> date:
    from mainstem.errors import UsageError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day.", "Write 2026-10-05.") from None


def _number(text: str) -> float | None:
    from mainstem.errors import UsageError

    if text.lower() == "none":
        return None
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{text!r} is no number.", "Write 88.4, or `none`.") from None


def _give(
    columns: tuple[str, ...], rows: list[tuple[Any, ...]], format_: str, output: Path | None,
    *, right: tuple[int, ...],
) -> None:  # fmt: skip
    import json

    from mainstem.cli.output import table, write_or_print
    from mainstem.errors import UsageError
    from mainstem.figures.tables import to_csv

    if format_ not in FORMATS:
        raise UsageError(f"There is no format {format_!r}.", f"Choose one of {', '.join(FORMATS)}.")
    if format_ == "csv":
        write_or_print(to_csv(columns, rows), output)
    elif format_ == "json":
        made = [dict(zip(columns, row, strict=True)) for row in rows]
        write_or_print(json.dumps(made, indent=2, ensure_ascii=False, default=str), output)
    else:
        table(columns, [[_cell(v) for v in row] for row in rows], right=right)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
