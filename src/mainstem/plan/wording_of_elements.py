"""Elements of lists and mappings that came or went, as sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mainstem.plan.change_kinds import Added, Names, Path, Removed
from mainstem.plan.model import Expect, Link, MetricInForce, Participation
from mainstem.plan.wording_of_conditions import field_sentence
from mainstem.plan.wording_of_values import (
    condition_in_words,
    in_words,
    key_in_words,
    listed,
    number_in_words,
    share_in_words,
)

Element = Added | Removed


def element_sentence(change: Element, owner: str) -> str:
    """What came or went in a list of the thing that ``owner`` names."""
    if "field" in change.path[:-1] and change.path[0] in ("claims", "rest"):
        return field_sentence(change, owner)
    known = _KNOWN.get(str(change.path[0])) if len(change.path) == 2 else None
    return known(change, owner) if known else _plain(change, owner)


def _is_new(change: Element) -> bool:
    return isinstance(change, Added)


def _number(path: Path) -> str:
    return str(int(path[1]) + 1)


def _plain(change: Element, owner: str) -> str:
    *way, last = change.path
    where = " ".join(key_in_words(key) for key in way)
    what = in_words(change.value)
    what = f"{last}: {what}" if isinstance(last, str) else what
    return f"{owner}: {where}: {'now also' if _is_new(change) else 'no longer'} {what}"


def _lower(owner: str) -> str:
    return owner[:1].lower() + owner[1:]


def _participation(change: Element, owner: str) -> str:
    given: Participation = change.value
    team = change.names.of("teams", str(change.path[1]))
    if not _is_new(change):
        return f"Team {team} no longer {given.part} {_lower(owner)}"
    share = "" if given.share is None else f", with {share_in_words(given.share)} of its effort"
    cycle = f", in cycle {change.names.of('cycles', given.cycle)}" if given.cycle else ""
    return f"Team {team} now {given.part} {_lower(owner)}{share}{cycle}"


def _claim(change: Element, owner: str) -> str:
    verb = "has a new claim" if _is_new(change) else "no longer has claim"
    return f"{owner} {verb} {_number(change.path)}: {condition_in_words(change.value)}"


def _rest(change: Element, owner: str) -> str:
    verb = "There is a new" if _is_new(change) else "There is no longer a"
    said = f"{change.value.kind} if {condition_in_words(change.value)}"
    return f"{verb} rule {_number(change.path)} for the rest: {said}"


def _stage(change: Element, owner: str) -> str:
    name = change.value.name or change.value.id
    if _is_new(change):
        return f"{owner} has a new stage {name}, at place {_number(change.path)}"
    return f"{owner} no longer has the stage {name}"


def _metric(change: Element, owner: str) -> str:
    given: MetricInForce = change.value
    days = [f"from {given.from_}"] * bool(given.from_) + [f"to {given.to}"] * bool(given.to)
    when = f" ({' '.join(days)})" if days else ""
    verb = "is now" if _is_new(change) else "is no longer"
    return f"{owner} {verb} measured by {change.names.of('metrics', given.metric)}{when}"


def _guardrail(change: Element, owner: str) -> str:
    bound = f" ({change.value.bound})" if change.value.bound else ""
    verb = "has a new" if _is_new(change) else "no longer has the"
    return f"{owner} {verb} guardrail {change.names.of('metrics', change.value.metric)}{bound}"


def _observation(change: Element, owner: str) -> str:
    value = number_in_words(change.value.value, change.names.units.get(change.subject))
    verb = "has a new" if _is_new(change) else "no longer has the"
    return f"{owner} {verb} value {value} on {change.value.on}"


def _milestone(change: Element, owner: str) -> str:
    given = change.value
    verb = "has a new" if _is_new(change) else "no longer has the"
    by = f", by {given.by}" if given.by else ""
    done = f", reached on {given.done}" if given.done else ""
    return f"{owner} {verb} milestone {given.name}{by}{done}"


def _check_in(change: Element, owner: str) -> str:
    given = change.value
    verb = "has a new" if _is_new(change) else "no longer has the"
    said = []
    if given.value is not None:
        said.append(number_in_words(given.value, change.names.units.get(change.subject)))
    if given.confidence is not None:
        said.append(f"confidence {share_in_words(given.confidence)}")
    told = f": {', '.join(said)}" if said else ""
    return f"{owner} {verb} check-in of {given.on}{told}"


def _acceptance(change: Element, owner: str) -> str:
    given = change.value
    if _is_new(change):
        until = f" until {given.until}" if given.until else ""
        return f"{owner}: {given.rule} is accepted by {given.by}{until}: {given.why}"
    return f"{owner}: {given.rule} is no longer accepted"


def _goes_to(value: Link | Expect, names: Names) -> str:
    """Where a link or an example sends its item."""
    parts = [f"stream {names.of('streams', value.stream)}"] if value.stream else []
    parts += [f"kind {value.kind}"] if value.kind else []
    parts += [f"{names.of('streams', k)} {share_in_words(v)}" for k, v in value.shares.items()]
    return listed(parts) or "no stream"


def _link(change: Element, owner: str) -> str:
    verb = "is now" if _is_new(change) else "is no longer"
    return f"Item {change.value.item} {verb} linked to {_goes_to(change.value, change.names)}"


def _expect(change: Element, owner: str) -> str:
    item: Any = change.value.item
    said = item.key or (f"“{item.title}”" if item.title else in_words(item))
    verb = "There is a new" if _is_new(change) else "There is no longer an"
    return f"{verb} example: item {said} goes to {_goes_to(change.value, change.names)}"


_KNOWN: dict[str, Callable[[Element, str], str]] = {
    "teams": _participation,
    "claims": _claim,
    "rest": _rest,
    "stages": _stage,
    "metric": _metric,
    "guardrails": _guardrail,
    "observations": _observation,
    "milestones": _milestone,
    "check_ins": _check_in,
    "accepted": _acceptance,
    "links": _link,
    "expect": _expect,
}
