"""Who reaches agendas and what comes out of a room. Workshop 999 and the agenda `nothing` are there for nobody."""

from __future__ import annotations

from typing import Any

_READERS = ("vera", "carl", "lena", "owen", "petra", "ada")
_NONE = dict.fromkeys((*_READERS, "otto"), 404)
_ROOM = "/workshop/999"

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/workshop/agendas/"): "viewer",
    ("POST", "/workshop/agendas/"): "lead",
    ("GET", "/workshop/agendas/day/"): "viewer",
    ("GET", "/workshop/agendas/day/text"): "viewer",
    # the program's own: nobody removes it
    ("POST", "/workshop/agendas/day/remove"): {**dict.fromkeys(_READERS, 403), "otto": 404},
    ("GET", f"{_ROOM}/summary"): _NONE,
    ("GET", f"{_ROOM}/summary.md"): _NONE,
    ("GET", f"{_ROOM}/summary.json"): _NONE,
    ("POST", f"{_ROOM}/proposal"): _NONE,
    ("POST", f"{_ROOM}/agenda"): _NONE,
    ("POST", f"{_ROOM}/questions/abc/answer"): _NONE,
    ("POST", f"{_ROOM}/questions/abc/reopen"): _NONE,
}
