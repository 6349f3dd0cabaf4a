"""Values that somebody types or uploads on a server: theirs to change, all of them or none, with an audit."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import Absent, Forbidden, Invalid, SourceError, TooLarge
from mainstem.ledger.observations import BY_HAND, Landed, series
from mainstem.services.metrics.observing import add_many_by_hand
from mainstem.services.metrics.observing_series import Series, series_of
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, may_change, require
from mainstem.sources.observing import Observed
from mainstem.sources.registry import make_observing
from mainstem.sources.remote import Connection, Watch
from mainstem.store.together import together

if TYPE_CHECKING:
    from mainstem.plan.model import Metric, Plan
    from mainstem.services.server.ground import Ground

Rows = Sequence[tuple[date, float | None]]
#: Refused rows that are named to whoever uploads.
_NAMED = 5
#: Bytes of a file of values at most.
MOST_BYTES = 2_000_000


def series_in_force(metric: str, ground: Ground, by: Actor) -> Series:
    """The values of a metric in force, whoever said them, with what must be known of them.

    Raises:
        Absent: the plan has no such metric, or they see nothing here.
    """
    require(by, Action.READ)
    plan = ground.plans.head().plan
    return series_of(
        metric, _metric(metric, plan), ground.shelf.view(), today=ground.today(),
        week_starts=plan.organisation.week_starts,
    )  # fmt: skip


def _metric(metric: str, plan: Plan) -> Metric:
    found = plan.metrics.get(metric)
    if found is None:
        raise Absent(f"The plan has no metric {metric!r}.", "It may have been renamed.")
    return found


def may_add_values(metric: str, ground: Ground, by: Actor) -> bool:
    """Whether somebody may type values of a metric: whoever may change the metric itself."""
    return may_change(by, f"metrics/{metric}", ground.plans.head().plan)


def require_adding(metric: str, ground: Ground, by: Actor) -> None:
    """Refuses those who may not.

    Raises:
        Absent: the plan has no such metric, or they see nothing here.
        Forbidden: it is not theirs.
    """
    require(by, Action.READ)
    plan = ground.plans.head().plan
    _metric(metric, plan)
    if not may_add_values(metric, ground, by):
        raise Forbidden(
            "The values of this metric are not yours to change.",
            "Its stream's owner, its team's lead or a planner can.",
        )


def add_values(metric: str, rows: Rows, ground: Ground, by: Actor, *, at: datetime) -> Landed:
    """Lands values that somebody typed; ``None`` takes back what was typed for a day.

    Raises:
        Absent: the plan has no such metric.
        Forbidden: it is not theirs.
        Invalid: a day or a value cannot be so; nothing was kept.
    """
    require_adding(metric, ground, by)
    plan = ground.plans.head().plan
    name = plan.metrics[metric].name or metric
    with together():
        auditing.record(by, "metric.values", f"metrics/{metric}", at=at, sentence=_told(name, rows))
        given = [(metric, on, value) for on, value in rows]
        return add_many_by_hand(given, ground.shelf.ledger(make=True), plan, at=at)


def take_back_value(metric: str, on: date, ground: Ground, by: Actor, *, at: datetime) -> Landed:
    """Takes back what was typed for a day; what sources say of that day counts again.

    Raises:
        Absent: the plan has no such metric, or nothing was typed for that day.
        Forbidden: it is not theirs.
    """
    require_adding(metric, ground, by)
    view = ground.shelf.view()
    held = series(view, metric) if view is not None else ()
    # what is typed goes before what sources say, so it is in force if it is there
    if not any(p.on == on and p.source == BY_HAND and p.value is not None for p in held):
        raise Absent(
            f"Nothing was typed or uploaded of the metric {metric!r} for {on}.",
            "The list of its values says who said which.",
        )
    return add_values(metric, [(on, None)], ground, by, at=at)


def add_file(metric: str, content: bytes, ground: Ground, by: Actor, *, at: datetime) -> Landed:
    """Lands the values of a CSV file, all of them or none.

    Raises:
        Absent, Forbidden, Invalid: as for ``add_values`` and ``read_values``.
        TooLarge: it has more than ``MOST_BYTES``.
    """
    require_adding(metric, ground, by)
    if len(content) > MOST_BYTES:
        raise TooLarge(
            "The file is larger than 2 MB.", "Upload a part of its days at once.", field="file"
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "values.csv"
        file.write_bytes(content)
        zone = ground.plans.head().plan.organisation.timezone
        rows = read_values(metric, file, at=at, zone=zone)
    return add_values(metric, rows, ground, by, at=at)


def _told(name: str, rows: Rows) -> str:
    if len(rows) != 1:
        return f"{name}: {len(rows)} values uploaded."
    on, value = rows[0]
    return f"{name}: {f'{value:,.10g}' if value is not None else 'nothing'} on {on}."


def read_values(
    metric: str, file: Path, *, at: datetime, zone: str
) -> list[tuple[date, float | None]]:
    """The values of a CSV file with a column of days and one of values; empty cells are left out.

    Raises:
        Invalid: it is no such table, or holds a row that cannot be read; the first are named.
    """
    of = Connection("upload", "csv-metric", {"path": str(file), "metric": metric}, timezone=zone)
    try:
        (seen,) = make_observing("csv-metric").observe(of, {}, Watch(at))
    except SourceError as error:
        raise Invalid(error.message, error.hint, field="file") from error
    if seen.rejects:
        named = "; ".join(f"{r.place}: {r.reason} ({r.sample})" for r in seen.rejects[:_NAMED])
        raise Invalid(
            f"{len(seen.rejects)} rows cannot be read. {named}.",
            "Mend them and upload the file again; nothing was kept.", field="file",
        )  # fmt: skip
    rows = [_row(v) for v in seen.values if v.value is not None]
    if not rows:
        raise Invalid(
            "The file holds no values.", "It needs the columns day and value.", field="file"
        )
    return rows


def _row(value: Observed) -> tuple[date, float | None]:
    return value.on, value.value
