"""Whether a path is a repository or a git log. Loads next to nothing: every path is asked about."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

_SHA = rb"[0-9a-f]{40}(?:[0-9a-f]{24})?"
HEADER = re.compile(rb"^commit (" + _SHA + rb")((?: " + _SHA + rb")*)(?: \(.*\))?\r?\n?$")


def is_history(path: Path) -> bool:
    """A repository, or a file whose first line is ``commit <sha>``."""
    if path.is_dir():
        return (path / ".git").exists() or (
            (path / "HEAD").is_file() and (path / "objects").is_dir()
        )
    if not path.is_file():
        return False
    try:
        with opened(path) as stream:
            return HEADER.match(stream.readline(4096)) is not None
    except (OSError, EOFError):
        return False


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A file's content, unpacked if it is gzip."""
    with path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=plain) as stream:
                yield cast(IO[bytes], stream)
        else:
            yield plain
