"""Check-ins as readings, kept in memory and followed row by row."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mainstem.score.progress import Reading
from mainstem.store.glances import check_ins_after
from mainstem.store.models import CheckIn

#: Check-ins that may still be under way in other transactions when a later one is seen.
_UNDER_WAY = 1_000


@dataclass(slots=True)
class CheckInBook:
    """All check-ins of a server by key result. Safe to share between threads.

    Asking costs one query; only key results with new check-ins are read again. Numbers are given before
    a transaction ends, so a lower one may appear after a higher one: the last thousand are counted.
    """

    _held: dict[str, tuple[Reading, ...]] = field(default_factory=dict)
    _floor: int = 0
    _seen: tuple[int, int] = (0, 0)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def version(self) -> tuple[int, int]:
        """Changes whenever a check-in becomes visible: the newest number, and how many are near it."""
        return check_ins_after(self._floor)

    def readings(self) -> dict[str, tuple[Reading, ...]]:
        """Key result → what people said of it, by day. Do not change it."""
        if self.version() == self._seen:
            return self._held
        with self._lock:
            floor, (newest, count) = self._floor, self.version()
            after = floor if newest - floor < 5 * _UNDER_WAY else newest - _UNDER_WAY
            # looked at before reading: what comes in between is read now and once more next time
            state = check_ins_after(after)
            names = self._changed(floor, newest, count) if self._seen[0] else None
            self._held = {**self._held, **_read(names)}
            self._floor, self._seen = after, state
            return self._held

    def _changed(self, floor: int, newest: int, count: int) -> set[str]:
        """Key results of which something may have been said since the last look."""
        seen, known = self._seen
        new = list(CheckIn.objects.filter(pk__gt=seen).values_list("pk", "key_result"))
        if known + sum(pk <= newest for pk, _ in new) == count:
            return {name for _, name in new}
        # one that was given a lower number became visible after a higher one
        near = CheckIn.objects.filter(pk__gt=floor).order_by("key_result")
        return set(near.values_list("key_result", flat=True).distinct())


def _read(names: Iterable[str] | None) -> dict[str, tuple[Reading, ...]]:
    """Check-ins of some key results, or of all; those that were corrected are left out."""
    rows = CheckIn.objects.filter(replaced_by=None).order_by("on", "pk")
    wanted = None if names is None else sorted(names)
    out: dict[str, list[Reading]] = defaultdict(list)
    columns = ("key_result", "on", "value", "confidence", "note", "by_name")
    parts = [rows] if wanted is None else [
        rows.filter(key_result__in=wanted[n : n + 400]) for n in range(0, len(wanted), 400)
    ]  # fmt: skip
    for part in parts:
        for key, on, value, confidence, note, by in part.values_list(*columns).iterator(2000):
            out[key].append(Reading(on, value, confidence, note, by))
    empty: dict[str, tuple[Reading, ...]] = dict.fromkeys(wanted or (), ())
    return {**empty, **{key: tuple(found) for key, found in out.items()}}
