"""All streams and all teams, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mainstem.errors import QuestionError
from mainstem.figures import stream_rows, team_rows
from mainstem.figures.shown import TeamRow
from mainstem.figures.tables import answer_rows
from mainstem.figures.wording import plural
from mainstem.score.values import By
from mainstem.score.words import number
from mainstem.web.contexts.given import Reading, answer, figures_data, merged_teams
from mainstem.web.contexts.pieces import Empty, Link, Pages, Table
from mainstem.web.contexts.pulse import streams_csv
from mainstem.web.contexts.rows import stream_table, team_table
from mainstem.web.contexts.states import STREAM_EXAMPLE
from mainstem.web.exports import CsvTable, Tables, csv_link

#: Rows of a page.
MOST_ROWS = 60


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ListPage:
    """Everything on a page of a list."""

    head: str
    lead: str
    state: Empty | None
    table: Table
    pages: Pages
    share: str


def build_streams(reading: Reading, after: str) -> ListPage:
    """Streams, most effort first, those after ``after``."""
    data, asked = figures_data(reading), reading.asked
    keys = stream_rows.stream_keys(data)
    here = asked.keep("/streams/")
    shown, pages = _page(keys, after, reading, "/streams/", "stream")
    served = len({o for s in reading.plan.streams.values() for o in s.objective})
    lead = (
        f"They serve {plural(served, 'objective')}. {stream_rows.streams_words(data)}"
        if keys
        else ""
    )
    return ListPage(
        plural(len(keys), "value stream"), lead,
        None if keys else Empty(
            "No streams yet",
            "A stream is a flow of value to a customer, with exactly one metric. As text it would read:",
            Link("Add a stream", "/plan/"), STREAM_EXAMPLE,
        ),
        stream_table(stream_rows.stream_rows(data, shown), asked, reading.plan,
                     csv=csv_link(here, "streams")), pages,
        asked.spelt_out("/streams/"),
    )  # fmt: skip


def build_teams(reading: Reading, after: str) -> ListPage:
    """Teams with effort, parents before the teams in them, and those without any after them."""
    data, asked = figures_data(reading), reading.asked
    busy, idle = _teams(reading)
    here = asked.keep("/teams/")
    shown, pages = _page((*busy, *idle), after, reading, "/teams/", "team")
    words = "A row sums up the teams in it. " + team_rows.teams_words(data) if busy or idle else ""
    return ListPage(
        f"{plural(len(reading.plan.teams), 'team')}", words,
        None if busy or idle else Empty(
            "No teams yet",
            "Add the teams that deliver and support your streams; groups of teams are teams too.",
            Link("Add a team", "/plan/"),
        ),
        team_table(_team_rows(shown, idle, reading), asked, reading.plan,
                   csv=csv_link(here, "teams")), pages,
        asked.spelt_out("/teams/"),
    )  # fmt: skip


def _teams(reading: Reading) -> tuple[list[str], list[str]]:
    """Teams with effort, and those without any."""
    busy, tree = team_rows.keys_with_effort(figures_data(reading)), reading.index.tree
    inside = set(tree.subtree(reading.asked.team)) if reading.asked.team else None
    seen = set(busy)
    return (
        [t for t in busy if inside is None or t in inside],
        [t for t in tree.order if t not in seen and (inside is None or t in inside)],
    )


def _team_rows(shown: Sequence[str], idle: Sequence[str], reading: Reading) -> tuple[TeamRow, ...]:
    data, tree = figures_data(reading), reading.index.tree
    merged, without = merged_teams(reading), set(idle)
    busy = team_rows.rows_of([t for t in shown if t not in without], data)
    return (*busy, *(team_rows.idle_row(t, data, tree, is_merged=t in merged)
                     for t in shown if t in without))  # fmt: skip


def _page(
    rows: Sequence[str], after: str, reading: Reading, path: str, what: str
) -> tuple[Sequence[str], Pages]:
    keys = [key or "(none)" for key in rows]
    if after and after not in keys:
        raise QuestionError(
            f"This list has no {what} {after!r} to go on after.", f"Begin at {path}.",
            code="page.cursor",
        )  # fmt: skip
    start = keys.index(after) + 1 if after else 0
    shown = rows[start : start + MOST_ROWS]
    end = start + len(shown)
    keep = reading.asked.keep
    before = (
        ""
        if start == 0
        else keep(path, after=keys[start - MOST_ROWS - 1] if start > MOST_ROWS else "")
    )
    following = keep(path, after=keys[end - 1]) if end < len(rows) else ""
    words = f"{number(start + 1)} to {number(end)} of {plural(len(rows), what)}" if rows else ""
    return shown, Pages(words if before or following else "", before, following)


def streams_tables(reading: Reading) -> Tables:
    """All streams."""
    return {"streams": lambda: streams_csv(reading)}


def teams_tables(reading: Reading) -> Tables:
    """Each team's own effort, without the teams in it."""
    return {"teams": lambda: CsvTable(*answer_rows(answer(reading, By.TEAM)))}
