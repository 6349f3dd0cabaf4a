"""Key results on a page as they stand now, made and printed once until somebody says something of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mainstem.score.progress import Progress
from mainstem.services.metrics.key_results import progress_of_each
from mainstem.web.contexts.given import Reading
from mainstem.web.contexts.pieces import Table


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ResultsNow:
    """The table, in something whose print can be kept as long as it is."""

    table: Table


def results_now(
    subject: str,
    keys: Iterable[str],
    table: Callable[[Mapping[str, Progress]], Table],
    reading: Reading,
) -> ResultsNow:
    """The key results of a thing.

    Args:
        subject: ``section/id``.
        keys: What is looked at for its progress.
        table: Makes the table of that progress.
        reading: What is asked for.
    """

    def make() -> ResultsNow:
        return ResultsNow(table(progress_of_each(keys, reading.ground)))

    said = reading.ground.check_ins.version()
    return reading.kept(("results now", subject, said), make)
