"""What needs a person, as rows with one button each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mainstem.figures.wording import day, listed, one_line, plural, shorten, weeks_since
from mainstem.plan.model import SECTIONS, Metric, Plan
from mainstem.score.attention import Attention, Kind, metric_in_force
from mainstem.web.contexts.asked import Asked
from mainstem.web.contexts.pieces import Need
from mainstem.web.contexts.places import edit_of, place_of
from mainstem.web.contexts.rows import named

#: Things that a page shows at most.
MOST = 5
#: More check-ins than this are one thing: they are done on one page.
MOST_CHECK_INS = 2


def need_rows(
    found: Sequence[Attention], plan: Plan, asked: Asked, today: date
) -> tuple[Need, ...]:
    """The most urgent things, in the order given; many check-ins or findings are one row."""
    by_kind: dict[Kind, list[Attention]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one)
    out: list[Need] = []
    for one in found:
        same = by_kind.get(one.kind, [])
        if _is_one_thing(same):
            out.append(_together(one, same, plan))
            by_kind[one.kind] = []
        elif same:
            out.append(_one(one, plan, asked, today))
        if len(out) == MOST:
            break
    return tuple(out)


def _is_one_thing(same: Sequence[Attention]) -> bool:
    """Whether things of a kind are done in one place, so that they are one row."""
    few = {Kind.FINDING: 1, Kind.CHECK_IN: MOST_CHECK_INS}
    return bool(same) and len(same) > few.get(same[0].kind, len(same))


def needs_words(found: Sequence[Attention]) -> str:
    """The sentence under the heading."""
    if not found:
        return "Nothing waits: no check-in, no promise, no metric."
    # a finding that blocks is urgent, but no date has passed
    late = sum(a.is_late and a.kind is not Kind.FINDING for a in found)
    if len(found) == 1:
        return f"{plural(1, 'thing')} waits, {'past its date' if late else 'not past its date'}."
    words = f"{plural(len(found), 'thing')} wait"
    if not late:
        return f"{words}, none past its date."
    return f"{words}, {late} of them past {'its' if late == 1 else 'their'} date."


def _together(first: Attention, same: Sequence[Attention], plan: Plan) -> Need:
    if first.kind is Kind.FINDING:
        names = list(dict.fromkeys(_subject(a.subject, plan) for a in same))
        return Need(
            "The plan", f"has {plural(len(same), 'finding')} that block: {listed(names)}.",
            "Mend the plan", "/plan/", is_bad=True,
        )  # fmt: skip
    late = sum(a.is_late for a in same)
    words = f"wait for a check-in, {late} of them late." if late else "wait for a check-in."
    return Need(
        plural(len(same), "key result"), words, "Check in", "/key-results/", is_bad=late > 0
    )


def _subject(subject: str, plan: Plan) -> str:
    section, _, key = subject.partition("/")
    return f"{SECTIONS.get(section, section)} {named(section, key, plan)}" if key else "the plan"


def _one(of: Attention, plan: Plan, asked: Asked, today: date) -> Need:
    section, _, key = of.subject.partition("/")
    if of.kind is Kind.CONTEST:
        subject = "One contest" if key == "1" else f"{key} contests"
        waited = f", the oldest for {weeks_since(of.since, today)}" if of.since else ""
        return Need(
            subject, f"of attribution {'waits' if key == '1' else 'wait'} for an answer{waited}.",
            "Answer", "/items/contests/",
        )  # fmt: skip
    if of.kind is Kind.FINDING:
        return Need(_subject(of.subject, plan), "has a finding that blocks.", "Mend it",
                    edit_of(section, key) if key else "/plan/", is_bad=True)  # fmt: skip
    if of.kind is Kind.CHECK_IN:
        kr = plan.key_results[key]
        due = f"was due on {day(of.since)}" if of.since and of.days else "is due today"
        return Need(shorten(one_line(kr.name or kr.text), 90), f"has a check-in that {due}.", "Check in",
                    place_of("key_results", key), is_bad=of.is_late)  # fmt: skip
    if of.kind is Kind.METRIC:
        stream = plan.streams[key]
        metric = plan.metrics.get(metric_in_force(stream, today), Metric())
        source = f"; its source is {one_line(metric.source)}" if metric.source else ""
        gone = weeks_since(of.since, today) if of.since else "long"
        return Need(named("streams", key, plan), f"has had no new value for {gone}{source}.",
                    "Look at the metric", asked.keep(place_of("streams", key)), is_bad=True)  # fmt: skip
    return _need(of, key, plan)


def _need(of: Attention, key: str, plan: Plan) -> Need:
    """A need between two teams."""
    found = plan.dependencies[key]
    gives, what = named("teams", found.gives, plan), shorten(one_line(found.what), 80)
    on = day(of.since) if of.since else ""
    head = f"needs “{what}” from {gives}"
    words, action = {
        Kind.OVERDUE: (f"{head}; the date was {on}.", "Settle it"),
        Kind.LATE_PROMISE: (
            f"{head} by {on}; it is promised for {day(found.promised)}." if found.promised else "",
            "Settle it",
        ),
        Kind.NO_PROMISE: (f"{head} by {on}; no date was promised.", "Ask for a date"),
    }[of.kind]
    here = edit_of("dependencies", key)
    return Need(named("teams", found.needs, plan), words, action, here, is_bad=of.is_late)
