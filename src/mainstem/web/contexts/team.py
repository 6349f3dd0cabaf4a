"""A team: where does its effort go, what has it promised, and how much does it carry?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from mainstem.errors import Absent
from mainstem.figures import leftover, pictures, team_rows
from mainstem.figures.shown import Headline, Picture, Tag
from mainstem.figures.tables import Value, answer_rows, share, units
from mainstem.figures.wording import one_line, plural
from mainstem.plan.model import Participation, Team
from mainstem.score.progress import Progress
from mainstem.score.values import By
from mainstem.score.words import amount, percent
from mainstem.services.scores.scoring import planned_shares
from mainstem.web.contexts.given import Reading, answer, by_week, figures_data, flows, weeks_data
from mainstem.web.contexts.pieces import Bar, Cell, Column, Empty, Link, Row, Stretch, Table
from mainstem.web.contexts.places import edit_of, place_of
from mainstem.web.contexts.plan_tables import plan_tables
from mainstem.web.contexts.rows import (
    bet_table,
    key_result_table,
    link_cell,
    named,
    need_table,
    rest_table,
    team_table,
    whole_percent,
)
from mainstem.web.contexts.states import first_line, state_of
from mainstem.web.contexts.stream import in_period
from mainstem.web.exports import CsvTable, Tables, csv_link

LOAD_COLUMNS = ("team", "stream", "part", "cycle", "planned", "unit", "units", "share")
#: Commitments of a group and the teams in it that are shown.
MOST_COMMITMENTS = 24
#: Bets that are over are not what a team carries.
_OPEN_BETS = ("proposed", "accepted", "active")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TeamPage:
    """Everything on the page that follows from plan and ledger.

    Attributes:
        crumbs: The teams that this one is in.
        headline: Its Value Score and why it changed.
        weeks: The score by week.
        rest: What is on no stream.
        load: Streams that it takes part in, planned and actual.
        load_words: What it carries in all.
        bets: What it bets on.
        needs: What it needs from others.
        promises: What it gives to others.
        below: The teams in it.
    """

    key: str
    name: str
    facts: str
    crumbs: tuple[Link, ...]
    headline: Headline
    state: Empty | None
    weeks: Picture | None
    weeks_words: str
    changes: Picture | None
    chart_notes: tuple[str, ...]
    notes: tuple[str, ...]
    rest: Table
    rest_words: str
    load: Table
    load_words: str
    load_tags: tuple[Tag, ...]
    bets: Table
    bets_words: str
    needs: Table
    promises: Table
    below: Table
    items: str
    edit: str
    share: str


def team_asked(ident: str, reading: Reading) -> Team:
    """The team of an address.

    Raises:
        Absent: there is none.
    """
    found = reading.plan.teams.get(ident)
    if found is None:
        raise Absent(
            f"There is no team {ident!r}.", "It may have been renamed. All teams are on /teams/."
        )
    return found


def build_team(ident: str, reading: Reading) -> TeamPage:
    """Decides everything that the page shows, but for what people said. ``reading`` is of the team."""
    team, plan, asked, index = (
        team_asked(ident, reading),
        reading.plan,
        reading.asked,
        reading.index,
    )
    data = figures_data(reading, has_change=True, has_streams=False)
    weeks = weeks_data(data, reading)
    bets = bets_of(ident, reading)
    here = asked.keep(place_of("teams", ident))
    load, words, tags = _load(ident, reading, csv_link(here, "load"))
    today = reading.today
    return TeamPage(
        key=ident, name=named("teams", ident, plan), facts=_facts(ident, team, reading),
        crumbs=_crumbs(ident, reading), headline=first_line(data), state=state_of(reading, data),
        weeks=pictures.weeks_picture(weeks, link=csv_link(here, "weeks"), has_marks=True),
        weeks_words=pictures.weeks_words(weeks), changes=pictures.changes_picture(weeks, link=csv_link(here, "weeks")), chart_notes=pictures.chart_notes(weeks),
        notes=data.notes, rest=rest_table(leftover.rest_rows(data), asked, csv=csv_link(here, "rest")),
        rest_words=leftover.rest_words(data), load=load, load_words=words, load_tags=tags,
        bets_words=shown_words(len(bets)),
        bets=bet_table(bets[:MOST_COMMITMENTS], plan, asked, has_team=_is_group(ident, reading),
                       csv=csv_link(here, "bets")),
        needs=need_table(index.needs_of_team.get(ident, ()), plan, asked, today,
                         csv=csv_link(here, "needs"), caption="What it needs"),
        promises=need_table(index.promises_of_team.get(ident, ()), plan, asked, today,
                            csv=csv_link(here, "needs"), caption="What it promised"),
        below=team_table(team_rows.rows_below(data, ident), asked, plan, csv=csv_link(here, "teams"),
                         caption="Teams in it", top=index.tree.depth(ident) + 1),
        items=asked.items(), edit=edit_of("teams", ident),
        share=asked.spelt_out(place_of("teams", ident)),
    )  # fmt: skip


def _is_group(ident: str, reading: Reading) -> bool:
    return bool(reading.index.tree.children(ident))


def _crumbs(ident: str, reading: Reading) -> tuple[Link, ...]:
    above = reversed(reading.index.tree.ancestors(ident))
    keep = reading.asked.keep
    return (
        Link("Teams", keep("/teams/")),
        *(Link(named("teams", t, reading.plan), keep(place_of("teams", t))) for t in above),
    )


def _facts(ident: str, team: Team, reading: Reading) -> str:
    inside = len(reading.index.tree.subtree(ident)) - 1
    kind = f"a {team.kind.value} team" if team.kind else "a group" if inside else "a team"
    parts = [kind]
    parts += [f"of {plural(team.size, 'person', 'people')}"] if team.size else []
    parts += [f"with {plural(inside, 'team')} in it"] if inside else []
    return f"is {' '.join(parts)}."


def _held(ident: str, of: Mapping[str, tuple[str, ...]], reading: Reading) -> tuple[str, ...]:
    """What a team and the teams in it have, its own first."""
    inside = reading.index.tree.subtree(ident)
    return tuple(chain.from_iterable(of.get(team, ()) for team in inside))


def results_of(ident: str, reading: Reading) -> tuple[str, ...]:
    """Key results of a team and the teams in it, of cycles that touch the period."""
    return in_period(_held(ident, reading.index.key_results_of_team, reading), reading)


def shown_words(held: int) -> str:
    """What a table of commitments leaves out."""
    return (
        f"The first {MOST_COMMITMENTS} of {held}; the CSV has all."
        if held > MOST_COMMITMENTS
        else ""
    )


def bets_of(ident: str, reading: Reading) -> tuple[str, ...]:
    """Open bets of a team and the teams in it."""
    bets = reading.plan.initiatives
    held = _held(ident, reading.index.initiatives_of_team, reading)
    return tuple(k for k in held if bets[k].state in _OPEN_BETS)


def results_table(ident: str, reading: Reading, progress: Mapping[str, Progress]) -> Table:
    """The key results of a team as they stand now."""
    here = reading.asked.keep(place_of("teams", ident))
    return key_result_table(
        results_of(ident, reading)[:MOST_COMMITMENTS], progress, reading.plan, reading.asked,
        csv=csv_link(here, "key-results"), has_team=_is_group(ident, reading),
    )  # fmt: skip


def _parts(ident: str, reading: Reading) -> list[tuple[str, Participation]]:
    """Streams that the team itself takes part in, in cycles that touch the period."""
    cycles, asked = reading.plan.cycles, reading.asked
    return [
        (stream, part)
        for stream, part in reading.index.streams_of_team.get(ident, ())
        if (c := cycles.get(part.cycle or "")) is None
        or (c.first_day <= asked.until and c.last_day >= asked.since)
    ]


def _spent(reading: Reading) -> tuple[dict[str, int], int]:
    """Stream → parts of the team and the teams in it, and all of their effort."""
    out: dict[str, int] = {}
    for flow in flows(reading):
        out[flow.target] = out.get(flow.target, 0) + flow.parts
    held = {t.removeprefix("stream:"): p for t, p in out.items() if t.startswith("stream:")}
    return held, sum(out.values())


def _planned(ident: str, reading: Reading) -> dict[str, Fraction]:
    """Stream → share of the team's effort that is meant for it; of a group, by the teams in it."""
    if _is_group(ident, reading) and reading.book is not None:
        found = planned_shares(reading.book, team=ident, on=reading.asked.days)
        return {stream: share for stream, share in found.items() if share}
    held: dict[str, Fraction] = {}
    for stream, part in _parts(ident, reading):
        if part.share is not None:
            held[stream] = held.get(stream, Fraction(0)) + Fraction(str(part.share))
    return held


