"""Who reaches the pages around a room. There is no workshop in this test: who may gets as far as being told that."""

from __future__ import annotations

from typing import Any

_READERS = ("vera", "carl", "lena", "owen", "petra", "ada")
_NONE = dict.fromkeys((*_READERS, "otto"), 404)

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/workshop/"): "viewer",
    ("GET", "/workshop/new"): "lead",
    ("POST", "/workshop/new"): "lead",
    # a wrong link is the same to everybody, and says nothing of whether there ever was one
    ("GET", "/workshop/join/nothinglikeit"): {**_NONE, "nobody": 404},
    ("POST", "/workshop/join/nothinglikeit"): {**_NONE, "nobody": 404},
    ("GET", "/j/nothinglikeit"): "everybody",
    ("GET", "/workshop/999/lead"): _NONE,
    ("GET", "/workshop/999/people"): _NONE,
    ("GET", "/workshop/999/wall"): _NONE,
    **{
        ("POST", f"/workshop/999/{step}"): _NONE
        for step in ("appoint", "remove", "link", "link/end", "finish", "reopen")
    },
}
