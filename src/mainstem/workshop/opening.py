"""The first records of a room: what its agenda says, with nobody in it."""

from __future__ import annotations

from collections.abc import Iterable

from mainstem.workshop.board import Record
from mainstem.workshop.steps import fresh_timer


def first_records(
    title: str, why: str, steps: Iterable[tuple[str, Record]]
) -> dict[str, Record | None]:
    """The room, its timer and its steps, all waiting.

    Args:
        title: What the workshop is called.
        why: What it is for.
        steps: Id and record of each, in order.
    """
    made = list(steps)
    room = {
        "title": title, "why": why, "state": "prepared", "step": "",
        "steps": [ident for ident, _ in made], "edits": "anyone", "parallel": False,
    }  # fmt: skip
    out: dict[str, Record | None] = {"room": room, "timer": fresh_timer("", 0)}
    return out | {f"step/{ident}": step for ident, step in made}
