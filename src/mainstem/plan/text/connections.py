"""What the shape of single values cannot say: references, trees, periods and shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from mainstem.plan.findings import Finding
from mainstem.plan.model import SECTIONS, Plan, RestKind
from mainstem.plan.text.complaints import did_you_mean, make
from mainstem.plan.text.naming import named

Known = Mapping[str, Iterable[str]]
_REST_KINDS = frozenset(kind.value for kind in RestKind)
#: Fields whose values may name something outside the plan.
_SOFT = ("claims", "rest", "expect")
_NEAR_MISSES = 200


def check_connections(
    plan: Plan, known: Known, *, broken: set[str], is_complete: bool
) -> list[Finding]:
    """Everything that can be wrong between values of a plan that all have the right shape.

    Args:
        plan: The plan, without what is broken.
        known: Section → every identifier that the text defines, broken entries too.
        broken: Subjects left out or changed; what they lack is not blamed on others.
        is_complete: Whether all text was read. If not, references may lead to what was not.
    """
    out = [*_trees(plan), *_periods(plan), *_overlaps(plan), *_shares(plan), *_zone(plan)]
    if is_complete:
        out += [*_references(plan, known), *_stages(plan, broken)]
    return out


def _subject(place: tuple[str | int, ...]) -> tuple[str, tuple[str | int, ...]]:
    section = str(place[0])
    if section in SECTIONS:
        return f"{section}/{place[1]}", _as_written(place[2:])
    if section == "organisation":
        return section, _as_written(place[1:])
    return "", _as_written(place)


def _as_written(path: Iterable[str | int]) -> tuple[str | int, ...]:
    return tuple(step.removesuffix("_") if isinstance(step, str) else step for step in path)


def _references(plan: Plan, known: Known) -> Iterator[Finding]:
    asked: dict[tuple[str, str], str | None] = {}
    for place, section, entry in named(plan):
        if entry in known[section]:
            continue
        if (section, entry) not in asked:
            near = len(asked) < _NEAR_MISSES
            asked[section, entry] = did_you_mean(entry, known[section]) if near else None
        finding = _unknown(plan, section, entry, place, asked[section, entry])
        if finding is not None:
            yield finding


def _unknown(
    plan: Plan, section: str, entry: str, place: tuple[Any, ...], meant: str | None
) -> Finding | None:
    subject, path = _subject(place)
    if path[-1] == "shares" and _is_share_word(plan, entry):
        return None
    if path[-1] == "team" and any(step in _SOFT for step in (*path, place[0])):
        return _foreign_team(plan, entry, subject, path, meant)
    word = SECTIONS[section]
    hint = f"Did you mean `{meant}`? " if meant else ""
    return make(
        "T015", subject, (*path, entry) if path[-1] in _MANY else path, f"There is no {word} `{entry}`.",
        f"{hint}Define it under `{section}:`, or name one that is there.", entry,
    )  # fmt: skip


def _is_share_word(plan: Plan, word: str) -> bool:
    """Whether a share goes to a kind of the rest, or to a stream said as ``stream:id``."""
    kind, _, name = word.rpartition(":")
    return (kind in ("", "kind") and name in _REST_KINDS) or (
        kind == "stream" and name in plan.streams
    )


_MANY = frozenset(("objective", "also_serves", "inputs", "drives", "shares", "teams"))


def _foreign_team(
    plan: Plan, entry: str, subject: str, path: tuple[Any, ...], meant: str | None
) -> Finding | None:
    """A team in a claim may be a record's own word, so that it is only worth a warning."""
    owned = {name.casefold() for team in plan.teams.values() for name in team.owns}
    same = next((t for t in plan.teams if t.casefold() == entry.casefold()), None)
    if "*" in entry or same or entry.casefold() in owned or path[0] == "expect":
        return None
    hint = f"Did you mean `{meant}`? " if meant else ""
    return make(
        "T019", subject, path, f"There is no team `{entry}` in the plan.",
        f"{hint}If trackers write the team like this, put the name into `owns:` of a team.", entry,
    )  # fmt: skip


