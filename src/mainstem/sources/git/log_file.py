"""Commits out of a file that holds a log. Pure: lines in, commits out.

Two kinds are read. *Plain*: what ``git log`` prints, with ``--name-status``, ``--numstat`` or ``--raw``
(or several of them), pretty ``medium``, ``full`` or ``fuller``, dates in any absolute form. *Fields*: one
line each of ``commit``, ``parents``, ``author``, ``authordate``, ``committer``, ``commitdate``,
``subject`` and a ``body`` that ends with a NUL, then the changed paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from mainstem.sources.git.commit import Commit
from mainstem.sources.git.recognising import HEADER

_STATUS = re.compile(rb"^[AMDTRCUX]\d*\t(.+)$")
_COUNTS = re.compile(rb"^(?:\d+|-)\t(?:\d+|-)\t(.+)$")
_RAW = re.compile(rb"^::?[0-7]{6} .* [AMDTRCUX]+\d*\t(.+)$")
_MOVED = re.compile(rb"^(.*?)(?:\{(.*?) => (.*?)\})(.*)$|^(.*) => (.*)$")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}


def read_log(lines: Iterable[bytes]) -> Iterator[Commit]:
    """Commits, one at a time. A line of a message never counts as a header, whatever it looks like."""
    open_commit: _Open | None = None
    for raw in lines:
        if open_commit is None or not open_commit.takes_all:
            header = HEADER.match(raw)
            if header:
                if open_commit is not None:
                    yield open_commit.close()
                open_commit = _Open(header[1], header[2])
                continue
        if open_commit is not None:
            open_commit.take(raw)
    if open_commit is not None:
        yield open_commit.close()


class _Open:
    """A commit whose lines are still being read."""

    def __init__(self, sha: bytes, parents: bytes) -> None:
        self.sha = sha
        self.fields: dict[bytes, bytes] = {b"parents": parents}
        self.message: list[bytes] = []
        self.paths: dict[bytes, None] = {}
        self.takes_all = False  # inside a body that only a NUL ends
        self.is_plain = False

    def take(self, raw: bytes) -> None:
        """Reads one line below the header."""
        line = raw.rstrip(b"\r\n")
        if self.takes_all:
            self._body(line)
        elif line.startswith(b"    "):
            self.is_plain = True
            self.message.append(line[4:])
        elif line and not self._change(line):
            name, _, value = line.partition(b" ")
            key = name.rstrip(b":").lower()
            if key == b"body":
                self._body(value)
            elif key in _FIELDS:
                self.fields[key] = value.strip()
        elif not line and self.is_plain and self.message:
            self.message.append(b"")

    def _body(self, line: bytes) -> None:
        text, nul, _ = line.partition(b"\0")
        self.message.append(text)
        self.takes_all = not nul

    def _change(self, line: bytes) -> bool:
        found = _STATUS.match(line) or _RAW.match(line)
        if found:
            for path in found[1].split(b"\t"):
                self.paths[_unquoted(path)] = None
            return True
        counted = _COUNTS.match(line)
        if counted:
            for path in _both(counted[1]):
                self.paths[path] = None
        return bool(counted)

    def close(self) -> Commit:
        """The commit, complete."""
        at = self.fields
        lines = [line.decode("utf-8", "replace") for line in self.message]
        subject, body = _split(lines)
        if b"subject" in at:
            subject, body = at[b"subject"].decode("utf-8", "replace"), "\n".join(lines)
        name, _, mail = at.get(b"author", b"").decode("utf-8", "replace").partition("<")
        said = (at.get(b"authordate") or at.get(b"date") or b"").decode("ascii", "replace")
        committed = (at.get(b"commitdate") or b"").decode("ascii", "replace")
        parents = at.get(b"merge") or at[b"parents"]
        return Commit(
            self.sha.decode("ascii"), len(parents.split()), name.strip(), mail.rstrip("> "),
            seconds(said), seconds(committed or said), subject, body.rstrip("\n"),
            tuple(p.decode("utf-8", "replace") for p in self.paths), said,
        )  # fmt: skip


_FIELDS = frozenset(
    (b"parents", b"merge", b"author", b"authordate", b"date", b"commitdate", b"subject")
)


def _split(lines: list[str]) -> tuple[str, str]:
    """Subject (the first paragraph, on one line) and body."""
    end = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
    return " ".join(line.strip() for line in lines[:end]), "\n".join(lines[end + 1 :])


def _both(path: bytes) -> list[bytes]:
    """Both paths of a rename as ``--numstat`` writes it (``a/{b => c}/d``), else the one."""
    moved = _MOVED.match(path)
    if not moved or path.startswith(b'"'):
        return [_unquoted(path)]
    if moved[5] is not None:
        return [moved[5], moved[6]]
    old, new = (moved[1] + part + moved[4] for part in (moved[2], moved[3]))
    return [old.replace(b"//", b"/"), new.replace(b"//", b"/")]


def _unquoted(path: bytes) -> bytes:
    r"""A path as it is: git puts odd ones in quotes, ``"a\303\251\n"``."""
    if not (path.startswith(b'"') and path.endswith(b'"') and len(path) > 1):
        return path

    def plain(found: re.Match[bytes]) -> bytes:
        said = found[1]
        return bytes([int(said, 8) & 255]) if len(said) == 3 else _LETTERS.get(said, said)

    return _ESCAPE.sub(plain, path[1:-1])


def seconds(text: str) -> int | None:
    """Seconds since 1970 of a date as git writes it, or ``None`` where it says none.

    Reads ``iso``, ``iso-strict``, ``rfc``, ``raw``, ``unix`` and git's own form. A date without an
    offset is taken as UTC.
    """
    text = text.strip()
    numbers = re.fullmatch(r"(\d{1,19})(?: [+-]\d{4})?", text)
    if numbers:
        return int(numbers[1])
    made = _iso(text)
    for form in ("%a %b %d %H:%M:%S %Y %z", "%a, %d %b %Y %H:%M:%S %z", "%a %b %d %H:%M:%S %Y"):
        if made is not None:
            break
        try:
            made = datetime.strptime(text, form)
        except ValueError:
            continue
    if made is None:
        return None
    return int((made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp())


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"(\d) ([+-]\d\d:?\d\d)$", r"\1\2", text))
    except ValueError:
        return None
