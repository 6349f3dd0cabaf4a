"""Who reaches search, notices, watching and remarks."""

from __future__ import annotations

from typing import Any

_NOTHING_SUCH = {**dict.fromkeys(("vera", "carl", "lena", "owen", "petra", "ada", "otto"), 404)}

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/find"): "viewer",
    ("GET", "/notices/"): "viewer",
    ("POST", "/notices/read"): "viewer",
    ("POST", "/watch"): _NOTHING_SUCH,
    ("POST", "/unwatch"): "viewer",
    ("POST", "/remarks"): {**_NOTHING_SUCH, "vera": 403},
    ("POST", "/remarks/1/withdraw"): {**_NOTHING_SUCH, "vera": 403},
}
