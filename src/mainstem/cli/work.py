"""Commands about work: import, explain, unattributed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mainstem.cli.places import LedgerOption, PeopleOption, PlanOption, workspace

if TYPE_CHECKING:
    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.scores.scoring import Book
    from mainstem.services.triage.unknown_trend import UnknownTrend
    from mainstem.services.work.explaining import Explanation
    from mainstem.services.work.importing import Imported


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("import")(import_)
    app.command()(explain)
    app.command()(unattributed)


def import_(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, folders or git repositories.")
    ] = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    kind: Annotated[str | None, typer.Option(help="Read it as git or table.")] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Name to keep it under; the same rows again correct each other."),
    ] = None,
    mapping: Annotated[
        str | None, typer.Option(help="Name or file of a mapping of columns; guessed if absent.")
    ] = None,
    save_mapping: Annotated[
        Path | None, typer.Option(help="Write the mapping that was used, to be reused or edited.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", "-o", help="An option of the source, name=value."),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option(help="This is everything the source has: rows that are gone are withdrawn."),
    ] = False,
    take_back: Annotated[
        str | None,
        typer.Option(
            help="Instead: withdraw everything that was imported under this name.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="With --take-back: do it without asking.")
    ] = False,
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Read work into the ledger. Importing the same again changes nothing; corrected rows replace."""
    from mainstem.cli.output import progress, say
    from mainstem.clock import now
    from mainstem.services.work.attributing import refresh
    from mainstem.services.work.importing import import_work

    place = workspace(plan, ledger, people)
    if not paths:
        _take_back(place, _named(take_back), yes=yes, is_json=format_ == "json")
        return
    _refuse_both(take_back)
    options = _options(option or [], mapping, save_mapping)
    done: list[Imported] = []
    for path in paths:
        with progress(f"reading {path}") as report:
            done += import_work(place, path, kind=kind, source=source, options=options, whole=whole,
                                at=now(), progress=report)  # fmt: skip
    with progress("bringing scores up to date"):
        refreshed = refresh(place, at=now())
    if format_ == "json":
        say(json.dumps([_as_json(i) for i in done], indent=2, ensure_ascii=False))
        return
    for imported in done:
        _print(imported)
    if refreshed.unmapped_people and place.people is not None:
        say(
            f"{refreshed.unmapped_people} people are in no team of {place.people}; their effort shows as “no team”."
        )
    _print_findings(place)


def _named(back: str | None) -> str:
    from mainstem.errors import UsageError

    if back is None:
        raise UsageError(
            "Nothing to import was named.",
            "Name a file, a folder or a git repository; . is this one.",
        )
    return back


def _refuse_both(back: str | None) -> None:
    from mainstem.errors import UsageError

    if back is not None:
        raise UsageError(
            "--take-back goes by the source's name and takes no path.",
            f"Take it back first (mainstem import --take-back {back}), then import.",
        )


def _take_back(place: Workspace, source: str, *, yes: bool, is_json: bool) -> None:
    from mainstem.cli.output import ask, note, progress, say
    from mainstem.clock import now
    from mainstem.services.work.attributing import refresh
    from mainstem.services.work.taking_back import brought_by, take_back

    found = brought_by(place, source)
    if found.rows and not yes:
        say(f"{source} brought {found.words()}.")
        ask(f"Take all of it back from {place.ledger}?", "Say --yes to take it back.")
    withdrawn = 0
    if found.rows:
        with progress(f"taking back {source}"):
            withdrawn = take_back(place, source, at=now())
        with progress("bringing scores up to date"):
            refresh(place, at=now())
    if is_json:
        say(json.dumps({"source": source, "withdrawn": withdrawn, "items": found.items,
                        "effort": dict(found.effort)}, indent=2, ensure_ascii=False))  # fmt: skip
        return
    if not found.rows:
        say(f"{source} has no effort that counts; there is nothing to take back.")
        return
    say(f"{source}  taken back: {found.words()}")
    note("Items keep their names; the score as of an earlier day stays what it was (--as-of).")
    if found.is_synced:
        note(
            f"A sync goes on after what it had read: `mainstem sync {source} --anew` brings it back."
        )


