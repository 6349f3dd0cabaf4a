"""What the commands about decisions print."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mainstem.challenge.decisions import Chain, Work
    from mainstem.services.decisions.desk import Desk
    from mainstem.services.decisions.qualified import Qualified


def print_answer(found: Qualified, number: int | None, *, as_json: bool) -> None:
    """The answer to whoever asked whether work qualifies."""
    from mainstem.cli.output import say

    if as_json:
        from dataclasses import asdict, replace

        say(
            json.dumps(
                asdict(replace(found, chain=number)), indent=2, ensure_ascii=False, default=plain
            )
        )
        return
    told = found.sentence.casefold()
    say(found.sentence, *(f"  {r}." for r in found.reasons if r.casefold() not in told))
    if found.refusal:
        say(f"What would make it qualify: {found.refusal}")
    if found.question:
        say(f"To be answered by {found.question.asked_of}: --answer {found.question.statement}=false --how "
            "“how it would read differently”, or =true.")  # fmt: skip
    for one in found.similar:
        say(f"Alike: #{one.number} “{one.title}”, {one.step.replace('_', ' ')}: {one.why}")
    if number:
        say(f"Decisions: #{number} (mainstem decisions show {number}).")


def print_chain(chain: Chain, desk: Desk, *, as_json: bool) -> None:
    """A piece of work with all that was decided on it."""
    from mainstem.cli.output import say
    from mainstem.services.decisions.deciding import sentence

    if as_json:
        say(json.dumps(_chain_out(chain), indent=2, ensure_ascii=False, default=plain))
        return
    say(f"#{chain.number} {chain.work.title}", f"  asked by {chain.by} on {chain.at.date()}")
    say(*(f"  {d.by} on {d.at.date()}: {sentence(d, desk.standing.plan)}" for d in chain.decisions))
    for done in desk.decisions.done([chain.number]).get(chain.number, ()):
        say(
            f"  in the ledger: {done.item} “{done.title}” ({done.how}, {done.state}, since {done.first_day})"
        )


def print_list(chains: Sequence[Chain], *, as_json: bool) -> None:
    """Decisions as a table."""
    from mainstem.cli.output import say, table

    if as_json:
        say(
            json.dumps([_chain_out(c) for c in chains], indent=2, ensure_ascii=False, default=plain)
        )
        return
    if not chains:
        say("No decisions. `mainstem qualify TITLE --record` asks for one.")
        return
    rows = []
    for chain in chains:
        verdict = chain.verdict
        rows.append((
            str(chain.number), chain.work.title, verdict.step.value.replace("_", " ") if verdict else "to decide",
            (verdict.stream or verdict.kind) if verdict else "", verdict.why if verdict else "",
        ))  # fmt: skip
    table(("#", "work", "standing", "for", "why"), rows, right=(0,))


def _chain_out(chain: Chain) -> Mapping[str, Any]:
    from dataclasses import fields

    work: Work = chain.work
    verdict = chain.verdict
    return {
        "number": chain.number, "work": {f.name: getattr(work, f.name) for f in fields(work)}, "by": chain.by,
        "at": chain.at, "standing": verdict.step.value if verdict else "", "is_appealed": chain.is_appealed,
        "decisions": [{f.name: getattr(d, f.name) for f in fields(d)} for d in chain.decisions],
    }  # fmt: skip


def plain(value: Any) -> Any:
    """Values that JSON does not know."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
