"""Plans that were in force at a refresh, kept beside the ledger so that past answers can be given again.

A plan is kept whole now and then, and in between as its changes against the last whole one:
``<revision>.json.gz`` and ``<revision>.since-<whole revision>.json.gz``. The next whole one is written
when the changes since the last weigh as much as it does, which keeps the sum of both small.
"""

from __future__ import annotations

import gzip
import json
import zlib
from glob import escape
from pathlib import Path
from typing import Any

from mainstem.errors import LedgerError, PlanError
from mainstem.ledger.store import Ledger
from mainstem.plan.changes import StaleChange, apply, diff, from_json, to_json
from mainstem.plan.model import Plan

_END = ".json.gz"
_SINCE = ".since-"


def keep_plan(ledger: Ledger, plan: Plan, revision: str) -> None:
    """Keeps the plan of a revision; nothing to do for one that is kept, or without a name."""
    if not revision:
        return
    folder = ledger.root / "plans"
    folder.mkdir(exist_ok=True)
    if _file_of(folder, revision):
        return
    whole = _last_whole(folder)
    changes = _changes(whole, plan) if whole and _is_worth_it(whole) else None
    if whole and changes is not None:
        name = f"{revision}{_SINCE}{_revision_of(whole)}{_END}"
        _write(folder / name, json.dumps({"changes": changes}))
    else:
        _write(folder / f"{revision}{_END}", plan.model_dump_json(by_alias=True))


def kept_plan(ledger: Ledger, revision: str) -> Plan:
    """A plan that was in force at a refresh; an empty one for a refresh without a revision.

    Raises:
        LedgerError: if a file that it was kept in is gone or damaged.
    """
    if not revision:
        return Plan()
    file = _file_of(ledger.root / "plans", revision)
    if file is None:
        raise _lost(revision, f"{revision}{_END} is not there")
    if _SINCE not in file.name:
        return _whole(file, revision)
    base = file.name.removesuffix(_END).partition(_SINCE)[2]
    whole = file.with_name(f"{base}{_END}")
    if not whole.exists():
        raise _lost(revision, f"{whole.name}, which its changes start from, is not there")
    try:
        changes = [from_json(one) for one in json.loads(_read(file, revision))["changes"]]
        return apply(_whole(whole, revision), changes)
    except (StaleChange, PlanError, LookupError, TypeError, ValueError) as error:
        raise _lost(revision, f"{file.name} does not fit {whole.name}") from error


def _file_of(folder: Path, revision: str) -> Path | None:
    whole = folder / f"{revision}{_END}"
    if whole.exists():
        return whole
    return next(folder.glob(f"{escape(revision)}{_SINCE}*{_END}"), None)


def _last_whole(folder: Path) -> Path | None:
    found = [f for f in folder.glob(f"*{_END}") if _SINCE not in f.name]
    return max(found, key=lambda f: (f.stat().st_mtime_ns, f.name), default=None)


def _revision_of(whole: Path) -> str:
    return whole.name.removesuffix(_END)


def _is_worth_it(whole: Path) -> bool:
    """Whether the changes since a whole plan weigh less than it does."""
    since = whole.parent.glob(f"*{_SINCE}{escape(_revision_of(whole))}{_END}")
    return sum(f.stat().st_size for f in since) < whole.stat().st_size


def _changes(whole: Path, plan: Plan) -> list[dict[str, Any]] | None:
    """The changes that lead from a whole plan to this one, tried out; ``None`` if they do not."""
    try:
        base = _whole(whole, _revision_of(whole))
        changes = [to_json(one) for one in diff(base, plan)]
        again = apply(base, [from_json(one) for one in json.loads(json.dumps(changes))])
    except (LedgerError, StaleChange, PlanError):
        return None
    return changes if again == plan and list(again.streams) == list(plan.streams) else None


def _whole(file: Path, revision: str) -> Plan:
    try:
        return Plan.model_validate_json(_read(file, revision))
    except ValueError as error:
        raise _lost(revision, f"{file.name} holds no plan") from error


def _read(file: Path, revision: str) -> bytes:
    try:
        return gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise _lost(revision, f"{file.name} cannot be read: {error}") from error


def _write(target: Path, text: str) -> None:
    fresh = target.with_suffix(".new")
    fresh.write_bytes(gzip.compress(text.encode(), mtime=0))
    fresh.replace(target)


def _lost(revision: str, why: str) -> LedgerError:
    return LedgerError(
        f"The plan of revision {revision} is damaged: {why}.",
        "Restore the folder `plans` of the ledger from a backup; answers about now do not need it.",
        code="ledger.plan",
    )
