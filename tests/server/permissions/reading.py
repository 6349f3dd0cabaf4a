"""Who reaches the pages that answer questions: everybody who may read at all."""

from __future__ import annotations

from typing import Any

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/"): "viewer",
    ("GET", "/river"): "viewer",
    ("GET", "/map"): "viewer",
    ("GET", "/streams/"): "viewer",
    ("GET", "/teams/"): "viewer",
    ("GET", "/streams/start-fast"): "viewer",
    ("GET", "/streams/start-fast/metrics/"): "viewer",
    ("POST", "/streams/start-fast/metrics/propose"): {
        "vera": 403,
        "carl": 400,
        "lena": 400,
        "owen": 400,
        "petra": 400,
        "ada": 400,
        "otto": 404,
    },
    ("GET", "/teams/playback"): "viewer",
    ("GET", "/objectives/every-ball"): "viewer",
    ("GET", "/initiatives/warm-start"): "viewer",
}
