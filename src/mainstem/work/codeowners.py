"""CODEOWNERS files of GitHub and GitLab, and the patterns that claims by path use.

Patterns follow gitignore with the exceptions that CODEOWNERS makes: no ``!``, no ``[ ]`` ranges. The
expressions made here mean the same to Python, RE2 and Java.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePath

from mainstem.plan.findings import Finding, Place, Severity

_USUAL = PurePath("CODEOWNERS")
_SECTION = re.compile(r"^\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?\s*(?P<owners>.*)$")
_SPECIAL = re.compile(r"[.^$+?{}()|\[\]\\]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: a pattern and who owns what it matches (nobody, if ``owners`` is empty)."""

    pattern: str
    owners: tuple[str, ...]
    line: int
    section: str | None = None


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """A whole file; in each section the last rule that matches a path decides."""

    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...] = field(default=())

    def owners_of(self, path: str) -> tuple[str, ...]:
        """Who owns a path: the last match of each section, in the order of sections."""
        by_section: dict[str | None, tuple[str, ...]] = {}
        for rule in self.rules:
            if matches_path(rule.pattern, path):
                by_section[rule.section] = rule.owners
        return tuple(dict.fromkeys(o for owners in by_section.values() for o in owners))


def parse_codeowners(text: str, file: PurePath = _USUAL) -> CodeOwners:
    """Reads a CODEOWNERS file. Lines that mean nothing become findings, and nothing else is lost."""
    rules: list[Rule] = []
    findings: list[Finding] = []
    section: str | None = None
    default: tuple[str, ...] = ()
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        found = _SECTION.match(line)
        if found and not line.startswith("[!"):
            section = found["name"].strip()
            default = _owners(found["owners"].split())
            continue
        pattern, words = _split(line)
        problem = _problem(pattern)
        if problem:
            findings.append(
                Finding(
                    "W10", Severity.WARNS, "", f"{problem}: {pattern!r}",
                    "The line claims nothing.", "Write the pattern another way.",
                    matched=pattern, place=Place(file, number, 1),
                )
            )  # fmt: skip
            continue
        rules.append(Rule(pattern, _owners(words) or default, number, section))
    return CodeOwners(tuple(rules), tuple(findings))


def _split(line: str) -> tuple[str, list[str]]:
    r"""Pattern and the words after it; ``\ `` is a space inside the pattern, ``#`` starts a comment."""
    pattern, at = "", 0
    while at < len(line) and not line[at].isspace():
        if line[at] == "\\" and at + 1 < len(line):
            pattern += line[at + 1] if line[at + 1] in " #\\" else line[at : at + 2]
            at += 2
        else:
            pattern += line[at]
            at += 1
    words = []
    for word in line[at:].split():
        if word.startswith("#"):
            break
        words.append(word)
    return pattern, words


def _owners(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(w for w in words if w.startswith("@") or "@" in w)


def _problem(pattern: str) -> str:
    if pattern.startswith("!"):
        return "CODEOWNERS knows no exclusion by !"
    if "[" in pattern or "]" in pattern:
        return "CODEOWNERS knows no character ranges"
    return ""


@lru_cache(maxsize=4096)
def pattern_to_regex(pattern: str) -> str:
    """A CODEOWNERS pattern as an anchored expression over paths without a leading slash.

    ``/docs/`` is that folder and all below, ``docs/`` a folder of that name anywhere, ``*.js`` a file
    name anywhere, ``docs/*`` only files directly in it, ``a/**/b`` any depth between.
    """
    body = pattern.removeprefix("/")
    folder = body.endswith("/")
    body = body.rstrip("/") if folder else body
    anchored = pattern.startswith("/") or "/" in body
    if body in ("", "*", "**"):
        return "^.*$"
    parts = body.split("/")
    out = "" if anchored else "(?:.*/)?"
    for n, part in enumerate(parts):
        last = n == len(parts) - 1
        if part == "**":
            out += ".*" if last else "(?:.*/)?"
        else:
            out += _part(part) + ("" if last else "/")
    if parts[-1] == "**":
        return f"^{out}$"
    if folder:
        return f"^{out}/.*$"
    # `docs/*` means files directly in docs; every other last part may also be a folder
    below = (
        "" if anchored and "*" in parts[-1] and len(parts) > 1 and parts[-1] == "*" else "(?:/.*)?"
    )
    return f"^{out}{below}$"


def _part(part: str) -> str:
    out = ""
    for char in part:
        if char == "*":
            out += "[^/]*" if not out.endswith("[^/]*") else ""
        elif char == "?":
            out += "[^/]"
        else:
            out += "\\" + char if _SPECIAL.match(char) else char
    return out


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern_to_regex(pattern), re.DOTALL)


def matches_path(pattern: str, path: str) -> bool:
    """Whether a path (no leading slash) matches; case counts, as in CODEOWNERS."""
    return _compiled(pattern).match(path.removeprefix("/")) is not None


def literal_prefix(pattern: str) -> str:
    """What every matching path must start with, as far as that is sure; empty if nothing is."""
    body = pattern.removeprefix("/")
    if not (pattern.startswith("/") or "/" in body.rstrip("/")):
        return ""
    stop = min((body.index(c) for c in "*?" if c in body), default=len(body))
    prefix = body[:stop]
    if stop == len(body):
        return prefix
    return prefix[: prefix.rfind("/") + 1] if "**" in body[stop:] else prefix
