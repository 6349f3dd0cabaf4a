"""Claims: the rules by which streams claim work. The meaning that the ledger's SQL must equal.

This is the room's front door; what it shows is written in ``conditions`` (when a claim holds),
``branches`` (its alternatives and their rank), ``path_shares``, ``text_patterns`` and ``claim_checks``.
"""

from __future__ import annotations

from mainstem.work.branches import Branch, branches, kind_ranks
from mainstem.work.claim_checks import check_claims
from mainstem.work.conditions import ItemFacts, describe, is_empty, matches, reasons
from mainstem.work.path_shares import (
    counted_paths,
    ignored_path_regexes,
    is_contested,
    path_shares,
)
from mainstem.work.text_patterns import (
    folded,
    pattern_fault,
    required_literal,
    required_literals,
    text_regex,
)

__all__ = [
    "Branch", "ItemFacts", "branches", "check_claims", "counted_paths", "describe", "folded",
    "ignored_path_regexes", "is_contested", "is_empty", "kind_ranks", "matches", "path_shares", "pattern_fault",
    "reasons", "required_literal", "required_literals", "text_regex",
]  # fmt: skip
