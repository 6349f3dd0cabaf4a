"""Values of metrics: read, typed by programs as people type them, uploaded as CSV, taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import File, Path, Router
from ninja.files import UploadedFile
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, page_of_words
from mainstem.api.places import DayInQuery, IdentInPath
from mainstem.api.request import Request
from mainstem.api.shapes import In, OnDay, Out, Page, Real
from mainstem.plan.model import Day
from mainstem.services.metrics import observing_by_hand
from mainstem.services.metrics.observing_series import Point
from mainstem.services.people.access import Action

router = Router()
TAG = "metrics"
#: Values that are sent at once.
_MOST = 2_000
DayInPath = Annotated[Day, Path(examples=["2026-10-21"])]


class ValueShown(Out):
    """The value in force on a day."""

    on: date
    value: float | None = Field(description="in the metric's unit; `null`: its source says that there is none")  # fmt: skip
    source: str = Field(description="who says so: `by hand` for what was typed or uploaded, `the plan`, or the name of a source")  # fmt: skip
    seen_at: datetime
    was_corrected: bool = Field(description="something else was seen for this day before")
    is_disputed: bool = Field(description="sources say different things of this day")


class NewValue(In):
    """A value and its day. One that is there already for the day is corrected."""

    on: OnDay = Field(description="of a week, month or quarter its first day")
    value: Real


class NewValues(In):
    """Values of one metric; all of them are kept, or none."""

    values: list[NewValue] = Field(min_length=1, max_length=_MOST)


class ValuesKept(Out):
    """What became of values."""

    new: int
    corrected: int
    unchanged: int


def _shown(point: Point) -> ValueShown:
    return ValueShown.model_validate(point)


@router.get(
    "/metrics/{path:ident}/values", response=Page[ValueShown], operation_id="list_metric_values"
)
def list_values(
    request: Request, ident: IdentInPath, since: DayInQuery = None, limit: Limit = 50,
    after: After = "",
) -> Page[ValueShown]:  # fmt: skip
    """The values of a metric in force, by day, from a day on if you say one."""
    found = observing_by_hand.series_in_force(ident, request.ground, request.actor)
    days = {p.on.isoformat(): p for p in found.points if since is None or p.on >= since}
    return page_of_words(list(days), after, limit, lambda day: _shown(days[day]))


@router.post(
    "/metrics/{path:ident}/values", response={201: ValuesKept}, operation_id="add_metric_values"
)
@needs(Action.CHANGE_PLAN)
def add_values(request: Request, ident: IdentInPath, body: NewValues) -> tuple[int, ValuesKept]:
    """Keeps values as if they were typed: before them goes only what stands in the text of the plan."""
    ground = request.ground
    rows = [(v.on, v.value) for v in body.values]
    kept = observing_by_hand.add_values(ident, rows, ground, request.actor, at=ground.now())
    return 201, ValuesKept.model_validate(kept)


@router.post(
    "/metrics/{path:ident}/values/upload", response={201: ValuesKept},
    operation_id="upload_metric_values",
)  # fmt: skip
@needs(Action.CHANGE_PLAN)
def upload_values(
    request: Request, ident: IdentInPath,
    file: Annotated[UploadedFile, File(description="CSV with the columns day and value, at most 2 MB")],
) -> tuple[int, ValuesKept]:  # fmt: skip
    """Keeps the values of a CSV file, all of them or none."""
    ground = request.ground
    content = file.read(observing_by_hand.MOST_BYTES + 1)
    kept = observing_by_hand.add_file(ident, content, ground, request.actor, at=ground.now())
    return 201, ValuesKept.model_validate(kept)


@router.delete(
    "/metrics/{path:ident}/values/{day}",
    response={204: None},
    operation_id="take_back_metric_value",
)
@needs(Action.CHANGE_PLAN)
def take_back(request: Request, ident: IdentInPath, day: DayInPath) -> tuple[int, None]:
    """Takes back what was typed or uploaded for a day; what sources say of it counts again."""
    ground = request.ground
    observing_by_hand.take_back_value(ident, day, ground, request.actor, at=ground.now())
    return 204, None
