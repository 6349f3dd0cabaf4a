"""What the model refuses, in words: which value, what it may be, and what was probably meant."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from mainstem.ids import slug
from mainstem.plan.findings import Finding
from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.text.rules import TEXT_RULES

Location = tuple[Any, ...]

#: Words for keys that people bring from elsewhere.
_OTHER_WORDS = {
    "okrs": "objectives", "goals": "objectives", "goal": "objective", "kpi": "metric", "krs": "key_results",
    "value_streams": "streams", "groups": "teams", "quarters": "cycles", "start": "first_day",
    "end": "last_day", "start_date": "first_day", "end_date": "last_day", "title": "name",
    "description": "note", "parent": "in", "members": "size", "labels": "label", "deadline": "by",
    "due": "by", "bets": "initiatives", "org": "organisation", "organization": "organisation",
}  # fmt: skip


def make(
    rule: str, subject: str, path: Location, what: str, hint: str, matched: str = ""
) -> Finding:
    """A finding of a text rule, not placed yet."""
    known = TEXT_RULES[rule]
    return Finding(rule, known.severity, subject, what, known.why, hint, tuple(path), matched)


@lru_cache(maxsize=2000)
def _nearest(word: str, options: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches

    plain = {o.lower().replace("-", "_").replace(" ", "_"): o for o in options}
    near = get_close_matches(word.lower().replace("-", "_").replace(" ", "_"), plain, 1, 0.6)
    return plain[near[0]] if near else None


def did_you_mean(word: str, options: Iterable[str]) -> str | None:
    """The option that is spelt most like ``word``, if one is near."""
    choices = tuple(options)
    other = _OTHER_WORDS.get(word.lower())
    return other if other in choices else _nearest(word, choices)


def complaint(error: Mapping[str, Any]) -> Finding:
    """One of pydantic's errors on the whole plan as a finding, with subject and path."""
    location: Location = tuple(error["loc"])
    subject, path = split(location)
    kind: str = error["type"]
    value = error["input"]
    if kind == "extra_forbidden":
        return _unknown_key(subject, path, location)
    if kind == "missing":
        return _missing(subject, path, location)
    if (location and location[-1] == "[key]") or kind == "string_pattern_mismatch":
        return _bad_id(subject, path, value)
    what, hint = _explained(kind, value, error, path)
    name = next((step for step in reversed(path) if isinstance(step, str)), subject)
    matched = value if isinstance(value, str) else ""
    return make("T003", subject, path, f"`{name}` {what}", hint, matched)


def split(location: Location) -> tuple[str, Location]:
    """Subject and path of a location in the plan."""
    if not location:
        return "", ()
    if location[0] in SECTIONS and len(location) > 1:
        return f"{location[0]}/{location[1]}", tuple(s for s in location[2:] if s != "[key]")
    if location[0] == "organisation":
        return "organisation", location[1:]
    return "", location


def _unknown_key(subject: str, path: Location, location: Location) -> Finding:
    shape = _shape_at(location[:-1])
    keys = keys_of(shape) if shape else []
    key = str(location[-1])
    meant = did_you_mean(key, keys)
    hint = f"Did you mean `{meant}`? " if meant else ""
    return make(
        "T002", subject, path, f"`{key}` is not a key of {_word_for(shape, location)}.",
        f"{hint}Known keys are {', '.join(keys)}.", key,
    )  # fmt: skip


def _missing(subject: str, path: Location, location: Location) -> Finding:
    shape = _shape_at(location[:-1])
    key = str(location[-1])
    return make(
        "T004", subject, path, f"`{key}` is missing; {_word_for(shape, location)} needs it.",
        f"Add `{key}:`{_example(shape, key)}.",
    )  # fmt: skip


def _bad_id(subject: str, path: Location, value: Any) -> Finding:
    shown = shortened(value)
    return make(
        "T003", subject, path, f"{shown} cannot be an identifier.",
        "Identifiers begin with a letter or digit and hold only letters, digits, `.`, `_`, `/` and `-`,"
        f" at most 100; for instance `{slug(str(value))}`. What people read goes into `name`.",
        str(value),
    )  # fmt: skip


