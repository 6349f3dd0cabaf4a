"""Map: who are our customers, and who serves each stage of their life with us?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from mainstem.figures.lifecycle import CustomerOn, StageOn, Stretch, lifecycle_map
from mainstem.figures.shown import StreamRow, Tag
from mainstem.figures.stream_rows import stream_rows
from mainstem.figures.tables import Value, share, units
from mainstem.figures.wording import listed, plural
from mainstem.score.values import By, Cell
from mainstem.score.words import percent
from mainstem.web.contexts.given import Reading, answer, figures_data
from mainstem.web.contexts.pieces import Empty, Link
from mainstem.web.contexts.places import place_of
from mainstem.web.contexts.rows import named
from mainstem.web.exports import CsvTable, Tables, csv_link

COLUMNS = (
    "customer", "stage", "stage_name", "streams", "delivering_teams", "is_empty", "is_cut", "unit",
    "units", "share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StageHead:
    """A column: the stage, the share of effort that goes to it, and whether it stands out."""

    name: str
    share: str
    tags: tuple[Tag, ...]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a lane: a stream as a bar across ``span`` stages, or one stage without (no name)."""

    span: int
    name: str = ""
    href: str = ""
    metric: str = ""
    teams: str = ""
    share: str = ""
    across: str = ""
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer with the columns and lanes of their lifecycle."""

    name: str
    words: str
    stages: tuple[StageHead, ...]
    lanes: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Map:
    """Everything on the page."""

    head: str
    tail: str
    lead: str
    state: Empty | None
    customers: tuple[CustomerRow, ...]
    off: tuple[Link, ...]
    csv: str
    share: str


def build_map(reading: Reading) -> Map:
    """Decides everything that the page shows."""
    plan, asked = reading.plan, reading.asked
    made = reading.kept("map", lambda: lifecycle_map(plan, reading.today))
    rows = {r.key: r for r in stream_rows(figures_data(reading))}
    efforts = {c.key: c for c in answer(reading, By.STAGE).cells}
    stages = [s for c in made.customers for s in c.stages]
    empty, cut = sum(s.is_empty for s in stages), sum(s.is_cut for s in stages)
    head, tail = _head(len(made.customers), len(stages), empty, cut)
    return Map(
        head, tail,
        "A bar is a stream across the stages that it serves; the share is of all effort in the period."
        if stages else "",
        _state(made.customers),
        tuple(_customer(c, rows, efforts, reading) for c in made.customers),
        tuple(Link(named("streams", k, plan), asked.keep(place_of("streams", k))) for k in made.off),
        csv_link(asked.keep("/map"), "stages"), asked.spelt_out("/map"),
    )  # fmt: skip


def _head(customers: int, stages: int, empty: int, cut: int) -> tuple[str, str]:
    if not customers:
        return "The plan names no customers yet", ""
    head = f"{plural(customers, 'customer')} with {plural(stages, 'stage')}"
    parts = (
        [f"{plural(empty, 'stage')} {'has' if empty == 1 else 'have'} no stream"] if empty else []
    )
    parts += (
        [f"{plural(cut, 'stage')} {'is' if cut == 1 else 'are'} cut among many teams"]
        if cut
        else []
    )
    return (
        head,
        f"{' and '.join(parts)}." if parts else "every stage has a stream, and none is cut up.",
    )


def _state(customers: tuple[CustomerOn, ...]) -> Empty | None:
    if any(c.stages for c in customers):
        return None
    return Empty(
        "Whom do you serve, and along which way?",
        "Add a customer with the stages of their life with you, in order: discover, subscribe, watch,"
        " return. Then say which stages each stream serves.",
        Link("Add a customer", "/plan/"),
        "customers:\n  viewer:\n    stages: [discover, subscribe, watch, return]",
    )


def _customer(
    on: CustomerOn, rows: Mapping[str, StreamRow], efforts: Mapping[str, Cell], reading: Reading
) -> CustomerRow:
    bare = [s.name for s in on.stages if s.is_empty]
    streams = len({x for s in on.stages for x in s.streams})
    words = f"{plural(len(on.stages), 'stage')}, {plural(streams, 'stream')}."
    if bare:
        words += f" No stream serves {listed(bare, 6)}."
    return CustomerRow(
        on.name, words,
        tuple(_stage(s, efforts.get(f"{on.key}/{s.key}"), reading) for s in on.stages),
        tuple(_lane(lane, on, rows, reading) for lane in on.lanes or _bare_lane(on)),
    )  # fmt: skip


def _stage(stage: StageOn, effort: Cell | None, reading: Reading) -> StageHead:
    tags = (Tag("no stream", "rest"),) if stage.is_empty else ()
    if stage.is_cut:
        tags = (Tag(f"cut among {plural(len(stage.teams), 'team')}", "rest"),)
    point = effort.score.point if effort else None
    return StageHead(stage.name, percent(point) if point else "", tags, stage.is_empty)


def _bare_lane(on: CustomerOn) -> tuple[tuple[Stretch, ...], ...]:
    """What stands for the lanes of a customer whom no stream serves."""
    return ((Stretch("", 0, len(on.stages)),),) if on.stages else ()


def _lane(
    lane: tuple[Stretch, ...], on: CustomerOn, rows: Mapping[str, StreamRow], reading: Reading
) -> tuple[Piece, ...]:
    out: list[Piece] = []
    for of in lane:
        if of.stream:
            out.append(_piece(of, on, rows, reading))
        else:
            gap = on.stages[of.first : of.first + of.span]
            out += [Piece(1, is_bare=stage.is_empty) for stage in gap]
    return tuple(out)


def _piece(of: Stretch, on: CustomerOn, rows: Mapping[str, StreamRow], reading: Reading) -> Piece:
    row, plan = rows.get(of.stream), reading.plan
    stages = on.stages[of.first : of.first + of.span]
    across = stages[0].name if of.span == 1 else f"{stages[0].name} to {stages[-1].name}"
    teams = [t for t, p in plan.streams[of.stream].teams.items() if p.part == "delivers"]
    return Piece(
        of.span, named("streams", of.stream, plan),
        reading.asked.keep(place_of("streams", of.stream)),
        _metric(row) if row else "", listed([named("teams", t, plan) for t in teams], 3) or "no team",
        row.share if row and row.share != "–" else "", across,
    )  # fmt: skip


def _metric(row: StreamRow) -> str:
    if not row.metric:
        return "no metric"
    now = f": {row.now}" if row.now else ""
    return f"{row.metric}{now}"


def map_tables(reading: Reading) -> Tables:
    """The table of the page: every stage."""
    return {"stages": lambda: CsvTable(COLUMNS, _csv(reading))}


def _csv(reading: Reading) -> list[tuple[Value, ...]]:
    made = lifecycle_map(reading.plan, reading.today)
    efforts = {c.key: c for c in answer(reading, By.STAGE).cells}
    out: list[tuple[Value, ...]] = []
    for customer in made.customers:
        for s in customer.stages:
            cell = efforts.get(f"{customer.key}/{s.key}")
            held = units(cell.amounts.value) if cell else None
            part: Fraction | None = cell.score.point if cell else None
            out.append((
                customer.key, s.key, s.name, " ".join(s.streams), " ".join(s.teams), s.is_empty,
                s.is_cut, reading.asked.unit.value, held, share(part),
            ))  # fmt: skip
    return out
