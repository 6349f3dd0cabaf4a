"""Who reaches which address of the challenge."""

from __future__ import annotations

from typing import Any

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/challenge/"): "viewer",
    ("GET", "/challenge/statements/"): "viewer",
    ("GET", "/challenge/metrics/starts/"): "viewer",
    ("POST", "/challenge/metrics/starts/answer"): "contributor",
    ("POST", "/challenge/statements/change"): "contributor",
}