def _explained(kind: str, value: Any, error: Mapping[str, Any], path: Location) -> tuple[str, str]:
    context = error.get("ctx") or {}
    shown = shortened(value)
    if kind in ("literal_error", "enum"):
        allowed = str(context.get("expected", "")).replace("'", "")
        meant = (
            did_you_mean(value, allowed.replace(" or ", ", ").split(", "))
            if isinstance(value, str)
            else None
        )
        return (
            f"is {shown}; it must be {allowed}.",
            f"Did you mean `{meant}`?" if meant else f"Write {allowed}.",
        )
    if kind in _KINDS:
        wanted, hint = _KINDS[kind]
        if path and path[-1] == "share" and kind == "float_parsing":
            wanted, hint = "a share, `delivers` or `supports`", "Write a share such as 60% or 0.6."
        return f"is {shown}; it must be {wanted}.", hint
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        bound = f"{context.get(name):g}" if isinstance(context.get(name), (int, float)) else ""
        share = (
            "Write shares as 60% or 0.6."
            if bound in ("1", "0")
            else f"Write a number {words} {bound}."
        )
        return f"is {shown}; it must be {words} {bound}.", share
    if kind == "value_error":
        said = str(context.get("error", error.get("msg", "")))
        if said.startswith("could not convert"):
            return f"is {shown}; it must be a share.", "Write a share such as 60% or 0.6."
        return f"is {shown}: {said}.", "Write it that way."
    if kind in ("string_too_short", "too_short"):
        least = context.get("min_length", 1)
        return ("is empty.", "Write something, or take the key away.") if least == 1 else (
            f"is {shown}; it must have at least {least} letters.", "Say it in a few words.")  # fmt: skip
    return f"is {shown}: {error.get('msg', 'it cannot be read')}.", "See the reference of keys."


_DAYS = "Write a day that exists as year-month-day, like 2026-07-31."
_LIST = "Write each item on its own line after `- `, or all in brackets: [a, b]."
_KEYS = "Write its keys below it, each on a line of its own, indented by two spaces: `key: value`."
_KINDS = {
    "string_type": (
        "text",
        "Write one value; put it in quotes if it holds `: `, brackets or a leading sign.",
    ),
    "tuple_type": ("a list", _LIST),
    "dict_type": ("a mapping", _KEYS),
    "model_type": ("a mapping", _KEYS),
    "model_attributes_type": ("a mapping", _KEYS),
    "float_parsing": (
        "a number",
        "Write digits with a point: 1234.5; no thousands signs, no unit.",
    ),
    "float_type": ("a number", "Write digits with a point: 1234.5."),
    "finite_number": ("a number", "Infinity and not-a-number are no values of a plan."),
    "int_parsing": ("a whole number", "Write digits only: 12."),
    "int_type": ("a whole number", "Write digits only: 12."),
    "int_from_float": ("a whole number", "Write digits only: 12."),
    "int_parsing_size": ("a whole number", "Write fewer digits."),
    "bool_parsing": ("true or false", "Write true or false."),
    "bool_type": ("true or false", "Write true or false."),
    "date_type": ("a day", _DAYS),
    "date_parsing": ("a day", _DAYS),
    "date_from_datetime_parsing": ("a day", _DAYS),
    "date_from_datetime_inexact": ("a day", _DAYS),
}
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def shortened(value: Any) -> str:
    """A value as it is named in a sentence."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "empty"
    text = str(value)
    return f"`{text[:60]}…`" if len(text) > 60 else f"`{text}`"


def keys_of(shape: type[BaseModel]) -> list[str]:
    """The keys of a class as they are written in text."""
    return [info.alias or name for name, info in shape.model_fields.items()]


def _shape_at(location: Location) -> type[BaseModel] | None:
    """The class of the model that a location leads to."""
    annotation: Any = Plan
    for step in location:
        annotation = _into(annotation, step)
        if annotation is None:
            return None
    found = _plain(annotation)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def _into(annotation: Any, step: Any) -> Any:
    annotation = _plain(annotation)
    origin = get_origin(annotation)
    if origin is dict:
        return get_args(annotation)[1]
    if origin is tuple:
        return get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if step in (info.alias, name):
                return info.annotation
    return None


def _plain(annotation: Any) -> Any:
    """Without ``Annotated`` and without ``| None``."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation


def _word_for(shape: type[BaseModel] | None, location: Location) -> str:
    if shape is None:
        return "this entry"
    if shape is Plan:
        return "a plan"
    word = "".join(f" {c.lower()}" if c.isupper() else c for c in shape.__name__).strip()
    return f"{'an' if word[0] in 'aeio' else 'a'} {word}"


def _example(shape: type[BaseModel] | None, key: str) -> str:
    """An example of a value, where its kind is easily shown."""
    if shape is None:
        return ""
    info = next((i for n, i in shape.model_fields.items() if key in (n, i.alias)), None)
    kind = _plain(info.annotation) if info else None
    if get_origin(kind) is Literal:
        return f" with one of {', '.join(map(str, get_args(kind)))}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f" with one of {', '.join(str(member.value) for member in kind)}"
    name = getattr(kind, "__name__", "")
    return {"date": ", for instance 2026-07-01", "float": " with a number"}.get(name, "")
