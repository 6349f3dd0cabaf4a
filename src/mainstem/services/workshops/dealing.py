"""Cards that the room itself puts up when a step begins: statements to answer, groups with what they carry."""

from __future__ import annotations

from datetime import datetime

import structlog

from mainstem.errors import MainstemError
from mainstem.workshop.board import Board, Record

_LOG = structlog.get_logger("mainstem.workshop")


def cards_for(board: Board, step: str, at: datetime) -> dict[str, Record]:
    """Records to put when a step has come on screen. A fault in making them keeps no workshop from going on."""
    from mainstem.services.server import ground as grounds
    from mainstem.services.workshops.capacity import capacity_cards
    from mainstem.services.workshops.challenge import statement_cards

    record = board.get(f"step/{step}")
    makers = {"challenge": statement_cards, "groups": capacity_cards}
    maker = makers.get(str(record["kind"])) if record else None
    if maker is None:
        return {}
    try:
        return maker(board, step, grounds.server_ground(), at=at)
    except MainstemError as error:
        _LOG.warning("no cards", step=step, why=error.message)
        return {}
