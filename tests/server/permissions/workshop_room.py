"""Who reaches the page of a room. Number 999 is there for nobody, and that is all that anybody learns."""

from __future__ import annotations

from typing import Any

ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/workshop/999/"): dict.fromkeys(
        ("vera", "carl", "lena", "owen", "petra", "ada", "otto"), 404
    ),
}
