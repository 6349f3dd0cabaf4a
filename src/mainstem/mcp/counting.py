"""Tools about effort: why an item counts for what it counts, and the Value Score. Never of a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from mainstem.errors import LedgerError, QuestionError
from mainstem.mcp.places import Place
from mainstem.mcp.said import Asked, Data, Said, Told
from mainstem.mcp.tool import Tool
from mainstem.plan.model import Unit
from mainstem.score.periods import parse_period
from mainstem.score.values import GRAIN, By, Cell, Grain, Question, Score
from mainstem.score.words import score_sentence
from mainstem.services.people.access import Actor
from mainstem.services.scores.scoring import default_unit
from mainstem.services.scores.scoring import value_score as answer_score
from mainstem.services.work.explaining import Explanation, SharePart, explain
from mainstem.services.work.item_reasons import reason_in_words
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    from mainstem.services.scores.scoring import Book

#: Cells of an answer, and things of one item, that are shown.
_CELLS, _SHARES = 200, 20
#: What is known of an item that may be told: no field of a tracker that might name a person.
_FACTS = ("type", "state", "project", "labels", "components", "epic", "parent", "team", "paths")


class ItemAsked(Asked):
    """Which work item."""

    item: str = Field(min_length=1, max_length=300, description="its key, such as PLAY-12")


class ShareData(Data):
    """A share of an item's effort, and because of what it counts so."""

    target: str = Field(
        description="stream:id or kind:name; kind:unknown where nothing speaks for it"
    )
    name: Told
    share: float = Field(description="of 1")
    because: Told


class ItemData(Data):
    """What an item counts for."""

    key: Told
    source: Told
    title: Told
    facts: dict[str, Told] = Field(description="what claims can see of it")
    shares: list[ShareData]
    unknown: float = Field(description="share that nothing speaks for")
    also: list[Told] = Field(description="what else had matched and did not win")


class Attribution(Data):
    """The items with that key, one for each source that has it."""

    items: list[ItemData]


class ScoreAsked(Asked):
    """What of, by what, and when."""

    by: By = Field(By.ORGANISATION, description="what the rows are")
    team: str = Field("", max_length=100, description="only this team and the teams in it: its id")
    stream: str = Field("", max_length=100, description="only effort of this stream: its id")
    period: str = Field(
        "", max_length=100, description="2026-10, 2026-Q4, a day, or the id of a cycle; empty: all"
    )
    grain: Literal["week", "month", "quarter", "cycle", "all"] = Field(
        "all", description="how the period is cut"
    )
    unit: Unit | None = Field(None, description="the organisation's unit if left out")


class ScoreData(Data):
    """A Value Score with its range; all empty where nothing was expended."""

    point: float | None
    low: float | None = Field(description="if all that is unknown served no stream")
    high: float | None = Field(description="if all that is unknown served a stream")
    coverage: float | None = Field(description="share of the units that something speaks for")
    is_interval_only: bool = Field(description="tell the range: too much is unknown for a point")


class CellData(Data):
    """A period and a team, stream … with its units and score."""

    period: Told
    first_day: date
    last_day: date
    key: str
    name: Told
    units: float
    rest: dict[str, float] = Field(description="kind of the rest → units, unknown among them")
    score: ScoreData
    merged: list[str] = Field(description="teams too small to be told alone")


class ScoreAnswer(Data):
    """The Value Score, and the cells of which it is made."""

    unit: Unit
    total: CellData | None
    cells: list[CellData]
    cells_left_out: int
    notes: list[Told]


def explain_attribution(asked: ItemAsked, place: Place, by: Actor) -> Said:
    """Why a work item counts for what it counts."""
    book = _book(place)
    found = [_item(e, book) for e in _explained(asked.item, book)[:_SHARES]]
    data = Attribution(items=found)
    targets = {share.target for item in found for share in item.shares}
    return Said(f"Counts for: {', '.join(sorted(targets)) or 'nothing that is known'}.", data)


def _explained(key: str, book: Book) -> list[Explanation]:
    try:
        return explain(key, book)
    except QuestionError as error:
        near = book.desk.near_keys(key[:4])
        hint = (
            f"Keys that begin alike: {', '.join(near)}." if near else "The tool search finds keys."
        )
        raise QuestionError(error.message, hint, code=error.code) from None


def _item(told: Explanation, book: Book) -> ItemData:
    return ItemData(
        key=told.key, source=told.source, title=told.title,
        facts={k: v for k, v in told.facts if k in _FACTS},
        shares=[_share(s, book) for s in told.shares[:_SHARES]], unknown=told.unknown / WHOLE,
        also=list(told.also[:_SHARES]),
    )  # fmt: skip


def _share(part: SharePart, book: Book) -> ShareData:
    plain = part.reason.partition(": ")[2] if part.rank == 5 else part.reason
    reason = reason_in_words(part.rank, plain.removeprefix("explicit: "), book)
    return ShareData(target=part.target, name=part.name, share=part.share / WHOLE, because=reason)


def value_score(asked: ScoreAsked, place: Place, by: Actor) -> Said:
    """The Value Score with its range and coverage."""
    book = _book(place)
    first, last = _days(asked.period, book.plan.cycles)
    unit = asked.unit or default_unit(book)
    question = Question(
        asked.by, Grain(asked.grain), unit, first, last, asked.team or None, None,
        asked.stream or None,
    )  # fmt: skip
    answer = answer_score(question, book)
    cells = [_cell(c) for c in answer.cells[:_CELLS]]
    data = ScoreAnswer(
        unit=unit, total=_cell(answer.total) if answer.total else None, cells=cells,
        cells_left_out=len(answer.cells) - len(cells), notes=list(answer.notes),
    )  # fmt: skip
    if answer.total is None:
        return Said("No Value Score: the notes say why.", data)
    return Said(score_sentence(answer.total.score, unit), data)


def _book(place: Place) -> Book:
    book = place.book()
    if book is None:
        raise LedgerError(
            "The ledger holds no effort yet.", "Import work first.", code="ledger.empty"
        )
    return book


def _days(period: str, cycles: Mapping[str, Any]) -> tuple[date | None, date | None]:
    if not period:
        return None, None
    found = parse_period(period, cycles)
    return found.start, found.end - timedelta(days=1)


def _cell(cell: Cell) -> CellData:
    rest = {str(kind): parts / GRAIN for kind, parts in cell.amounts.rest.items()}
    return CellData(
        period=cell.period.label, first_day=cell.period.start,
        last_day=cell.period.end - timedelta(days=1), key=cell.key, name=cell.name,
        units=cell.amounts.units / GRAIN, rest=rest, score=_score(cell.score),
        merged=list(cell.merged),
    )  # fmt: skip


def _score(score: Score) -> ScoreData:
    return ScoreData(
        point=_number(score.point), low=_number(score.low), high=_number(score.high),
        coverage=_number(score.coverage), is_interval_only=score.is_interval_only,
    )  # fmt: skip


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


TOOLS = (
    Tool(
        "explain_attribution", "Explain an attribution",
        "Why a work item counts for the streams or kinds of the rest that it counts for: by which claim,"
        " link or rule, and what else had matched.",
        ItemAsked, Attribution, explain_attribution,
    ),
    Tool(
        "value_score", "Value Score",
        "The share of effort that served value streams, of everybody or a team, in a period, always with"
        " its range and coverage. Tell the range with it. There are no figures about people; teams that"
        " are too small are told together.",
        ScoreAsked, ScoreAnswer, value_score,
    ),
)  # fmt: skip
