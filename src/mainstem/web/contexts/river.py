"""River: how does effort flow from teams to streams to objectives?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from mainstem.figures import pictures
from mainstem.figures.given import ReportData
from mainstem.figures.headline import whole_of
from mainstem.figures.river import NO_TEAM, Node, Role
from mainstem.figures.shown import Picture
from mainstem.figures.wording import one_line, plural
from mainstem.plan.model import RestKind
from mainstem.score.words import REST_WORDS, amount, percent, score_sentence
from mainstem.web.contexts.given import Reading, figures_data, flows
from mainstem.web.contexts.pieces import Cell, Column, Empty, Row, Table
from mainstem.web.contexts.places import place_of
from mainstem.web.contexts.rows import named
from mainstem.web.contexts.states import state_of
from mainstem.web.exports import CsvTable, Tables, csv_link

#: Flows in the table; all are in the CSV.
MOST_ROWS = 40


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class River:
    """Everything on the page.

    Attributes:
        head: The answer.
        tail: What leaves the river.
        state: What keeps the page from saying more.
        picture: The River.
        table: The biggest flows, each leading to its items.
        more: What the table leaves out, in words.
        share: The address that shows the same to everybody.
    """

    head: str
    tail: str
    state: Empty | None
    picture: Picture | None
    table: Table
    more: str
    notes: tuple[str, ...]
    share: str


def build_river(reading: Reading) -> River:
    """Decides everything that the page shows."""
    data, asked = figures_data(reading), reading.asked
    here = asked.keep("/river")
    link = csv_link(here, "flows")
    head, tail = _head(data)
    table, left = _table(reading, link)
    return River(
        head, tail, state_of(reading, data),
        pictures.river_picture(data, link=link, href=lambda node: _leads(node, reading)),
        table, f"{plural(left, 'smaller flow')} more in the CSV." if left else "",
        data.notes, asked.spelt_out("/river"),
    )  # fmt: skip


def _head(data: ReportData) -> tuple[str, str]:
    total = whole_of(data)
    if total is None:
        return "Nothing flows yet.", ""
    held = total.amounts
    streams = {f.target for f in data.flows if f.target.startswith("stream:") and f.parts > 0}
    teams = {f.team for f in data.flows if f.parts > 0 and f.team}
    if not streams:
        return score_sentence(total.score, data.unit, data.period, of=data.scope), ""
    whole = amount(held.units, data.unit)
    verb = "flows" if len(teams) == 1 else "flow"
    head = f"{percent(total.score.point)} of {whole} {verb} from {plural(len(teams), 'team')} to {plural(len(streams), 'stream')}"
    rest = held.units - held.value - held.unknown
    parts = [f"{percent(Fraction(rest, held.units))} leaves to the rest"] if rest else []
    parts += [f"{percent(Fraction(held.unknown, held.units))} is unknown"] if held.unknown else []
    return head, f"{' and '.join(parts)}." if parts else ""


def _leads(node: Node, reading: Reading) -> str:
    """Where a node leads: to the thing's page, or to the items of a kind."""
    asked, plan = reading.asked, reading.plan
    if node.role in (Role.REST, Role.UNKNOWN):
        return asked.items(kind=node.key)
    key = node.key.removeprefix("stream:")
    section = {Role.TEAM: "teams", Role.STREAM: "streams", Role.OBJECTIVE: "objectives"}[node.role]
    if node.is_other or key == NO_TEAM or key not in getattr(plan, section):
        return ""
    more = {"team": ""} if node.role is Role.TEAM else {}
    return asked.keep(place_of(section, key), **more)


def _table(reading: Reading, csv: str) -> tuple[Table, int]:
    held = sorted((f for f in flows(reading) if f.parts > 0), key=lambda f: -f.parts)
    columns = (Column("From"), Column("To"), Column("Objective"), Column("Effort", is_number=True))
    rows = tuple(_row(f.team, f.target, f.parts, reading) for f in held[:MOST_ROWS])
    table = Table("What flows from where to where, biggest first", columns, rows, csv)
    return table, len(held) - len(rows)


def _row(team: str, target: str, parts: int, reading: Reading) -> Row:
    asked, plan = reading.asked, reading.plan
    kind, _, key = target.partition(":")
    shown = amount(parts, asked.unit)
    own = named("teams", team, plan) if team else "No team"
    first = Cell(own, asked.keep(place_of("teams", team), team="") if team in plan.teams else "")
    narrowed = {"team": team} if team else {}
    if kind == "kind":
        rest = REST_WORDS[RestKind(key)].capitalize()
        items = asked.items(kind=key, **narrowed)
        return Row((first, Cell(rest, asked.items(kind=key)), Cell(), Cell(shown, items)))
    stream = plan.streams.get(key)
    name = named("streams", key, plan) if stream else f"{one_line(key)} (no longer in the plan)"
    serves = stream.objective[0] if stream and stream.objective else None
    return Row((
        first,
        Cell(name, asked.keep(place_of("streams", key)) if stream else ""),
        Cell(named("objectives", serves, plan)),
        Cell(shown, asked.items(stream=key, **narrowed)),
    ))  # fmt: skip


def river_tables(reading: Reading) -> Tables:
    """The table of the page: every flow, without grouping."""
    return {
        "flows": lambda: CsvTable(pictures.FLOW_COLUMNS, pictures.flow_rows(figures_data(reading)))
    }


def flows_to(stream: str, reading: Reading) -> Mapping[str, int]:
    """Team → parts for a stream, most first."""
    return reading.kept("flows by target", lambda: _by_target(reading)).get(f"stream:{stream}", {})


def _by_target(reading: Reading) -> Mapping[str, Mapping[str, int]]:
    """Target → team → parts, most first."""
    found: dict[str, dict[str, int]] = {}
    for flow in flows(reading):
        if flow.parts > 0:
            of = found.setdefault(flow.target, {})
            of[flow.team] = of.get(flow.team, 0) + flow.parts
    return {t: dict(sorted(of.items(), key=lambda pair: -pair[1])) for t, of in found.items()}


def effort_of_teams(reading: Reading) -> Mapping[str, int]:
    """Team → all of its own effort, in parts."""

    def make() -> dict[str, int]:
        out: dict[str, int] = {}
        for flow in flows(reading):
            out[flow.team] = out.get(flow.team, 0) + flow.parts
        return out

    return reading.kept("effort of teams", make)
