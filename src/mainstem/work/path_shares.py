"""Whose paths an item changed: shares of an item that streams won by path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from mainstem.work.branches import Branch
from mainstem.work.conditions import ItemFacts
from mainstem.work.path_patterns import compiled, pattern_to_regex
from mainstem.work.records import WHOLE
from mainstem.work.text_patterns import folded

#: What one path weighs: divisible by 1 to 12, so that it can be split over streams in whole numbers.
PATH_WEIGHT = 27_720


@lru_cache(maxsize=1)
def left_out_patterns() -> tuple[str, ...]:
    """CODEOWNERS patterns of lock files, vendored and generated code."""
    text = files("mainstem.work").joinpath("left_out_paths.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=1)
def ignored_path_regexes() -> tuple[str, ...]:
    """The same as expressions for paths in lower case, for every engine."""
    return tuple(pattern_to_regex(folded(p)) for p in left_out_patterns())


@lru_cache(maxsize=1)
def _left_out() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{r})" for r in ignored_path_regexes()))


def counted_paths(paths: Sequence[str]) -> tuple[str, ...]:
    """The distinct paths, in lower case, that count when an item is split by path.

    All but lock files, vendored and generated code; where there is nothing else, those count.
    """
    distinct = tuple(dict.fromkeys(folded(p) for p in paths))
    return tuple(p for p in distinct if not _left_out().fullmatch(p)) or distinct


def path_shares(
    item: ItemFacts, winners: Sequence[Branch], *, majority: int = 8_000
) -> dict[str, int]:
    """Ten-thousandths of an item per stream, by the number of its paths that each claims.

    Every counted path weighs the same; one that k streams claim counts for each by a k-th. The first
    stream with at least ``majority`` (of 10,000) of all counted paths takes the whole item. Else each
    takes its part (cut at running sums in the plan's order, so that nothing is lost), and paths that
    no stream claims are nobody's: the sum may stay under 10,000. Empty where no counted path is
    claimed: the caller then shares the item as if it had been claimed otherwise.

    Source: methods, section 9.1 (path rule).
    """
    paths = counted_paths(item.paths)
    order = {b.stream: b.stream_order for b in winners}
    weights = dict.fromkeys(sorted(order, key=order.__getitem__), 0)
    for path in paths:
        owners = {b.stream for b in winners if claims_path(b, path)}
        for stream in owners:
            weights[stream] += PATH_WEIGHT // len(owners)
    total = PATH_WEIGHT * len(paths)
    claimed = {stream: weight for stream, weight in weights.items() if weight}
    for stream, weight in claimed.items():
        if weight * WHOLE >= majority * total:
            return {stream: WHOLE}
    shares, above = {}, 0
    for stream, weight in claimed.items():
        shares[stream] = (above + weight) * WHOLE // total - above * WHOLE // total
        above += weight
    return {stream: share for stream, share in shares.items() if share}


def is_contested(item: ItemFacts, winners: Sequence[Branch]) -> bool:
    """Whether two streams claim one and the same counted path."""
    return any(
        len({b.stream for b in winners if claims_path(b, path)}) > 1
        for path in counted_paths(item.paths)
    )


def claims_path(branch: Branch, path: str) -> bool:
    """Whether a path (in lower case) counts for a branch."""
    return any(compiled(folded(p)).fullmatch(path) for p in branch.condition.path)
