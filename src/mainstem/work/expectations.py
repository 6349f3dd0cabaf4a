"""Examples inside the plan that must hold: this item goes there. ``check`` runs them."""

from __future__ import annotations

from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Expect, ExpectedItem, Plan
from mainstem.work.attribution import (
    UNKNOWN,
    Attribution,
    Attributor,
    explain,
    parents_among,
    share_word,
)
from mainstem.work.conditions import ItemFacts
from mainstem.work.records import WHOLE
from mainstem.work.text_patterns import folded

#: Shares may differ by this much of 10,000 from what is written: people write 33 %.
_TOLERANCE = 50


def check_expectations(plan: Plan) -> list[Finding]:
    """W11 for every example of ``expect`` that does not come out as it says.

    An example that names neither stream, kind nor shares expects the item on no stream. Its parent or
    epic is looked up among the other examples, by key.
    """
    items = [facts_of(example.item, plan) for example in plan.expect]
    attributor = Attributor(plan, parents_among({i.key: i for i in items if i.key}))
    out = []
    for place, (example, item) in enumerate(zip(plan.expect, items, strict=True)):
        found = attributor.attribute(item)
        if not _is_met(example, found):
            out.append(_finding(place, example, found))
    return out


def facts_of(item: ExpectedItem, plan: Plan) -> ItemFacts:
    """A made-up item as claims see it. Its team may be a plan id, a name or a word that a team owns."""
    return ItemFacts(
        key=item.key or "", title=item.title, type=item.type, state=item.state, project=item.project,
        labels=item.label, components=item.component, epic=item.epic, parent=item.parent,
        paths=item.path, team=item.team, source=item.source, fields=item.field,
        teams=team_line(item.team, plan),
    )  # fmt: skip


def team_line(word: str | None, plan: Plan) -> tuple[str, ...]:
    """Plan ids of the team that a word means and of the teams it is part of; empty if it means none."""
    at = _team_of(word, plan) if word else None
    line: list[str] = []
    while at and at in plan.teams and at not in line:
        line.append(at)
        at = plan.teams[at].in_
    return tuple(line)


def _team_of(word: str, plan: Plan) -> str | None:
    wanted = folded(word).strip().lstrip("@")
    for key, team in plan.teams.items():
        if wanted in {folded(w).lstrip("@") for w in (key, team.name or key, *team.owns)}:
            return key
    return None


def _is_met(example: Expect, found: Attribution) -> bool:
    parts = found.parts()
    wanted = wanted_parts(example)
    if not wanted:
        return not any(t.startswith("stream:") for t in parts)
    room = dict.fromkeys({*parts, *wanted}, _TOLERANCE if example.shares else 0)
    if UNKNOWN in room:  # what the others leave, with all their rounding
        room[UNKNOWN] *= max(1, len(example.shares))
    return all(abs(parts.get(t, 0) - wanted.get(t, 0)) <= room[t] for t in room)


def wanted_parts(example: Expect) -> dict[str, int]:
    """What an example expects, as parts of 10,000; empty: no stream at all."""
    if example.shares:
        parts = {share_word(w): round(s * WHOLE) for w, s in example.shares.items() if s}
        left = WHOLE - sum(parts.values())
        if left > _TOLERANCE:
            parts[UNKNOWN] = parts.get(UNKNOWN, 0) + left
        return parts
    if example.stream:
        return {f"stream:{example.stream}": WHOLE}
    return {f"kind:{example.kind}": WHOLE} if example.kind else {}


def _finding(place: int, example: Expect, found: Attribution) -> Finding:
    name = example.item.key or example.item.title or f"example {place + 1}"
    wanted = wanted_parts(example)
    goal = f"to {_words(wanted)}" if wanted else "to no stream"
    return Finding(
        "W11", Severity.BLOCKS, "",
        f"The example {name!r} should go {goal}, but goes to {_words(found.parts())}.",
        "Claims do not do what this plan says they do. " + " ".join(explain(found)),
        "Mend the claim, or the example if it is out of date.",
        path=("expect", place), matched=name,
    )  # fmt: skip


def _words(parts: dict[str, int]) -> str:
    if len(parts) == 1:
        return next(iter(parts)).partition(":")[2]
    return ", ".join(f"{t.partition(':')[2]} {p / 100:g} %" for t, p in parts.items())
