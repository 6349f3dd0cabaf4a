"""Who reaches which address of key results."""

from __future__ import annotations

from typing import Any

_TEAM = {"carl": 200, "lena": 200, "owen": 200, "petra": 200, "ada": 200, "vera": 403, "otto": 404}
_ANSWERABLE = {**_TEAM, "carl": 403}

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/key-results/"): "viewer",
    ("GET", "/check-in/"): "contributor",
    ("GET", "/key-results/kr-start"): "viewer",
    ("GET", "/key-results/kr-start/check-in"): _TEAM,
    ("POST", "/key-results/kr-start/check-in"): {**_TEAM, **dict.fromkeys(("carl", "lena", "owen", "petra", "ada"), 400)},
    ("GET", "/key-results/kr-start/score"): _ANSWERABLE,
    ("POST", "/key-results/kr-start/score"): {**_ANSWERABLE, **dict.fromkeys(("lena", "owen", "petra", "ada"), 400)},
    ("POST", "/key-results/kr-start/milestones/0"): dict.fromkeys(("carl", "lena", "owen", "petra", "ada", "vera", "otto"), 404),
}  # fmt: skip
