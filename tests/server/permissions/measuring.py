"""Who reaches which address of values of metrics: whoever may change the metric may add to them."""

from __future__ import annotations

from typing import Any

_ADDS = {"vera": 403, "carl": 403, "lena": 403, "owen": 400, "petra": 400, "ada": 400, "otto": 404}

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/metrics/starts"): "viewer",
    ("GET", "/decisions/readings/"): "viewer",
    ("POST", "/metrics/starts/values"): _ADDS,
    ("POST", "/metrics/starts/upload"): _ADDS,
}
