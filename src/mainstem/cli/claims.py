"""Commands about claims: trying one before it is written into the plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mainstem.cli.places import LedgerOption, PeopleOption, PlanOption, workspace

if TYPE_CHECKING:
    from mainstem.services.triage.claim_preview import ClaimPreview, Moved

claim_app = typer.Typer(name="claim", help="Try a claim before it is made.", no_args_is_help=True)
Values = list[str] | None


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(claim_app)


@claim_app.callback()
def claims() -> None:
    """Try a claim before it is made."""


@claim_app.command("try")
def try_(
    stream: Annotated[str | None, typer.Option(help="The stream that would claim.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="Or the kind of the rest: debt, support, …")
    ] = None,
    label: Annotated[
        Values, typer.Option(help="Any of these labels; * stands for anything.")
    ] = None,
    component: Annotated[Values, typer.Option(help="Any of these components.")] = None,
    project: Annotated[Values, typer.Option(help="Any of these projects.")] = None,
    path: Annotated[Values, typer.Option(help="Any of these paths, as in CODEOWNERS.")] = None,
    text: Annotated[
        Values, typer.Option(help="Any of these phrases in the title, or /expressions/.")
    ] = None,
    type_: Annotated[Values, typer.Option("--type", help="Any of these types.")] = None,
    epic: Annotated[Values, typer.Option(help="Any of these epics.")] = None,
    parent: Annotated[Values, typer.Option(help="Any of these parents.")] = None,
    by_team: Annotated[
        Values, typer.Option("--by-team", help="Work that any of these teams did.")
    ] = None,
    claim: Annotated[
        str | None, typer.Option(help="A whole claim, as the plan has it: 'label: x'.")
    ] = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    since: Annotated[str | None, typer.Option(help="First day or period.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day or period.")] = None,
    unit: Annotated[str | None, typer.Option(help="hour, person_day, item or point.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a claim would catch, take from others and do to the score. Nothing is changed."""
    from mainstem.cli.output import say
    from mainstem.cli.score import question_of
    from mainstem.clock import now
    from mainstem.services.triage.claim_preview import preview
    from mainstem.services.triage.claim_trial import claim_fields, read_claim
    from mainstem.services.work.attributing import open_book

    book = open_book(workspace(plan, ledger, people), at=now())
    fields: dict[str, Any] = claim_fields(claim) if claim else {}
    given = {"label": label, "component": component, "project": project, "path": path, "text": text,
             "type": type_, "epic": epic, "parent": parent, "team": by_team}  # fmt: skip
    fields |= {name: values for name, values in given.items() if values}
    typed = read_claim(_target(stream, kind), fields, book.plan)
    found = preview(typed, question_of(book, since=since, until=until, unit=unit), book)
    if as_json:
        say(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
        return
    _print(found)


def _target(stream: str | None, kind: str | None) -> str:
    from mainstem.errors import UsageError

    if bool(stream) == bool(kind):
        raise UsageError("Say for what the claim is.", "Either --stream ID or --kind WORD.")
    return f"stream:{stream}" if stream else f"kind:{kind}"


def _print(found: ClaimPreview) -> None:
    from mainstem.cli.output import say, table
    from mainstem.score.words import amount, percent
    from mainstem.services.triage.claim_preview import STANDS

    say(*(f"warning: {words}" for words in found.warnings))
    if found.hidden:
        say(found.hidden)
        return
    days = f" from {found.since} to {found.until}" if found.since else ""
    say(f"{found.asked} matches {found.items:,} items, {found.active:,} with effort{days}.",
        f"{found.name} would gain {amount(found.gained, found.unit)} on {found.gains:,} items"
        + (f", {found.inherited:,} of them through what they are part of." if found.inherited else "."))  # fmt: skip
    before, after = found.before.score, found.after.score
    say(f"Value Score {percent(before.point)} → {percent(after.point)}; its range {percent(before.low)} to"
        f" {percent(before.high)} → {percent(after.low)} to {percent(after.high)}.")  # fmt: skip
    for words, rows in (
        ("would come from", found.loses), ("same rank, so shared", found.ties), ("stays before it", found.stronger),
    ):  # fmt: skip
        if rows:
            say("")
            table((words, "effort", "items"),
                  [(m.name, amount(m.parts, found.unit), f"{m.items:,}") for m in rows], right=(1, 2))  # fmt: skip
    if found.samples:
        say("")
        table(("item", "effort", "how it stands", "title"),
              [(s.key, amount(s.parts, found.unit), STANDS[s.how], s.title[:60]) for s in found.samples],
              right=(1,))  # fmt: skip


def _as_json(found: ClaimPreview) -> dict[str, object]:
    from mainstem.score.values import GRAIN

    def moved(rows: tuple[Moved, ...]) -> list[dict[str, object]]:
        return [
            {"target": m.target, "name": m.name, "items": m.items, "units": m.parts / GRAIN}
            for m in rows
        ]

    def score(of: object) -> dict[str, float | None]:
        return {
            n: None if (v := getattr(of, n)) is None else float(v) for n in ("point", "low", "high")
        }

    return {
        "target": found.target, "claim": found.claim, "unit": found.unit.value,
        "since": str(found.since) if found.since else None, "until": str(found.until) if found.until else None,
        "items": found.items, "items_with_effort": found.active, "items_gained": found.gains,
        "items_inherited": found.inherited, "gained": found.gained / GRAIN,
        "gained_by_unit": {u.value: p / GRAIN for u, p in found.by_unit.items()},
        "loses": moved(found.loses), "ties": moved(found.ties), "stronger": moved(found.stronger),
        "before": score(found.before.score), "after": score(found.after.score),
        "samples": [
            {"key": s.key, "title": s.title, "units": s.parts / GRAIN, "how": s.how} for s in found.samples
        ],
        "warnings": list(found.warnings), "hidden": found.hidden,
    }  # fmt: skip
