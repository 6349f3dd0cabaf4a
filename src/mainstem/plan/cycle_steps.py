"""The life of a cycle: its steps, what became of a commitment, and the cycle that comes after it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mainstem.plan.changes import Added, Change, Changed, Removed, diff, sentence
from mainstem.plan.model import Cycle, KeyResult, Plan

#: State → the states that may come next, forward first.
STEPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "draft": ("open",),
        "open": ("committed", "draft"),
        "committed": ("closed", "open"),
        "closed": ("committed",),
    }
)
#: (from, to) → what a person does, in words.
WORDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("draft", "open"): "Open it for proposals",
        ("open", "committed"): "Commit to it",
        ("open", "draft"): "Take it back to a draft",
        ("committed", "closed"): "Close it",
        ("committed", "open"): "Open the commitment again",
        ("closed", "committed"): "Take the closing back",
    }
)
_ORDER = tuple(STEPS)


def is_step_back(old: str, new: str) -> bool:
    """Whether a step goes against the order; such a step needs a reason."""
    return _ORDER.index(new) < _ORDER.index(old)


def states_set(changes: Sequence[Change]) -> tuple[tuple[str, str, str], ...]:
    """(cycle, its state, the other state) for all cycles that changes take to another state.

    Also for one that is removed and added again within the changes. New cycles are not among them.
    """
    out = []
    gone: dict[str, str] = {}
    for change in changes:
        section, _, ident = change.subject.partition("/")
        if section != "cycles":
            continue
        if isinstance(change, Changed) and change.path == ("state",):
            out.append((ident, _state(change.old), _state(change.new)))
        elif isinstance(change, Removed) and not change.path:
            gone[ident] = change.value.state
        elif isinstance(change, Added) and not change.path:
            was = gone.get(ident, change.value.state)
            if was != change.value.state:
                out.append((ident, was, change.value.state))
    return tuple(out)


def _state(told: str | None) -> str:
    """A state as it was told; nothing stands for the one that a cycle has if none is written."""
    return told or str(Cycle.model_fields["state"].default)


class Fate(StrEnum):
    """What became of something that was committed to."""

    KEPT = "as committed"
    MOVED = "target moved"
    CHANGED = "changed otherwise"
    ADDED = "added later"
    DROPPED = "dropped later"


@dataclass(frozen=True, slots=True)
class Commitment:
    """A key result or an initiative of a cycle: as it was committed, and as it is now.

    Attributes:
        subject: ``key_results/x`` or ``initiatives/x``.
        then: As committed; ``None`` if it came later.
        now: As it is; ``None`` if it is gone.
        fate: What became of it.
        changes: The differences, typed.
    """

    subject: str
    then: Any
    now: Any
    fate: Fate
    changes: tuple[Change, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The differences in words."""
        return tuple(sentence(change) for change in self.changes)


def commitments(then: Plan, now: Plan, cycle: str) -> tuple[Commitment, ...]:
    """Key results and initiatives of a cycle, in the order of the commitment, then what came later."""
    return (*_fates(then, now, cycle, "key_results"), *_fates(then, now, cycle, "initiatives"))


def _fates(then: Plan, now: Plan, cycle: str, section: str) -> Iterator[Commitment]:
    was, here = getattr(then, section), getattr(now, section)
    said = {k: v for k, v in was.items() if _is_in(v, cycle)}
    stay = {k: v for k, v in here.items() if _is_in(v, cycle)}
    changed = _changes_by_subject(section, said, stay)
    for key, value in said.items():
        subject = f"{section}/{key}"
        if key not in stay:
            yield Commitment(subject, value, here.get(key), Fate.DROPPED)
        else:
            found = changed.get(subject, ())
            yield Commitment(subject, value, stay[key], _fate(found), found)
    for key in stay.keys() - said.keys():
        yield Commitment(f"{section}/{key}", None, stay[key], Fate.ADDED)


def _is_in(value: Any, cycle: str) -> bool:
    return value.cycle == cycle and getattr(value, "state", "") not in ("dropped", "refused")


