"""Page data of one key result, of checking in on it and of scoring it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mainstem.errors import Absent, Forbidden
from mainstem.figures.metric_chart import metric_picture
from mainstem.figures.shown import Picture, Tag
from mainstem.figures.wording import day, metric_value, plural
from mainstem.plan.model import KeyResult, Metric, Observation, Plan
from mainstem.score.progress import Due, Progress, Reading, band
from mainstem.score.words import NARROW
from mainstem.services.metrics.key_results import (
    Kept,
    kept_check_ins,
    may_score,
    progress_of,
    said_of,
    score_of,
    standing_of,
)
from mainstem.services.people.access import Actor, may_change, require_check_in
from mainstem.services.server.answers import kept_for
from mainstem.web.contexts.here import day_here, zone_here
from mainstem.web.contexts.pieces import Cell, Column, Fact, Link, Row, Table
from mainstem.web.contexts.places import edit_of, place_of

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground


def address(key: str) -> str:
    """The page of a key result."""
    return place_of("key_results", key)


def check_in_address(key: str, *, then: str = "", corrects: int | None = None) -> str:
    """The page to check in on a key result."""
    query = {k: v for k, v in (("then", then), ("corrects", corrects)) if v}
    return f"{address(key)}/check-in" + (f"?{urlencode(query)}" if query else "")


def number(text: str | None) -> int | None:
    """A number out of an address, or nothing."""
    return int(text) if text and text.isdecimal() and len(text) < 16 else None


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone: what it is, when, whether it is reached, and where to say so."""

    name: str
    when: str
    is_done: bool
    toggle: str
    button: str


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class KeyResultPage:
    """One key result."""

    crumbs: tuple[Link, ...]
    title: str
    head: str
    tail: str
    lead: str
    chart: Picture | None
    facts: tuple[Fact, ...]
    tags: tuple[Tag, ...]
    steps: tuple[Step, ...]
    said: Table | None
    check_in: str
    score: str
    edit: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that the page of a key result follows from, beside the plan and the ledger."""

    key: str
    readings: tuple[Reading, ...]
    kept: tuple[tuple[int, Reading, datetime, bool], ...]
    score: float | None
    today: date
    may_say: bool
    may_edit: bool
    may_score: bool


def page(key: str, ground: Ground, actor: Actor) -> KeyResultPage:
    """The page of a key result, made once for all who may do the same, until something is said.

    Raises:
        Absent: the plan has none of that id.
    """
    head, view = ground.plans.head(), ground.shelf.view()
    plan = head.plan
    kr = plan.key_results.get(key)
    if kr is None:
        raise Absent(f"The plan has no key result {key!r}.", "It may have been renamed.")
    said = kept_check_ins(key, actor)
    seen = _Seen(
        key,
        said_of(key, ground),
        tuple((k.number, k.reading, k.at, k.is_replaced) for k in said),
        score_of(key, kr),
        ground.today(),
        _may_check_in(actor, plan, key),
        may_change(actor, f"key_results/{key}", plan),
        may_score(actor, kr, plan),
    )
    at = ("key result", head.revision, view.version if view else 0, seen, str(zone_here()))
    return kept_for(ground, at, lambda: _page(seen, kr, said, ground), kind="key result")


def _page(seen: _Seen, kr: KeyResult, said: tuple[Kept, ...], ground: Ground) -> KeyResultPage:
    head = ground.plans.head()
    plan, key, may_say = head.plan, seen.key, seen.may_say
    metric = plan.metrics.get(kr.metric or "")
    standing, found = standing_of(key, seen.readings, ground)
    return KeyResultPage(
        crumbs=crumbs(kr, plan),
        title=kr.name or kr.text,
        head=kr.name or kr.text,
        tail=_tail(standing, kr, metric, seen.score, plan),
        lead=_lead(standing, kr),
        chart=kept_for(
            ground,
            ("key result chart", key, head.revision, found, seen.today),
            lambda: _chart(found, kr, metric, seen.today),
            kind="key result chart",
        ),
        facts=_facts(kr, plan, metric),
        tags=_tags(standing),
        steps=_steps(key, kr, seen.may_edit or may_say),
        said=_said_table(key, said, kr, metric, may_say) if said else None,
        check_in=check_in_address(key) if may_say else "",
        score=f"{address(key)}/score" if seen.may_score else "",
        edit=f"{edit_of('key_results', key)}edit" if seen.may_edit else "",
    )


def crumbs(kr: KeyResult, plan: Plan) -> tuple[Link, ...]:
    """Where a key result hangs: cycle, stream, team."""
    out = [Link("Key results", f"/key-results/?{urlencode({'cycle': kr.cycle or ''})}")]
    if kr.stream in plan.streams:
        name = plan.streams[kr.stream].name or kr.stream
        out.append(Link(name, place_of("streams", kr.stream)))
    if kr.team in plan.teams:
        out.append(Link(plan.teams[kr.team].name or kr.team, place_of("teams", kr.team)))
    return tuple(out)


def _chart(
    found: Sequence[Reading], kr: KeyResult, metric: Metric | None, today: date
) -> Picture | None:
    """What was said and observed, from the baseline towards the target."""
    shown = Metric(
        name=kr.name or kr.text,
        unit=kr.unit or (metric.unit if metric else None),
        baseline=kr.baseline,
        target=kr.target,
        observations=tuple(
            Observation(on=r.on, value=r.value) for r in found if r.value is not None
        ),
    )
    return metric_picture(shown, (), until=today)


def _may_check_in(actor: Actor, plan: Plan, key: str) -> bool:
    try:
        require_check_in(actor, plan, key)
    except (Forbidden, Absent):
        return False
    return True


def _unit(kr: KeyResult, metric: Metric | None) -> Metric:
    return Metric(unit=kr.unit or (metric.unit if metric else None))


def _tail(
    p: Progress, kr: KeyResult, metric: Metric | None, score: float | None, plan: Plan
) -> str:
    if score is not None:
        called = band(score, plan.organisation.settings.bands)
        return f"closed with {score:.2f}: {called}."
    if p.value is None and not p.milestones[1]:
        return "nobody has said a value yet."
    if p.value is None:
        return f"{p.milestones[0]} of {plural(p.milestones[1], 'milestone')} reached."
    now = metric_value(p.value, _unit(kr, metric))
    if kr.target is None:
        return f"it stands at {now}; there is no target."
    return f"{now} now, {metric_value(kr.target, _unit(kr, metric))} is the target."


def _lead(p: Progress, kr: KeyResult) -> str:
    time = "" if p.expected is None else f" {round(p.expected * 100)} % of the time has passed."
    if p.share is None:
        return f"How far it is cannot be said: {p.why_not}.{time}" if p.why_not else time.strip()
    way = f"{round(p.share * 100)} % of the way".replace("-", "−")
    by = f" It is due by {day(kr.by)}." if kr.by else ""
    return f"{way}.{time}{by}"


def _tags(p: Progress) -> tuple[Tag, ...]:
    tones = {Due.LATE: "bad", Due.DUE: "rest", Due.STALE: "rest"}
    words = {
        Due.LATE: "check-in late", Due.DUE: "check-in due", Due.STALE: "metric stale",
        Due.OVER: "cycle over", Due.NOT_STARTED: "cycle not begun",
    }  # fmt: skip
    return (Tag(words[p.due], tones.get(p.due, "")),) if p.due in words else ()


def _facts(kr: KeyResult, plan: Plan, metric: Metric | None) -> tuple[Fact, ...]:
    cycle = plan.cycles.get(kr.cycle or "")
    out = []
    if cycle is not None and kr.cycle:
        out.append(Fact("Cycle", cycle.name or kr.cycle, edit_of("cycles", kr.cycle)))
    if metric is not None:
        own = "the stream's value metric" if _is_own(kr, plan) else "an input metric"
        out.append(Fact("Metric", metric.name or kr.metric or "", under=own))
    if kr.baseline is not None:
        out.append(Fact("Baseline", metric_value(kr.baseline, _unit(kr, metric))))
    if kr.target is not None:
        out.append(Fact("Target", metric_value(kr.target, _unit(kr, metric))))
    if kr.owner:
        out.append(Fact("Owner", kr.owner))
    if kr.class_ == "compliance":
        out.append(Fact("Kind", "compliance", under="must be done whatever the metric says"))
    if kr.weight is not None:
        out.append(Fact("Weight", f"{kr.weight:g}"))
    if kr.parent in plan.key_results:
        above = plan.key_results[kr.parent]
        out.append(Fact("Taken from", above.name or above.text, address(kr.parent)))
    if kr.note:
        out.append(Fact("Note", kr.note))
    return tuple(out)


def _is_own(kr: KeyResult, plan: Plan) -> bool:
    stream = plan.streams.get(kr.stream or "")
    return stream is not None and any(m.metric == kr.metric for m in stream.metric)


def _steps(key: str, kr: KeyResult, may_toggle: bool) -> tuple[Step, ...]:
    return tuple(
        Step(
            m.name,
            f"reached on {day(m.done)}" if m.done else (f"by {day(m.by)}" if m.by else ""),
            m.done is not None,
            f"{address(key)}/milestones/{n}" if may_toggle else "",
            "Not reached after all" if m.done else "Reached",
        )
        for n, m in enumerate(kr.milestones)
    )


def _said_table(
    key: str, said: tuple[Kept, ...], kr: KeyResult, metric: Metric | None, may_say: bool
) -> Table:
    columns = ("On", "Value", "Sure", "Note", "Said by", "To do")
    rows = tuple(_said_row(key, k, kr, metric, may_say) for k in said)
    return Table("Check-ins", tuple(Column(c, c in ("Value", "Sure")) for c in columns), rows)


def _said_row(key: str, k: Kept, kr: KeyResult, metric: Metric | None, may_say: bool) -> Row:
    r: Reading = k.reading
    may_correct = may_say and not k.is_replaced
    return Row(
        (
            Cell(day(r.on), tags=(Tag("corrected since"),) if k.is_replaced else ()),
            Cell("" if r.value is None else metric_value(r.value, _unit(kr, metric))),
            Cell("" if r.confidence is None else f"{round(r.confidence * 100)}{NARROW}%"),
            Cell(r.note),
            Cell(r.by or "Mainstem", under=day_here(k.at)),
            Cell("Correct", check_in_address(key, corrects=k.number)) if may_correct else Cell(),
        )
    )


@dataclass(frozen=True, slots=True)
class FormPage:
    """What stands around a form about a key result."""

    crumbs: tuple[Link, ...]
    title: str
    head: str
    tail: str
    lead: str
    action: str
    back: str
    skip: str = ""
    milestones: tuple[Step, ...] = ()


def check_in_page(
    key: str, ground: Ground, actor: Actor, corrects: int | None, *, then: str = ""
) -> FormPage:
    """What stands around the form for a check-in."""
    plan = ground.plans.head().plan
    kr, standing = plan.key_results[key], progress_of(key, ground)
    metric = plan.metrics.get(kr.metric or "")
    return FormPage(
        crumbs=(*crumbs(kr, plan), Link(kr.name or kr.text, address(key))),
        title=f"Check in: {kr.name or kr.text}",
        head=kr.name or kr.text,
        tail=_tail(standing, kr, metric, None, plan),
        lead="Your word replaces the one you correct; both are kept." if corrects else "",
        action=check_in_address(key, then=then, corrects=corrects),
        back=address(key),
        skip=f"/check-in/?{urlencode({'skip': key})}" if then == "next" else "",
        milestones=_steps(key, kr, False),
    )


def score_page(key: str, ground: Ground, actor: Actor, suggested: float | None) -> FormPage:
    """What stands around the form for a score."""
    plan = ground.plans.head().plan
    kr = plan.key_results[key]
    bands = sorted(plan.organisation.settings.bands.items(), key=lambda pair: pair[1])
    called = ", ".join(f"{name} from {start:g}" for name, start in bands)
    says = "" if suggested is None else f" Its progress suggests {suggested:.2f}."
    return FormPage(
        crumbs=(*crumbs(kr, plan), Link(kr.name or kr.text, address(key))),
        title=f"Score: {kr.name or kr.text}",
        head=f"How did it end? {kr.name or kr.text}",
        tail="",
        lead=f"Scores here are called: {called}.{says}",
        action=f"{address(key)}/score",
        back=address(key),
    )


def said_before(key: str, corrects: int | None, actor: Actor) -> dict[str, Any]:
    """What the check-in that is being corrected says, to start from."""
    if corrects is None:
        return {}
    for kept in kept_check_ins(key, actor, before=corrects + 1, most=1):
        if kept.number == corrects:
            r = kept.reading
            sure = None if r.confidence is None else str(round(r.confidence * 20) * 5)
            return {"on": r.on, "value": r.value, "confidence": sure, "note": r.note}
    return {}
