"""Suggestions as pages show them: what is suggested, the audit, and the model with how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mainstem.figures.calibration import calibration_chart
from mainstem.figures.shown import Picture, Sheet, Tag
from mainstem.figures.wording import day, one_line, plural, shorten
from mainstem.plan.model import Plan
from mainstem.score.words import NARROW, amount
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.server.ground import Ground
from mainstem.services.suggestions.audit import Sampled, may_accept_by_itself, sample, standing_of
from mainstem.services.suggestions.earned import LEAST_AUDITED, Earned
from mainstem.services.suggestions.ground import names_of
from mainstem.services.suggestions.model import why_quiet
from mainstem.services.suggestions.suggesting import (
    ADDRESS,
    PAGE,
    Suggestion,
    Suggestions,
    held_by,
    suggestions,
)
from mainstem.services.suggestions.versions import Version, folder_of_server, versions
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.items import item_address, name_of, tone_of
from mainstem.web.contexts.pieces import Cell, Column, Empty, Fact, Link, Pages, Row, Tab, Table

AUDIT, MODEL = f"{ADDRESS}audit/", f"{ADDRESS}model/"
CRUMBS = (Link("Work", "/items/"), Link("Suggestions", ""))


@dataclass(frozen=True, slots=True)
class SuggestedLine:
    """One suggestion of the list."""

    key: str
    href: str
    title: str
    target: Tag
    sure: str
    second: str
    reason: str
    effort: str


@dataclass(frozen=True, slots=True)
class SuggestionsPage:
    """Everything that the list of suggestions prints."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    tabs: tuple[Tab, ...]
    filters: tuple[tuple[str, str, bool], ...]
    rows: tuple[SuggestedLine, ...]
    pages: Pages | None
    empty: Empty | None
    may_accept: bool
    target: str
    links: tuple[Link, ...]


def tabs(here: str) -> tuple[Tab, ...]:
    """The three pages about suggestions."""
    named = (("Suggestions", ADDRESS), ("Audit", AUDIT), ("Model", MODEL))
    return tuple(Tab(name, href, href == here) for name, href in named)


def build_suggestions(target: str, after: int, ground: Ground, by: Actor) -> SuggestionsPage:
    """The list, the surest first."""
    found = suggestions(ground, by, target=target, after=after)
    plan = ground.plans.head().plan
    unit = plan.organisation.unit
    total = sum(n for t, _, n in found.counts if not target or t == target)
    rows = tuple(
        SuggestedLine(
            s.key, item_address(s.source, s.key), shorten(one_line(s.title), 160), _tag(s.target, s.name),
            percent_of(s.sure), s.second, s.reason, amount(s.parts, unit),
        )
        for s in found.rows
    )  # fmt: skip
    return SuggestionsPage(
        _head(found, total), _lead(found), CRUMBS, tabs(ADDRESS), _filters(found, target), rows,
        _pages(found, target, after, total), _empty(found, target) if not rows else None,
        may(by, Action.SHARE), target, (Link("Contests", "/items/contests/"),),
    )  # fmt: skip


def _head(found: Suggestions, total: int) -> str:
    if not total:
        return "Nothing is suggested"
    return f"{plural(total, 'item')} that nothing speaks for {'has' if total == 1 else 'have'} a suggestion"


def _lead(found: Suggestions) -> str:
    words = "A suggestion counts for nothing until somebody accepts it; then it is set by hand."
    if found.version and found.at:
        words += f" Model {found.version} looked at {plural(found.asked, 'item')} on {day_here(found.at)}."
    return words


def _filters(found: Suggestions, target: str) -> tuple[tuple[str, str, bool], ...]:
    return (("", "everything", not target), *(
        (t, f"{shorten(one_line(name), 60)} ({n})", t == target) for t, name, n in found.counts
    ))  # fmt: skip


def _pages(found: Suggestions, target: str, after: int, total: int) -> Pages | None:
    if not found.rows or (not found.more and not after):
        return None
    here = f"{ADDRESS}?target={quote(target)}"
    back = f"{here}&after={max(0, after - PAGE)}" if after else ""
    words = f"{after + 1} to {after + len(found.rows)} of {total:,}"
    return Pages(words, back, f"{here}&after={after + PAGE}" if found.more else "")


def _empty(found: Suggestions, target: str) -> Empty:
    if target:
        return Empty(
            "Nothing of this", "Nothing is suggested for it.", Link("All suggestions", ADDRESS)
        )
    if found.quiet:
        return Empty("No suggestions", found.quiet, Link("What the model knows", MODEL))
    return Empty(
        "Nothing to suggest", "What nothing speaks for is too unlike what is known, or there is none.",
        Link("Look at the work", "/items/?q=is:unknown"),
    )  # fmt: skip