def _changes_by_subject(
    section: str, said: Mapping[str, Any], stay: Mapping[str, Any]
) -> dict[str, tuple[Change, ...]]:
    """Differences of what is in both, without the rest of the plans."""
    both = [key for key in said if key in stay]
    old = Plan.model_construct(**_only(section, {k: said[k] for k in both}))
    new = Plan.model_construct(**_only(section, {k: stay[k] for k in both}))
    out: dict[str, tuple[Change, ...]] = {}
    for change in diff(old, new):
        if not change.path or change.path[0] != "check_ins":
            out[change.subject] = (*out.get(change.subject, ()), change)
    return out


def _only(section: str, held: Mapping[str, Any]) -> dict[str, Any]:
    empty = Plan()
    return {**{n: getattr(empty, n) for n in Plan.model_fields}, section: held}


def _fate(changes: Sequence[Change]) -> Fate:
    if not changes:
        return Fate.KEPT
    moved = any(c.path and c.path[0] in ("target", "baseline", "by", "metric") for c in changes)
    return Fate.MOVED if moved else Fate.CHANGED


def following_id(ident: str) -> str:
    """The identifier of the cycle after one: ``2026-q4`` → ``2027-q1``, ``h1-2026`` → ``h1-2026-next``."""
    found = re.fullmatch(r"(.*?)(\d{4})([-_./]?)([qQhH])(\d)(.*)", ident)
    if not found:
        return f"{ident}-next"[:100]
    before, year, gap, letter, number, after = found.groups()
    most = 4 if letter in "qQ" else 2
    step = int(number) % most + 1
    return f"{before}{int(year) + (step == 1)}{gap}{letter}{step}{after}"


def following_days(cycle: Cycle) -> tuple[date, date]:
    """First and last day of a cycle that follows at once and is as long; whole months stay whole."""
    first = cycle.last_day + timedelta(days=1)
    months = (first.year - cycle.first_day.year) * 12 + first.month - cycle.first_day.month
    if cycle.first_day.day == first.day == 1 and months > 0:
        at = first.year * 12 + first.month - 1 + months
        return first, date(at // 12, at % 12 + 1, 1) - timedelta(days=1)
    return first, first + (cycle.last_day - cycle.first_day)


def with_next_cycle(
    plan: Plan,
    cycle: str,
    ident: str,
    *,
    carried: Sequence[str],
    values: Mapping[str, float],
) -> Plan:
    """The plan with the cycle after ``cycle`` as a draft, and what goes on in it.

    Args:
        plan: The plan.
        cycle: The cycle that ends.
        ident: Identifier of the next one.
        carried: Key results that go on: each is taken into the next cycle as a new key result whose
            ``parent`` is the old one.
        values: Where key results stand, by identifier; the new ones begin there.
    """
    first, last = following_days(plan.cycles[cycle])
    made = Cycle(first_day=first, last_day=last, state="draft")
    results = dict(plan.key_results)
    for key in carried:
        results[_free(f"{key}-{ident}", results)] = _carried(
            plan.key_results[key], key, ident, last, values.get(key)
        )
    streams = {
        key: stream.model_copy(update={"teams": _in_next(stream.teams, cycle, ident)})
        for key, stream in plan.streams.items()
    }
    cycles = plan.cycles if ident in plan.cycles else {**plan.cycles, ident: made}
    return plan.model_copy(update={"cycles": cycles, "key_results": results, "streams": streams})


def _free(ident: str, taken: Mapping[str, Any]) -> str:
    at, wanted = 1, ident[:97]
    while (ident := wanted if at == 1 else f"{wanted}-{at}") in taken:
        at += 1
    return ident


def _carried(kr: KeyResult, key: str, cycle: str, by: date, value: float | None) -> KeyResult:
    update: dict[str, Any] = {
        "cycle": cycle,
        "parent": key,
        "by": by,
        "check_ins": (),
        "accepted": (),
    }
    if value is not None:
        update["baseline"] = value
    known = {k: v for k, v in update.items() if k in KeyResult.model_fields}
    return kr.model_copy(update=known)


def _in_next(teams: Mapping[str, Any], cycle: str, ident: str) -> dict[str, Any]:
    return {
        team: part.model_copy(update={"cycle": ident}) if part.cycle == cycle else part
        for team, part in teams.items()
    }
