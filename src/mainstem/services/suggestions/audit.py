"""The audit: each month people judge a sample of suggestions without being told what was suggested.

By it a stream earns automatic acceptance, and loses it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import F, Q

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.suggestions.earned import Earned, Judged, earned
from mainstem.services.suggestions.ground import names_of
from mainstem.services.suggestions.suggesting import accept, held_by
from mainstem.services.suggestions.versions import SuggestedRow
from mainstem.store.models import SuggestionAudit
from mainstem.store.together import together

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground

#: Suggestions in a sample.
SAMPLE = 30
#: One of so many that would be accepted by themselves is kept for people to judge, in the whole month.
ONE_OF = 20
#: So many are accepted by themselves at once.
AT_ONCE = 500
#: Judged suggestions that count, the newest; older ones are of other times.
MOST_JUDGED = 600


@dataclass(frozen=True, slots=True)
class Sampled:
    """A suggestion of the sample; what was suggested is only told once it is judged."""

    number: int
    source: str
    key: str
    title: str
    month: date
    suggested: str
    truth: str
    by: str
    at: datetime | None


def draw(ground: Ground, *, today: date, most: int = SAMPLE) -> int:
    """Draws a sample among what is suggested, evenly over streams; the same day draws the same.

    Returns:
        How many were drawn; none where the month has its sample, if ``most`` is ``SAMPLE``.
    """
    month = today.replace(day=1)
    held = held_by(ground)
    if held.version is None or not held.rows:
        return 0
    taken = set(SuggestionAudit.objects.filter(month=month).values_list("item", flat=True))
    if taken and most == SAMPLE:
        return 0
    chosen = _evenly([r for r in held.rows if _item(r) not in taken], most, f"{month} {len(taken)}")
    SuggestionAudit.objects.bulk_create(
        [
            SuggestionAudit(model=held.version.name, month=month, item=_item(r), suggested=r.target,
                            probability=r.sure)
            for r in chosen
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return len(chosen)


def draw_more(ground: Ground, by: Actor, *, at: datetime) -> int:
    """Draws as many again, for those who want to earn it sooner."""
    require(by, Action.SHARE)
    with together():
        drawn = draw(ground, today=ground.today(), most=SAMPLE + 1) if _all_judged(ground) else 0
        if not drawn:
            raise Conflict(
                "There is nothing to draw, or what was drawn is not judged yet.",
                "Judge what is there first; without suggestions there is nothing to judge.",
            )
        said = f"drew {drawn} more suggestions to judge"
        auditing.record(by, "suggestion.draw", "suggestions", at=at, sentence=said)
    return drawn


def sample(ground: Ground, by: Actor) -> list[Sampled]:
    """This month's sample: what is to be judged first, then what was."""
    require(by, Action.READ)
    month = ground.today().replace(day=1)
    titles = {_item(r): r.title for r in held_by(ground).rows}
    rows = SuggestionAudit.objects.filter(month=month).order_by("pk")
    return sorted((_sampled(r, titles) for r in rows), key=lambda s: bool(s.truth))


def judge(number: int, truth: str, ground: Ground, by: Actor, *, at: datetime) -> Sampled:
    """Says what an item of the sample was for. It stays as it counts; only the model is judged.

    Raises:
        Absent: there is no such suggestion.
        Conflict: somebody has judged it.
        Invalid: no stream or kind.
        Forbidden: for somebody who may not set shares.
    """
    require(by, Action.SHARE)
    if truth not in names_of(ground.plans.head().plan):
        raise Invalid("What was it for?", "Choose a stream or a kind of the rest.", field="truth")
    with together():
        row = SuggestionAudit.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise Absent(f"There is no suggestion {number} to judge.", "Look at the list again.")
        if row.truth:
            raise Conflict(f"{row.author_name} has judged it.", "Go on with the next.")
        row.truth, row.author_id, row.author_name, row.at = truth, by.id, by.name[:200], at
        row.save()
        said = f"judged that {_key(row.item)} was for {truth.partition(':')[2]}"
        auditing.record(by, "suggestion.judge", row.item, at=at, sentence=said)
    return _sampled(row, {})


