"""The statements as an organisation has them: the fixed list with its own changes and additions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from mainstem.challenge.statements import STATEMENTS, Statement
from mainstem.plan.findings import Severity
from mainstem.plan.model import OwnStatement, Plan

#: Word of what a statement is said of → section of the plan that holds such things. Work has none.
SECTION_OF: Mapping[str, str] = MappingProxyType(
    {
        "objective": "objectives",
        "stream": "streams",
        "metric": "metrics",
        "key result": "key_results",
        "initiative": "initiatives",
        "team commitment": "teams",
        "dependency": "dependencies",
    }
)
#: What a piece of work is called as a subject: ``asked/NUMBER``.
ASKED = "asked"
_OWN_SOURCE = "the organisation's own"


def catalogue_of(plan: Plan, language: str = "en") -> Mapping[str, Statement]:
    """The statements that count, by id: first those of the fixed list, then the organisation's own.

    Retired ones are left out, and so are own ones that rule S17 finds fault with. An answer counts if it
    was given to the version that stands here; a reworded statement of the fixed list has the version of
    the list plus how often its own was raised.

    Args:
        plan: Holds the organisation's changes.
        language: In which the sentences are wanted; without a translation they stay as they are.
    """
    own = plan.organisation.statements
    if not own:
        return STATEMENTS
    out: dict[str, Statement] = {}
    for key, known in STATEMENTS.items():
        changed = own.get(key)
        if changed is None or not changed.retired:
            out[key] = known if changed is None else _changed(known, changed, language)
    for key, added in own.items():
        if key not in STATEMENTS and not added.retired and added.text and added.subject:
            out[key] = _added(key, added, language)
    return MappingProxyType(out)


def _changed(known: Statement, own: OwnStatement, language: str) -> Statement:
    return replace(
        known,
        version=known.version + own.version - 1,
        text=sentence(own, language) or known.text,
        severity=Severity(own.severity) if own.severity else known.severity,
        severity_note="" if own.severity else known.severity_note,
        asked_of=own.asked_of or known.asked_of,
        evidence=own.evidence or known.evidence,
    )


def _added(key: str, own: OwnStatement, language: str) -> Statement:
    return Statement(
        id=key,
        version=own.version,
        subject_type=own.subject or "",
        text=sentence(own, language),
        answer_kind=("question",),
        severity=Severity(own.severity or "warns"),
        severity_note="",
        rule_ids=(),
        from_plan=False,
        asked_of=own.asked_of or "whoever knows it best",
        evidence=own.evidence or "a sentence that others can check",
        source=_OWN_SOURCE,
    )


def sentence(own: OwnStatement, language: str) -> str:
    """The sentence in a language, or in a wider one (``pt`` for ``pt-BR``), or as it was written."""
    words = {name.lower(): text for name, text in own.words.items()}
    wanted = language.lower()
    return words.get(wanted) or words.get(wanted.partition("-")[0]) or own.text or ""


def is_own(statement: Statement) -> bool:
    """Whether an organisation added it."""
    return statement.id not in STATEMENTS


def said_of(plan: Plan, section: str, language: str = "en") -> tuple[Statement, ...]:
    """The statements about things of a section (or about ``asked`` work), in the order of the list."""
    if not plan.organisation.statements:
        return _fixed(section)
    return _of_section(catalogue_of(plan, language), section)


@lru_cache(32)
def _fixed(section: str) -> tuple[Statement, ...]:
    return _of_section(STATEMENTS, section)


def _of_section(found: Mapping[str, Statement], section: str) -> tuple[Statement, ...]:
    word = next((w for w, s in SECTION_OF.items() if s == section), "piece of work")
    return tuple(s for s in found.values() if s.subject_type == word)