def _load(ident: str, reading: Reading, csv: str) -> tuple[Table, str, tuple[Tag, ...]]:
    planned, parts = _planned(ident, reading), dict(_parts(ident, reading))
    spent, whole = _spent(reading)
    order = [*dict.fromkeys((*parts, *sorted(planned, key=lambda s: -planned[s])))]
    order += [s for s in sorted(spent, key=lambda s: -spent[s]) if s not in order]
    columns = (
        Column("Stream"), Column("Part"), Column("Planned", is_number=True),
        Column("Share of the team's effort"), Column("Effort", is_number=True),
    )  # fmt: skip
    part = "by its teams" if _is_group(ident, reading) else "delivers"
    rows = tuple(
        _load_row(s, parts[s].part if s in parts else part if s in planned else "not planned",
                  planned.get(s), spent.get(s, 0), whole, reading)
        for s in order
    )  # fmt: skip
    return Table("What it takes part in", columns, rows, csv), *_load_words(planned)


def _load_words(planned: Mapping[str, Fraction]) -> tuple[str, tuple[Tag, ...]]:
    if not planned:
        return "No shares of its effort are planned.", ()
    total = sum(planned.values(), Fraction(0))
    words = f"{whole_percent(float(total))} of its effort is planned for {plural(len(planned), 'stream')}."
    over = (Tag(f"{whole_percent(float(total - 1))} more than it has", "bad"),)
    return words, over if total > 1 else ()


