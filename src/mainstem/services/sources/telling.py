"""What is told of a run: how it went, why it failed, and never a credential."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from mainstem.clock import now
from mainstem.errors import Conflict, MainstemError, SourceError
from mainstem.services.server.queueing import Later
from mainstem.services.sources import pulling
from mainstem.services.sources.rows import clear_secrets_of
from mainstem.services.sources.sync_state import SyncState, failed
from mainstem.services.sources.watching import is_ending
from mainstem.sources.remote import Connection, Stopped
from mainstem.store.models import SourceConnection

if TYPE_CHECKING:
    from mainstem.services.metrics.observing import ObservationReport

_LOG = structlog.get_logger("mainstem.sources")
#: After so long it is tried again where somebody else is at it.
BUSY = timedelta(seconds=15)


@contextmanager
def told(row: SourceConnection, state: SyncState) -> Iterator[None]:
    """Keeps with the source why a run failed, without its credentials, and hands that on."""
    try:
        yield
    except Conflict as error:
        # somebody else syncs it or fetches from it; that is no failure
        keep(row, state=replace(state, ended=now().isoformat()).as_json())
        raise Later(BUSY) from error
    except Stopped as error:
        _stopped(row, state)
        if is_ending():
            raise Later(timedelta(0)) from error
    except MainstemError as error:
        permanent = isinstance(error, SourceError) and error.permanent
        raise _failed(row, state, error.message, error.hint, error.code, permanent) from None
    except Exception as error:  # whatever a source raises is its own: it is told, and tried again
        _LOG.error("source failed", source=row.name, trace=scrubbed(traceback.format_exc(), row))
        words = f"Unforeseen: {type(error).__name__}: {str(error)[:300]}"
        raise _failed(row, state, words, "The log has more.", "source.unforeseen", False) from None


def _stopped(row: SourceConnection, state: SyncState) -> None:
    """A sync that was stopped is neither well nor failed; the page says where it is."""
    rows = SourceConnection.objects.filter(pk=row.pk)
    held = dict(rows.values_list("progress", flat=True).first() or {})
    keep(row, state=replace(state, ended=now().isoformat()).as_json(),
          progress={**held, "stopped": True}, stop_asked=False)  # fmt: skip


def _failed(
    row: SourceConnection, state: SyncState, message: str, hint: str, code: str, permanent: bool
) -> SourceError:
    message, hint = scrubbed(message, row), scrubbed(hint, row)
    state = failed(state, message, hint, now(), is_permanent=permanent)
    keep(row, state=state.as_json(), progress={})
    return SourceError(message, hint, code=code, permanent=permanent)


def scrubbed(value: Any, of: Connection | SourceConnection) -> Any:
    """Without credentials, should a vendor's answer have echoed one; characters that JSON cannot keep go too."""
    hidden = of.secrets.values() if isinstance(of, Connection) else clear_secrets_of(of)
    return _without(value, [s for s in hidden if len(s) > 3])


def _without(value: Any, hidden: Sequence[str]) -> Any:
    if isinstance(value, str):
        for secret in hidden:
            value = value.replace(secret, "…")
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {_without(k, hidden): _without(v, hidden) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(one, hidden) for one in value]
    return value


def keep(row: SourceConnection, **fields: Any) -> None:
    """Writes these columns and no other: somebody may be changing the rest."""
    SourceConnection.objects.filter(pk=row.pk).update(**fields)


def sentence(report: pulling.PullReport) -> str:
    """A sync in a sentence."""
    names = ("read", "new", "changed", "unchanged", "rejected", "gone")
    parts = ", ".join(f"{name} {getattr(report, name):,}" for name in names)
    return f"{parts.capitalize()}; {pulling.cost_words(report.as_json())}."


def seen_sentence(seen: ObservationReport) -> str:
    """A reading of values in a sentence."""
    return (
        f"Read {seen.read:,} values, new {seen.new:,}, corrected {seen.corrected:,},"
        f" unchanged {seen.unchanged:,}, rejected {seen.rejected:,}."
    )


def seen_json(seen: ObservationReport) -> dict[str, Any]:
    """A report on values in the words of one on items."""
    meter = seen.meter
    return {
        "read": seen.read, "new": seen.new, "changed": seen.corrected, "unchanged": seen.unchanged,
        "rejected": seen.rejected, "landings": list(seen.landings), "requests": meter.requests,
        "not_modified": meter.not_modified, "retried": meter.retried, "received": meter.received,
        "waited": round(meter.waited, 3), "notes": [],
        "reasons": [
            {"reason": r, "count": n, "first_at": place, "sample": sample}
            for r, n, place, sample in seen.reasons
        ],
    }  # fmt: skip
