"""Commits out of the stream of ``client.Repository.log``. Pure: bytes in, commits out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mainstem.sources.git.commit import Commit


def read_stream(token: str, chunks: Iterable[bytes]) -> Iterator[Commit]:
    """Commits, one at a time; what is not UTF-8 is replaced by U+FFFD."""
    mark = token.encode()
    left = b""
    for chunk in chunks:
        head, found, tail = (left + chunk).rpartition(mark)
        left = found + tail if found else tail
        # the first part is what stood before the first token of the stream: nothing
        yield from _commits(head, token)
    yield from _commits(left, token)


def _commits(whole: bytes, token: str) -> Iterator[Commit]:
    for part in whole.decode("utf-8", "replace").split(token):
        if part:
            yield _commit(part)


def _commit(part: str) -> Commit:
    sha, parents, author, mail, authored, committed, subject, body, *rest = part.split("\0")
    # rest: "\nM", path, "A", path, …, "" or, without changes, only ""
    paths = rest[1::2] if len(rest) > 1 else ()
    return Commit(
        sha, len(parents) // (len(sha) or 1), author, mail, _seconds(authored), _seconds(committed),
        subject, body, tuple(dict.fromkeys(paths)), authored,
    )  # fmt: skip


def _seconds(text: str) -> int | None:
    return int(text) if text.isdigit() else None
