"""Files of work and of people that an administrator uploads: kept apart, looked at, then read.

A file is known by what is in it, never by the name it came with, and lies outside of everything that
the server hands out, under a name that the server chose.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mainstem.errors import Absent, Invalid, SourceError, TooLarge
from mainstem.plan.findings import Finding
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require, system
from mainstem.services.plans.workspace import PEOPLE
from mainstem.services.server import queueing
from mainstem.services.server.deriving import derive
from mainstem.services.server.ground import Ground
from mainstem.services.server.queueing import JobRow
from mainstem.services.work.importing import import_path
from mainstem.services.work.sniffing import kind_of
from mainstem.sources.registry import TableDescription, describe_table
from mainstem.store.together import together
from mainstem.work.people import People, parse_people

#: The job that reads an upload; a line of ``jobs.schedule``.
JOB = "import-upload"
MOST_PEOPLE = 5_000_000
MOST_MAPPING = 20_000
#: Uploads older than this are removed when the next one comes.
KEPT = timedelta(days=7)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,59}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that lies here to be read.

    Attributes:
        token: Its name here.
        name: The name it came with; only ever shown.
        kind: What is in it: ``csv``, ``tsv``, ``json``, ``jsonl``, ``xlsx`` or ``parquet``.
        size: In bytes.
        by: Who uploaded it.
        at: When.
        job: Number of the job that reads it; 0 before anybody asked for that.
        source: Name that it is read under; empty: the source's own choice.
        is_whole: Whether it holds everything that its source has.
        landing: Number of the landing that it became; 0 before.
        report: What became of its rows.
    """

    token: str
    name: str
    kind: str
    size: int
    by: str
    at: str
    job: int = 0
    source: str = ""
    is_whole: bool = False
    landing: int = 0
    report: Mapping[str, Any] | None = None


def keep_upload(
    name: str, chunks: Iterable[bytes], ground: Ground, by: Actor, *, most: int, at: datetime
) -> Upload:
    """Keeps a file if it is a table.

    Args:
        name: The name it came with.
        most: Bytes that are taken at most.

    Raises:
        Forbidden: for anybody but administrators.
        TooLarge: it is larger than that.
        Invalid: it is no table that can be read.
    """
    require(by, Action.IMPORT)
    _remove_old(ground, at)
    token = secrets.token_urlsafe(12)
    folder = _folder(ground, token)
    folder.mkdir(parents=True, mode=0o700)
    try:
        size = _write(chunks, folder / "given", most)
        kind = kind_of(folder / "given")
        (folder / "given").rename(folder / f"table.{kind}")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shown = re.sub(r"[\x00-\x1f\x7f/\\]", " ", name)[-120:].strip() or "a file"
    auditing.record(by, "upload.keep", shown, at=at, detail={"size": size, "kind": kind},
                    sentence=f"Uploaded {shown}")  # fmt: skip
    return _save(Upload(token, shown, kind, size, by.name, at.isoformat()), ground)


def _write(chunks: Iterable[bytes], into: Path, most: int) -> int:
    size = 0
    with into.open("xb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise TooLarge(
                    f"The file is larger than {most / 1_000_000:,.0f} MB.",
                    "Split it, or read it on the server with `mainstem import`.",
                    field="file",
                )
            file.write(chunk)
    return size


def upload_of(token: str, ground: Ground, by: Actor) -> Upload:
    """An upload that lies here.

    Raises:
        Absent: there is none.
    """
    require(by, Action.IMPORT)
    meta = _folder(ground, token) / "upload.json" if _TOKEN.fullmatch(token) else None
    if meta is None or not meta.exists():
        raise Absent(
            "There is no such upload.", "It may have been removed after a week; upload it again."
        )
    return Upload(**json.loads(meta.read_text("utf-8")))


def describe_upload(upload: Upload, ground: Ground) -> list[TableDescription]:
    """How it would be read: which column means what, and why.

    Raises:
        SourceError: it cannot be read as work.
    """
    return describe_table(_table(ground, upload), _options(ground, upload))


def correct_mapping(
    upload: Upload, text: str, name: str, ground: Ground, by: Actor, *, at: datetime
) -> None:
    """Reads the upload by another mapping, and keeps that under a name if one is given.

    Raises:
        Invalid: the mapping cannot be read, or does not fit the file; nothing was changed.
    """
    require(by, Action.IMPORT)
    if len(text) > MOST_MAPPING:
        raise Invalid("The mapping is too long.", "It has a line for each column.", field="mapping")
    if name and not _NAME.fullmatch(name):
        raise Invalid(
            "This name cannot be used.", "Letters, digits, spaces, dots and hyphens.", field="name"
        )
    folder = _folder(ground, upload.token)
    tried = folder / "tried.yaml"
    tried.write_text(text, "utf-8")
    try:
        describe_table(_table(ground, upload), {"mapping": str(tried)})
    except SourceError as error:
        said = error.message.replace(str(tried), "The mapping")
        raise Invalid(said, error.hint, field="mapping") from error
    tried.replace(folder / "mapping.yaml")
    if name:
        kept = ground.data / "mappings"
        kept.mkdir(exist_ok=True)
        (kept / f"{name}.yaml").write_text(text, "utf-8")
        auditing.record(by, "mapping.keep", name, at=at, sentence=f"Kept the mapping {name}")


