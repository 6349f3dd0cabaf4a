"""Findings as a SARIF 2.1.0 log, for code scanning and editors.

Source: Static Analysis Results Interchange Format (SARIF) Version 2.1.0, OASIS Standard. Columns are
counted in Unicode code points. Accepted findings are results with a suppression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from mainstem.figures.escaping import sarif_text, uri
from mainstem.plan.findings import Finding, Place, Severity

if TYPE_CHECKING:
    from mainstem.challenge.rules import RuleInfo

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.BLOCKS: "error", Severity.WARNS: "warning", Severity.INFO: "note"}


def sarif_log(
    findings: Sequence[Finding], rules: Mapping[str, RuleInfo], base: PurePath | None
) -> dict[str, Any]:
    """One run with the rules that the findings name, and a result for each finding, in their order."""
    named = sorted({found.rule for found in findings})
    place = {rule: index for index, rule in enumerate(named)}
    driver = {
        "name": "mainstem",
        **_version(),
        "rules": [_rule(rule, rules.get(rule), findings) for rule in named],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(found, place[found.rule], base) for found in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _version() -> dict[str, str]:
    from mainstem import __version__

    return {"semanticVersion": __version__}


def _rule(rule: str, info: RuleInfo | None, findings: Sequence[Finding]) -> dict[str, Any]:
    if info is None:
        first = next(found for found in findings if found.rule == rule)
        title, why, severity = rule, first.why or first.what, first.severity
    else:
        title, why, severity = info.title, info.why, info.severity
    help_text = f"{why}\n\nExplained in the documentation under {_page(rule, info)}."
    return {
        "id": rule,
        "shortDescription": {"text": sarif_text(title)},
        "fullDescription": {"text": sarif_text(why)},
        "help": {"text": help_text, "markdown": f"**{title}**\n\n{help_text}"},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {
            "tags": list(info.subjects) if info else [],
            "version": info.version if info else 1,
        },
    }


def _page(rule: str, info: RuleInfo | None) -> str:
    return info.docs_page if info else f"rules/{rule}.md"


def _result(found: Finding, index: int, base: PurePath | None) -> dict[str, Any]:
    parts = (found.what, found.why, found.hint)
    return {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "message": {"text": "\n".join(sarif_text(part) for part in parts if part)},
        "locations": [_location(found, base)],
        "partialFingerprints": {"mainstem/v1": _fingerprint(found)},
        "suppressions": _suppressions(found),
        "properties": {"subject": found.subject, "statements": list(found.statements)},
    }


def _location(found: Finding, base: PurePath | None) -> dict[str, Any]:
    named = "/".join([found.subject or "plan", *(str(step) for step in found.path)])
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": named}]}
    if found.place is not None:
        location["physicalLocation"] = _physical(found.place, base)
    return location


def _physical(place: Place, base: PurePath | None) -> dict[str, Any]:
    file = place.file
    if base is not None and file.is_relative_to(base):
        file = file.relative_to(base)
    return {
        "artifactLocation": {"uri": uri(file)},
        "region": {"startLine": max(1, place.line), "startColumn": max(1, place.column)},
    }


def _suppressions(found: Finding) -> list[dict[str, str]]:
    if found.accepted is None:
        return []
    return [{"kind": "inSource", "status": "accepted", "justification": found.accepted}]


def _fingerprint(found: Finding) -> str:
    """The same for the same rule at the same thing, wherever its lines move to."""
    text = "\x1f".join([found.rule, found.subject, *(str(step) for step in found.path)])
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
