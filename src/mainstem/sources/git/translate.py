"""Git's log as text to work records. Pure: bytes in, records out, nothing asked of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from mainstem.work.records import MICRO, UNIT_CODES

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 1, 1)
#: Paths kept of one commit; more say nothing about what it was for.
MOST_PATHS = 2_000
_SUBJECT = re.compile(r"^(?P<type>[a-zA-Z]{2,15})(?:\((?P<scope>[^)]{1,60})\))?!?:\s")
_CO_AUTHOR = re.compile(rb"^co-authored-by:\s*(.*?)\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
_KEY = re.compile(r"\b[A-Z][A-Z0-9]{1,9}-[1-9]\d{0,6}\b|(?<![\w/])#[1-9]\d{0,6}\b")
_HEADER = re.compile(rb"^commit [0-9a-f]{40}(?:[0-9a-f]{24})?\r?$")
_CHANGE = re.compile(rb"^([AMDTRCUX])\d*\t(.+)$")
_KNOWN_TYPES = frozenset(
    ["feat", "fix", "chore", "docs", "test", "tests", "refactor", "perf", "style", "build", "ci", "revert", "release", "deps", "feature"]
)
_BOT_NAMES = frozenset(
    [
        "dependabot",
        "renovate",
        "github actions",
        "github-actions",
        "greenkeeper",
        "web3-bot",
        "semantic-release-bot",
    ]
)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit as git tells it, decoded."""

    sha: str
    parents: int
    author: str
    mail: str
    when: str  # ISO 8601 with offset
    subject: str
    body: bytes
    paths: tuple[str, ...]


def is_bot(name: str, mail: str, more: Iterable[str] = ()) -> bool:
    """Whether an author is a program: ``[bot]``, a known name, or one that the user named."""
    low, address = name.lower().strip(), mail.lower()
    if "[bot]" in low or "[bot]" in address or low in _BOT_NAMES:
        return True
    if low.endswith(("-bot", " bot", "_bot")) or address.split("@")[0].endswith(("-bot", "[bot]")):
        return True
    return any(low == m.lower() or address == m.lower() for m in more)


def split_stream(token: bytes, chunks: Iterable[bytes]) -> Iterator[Commit]:
    """Commits from the stream of ``client.Repository.log``, one at a time."""
    left = b""
    for chunk in chunks:
        parts = (left + chunk).split(token)
        left = parts.pop()
        # a token may be cut in two by a chunk's end: what is left is joined to the next chunk
        for part in parts:
            if part.strip(b"\0\n"):
                yield _from_fields(part)
    if left.strip(b"\0\n"):
        yield _from_fields(left)


def _from_fields(part: bytes) -> Commit:
    sha, parents, author, mail, when, subject, rest = part.split(b"\x1f", 6)
    body, _, changes = rest.rpartition(b"\x1f")
    words = changes.replace(b"\n", b"", 1).split(b"\0")
    paths = (
        [w for status, w in zip(words[1::2], words[2::2], strict=False) if status]
        if not words[0]
        else []
    )
    if words[0]:
        paths = list(words[1::2])
    return Commit(
        sha.decode("ascii"), len(parents.split()), _text(author), _text(mail), when.decode("ascii"),
        _text(subject), body, tuple(_text(p) for p in paths[:MOST_PATHS] if p),
    )  # fmt: skip


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def split_file(lines: Iterable[bytes]) -> Iterator[Commit]:
    """Commits from a log file: ``commit``, ``parents``, ``author`` … ``body`` up to a NUL, then changes.

    The plain output of ``git log --name-status --date=iso-strict`` is read as well. A line of a message
    that looks like a header is told apart: headers only count outside a message.
    """
    at: dict[str, bytes] = {}
    body: list[bytes] = []
    paths: list[bytes] = []
    in_body = False
    for raw in lines:
        line = raw.rstrip(b"\r\n")
        if in_body:
            end = line.find(b"\0")
            body.append(line if end < 0 else line[:end])
            in_body = end < 0
            continue
        if _HEADER.match(line):
            if at:
                yield _from_lines(at, body, paths)
            at, body, paths = {"commit": line[7:].strip()}, [], []
            continue
        change = _CHANGE.match(line)
        if change:
            paths += change[2].split(b"\t")
            continue
        if line.startswith(b"    "):
            body.append(line[4:])
            continue
        name, _, value = line.partition(b" ")
        key = name.rstrip(b":").decode("ascii", "replace").lower()
        if key == "body":
            end = value.find(b"\0")
            body.append(value if end < 0 else value[:end])
            in_body = end < 0
        elif key and at:
            at[key] = value.strip()
    if at:
        yield _from_lines(at, body, paths)


