"""S17: the organisation's own statements are ones that can be put to somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mainstem.challenge.ground import Ground
from mainstem.challenge.statements import STATEMENTS
from mainstem.challenge.structure_rules import finding
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import OwnStatement

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_LIKE_FIXED = re.compile(r"D-[A-Z]\d\d\Z")


def check_own_statements(ground: Ground) -> Iterator[Finding]:
    """A new one says its sentence and what it is about; a changed one stays about the same things."""
    for key, own in ground.plan.organisation.statements.items():
        fault = _changed(key, own) if key in STATEMENTS else _added(key, own)
        if fault is not None:
            yield _say(key, *fault)
        for language in own.words:
            if _LANGUAGE.match(language) is None:
                yield _say(
                    key,
                    "words",
                    f"has words in “{language}”, which is no language",
                    "Write the language as in `de`, `fr` or `pt-BR`.",
                )


def _changed(key: str, own: OwnStatement) -> tuple[str, str, str] | None:
    about = STATEMENTS[key].subject_type
    if own.subject is None or own.subject == about:
        return None
    hint = f"Take `subject` out; for a statement about {own.subject}s give it an id of your own."
    return "subject", f"is said of {about}s, not of {own.subject}s", hint


def _added(key: str, own: OwnStatement) -> tuple[str, str, str] | None:
    if _LIKE_FIXED.match(key):
        hint = "Give your own one an id like `our-…`, or name one of `mainstem challenge --statements`."
        return "", "is not in the fixed list", hint
    if own.text is None:
        return "text", "has no text", "Add `text:` with the sentence that, if true, disqualifies."
    if own.subject is None:
        return "subject", "does not say what it is about", "Add `subject:`, for instance `stream`."
    return None


def _say(key: str, field: str, what: str, hint: str) -> Finding:
    return finding(
        "S17",
        Severity.BLOCKS,
        "organisation",
        f"Statement {key} {what}.",
        hint,
        path=("statements", key, *([field] if field else [])),
        matched=key,
    )
