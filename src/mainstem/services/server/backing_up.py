"""Keeping everything of a server in one file, while it runs: plan, people, ledger, secret.

The file is a tar archive. Tables are rows of JSON, so a backup of SQLite can be restored into PostgreSQL
and the other way round. Its last member is the manifest, with a digest of everything in it.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from mainstem import __version__
from mainstem.errors import UsageError

FORMAT = 1
MANIFEST = "manifest.json"
#: In the data folder, but kept otherwise, made anew, or only for the moment.
_LEFT_OUT = ("ledger", "static", "mail", "setup-code", "clones")


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds.

    Attributes:
        path: The file.
        size: Its size in bytes.
        revision: The plan's newest revision in it.
        landing: The ledger's newest landing in it; 0 if it is empty.
        tables: How many tables of the database.
        rows: Rows in them.
        files: Files of the ledger and of the data folder.
    """

    path: Path
    size: int
    revision: int
    landing: int
    tables: int
    rows: int
    files: int


def back_up(into: Path, data: Path, ledger: Path, *, at: datetime) -> BackedUp:
    """Writes a backup: whole or not at all. The server may run meanwhile.

    Args:
        into: The file, ``….tar.gz`` or ``….tar``; it must not exist.
        data: The server's data folder.
        ledger: Its ledger.
        at: The moment that the manifest says.

    Raises:
        UsageError: for a file that exists, another ending, or no such folder.
    """
    mode = _mode(into)
    fresh = into.with_name(into.name + ".new")
    fresh.touch(mode=0o600)
    try:
        with tarfile.open(fresh, mode, **({"compresslevel": 1} if mode == "w:gz" else {})) as tar:  # type: ignore[call-overload]
            manifest = _write(_Archive(tar), data, ledger, at)
        fresh.replace(into)
    finally:
        fresh.unlink(missing_ok=True)
    tables = manifest["tables"]
    return BackedUp(
        into, into.stat().st_size, manifest["revision"], manifest["landing"], len(tables),
        sum(t["rows"] for t in tables), len(manifest["files"]),
    )  # fmt: skip


def _mode(into: Path) -> str:
    if into.exists():
        raise UsageError(f"There is a file at {into} already.", "Give another name, or remove it.")
    if not into.parent.is_dir():
        raise UsageError(f"There is no folder {into.parent}.", "Make it, or give another place.")
    if into.name.endswith((".tar.gz", ".tgz")):
        return "w:gz"
    if into.name.endswith(".tar"):
        return "w"
    raise UsageError(
        f"{into.name} does not say what kind of file it is to be.", "End it in .tar.gz or .tar."
    )


class _Archive:
    """Adds members and remembers their digests."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.digests: dict[str, list[Any]] = {}

    def add(self, name: str, path: Path) -> None:
        """Adds a file under a name."""
        with path.open("rb") as file:
            info = self.tar.gettarinfo(arcname=name, fileobj=file)
            info.uid = info.gid = 0
            info.uname = info.gname = ""
            reader = _Reading(file)
            self.tar.addfile(info, reader)
        self.digests[name] = [info.size, reader.digest.hexdigest()]

    def add_text(self, name: str, text: str) -> None:
        """Adds a text under a name."""
        raw = text.encode()
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(raw), 0o600
        self.tar.addfile(info, io.BytesIO(raw))


class _Reading:
    """A file that makes a digest of what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Reads on."""
        block = self.file.read(size)
        self.digest.update(block)
        return block


def _write(archive: _Archive, data: Path, ledger: Path, at: datetime) -> dict[str, Any]:
    from mainstem.ledger.pinned import pinned

    # the ledger first: whatever revision of the plan it names is in the database by then
    pin = pinned(ledger)
    manifest: dict[str, Any] = {
        "format": FORMAT, "mainstem": __version__, "at": at.astimezone(UTC).isoformat(),
        "landing": pin.landing if pin else 0,
    }  # fmt: skip
    with _scratch() as folder:
        manifest.update(_write_tables(archive, folder))
    for name in pin.files if pin else ():
        archive.add(f"ledger/{name}", ledger / name)
    for path in other_files(data):
        archive.add(f"data/{path.relative_to(data)}", path)
    manifest["files"] = {n: d for n, d in archive.digests.items() if not n.startswith("tables/")}
    archive.add_text(MANIFEST, json.dumps(manifest, indent=1))
    return manifest


def _write_tables(archive: _Archive, folder: Path) -> dict[str, Any]:
    from mainstem.store import tables
    from mainstem.store.copies import still
    from mainstem.store.migrating import leaves
    from mainstem.store.models import Head

    out: list[dict[str, Any]] = []
    with still(folder) as database:
        revision = Head.objects.using(database).values_list("number", flat=True).first() or 0
        for model in tables.kept_models():
            head = tables.header(model)
            path = folder / "rows"
            with path.open("w", encoding="utf-8") as file:
                found = tables.sum_of(_both(tables.rows(model, database), file))
            archive.add(f"tables/{head.table}.jsonl", path)
            out.append({"table": head.table, "columns": list(head.columns),
                        "rows": found.rows, "digest": found.digest})  # fmt: skip
        return {"revision": revision, "steps": leaves(database), "tables": out}


def _both(lines: Iterable[str], file: IO[str]) -> Iterator[str]:
    for line in lines:
        file.write(line + "\n")
        yield line


def other_files(data: Path) -> Iterator[Path]:
    """Files of the data folder that nothing else keeps: the secret, the people file, what was uploaded."""
    for top in sorted(data.iterdir()):
        is_database = ".sqlite3" in top.name
        if top.name.startswith(".") or top.name in _LEFT_OUT or is_database:
            continue
        if top.is_file():
            yield top
        elif top.is_dir():
            yield from sorted(p for p in top.rglob("*") if p.is_file() and not p.is_symlink())


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mainstem-backup-") as made:
        yield Path(made)
