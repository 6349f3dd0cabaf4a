"""Commands that say something of metrics: the card, whether bets moved it, what decisions say of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mainstem.cli.metrics import metrics_app
from mainstem.cli.places import LedgerOption, PlanOption, workspace

if TYPE_CHECKING:
    from datetime import date

    from mainstem.plan.model import Plan
    from mainstem.services.metrics.effects import Seen
    from mainstem.services.plans.workspace import Workspace

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(readings)


@metrics_app.command()
def card(
    metric: Annotated[str, typer.Argument(help="Its identifier in the plan.")],
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """The metric card: what is written down, what is left open, and what its history says of it."""
    from mainstem.cli.output import note, say, table, today
    from mainstem.figures.metric_card import measure_lines
    from mainstem.services.metrics.metric_cards import card_at

    place = workspace(plan, ledger, need_plan=True)
    found, whole = card_at(metric, place, today=today())
    lines = measure_lines(found, whole)
    if as_json:
        fields = [asdict(f) for f in found.fields]
        say(_json({"metric": metric, "streams": found.streams, "fields": fields,
                   "measures": [asdict(line) for line in lines]}))  # fmt: skip
        return
    table(("field", "what is written"), [(f.name, f.words or "left open") for f in found.fields])
    say("")
    table(
        ("measure", "value", "what it means"),
        [(x.name, x.value or "cannot say", f"{'! ' if x.warns else ''}{x.reading}") for x in lines],
    )
    if found.left_open:
        note(f"Left open: {', '.join(f.key for f in found.left_open)}.")


@metrics_app.command()
def moved(
    initiative: Annotated[
        str | None,
        typer.Argument(help="Its identifier in the plan; all that have begun if absent."),
    ] = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whether the metric moved after a bet began: what was seen, how sure, and what else may explain it."""
    from mainstem.cli.output import say, table, today
    from mainstem.figures.moved import VERDICTS, moved_rows
    from mainstem.foresight.moved_values import MovedAnswer
    from mainstem.services.metrics.effects import effects_at, seen_of

    whole, found = effects_at(workspace(plan, ledger, need_plan=True), today=today())
    wanted = [seen_of(initiative, whole, found)] if initiative else list(found.values())
    if as_json:
        say(_json([_seen(s, whole) for s in wanted]))
        return
    if initiative is None:
        rows = [(s.initiative, VERDICTS[s.verdict], _said(s, whole)) for s in wanted]
        table(("initiative", "verdict", "what was seen"), rows)
        return
    say(_said(wanted[0], whole))
    answer = wanted[0].answer
    if isinstance(answer, MovedAnswer):
        say("")
        table(("what", "how much"), moved_rows(answer, whole.metrics[wanted[0].metric]))


def _said(seen: Seen, plan: Plan) -> str:
    from mainstem.figures.moved import moved_sentence

    return moved_sentence(seen.answer, plan.metrics.get(seen.metric), plan)


def _seen(seen: Seen, plan: Plan) -> dict[str, Any]:
    answer = asdict(seen.answer)
    return {
        "initiative": seen.initiative, "metric": seen.metric, "cycle": seen.cycle,
        "together": seen.together, "verdict": seen.verdict or None, "sentence": _said(seen, plan),
        "answer": answer,
    }  # fmt: skip


def readings(
    metric: Annotated[str | None, typer.Option(help="Only this metric's.")] = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """What decisions say of each stream's metric: refused, overruled, regretted, hit; and the reading."""
    from mainstem.challenge.reading_words import ADVICE, RATES, rate_words, sentence
    from mainstem.challenge.readings import SELECTION_WARNING
    from mainstem.cli.output import note, say, table

    place = workspace(plan, ledger, need_plan=True)
    found, whole = _readings(place)
    held = [r for r in found.readings if metric is None or r.metric == metric]
    if as_json:
        say(_json({"window": asdict(found.window), "readings": [asdict(r) for r in held],
                   "statement_yields": [asdict(y) for y in found.yields],
                   "decided": found.decided, "of_no_metric": found.of_no_metric,
                   "warning": SELECTION_WARNING}))  # fmt: skip
        return
    for reading in held:
        entity = whole.metrics.get(reading.metric)
        name = (entity.name if entity else None) or reading.metric
        say(f"{reading.stream}: {sentence(reading, name)}", f"  {ADVICE[reading.kind]}")
        table(("rate", "how many"), [(n, rate_words(getattr(reading, k))) for k, n, _ in RATES])
        say("")
    if not held:
        say(f"No decision was made in the name of a metric in {found.window.words}.")
    note(f"Decisions of {found.window.since} to {found.window.until}. {SELECTION_WARNING}")


def _readings(place: Workspace) -> tuple[Any, Plan]:
    from mainstem.clock import now
    from mainstem.services.decisions.desks import folder_desk
    from mainstem.services.metrics.reading_metrics import metric_readings
    from mainstem.services.people.access import system

    day: date = _today()
    desk = folder_desk(place, today=day)
    return metric_readings(desk, system("cli"), at=now()), desk.standing.plan


def _today() -> date:
    from mainstem.cli.output import today

    return today()


def _json(of: Any) -> str:
    return json.dumps(of, indent=2, ensure_ascii=False, default=str)
