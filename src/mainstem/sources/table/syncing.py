"""One sync of files: changed files are staged again, and what differs in all of them is handed over."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mainstem.errors import SourceError
from mainstem.ids import slug
from mainstem.sources.base import ReadRequest
from mainstem.sources.remote import (
    Batch,
    Checked,
    Connection,
    Count,
    Counted,
    Cursor,
    Reject,
    Watch,
)
from mainstem.sources.table.describing import describe_mapping
from mainstem.sources.table.holding import Difference, Holding, connect, make_state
from mainstem.sources.table.looking import Look, find_files, look_at, vanished
from mainstem.sources.table.options import read_options
from mainstem.sources.table.source import TableSource

_GONE = "no longer in the files"
_REJECTS = 5_000
_NOTES = 40
#: What an import advises, which is no advice for a sync.
_KEEP = " Keep it with --save-mapping."


@dataclass(slots=True)
class _Found:
    """Files as they are now.

    Attributes:
        looks: Name → what it looks like, of those that can be used.
        left_out: Name → why it was left out this time.
        staged: Names of files that were staged anew.
        notes: For a person.
    """

    looks: dict[str, Look] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    staged: dict[str, tuple[int, Path]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Sync:
    """One sync of a connection."""

    def __init__(self, of: Connection, watch: Watch) -> None:
        self._of, self._watch = of, watch
        self._given = given_options(of)
        self._digest = digest_of(of, self._given)
        _check_folder(watch)
        self._left = 0  # rows that were accepted and not yet counted
        self._holding = Holding(Path(watch.folder) / f"files-{slug(of.name)}")

    def batches(self, cursor: Cursor) -> Iterator[Batch]:
        """What differs since the cursor; see ``Connected.pull``."""
        self._holding.folder.mkdir(parents=True, exist_ok=True)
        # what an earlier sync began to hand over may lie in the ledger in part
        begun, files = cursor.get("next") or ["", cursor.get("files", {})]
        found = self._look(files)
        yield from self._reports(found, cursor)
        looks = {name: [*look.as_json(), self._digest] for name, look in found.looks.items()}
        kept, is_all = self._kept(files, looks, found)
        number = _number(kept)
        made = {"files": kept, "state": number}
        old = self._old(cursor) if begun in ("", number) else None
        if not begun and old == self._holding.state(number):
            yield Batch(made, self._left, is_last=True, notes=tuple(found.notes))
            return
        going = {**(cursor if old else {}), "next": [number, kept]}
        yield from self._differences(old, number, kept, going, is_all)
        gone = self._gone(is_all)
        self._holding.clear([
            self._holding.state(number), *([old] if old else []),
            *(self._staged(name, look) for name, look in kept.items()),
        ])  # fmt: skip
        notes = tuple(found.notes[:_NOTES])
        yield Batch(made, self._left, gone=gone, is_last=True, notes=notes)

    def _old(self, cursor: Cursor) -> Path | None:
        """The state that landed last, if it is still here."""
        path = self._holding.state(str(cursor.get("state", "")))
        return path if (path / "records.parquet").is_file() else None

    # -- files

    def _look(self, known: Mapping[str, Any]) -> _Found:
        """Looks at every file; those that changed, or are not staged, are staged."""
        files = find_files(self._of.text("path"))
        if not files and not known:
            raise SourceError(
                f"There is no table at {self._of.text('path')}.",
                "It may hold .csv, .tsv, .xlsx, .jsonl, .json and .parquet, also .gz and .zst.",
                code="source.empty",
            )
        found = _Found()
        for number, (name, path) in enumerate(files.items()):
            self._watch.check()
            self._watch.progress(number, len(files), f"looking at {name}")
            try:
                self._one(name, path, known.get(name), found)
            except (SourceError, OSError) as error:
                if len(files) == 1 and isinstance(error, SourceError):
                    raise
                why = error.message if isinstance(error, SourceError) else str(error.strerror)
                found.left_out[name] = why
        return found

    def _one(self, name: str, path: Path, before: Any, found: _Found) -> None:
        first = path.stat()
        look = look_at(path, before, time.time_ns())
        into = self._holding.staged(name, self._digest + look.digest)
        if not (into / "rejects.parquet").is_file():
            read, notes = self._stage(path, into)
            last = path.stat()
            if (first.st_size, first.st_mtime_ns) != (last.st_size, last.st_mtime_ns):
                shutil.rmtree(into, ignore_errors=True)
                raise SourceError(
                    f"{name} is being written.", "It is read with the next sync.",
                    code="source.busy", permanent=False,
                )  # fmt: skip
            found.staged[name] = (read, into)
            found.notes += [note if name in note else f"{name}: {note}" for note in notes]
        found.looks[name] = look

    def _stage(self, path: Path, into: Path) -> tuple[int, tuple[str, ...]]:
        """Reads a file into a folder, whole or not at all; how many rows it has."""
        part = Path(tempfile.mkdtemp(prefix="making-", dir=self._holding.folder))
        try:
            request = ReadRequest(path, part, self._of.timezone, self._of.name, self._given)
            staged = TableSource().read(request)
            shutil.rmtree(into, ignore_errors=True)
            part.replace(into)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return staged.read, tuple(note.replace(_KEEP, "") for note in staged.notes)

    def _reports(self, found: _Found, cursor: Cursor) -> Iterator[Batch]:
        """How many rows were read and which were refused, of files that were staged now."""
        for name, why in found.left_out.items():
            yield Batch(cursor, 1, rejects=(Reject(name, "the file was left out", why),))
        for read, folder in found.staged.values():
            rejects = _rejects(folder / "rejects.parquet")
            for start in range(0, len(rejects), _REJECTS):
                some = rejects[start : start + _REJECTS]
                yield Batch(cursor, len(some), rejects=some)
            self._left += read - len(rejects)

    def _accepted(self, rows: int) -> int:
        """How many of the rows that were read count with so many that are handed over."""
        some = min(rows, self._left)
        self._left -= some
        return some

    # -- what is held

    def _kept(
        self, known: Mapping[str, Any], looks: Mapping[str, Any], found: _Found
    ) -> tuple[dict[str, Any], bool]:
        """The files whose rows count, in order, and whether rows of no other count.

        A file that vanished counts on unless ``whole`` was said; one that cannot be read now counts as it
        was read last. Where its staged rows are lost too, what the ledger has of it stays as it is.
        """
        kept, is_all = dict(looks), True
        for name in vanished(known, looks):
            if name not in found.left_out and self._of.is_on("whole"):
                continue
            if (self._staged(name, known[name]) / "rejects.parquet").is_file():
                kept[name] = known[name]
            else:
                is_all = False
                found.notes.append(
                    f"{name} cannot be read any more; what it held is kept as it is."
                )
        # rows that were read before anything was kept here, of files that nobody can name
        if not known and not self._of.is_on("whole") and self._watch.known():
            is_all = False
            found.notes.append(
                "What was read before of files that are no longer there stays; set whole: yes to withdraw it."
            )
        return {name: kept[name] for name in sorted(kept)}, is_all

    def _staged(self, name: str, look: Sequence[Any]) -> Path:
        return self._holding.staged(name, f"{look[3]}{look[2]}")

    def _differences(
        self, old: Path | None, number: str, kept: Mapping[str, Any], cursor: Cursor, is_all: bool
    ) -> Iterator[Batch]:
        state = self._holding.state(number)
        with tempfile.TemporaryDirectory(prefix="making-", dir=self._holding.folder) as work:
            con = connect(Path(work))
            try:
                if not (state / "records.parquet").is_file():
                    make_state(con, [self._staged(n, look) for n, look in kept.items()], state)
                self._difference = Difference(con, old, state)
                for items in self._difference.items():
                    self._watch.check()
                    yield Batch(cursor, self._accepted(len(items)), items=items)
                for parts, records in self._difference.records(withdraws=is_all):
                    self._watch.check()
                    accepted = self._accepted(len(records))
                    yield Batch(cursor, accepted, records=records, stems=parts)
                self._missing = self._difference.gone(self._watch.known().values())
            finally:
                con.close()

    def _gone(self, is_all: bool) -> dict[str, str]:
        return dict.fromkeys(self._missing, _GONE) if is_all else {}


def _rejects(path: Path) -> list[Reject]:
    import duckdb

    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT place, reason, sample FROM read_parquet(?)", [str(path)]
        ).fetchall()
    return [Reject(*(str(v or "") for v in row)) for row in rows]


def _number(files: Mapping[str, Any]) -> str:
    """The name of the state that these files make together."""
    told = json.dumps([[name, *look[2:]] for name, look in files.items()])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _check_folder(watch: Watch) -> None:
    if not watch.folder:
        raise SourceError(
            "There is no folder to keep what was read in.",
            "This is a fault of Mainstem; please report it.", code="source.folder",
        )  # fmt: skip


def given_options(of: Connection) -> dict[str, str]:
    """Options of reading, checked.

    Raises:
        SourceError: one does not exist, or cannot be.
    """
    given = dict(of.mapping("options"))
    if of.text("mapping"):
        given["mapping"] = of.text("mapping")
    given.pop("save_mapping", None)
    read_options(given)
    return given


def digest_of(of: Connection, given: Mapping[str, str]) -> str:
    """A short digest of everything that decides what a row becomes, a mapping's own file among it."""
    mapping = Path(given.get("mapping", ""))
    text = mapping.read_text("utf-8", "replace") if mapping.is_file() else ""
    told = json.dumps([of.timezone, of.text("path"), sorted(given.items()), text])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def test_files(of: Connection, watch: Watch) -> Iterator[Checked]:
    """See ``Connected.test``: how each of the first files would be read."""
    try:
        _check_folder(watch)
        given = given_options(of)
        files = find_files(of.text("path"))
    except SourceError as error:
        yield Checked("files", False, error.message, error.hint)
        return
    if not files:
        hint = "It may hold .csv, .tsv, .xlsx, .jsonl, .json and .parquet, also .gz and .zst."
        yield Checked("files", False, f"There is no table at {of.text('path')}.", hint)
        return
    yield Checked("files", True, f"{len(files):,} files: {', '.join(list(files)[:5])}.")
    for name, path in list(files.items())[:5]:
        yield _described(name, path, given, is_only=len(files) == 1)


