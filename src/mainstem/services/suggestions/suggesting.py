"""Suggestions on a server: what is suggested, accepting it, saying what it is instead.

A suggestion never counts. Accepting one makes a link of the plan, as setting it by hand does, which names
the model's version; declining one makes a link to what it is instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import Absent, Invalid
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server import queueing
from mainstem.services.suggestions.ground import BY_ITSELF, SUGGESTED, names_of
from mainstem.services.suggestions.model import reason_of, why_quiet
from mainstem.services.suggestions.versions import (
    Standing,
    SuggestedRow,
    folder_of_server,
    forget,
    standing,
)
from mainstem.services.work.sharing import MOST_AT_ONCE, set_shares
from mainstem.store.together import together
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    from mainstem.plan.model import Plan
    from mainstem.services.server.ground import Ground

PAGE = 50
ADDRESS = "/items/suggestions/"
#: The line of the schedule that trains and suggests.
JOB = "suggest"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an item was probably for.

    Attributes:
        source, key, title: The item.
        target, name: ``stream:x`` or ``kind:y``, and what it is called.
        sure: Probability that it is right.
        second: The next best, by name.
        reason: What speaks for it, in words.
        parts: Its effort.
        version: The model.
    """

    source: str
    key: str
    title: str
    target: str
    name: str
    sure: float
    second: str
    reason: str
    parts: int
    version: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """A page of suggestions, the surest first.

    Attributes:
        rows: Of this page.
        counts: Target, name and number of suggestions, most first.
        asked: How many items nothing speaks for.
        more: Whether there are further ones.
        version: The model in use; empty: none.
        quiet: Why nothing is suggested, if so.
        at: When it was asked.
    """

    rows: tuple[Suggestion, ...]
    counts: tuple[tuple[str, str, int], ...]
    asked: int
    more: bool
    version: str
    quiet: str
    at: datetime | None


def suggestions(
    ground: Ground, by: Actor, *, target: str = "", after: int = 0, most: int = PAGE
) -> Suggestions:
    """What is suggested and not answered yet, the surest first.

    Args:
        target: Only of this stream or kind.
        after: How many to leave out, for the next page.
        most: How many at most.
    """
    require(by, Action.READ)
    held, plan = held_by(ground), ground.plans.head().plan
    open_ = _open(held, plan)
    counts: dict[str, int] = {}
    for row in open_:
        counts[row.target] = counts.get(row.target, 0) + 1
    names = names_of(plan)
    wanted = [r for r in open_ if not target or r.target == target]
    page = wanted[after : after + most]
    return Suggestions(
        tuple(_shown(r, held, plan) for r in page),
        tuple(sorted(((t, names[t], n) for t, n in counts.items()), key=lambda c: (-c[2], c[1]))),
        held.asked, len(wanted) > after + most, held.version.name if held.version else "",
        why_quiet(held), held.at,
    )  # fmt: skip


def suggestion_of(source: str, key: str, ground: Ground, by: Actor) -> Suggestion | None:
    """What is suggested for an item, if anything is and nobody has answered."""
    require(by, Action.READ)
    held, plan = held_by(ground), ground.plans.head().plan
    rows = held.by_item.get((source, key), ())
    return next((_shown(r, held, plan) for r in rows if _is_open(r, plan)), None)


def held_by(ground: Ground) -> Standing:
    """The version in use and what it suggests."""
    return standing(folder_of_server(ground.data))


def accept(
    keys: Sequence[str], ground: Ground, by: Actor, *, at: datetime, itself: bool = False
) -> list[int]:
    """Accepts suggestions: each item is set by hand to what was suggested, in one go.

    Args:
        keys: Items with an open suggestion.
        itself: Nobody looked at them: automatic acceptance did it.

    Returns:
        The revisions that did it, one for each stream or kind; ``sharing.undo_shares`` takes each back.

    Raises:
        Absent: nothing is suggested for one of them (any more).
        Forbidden: one of them is not theirs to set.
        Invalid: none or too many.
    """
    require(by, Action.SHARE)
    chosen = _chosen(keys, ground)
    version = _version(ground)
    done = []
    with together():
        for target in dict.fromkeys(r.target for r in chosen):
            mine = [r for r in chosen if r.target == target]
            least = min(r.sure for r in mine)
            how = f", {BY_ITSELF}" if itself else ""
            why = f"{SUGGESTED} {version}, {_percent(least)} sure{' or more' if len(mine) > 1 else ''}{how}"
            written = set_shares([r.key for r in mine], {target: WHOLE}, why, ground, by, at=at)
            done.append(written.standing.number)
        said = f"accepted {len(chosen)} of what model {version} suggested"
        auditing.record(by, "suggestion.accept", version, at=at, sentence=said)
    return done