def judged() -> list[Judged]:
    """What people judged, the newest."""
    rows = SuggestionAudit.objects.exclude(truth="").order_by("-at", "-pk")[:MOST_JUDGED]
    return [Judged(r.suggested, r.truth) for r in rows]


def standing_of(ground: Ground, by: Actor) -> tuple[Earned, ...]:
    """Which streams have earned automatic acceptance, and what the others lack."""
    require(by, Action.READ)
    held = held_by(ground)
    return earned(held.version, judged()) if held.version else ()


def may_accept_by_itself(ground: Ground) -> bool:
    """Whether the organisation has switched automatic acceptance on; it is off unless it has."""
    return ground.plans.head().plan.organisation.settings.accept_suggestions


def accept_earned(ground: Ground, by: Actor, *, at: datetime) -> int:
    """Accepts what is sure enough of streams that have earned it, if the organisation wants that.

    Returns:
        How many were accepted.
    """
    held = held_by(ground)
    if held.version is None or not may_accept_by_itself(ground):
        return 0
    least = {e.target: e.threshold for e in earned(held.version, judged()) if e.is_earned}
    done = {link.item.lower() for link in ground.plans.head().plan.links}
    doubted = _doubted()
    rows = [
        r for r in held.rows
        if (at_least := least.get(r.target)) is not None and r.sure >= at_least
        and r.key.lower() not in done and _item(r) not in doubted
    ][:AT_ONCE]  # fmt: skip
    kept = _keep_back(rows, held.version.name, ground.today().replace(day=1))
    keys = [r.key for r in rows if _item(r) not in kept]
    if keys:
        accept(keys, ground, by, at=at, itself=True)
    return len(keys)


def _doubted() -> set[str]:
    """What waits for a judge, who is not to find it settled, and what a judge called otherwise."""
    known = SuggestionAudit.objects.exclude(~Q(truth="") & Q(truth=F("suggested")))
    return set(known.values_list("item", flat=True))


def _keep_back(rows: Sequence[SuggestedRow], model: str, month: date) -> set[str]:
    """Keeps some of what is about to be accepted for people to judge, all month long.

    The sample at the beginning of a month is drawn among what is open then; without this, what comes and is
    accepted later in the month would never be looked at, and a stream could not lose what it earned.
    """
    judged = set(SuggestionAudit.objects.filter(month=month).values_list("item", flat=True))
    drawn = (r for r in rows if _item(r) not in judged and _is_kept_back(_item(r), month))
    chosen = list(islice(drawn, max(2 * SAMPLE - len(judged), 0)))
    SuggestionAudit.objects.bulk_create(
        [
            SuggestionAudit(model=model, month=month, item=_item(r), suggested=r.target,
                            probability=r.sure)
            for r in chosen
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return {_item(r) for r in chosen}


def _is_kept_back(item: str, month: date) -> bool:
    drawn = hashlib.sha256(f"{month} {item}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") % ONE_OF == 0


def _all_judged(ground: Ground) -> bool:
    month = ground.today().replace(day=1)
    return not SuggestionAudit.objects.filter(month=month, truth="").exists()


def _evenly(rows: Sequence[SuggestedRow], most: int, seed: str) -> list[SuggestedRow]:
    """One of each stream in turn, in an order that is drawn."""
    drawn = sorted(rows, key=_item)
    random.Random(seed).shuffle(drawn)
    by_target: dict[str, list[SuggestedRow]] = {}
    for row in drawn:
        by_target.setdefault(row.target, []).append(row)
    out: list[SuggestedRow] = []
    while len(out) < most and any(by_target.values()):
        for target in sorted(by_target):
            if by_target[target] and len(out) < most:
                out.append(by_target[target].pop())
    return out


def _sampled(row: SuggestionAudit, titles: dict[str, str]) -> Sampled:
    return Sampled(
        row.pk, row.item.partition("/")[0], _key(row.item), titles.get(row.item, ""), row.month,
        row.suggested if row.truth else "", row.truth, row.author_name, row.at,
    )  # fmt: skip


def _item(row: SuggestedRow) -> str:
    return f"{row.source}/{row.key}"[:400]


def _key(item: str) -> str:
    return item.partition("/")[2]
