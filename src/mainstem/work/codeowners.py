"""CODEOWNERS files, as GitHub and GitLab read them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal

from mainstem.plan.findings import Finding, Place, Severity
from mainstem.work.path_patterns import (
    NEVER,
    Flavour,
    compiled,
    literal_prefix,
    pattern_to_regex,
    split_escapes,
)

__all__ = [
    "CodeOwners", "Flavour", "Rule", "literal_prefix", "parse_codeowners", "pattern_to_regex",
]  # fmt: skip

_USUAL = PurePath("CODEOWNERS")
_SECTION = re.compile(r"^(\^)?\[([^\]]*)\](?:\[(\d+)\])?((?:\s+\S.*)?)$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_HANDLE = re.compile(r"^@@?[\w.][\w./-]*$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: who owns the paths that match.

    Attributes:
        pattern: As written, escapes kept.
        owners: ``@name``, ``@organisation/team`` or addresses; empty: owned by nobody.
        line: From 1.
        section: Name of the GitLab section, or empty.
        excludes: ``!pattern``: the section leaves these paths alone.
    """

    pattern: str
    owners: tuple[str, ...]
    line: int
    section: str = ""
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """The rules of one file, in its order, and what is wrong with it."""

    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...] = ()
    flavour: Flavour = Flavour.GITHUB
    _sections: tuple[tuple[Rule, ...], ...] = field(default=(), repr=False)

    def rules_of(self, path: str) -> tuple[Rule, ...]:
        """The rule in force for a path in each section: the last that matches."""
        found = []
        for rules in self._sections:
            matching = (r for r in reversed(rules) if _matches(r, path, self.flavour))
            excluded = any(r.excludes and _matches(r, path, self.flavour) for r in rules)
            rule = None if excluded else next(matching, None)
            if rule is not None:
                found.append(rule)
        return tuple(found)

    def owners_of(self, path: str) -> tuple[str, ...]:
        """Owners of a path, each once, in the order of the file; empty if nobody owns it."""
        return tuple(dict.fromkeys(o for rule in self.rules_of(path) for o in rule.owners))


def _matches(rule: Rule, path: str, flavour: Flavour) -> bool:
    return compiled(rule.pattern, flavour).fullmatch(path) is not None


def parse_codeowners(
    text: str,
    file: PurePath = _USUAL,
    *,
    flavour: Literal["auto", "github", "gitlab"] = "auto",
) -> CodeOwners:
    """Reads a CODEOWNERS file; what cannot be meant becomes a finding (W40 to W45), never an error.

    ``auto`` takes a file with sections for GitLab's. Sections of the same name (without regard to
    case) are one; a line without owners in a section takes the section's default owners.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    is_gitlab = flavour == "gitlab" or (
        flavour == "auto" and any(_SECTION.match(_bare(line)) for line in lines)
    )
    reader = _Reader(file, is_gitlab)
    for number, line in enumerate(lines, 1):
        reader.take(number, line)
    return CodeOwners(
        tuple(reader.rules),
        tuple(reader.findings),
        Flavour.GITLAB if is_gitlab else Flavour.GITHUB,
        _by_section(reader.rules),
    )


def _by_section(rules: Iterable[Rule]) -> tuple[tuple[Rule, ...], ...]:
    sections: dict[str, list[Rule]] = {}
    for rule in rules:
        sections.setdefault(rule.section.lower(), []).append(rule)
    return tuple(tuple(s) for s in sections.values())


def _bare(line: str) -> str:
    """A line without its inline comment and the space around it."""
    return re.sub(r"(?:^|(?<=\s))#.*$", "", line.strip()).strip()


class _Reader:
    def __init__(self, file: PurePath, is_gitlab: bool) -> None:
        self.file, self.is_gitlab = file, is_gitlab
        self.section, self.defaults = "", tuple[str, ...]()
        self.rules: list[Rule] = []
        self.findings: list[Finding] = []

    def take(self, number: int, line: str) -> None:
        """Reads one line."""
        bare = _bare(line)
        if not bare:
            return
        section = _SECTION.match(bare) if self.is_gitlab else None
        if section:
            self.section = section[2].strip()
            if not self.section:
                self._say(number, "W40", "A section has no name.", "Write `[Name]`.")
            self.defaults = self._owners(number, section[4].split())
            return
        pattern, words = _cut(bare)
        owners = self._owners(number, words) or self.defaults
        excludes = pattern.startswith("!")
        if excludes and not self.is_gitlab:
            self._say(number, "W41", f"`{pattern}` negates, which GitHub does not do: the line is not used.",
                      "Give the paths another owner, or none, on a later line.")  # fmt: skip
            return
        pattern = pattern[1:] if excludes else pattern
        if self._is_usable(number, pattern):
            rule = Rule(pattern, () if excludes else owners, number, self.section, excludes)
            self.rules.append(rule)

    def _is_usable(self, number: int, pattern: str) -> bool:
        flavour = Flavour.GITLAB if self.is_gitlab else Flavour.GITHUB
        if pattern_to_regex(pattern, flavour) == NEVER:
            self._say(
                number,
                "W42",
                f"`{pattern}` matches no path.",
                "Write a path, or `*` for everything.",
            )
            return False
        if "[" in pattern and "]" in pattern:
            self._say(number, "W43", f"`{pattern}` has brackets, which are read as themselves.",
                      "Use `*` or `?` if a range of characters was meant.", Severity.INFO)  # fmt: skip
        return True

    def _owners(self, number: int, words: list[str]) -> tuple[str, ...]:
        good = [w for w in words if _HANDLE.match(w) or _EMAIL.match(w)]
        for word in words:
            if word not in good:
                self._say(
                    number,
                    "W44",
                    f"`{word}` is no owner.",
                    "Owners are `@name`, `@group/team` or an address.",
                )
        return tuple(dict.fromkeys(good))

    def _say(
        self, line: int, rule: str, what: str, hint: str, severity: Severity = Severity.WARNS
    ) -> None:
        why = "The paths it was meant for count for somebody else, or for nobody."
        place = Place(self.file, line, 1)
        self.findings.append(Finding(rule, severity, "", what, why, hint, place=place))


def _cut(line: str) -> tuple[str, list[str]]:
    """Cuts a line at the first space without a backslash: pattern and the words after it."""
    at = 0
    for char, escaped in split_escapes(line):
        if not escaped and char.isspace():
            break
        at += 2 if escaped and at + 1 < len(line) else 1
    return line[:at], line[at:].split()
