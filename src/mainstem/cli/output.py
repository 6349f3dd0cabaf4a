"""What commands print: well made on a terminal, plain when piped."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.sources.base import Progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

#: Width when nobody looks: no line is broken for a program that reads on.
PIPED_WIDTH = 10_000
#: Line breaks and tabs; spaces that must not break stay.
_BLANKS = re.compile(r"[ \t\n\r\v\f\x85\u2028\u2029]+")
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def console(*, error: bool = False) -> Console:
    """A console for standard output or error; plain and unbroken where that is no terminal."""
    from rich import console as rich_console

    class Console(rich_console.Console):
        def on_broken_pipe(self) -> None:
            # the reader went away (`| head`): the command line answers that in one place
            raise BrokenPipeError

    stream = sys.stderr if error else sys.stdout
    if stream.isatty():
        return Console(stderr=error, highlight=False)
    return Console(file=stream, width=PIPED_WIDTH, highlight=False, color_system=None, markup=False)


def say(*lines: str) -> None:
    """Prints lines as they are: no markup, no highlighting."""
    out = console()
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)


def note(*lines: str) -> None:
    """Prints remarks to standard error."""
    out = console(error=True)
    for line in lines:
        out.print(line, markup=False, style="dim", soft_wrap=True)


def plain(text: str) -> str:
    """A text of somebody's file on one line, without signs that a terminal would obey."""
    return _BLANKS.sub(" ", _CONTROLS.sub("", text)).strip()


def counts(of: Mapping[str, int]) -> str:
    """Counts by word: ``3 new, 1 changed``; ``none`` where nothing is counted."""
    return ", ".join(f"{n:,} {word}" for word, n in of.items() if n) or "none"


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    *,
    right: Sequence[int] = (),
    title: str = "",
) -> None:
    """Prints a table with hairlines; columns in ``right`` are set right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = console()
    is_terminal = sys.stdout.isatty()
    made = Table(
        box=box.SIMPLE_HEAD if is_terminal else None, title=title or None, title_justify="left",
        pad_edge=False, header_style="bold" if is_terminal else "", show_edge=False,
    )  # fmt: skip
    for n, name in enumerate(columns):
        made.add_column(name, justify="right" if n in right else "left",
                        no_wrap=n in right or not is_terminal, overflow="fold")  # fmt: skip
    for row in rows:
        made.add_row(*(Text(plain(c)) if isinstance(c, str) else c for c in row))
    out.print(made)


def score_bar(low: float, point: float, high: float, width: int = 20) -> Text:
    """A bar: known value, then what may be value, then the rest."""
    from rich.text import Text

    known, maybe = round(point * width), round(high * width)
    bar = Text()
    bar.append("█" * known, style="rgb(18,104,138)")
    bar.append("░" * max(maybe - known, 0), style="grey50")
    bar.append("·" * (width - max(maybe, known)), style="rgb(180,115,15)")
    return bar


@contextmanager
def progress(words: str) -> Iterator[Progress]:
    """Shows progress of long work on standard error, if somebody looks."""
    if not sys.stderr.isatty():
        from mainstem.sources.base import silent

        yield silent
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    with Bar(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
             console=console(error=True), transient=True) as bar:  # fmt: skip
        task = bar.add_task(words, total=None)

        def report(done: int, total: int | None, said: str) -> None:
            bar.update(task, completed=done, total=total, description=said or words)

        yield report


def ask(question: str, unasked: str) -> None:
    """Goes on if somebody says yes.

    Args:
        unasked: What to do where nobody can be asked.

    Raises:
        Exit: nobody said yes; exit code 1.
    """
    import typer

    if not sys.stdin.isatty():
        note(f"Nothing was changed. {unasked}")
        raise typer.Exit(1)
    if not typer.confirm(question):
        say("Nothing was changed.")
        raise typer.Exit(1)


def shown_key(key: str) -> str:
    """A key for people at a terminal: of a commit's hash as much as names it, for it would take three lines.
    Programs that read on get all of it."""
    return key[:12] if sys.stdout.isatty() and _HASH.fullmatch(key) else key


def write_or_print(text: str, into: Path | None) -> None:
    """Writes to a file (whole or not at all) or to standard output."""
    if into is None:
        sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
        return
    fresh = into.with_name(into.name + ".new")
    into.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_text(text, "utf-8")
    fresh.replace(into)


def today() -> date:
    """Today, or the day that the settings call today."""
    from mainstem.clock import now
    from mainstem.config import settings

    fixed = settings().today
    return date.fromisoformat(fixed) if fixed else now().date()


def moment(text: str | None) -> datetime | None:
    """An ``--as-of`` moment: a day means its end; without an offset, UTC.

    Raises:
        UsageError: if it is no moment.
    """
    from datetime import UTC, time

    from mainstem.errors import UsageError

    if text is None:
        return None
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59, 999999), UTC)
        made = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no moment.", "Write 2026-09-30 or 2026-09-30T14:00+02:00."
        ) from None
    return made if made.tzinfo else made.replace(tzinfo=UTC)
