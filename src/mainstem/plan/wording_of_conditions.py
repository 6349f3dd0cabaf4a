"""Changes inside a claim or a rule for the rest as sentences: what it takes, what it needs."""

from __future__ import annotations

from typing import Any

from mainstem.plan.change_kinds import Added, Changed, Removed
from mainstem.plan.model import Condition
from mainstem.plan.wording_of_values import condition_in_words, in_words, key_in_words, listed


def claim_sentence(change: Changed, owner: str) -> str:
    """What a claim now needs or takes.

    Within one key any value will do, so another value makes it take more; another key must hold as
    well, so it needs more.
    """
    key, value_key = change.path[1], change.path[-1]
    who = _which(change, owner)
    if value_key == "kind":
        return f"{who} now stands for {change.new} instead of {change.old}"
    if value_key == "rank":
        return f"{who}: rank is now {_said(change.new)} (before: {_said(change.old)})"
    if not isinstance(key, int) or not isinstance(change.old, tuple):
        word = key_in_words(value_key)
        return f"{who}: {word} is now {in_words(change.new)} (before: {in_words(change.old)})"
    words = (
        f"field {value_key}" if "field" in change.path[2:-1] else key_in_words(value_key),
        [_one(value) for value in change.old],
        [_one(value) for value in change.new],
    )
    return _needs_and_takes(who, *words)


def _needs_and_takes(who: str, word: str, old: list[str], new: list[str]) -> str:
    if not old:
        return f"{who} now also needs {word} {listed(new, last='or')}"
    if not new:
        return f"{who} no longer needs {word} {listed(old, last='or')}"
    came, went = [v for v in new if v not in old], [v for v in old if v not in new]
    if came and went:
        return (
            f"{who} now takes {word} {listed(new, last='or')} instead of {listed(old, last='or')}"
        )
    if came:
        return f"{who} now also takes {word} {listed(came, last='or')}"
    if went:
        return f"{who} no longer takes {word} {listed(went, last='or')}"
    return f"{who} names {word} in another order: {listed(new)}"


def field_sentence(change: Added | Removed, owner: str) -> str:
    """A custom field that a claim starts or stops asking for."""
    verb = "now also needs" if isinstance(change, Added) else "no longer needs"
    values = listed([_one(value) for value in change.value], last="or")
    return f"{_which(change, owner)} {verb} field {change.path[-1]} {values}"


def _which(change: Changed | Added | Removed, owner: str) -> str:
    place = int(change.path[1]) + 1
    if change.path[0] == "rest":
        return f"Rule {place} for the rest"
    return f"Claim {place} of {owner[:1].lower()}{owner[1:]}"


def _said(value: Any) -> str:
    return "that of its kind" if value is None else in_words(value)


def _one(value: Any) -> str:
    return f"({condition_in_words(value)})" if isinstance(value, Condition) else str(value)
