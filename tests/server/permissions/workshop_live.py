"""Who reaches what a room's script asks for. There is no room in this test: nobody learns more than that."""

from __future__ import annotations

from typing import Any

_NO_ROOM = dict.fromkeys(("vera", "carl", "lena", "owen", "petra", "ada", "otto"), 404)

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/workshop/1/live"): _NO_ROOM,
    ("POST", "/workshop/1/acts"): _NO_ROOM,
}
