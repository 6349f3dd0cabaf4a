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
    ("GET", "/teams/playback"): "viewer",
    ("GET", "/objectives/every-ball"): "viewer",
    ("GET", "/initiatives/warm-start"): "viewer",
}
