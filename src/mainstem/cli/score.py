"""Commands about the score: score, change, chart, report."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mainstem.cli.places import LedgerOption, PeopleOption, PlanOption, workspace

if TYPE_CHECKING:
    from rich.text import Text

    from mainstem.score.values import Answer, Cell, Question
    from mainstem.services.scores.scoring import Book

SinceOption = Annotated[
    str | None, typer.Option(help="First day, or a period: 2026-07, 2026-Q3, a cycle.")
]
UntilOption = Annotated[str | None, typer.Option(help="Last day, or a period.")]
UnitOption = Annotated[str | None, typer.Option(help="hour, person_day, item or point.")]
TeamOption = Annotated[str | None, typer.Option(help="Only this team and the teams in it.")]
FORMATS = ("table", "json", "csv", "parquet", "html", "markdown")


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    for command in (score, change, chart, report):
        app.command()(command)


def question_of(
    book: Book,
    *,
    by: str = "organisation",
    grain: str = "all",
    unit: str | None = None,
    since: str | None = None,
    until: str | None = None,
    team: str | None = None,
    level: int | None = None,
    stream: str | None = None,
    raw: bool = False,
) -> Question:
    """A question out of a command's words.

    Raises:
        UsageError: for a word that is not allowed, naming those that are.
        QuestionError: for a period that is none.
    """
    from mainstem.errors import UsageError
    from mainstem.plan.model import Unit
    from mainstem.score.periods import parse_period
    from mainstem.score.values import By, Grain, Question
    from mainstem.services.scores.scoring import default_unit

    if by in [str(g) for g in Grain]:
        raise UsageError(f"{by!r} is not what rows are about.", f"Time is cut with --grain {by}.")

    cycles = book.plan.cycles
    first = parse_period(since, cycles).start if since else None
    last: date | None = None
    if until:
        last = parse_period(until, cycles).end - timedelta(days=1)
    elif since and not _is_day(since):
        last = parse_period(since, cycles).end - timedelta(days=1)
    wanted = Unit(_one_of(unit.replace("-", "_"), Unit, "unit")) if unit else default_unit(book)
    return Question(
        By(_one_of(by, By, "row")), Grain(_one_of(grain, Grain, "grain")), wanted, first, last,
        team, level, stream, None, raw,
    )  # fmt: skip


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _one_of(word: str, allowed: object, what: str) -> str:
    from mainstem.errors import UsageError

    words = [str(a) for a in allowed]  # type: ignore[attr-defined]
    if word not in words:
        raise UsageError(f"There is no {what} {word!r}.", f"Choose one of {', '.join(words)}.")
    return word


def score(
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    by: Annotated[
        str, typer.Option(help="organisation, team, stream, objective, customer or stage.")
    ] = "organisation",
    grain: Annotated[str, typer.Option(help="day, week, month, quarter, cycle or all.")] = "all",
    since: SinceOption = None,
    until: UntilOption = None,
    team: TeamOption = None,
    level: Annotated[int | None, typer.Option(help="With --by team: depth of the tree.")] = None,
    stream: Annotated[str | None, typer.Option(help="Only what went to this stream.")] = None,
    unit: UnitOption = None,
    as_of: Annotated[
        str | None, typer.Option(help="As it was known at a day or moment of the past.")
    ] = None,
    items: Annotated[bool, typer.Option(help="Show the items behind the number.")] = False,
    kind: Annotated[
        str | None, typer.Option(help="With --items: only this kind of the rest.")
    ] = None,
    most: Annotated[int, typer.Option(help="With --items: how many.")] = 50,
    raw: Annotated[bool, typer.Option(help="From the raw ledger instead of the roll-up.")] = False,
    format_: Annotated[str, typer.Option("--format", help=", ".join(FORMATS))] = "table",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to a file.")] = None,
) -> None:
    """The Value Score, with its range, its coverage and what the rest was for."""
    from mainstem.cli.output import moment
    from mainstem.clock import now
    from mainstem.services.scores.scoring import value_score
    from mainstem.services.work.attributing import open_book

    _one_of(format_, FORMATS, "format")
    place = workspace(plan, ledger, people)
    book = open_book(place, as_of=moment(as_of), at=now())
    question = question_of(book, by=by, grain=grain, unit=unit, since=since, until=until, team=team,
                           level=level, stream=stream, raw=raw)  # fmt: skip
    if items:
        _items(book, question, kind, most, format_, output)
        return
    if format_ == "html":
        from mainstem.cli.report import write_report

        write_report(place, book, question, output)
        return
    answer = value_score(question, book)
    if format_ == "table" and output is None:
        print_answer(answer, book)
    else:
        _export(answer, format_, output)


def print_answer(answer: Answer, book: Book) -> None:
    """The sentence, then a row per cell."""
    from mainstem.cli.output import note, say, table
    from mainstem.score.values import By
    from mainstem.score.words import score_sentence

    q = answer.question
    if answer.total is not None:
        name = answer.total.name if q.team else ""
        say(score_sentence(answer.total.score, q.unit, _when(answer), of=name), "")
    if q.by is By.ORGANISATION and len(answer.cells) == 1:
        _print_rest(answer.cells[0], answer)
    elif answer.cells:
        columns, rows = _rows(answer)
        table(
            columns, rows, right=(2, 3, 4, 5) if q.by in (By.ORGANISATION, By.TEAM) else (2, 3, 4)
        )
    for words in answer.notes:
        note(words)


def _when(answer: Answer) -> str:
    assert answer.total is not None
    p = answer.total.period
    last = p.end - timedelta(days=1)
    return f"{p.start} to {last}" if last != p.start else f"{last}"


def _print_rest(cell: Cell, answer: Answer) -> None:
    from mainstem.cli.output import table
    from mainstem.plan.model import RestKind
    from mainstem.score.words import amount

    a = cell.amounts
    rows: list[tuple[str | Text, ...]] = [
        ("value streams", amount(a.value, answer.question.unit), _share(a.value, a.units))
    ]
    for kind in RestKind:
        if a.rest.get(kind):
            rows.append(
                (
                    kind.value,
                    amount(a.rest[kind], answer.question.unit),
                    _share(a.rest[kind], a.units),
                )
            )
    rows.append(("all", amount(a.units, answer.question.unit), _share(a.units, a.units)))
    table(("what it was for", "effort", "share"), rows, right=(1, 2))


def _share(part: int, whole: int) -> str:
    from fractions import Fraction

    from mainstem.score.words import percent

    return percent(Fraction(part, whole)) if whole else "–"


def _rows(answer: Answer) -> tuple[tuple[str, ...], list[tuple[str | Text, ...]]]:
    from mainstem.cli.output import score_bar
    from mainstem.score.values import By
    from mainstem.score.words import amount, percent, range_words

    q = answer.question
    out: list[tuple[str | Text, ...]] = []
    for c in answer.cells:
        s, units = c.score, amount(c.amounts.units, q.unit)
        head = (c.period.label, c.name)
        if q.by in (By.ORGANISATION, By.TEAM):
            if s.point is None or s.low is None or s.high is None:
                out.append((*head, units, "–", "no units", "–", ""))
                continue
            point = "" if s.is_interval_only else percent(s.point)
            out.append((*head, units, point, range_words(s.low, s.high), percent(s.coverage),
                        score_bar(float(s.low), float(s.point), float(s.high))))  # fmt: skip
        else:
            planned = percent(c.planned) if c.planned is not None else ""
            out.append((*head, amount(c.amounts.value, q.unit), percent(s.point), planned))
    if q.by in (By.ORGANISATION, By.TEAM):
        return ("period", q.by.value, "effort", "score", "range", "coverage", ""), out
    return ("period", q.by.value, "effort", "share", "planned"), out


def _export(answer: Answer, format_: str, output: Path | None) -> None:
    from mainstem.cli.output import write_or_print
    from mainstem.errors import UsageError
    from mainstem.figures.tables import answer_rows, to_csv, to_json, to_markdown

    if format_ == "parquet":
        from mainstem.services.scores.exporting import write_parquet

        if output is None:
            raise UsageError("Parquet goes to a file.", "Name one with --output.")
        columns, rows = answer_rows(answer)
        write_parquet(columns, rows, output)
        return
    columns, rows = answer_rows(answer)
    made = {
        "csv": lambda: to_csv(columns, rows),
        "markdown": lambda: to_markdown(columns, rows),
        "json": lambda: to_json(answer),
        "table": lambda: to_markdown(columns, rows),
    }[format_]()
    write_or_print(made, output)


def _items(
    book: Book, question: Question, kind: str | None, most: int, format_: str, output: Path | None
) -> None:
    from mainstem.cli.output import shown_key, table, write_or_print
    from mainstem.figures.tables import to_csv, to_markdown
    from mainstem.plan.model import RestKind
    from mainstem.score.values import GRAIN
    from mainstem.services.scores.scoring import items_behind
    from mainstem.services.work.explaining import target_name

    wanted = RestKind(_one_of(kind, RestKind, "kind")) if kind else None
    rows = items_behind(question, book, kind=wanted, most=most)
    targets = book.targets()
    columns = ("item", "title", "units", "share", "counts for", "because of")
    plain = [
        (r.key or "(no item)", r.title, round(r.amount / GRAIN, 4), r.share / 100,
         target_name(targets.get(r.target, "?"), book), r.reason)
        for r in rows
    ]  # fmt: skip
    if format_ == "json":
        write_or_print(
            json.dumps(
                [dict(zip(columns, r, strict=True)) for r in plain], indent=2, ensure_ascii=False
            ),
            output,
        )
    elif format_ == "table" and output is None:
        table(
            columns,
            [(shown_key(r[0]), r[1], f"{r[2]:,.2f}", f"{r[3]:g} %", *r[4:]) for r in plain],
            right=(2, 3),
        )
    else:
        write = to_csv if format_ == "csv" else to_markdown
        write_or_print(write(columns, plain), output)


def change(
    first: Annotated[str, typer.Argument(help="A period: 2026-Q2, 2026-06, a cycle, A..B.")],
    second: Annotated[str, typer.Argument(help="The period to compare it with.")],
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    team: TeamOption = None,
    level: Annotated[int | None, typer.Option(help="Depth of the tree of teams.")] = None,
    unit: UnitOption = None,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Why the score changed between two periods: how teams worked, and who worked. Exact."""
    from mainstem.cli.output import say, table
    from mainstem.clock import now
    from mainstem.score.change import Change
    from mainstem.score.words import change_sentence, signed
    from mainstem.services.scores.comparing import score_change
    from mainstem.services.work.attributing import open_book

    book = open_book(workspace(plan, ledger, people), at=now())
    question = question_of(book, by="team", unit=unit, team=team, level=level)
    made = score_change(question, book, first, second)
    if not isinstance(made, Change):
        say(str(made))
        return
    if format_ == "json":
        say(json.dumps(_change_json(made), indent=2, ensure_ascii=False))
        return
    say(change_sentence(made, first, second), "")
    rows = [("how teams worked", signed(made.within * 100)), ("more and less work by team", signed(made.mix * 100)),
            ("teams that came", signed(made.entry * 100)), ("teams that went", signed(made.exit * 100)),
            ("together", signed(made.total * 100))]  # fmt: skip
    table(("part of the change", "points"), rows, right=(1,))
    say("")
    names = {k: t.name or k for k, t in book.plan.teams.items()}
    table(("team", "how it worked", "how much it worked", "came", "went", "together"),
          [(names.get(p.key, p.key or "no team"), *(signed(v * 100) for v in (p.within, p.mix, p.entry, p.exit, p.total)))
           for p in made.parts[:20]], right=(1, 2, 3, 4, 5))  # fmt: skip


