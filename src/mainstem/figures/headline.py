"""The first line of a report, what stands under it, and the states that need a word."""

from __future__ import annotations

import re

from mainstem.figures.given import ReportData
from mainstem.figures.shown import Headline, Notice
from mainstem.figures.team_rows import teams_with_effort
from mainstem.figures.wording import day, days, isolated, one_line, plural, signed_points
from mainstem.plan.model import RestKind
from mainstem.score.answerable import NotAnswerable
from mainstem.score.bounds import UNDEFINED
from mainstem.score.change import Change
from mainstem.score.values import Cell, Grain
from mainstem.score.words import UNIT_WORDS, amount, change_sentence, score_sentence

_STREAM_EXAMPLE = """streams:
  start-fast:
    name: Start to first frame
    objective: every-ball
    metric: sessions-within-2s
    teams: [playback]
    claims:
      - label: start-time"""
_CLAIM_EXAMPLE = """streams:
  start-fast:
    claims:
      - label: start-time
      - path: player/**"""


def whole_of(data: ReportData) -> Cell | None:
    """The whole of which everything else is a part; ``None`` where no work was recorded."""
    for answer in (data.weeks, data.teams, data.streams):
        if answer.total is not None and answer.total.amounts.units:
            return answer.total
    return None


def headline(data: ReportData) -> Headline:
    """The sentence that answers the page's question, and the lead with the change since before."""
    total = whole_of(data)
    score = total.score if total else UNDEFINED
    period = isolated(data.period)
    sentence = score_sentence(score, data.unit, period, of=isolated(data.scope))
    if _is_days(period):
        sentence = sentence.replace(f" in {period} ", f" from {period} ", 1)
    elif _is_one_day(period):
        sentence = sentence.replace(f" in {period} ", f" on {period} ", 1)
    head, found, tail = sentence.rstrip(".").partition("; ")
    if total is None:
        return Headline(sentence, "", "Import work, then make the report again.")
    words, split = _change(data)
    return Headline(head, f"{tail}." if found else "", _lead(total, data), words, split)


def _lead(total: Cell, data: ReportData) -> str:
    teams = len(set(teams_with_effort(data)))
    by = f" by {plural(teams, 'team')}" if teams else ""
    when = "" if _is_days(data.period) else f", {days(total.period)}"
    return f"{amount(total.amounts.units, data.unit)}{by}{when}."


def _is_days(period: str) -> bool:
    """Whether a period's name says its days: ``1 July to 30 September 2026``."""
    return period[:1].isdigit() and " to " in period


def _is_one_day(period: str) -> bool:
    return re.fullmatch(r"\d{1,2}\s[A-Z][a-z]+\s\d{4}", period) is not None


def _change(data: ReportData) -> tuple[str, tuple[tuple[str, str], ...]]:
    made = data.change
    if made is None:
        return "", ()
    if isinstance(made, NotAnswerable):
        return f"No comparison with {one_line(data.previous) or 'the period before'}: {made}", ()
    before = one_line(data.previous) or "the period before"
    now = one_line(data.compared or data.period)
    words = change_sentence(made, before, now)
    for label in (before, now):
        if _is_days(label):
            words = words.replace(f" in {label}", f" ({label})", 1)
    return words, _split(made)


def _split(made: Change) -> tuple[tuple[str, str], ...]:
    parts = (
        ("how teams worked", made.within), ("which teams did more or less", made.mix),
        ("teams that are new", made.entry), ("teams that are gone", made.exit),
    )  # fmt: skip
    if made.total == 0 and made.composition == 0:
        return ()
    return tuple((words, signed_points(part)) for words, part in parts if part != 0)


def notices(data: ReportData) -> tuple[Notice, ...]:
    """What keeps this report from saying more, and the one next thing to do; the first two that hold."""
    total = whole_of(data)
    if total is None:
        return (_no_work(data),)
    found = [_no_streams(data), _no_claims(data), _only_unknown(total, data), _short(data)]
    return tuple([n for n in found if n is not None][:2])


def _no_work(data: ReportData) -> Notice:
    if data.imports:
        return Notice(
            "Work was read, but none of it lies in this period",
            f"There is no effort in {UNIT_WORDS[data.unit][1]} in these days. "
            "Ask for other days with --since and --until, or for another unit with --unit.",
        )
    return Notice(
        "No work has been read yet",
        "Point Mainstem at a git repository, a tracker's export or a time sheet:",
        "mainstem import PATH",
    )


def _no_streams(data: ReportData) -> Notice | None:
    if data.plan.streams:
        return None
    return Notice(
        "The plan has no value streams yet",
        "So nothing can count as value. Write the first stream into the plan, with one metric and the "
        "work that it claims:",
        _STREAM_EXAMPLE,
    )


def _no_claims(data: ReportData) -> Notice | None:
    if not data.plan.streams or data.plan.links:
        return None
    if any(s.claims for s in data.plan.streams.values()):
        return None
    return Notice(
        "No stream claims any work yet",
        "Until one does, all work is unknown or the rest. Begin with the biggest lump below, or with a "
        "label or path that you know:",
        _CLAIM_EXAMPLE,
    )


def _only_unknown(total: Cell, data: ReportData) -> Notice | None:
    held = total.amounts
    if held.rest.get(RestKind.UNKNOWN, 0) != held.units or not data.plan.streams:
        return None
    if not any(s.claims for s in data.plan.streams.values()):
        return None
    return Notice(
        "Nothing is attributed: all work is unknown",
        "The claims of the plan match no item that was read. Compare them with the lumps below; "
        "`mainstem explain ITEM` says what a claim can see of an item.",
    )


def _short(data: ReportData) -> Notice | None:
    held = [c for c in data.weeks.cells if c.amounts.units]
    if len(held) != 1 or data.weeks.question.grain is Grain.ALL:
        return None
    return Notice(
        f"There is one {data.weeks.question.grain.value} of work so far",
        f"It begins on {day(held[0].period.start)}. One point has no trend; "
        "the usual range needs six.",
    )