def line_of(found: Suggestion | None) -> str:
    """What an item's page says of a suggestion; empty without one."""
    if found is None:
        return ""
    return (
        f"Probably {found.name} ({percent_of(found.sure)} sure, model {found.version}),"
        f" because of {found.reason or 'what is known of it'}. It does not count."
    )


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One suggestion to judge, or judged; nothing tells what was suggested before."""

    number: int
    key: str
    href: str
    title: str
    judge: str
    suggested: Tag | None
    truth: Tag | None
    who: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Everything that the audit prints."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    tabs: tuple[Tab, ...]
    open: tuple[SampleLine, ...]
    done: tuple[SampleLine, ...]
    empty: Empty | None
    may_judge: bool
    draw: str


def build_audit(ground: Ground, by: Actor) -> AuditPage:
    """This month's sample."""
    rows = sample(ground, by)
    plan, may_judge = ground.plans.head().plan, may(by, Action.SHARE)
    open_ = tuple(_sample_line(r, plan) for r in rows if not r.truth)
    done = tuple(_sample_line(r, plan) for r in rows if r.truth)
    head = (
        f"{plural(len(open_), 'suggestion')} to judge"
        if open_
        else "No suggestion waits to be judged"
    )
    empty = None if rows else Empty(
        "No sample yet",
        "Each month 30 suggestions are drawn for people to judge, once there are any.",
        Link("What the model knows", MODEL),
    )  # fmt: skip
    return AuditPage(
        head, "Say what each was for, as if nobody had suggested anything: you are told afterwards. It"
        " changes no number; it decides whether suggestions may ever be accepted by themselves.",
        CRUMBS, tabs(AUDIT), open_, done, empty, may_judge,
        f"{AUDIT}draw" if may_judge and done and not open_ else "",
    )  # fmt: skip


