"""Connections to sources: which kinds there are, what each can be told, and whether what was given will do.

The command line (``sources.yaml``) and the server (a form) give the same values to the same check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from mainstem.errors import Invalid
from mainstem.services.metrics.observing_own import OWN
from mainstem.sources.registry import CONNECTED, OBSERVING, make_connected, make_observing
from mainstem.sources.remote import Connection, Option, Secret

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_EVERY = re.compile(r"(\d+)\s*(min|minutes?|h|hours?|days?|d|m)")
#: Nothing is asked more often than this, and at least once in a month.
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=31)
#: How often a source is asked where nothing is said.
USUAL = timedelta(minutes=15)
#: Longest option; a query may be long.
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source.

    Attributes:
        name: As it is written in settings.
        words: What it is.
        options: What it can be told, secrets among it.
        brings: ``work`` or ``metrics``.
        is_hooked: Whether it can tell of changes by itself.
    """

    name: str
    words: str
    options: tuple[Option, ...]
    brings: str
    is_hooked: bool


def kinds() -> tuple[Kind, ...]:
    """All kinds, in the order in which they are offered."""
    return tuple(kind_of(name) for name in (*CONNECTED, *OBSERVING, *OWN))


def kind_of(name: str) -> Kind:
    """A kind by its name.

    Raises:
        Invalid: naming the near ones.
    """
    if name in CONNECTED:
        made = make_connected(name)
        return Kind(name, made.words, made.options, "work", hasattr(made, "read_hook"))
    if name in OBSERVING:
        metric = make_observing(name)
        return Kind(name, metric.words, metric.options, "metrics", False)
    if name in OWN:
        own = OWN[name]
        return Kind(name, own.words, own.options, "metrics", False)
    known = (*CONNECTED, *OBSERVING, *OWN)
    near = get_close_matches(name, known, 1)
    meant = f"Did you mean {near[0]}? " if near else ""
    raise Invalid(
        f"There is no kind of source {name!r}.", f"{meant}The kinds are {', '.join(known)}.",
        code="source.kind", field="kind",
    )  # fmt: skip


