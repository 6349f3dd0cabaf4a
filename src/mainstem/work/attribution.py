"""Which share of one item counts for what, and because of what: the precedence in plain Python.

1 explicit, 2 inherited from a parent or epic with explicit shares, 3 claims, 4 inherited from a parent
or epic that claims decided, 5 a kind of the rest, 6 unknown. Source: ``docs/methods.md``, attribution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from mainstem.plan.model import Link, Plan, RestKind
from mainstem.work.claims import (
    Branch,
    ItemFacts,
    branches,
    matches,
    matches_path_claim,
    reasons,
    telling_paths,
)
from mainstem.work.records import WHOLE
from mainstem.work.rest import rest_rules

#: One path, as a number that divides by all small numbers of claiming streams.
PATH_UNIT = 27_720
MOST_LEVELS = 8
UNKNOWN = "kind:unknown"


class Rank(IntEnum):
    """Why a share holds; a lower one wins."""

    EXPLICIT = 1
    INHERITED_EXPLICIT = 2
    CLAIM = 3
    INHERITED_CLAIM = 4
    REST = 5
    UNKNOWN = 6


@dataclass(frozen=True, slots=True)
class Share:
    """A share of an item: ``stream:x``, ``kind:debt`` or ``kind:unknown``; parts of 10,000."""

    target: str
    parts: int
    rank: Rank
    reason: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """All of an item. ``shares`` sum to 10,000; ``also`` are claims that matched and did not win."""

    shares: tuple[Share, ...]
    also: tuple[str, ...] = ()
    is_conflict: bool = False

    def parts(self) -> dict[str, int]:
        """Target -> parts."""
        return {s.target: s.parts for s in self.shares}


ParentOf = Callable[[ItemFacts], ItemFacts | None]


def nobody(item: ItemFacts) -> ItemFacts | None:
    """A parent lookup for items that stand alone."""
    return None


def split_equally(targets: Sequence[str]) -> dict[str, int]:
    """Ten thousand parts over targets; the first ones get the odd part."""
    n = len(targets)
    return {t: WHOLE // n + (1 if i < WHOLE % n else 0) for i, t in enumerate(targets)}


def scaled(parts: Mapping[str, int]) -> dict[str, int]:
    """Shares as said; scaled down, to the last part, where they are more than a whole."""
    whole = sum(parts.values())
    if whole <= WHOLE:
        return dict(parts)
    out, above = {}, 0
    for target, said in parts.items():
        out[target] = (above + said) * WHOLE // whole - above * WHOLE // whole
        above += said
    return out


def share_word(word: str) -> str:
    """``debt`` is ``kind:debt``, any other bare word a stream."""
    if ":" in word:
        return word
    return f"kind:{word}" if word in set(RestKind) else f"stream:{word}"


def link_parts(link: Link) -> dict[str, int]:
    """What a link says, as parts of 10,000."""
    if link.shares:
        return {share_word(w): round(s * WHOLE) for w, s in link.shares.items() if s > 0}
    if link.stream:
        return {f"stream:{link.stream}": WHOLE}
    return {f"kind:{link.kind}": WHOLE} if link.kind else {}


class Attributor:
    """Attributes items by one plan; make it once and ask often."""

    def __init__(self, plan: Plan, parent_of: ParentOf = nobody) -> None:
        self._plan = plan
        self._parent_of = parent_of
        self._branches = branches(plan)
        self._order = {f"stream:{s}": n for n, s in enumerate(plan.streams)}
        self._links: dict[str, dict[str, int]] = {}
        for link in plan.links:
            own = self._links.setdefault(link.item.lower(), {})
            for target, parts in link_parts(link).items():
                own[target] = own.get(target, 0) + parts

    def attribute(self, item: ItemFacts) -> Attribution:
        """All shares of an item."""
        matched = [b for b in self._branches if matches(b.condition, item)]
        shares, conflict = self._streams(item, matched)
        left = WHOLE - sum(s.parts for s in shares)
        if left:
            shares = (*shares, self._rest(item, left))
        won = {s.target for s in shares}
        also = tuple(
            dict.fromkeys(
                f"{b.stream}, by claim {b.claim_id} ({reasons(b.condition, item)})"
                for b in matched
                if f"stream:{b.stream}" not in won
            )
        )
        return Attribution(shares, also, conflict)

    def _streams(
        self, item: ItemFacts, matched: Sequence[Branch]
    ) -> tuple[tuple[Share, ...], bool]:
        own = self.explicit(item)
        if own:
            said = "an explicit link"
            return tuple(Share(t, p, Rank.EXPLICIT, said) for t, p in own.items()), False
        found = self._ancestor(item, self.explicit)
        if found:
            words = "inherited from its parent or epic"
            return tuple(
                Share(t, p, Rank.INHERITED_EXPLICIT, words) for t, p in found.items()
            ), False
        claimed, conflict = self.claimed(item, matched)
        if claimed:
            return claimed, conflict
        above = self._ancestor(item, self._claimed_parts)
        words = "inherited from a claimed parent or epic"
        return tuple(Share(t, p, Rank.INHERITED_CLAIM, words) for t, p in above.items()), False

    def _ancestor(
        self, item: ItemFacts, settled: Callable[[ItemFacts], dict[str, int]]
    ) -> dict[str, int]:
        at, seen = self._parent_of(item), 0
        while at is not None and seen < MOST_LEVELS:
            found = settled(at)
            if found:
                return found
            at, seen = self._parent_of(at), seen + 1
        return {}

    def explicit(self, item: ItemFacts) -> dict[str, int]:
        """Links of the plan, else the item's own shares."""
        linked = self._links.get(item.key.lower(), {})
        own = {share_word(w): p for w, p in item.shares.items() if p > 0}
        known = {t: p for t, p in own.items() if t in self._order or t.startswith("kind:")}
        return {t: p for t, p in scaled(linked or known).items() if p > 0}

    def _claimed_parts(self, item: ItemFacts) -> dict[str, int]:
        if self.explicit(item):
            return {}
        matched = [b for b in self._branches if matches(b.condition, item)]
        return {s.target: s.parts for s in self.claimed(item, matched)[0]}

    def claimed(self, item: ItemFacts, matched: Sequence[Branch]) -> tuple[tuple[Share, ...], bool]:
        """Shares by the strongest claims that matched, and whether they disagreed."""
        if not matched:
            return (), False
        best = min(b.rank for b in matched)
        winners = [b for b in matched if b.rank == best]
        by_target: dict[str, Branch] = {}
        for b in winners:
            by_target.setdefault(f"stream:{b.stream}", b)
        targets = sorted(by_target, key=self._order.__getitem__)
        if all(b.by_path for b in winners):
            parts = path_parts(
                item,
                winners,
                targets,
                round(self._plan.organisation.settings.path_majority * WHOLE),
            )
            conflict = False
        elif self._plan.organisation.settings.share_policy == "first_wins":
            parts, conflict = {targets[0]: WHOLE}, len(targets) > 1
        else:
            parts, conflict = split_equally(targets), len(targets) > 1
        return tuple(
            Share(t, p, Rank.CLAIM,
                  f"claim {by_target[t].claim_id} ({reasons(by_target[t].condition, item)})")
            for t, p in parts.items() if p > 0
        ), conflict  # fmt: skip

    def _rest(self, item: ItemFacts, left: int) -> Share:
        for number, rule in enumerate(rest_rules(self._plan), 1):
            if matches(rule, item):
                if rule.kind is RestKind.UNKNOWN:
                    break
                words = f"rest rule {rule.id or number} ({reasons(rule, item)})"
                return Share(f"kind:{rule.kind}", left, Rank.REST, words)
        return Share(UNKNOWN, left, Rank.UNKNOWN, "nothing speaks for it")


def path_parts(
    item: ItemFacts, winners: Sequence[Branch], targets: Sequence[str], majority: int
) -> dict[str, int]:
    """Shares by number of paths: whole for a stream with the majority, else in proportion.

    Generated, vendored and lock files are left out (unless there is nothing else); paths that nobody
    claims leave their part to the rest. A path that n streams claim counts 1/n for each.
    """
    paths = telling_paths(item.paths) or tuple(dict.fromkeys(p.lower() for p in item.paths))
    weight = dict.fromkeys(targets, 0)
    for path in paths:
        hit = {f"stream:{b.stream}" for b in winners
               if any(matches_path_claim(w, path) for w in b.condition.path)}  # fmt: skip
        for target in hit:
            weight[target] += PATH_UNIT // len(hit)
    whole = PATH_UNIT * len(paths)
    for target in targets:
        if whole and weight[target] * WHOLE >= majority * whole:
            return {target: WHOLE}
    out, above = {}, 0
    for target in targets:
        out[target] = (above + weight[target]) * WHOLE // whole - above * WHOLE // whole
        above += weight[target]
    return out
