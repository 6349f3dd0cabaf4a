"""What the page of settings shows: the organisation, and what the environment says. Never a secret."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.config import SETTINGS, settings
from mainstem.plan.model import Plan
from mainstem.web.contexts.people import settings_tabs
from mainstem.web.contexts.pieces import Cell, Column, Fact, Row, Tab, Table
from mainstem.web.request import Request


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """How this server is set."""

    head: str
    tabs: tuple[Tab, ...]
    organisation: tuple[Fact, ...]
    table: Table


def settings_page(request: Request) -> SettingsPage:
    """The organisation from the plan, and each variable as it is now."""
    plan = request.ground.plans.head().plan
    given = settings()
    rows = []
    for setting in SETTINGS:
        value = given.text(setting.name)
        shown = ("set" if value else "not set") if setting.is_secret else value or "not set"
        rows.append(Row((Cell(setting.name, under=setting.help), Cell(shown))))
    columns = (Column("Setting"), Column("Now"))
    return SettingsPage(
        head=f"How Mainstem is set for {plan.organisation.name or 'your organisation'}",
        tabs=settings_tabs("settings"),
        organisation=_organisation(plan),
        table=Table("Settings from the environment", columns, tuple(rows)),
    )


def _organisation(plan: Plan) -> tuple[Fact, ...]:
    of = plan.organisation
    starts = {"mon": "Monday", "sun": "Sunday"}[of.week_starts]
    return (
        Fact("Name", of.name or "none yet"),
        Fact("Time zone", of.timezone),
        Fact("Unit of scores", of.unit.value.replace("_", " ")),
        Fact("Weeks start on", starts),
    )