def _sample_line(row: Sampled, plan: Plan) -> SampleLine:
    names = names_of(plan)
    return SampleLine(
        row.number, row.key, item_address(row.source, row.key), shorten(one_line(row.title), 160),
        f"{AUDIT}{row.number}",
        _tag(row.suggested, names.get(row.suggested, "")) if row.suggested else None,
        _tag(row.truth, names.get(row.truth, "")) if row.truth else None,
        f"{row.by}, {day_here(row.at)}" if row.at else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelPage:
    """Everything that the page of the model prints."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    tabs: tuple[Tab, ...]
    quiet: str
    facts: tuple[Fact, ...]
    compared: Table | None
    targets: Table | None
    reliability: Picture | None
    automatic: str
    history: Table | None
    may_teach: bool
    empty: Empty | None


def build_model(ground: Ground, by: Actor) -> ModelPage:
    """What the model knows and how good it is."""
    held, plan = held_by(ground), ground.plans.head().plan
    found, teaches = held.version, may(by, Action.TEACH)
    if found is None:
        return ModelPage(
            "There is no model yet", "It learns from work of which is known what it was for.", CRUMBS,
            tabs(MODEL), "", (), None, None, None, "", None, teaches,
            Empty("Nothing is learned yet", why_quiet(held), Link("Look at the work", "/items/")),
        )  # fmt: skip
    measured = found.measured
    best = measured.best_baseline
    head = (
        f"Of what it suggested, {percent_of(measured.suggested_right)} was right"
        if measured.suggested_right is not None else "It suggested nothing of what came later"
    )  # fmt: skip
    return ModelPage(
        head, f"Model {found.name} learned from {found.labelled:,} items and was judged by"
        f" {measured.later:,} later ones; the best simpler way is {best.name}.",
        CRUMBS, tabs(MODEL), why_quiet(held), _facts(found), _compared(found),
        _targets(found, standing_of(ground, by), plan), _reliability(found),
        _automatic(ground), _history(ground), teaches, None,
    )  # fmt: skip


def _facts(found: Version) -> tuple[Fact, ...]:
    m = found.measured
    at = m.threshold.at
    return (
        Fact("Trained", day(found.made.date())),
        Fact("Learned from", f"{found.labelled:,} items", under=f"of {found.by_person:,} a person had said it"),
        Fact("Judged by", f"{m.later:,} later items", under=f"{m.first_day} to {m.last_day}; {m.aside:,} left out as parts"
             f" of what was learned; {m.unheard:,} of streams or kinds that it had not learned"),
        Fact("Suggested", f"{percent_of(m.suggested)} of them", under="where it was at least 50 % sure"),
        Fact("Sure enough for 95 % right", percent_of(m.threshold.coverage) if at is not None else "none",
             under=f"from {percent_of(at)} sure on; {m.threshold.right} of {m.threshold.count} were right"
             if at is not None else "no such sureness was found on earlier items"),
        Fact("Calibration error", percent_of(m.calibration_error), under="how far sure is from right, on average"),
        Fact("Value Score by suggestions is off by", percent_of(m.value_error), under="on what was suggested"),
    )  # fmt: skip


def _compared(found: Version) -> Table:
    m = found.measured
    columns = (Column("Way"), Column("Macro-F1", is_number=True), Column("Right", is_number=True),
               Column("Covers at 95 %", is_number=True))  # fmt: skip
    ours = (
        "this model",
        m.macro_f1,
        m.accuracy,
        m.threshold.coverage if m.threshold.holds else 0.0,
    )
    others = [(b.name, b.macro_f1, b.accuracy, b.coverage) for b in m.baselines]
    rows = tuple(
        Row((Cell(name), Cell(f"{f1:.2f}"), Cell(percent_of(right)), Cell(percent_of(cover))))
        for name, f1, right, cover in (ours, *others)
    )
    return Table("The model beside what is simpler, on the same later items", columns, rows)


def _targets(found: Version, earned: Sequence[Earned], plan: Plan) -> Table:
    names = names_of(plan)
    by_target = {e.target: e for e in earned}
    columns = (
        Column("Stream or kind"), Column("Learned", is_number=True), Column("Precision", is_number=True),
        Column("Recall", is_number=True), Column("Audited", is_number=True), Column("Accepted by itself"),
    )  # fmt: skip
    rows = []
    for t in found.measured.targets:
        e = by_target.get(t.target)
        rows.append(Row((
            Cell(names.get(t.target, t.target.partition(":")[2]), under=f"{t.later} later items"),
            Cell(f"{t.learned:,}"), Cell(percent_of(t.precision)), Cell(percent_of(t.recall)),
            Cell(f"{e.audited.k} of {e.audited.n} right" if e and e.audited.n else f"0 of {LEAST_AUDITED}"),
            Cell("earned" if e and e.is_earned else "no", under=" ".join(e.lacks) if e else "Too few to learn."),
        )))  # fmt: skip
    return Table("Each stream and kind", columns, tuple(rows), is_wide=True)


def _reliability(found: Version) -> Picture | None:
    m = found.measured
    if not m.bins:
        return None
    cells = tuple(
        (
            f"{b.low:.0%} to {b.high:.0%}",
            f"{b.count:,}",
            percent_of(b.sure),
            percent_of(b.right / b.count),
        )
        for b in m.bins
    )
    sheet = Sheet(
        "How sure it was, and how often it was right", ("Said", "Items", "Sure, on average", "Right"), cells,
        (False, True, True, True), "reliability.csv", f"{MODEL}?format=csv&table=reliability",
    )  # fmt: skip
    return Picture(calibration_chart(m.bins, 420, 300), calibration_chart(m.bins, 320, 260), sheet)


def _automatic(ground: Ground) -> str:
    if may_accept_by_itself(ground):
        return "It is switched on: suggestions of streams that have earned it are accepted by themselves."
    return (
        "It is switched off. A planner switches it on in the plan: `accept_suggestions: true` under the"
        " organisation's settings. Even then a stream must earn it, and a failed audit takes it away."
    )


def _history(ground: Ground) -> Table | None:
    found = versions(folder_of_server(ground.data))
    columns = (Column("Version"), Column("Trained"), Column("Items", is_number=True),
               Column("Macro-F1", is_number=True), Column("Suggested right", is_number=True))  # fmt: skip
    rows = tuple(
        Row((Cell(v.name), Cell(day(v.made.date())), Cell(f"{v.labelled:,}"),
             Cell(f"{v.measured.macro_f1:.2f}"), Cell(percent_of(v.measured.suggested_right))))
        for v in found
    )  # fmt: skip
    return Table("Versions", columns, rows) if rows else None


def percent_of(share: float | None) -> str:
    """``97 %``; a dash for nothing. Rounded down, so that nothing is called surer than it is."""
    return "–" if share is None else f"{int(share * 100 + 1e-9)}{NARROW}%"


def _tag(target: str, name: str) -> Tag:
    return Tag(name_of(target, name or target.partition(":")[2]), tone_of(target))


def reliability_rows(ground: Ground) -> list[tuple[Any, ...]]:
    """The reliability table as plain values, for CSV."""
    found = held_by(ground).version
    bins = found.measured.bins if found else ()
    return [(b.low, b.high, b.count, b.sure, b.right) for b in bins]