def use_mapping(upload: Upload, name: str, ground: Ground, by: Actor, *, at: datetime) -> None:
    """Reads the upload by a mapping that was kept earlier.

    Raises:
        Absent: none is kept under that name.
        Invalid: it does not fit the file.
    """
    if name not in kept_mappings(ground):
        raise Absent(f"There is no mapping {name!r}.", "Choose one of the list.")
    text = (ground.data / "mappings" / f"{name}.yaml").read_text("utf-8")
    correct_mapping(upload, text, "", ground, by, at=at)


def kept_mappings(ground: Ground) -> list[str]:
    """Names of mappings that were kept."""
    return sorted(f.stem for f in (ground.data / "mappings").glob("*.yaml"))


def ask_for_import(
    upload: Upload, source: str, ground: Ground, by: Actor, *, is_whole: bool, at: datetime
) -> Upload:
    """Asks for an upload to be read into the ledger soon.

    Raises:
        Invalid: the source's name cannot be used, or it is being read already.
    """
    require(by, Action.IMPORT)
    if source and not _NAME.fullmatch(source):
        raise Invalid(
            "This name of a source cannot be used.",
            "Letters, digits, spaces, dots and hyphens, at most 60.", field="source",
        )  # fmt: skip
    if upload.job:
        raise Invalid("This file is being read already.", "Look at what became of it.")
    with together():
        job = queueing.ask(JOB, {"upload": upload.token}, by, at=at)
        auditing.record(by, "import.ask", upload.name, at=at, detail={"source": source, "whole": is_whole},
                        sentence=f"Asked for {upload.name} to be read")  # fmt: skip
        # inside, so that the job finds the name and the choice
        return _save(replace(upload, job=job, source=source, is_whole=is_whole), ground)


def import_upload(token: str, ground: Ground, *, at: datetime) -> str:
    """Reads an upload into the ledger and derives anew; called by the job.

    Returns:
        What was done, in a sentence.

    Raises:
        SourceError, LedgerError: it cannot be read.
    """
    upload = upload_of(token, ground, system())
    plan = ground.plans.head().plan
    done = import_path(
        ground.shelf.ledger(make=True), _table(ground, upload), plan.organisation.timezone, kind="table",
        source=upload.source or None, options=_options(ground, upload), whole=upload.is_whole, at=at,
    )  # fmt: skip
    derived = derive(ground, at=at)
    _save(replace(upload, landing=done.report.landing, report=asdict(done.report)), ground)
    r = done.report
    return (
        f"{r.source}: read {r.read:,}, new {r.new:,}, changed {r.changed:,}, unchanged {r.unchanged:,},"
        f" rejected {r.rejected:,}. {derived.sentence}".strip()
    )


def job_of(upload: Upload) -> JobRow | None:
    """The job that reads an upload, if it was asked for."""
    return queueing.state_of(upload.job) if upload.job else None


def keep_people(
    chunks: Iterable[bytes], ground: Ground, by: Actor, *, at: datetime
) -> tuple[int, tuple[Finding, ...]]:
    """Takes a people file in place of the one before, which stays beside it.

    Returns:
        How many memberships it has, and what is wrong with it.

    Raises:
        TooLarge, Invalid: it is too large, or no people file; nothing was changed.
    """
    require(by, Action.IMPORT)
    fresh = ground.data / f"{PEOPLE}.{secrets.token_hex(6)}"
    target = ground.data / PEOPLE
    try:
        _write(chunks, fresh, MOST_PEOPLE)
        found = _people_in(fresh, ground)
        count = len(found.memberships)
        auditing.record(by, "people.upload", PEOPLE, at=at,
                        sentence=f"Uploaded a people file of {count} memberships")  # fmt: skip
        if target.exists():
            shutil.copyfile(target, ground.data / f"{PEOPLE}.before")
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return count, found.findings


def _people_in(file: Path, ground: Ground) -> People:
    try:
        found = parse_people(file.read_bytes().decode("utf-8-sig"), ground.plans.head().plan)
    except UnicodeDecodeError as error:
        raise Invalid(
            "The people file is not UTF-8.", "Save it as UTF-8 text (CSV).", field="file"
        ) from error
    except SourceError as error:
        raise Invalid(error.message, error.hint, field="file") from error
    if not found.memberships:
        why = found.findings[0].what if found.findings else "It has no rows."
        raise Invalid("No row of this people file can be used.", why, field="file")
    return found


def _folder(ground: Ground, token: str) -> Path:
    return ground.data / "uploads" / token


def _table(ground: Ground, upload: Upload) -> Path:
    return _folder(ground, upload.token) / f"table.{upload.kind}"


def _options(ground: Ground, upload: Upload) -> dict[str, str]:
    mapping = _folder(ground, upload.token) / "mapping.yaml"
    return {"mapping": str(mapping)} if mapping.exists() else {}


def _save(upload: Upload, ground: Ground) -> Upload:
    target = _folder(ground, upload.token) / "upload.json"
    fresh = target.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(upload)), "utf-8")
    fresh.replace(target)
    return upload


def _remove_old(ground: Ground, at: datetime) -> None:
    for meta in _metas(ground):
        try:
            upload = Upload(**json.loads(meta.read_text("utf-8")))
            is_old = datetime.fromisoformat(upload.at) < at - KEPT
        except (OSError, ValueError, TypeError):
            continue
        if is_old:
            shutil.rmtree(meta.parent, ignore_errors=True)


def _metas(ground: Ground) -> Iterator[Path]:
    yield from (ground.data / "uploads").glob("*/upload.json")


__all__: Sequence[str] = (
    "JOB", "TableDescription", "Upload", "ask_for_import", "correct_mapping", "describe_upload",
    "import_upload", "job_of", "keep_people", "keep_upload", "kept_mappings", "upload_of", "use_mapping",
)  # fmt: skip
