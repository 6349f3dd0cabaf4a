"""Who reaches which address of workshops over the API. Number 1 is there for nobody."""

from __future__ import annotations

from typing import Any

_READERS = ("vera", "carl", "lena", "owen", "petra", "ada")
_NOTHING = dict.fromkeys((*_READERS, "otto"), 404)
_UNREAD = {**dict.fromkeys(_READERS, 400), "otto": 404}
_V1 = "/api/v1/workshops"

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", _V1): "viewer",
    ("POST", _V1): {**_UNREAD, "vera": 403, "carl": 403},
    ("GET", f"{_V1}/1"): _NOTHING,
    ("GET", f"{_V1}/1/events?since=0"): _NOTHING,
    ("GET", f"{_V1}/1/people"): _NOTHING,
    ("GET", f"{_V1}/1/link"): _NOTHING,
    ("POST", f"{_V1}/1/acts"): _UNREAD,
    ("PATCH", f"{_V1}/1/people/1"): _UNREAD,
    ("DELETE", f"{_V1}/1/people/1"): _NOTHING,
    ("POST", f"{_V1}/1/link"): _UNREAD,
    ("DELETE", f"{_V1}/1/link"): _NOTHING,
    ("POST", f"{_V1}/1/finish"): _NOTHING,
    ("POST", f"{_V1}/1/reopen"): _NOTHING,
    ("POST", f"{_V1}/1/proposal"): {**_NOTHING, "vera": 403},
}
