"""Any plan at all, straight from the model's own classes, with the nastiest texts that may stand in it."""

from __future__ import annotations

import types
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from mainstem.plan.model import FIRST_DAY, LAST_DAY, SECTIONS, Plan, Shape

NASTY = [
    "null", "~", "Null", "true", "no", "on", "y", "1:30", "2026-07-01", "0x1F", "1e3", "010", "1_000", ".inf",
    "-", "- a", "?", ": a", "a: b", "a #b", "#b", "@x", "*x", "&x", "!x", "%x", "`x`", "[x", "x]", "{x}", "x,y",
    "'", '"', "it's", 'say "x"', "\\", "\\n", "a\nb", "a\n\n b \nc\n", "\n", " a", "a ", "a\tb", "\ta", "\r",
    "\x07", "\x85", "\u2028", "\ufeff", "\u00a0", "Größe", "日本", "\U0001f600", "<<", "=", "|", ">", "---", "...",
    "60%", "x" * 300, "a  b", "/re/", "/", "x:", ":x", "a:b", "<<<<<<< x", "=======",
]  # fmt: skip
TEXTS = (st.sampled_from(NASTY) | st.text(max_size=12)).filter(lambda t: "\ud800" not in t)
IDS = st.sampled_from(["a", "null", "1", "2026-10", "on", "x/y", "1e3", "No", "0.5"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-1000, 1000).map(float)
MOST_DEEP = 2


def plans() -> st.SearchStrategy[Plan]:
    """Plans of the right shape; references lead anywhere."""
    return _shape(Plan, 0).map(Plan.model_validate)


def _shape(shape: type[Shape], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    required, optional = {}, {}
    for name, info in shape.model_fields.items():
        if name in ("all", "any", "not_") and depth > MOST_DEEP:
            continue
        made = _value(name, info.annotation, info.metadata, depth)
        (required if info.is_required() else optional)[info.alias or name] = made
    if shape is Plan:
        return st.lists(st.sampled_from(list(optional)), max_size=3, unique=True).flatmap(
            lambda chosen: st.fixed_dictionaries({k: optional[k] for k in chosen})
        )
    return st.fixed_dictionaries(required, optional=optional)


def _value(name: str, annotation: Any, metadata: list[Any], depth: int) -> st.SearchStrategy[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return _value(name, inner, [*metadata, *more], depth)
    if origin in (Union, types.UnionType):
        options = [a for a in get_args(annotation) if a is not type(None)]
        return st.none() | _value(name, options[0], metadata, depth)
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    if origin is tuple:
        return st.lists(_value(name, get_args(annotation)[0], [], depth + 1), max_size=3)
    if origin is dict:
        keys = IDS if name in SECTIONS or name in ("teams", "statements") else TEXTS
        return st.dictionaries(
            keys, _value(name, get_args(annotation)[1], [], depth + 1), max_size=3
        )
    return _single(annotation, metadata, depth)


def _single(kind: Any, metadata: list[Any], depth: int) -> st.SearchStrategy[Any]:
    if issubclass(kind, Shape):
        return _shape(kind, depth + 1)
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if kind is bool:
        return st.booleans()
    if kind is date:
        return st.dates(FIRST_DAY, LAST_DAY)
    if kind in (int, float):
        return _number(kind, metadata)
    limits = " ".join(map(repr, metadata))
    if "pattern" in limits:
        return IDS
    least = 3 if "3" in limits else 1 if "min_length" in limits or "MinLen" in limits else 0
    return TEXTS.filter(lambda text: len(text) >= least)


def _number(kind: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    limits = " ".join(map(repr, metadata))
    if "Le(le=1)" in limits:
        return st.floats(0, 1) | st.sampled_from([0.07, 0.29, 0.6, 1.0, 0.0])
    if "50)" in limits or "120)" in limits:
        return st.integers(1, 50)
    if "24" in limits:
        return st.sampled_from([0.1, 7.5, 24.0])
    if kind is int:
        return st.integers(1 if "ge=1)" in limits else 0, 10**6)
    positive = "gt" in limits.lower() or "ge" in limits.lower()
    return NUMBERS.map(lambda n: abs(n) + 0.5) if positive else NUMBERS
