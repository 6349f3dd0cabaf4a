"""Who spends effort on a stream, because of what it counts there, and how sure that is."""

from __future__ import annotations

from fractions import Fraction

from mainstem.figures.tables import Value, share, units
from mainstem.figures.team_rows import units_words
from mainstem.figures.wording import listed, one_line
from mainstem.plan.model import Stream
from mainstem.score.words import UNIT_WORDS, amount, percent
from mainstem.services.work.reasons import RANK_WORDS, Grounds
from mainstem.web.contexts.given import Reading, merged_teams
from mainstem.web.contexts.pieces import Bar, Cell, Column, Row, Stretch, Table
from mainstem.web.contexts.places import place_of
from mainstem.web.contexts.river import effort_of_teams, flows_to
from mainstem.web.contexts.rows import named
from mainstem.web.exports import CsvTable, Tables

EFFORT_COLUMNS = ("team", "name", "part", "unit", "units", "share_of_team", "planned", "claims")


def effort_table(
    ident: str, stream: Stream, why: Grounds, reading: Reading, csv: str
) -> tuple[Table, str]:
    """Teams with effort here or a part in the stream; the bar is the share of the team's own effort."""
    columns = (
        Column("Team"), Column("Share of the team"),
        Column(UNIT_WORDS[reading.asked.unit][1].capitalize(), is_number=True), Column("Claimed by"),
    )  # fmt: skip
    rows = tuple(
        _team_row(team, parts, ident, stream, why, reading)
        for team, parts in _teams_on(ident, stream, reading).items()
    )
    words = "The bar is the share of each team's own effort; the tick is what was planned."
    return Table("Who spends effort here", columns, rows, csv), words if rows else ""


def _teams_on(ident: str, stream: Stream, reading: Reading) -> dict[str, int]:
    inside = set(reading.index.tree.subtree(reading.asked.team)) if reading.asked.team else None
    planned = {t: 0 for t in stream.teams if inside is None or t in inside}
    return {
        **flows_to(ident, reading),
        **{t: 0 for t in planned if t not in flows_to(ident, reading)},
    }


def _team_row(
    team: str, parts: int, ident: str, stream: Stream, why: Grounds, reading: Reading
) -> Row:
    plan, asked = reading.plan, reading.asked
    part = stream.teams.get(team)
    own = effort_of_teams(reading).get(team, 0)
    of_team = Fraction(parts, own) if own else None
    meant = round(part.share * 100, 2) if part and part.share is not None else None
    claims = sorted(why.by_team.get(team, {}).items(), key=lambda pair: -pair[1])
    words = percent(of_team) if of_team is not None else _nothing(team, reading)
    under = f"{words} of {meant:g} % planned" if meant is not None else words
    name = named("teams", team, plan) if team else "No team"
    return Row((
        Cell(name, asked.keep(place_of("teams", team), team="") if team in plan.teams else "",
             part.part if part else "not in the plan" if team else ""),
        Cell(bar=Bar(((Stretch.VALUE, round(float(of_team or 0) * 100, 2)),), meant), under=under),
        Cell(_short(parts), asked.items(stream=ident, team=team) if team and parts else ""),
        Cell(listed([one_line(c) for c, _ in claims], 3)),
    ))  # fmt: skip


def _nothing(team: str, reading: Reading) -> str:
    """Why a team has no number of its own."""
    if team in merged_teams(reading):
        return "counted with a larger group"
    return "no effort recorded"


def _short(parts: int) -> str:
    """Units without their name; what is there is never 0."""
    shown = units_words(parts)
    return "under\u00a00.1" if parts and shown == "0.0" else shown


def sure_words(why: Grounds) -> str:
    """``96 % claimed by rule, 3 % set by a person, 1 % inherited …``; empty where nothing counts."""
    whole = why.parts
    if not whole:
        return ""
    ranked = [(r, why.by_rank[r]) for r in RANK_WORDS if why.by_rank.get(r)]
    said = [f"{percent(Fraction(p, whole))} {RANK_WORDS[r]}" for r, p in ranked]
    return f"{', '.join(said)}."


def claims_table(stream: Stream, why: Grounds, reading: Reading, csv: str) -> Table:
    """Claims by how much each caught; several equal claims share what they catch."""
    columns = (
        Column("Claim"),
        Column("Share of what counts here"),
        Column("Effort", is_number=True),
    )
    whole = why.parts
    rows = []
    for claim, parts in sorted(why.by_claim.items(), key=lambda pair: -pair[1]):
        of = Fraction(parts, whole)
        bar = Bar(((Stretch.VALUE, round(float(of) * 100, 2)),))
        rows.append(
            Row(
                (
                    Cell(one_line(claim)),
                    Cell(bar=bar, under=percent(of)),
                    Cell(amount(parts, reading.asked.unit)),
                )
            )
        )
    return Table("What it claims", columns, tuple(rows), csv)


def effort_tables(ident: str, stream: Stream, why: Grounds, reading: Reading) -> Tables:
    """Both with plain values."""
    return {
        "effort": lambda: CsvTable(EFFORT_COLUMNS, _effort_csv(ident, stream, why, reading)),
        "claims": lambda: CsvTable(
            ("claim", "unit", "units"),
            [(one_line(c), reading.asked.unit.value, units(p)) for c, p in why.by_claim.items()],
        ),
    }


def _effort_csv(
    ident: str, stream: Stream, why: Grounds, reading: Reading
) -> list[tuple[Value, ...]]:
    out: list[tuple[Value, ...]] = []
    for team, parts in _teams_on(ident, stream, reading).items():
        part, own = stream.teams.get(team), effort_of_teams(reading).get(team, 0)
        out.append((
            team or "(none)", named("teams", team, reading.plan), part.part if part else None,
            reading.asked.unit.value, units(parts), share(Fraction(parts, own)) if own else None,
            part.share if part else None, "; ".join(why.by_team.get(team, {})),
        ))  # fmt: skip
    return out
