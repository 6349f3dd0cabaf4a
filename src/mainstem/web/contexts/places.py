"""Where things are: the address of the page of each thing of the plan."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from mainstem.plan.model import SECTIONS, Plan

#: Sections with a page of their own for readers.
_PAGES = {
    "objectives": "/objectives/", "streams": "/streams/", "teams": "/teams/",
    "initiatives": "/initiatives/", "key_results": "/key-results/",
}  # fmt: skip
#: Names as they stand in an address; a page has dozens of links, and the next page the same ones.
_quoted = lru_cache(16_384)(quote)


def place_of(section: str, ident: str) -> str:
    """The page of a thing: its own, else the one where the plan is edited."""
    return f"{_PAGES[section]}{_quoted(ident)}" if section in _PAGES else edit_of(section, ident)


def edit_of(section: str, ident: str) -> str:
    """Where a thing of the plan is looked after: its fields, findings and history."""
    return f"/plan/{section}/{quote(ident)}/"


def is_there(section: str, ident: str, plan: Plan) -> bool:
    """Whether the plan has it, so that a link to it leads somewhere."""
    return section in SECTIONS and ident in getattr(plan, section)
