"""Who reaches which address of qualifying and deciding."""

from __future__ import annotations

from typing import Any

_WRITERS = ("carl", "lena", "owen", "petra", "ada")
_ABSENT = {**dict.fromkeys(("vera", *_WRITERS, "otto"), 404)}

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/qualify"): "viewer",
    ("GET", "/qualify?title=Anything"): "viewer",
    ("GET", "/decisions/"): "viewer",
    ("GET", "/decisions/1/"): _ABSENT,
    # sent without a title
    ("POST", "/decisions/new"): {**dict.fromkeys(_WRITERS, 400), "vera": 403, "otto": 404},
    ("POST", "/decisions/1/steps"): {**_ABSENT, "vera": 403},
    ("POST", "/decisions/1/done"): {**_ABSENT, "vera": 403},
}
