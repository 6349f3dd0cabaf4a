"""Why a reading page has nothing to show yet, and the one next thing to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mainstem.figures.given import ReportData
from mainstem.figures.headline import headline, whole_of
from mainstem.figures.shown import Headline
from mainstem.figures.wording import day
from mainstem.plan.model import Plan
from mainstem.score.values import Period
from mainstem.score.words import UNIT_WORDS
from mainstem.services.scores.scope import TOO_FEW
from mainstem.web.contexts.given import Reading
from mainstem.web.contexts.pieces import Empty, Link

STREAM_EXAMPLE = """streams:
  start-fast:
    name: Start to first frame
    objective: every-ball
    metric: sessions-within-2s
    teams: [playback]
    claims:
      - label: start-time"""


def is_hidden(data: ReportData) -> bool:
    """Whether the scope is too small a group to show anything of."""
    return TOO_FEW in data.weeks.notes


def first_line(data: ReportData) -> Headline:
    """The sentence that answers a page about effort; without work, what is so instead."""
    if is_hidden(data):
        return Headline(f"{data.scope or data.organisation} has too few people to show", "", "")
    made = headline(data)
    if whole_of(data) is None:
        return replace(made, lead="")
    return replace(made, split=tuple(part for part in made.split if part[1] != "0.0"))


def state_of(reading: Reading, data: ReportData) -> Empty | None:
    """What keeps the page from saying more; ``None`` where it can say all."""
    if reading.book is None:
        return no_work(reading.plan)
    if is_hidden(data):
        return _too_few(reading, reading.book.k_min)
    if whole_of(data) is None:
        return _other_days(reading)
    if not reading.plan.streams:
        return Empty(
            "The plan has no value streams yet",
            "So nothing can count as value. Add the first stream with one metric and the work that it"
            " claims; as text it would read:",
            Link("Add a stream", "/plan/"), STREAM_EXAMPLE,
        )  # fmt: skip
    if not any(s.claims for s in reading.plan.streams.values()) and not reading.plan.links:
        return Empty(
            "No stream claims any work yet",
            "Until one does, all work is unknown or the rest. Look at what the work has in common and"
            " say which stream it was for.",
            Link("Sort out the unknown", reading.asked.items(kind="unknown")),
        )
    return None


def _too_few(reading: Reading, smallest: int) -> Empty:
    if reading.asked.team:
        return Empty(
            "Its effort is shown with a larger group",
            f"No figure may be about a few people. Groups of fewer than {smallest} are counted with the"
            " team that they are in.",
            Link("Look at all teams", reading.asked.keep("/teams/", team="")),
        )
    return Empty(
        "Too few people to show",
        f"No figure may be about a few people, and fewer than {smallest} are known to be behind this work."
        " Where everybody agrees to be seen, the setting \"smallest group shown\" of the organisation may be 1;"
        " as text:",
        Link("The organisation", "/plan/organisation/edit"), "organisation:\n  settings: {k_min: 1}",
    )  # fmt: skip


def no_work(plan: Plan) -> Empty:
    """Nothing was read yet: where to begin."""
    if not plan.streams and not plan.teams:
        return Empty(
            "There is no plan and no work yet",
            "Begin with the plan: objectives, the value streams that serve them, one metric for each"
            " stream, and the teams. Write it yourself, or make it with everybody in a workshop. Then read"
            " work from a tracker or a time sheet.",
            Link("Begin the plan", "/plan/"),
        )
    return Empty(
        "No work has been read yet",
        "The plan is here; what is missing is the effort. Read work from a tracker's export, a time"
        " sheet or a repository.",
        Link("Read work", "/sources/"),
    )


def _other_days(reading: Reading) -> Empty:
    """Work is there, but not in these days: lead to the last days that have some."""
    assert reading.book is not None
    asked = reading.asked
    spans = [(a, b) for u, a, b, _ in reading.book.desk.spans() if u == asked.unit.value]
    spans = spans or [(a, b) for _, a, b, _ in reading.book.desk.spans()]
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    cycle = _cycle_with(reading.plan, first, last)
    path = asked.keep(
        "", cycle=cycle, since="" if cycle else f"{first}", until="" if cycle else f"{last}"
    )
    words = f"Work was read from {day(first)} to {day(last)}, but none of it {asked.during}"
    words += " by this team" if asked.team else ""
    name = reading.plan.cycles[cycle].name or cycle if cycle else "those days"
    return Empty(
        f"No {UNIT_WORDS[asked.unit][1]} {asked.during}",
        f"{words}.",
        Link(f"Look at {name}", path),
    )


def _cycle_with(plan: Plan, first: date, last: date) -> str:
    """The last cycle that has days with effort."""
    held = [k for k, c in plan.cycles.items() if c.first_day <= last and c.last_day >= first]
    return max(held, key=lambda k: (plan.cycles[k].last_day, k), default="")


def is_under_way(days: Period, today: date) -> bool:
    """Whether a period has begun and not ended."""
    return days.start <= today < days.end
