"""Claims as SQL: an anchor that finds candidates by joins, and the full condition to check them.

The meaning is that of ``mainstem.work.claims`` (tests hold the two against each other). Speed comes
from three things: values are matched against the *distinct* values of a field and joined back; a
condition is only evaluated on rows that its anchor found; text is searched last, only on items that no
stronger claim won, and only where a literal that the pattern needs is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mainstem.plan.model import Condition
from mainstem.work.codeowners import literal_prefix, pattern_to_regex
from mainstem.work.text_patterns import is_regex, required_literal, required_words, text_regex

#: Fields with one value, and the column of ``subject`` that holds it in lower case.
SINGLE = ("project", "type", "epic", "parent", "key", "state", "source")
#: Fields with several.
MANY = {"label": "labels", "component": "components", "team": "teams"}


def quote(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def is_pattern(value: str) -> bool:
    """Whether a value has a wildcard."""
    return "*" in value


def value_regex(value: str) -> str:
    """An anchored RE2 expression for a value with ``*``, in lower case."""
    return "^" + ".*".join(re.escape(part) for part in value.lower().split("*")) + "$"


def _one_of(column: str, values: Iterable[str]) -> str:
    plain = [v.lower() for v in values if not is_pattern(v)]
    tests = [f"{column} IN ({', '.join(map(quote, plain))})"] if plain else []
    tests += [
        f"regexp_matches({column}, {quote(value_regex(v))}, 's')" for v in values if is_pattern(v)
    ]
    return f"coalesce({' OR '.join(tests)}, false)"


def _any_of(column: str, values: Iterable[str]) -> str:
    plain = [v.lower() for v in values if not is_pattern(v)]
    tests = [f"list_has_any({column}, [{', '.join(map(quote, plain))}])"] if plain else []
    tests += [
        f"len(list_filter({column}, lambda x: regexp_matches(x, {quote(value_regex(v))}, 's'))) > 0"
        for v in values
        if is_pattern(v)
    ]
    return f"coalesce({' OR '.join(tests)}, false)"


def path_test(column: str, pattern: str) -> str:
    """Whether one path matches a CODEOWNERS pattern, ignoring case."""
    prefix = literal_prefix(pattern)
    guard = f"starts_with({column}, {quote(prefix.lower())}) AND " if prefix else ""
    return f"({guard}regexp_matches({column}, {quote(pattern_to_regex(pattern))}, 'is'))"


def text_test(pattern: str, column: str = "title") -> str:
    """Whether a title matches a text pattern; guarded by a literal that any match needs.

    Titles are never null in ``subject``. A ``coalesce`` around the two tests would make the engine work
    out both for every row (five times slower); as a plain ``AND`` the second only sees what is left.
    """
    if is_regex(pattern):
        literal = required_literal(pattern)
        needed, flags = [literal] if literal else [], "is"
    else:
        # titles are in lower case already, and a phrase needs all of its words
        needed, flags = sorted(required_words(pattern), key=len, reverse=True), "s"
    guards = [f"contains({column}, {quote(word)})" for word in needed]
    whole = f"regexp_matches({column}, {quote(text_regex(pattern))}, '{flags}')"
    return "(" + " AND ".join([*guards, whole]) + ")"


def predicate(condition: Condition) -> str:
    """The whole condition as a SQL expression over the columns of ``subject``."""
    tests: list[str] = []
    for name in SINGLE:
        values = getattr(condition, name)
        if values:
            tests.append(_one_of(name, values))
    for name, column in MANY.items():
        values = getattr(condition, name)
        if values:
            tests.append(_any_of(column, values))
    if condition.path:
        inner = " OR ".join(path_test("x", p) for p in condition.path)
        tests.append(f"coalesce(len(list_filter(paths, lambda x: {inner})) > 0, false)")
    if condition.text:
        texts = [text_test(p) for p in condition.text]
        tests.append(texts[0] if len(texts) == 1 else "(" + " OR ".join(texts) + ")")
    for name, values in condition.field.items():
        tests.append(_one_of(f"lower(fields[{quote(name)}])", values))
    tests += [predicate(c) for c in condition.all]
    if condition.any:
        tests.append("(" + " OR ".join(predicate(c) for c in condition.any) + ")")
    if condition.not_:
        tests.append("NOT (" + " OR ".join(predicate(c) for c in condition.not_) + ")")
    if len(tests) == 1:
        return tests[0]
    return "(" + " AND ".join(tests) + ")" if tests else "false"


@dataclass(frozen=True, slots=True)
class Anchor:
    """Values of one field of which any match must have at least one."""

    field: str  # a name in SINGLE or MANY, `path`, or `field:NAME`
    values: tuple[str, ...]


#: Strongest filter first: which field to anchor on when a condition names several.
_ORDER = ("key", "epic", "parent", "label", "component", "path", "field", "project", "team", "type",
          "state", "source")  # fmt: skip


def anchors(condition: Condition) -> tuple[Anchor, ...] | None:
    """Anchors that together catch every match, or ``None`` if only a scan can."""
    for name in _ORDER:
        if name == "field":
            for field, values in condition.field.items():
                return (Anchor(f"field:{field}", values),)
        elif values := getattr(condition, name):
            return (Anchor(name, values),)
    for inner in condition.all:
        found = anchors(inner)
        if found is not None:
            return found
    if condition.any:
        parts = [anchors(inner) for inner in condition.any]
        if all(p is not None for p in parts):
            return tuple(a for p in parts if p is not None for a in p)
    return None


def is_anchor_only(condition: Condition) -> bool:
    """Whether the anchor says it all, so that no further check is needed."""
    dump = [
        bool(getattr(condition, n)) for n in (*SINGLE, *MANY, "path", "text", "all", "any", "not_")
    ]
    return sum(dump) + len(condition.field) == 1 and not (
        condition.text or condition.all or condition.any or condition.not_
    )