def _from_lines(at: dict[str, bytes], body: list[bytes], paths: list[bytes]) -> Commit:
    author = _text(at.get("author", b""))
    name, _, mail = author.partition("<")
    when = _text(at.get("authordate") or at.get("date") or b"").strip()
    subject = _text(at["subject"]) if "subject" in at else _text(body[0]) if body else ""
    rest = body if "subject" in at else body[1:]
    parents = at.get("parents") or at.get("merge") or b""
    return Commit(
        at["commit"].decode("ascii"), len(parents.split()), name.strip(), mail.rstrip("> "), when,
        subject, b"\n".join(rest), tuple(_text(p) for p in paths[:MOST_PATHS]),
    )  # fmt: skip


@dataclass(slots=True)
class Translator:
    """Turns commits into rows of staged files."""

    project: str
    zone: tzinfo
    bots: tuple[str, ...] = ()
    count_merges: bool = False

    def rows(self, commit: Commit) -> tuple[dict[str, object], list[dict[str, object]]] | str:
        """The item and the records of a commit, or the reason why it is refused.

        A commit is one ``item`` of effort on its author's day, shared equally by author and
        co-authors. A merge is an item without effort, since its work is in the commits it joins.
        """
        when = _moment(commit.when)
        if when is None:
            return "impossible date"
        day = when.astimezone(self.zone).date()
        if not FIRST_DAY <= day < LAST_DAY:
            return "impossible date"
        people = self._people(commit)
        merge = commit.parents > 1
        bot = all(is_bot(n, m, self.bots) for n, m in people)
        item = self._item(commit, when, merge, bot)
        if merge and not self.count_merges:
            return item, []
        humans = [p for p in people if not is_bot(*p, self.bots)] or people[:1]
        return item, self._records(commit.sha, day, [m or n for n, m in humans], bot)

    def _records(
        self, sha: str, day: date, people: list[str], bot: bool
    ) -> list[dict[str, object]]:
        n = len(people)
        return [
            {
                "row_key": f"{sha}#{i}", "item_key": sha, "day": day.isoformat(), "person": person,
                "team": None, "unit": UNIT_CODES["item"],
                "amount": MICRO * (i + 1) // n - MICRO * i // n, "bot": bot,
            }
            for i, person in enumerate(people)
        ]  # fmt: skip

    def _people(self, commit: Commit) -> list[tuple[str, str]]:
        people = {(commit.mail or commit.author).lower(): (commit.author, commit.mail.lower())}
        if b"uthored-" in commit.body or b"UTHORED-" in commit.body:
            for name, mail in _CO_AUTHOR.findall(commit.body):
                key = _text(mail or name).lower()
                people.setdefault(key, (_text(name), _text(mail).lower()))
        return list(people.values())

    def _item(self, commit: Commit, when: datetime, merge: bool, bot: bool) -> dict[str, object]:
        found = _SUBJECT.match(commit.subject)
        known = found is not None and found["type"].lower() in _KNOWN_TYPES
        kind = "merge" if merge else found["type"].lower() if found and known else "commit"
        scope = found["scope"] if found and known else None
        refs = list(dict.fromkeys(_KEY.findall(commit.subject + "\n" + _text(commit.body))))[:20]
        stamp = when.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        return {
            "key": commit.sha, "type": kind, "title": commit.subject[:1000], "state": "done",
            "project": self.project, "labels": [s.strip() for s in scope.split(",")] if scope else [],
            "components": [], "epic": None, "parent": None, "paths": list(commit.paths), "team": None,
            "fields": {"refs": ", ".join(refs)} if refs else {}, "url": None, "created": stamp,
            "started": None, "done": stamp, "shares": {}, "bot": bot,
        }  # fmt: skip


def _moment(text: str) -> datetime | None:
    try:
        made = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)
