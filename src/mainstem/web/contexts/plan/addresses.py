"""Addresses and names of things of the plan, for its pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from mainstem.plan.change_kinds import split_subject
from mainstem.plan.changes import Added, Change, Removed, sentence
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import SECTIONS, Plan
from mainstem.web.contexts.pieces import Change as Shown
from mainstem.web.contexts.pieces import Kind, Link, Remark
from mainstem.web.contexts.places import edit_of
from mainstem.web.forms.plan.texts import words_for

#: Section → what several of them are called.
MANY = {section: section.replace("_", " ") for section in SECTIONS}


def plan_address(**query: str | int) -> str:
    """The page of the plan, asked something."""
    told = {k: v for k, v in query.items() if v != ""}
    return "/plan/" + (f"?{urlencode(told)}" if told else "")


def thing_address(subject: str, step: str = "") -> str:
    """The page of an entity, or the form of a part of the plan that is changed as one."""
    section, ident = split_subject(subject)
    if section in SECTIONS and ident:
        return edit_of(section, ident) + step
    return f"/plan/{section or 'organisation'}/edit"


def name_of(plan: Plan, subject: str) -> str:
    """What people call a thing; its identifier if it is gone."""
    section, ident = split_subject(subject)
    entity = getattr(plan, section, {}).get(ident) if section in SECTIONS else None
    if entity is not None:
        return words_for(section, ident, entity)
    return {"": "the plan", "organisation": "the organisation"}.get(subject, ident or section)


def word_for(section: str) -> str:
    """What one entity of a section is called: ``key result``."""
    return SECTIONS.get(section, section)


def shown_changes(changes: Sequence[Change], *, most: int = 200) -> tuple[Shown, ...]:
    """Changes as a page shows them: a sentence each, with the place."""
    return tuple(_shown(change) for change in changes[:most])


def _shown(change: Change) -> Shown:
    kind = Kind.CHANGED
    if isinstance(change, Added):
        kind = Kind.ADDED
    elif isinstance(change, Removed):
        kind = Kind.REMOVED
    return Shown(kind, sentence(change), place=".".join(map(str, (change.subject, *change.path))))


def shown_findings(found: Sequence[Finding], *, link: bool = True) -> tuple[Remark, ...]:
    """Findings as a page shows them."""
    return tuple(
        Remark(
            rule=f.rule,
            severity="accepted" if f.accepted is not None else f.severity.value,
            words=f.what,
            why=f"Accepted: {f.accepted}" if f.accepted is not None else f.why,
            hint="" if f.accepted is not None else f.hint,
            href=thing_address(f.subject) if link and f.subject else "",
            is_bad=f.severity is Severity.BLOCKS and f.accepted is None,
        )
        for f in found
    )


def refs(plan: Plan, section: str, idents: Sequence[Any]) -> tuple[Link, ...]:
    """Links to entities of one section, by name."""
    held = getattr(plan, section)
    return tuple(
        Link(words_for(section, key, held[key]) if key in held else str(key),
             thing_address(f"{section}/{key}"))
        for key in idents
    )  # fmt: skip
