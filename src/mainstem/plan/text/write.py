"""A plan as text in its usual form. Reading it again gives the same plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any

from pydantic import BaseModel

from mainstem.plan.model import Participation, Plan
from mainstem.plan.text.scalars import is_block, is_plain, quoted, scalar

#: Longest line of a list written in brackets.
_WIDTH = 100
_LONG_KEY = 500
#: A class that may be written as a single word → the key of that word, if it is the only one.
_SHORTHANDS = {"MetricInForce": "metric", "Guardrail": "metric", "Stage": "id"}
#: Lists that are one word if they hold one word.
_ONE_OR_MANY = frozenset(("objective", "metric", "label", "component", "epic", "parent", "project",
                          "path", "type", "team", "key", "state", "source", "text"))  # fmt: skip


def plan_to_text(plan: Plan) -> str:
    """The whole plan as one YAML text, in the order of the plan; what is default is left out.

    Shorthands are used wherever they say the same. Comments are no part of a plan: to change a text
    that people write, edit it instead.
    """
    lines: list[str] = []
    for name, value in _written(plan).items():
        if lines:
            lines.append("")
        lines += _entry(scalar(name), value, 0)
    return "\n".join(lines) + "\n" if lines else "{}\n"


def plan_to_files(plan: Plan) -> dict[str, str]:
    """The plan as one text for each section that is not empty: file name → text."""
    out = {
        f"{name}.yaml": "\n".join(_entry(scalar(name), value, 0)) + "\n"
        for name, value in _written(plan).items()
    }
    return out or {"organisation.yaml": "{}\n"}


def keys_of(value: BaseModel) -> dict[str, Any]:
    """The keys of a plan or an entity that are written, each with its value in the shortest form."""
    return _written(value)


def entry_lines(key: str, value: Any) -> list[str]:
    """The lines of ``key: value`` without indentation; ``value`` comes from ``keys_of``."""
    return list(_entry(scalar(key), value, 0))


def item_lines(value: BaseModel) -> list[str]:
    """The lines of one item of a list, without indentation."""
    return list(_item(_simple("", value), 0))


def _written(value: BaseModel) -> dict[str, Any]:
    """The keys of a value that differ from their defaults, as they are written."""
    out: dict[str, Any] = {}
    for name, info in type(value).model_fields.items():
        inner = getattr(value, name)
        if info.is_required() or inner != info.get_default(call_default_factory=True):
            out[info.alias or name] = _simple(info.alias or name, inner)
    return out


def _simple(key: str, value: Any) -> Any:
    """A value as mappings, lists and finished scalars, in its shortest form."""
    if isinstance(value, BaseModel):
        made = _written(value)
        only = _SHORTHANDS.get(type(value).__name__)
        return made[only] if only and list(made) == [only] else made
    if isinstance(value, Mapping):
        if key == "teams" and all(isinstance(v, Participation) for v in value.values()):
            return _participations(value)
        return {str(k): _simple("", v) for k, v in value.items()}
    if isinstance(value, tuple):
        items = [_simple("", item) for item in value]
        single = len(items) == 1 and key in _ONE_OR_MANY and isinstance(items[0], str)
        return items[0] if single else items
    return _finished(key, value)


class _Word(str):
    """A scalar that is written as it stands."""

    __slots__ = ()


def _finished(key: str, value: Any) -> Any:
    if isinstance(value, bool):
        return _Word("true" if value else "false")
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return _Word(value.isoformat())
    if isinstance(value, float):
        return _Word(_percent(value) if key == "share" else _number(value))
    if isinstance(value, int):
        return _Word(str(value))
    return value


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _percent(share: float) -> str:
    written = f"{share * 100:.10g}"
    return f"{written}%" if float(written) / 100 == share else repr(share)


def _participations(teams: Mapping[str, Participation]) -> Any:
    """Names alone if nothing else is said; else a share or a part beside each name."""
    out: dict[str, Any] = {}
    for name, participation in teams.items():
        said = _written(participation)
        is_single = len(said) == 1 and next(iter(said)) in ("share", "part")
        out[name] = next(iter(said.values())) if is_single else said
    if teams and all(given == {} for given in out.values()):
        return list(out)
    return {name: given if given != {} else _Word("delivers") for name, given in out.items()}


def _entry(key: str, value: Any, depth: int) -> Iterator[str]:
    """The lines of ``key: value`` at a depth of indentation."""
    pad = "  " * depth
    if len(key) > _LONG_KEY:
        yield f"{pad}? {key}"
        key, begin = "", f"{pad}: "
    else:
        begin = f"{pad}{key}: "
    one_line = _in_line(value, len(begin))
    if one_line is not None:
        yield begin + one_line
    elif isinstance(value, str):
        yield begin + ("|" if value.endswith("\n") else "|-")
        lines = value.removesuffix("\n").split("\n")
        yield from (f"{pad}  {line}" if line else "" for line in lines)
    elif isinstance(value, dict):
        yield begin.rstrip()
        for name, inner in value.items():
            yield from _entry(scalar(name), inner, depth + 1)
    else:
        yield begin.rstrip()
        for item in value:
            yield from _item(item, depth + 1)


def _item(value: Any, depth: int) -> Iterator[str]:
    """The lines of one item of a list."""
    pad = "  " * depth
    if isinstance(value, dict) and value:
        lines = [
            line for name, inner in value.items() for line in _entry(scalar(name), inner, depth + 1)
        ]
        yield f"{pad}- {lines[0][len(pad) + 2 :]}"
        yield from lines[1:]
    else:
        yield f"{pad}- {_in_line(value, len(pad) + 2, always=True)}"


def _in_line(value: Any, column: int, *, always: bool = False) -> str | None:
    """A value in the rest of one line, or ``None`` if it needs lines of its own."""
    if isinstance(value, _Word):
        return str(value)
    if isinstance(value, str):
        return scalar(value) if always or not is_block(value) else None
    if isinstance(value, dict):
        return None if value else "{}"
    if not all(isinstance(item, str) for item in value):
        return None
    made = f"[{', '.join(_bracketed(item) for item in value)}]"
    return made if always or not value or column + len(made) <= _WIDTH else None


def _bracketed(item: str) -> str:
    """A scalar inside brackets; other tools stumble over some plain words there."""
    if isinstance(item, _Word):
        return str(item)
    return item if is_plain(item) and not set("?!") & set(item) else quoted(item)
