"""Values of the plan in plain words: numbers with units, shares, days, conditions, lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from mainstem.plan.model import Condition, Effect, Shape

#: Keys of the text whose words are not simply the key with spaces.
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "in": "group",
        "from": "first day",
        "to": "last day",
        "by": "due day",
        "metric": "metric",
        "class": "class",
        "not": "exception",
        "all": "conditions that must all hold",
        "any": "alternatives",
        "owns": "names in trackers and CODEOWNERS",
        "gaming": "known ways to game it",
        "drives": "metrics that it drives",
        "inputs": "input metrics",
        "also_serves": "objectives also served",
        "k_min": "smallest group shown",
        "customer_better_off": "what customers can do then",
    }
)
_CONDITION_KEYS = (
    "project", "epic", "parent", "key", "component", "label", "type", "state", "source", "team",
    "path", "text",
)  # fmt: skip


def key_in_words(key: str | int) -> str:
    """A key of the text as people say it: ``needed_by`` → ``needed by``."""
    if isinstance(key, int):
        return str(key + 1)
    return _WORDS.get(key, key.replace("_", " "))


def number_in_words(value: float, unit: str | None = None) -> str:
    """``92 %``, ``1.5 s``, ``12000``: no trailing zeros, a space before the unit."""
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    return f"{text} {unit}" if unit else text


def share_in_words(share: float) -> str:
    """``0.4`` → ``40 %``."""
    return number_in_words(round(share * 100, 6), "%")


def listed(words: Sequence[str], *, last: str = "and") -> str:
    """``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def condition_in_words(condition: Condition) -> str:
    """A condition as one reads it aloud: ``label a or b and path src/**``."""
    parts = [
        f"{name} {listed(getattr(condition, name), last='or')}"
        for name in _CONDITION_KEYS
        if getattr(condition, name)
    ]
    parts += [f"field {name} {listed(v, last='or')}" for name, v in condition.field.items()]
    parts += [_grouped(inner) for inner in condition.all]
    if condition.any:
        parts.append(f"any of ({'; '.join(condition_in_words(c) for c in condition.any)})")
    parts += [f"not ({condition_in_words(inner)})" for inner in condition.not_]
    return " and ".join(parts) or "no condition"


def _grouped(condition: Condition) -> str:
    text = condition_in_words(condition)
    return f"({text})" if " and " in text or " or " in text else text


def in_words(value: Any, unit: str | None = None) -> str:
    """Any value of the plan, short, on one line; texts that are sentences in quotation marks."""
    if value is None or value == () or value == {}:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number_in_words(value, unit)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return f"“{' '.join(value.split())}”" if " " in value or "\n" in value else str(value)
    if isinstance(value, Condition):
        return condition_in_words(value)
    if isinstance(value, Effect):
        return f"{value.by:+.12g}" + (f" on {value.metric}" if value.metric else "")
    if isinstance(value, dict):
        return listed([f"{key}: {in_words(inner)}" for key, inner in value.items()])
    if isinstance(value, Shape):
        given = value.model_dump(by_alias=True, exclude_defaults=True)
        return ", ".join(f"{key_in_words(k)} {in_words(v)}" for k, v in given.items()) or "nothing"
    return listed([in_words(inner) for inner in value])
