"""A plan of any number of entities, as one would find it in a large organisation."""

from __future__ import annotations

from pathlib import Path

from bench.data import WORK


def write_plan(entities: int) -> Path:
    """Writes a plan folder with about so many entities, most of them key results and initiatives."""
    folder = WORK / f"plan-{entities}"
    if (folder / "done").exists():
        return folder
    from mainstem.demo.company import Company
    from mainstem.demo.planning import plan_of
    from mainstem.plan.model import SECTIONS, Plan
    from mainstem.plan.text.write import plan_to_text

    made = plan_of(Company(5_000, 24, 7))
    plan = made if isinstance(made, Plan) else Plan.model_validate(made)
    sections = [f for f in SECTIONS if f != "initiatives"]
    others = sum(len(getattr(plan, s)) for s in sections)
    bets = dict(list(plan.initiatives.items())[: entities - others])
    plan = plan.model_copy(update={"initiatives": bets})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.yaml").write_text(plan_to_text(plan), "utf-8")
    (folder / "done").touch()
    return folder
