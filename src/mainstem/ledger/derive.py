"""Derived effort: records of some months, by team, with person-days worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.membership import Stretch, member_days, team_calendars, workdays
from mainstem.ledger.sql import statements, text
from mainstem.ledger.store import Change
from mainstem.plan.model import Plan

#: Months derived in one go; bounds memory.
BATCH_MONTHS = 2


@dataclass(frozen=True, slots=True)
class EffortInputs:
    """What turns records into effort.

    Attributes:
        plan: For calendars and settings.
        team_no: Number of each team of the plan.
        team_words: Number of a record's word for a team -> team number.
        item_teams: SQL giving (item, team) for items whose own word names a team.
        stretches: Memberships, in numbers.
        presence: Whether days without a trace of people who were there count as unknown.
    """

    plan: Plan
    team_no: Mapping[str, int]
    team_words: Mapping[int, int]
    item_teams: str
    stretches: Sequence[Stretch]
    presence: bool


def derive_effort(
    change: Change,
    months: Sequence[str],
    inputs: EffortInputs,
    window: tuple[date, date],
    *,
    full: bool,
) -> int:
    """Writes the effort of the given months anew.

    Returns:
        Rows written.
    """
    con = change.con
    reach = _put_inputs(change, inputs, window)
    writer = change.writer("effort")
    files = []
    for start in range(0, len(months), BATCH_MONTHS):
        batch = months[start : start + BATCH_MONTHS]
        for low, high in _runs(batch):
            near = change.view("records", low=low.strftime("%Y-%m"), high=(high + reach).strftime("%Y-%m"))  # fmt: skip
            con.execute(f"CREATE OR REPLACE TEMP VIEW records_near AS SELECT * FROM {near}")
            put_small(
                con,
                "bounds",
                Small({"low": "DATE", "high": "DATE", "first": "DATE", "last": "DATE"},
                      [(low, high, *window)]),
            )  # fmt: skip
            for statement in statements("derive_effort"):
                con.execute(statement)
            files += writer.write(text("effort"), order="day, team")
    if files or months or full:
        change.pins["effort"] = writer.commit(files, replace=["*"] if full else list(months))
    return sum(f[2] for f in files)


def _put_inputs(change: Change, inputs: EffortInputs, window: tuple[date, date]) -> timedelta:
    """Makes the small tables that ``derive_effort.sql`` needs.

    Returns:
        How far back work on a day off counts, at most.
    """
    con = change.con
    put_small(con, "member_day", member_days(inputs.stretches))
    put_small(con, "team_word", Small({"no": "INTEGER", "team": "INTEGER"},
                                      list(inputs.team_words.items())))  # fmt: skip
    con.execute(f"CREATE OR REPLACE TEMP TABLE item_team AS {inputs.item_teams}")
    calendars, by_team = team_calendars(inputs.plan, inputs.team_no)
    put_small(con, "team_calendar", by_team)
    days = workdays(calendars, *window)
    put_small(con, "workday", days)
    settings = inputs.plan.organisation.settings
    put_small(
        con,
        "settings",
        Small({"split": "VARCHAR", "presence": "VARCHAR"},
              [(settings.person_day_split, "people" if inputs.presence else "traces")]),
    )  # fmt: skip
    return max((day - counts_on for _, day, counts_on in days.rows), default=timedelta())


def _runs(months: Sequence[str]) -> list[tuple[date, date]]:
    """Half-open day ranges covering the months, adjacent ones joined."""
    out: list[tuple[date, date]] = []
    for month in sorted(months):
        low = date.fromisoformat(f"{month}-01")
        high = (low + timedelta(days=32)).replace(day=1)
        if out and out[-1][1] == low:
            out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out
