"""Page data of the catalogue of statements: what is asked of what, and how the organisation changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mainstem.challenge.catalogue_of import SECTION_OF, catalogue_of
from mainstem.challenge.statements import STATEMENTS, Statement
from mainstem.figures.wording import plural
from mainstem.plan.model import OwnStatement, Plan
from mainstem.services.people.access import Actor, may_change
from mainstem.web.contexts.pieces import Link

SUBJECTS = (*SECTION_OF, "piece of work")


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement as it stands, with what the organisation says of it."""

    id: str
    text: str
    severity: str
    asked_of: str
    evidence: str
    version: int
    source: str
    state: str
    words: tuple[tuple[str, str], ...]
    usual: str
    is_retired: bool
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Part:
    """The statements about one kind of thing."""

    name: str
    rows: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    parts: tuple[Part, ...]
    subjects: tuple[str, ...]
    may_change: bool
    given: Mapping[str, str]
    wrong: Mapping[str, str]


def catalogue_page(
    plan: Plan,
    actor: Actor,
    language: str,
    given: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Catalogue:
    """Every statement by what it is said of, retired ones last."""
    own = plan.organisation.statements
    known = catalogue_of(plan, language)
    parts = []
    for subject in SUBJECTS:
        rows = [_shown(s, own.get(s.id)) for s in known.values() if s.subject_type == subject]
        rows += [
            _retired(key, one)
            for key, one in own.items()
            if one.retired and _about(key, one) == subject
        ]
        if rows:
            parts.append(Part(subject, tuple(rows)))
    added = sum(key not in STATEMENTS for key in own)
    return Catalogue(
        head=f"{plural(len(known), 'statement')}, each of which disqualifies if it is true",
        lead=_lead(len(own) - added, added),
        crumbs=(Link("Challenge", "/challenge/"),),
        parts=tuple(parts),
        subjects=SUBJECTS,
        may_change=may_change(actor, "organisation", plan),
        given=given or {},
        wrong=wrong or {},
    )


def _lead(changed: int, added: int) -> str:
    if not changed and not added:
        return "They are as they come. Planners can reword, translate and retire them, and add your own."
    return f"Your organisation has changed {changed} of the fixed list and added {added}."


def _about(key: str, own: OwnStatement) -> str:
    return STATEMENTS[key].subject_type if key in STATEMENTS else own.subject or ""


def _shown(statement: Statement, own: OwnStatement | None) -> Shown:
    fixed = STATEMENTS.get(statement.id)
    state = "" if own is None else "reworded or changed here" if fixed else "your own"
    return Shown(
        statement.id, statement.text, str(statement.severity), statement.asked_of, statement.evidence,
        statement.version, statement.source, state, tuple((own.words if own else {}).items()),
        fixed.text if fixed and own is not None and fixed.text != statement.text else "",
        is_retired=False, is_changed=own is not None,
    )  # fmt: skip


def _retired(key: str, own: OwnStatement) -> Shown:
    fixed = STATEMENTS.get(key)
    return Shown(
        key, own.text or (fixed.text if fixed else ""), own.severity or (str(fixed.severity) if fixed else "warns"),
        own.asked_of or (fixed.asked_of if fixed else ""), own.evidence or (fixed.evidence if fixed else ""),
        own.version, "", "retired: nobody is asked", tuple(own.words.items()), "",
        is_retired=True, is_changed=True,
    )  # fmt: skip