def _described(name: str, path: Path, given: Mapping[str, str], *, is_only: bool) -> Checked:
    try:
        tables = describe_mapping(path, given)
    except (SourceError, OSError) as error:
        said = error.message if isinstance(error, SourceError) else str(error.strerror)
        hint = error.hint if isinstance(error, SourceError) else "Let the account read it."
        return Checked(name, False, said, hint, optional=not is_only)
    told = [
        f"a row is {'a time entry' if t.mapping.rows == 'time' else 'a work item'}; "
        + ", ".join(f"{role} ← {column}" for role, column, _, _ in t.columns)
        for t in tables
    ]
    return Checked(name, True, "; ".join(told))


def count_items(of: Connection, watch: Watch) -> Counted | None:
    """Items by type and month of creation in the newest state; ``None`` where nothing was read yet."""
    import duckdb

    state = Holding(Path(watch.folder) / f"files-{slug(of.name)}").latest()
    if state is None:
        return None
    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT coalesce(type, ''), coalesce(strftime(created, '%Y-%m'), ''), count(*) FROM"
            " read_parquet(?) GROUP BY ALL ORDER BY ALL", [str(state / "items.parquet")],
        ).fetchall()  # fmt: skip
    return Counted(tuple(Count(*row) for row in rows), words="Items of all files, as last read.")
