"""Examples inside the plan that must hold: this item goes there. ``check`` runs them."""

from __future__ import annotations

from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Expect, ExpectedItem, Plan
from mainstem.work.attribution import UNKNOWN, Attribution, Attributor, share_word
from mainstem.work.claims import ItemFacts
from mainstem.work.records import WHOLE


def check_expectations(plan: Plan) -> list[Finding]:
    """W03 for every example that does not come out as it says."""
    attributor = Attributor(plan)
    out = []
    for place, example in enumerate(plan.expect):
        found = attributor.attribute(facts_of(example.item, plan))
        wanted = _wanted(example)
        if found.parts() != wanted:
            out.append(_finding(place, example, wanted, found))
    return out


def facts_of(item: ExpectedItem, plan: Plan) -> ItemFacts:
    """A made-up item as claims see it."""
    teams, at = [], item.team
    while at and at not in teams:
        teams.append(at)
        at = plan.teams[at].in_ if at in plan.teams else None
    return ItemFacts(
        key=item.key or "", title=item.title, type=item.type, state=item.state, project=item.project,
        labels=item.label, components=item.component, epic=item.epic, parent=item.parent,
        paths=item.path, team=item.team, source=item.source, fields=item.field, teams=tuple(teams),
    )  # fmt: skip


def _wanted(example: Expect) -> dict[str, int]:
    if example.shares:
        parts = {share_word(w): round(s * WHOLE) for w, s in example.shares.items()}
        left = WHOLE - sum(parts.values())
        return {**parts, **({UNKNOWN: left + parts.get(UNKNOWN, 0)} if left > 0 else {})}
    if example.stream:
        return {f"stream:{example.stream}": WHOLE}
    return {f"kind:{example.kind or 'unknown'}": WHOLE}


def _finding(place: int, example: Expect, wanted: dict[str, int], found: Attribution) -> Finding:
    name = example.item.key or example.item.title or f"example {place + 1}"
    why = "; ".join(f"{s.target.partition(':')[2]} because of {s.reason}" for s in found.shares)
    return Finding(
        "W03", Severity.BLOCKS, "",
        f"The example {name!r} should go to {_words(wanted)}, but goes to {_words(found.parts())}.",
        f"Claims do not do what this plan says they do: {why}.",
        "Mend the claim, or the example if it is out of date.",
        path=("expect", place), matched=name,
    )  # fmt: skip


def _words(parts: dict[str, int]) -> str:
    if len(parts) == 1:
        return next(iter(parts)).partition(":")[2]
    return ", ".join(f"{t.partition(':')[2]} {p / 100:g} %" for t, p in parts.items())
