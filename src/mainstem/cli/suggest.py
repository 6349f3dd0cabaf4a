"""Commands about suggestions and about claims that people contradict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from mainstem.cli.places import LedgerOption, PeopleOption, PlanOption, workspace

if TYPE_CHECKING:
    from datetime import date

    from mainstem.services.suggestions.versions import Standing

FormatOption = Annotated[str, typer.Option("--format", help="text or json.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(
        help="What work that nothing speaks for was probably for.", no_args_is_help=True
    )
    for command in (train, show, accept):
        group.command()(command)
    app.add_typer(group, name="suggest")
    app.command()(claims)


def train(
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    format_: FormatOption = "text",
) -> None:
    """Learn what work was for, measure it on later work, and suggest for what nothing speaks for.

    Needs scikit-learn: pip install "mainstem[suggest]". Nothing counts until it is accepted.
    """
    from mainstem.cli.output import progress
    from mainstem.clock import now
    from mainstem.services.suggestions.model import train as learn
    from mainstem.services.suggestions.versions import folder_beside
    from mainstem.services.work.attributing import open_book

    place = workspace(plan, ledger, people)
    book = open_book(place, at=now())
    with progress("learning"):
        held = learn(book, folder_beside(place.ledger), at=now())
    _print_model(held, format_)


def show(
    item: Annotated[str, typer.Argument(help="Only this item.")] = "",
    target: Annotated[str, typer.Option(help="Only this stream or kind: stream:x or kind:y.")] = "",
    most: Annotated[int, typer.Option(help="Suggestions to show.")] = 20,
    model: Annotated[bool, typer.Option("--model", help="How good the model is instead.")] = False,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    format_: FormatOption = "text",
) -> None:
    """Show what is suggested, the surest first, or how good the model is."""
    from mainstem.cli.output import say, table
    from mainstem.services.suggestions.ground import names_of
    from mainstem.services.suggestions.model import reason_of, why_quiet
    from mainstem.services.suggestions.text import open_rows
    from mainstem.services.suggestions.versions import folder_beside, standing

    place = workspace(plan, ledger, people)
    held = standing(folder_beside(place.ledger))
    if model:
        _print_model(held, format_)
        return
    text, _ = place.usable_plan()
    names = names_of(text)
    rows = [r for r in open_rows(held, text)
            if (not target or r.target == target) and (not item or r.key.lower() == item.lower())]  # fmt: skip
    if format_ == "json":
        told = [{"key": r.key, "source": r.source, "title": r.title, "target": r.target, "sure": r.sure,
                 "reason": reason_of(r, text)} for r in rows[:most]]  # fmt: skip
        say(json.dumps(told, indent=2, ensure_ascii=False))
        return
    if not rows:
        say(why_quiet(held) or "Nothing is suggested.")
        return
    table(
        ("item", "title", "probably", "sure", "because of"),
        [
            (r.key, r.title[:50], names[r.target], f"{int(100 * r.sure)} %", reason_of(r, text))
            for r in rows[:most]
        ],
        right=(3,),
    )
    say(
        f"{len(rows):,} suggestions. They count for nothing until accepted: mainstem suggest accept KEY."
    )


def accept(
    items: Annotated[list[str], typer.Argument(help="Keys of items with a suggestion.")],
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
) -> None:
    """Write what is suggested for these items into the plan, as links that name the model."""
    from mainstem.cli.output import say
    from mainstem.services.suggestions.text import accept_in_text
    from mainstem.services.suggestions.versions import folder_beside, standing

    place = workspace(plan, ledger, people, need_plan=True)
    written = accept_in_text(items, standing(folder_beside(place.ledger)), place)
    say(*(f"wrote {path}" for path in written))


def claims(
    rates: Annotated[
        bool, typer.Option("--rates", help="How often people said otherwise than each claim.")
    ] = False,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    format_: FormatOption = "text",
) -> None:
    """List the claims with what they ask; with --rates, how often people said otherwise in 26 weeks."""
    from mainstem.cli.output import say, table
    from mainstem.clock import now
    from mainstem.services.triage.claim_rates import claim_rates
    from mainstem.services.work.attributing import open_book
    from mainstem.work.branches import branches
    from mainstem.work.conditions import describe

    place = workspace(plan, ledger, people)
    if not rates:
        found = [(b.claim_id, describe(b.condition)) for b in branches(place.usable_plan()[0])]
        if format_ == "json":
            say(
                json.dumps(
                    [{"claim": c, "asks": a} for c, a in found], indent=2, ensure_ascii=False
                )
            )
        else:
            table(("claim", "asks for"), found)
        return
    made = claim_rates(open_book(place, at=now()), today=_today())
    if format_ == "json":
        told = [{"claim": r.claim, "stream": r.stream, "said": r.said / 1e10, "against": r.against / 1e10,
                 "rate": float(r.rate), "items": list(r.items)} for r in made]  # fmt: skip
        say(json.dumps(told, indent=2, ensure_ascii=False))
        return
    if not made:
        say("No claim has said anything in the last 26 weeks.")
        return
    table(
        ("claim", "asks for", "said", "otherwise", "rate", "items"),
        [(r.claim, r.asks, f"{r.said / 1e10:,.1f}", f"{r.against / 1e10:,.1f}", f"{float(r.rate):.0%}",
          ", ".join(r.items[:5])) for r in made],
        right=(2, 3, 4),
    )  # fmt: skip


def _today() -> date:
    from datetime import date as day

    from mainstem.clock import now
    from mainstem.config import settings

    chosen = settings().today
    return day.fromisoformat(chosen) if chosen else now().date()


def _print_model(held: Standing, format_: str) -> None:
    from dataclasses import asdict

    from mainstem.cli.output import say, table
    from mainstem.services.suggestions.model import why_quiet

    found = held.version
    if format_ == "json":
        told = {"version": found.name, "labelled": found.labelled, "inputs": found.inputs,
                "measured": asdict(found.measured)} if found else {}  # fmt: skip
        say(json.dumps({**told, "quiet": why_quiet(held), "suggestions": len(held.rows)}, indent=2))
        return
    if found is None:
        say(why_quiet(held))
        return
    m = found.measured
    say(f"Model {found.name}: learned from {found.labelled:,} items, judged by {m.later:,} later ones"
        f" ({m.first_day} to {m.last_day}).")  # fmt: skip
    ways = [
        ("this model", m.macro_f1, m.accuracy),
        *((b.name, b.macro_f1, b.accuracy) for b in m.baselines),
    ]
    table(
        ("way", "macro-F1", "right"),
        [(n, f"{f:.2f}", f"{a:.0%}") for n, f, a in ways],
        right=(1, 2),
    )
    cover = f"{m.threshold.coverage:.0%}" if m.threshold.holds else "none"
    say(f"Covers {cover} at 95 % right; calibration error {m.calibration_error:.2f}.",
        why_quiet(held) or f"It suggests something for {len(held.rows):,} of {held.asked:,} items that nothing"
        " speaks for: mainstem suggest show.")  # fmt: skip
