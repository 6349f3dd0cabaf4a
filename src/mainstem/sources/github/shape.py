"""JSON of unknown shape, read with care: what is absent is ``None``, what is of a wrong kind is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mainstem.sources.remote import Refused

Node = Mapping[str, Any]
#: Longest text that is kept of a title or a name.
LONGEST = 4_000


def node(value: object, what: str) -> Node:
    """An object.

    Raises:
        Refused: it is none.
    """
    if not isinstance(value, Mapping):
        raise Refused(f"the {what} is no object", type(value).__name__)
    return value


def part(of: Node, name: str) -> Node | None:
    """An object inside of another, ``None`` where there is none."""
    value = of.get(name)
    return None if value is None else node(value, name)


def text(of: Node, name: str) -> str | None:
    """A text; ``None`` for nothing and for an empty one. Half characters are replaced."""
    value = of.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Refused(f"the {name} is no text", value if isinstance(value, int) else "")
    return value[:LONGEST].encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def needed(of: Node, name: str) -> str:
    """A text without which the thing cannot be taken."""
    found = text(of, name)
    if not found or not found.strip():
        raise Refused(f"the {name} is missing")
    return found


def number(of: Node, name: str) -> float | None:
    """A finite number."""
    value = of.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(f"the {name} is no number", str(value)[:80])
    try:
        found = float(value)
    except OverflowError:
        raise Refused(f"the {name} is an impossible number") from None
    if not math.isfinite(found):
        raise Refused(f"the {name} is an impossible number", found)
    return found


def ordinal(of: Node, name: str) -> int:
    """The number of an issue: whole, above zero."""
    value = of.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**53:
        raise Refused(f"the {name} is no number of an issue", type(value).__name__)
    return value


def flag(of: Node, name: str) -> bool:
    """Yes or no; no where it is absent."""
    value = of.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise Refused(f"the {name} is neither yes nor no", type(value).__name__)


def nodes(of: Node, name: str) -> list[Node]:
    """What is in a connection, without what GitHub keeps back (``null``)."""
    found = part(of, name)
    inside = found.get("nodes") if found is not None else None
    if inside is None:
        return []
    if not isinstance(inside, list):
        raise Refused(f"the {name} are no list", type(inside).__name__)
    return [node(one, name) for one in inside if one is not None]
