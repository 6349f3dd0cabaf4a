"""Which months of effort a refresh must derive anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from mainstem.ledger.derive import EffortInputs
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.membership import changed_days, months_between, months_of_work, team_calendars
from mainstem.ledger.rules import Said
from mainstem.ledger.store import Change, Landing, relation
from mainstem.ledger.tables import Table

#: First and last day of any record that counts.
Window = tuple[date, date]


def every_month(change: Change, effort: EffortInputs, window: Window) -> list[str]:
    """Every month that may have effort: with records, or only with people who were there."""
    if effort.presence:
        return sorted(_counting_in(effort, months_between(*window)))
    return sorted(
        _counting_in(effort, (m for m in change.before.table("records").by_partition() if m))
    )


def _counting_in(effort: EffortInputs, months: Iterable[str]) -> set[str]:
    """Months on which work of the given months may count."""
    calendars, _ = team_calendars(effort.plan, effort.team_no)
    return months_of_work(calendars, months)


def window_of(change: Change, last: Landing | None) -> Window | None:
    """First and last day of any record that counts; the records are read only if some landed."""
    if last is not None and not _landed_since(change, last):
        first, end = last.report["window"] or (None, None)
    else:
        row = change.con.execute(
            f"SELECT min(day), max(day) FROM {change.view('records')} WHERE NOT bot AND amount > 0"
        ).fetchone()
        first, end = (str(d) if d else None for d in row or (None, None))
    return (date.fromisoformat(first), date.fromisoformat(end)) if first and end else None


def _landed_since(change: Change, last: Landing) -> list[Landing]:
    landings = change.before.landings
    return [x for x in landings if x.number > last.number and x.what == "import"]


def changed_months(
    change: Change,
    effort: EffortInputs,
    last: Landing,
    then: Said,
    now: Said,
    window: Window | None,
) -> list[str] | None:
    """Months in which effort is not what it was at the last refresh; ``None``: any may be.

    Between the two only records, items and memberships may have changed.
    """
    old = last.report["window"]
    if window is None or not old:
        return None
    landed = _landed_since(change, last)
    touched = {m for landing in landed for m in landing.report["months"]}
    if landed:
        touched |= _months_of_moved_items(change, last)
    moves = changed_days(then.stretches, now.stretches)
    touched |= _months_of_members(change, effort, moves, window)
    if effort.presence:
        # untraced days of people who were there reach from the first to the last day of the ledger
        for end, was in zip(window, map(date.fromisoformat, old), strict=True):
            if end != was:
                touched |= set(months_between(*sorted((end, was))))
    return sorted(_counting_in(effort, touched))


def _months_of_members(
    change: Change,
    effort: EffortInputs,
    moves: Mapping[int, Sequence[tuple[date, date]]],
    window: Window,
) -> set[str]:
    """Months in which people are not in the teams in which they were, as far as that can matter.

    Days on which somebody left no trace matter only where such days are counted.
    """
    # work on days off at the start of the window counts before it
    first = date.fromisoformat(min(_counting_in(effort, [str(window[0])[:7]])) + "-01")
    spans = [
        (person, max(low, first), min(high, window[1] + timedelta(days=1)))
        for person, days in moves.items()
        for low, high in days
    ]
    spans = [span for span in spans if span[1] < span[2]]
    months = {m for _, low, high in spans for m in months_between(low, high - timedelta(days=1))}
    if effort.presence or not months:
        return months
    put_small(change.con, "mover", Small({"person": "INTEGER"}, [(p,) for p in moves]))
    worked = change.con.execute(
        f"SELECT DISTINCT month FROM {change.view('records')} SEMI JOIN mover USING (person)"
    ).fetchall()
    return months & _counting_in(effort, (m for (m,) in worked))


def _months_of_moved_items(change: Change, last: Landing) -> set[str]:
    """Months with work on items whose own word for their team is not what it was."""
    con = change.con
    then = relation(Table(change.ledger.tables, "items", last.pins["items"]))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE moved_item AS "
        f"SELECT n.item FROM {change.view('items')} n JOIN {then} o USING (item) "
        "WHERE n.landing > ? AND n.team IS DISTINCT FROM o.team",
        [last.number],
    )
    row = con.execute("SELECT count(*) FROM moved_item").fetchone()
    if not row or not row[0]:
        return set()
    months = con.execute(
        f"SELECT DISTINCT month FROM {change.view('records')} SEMI JOIN moved_item USING (item)"
    ).fetchall()
    return {m for (m,) in months}
