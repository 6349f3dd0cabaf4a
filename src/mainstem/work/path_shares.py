"""Whose paths an item changed: shares of an item that streams won by path."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from mainstem.work.branches import Branch
from mainstem.work.conditions import ItemFacts
from mainstem.work.path_patterns import compiled, pattern_to_regex
from mainstem.work.records import WHOLE
from mainstem.work.text_patterns import folded

#: What one path weighs: divisible by 1 to 16, so that it can be split over streams in whole numbers.
PATH_WEIGHT = 720_720


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
    """The distinct paths, in lower case, that count when an item is split by path."""
    distinct = dict.fromkeys(folded(p) for p in paths)
    return tuple(p for p in distinct if not _left_out().fullmatch(p))


def path_shares(
    item: ItemFacts, winners: Sequence[Branch], *, majority: float = 0.8, first_wins: bool = False
) -> dict[str, int]:
    """Ten-thousandths of an item per stream, by the number of its paths that each claims.

    Every counted path weighs the same; one that k streams claim counts for each by a k-th (or for the
    first, if the first wins). A stream with at least ``majority`` of all counted paths takes the whole
    item. Else each takes its part (largest remainder, ties in the plan's order), and paths that no
    stream claims are nobody's: the sum may stay under 10,000. Lock files, vendored and generated code
    (``left_out_paths.txt``) do not count; where nothing else is claimed, the answer is empty.

    Source: methods, section 9.1 (path rule).
    """
    paths = counted_paths(item.paths)
    order = {b.stream: b.stream_order for b in winners}
    weights = dict.fromkeys(sorted(order, key=order.__getitem__), 0)
    for path in paths:
        owners = [s for s in weights if any(b.stream == s and claims_path(b, path) for b in winners)]
        for stream in owners[:1] if first_wins else owners:
            weights[stream] += PATH_WEIGHT if first_wins else PATH_WEIGHT // len(owners)
    total = PATH_WEIGHT * len(paths)
    claimed = {stream: weight for stream, weight in weights.items() if weight}
    for stream, weight in claimed.items():
        if weight * WHOLE >= round(majority * WHOLE) * total:
            return {stream: WHOLE}
    return _largest_remainder(claimed, total)


def claims_path(branch: Branch, path: str) -> bool:
    """Whether a path (in lower case) counts for a branch."""
    return any(compiled(folded(p)).fullmatch(path) for p in branch.paths)


def _largest_remainder(weights: Mapping[str, int], total: int) -> dict[str, int]:
    """Splits 10,000 by weights out of a total; what is not in the weights is nobody's and comes last."""
    if not weights:
        return {}
    shares = {name: weight * WHOLE // total for name, weight in weights.items()}
    left = {name: weight * WHOLE % total for name, weight in weights.items()}
    nobody = total - sum(weights.values())
    spare = WHOLE - sum(shares.values()) - nobody * WHOLE // total
    ranked = sorted(left, key=lambda name: -left[name])  # stable: ties stay in the plan's order
    gainers = [n for n in ranked if left[n] >= nobody * WHOLE % total or not nobody]
    for name in gainers[:spare]:
        shares[name] += 1
    return {name: share for name, share in shares.items() if share}
