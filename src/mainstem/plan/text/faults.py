"""What the model refuses, in words that help: unknown keys, wrong values, missing fields."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Shape

_NUMBER = {"float_parsing", "float_type", "int_parsing", "int_type", "int_from_float"}
_DAY = {"date_parsing", "date_type", "date_from_datetime_parsing", "date_from_datetime_inexact"}
_BOOL = {"bool_parsing", "bool_type"}
_LIST = {"tuple_type", "list_type"}
_MAP = {"dict_type", "model_type", "model_attributes_type", "dict_attributes_type"}
#: Parts of an error's location that are pydantic's own words and no key of the text.
_INNER = ("function-before", "function-after", "tuple[", "[key]", "constrained", "lax-or-strict")


def near(word: str, allowed: Iterable[str]) -> str:
    """``Did you mean …?`` for the closest allowed word, or nothing."""
    found = difflib.get_close_matches(word.lower(), [a.lower() for a in allowed], 1, 0.6)
    return f"Did you mean `{found[0]}`?" if found else ""


def explain_fault(problem: Mapping[str, Any], cls: type[Shape], subject: str) -> Finding:
    """A validation error as a finding with the path of the value meant."""
    path = tuple(
        p for p in problem["loc"] if isinstance(p, int) or not str(p).startswith(_INNER)
    )
    key = next((str(p) for p in reversed(path) if isinstance(p, str)), subject.rpartition("/")[2])
    kind, value = problem["type"], problem.get("input")
    context = problem.get("ctx") or {}
    if kind == "extra_forbidden":
        allowed = allowed_keys(cls, path[:-1])
        hint = near(str(path[-1]), allowed) or f"Allowed here: {', '.join(allowed)}."
        return _made("T006", subject, path, f"There is no field {path[-1]!r} here.",
                     "What it says would be lost.", hint, str(path[-1]))  # fmt: skip
    if kind == "missing":
        return _made("T008", subject, path[:-1], f"The field {path[-1]!r} is missing.",
                     "It cannot be left out here.", f"Add `{str(path[-1]).rstrip('_')}:`.", str(path[-1]))  # fmt: skip
    what, hint = _value_words(kind, key, value, context, str(problem["msg"]))
    return _made("T007", subject, path, what, "The value cannot be used as it stands.", hint,
                 "" if isinstance(value, (dict, list, tuple)) else str(value)[:80])  # fmt: skip


def _value_words(
    kind: str, key: str, value: Any, context: Mapping[str, Any], said: str
) -> tuple[str, str]:
    shown = repr(value)[:80] if not isinstance(value, (dict, list, tuple)) else "a mapping or list"
    if kind in _NUMBER:
        return f"{key} is {shown}, which is no number.", "Write digits, with a point for decimals."
    if kind in _DAY:
        return f"{key} is {shown}, which is no day.", "Write it as 2026-07-01."
    if kind in _BOOL:
        return f"{key} is {shown}, which is neither true nor false.", "Write true or false."
    if kind in ("literal_error", "enum"):
        allowed = str(context.get("expected", "")).replace("'", "")
        hint = near(str(value), allowed.replace(" or ", ", ").split(", "))
        return f"{key} is {shown}, which is not allowed.", f"{hint} Allowed: {allowed}.".strip()
    if kind == "string_pattern_mismatch":
        return (f"{key} is {shown}, which cannot be an identifier.",
                "Use letters, digits and . _ / - only, at most 100.")  # fmt: skip
    if kind in _LIST:
        return f"{key} must be a list.", "Begin each entry with a dash."
    if kind in _MAP:
        return f"{key} must be a mapping, not {shown}.", "Indent its fields below it."
    if kind in ("string_type", "string_too_short"):
        return f"{key} must be some words.", "Write one word or a sentence."
    limits = {"greater_than": "above {gt}", "greater_than_equal": "at least {ge}",
              "less_than": "below {lt}", "less_than_equal": "at most {le}"}  # fmt: skip
    if kind in limits:
        return f"{key} is {shown}, but must be {limits[kind].format(**context)}.", "Correct the number."
    return f"{key} cannot be used: {said}.", "See the reference of keys in the documentation."


def _made(
    rule: str, subject: str, path: tuple[str | int, ...], what: str, why: str, hint: str, matched: str
) -> Finding:
    return Finding(rule, Severity.BLOCKS, subject, what, why, hint, path, matched)


def allowed_keys(cls: type[Shape], path: tuple[str | int, ...]) -> list[str]:
    """Keys that may stand at a path below an entity, as they are written."""
    at: type[Shape] | None = cls
    for step in path:
        if isinstance(step, int) or at is None:
            continue
        fields = {(f.alias or n): f for n, f in at.model_fields.items()}
        found = fields.get(step) or at.model_fields.get(step)
        at = _shape_in(found.annotation) if found is not None else at
    return [f.alias or n for n, f in (at or cls).model_fields.items()]


def _shape_in(annotation: Any) -> type[Shape] | None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    for part in get_args(annotation):
        found = _shape_in(part)
        if found is not None:
            return found
    return None
