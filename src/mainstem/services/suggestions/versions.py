"""Versions of the model beside the ledger, with what each suggests. Removing them changes no number.

``suggestions/`` holds a folder for each version and ``current.json``, which names the one in use.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.services.server.answers import Answers

if TYPE_CHECKING:
    from mainstem.services.suggestions.learning.judging import Measured
    from mainstem.services.suggestions.learning.training import Model

CURRENT, SUGGESTED = "current.json", "suggested.json"
#: Versions that are kept.
MOST_VERSIONS = 12
_READ = Answers(64_000_000)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the model, without its numbers.

    ``learned`` is a digest of what came out: equal for equal items and seed.
    """

    name: str
    made: datetime
    labelled: int
    by_person: int
    targets: tuple[str, ...]
    inputs: str
    learned: str
    measured: Measured


@dataclass(frozen=True, slots=True)
class SuggestedRow:
    """What is suggested for an item, as it is kept: ``fields`` are kinds with values, ``parts`` effort."""

    item: int
    key: str
    source: str
    title: str
    target: str
    sure: float
    second: str
    words: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    parts: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in use.

    Attributes:
        version: The model; ``None`` if there is none.
        why_not: Why there is none, or none newer.
        rows: What it suggests, the surest first; nothing where it keeps quiet.
        asked: For how many items it was asked.
        ledger: Version of the ledger that it was asked about; -1: of none.
        at: When it was asked.
        by_item: Source and key of an item → what is suggested for it.
    """

    version: Version | None
    why_not: str = ""
    rows: tuple[SuggestedRow, ...] = ()
    asked: int = 0
    ledger: int = -1
    at: datetime | None = None
    by_item: Mapping[tuple[str, str], tuple[SuggestedRow, ...]] = field(default_factory=dict)


def folder_of_server(data: Path) -> Path:
    """Where a server keeps them."""
    return data / "suggestions"


def folder_beside(ledger: Path) -> Path:
    """Where the command line keeps them: beside the ledger."""
    return ledger.resolve().parent / "suggestions"


def keep_version(found: Model, folder: Path) -> None:
    """Keeps a version; the oldest go."""
    from mainstem.services.suggestions.learning.keeping import keep

    keep(found, folder / found.version)
    for old in versions(folder)[MOST_VERSIONS:]:
        shutil.rmtree(folder / old.name, ignore_errors=True)


def use(folder: Path, name: str, *, why_not: str = "") -> None:
    """Names the version in use; with none, why there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / CURRENT, {"version": name, "why_not": why_not})


def put_suggested(
    folder: Path, name: str, rows: Sequence[SuggestedRow], *, asked: int, ledger: int, at: datetime
) -> None:
    """Keeps what a version suggests."""
    told = {
        "asked": asked,
        "ledger": ledger,
        "at": at.isoformat(),
        "rows": [asdict(r) for r in rows],
    }
    _write(folder / name / SUGGESTED, told)


def standing(folder: Path) -> Standing:
    """What is in use; read once for each writing of it."""
    current = folder / CURRENT
    if not current.exists():
        return Standing(None)
    said = json.loads(current.read_text("utf-8"))
    name = str(said["version"])
    if not name or not (folder / name / "model.json").exists():
        return Standing(None, said.get("why_not", ""))
    suggested = folder / name / SUGGESTED
    stamp = suggested.stat().st_mtime_ns if suggested.exists() else 0
    key = (str(folder), name, stamp, said.get("why_not", ""))
    return _READ.get(key, lambda: _standing(folder, name, said.get("why_not", "")))


def _standing(folder: Path, name: str, why_not: str) -> Standing:
    found = version_in(folder / name)
    suggested = folder / name / SUGGESTED
    if not suggested.exists():
        return Standing(found, why_not)
    told = json.loads(suggested.read_text("utf-8"))
    rows = tuple(
        SuggestedRow(**{**r, "words": tuple(r["words"]), "fields": tuple(map(tuple, r["fields"]))})
        for r in told["rows"]
    )
    return Standing(
        found, why_not, rows, told["asked"], told["ledger"], datetime.fromisoformat(told["at"]),
        _by_item(rows),
    )  # fmt: skip


def _by_item(rows: Sequence[SuggestedRow]) -> dict[tuple[str, str], tuple[SuggestedRow, ...]]:
    """So that the page of an item need not look through all of them."""
    out: dict[tuple[str, str], tuple[SuggestedRow, ...]] = {}
    for row in rows:
        at = (row.source, row.key)
        out[at] = (*out.get(at, ()), row)
    return out


def version_in(folder: Path) -> Version:
    """A version by its manifest."""
    from mainstem.services.suggestions.learning.keeping import measured_of, told_of

    told: Mapping[str, Any] = told_of(folder)
    return Version(
        told["version"], datetime.fromisoformat(told["made"]), told["labelled"], told["by_person"],
        tuple(told["targets"]), told["inputs"], told["learned"], measured_of(told["measured"]),
    )  # fmt: skip


def versions(folder: Path) -> list[Version]:
    """All versions that are kept, the newest first; what cannot be read is left out."""
    from mainstem.errors import MainstemError

    out = []
    for path in sorted(folder.glob("*/model.json")):
        try:
            out.append(version_in(path.parent))
        except MainstemError:
            continue
    return sorted(out, key=lambda v: (v.made, v.name), reverse=True)


def forget(folder: Path) -> None:
    """Removes all versions. Nothing that counts was ever in them."""
    shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, told: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    fresh.replace(path)