def _change_json(made: object) -> dict[str, object]:
    from mainstem.score.change import Change

    assert isinstance(made, Change)
    return {
        "total": float(made.total), "within": float(made.within), "mix": float(made.mix),
        "entry": float(made.entry), "exit": float(made.exit),
        "parts": [{"team": p.key, "within": float(p.within), "mix": float(p.mix), "entry": float(p.entry),
                   "exit": float(p.exit), "total": float(p.total)} for p in made.parts],
    }  # fmt: skip


def chart(
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    grain: Annotated[str, typer.Option(help="week or month.")] = "week",
    since: SinceOption = None,
    until: UntilOption = None,
    team: TeamOption = None,
    unit: UnitOption = None,
) -> None:
    """Is this week unusual? A process behaviour chart of the score, or why none can be drawn."""
    from mainstem.clock import now
    from mainstem.services.scores.comparing import score_chart
    from mainstem.services.work.attributing import open_book

    book = open_book(workspace(plan, ledger, people), at=now())
    question = question_of(book, grain=grain, unit=unit, since=since, until=until, team=team)
    _print_chart(score_chart(question, book))


def _print_chart(made: object) -> None:
    from mainstem.cli.output import say, table
    from mainstem.score.chart import Chart
    from mainstem.score.words import percent

    if not isinstance(made, Chart):
        say(str(made))
        return
    signals = {n: s.rule for s in made.signals for n in range(s.first, s.last + 1)}
    rows = []
    for n, point in enumerate(made.points):
        limits = made.limits[n] if n < len(made.limits) else None
        shown = f"{percent(limits.lower)} to {percent(limits.upper)}" if limits else ""
        value = float(point.value or 0)
        bar = "█" * max(0, round(value * 30)) if made.kind.value != "differences" else ""
        rows.append((point.label, percent(point.value), shown, signals.get(n, ""), bar))
    table(
        (
            "period",
            "score" if made.kind.value != "differences" else "change",
            "usual",
            "signal",
            "",
        ),
        rows,
        right=(1,),
    )
    say(
        "",
        f"Centre {percent(made.centre)}."
        + (" Trial limits: too few points for signals." if made.is_trial else ""),
    )
    say(*(s.words for s in made.signals), *made.notes)


def report(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path(
        "mainstem-report.html"
    ),
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    team: TeamOption = None,
    unit: UnitOption = None,
) -> None:
    """Write the HTML report: one file that can be mailed, printed and read without a server."""
    from mainstem.cli.output import say
    from mainstem.cli.report import write_report
    from mainstem.clock import now
    from mainstem.services.work.attributing import open_book

    place = workspace(plan, ledger, people)
    book = open_book(place, at=now())
    write_report(
        place, book, question_of(book, unit=unit, since=since, until=until, team=team), output
    )
    say(f"wrote {output}")