def _options(given: list[str], mapping: str | None, save: Path | None) -> dict[str, str]:
    from mainstem.errors import UsageError

    out = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(
                f"{text!r} is no option.", "Write name=value, for instance day_first=yes."
            )
        out[name.strip()] = value.strip()
    if mapping:
        out["mapping"] = mapping
    if save:
        out["save_mapping"] = str(save)
    return out


def _print(imported: Imported) -> None:
    from mainstem.cli.output import counts, say

    r = imported.report
    gone = f", {r.withdrawn:,} withdrawn" if r.withdrawn else ""
    say(
        f"{imported.path}  ({r.source})",
        f"  read {r.read:,} = new {r.new:,} + changed {r.changed:,} + unchanged {r.unchanged:,}"
        f" + rejected {r.rejected:,}{gone}",
        f"  items: {counts(r.items)}; effort: {counts(r.records)}",
    )
    for reason, count, where, sample in r.reasons[:10]:
        shown = f", e.g. {sample!r}" if sample else ""
        say(f"  rejected {count:,}: {reason} (first at {where}{shown})")
    for words in r.notes:
        say(f"  note: {words}")


def _as_json(imported: Imported) -> dict[str, object]:
    r = imported.report
    return {
        "path": str(imported.path), "kind": imported.kind, "source": r.source, "read": r.read,
        "new": r.new, "changed": r.changed, "unchanged": r.unchanged, "rejected": r.rejected,
        "withdrawn": r.withdrawn, "items": dict(r.items), "records": dict(r.records),
        "reasons": [
            {"reason": reason, "count": n, "first_at": where, "sample": sample}
            for reason, n, where, sample in r.reasons
        ],
        "notes": list(r.notes),
    }  # fmt: skip


def _print_findings(place: object) -> None:
    from mainstem.cli.output import say
    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.work.importing import effort_findings

    assert isinstance(place, Workspace)
    for found in effort_findings(place):
        say(f"{found.rule} {found.severity}: {found.subject.partition('/')[2]}: {found.what}",
            f"    why: {found.why}", f"    hint: {found.hint}")  # fmt: skip