def _stages(plan: Plan, broken: set[str]) -> Iterator[Finding]:
    every = tuple(s.id for customer in plan.customers.values() for s in customer.stages)
    any_broken = any(subject.startswith("customers/") for subject in broken)
    for key, stream in plan.streams.items():
        customer = plan.customers.get(stream.customer) if stream.customer else None
        if any_broken or (stream.customer and customer is None):
            continue
        stages = tuple(s.id for s in customer.stages) if customer else every
        for index, stage in enumerate(stream.stages):
            if stage not in stages:
                meant = did_you_mean(stage, stages)
                whose = f"customer `{stream.customer}` has" if customer else "any customer has"
                yield make(
                    "T015", f"streams/{key}", ("stages", index),
                    f"`{stage}` is no stage that {whose}.",
                    (f"Did you mean `{meant}`? " if meant else "") +
                    (f"Stages are {', '.join(stages)}." if stages else "Give the customer its `stages:`."),
                    stage,
                )  # fmt: skip


def _trees(plan: Plan) -> Iterator[Finding]:
    trees: tuple[tuple[str, str, Mapping[str, str | None]], ...] = (
        ("teams", "in", {k: t.in_ for k, t in plan.teams.items()}),
        ("objectives", "parent", {k: o.parent for k, o in plan.objectives.items()}),
        ("key_results", "parent", {k: r.parent for k, r in plan.key_results.items()}),
    )
    for section, key, above in trees:
        for circle in _circles(above):
            way = " → ".join([*circle, circle[0]])
            yield make(
                "T016", f"{section}/{circle[0]}", (key,),
                f"This {SECTIONS[section]} is part of itself: {way}.",
                f"Take away or change `{key}` of one of them.", way,
            )  # fmt: skip


def _circles(above: Mapping[str, str | None]) -> Iterator[list[str]]:
    done: set[str] = set()
    for start in above:
        way: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in above and at not in done and at not in way:
            way[at] = None
            at = above[at]
        if at is not None and at in way:
            steps = list(way)
            yield steps[steps.index(at) :]
        done.update(way)


def _periods(plan: Plan) -> Iterator[Finding]:
    for subject, path, first, last in _spans(plan):
        if first is not None and last is not None and last < first:
            yield make(
                "T017", subject, path, f"The last day, {last}, is before the first, {first}.",
                "Both days belong to the period; put the earlier one first.", str(last),
            )  # fmt: skip


Span = tuple[str, tuple[str | int, ...], date | None, date | None]


def _spans(plan: Plan) -> Iterator[Span]:
    for key, cycle in plan.cycles.items():
        yield f"cycles/{key}", ("last_day",), cycle.first_day, cycle.last_day
    for key, stream in plan.streams.items():
        for i, entry in enumerate(stream.metric):
            yield f"streams/{key}", ("metric", i, "to"), entry.from_, entry.to
    for key, bet in plan.initiatives.items():
        if bet.window is not None:
            yield f"initiatives/{key}", ("window", "to"), bet.window.from_, bet.window.to
    for i, conversion in enumerate(plan.organisation.conversions):
        path = ("conversions", i, "valid_to")
        yield "organisation", path, conversion.valid_from, conversion.valid_to


def _overlaps(plan: Plan) -> Iterator[Finding]:
    ordered = sorted(
        (c.first_day, c.last_day, k) for k, c in plan.cycles.items() if c.first_day <= c.last_day
    )
    latest: tuple[date, str] | None = None
    for first, last, key in ordered:
        if latest is not None and first <= latest[0]:
            end = min(last, latest[0])
            yield make(
                "T018", f"cycles/{key}", ("first_day",),
                f"Cycle `{key}` overlaps `{latest[1]}` from {first} to {end}.",
                f"If they should follow each other, begin `{key}` on {latest[0] + timedelta(days=1)}"
                if latest[0] < date.max else "Mend one of them.", key,
            )  # fmt: skip
        if latest is None or last > latest[0]:
            latest = (last, key)


def _shares(plan: Plan) -> Iterator[Finding]:
    for i, example in enumerate(plan.expect):
        total = sum(example.shares.values())
        if total > 1 + 1e-9:
            yield make(
                "T023", "", ("expect", i, "shares"), f"The shares sum to {total:.4g}.",
                "Lower them to at most 100% together; what is left is unknown.",
            )  # fmt: skip


def _zone(plan: Plan) -> Iterator[Finding]:
    zone = plan.organisation.timezone
    if zone != "UTC" and not _is_zone(zone):
        yield make(
            "T003", "organisation", ("timezone",), f"`{zone}` is no time zone.",
            "Write an IANA name such as Europe/Berlin, America/New_York or UTC.", zone,
        )  # fmt: skip


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True
