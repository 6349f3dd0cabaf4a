"""Suggestions for a folder: accepting them writes links into the plan's text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mainstem.errors import Absent, UsageError
from mainstem.plan.model import Link
from mainstem.services.suggestions.ground import SUGGESTED, names_of
from mainstem.services.suggestions.versions import Standing, SuggestedRow

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.plan.model import Plan
    from mainstem.services.plans.workspace import Workspace


def open_rows(held: Standing, plan: Plan) -> list[SuggestedRow]:
    """What is suggested of items of which the plan says nothing yet."""
    names, answered = names_of(plan), {link.item.lower() for link in plan.links}
    return [r for r in held.rows if r.target in names and r.key.lower() not in answered]


def accept_in_text(keys: Sequence[str], held: Standing, place: Workspace) -> list[Path]:
    """Writes what was suggested as links into the plan's text; the files that changed.

    Raises:
        UsageError: there is no plan.
        Absent: nothing is suggested for one of the items.
        PlanError: the text cannot be changed without losing something; nothing was.
    """
    from mainstem.plan.text.edit import edit_plan
    from mainstem.plan.text.files import read_folder
    from mainstem.services.plans.file_set import write_together

    if place.plan is None or held.version is None:
        raise UsageError("There is no plan here, or no model.", "Say --plan; train a model first.")
    plan, _ = place.usable_plan()
    known = {r.key.lower(): r for r in open_rows(held, plan)}
    links = []
    for key in dict.fromkeys(k.lower() for k in keys):
        if key not in known:
            raise Absent(f"Nothing is suggested for {key}.", "See: mainstem suggest show.")
        links.append(_link(known[key], held.version.name))
    made = edit_plan(
        read_folder(place.plan), plan.model_copy(update={"links": (*plan.links, *links)})
    )
    root = place.plan if place.plan.is_dir() else place.plan.parent
    wanted = {root / path: content for path, content in made.items()}
    write_together(root.resolve().parent / ".mainstem", wanted)
    return list(wanted)


def _link(row: SuggestedRow, version: str) -> Link:
    kind, _, name = row.target.partition(":")
    why = f"{SUGGESTED} {version}, {int(100 * row.sure)} % sure"
    return Link.model_validate({"item": row.key, kind: name, "why": why})
