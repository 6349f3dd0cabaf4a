"""Putting a backup back: into an empty database and an empty data folder, or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainstem.errors import MainstemError, UsageError
from mainstem.services.server.backing_up import FORMAT, MANIFEST, other_files

#: Made by looking at the settings; a backup's own takes its place.
_REPLACED = "secret"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: rows by table, files, and where plan and ledger stand."""

    rows: Mapping[str, int]
    files: int
    revision: int
    landing: int
    at: str


def restore(path: Path, data: Path, ledger: Path) -> Restored:
    """Puts a backup back.

    Raises:
        UsageError: if there is something already where it is to go, or there is no such file.
        MainstemError: if the backup is damaged or of a newer version. Nothing was put back.
    """
    if not path.is_file():
        raise UsageError(f"There is no file at {path}.", "Check the path.")
    data.mkdir(parents=True, exist_ok=True)
    _refuse_folder(data, ledger)
    _refuse_database()
    with _unpacked(path, data) as folder:
        manifest = _manifest(folder)
        _verify(folder, manifest)
        moved = _Moved()
        try:
            counts = _put(folder, manifest, lambda: moved.place(folder, data, ledger))
        except BaseException:
            moved.take_back()
            raise
    _to_newest(data)
    return Restored(
        counts, len(manifest["files"]), manifest["revision"], manifest["landing"], manifest["at"]
    )


def _refuse_folder(data: Path, ledger: Path) -> None:
    there = [p for p in other_files(data) if p.name != _REPLACED]
    if (ledger / "ledger.json").exists():
        there.append(ledger / "ledger.json")
    if there:
        raise UsageError(
            f"{data} is not empty: it has {there[0].name}.",
            "Restore into a new folder: `mainstem restore FILE --data FOLDER`.",
            code="restore.not_empty",
        )


def _refuse_database() -> None:
    from django.db import connections

    from mainstem.store import tables

    there = set(connections["default"].introspection.table_names())
    known = [m for m in tables.kept_models() if m._meta.db_table in there]
    filled = tables.filled(known, "default")
    if filled:
        raise UsageError(
            f"The database is not empty: its table {filled[0]} has rows.",
            "Restore into a new database: set DATABASE_URL, or give another --data folder.",
            code="restore.not_empty",
        )


@contextmanager
def _unpacked(path: Path, data: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=data) as made:
        try:
            with tarfile.open(path) as tar:
                tar.extractall(made, filter="data")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise _damaged(f"it cannot be unpacked ({error})") from error
        yield Path(made)


def _manifest(folder: Path) -> dict[str, Any]:
    place = folder / MANIFEST
    if not place.is_file():
        raise _damaged("its last part is missing, so it was cut off or is no backup of Mainstem")
    try:
        found: dict[str, Any] = json.loads(place.read_text("utf-8"))
    except ValueError as error:
        raise _damaged("its manifest cannot be read") from error
    if found.get("format") != FORMAT:
        raise MainstemError(
            f"The backup has format {found.get('format')}; this version reads format {FORMAT}.",
            "Restore it with the version of Mainstem that wrote it, or a newer one.",
            code="restore.format",
        )
    return found


def _verify(folder: Path, manifest: Mapping[str, Any]) -> None:
    from mainstem.store.tables import sum_of

    for name, (size, digest) in manifest["files"].items():
        place = folder / name
        if not place.is_file() or place.stat().st_size != size or _digest(place) != digest:
            raise _damaged(f"{name} is not what the manifest says")
    for table in manifest["tables"]:
        found = sum_of(_lines(folder, table["table"]))
        if (found.rows, found.digest) != (table["rows"], table["digest"]):
            raise _damaged(f"the table {table['table']} is not what the manifest says")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(folder: Path, table: str) -> Iterator[str]:
    place = folder / "tables" / f"{table}.jsonl"
    if not place.is_file():
        raise _damaged(f"the table {table} is missing")
    # rows end in a newline alone: texts may hold other signs that break lines
    with place.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.removesuffix("\n")


def _put(folder: Path, manifest: Mapping[str, Any], then: Any) -> dict[str, int]:
    """Puts the rows in, lets ``then`` place the files, and only then keeps both."""
    from django.db import transaction

    from mainstem.store import tables
    from mainstem.store.migrating import migrate_to

    registry = migrate_to([tuple(s) for s in manifest["steps"]], "default")
    models = {m._meta.db_table: m for m in tables.kept_models(registry)}
    wanted = {t["table"]: t for t in manifest["tables"]}
    if unknown := sorted(wanted.keys() - models.keys()):
        raise _damaged(f"this version knows no table {unknown[0]}")
    some = [models[name] for name in wanted]
    with transaction.atomic():
        tables.clear(some, "default")
        for name, table in wanted.items():
            tables.put(models[name], table["columns"], _lines(folder, name), "default")
        tables.number_on(some, "default")
        for name, table in wanted.items():
            found = tables.sum_of(tables.rows(models[name], "default"))
            if (found.rows, found.digest) != (table["rows"], table["digest"]):
                raise _damaged(f"the table {name} did not come back as it was kept")
        then()
    return {name: table["rows"] for name, table in wanted.items()}


class _Moved:
    """Files that were put in their places, to be taken back if the rest fails."""

    def __init__(self) -> None:
        self.places: list[Path] = []

    def place(self, folder: Path, data: Path, ledger: Path) -> None:
        """Moves what was unpacked to where it belongs."""
        if (folder / "ledger").is_dir():
            ledger.parent.mkdir(parents=True, exist_ok=True)
            if ledger.exists():
                shutil.rmtree(ledger)
            shutil.move(folder / "ledger", ledger)
            self.places.append(ledger)
        if (folder / "data").is_dir():
            for top in sorted((folder / "data").iterdir()):
                shutil.move(top, data / top.name)
                self.places.append(data / top.name)

    def take_back(self) -> None:
        """Removes them."""
        for place in self.places:
            if place.is_dir():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)


def _to_newest(data: Path) -> None:
    from mainstem.store.migrating import migrate

    migrate(data)


def _damaged(what: str) -> MainstemError:
    return MainstemError(
        f"The backup cannot be restored: {what}.",
        "Nothing was put back. Try another copy of the file.",
        code="restore.damaged",
    )
