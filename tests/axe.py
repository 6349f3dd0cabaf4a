"""axe, which finds in a browser what keeps people out of a page."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

_RUN = "inside => axe.run(inside, {resultTypes: ['violations']})"


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def faults(page: Any, inside: str = "html") -> list[tuple[str, list[str]]]:
    """What axe finds in a page of Playwright's: rule and the beginnings of what breaks it.

    Args:
        page: An open page; a content policy does not stop what is evaluated in it.
        inside: CSS selector of the part to look at.
    """
    page.evaluate(_script())
    found = page.evaluate(_RUN, inside)
    return [(f["id"], [n["html"][:120] for n in f["nodes"]]) for f in found["violations"]]
