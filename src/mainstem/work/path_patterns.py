"""CODEOWNERS and ``.gitignore`` path patterns as regular expressions.

The expressions use only what Python's ``re``, RE2 (DuckDB) and ``java.util.regex`` (Spark) read alike:
no look-around, no flags, anchored at both ends. Whoever wants to ignore case lowers pattern and path.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

_SPECIAL = frozenset("\\.+*?()|[]{}^$#&-~ ")
#: Matches nothing, on every engine.
NEVER = "^[^\\s\\S]$"


class Flavour(StrEnum):
    """Whose rules a pattern follows.

    ``GITHUB``: as in ``.gitignore``, but a last ``*`` does not reach into folders. ``GITLAB``: a
    pattern without a leading ``/`` matches at any depth, and only a trailing ``/`` reaches into folders.
    """

    GITHUB = "github"
    GITLAB = "gitlab"


def split_escapes(pattern: str) -> list[tuple[str, bool]]:
    """Characters of a pattern, each with whether a backslash stood before it."""
    out: list[tuple[str, bool]] = []
    rest = iter(pattern)
    for char in rest:
        if char == "\\":
            following = next(rest, None)
            out.append(("\\", True) if following is None else (following, True))
        else:
            out.append((char, False))
    return out


def _segments(pattern: str) -> list[list[tuple[str, bool]]]:
    segments: list[list[tuple[str, bool]]] = [[]]
    for char, escaped in split_escapes(pattern):
        if char == "/":
            segments.append([])
        else:
            segments[-1].append((char, escaped))
    return segments


def _is(segment: list[tuple[str, bool]], text: str) -> bool:
    return segment == [(c, False) for c in text]


def _literal(char: str) -> str:
    return "\\" + char if char in _SPECIAL and char not in "# &-~" else char


def _segment_regex(segment: list[tuple[str, bool]]) -> str:
    out, previous_star = [], False
    for char, escaped in segment:
        star = char == "*" and not escaped
        if star and previous_star:
            continue
        previous_star = star
        if star:
            out.append("[^/]*")
        elif char == "?" and not escaped:
            out.append("[^/]")
        else:
            out.append(_literal(char))
    # a segment is never empty
    return "[^/]+" if out == ["[^/]*"] else "".join(out)


def _anchored(pattern: str, flavour: Flavour) -> tuple[list[list[tuple[str, bool]]], bool]:
    """Segments without the leading slash, and whether they match from the root only."""
    segments = _segments(pattern)
    if _is(segments[0], "") and len(segments) > 1:
        return segments[1:], True
    if flavour is Flavour.GITLAB:
        return segments, False
    return segments, len(segments) > 1 and not (len(segments) == 2 and not segments[1])


@lru_cache(maxsize=20_000)
def pattern_to_regex(pattern: str, flavour: Flavour = Flavour.GITHUB) -> str:
    """An anchored expression for the paths (relative, ``/`` between parts) that a pattern matches.

    ``apps/`` matches at any depth, ``/docs`` from the root, a folder with all below it, ``docs/*`` its
    own files only, ``**`` any number of folders, ``?`` one character; brackets mean themselves.

    Source: the CODEOWNERS pages of GitHub and GitLab; ``gitignore(5)``.
    """
    segments, anchored = _anchored(pattern, flavour)
    if not any(segments) or "***" in pattern or any(not s for s in segments[:-1]):
        return NEVER
    folder = not segments[-1]
    if folder:
        segments = segments[:-1]
    out = ["^"] if anchored else ["^(?:[^/]+/)*"]
    for segment in segments[:-1]:
        out.append("(?:[^/]+/)*" if _is(segment, "**") else _segment_regex(segment) + "/")
    return "".join(out) + _last(segments[-1], folder, flavour, alone=len(segments) == 1) + "$"


def _last(segment: list[tuple[str, bool]], folder: bool, flavour: Flavour, *, alone: bool) -> str:
    below = "(?:/[\\s\\S]*)?"
    if _is(segment, "**"):
        # `a/**`: everything below; `**/`: everything that is in some folder
        return "[^/]+/[\\s\\S]+" if folder else "[\\s\\S]+"
    text = _segment_regex(segment)
    if folder:
        return text + "/[\\s\\S]+"
    if flavour is Flavour.GITLAB or (_is(segment, "*") and not alone):
        return text
    return text + below


@lru_cache(maxsize=20_000)
def compiled(pattern: str, flavour: Flavour = Flavour.GITHUB) -> re.Pattern[str]:
    """The expression of ``pattern_to_regex``, compiled; use ``fullmatch``."""
    return re.compile(pattern_to_regex(pattern, flavour))


def literal_prefix(pattern: str, flavour: Flavour = Flavour.GITHUB) -> str:
    """What every matching path begins with; empty if that cannot be said."""
    segments, anchored = _anchored(pattern, flavour)
    if not anchored:
        return ""
    out = ""
    for number, segment in enumerate(segments):
        for char, escaped in segment:
            if char in "*?" and not escaped:
                return out
            out += char
        if number < len(segments) - 1:
            out += "/"
    return out
