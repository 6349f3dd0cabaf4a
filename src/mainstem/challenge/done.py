"""Work that was decided on and then appears in the ledger: done anyway, or as was agreed.

Source: methods 4.1 (outcomes) and 4.2 (regret).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mainstem.challenge.decisions import REFUSED, Chain

LINK, KEY, LIKENESS = "link", "key", "likeness"
FOUND, CONFIRMED, DENIED = "found", "confirmed", "denied"
#: A refusal is regretted if the work begins within so many days.
REGRET = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Done:
    """An item of the ledger that is, or may be, what somebody had asked about.

    Attributes:
        number: Of the chain.
        item: ``source/KEY``.
        title: The item's title.
        how: ``link``, ``key`` or ``likeness``.
        likeness: From 0 to 1, where that is how.
        state: ``found``, ``confirmed`` or ``denied``.
        first_day: First day with effort on it since the verdict.
        at: When it was found, or somebody last said something of it, in UTC.
        by: Who said so; empty where nobody has.
    """

    number: int
    item: str
    title: str
    how: str
    likeness: float | None
    state: str
    first_day: date | None
    at: datetime
    by: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is the same work: by link or key unless denied, by likeness once confirmed."""
        return self.state == CONFIRMED or (self.state == FOUND and self.how != LIKENESS)


def is_regretted(chain: Chain, done: Iterable[Done]) -> bool:
    """Whether work was refused and then done anyway within ``REGRET`` of the refusal that stood."""
    return any(_is_after_refusal(chain, one) for one in done if one.counts)


def _is_after_refusal(chain: Chain, done: Done) -> bool:
    day = done.first_day
    verdict = chain.verdict_before(day) if day else None
    if day is None or verdict is None or verdict.step not in REFUSED:
        return False
    return day - verdict.at.date() <= REGRET
