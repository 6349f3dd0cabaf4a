"""All rules in one table, and the whole check of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from mainstem.challenge.answers import with_statements
from mainstem.challenge.ground import Ground
from mainstem.challenge.rules import RuleInfo
from mainstem.challenge.statements import STATEMENTS, Statement
from mainstem.challenge.structure import STRUCTURE_RULES, check_structure
from mainstem.challenge.wording import WORDING_RULES, check_wording
from mainstem.plan.findings import Finding
from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.text.rules import TEXT_RULES, TextRule


def check(plan: Plan, *, today: date) -> list[Finding]:
    """Everything that can be said against a plan, without places, in an order of its own.

    Structure, wording and the statements that the plan answers. Pure: the same plan and day give the
    same list, whatever the order of its entities. Acceptance is not applied here.
    """
    found = check_structure(plan, today=today) + list(check_wording(plan, today=today))
    return sorted(with_statements(Ground(plan, today), found), key=_order)


_SECTION_ORDER = {section: place for place, section in enumerate(["", "organisation", *SECTIONS])}


def _order(finding: Finding) -> tuple[int, str, str, str, str]:
    section, _, key = finding.subject.partition("/")
    place = _SECTION_ORDER.get(section, len(_SECTION_ORDER))
    return place, key, finding.rule, repr(finding.path), finding.what


def _of_statement(statement: Statement) -> RuleInfo:
    return RuleInfo(
        statement.id,
        statement.text,
        statement.severity,
        statement.text,
        (statement.subject_type,),
        statement.version,
        needs_history=not statement.from_plan and "rule" in statement.answer_kind,
    )


def _of_text(rule: TextRule) -> RuleInfo:
    return RuleInfo(rule.id, rule.title, rule.severity, rule.why, ("text",))


#: Every rule about a plan that a finding may name, by id: text, structure, wording, statements.
RULES: Mapping[str, RuleInfo] = MappingProxyType(
    {key: _of_text(rule) for key, rule in TEXT_RULES.items()}
    | dict(STRUCTURE_RULES)
    | dict(WORDING_RULES)
    | {key: _of_statement(statement) for key, statement in STATEMENTS.items()}
)
