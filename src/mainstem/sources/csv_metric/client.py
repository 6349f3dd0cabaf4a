"""The bytes of a file with values: from a path or an address."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

from mainstem.errors import SourceError
from mainstem.sources.remote import Connection, Watch

#: Bytes of a file at most, after unpacking.
MOST = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file. ``body`` is ``None`` where it has not changed since the ``etag``."""

    body: bytes | None
    etag: str = ""


def fetch(of: Connection, watch: Watch, etag: str = "") -> Fetched:
    """Gets the file.

    Raises:
        SourceError: it is not there, may not be read, or is too large.
    """
    path, url = of.text("path"), of.text("url")
    if bool(path) == bool(url):
        raise SourceError(
            f"{of.name} needs either a `path` or a `url`.", "Give one of them.",
            code="source.option",
        )  # fmt: skip
    return (
        _from_address(of, url, watch, etag) if url else Fetched(_unpacked(_read(of, path, watch)))
    )


def _read(of: Connection, path: str, watch: Watch) -> bytes:
    file = Path(path).expanduser()
    try:
        if file.stat().st_size > MOST:
            raise _too_large(path)
        watch.meter.add(received=file.stat().st_size)
        return file.read_bytes()
    except OSError as error:
        raise SourceError(
            f"The file {path} of {of.name} cannot be read: {error.strerror or error}.",
            "Check the path, and that whoever runs Mainstem may read it.", code="source.absent",
        ) from error  # fmt: skip


def _from_address(of: Connection, url: str, watch: Watch, etag: str) -> Fetched:
    from mainstem.sources.calls import Calls

    headers = {"accept": "text/csv, text/plain, */*"}
    if of.secrets.get("token"):
        scheme = of.text("scheme")
        headers[of.text("header") or "Authorization"] = f"{scheme} {of.secret('token')}".strip()
    with Calls(url, watch, name=of.name, headers=headers) as calls:
        answer = calls.get(url, etag=etag)
    if answer.is_same:
        return Fetched(None, etag)
    if answer.body[:200].lstrip()[:1] == b"<":
        raise SourceError(
            f"{of.name} gave a page for people, not a table.",
            "A sign-in page may stand before the file: check the address and the token.",
            code="source.answer",
        )  # fmt: skip
    return Fetched(_unpacked(answer.body), answer.etag)


def _unpacked(body: bytes) -> bytes:
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        out = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, MOST + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(
            f"The file is packed and damaged: {error}.", "Make it again.", code="source.answer"
        ) from error
    if len(out) > MOST:
        raise _too_large("The file")
    return out


def _too_large(what: str) -> SourceError:
    return SourceError(
        f"{what} has more than {MOST // 1_000_000} MB.", "Values by day are small: leave out the rest.",
        code="source.too_large",
    )  # fmt: skip