def decline(key: str, target: str, ground: Ground, by: Actor, *, at: datetime) -> int:
    """Says what an item is instead of what was suggested: it is set by hand, and the next model learns it.

    Returns:
        The revision that did it.

    Raises:
        Absent: nothing is suggested for it (any more).
        Invalid: it is what was suggested, or no stream or kind.
        Forbidden: it is not theirs to set.
    """
    require(by, Action.SHARE)
    (row,) = _chosen([key], ground)
    if target == row.target:
        raise Invalid(
            "That is what was suggested.",
            "Accept it, or choose what it is instead.",
            field="target",
        )
    plan, version = ground.plans.head().plan, _version(ground)
    with together():
        why = f"Not {names_of(plan)[row.target]}, as model {version} had suggested"
        written = set_shares([row.key], {target: WHOLE}, why, ground, by, at=at)
        auditing.record(
            by, "suggestion.decline", f"{row.source}/{row.key}"[:400], at=at, sentence=why
        )
    return written.standing.number


def ask_training(ground: Ground, by: Actor, *, at: datetime) -> int:
    """Asks for a new version to be trained soon; its number for ``queueing.state_of``."""
    require(by, Action.TEACH)
    with together():
        auditing.record(
            by, "suggestion.train", "suggestions", at=at, sentence="asked for a new model"
        )
        return queueing.ask(JOB, {"train": True}, by, at=at)


def forget_models(ground: Ground, by: Actor, *, at: datetime) -> None:
    """Removes all versions. What was accepted stays, as it was said by people."""
    require(by, Action.TEACH)
    with together():
        auditing.record(
            by, "suggestion.forget", "suggestions", at=at, sentence="removed all models"
        )
    forget(folder_of_server(ground.data))


def _open(held: Standing, plan: Plan) -> list[SuggestedRow]:
    names, answered = names_of(plan), {link.item.lower() for link in plan.links}
    return [r for r in held.rows if r.target in names and r.key.lower() not in answered]


def _is_open(row: SuggestedRow, plan: Plan) -> bool:
    return row.target in names_of(plan) and not any(
        link.item.lower() == row.key.lower() for link in plan.links
    )


def _chosen(keys: Sequence[str], ground: Ground) -> list[SuggestedRow]:
    if not keys or len(keys) > MOST_AT_ONCE:
        raise Invalid(
            "No suggestion is chosen." if not keys else f"{len(keys)} are too many at once.",
            f"Choose between 1 and {MOST_AT_ONCE}.", field="item",
        )  # fmt: skip
    held = {r.key.lower(): r for r in reversed(_open(held_by(ground), ground.plans.head().plan))}
    wanted = list(dict.fromkeys(k.lower() for k in keys))
    absent = [k for k in wanted if k not in held]
    if absent:
        raise Absent(
            f"Nothing is suggested for {absent[0]} (any more).",
            "Somebody may have answered, or a claim takes it by now. Look at the list again.",
        )
    return [held[k] for k in wanted]


def _shown(row: SuggestedRow, held: Standing, plan: Plan) -> Suggestion:
    names = names_of(plan)
    return Suggestion(
        row.source, row.key, row.title, row.target, names[row.target], row.sure,
        names.get(row.second, ""), reason_of(row, plan), row.parts,
        held.version.name if held.version else "",
    )  # fmt: skip


def _version(ground: Ground) -> str:
    found = held_by(ground).version
    return found.name if found else ""


def _percent(share: float) -> str:
    return f"{int(100 * share)} %"
