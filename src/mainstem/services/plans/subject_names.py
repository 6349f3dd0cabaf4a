"""What people call a thing of the plan, by its subject."""

from __future__ import annotations

from typing import Any

from mainstem.plan.change_kinds import split_subject
from mainstem.plan.model import SECTIONS, Plan


def subject_name(subject: str, plan: Plan) -> str:
    """Its name, its text, or what is needed; the identifier where nothing is said."""
    section, ident = split_subject(subject)
    held: Any = getattr(plan, section).get(ident) if section in SECTIONS else None
    if held is None:
        return ident or subject
    said = {"key_results": "text", "dependencies": "what"}.get(section)
    return held.name or (getattr(held, said) if said else ident)