def explain(
    item: Annotated[str, typer.Argument(help="Key of the item, for instance ABC-12 or a commit.")],
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Say which stream an item counts for, how much, because of what, and what else had matched."""
    from mainstem.cli.output import say
    from mainstem.clock import now
    from mainstem.services.work.attributing import open_book
    from mainstem.services.work.explaining import explain as ask

    book = open_book(workspace(plan, ledger, people), at=now())
    found = ask(item, book)
    if format_ == "json":
        from dataclasses import asdict

        say(json.dumps([asdict(f) for f in found], indent=2, default=str, ensure_ascii=False))
        return
    for n, one in enumerate(found):
        if n:
            say("")
        _print_explanation(one)


def _print_explanation(one: Explanation) -> None:
    from mainstem.cli.output import plain, say

    title = "" if one.title == one.key else plain(one.title)
    say(f"{plain(one.key)}  {title}".rstrip(), f"  from {one.source}")
    for name, value in one.facts:
        say(f"  {name}: {plain(value)}")
    say("", "counts for")
    for s in one.shares:
        if s.target != "kind:unknown":
            say(f"  {s.share / 100:g} %  {s.name}  — {s.reason}")
    if one.unknown:
        say(f"  {one.unknown / 100:g} %  unknown  — nothing speaks for it")
    if one.also:
        say("", "had matched too", *(f"  {words}" for words in one.also))
    if one.effort:
        say("", "effort")
        for team, unit, amount, first, last in one.effort:
            days = f"on {first}" if first == last else f"from {first} to {last}"
            say(f"  {amount:,.2f} {unit.replace('_', '-')}s by {team} {days}")
    if one.corrections:
        say("", "corrected")
        for day, unit, amount, landed, replaced in one.corrections:
            say(
                f"  {amount:,.2f} {unit}s on {day}, landed in import {landed}, replaced in {replaced}"
            )


def unattributed(
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    team: Annotated[str | None, typer.Option(help="Only this team and the teams in it.")] = None,
    since: Annotated[str | None, typer.Option(help="First day or period.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day or period.")] = None,
    unit: Annotated[str | None, typer.Option(help="hour, person_day, item or point.")] = None,
    most: Annotated[int, typer.Option(help="Lumps to show.")] = 15,
    trend: Annotated[
        bool, typer.Option("--trend", help="Instead: the unknown share at the end of each week.")
    ] = False,
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Group what nobody claims into lumps by what they share, and write the claim that catches each."""
    from mainstem.cli.output import say
    from mainstem.cli.score import question_of
    from mainstem.clock import now
    from mainstem.score.values import GRAIN
    from mainstem.services.work.attributing import open_book
    from mainstem.services.work.explaining import lumps

    place, at = workspace(plan, ledger, people), now()
    book = open_book(place, at=at)
    if trend:
        from mainstem.services.triage.unknown_trend import trend_of

        _print_trend(trend_of(place, book, at.date()), is_json=format_ == "json")
        return
    question = question_of(book, team=team, since=since, until=until, unit=unit)
    found, no_item, left = lumps(question, book, most=most)
    if format_ == "json":
        rows = [{"title": x.title, "units": x.parts / GRAIN, "items": x.items, "claim": x.claim,
                 "examples": [list(e) for e in x.examples]} for x in found]  # fmt: skip
        say(json.dumps({"unit": question.unit.value, "lumps": rows, "on_no_item": no_item / GRAIN,
                        "in_no_lump": left / GRAIN}, indent=2, ensure_ascii=False))  # fmt: skip
        return
    _print_lumps(book, question, found, no_item, left)


def _print_trend(found: UnknownTrend, *, is_json: bool) -> None:
    from mainstem.cli.output import say, table
    from mainstem.score.answerable import NotAnswerable
    from mainstem.score.values import GRAIN
    from mainstem.score.words import amount, percent
    from mainstem.services.triage.unknown_trend import trend_words

    if is_json:
        rows = [{"end": str(p.end), "unknown": p.unknown / GRAIN, "all": p.units / GRAIN,
                 "share": None if p.share is None else float(p.share)} for p in found.points]  # fmt: skip
        say(json.dumps({"unit": found.unit.value, "weeks": rows}, indent=2))
        return
    say(trend_words(found), "")
    table(
        ("end of week", "unknown", "of", "share"),
        [(str(p.end), amount(p.unknown, found.unit), amount(p.units, found.unit), percent(p.share))
         for p in found.points],
        right=(1, 2, 3),
    )  # fmt: skip
    made = found.chart
    if isinstance(made, NotAnswerable):
        say("", f"No usual range: {made}")
        return
    say("", *(s.words for s in made.signals), *made.notes)


def _example(key: str, title: str) -> str:
    return (key if title in ("", key) else f"{key} {title}")[:60]


def _print_lumps(book: Book, question: object, found: object, no_item: int, left: int) -> None:
    from mainstem.cli.output import say, table
    from mainstem.score.values import Question
    from mainstem.score.words import amount
    from mainstem.services.work.explaining import Lump

    assert isinstance(question, Question) and isinstance(found, list)
    lumps: list[Lump] = found
    if not lumps and not no_item and not left:
        say("Nothing is unattributed.")
        return
    rows = [
        (amount(x.parts, question.unit), f"{x.items:,}", x.title, x.claim,
         "; ".join(_example(k, t) for k, t in x.examples[:2]))
        for x in lumps
    ]  # fmt: skip
    table(
        ("effort", "items", "what they share", "claim that would catch them", "for instance"),
        rows,
        right=(0, 1),
    )
    if no_item:
        say(
            f"{amount(no_item, question.unit)} more are on no item at all (days without a trace, or effort without a key)."
        )
    if left:
        say(f"{amount(left, question.unit)} more share nothing with each other.")
