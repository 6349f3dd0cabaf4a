"""What is remembered of a source between two syncs, beside the ledger: how the last one went, and its proof.

Data and cursor are in the ledger, together. What is here may be lost without harm.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

#: A proof costs requests: after a sync it is made by itself once in so long.
PROOF = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class SyncState:
    """How it stands with a source. Moments are ISO texts in UTC; empty: never.

    Attributes:
        began: When the last sync began.
        ended: When it ended; empty while it runs, or where its process died.
        well: When one last ended well.
        failed: Why the last one did not, with what to do; empty if it did.
        is_permanent: Whether trying again cannot help.
        report: What the last one did: ``PullReport.as_json``.
        proof: What the last proof found: ``Proof.as_json``; ``proved`` is when.
        landing: Number of the source's landing that ``cursor`` follows on.
        cursor: Where to go on, where that landing is still the source's last one.
    """

    began: str = ""
    ended: str = ""
    well: str = ""
    failed: str = ""
    is_permanent: bool = False
    report: Mapping[str, Any] = field(default_factory=dict)
    proof: Mapping[str, Any] = field(default_factory=dict)
    proved: str = ""
    landing: int = 0
    cursor: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values, for ``of_json``."""
        return asdict(self)

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> SyncState:
        """What ``as_json`` gave; unknown names are left out."""
        known = {n: found[n] for n in cls.__dataclass_fields__ if n in found}
        return cls(**known)


class SyncBook(Protocol):
    """Keeps the states of sources."""

    def read(self, name: str) -> SyncState:
        """The state of a source; an empty one before its first sync."""
        ...

    def write(self, name: str, state: SyncState) -> None:
        """Keeps it."""
        ...


@dataclass(frozen=True, slots=True)
class FolderBook:
    """One small file for each source, beside the ledger."""

    root: Path

    def read(self, name: str) -> SyncState:
        """As ``SyncBook.read``; a file that was cut off counts as none."""
        try:
            return SyncState.of_json(json.loads((self.root / f"{name}.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return SyncState()

    def write(self, name: str, state: SyncState) -> None:
        """As ``SyncBook.write``."""
        self.root.mkdir(parents=True, exist_ok=True)
        fresh = self.root / f".{name}.{os.getpid()}.new"
        fresh.write_text(json.dumps(state.as_json(), ensure_ascii=False), "utf-8")
        fresh.replace(self.root / f"{name}.json")


def began(state: SyncState, at: datetime) -> SyncState:
    """A sync begins."""
    return replace(state, began=at.isoformat(), ended="")


def ended_well(state: SyncState, report: Mapping[str, Any], at: datetime) -> SyncState:
    """A sync ends, and did this."""
    said = at.isoformat()
    return replace(state, ended=said, well=said, failed="", is_permanent=False, report=report)


def failed(
    state: SyncState, message: str, hint: str, at: datetime, *, is_permanent: bool
) -> SyncState:
    """A sync ends, and did not do what it should."""
    words = f"{message} {hint}".strip()
    return replace(state, ended=at.isoformat(), failed=words, is_permanent=is_permanent)


def proved(state: SyncState, proof: Mapping[str, Any], at: datetime) -> SyncState:
    """It was counted on both sides."""
    return replace(state, proof=proof, proved=at.isoformat())


def is_proof_due(state: SyncState, at: datetime) -> bool:
    """Whether the last proof is ``PROOF`` old, or there was none."""
    return not state.proved or at - datetime.fromisoformat(state.proved) >= PROOF