def _load_row(
    stream: str, part: str, meant: Fraction | None, parts: int, whole: int, reading: Reading
) -> Row:
    of = Fraction(parts, whole) if whole else None
    tick = None if meant is None else min(round(float(meant) * 100, 2), 100.0)
    bar = Bar(((Stretch.VALUE, round(float(of or 0) * 100, 2)),), tick)
    shown = amount(parts, reading.asked.unit)
    return Row((
        link_cell("streams", stream, reading.plan, reading.asked),
        Cell(part),
        Cell("" if meant is None else whole_percent(float(meant))),
        Cell(bar=bar, under=percent(of) if of is not None else "no effort recorded"),
        Cell(shown, reading.asked.items(stream=stream) if parts else ""),
    ))  # fmt: skip


def team_tables(ident: str, reading: Reading, progress: Mapping[str, Progress]) -> Tables:
    """The tables of the page."""
    index = reading.index
    needs = (*index.needs_of_team.get(ident, ()), *index.promises_of_team.get(ident, ()))
    return {
        "weeks": lambda: CsvTable(*answer_rows(by_week(reading)[0])),
        "rest": lambda: CsvTable(*answer_rows(answer(reading, By.ORGANISATION))),
        "teams": lambda: CsvTable(*answer_rows(answer(reading, By.TEAM))),
        "load": lambda: CsvTable(LOAD_COLUMNS, _load_csv(ident, reading)),
        **plan_tables(reading, progress, bets=bets_of(ident, reading), needs=dict.fromkeys(needs)),
    }


def _load_csv(ident: str, reading: Reading) -> list[tuple[Value, ...]]:
    parts, (spent, whole) = dict(_parts(ident, reading)), _spent(reading)
    planned = _planned(ident, reading)
    out: list[tuple[Value, ...]] = []
    for stream in dict.fromkeys((*parts, *planned, *spent)):
        part, held = parts.get(stream), spent.get(stream, 0)
        out.append((
            ident, one_line(stream), part.part if part else None, part.cycle if part else None,
            share(planned.get(stream)), reading.asked.unit.value, units(held),
            share(Fraction(held, whole)) if whole else None,
        ))  # fmt: skip
    return out