def connect(
    name: str, kind: str, given: Mapping[str, Any], secrets: Mapping[str, str], *, timezone: str
) -> Connection:
    """Checks what somebody gave and makes a connection of it.

    Args:
        given: Options that are no secrets; texts, numbers, truth values, lists or mappings.
        secrets: Credentials, in the clear.

    Raises:
        Invalid: ``field`` names what cannot be taken.
    """
    if not _NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} cannot be the name of a source.",
            "Small letters, digits, dots and hyphens, at most 60.", field="name",
        )  # fmt: skip
    table = {option.name: option for option in kind_of(kind).options}
    for unknown in {*given, *secrets} - set(table):
        near = get_close_matches(unknown, table, 1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise Invalid(
            f"A source of kind {kind} has no option {unknown!r}.",
            f"{meant}It has {', '.join(table)}.", code="source.option", field=unknown,
        )  # fmt: skip
    options = {
        o.name: _text(o, given.get(o.name, o.default), name)
        for o in table.values()
        if o.kind != "secret"
    }
    held = {n: Secret(v) for n, v in secrets.items() if v}
    for option in table.values():
        if option.required and not (options.get(option.name) or held.get(option.name)):
            raise Invalid(
                f"The source {name} has no {option.name}.", option.help, code="source.option",
                field=option.name,
            )  # fmt: skip
    return Connection(name, kind, options, held, timezone)


def _text(option: Option, value: Any, source: str) -> str:
    """An option as its checked text."""
    try:
        made = _SHAPES[option.kind](option, value)
    except ValueError as error:
        raise Invalid(
            f"{option.name} of the source {source} cannot be {str(value)[:80]!r}: {error}.",
            option.help, code="source.option", field=option.name,
        ) from None  # fmt: skip
    if len(made) > MOST:
        raise Invalid(
            f"{option.name} of the source {source} is too long.",
            f"{MOST:,} letters at most.", field=option.name,
        )  # fmt: skip
    return made


def _plain(option: Option, value: Any) -> str:
    if isinstance(value, (list, tuple, dict)):
        raise ValueError("it must be one text")
    return "" if value is None else str(value).strip()


def _url(option: Option, value: Any) -> str:
    from urllib.parse import urlsplit

    text = _plain(option, value)
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("an address begins with https:// and a host")
    if parts.username or parts.password:
        raise ValueError("a name or a password does not belong into an address")
    if parts.port == 0 or not _is_host(parts.hostname or "x"):
        raise ValueError("there can be no host of that name, or no such port")
    return text


def _is_host(name: str) -> bool:
    """Whether a name of a host can be asked for at all: no blanks, no empty or endless parts."""
    if ":" in name:
        return True  # an address of IPv6, which was looked at before
    parts = name.removesuffix(".").split(".")
    return all(0 < len(part) < 64 and not re.search(r"\s", part) for part in parts)


def _words(option: Option, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        parts: Sequence[Any] = re.split(r"[\n,]", value)
    elif isinstance(value, (list, tuple)):
        parts = value
    else:
        raise ValueError("it must be a list")
    if any(isinstance(p, (list, dict, tuple)) for p in parts):
        raise ValueError("it must be a list of texts")
    return "\n".join(str(p).strip() for p in parts if str(p).strip())


def _number(option: Option, value: Any) -> str:
    text = _plain(option, value)
    if text:
        float(text)
    return text


def _switch(option: Option, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = _plain(option, value).lower()
    if text in ("", "yes", "on", "true", "1"):
        return "yes" if text else ""
    if text in ("no", "off", "false", "0"):
        return "no"
    raise ValueError("it must be yes or no")


def _choice(option: Option, value: Any) -> str:
    text = _plain(option, value)
    if text and text not in option.choices:
        raise ValueError(f"it must be one of {', '.join(option.choices)}")
    return text


def _mapping(option: Option, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, str):
        value = _lines(value)
    if not isinstance(value, Mapping) or any(isinstance(v, (list, dict)) for v in value.values()):
        raise ValueError("it must map names to texts")
    return json.dumps({str(k): str(v) for k, v in value.items()}, ensure_ascii=False)


def _lines(text: str) -> Any:
    """A mapping as a form gives it: JSON, or a line ``name: text`` for each."""
    if text.lstrip().startswith("{"):
        return json.loads(text)
    out = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, rest = line.partition(":")
        if not colon:
            raise ValueError(f"the line {line.strip()[:40]!r} is no `name: text`")
        out[name.strip()] = rest.strip()
    return out


_SHAPES = {
    "text": _plain, "block": _plain, "url": _url, "words": _words, "number": _number,
    "switch": _switch, "choice": _choice, "mapping": _mapping,
}  # fmt: skip


def every(text: str | int | None) -> timedelta:
    """How often a source is asked: ``5 min``, ``1 h``, ``1 day``; a number is minutes.

    Raises:
        Invalid: it is none of that, or too short or long.
    """
    if text in (None, ""):
        return USUAL
    words = f"{text} min" if str(text).strip().isdecimal() else str(text).strip().lower()
    found = _EVERY.fullmatch(words)
    if found is None:
        raise Invalid(
            f"{text!r} is no time between two syncs.", "Write 5 min, 1 h or 1 day.", field="every"
        )
    unit = {"h": "hours", "d": "days"}.get(found[2][0], "minutes")
    out = timedelta(**{unit: int(found[1])})
    if not SHORTEST <= out <= LONGEST:
        raise Invalid(
            f"{text!r} is too {'short' if out < SHORTEST else 'long'} between two syncs.",
            "At least a minute, at most a month.", field="every",
        )  # fmt: skip
    return out
