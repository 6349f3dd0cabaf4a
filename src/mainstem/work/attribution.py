"""Which share of one item counts for what, and because of what: the precedence in plain Python.

1 explicit, 2 inherited from a parent or epic with explicit shares, 3 claims, 4 inherited from a parent
or epic that claims decided, 5 a kind of the rest, 6 unknown. The first of 1 to 4 that says anything
decides; what it leaves goes to 5, and what that leaves to 6.

Source: ``docs/methods.md``, sections 3.3, 3.6 and 9.1. The ledger's SQL says the same in bulk; tests hold
the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from enum import IntEnum

from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Link, Plan, RestKind
from mainstem.work.branches import Branch, matchers
from mainstem.work.conditions import ItemFacts, matches, reasons
from mainstem.work.path_shares import is_contested, path_shares
from mainstem.work.records import WHOLE
from mainstem.work.rest import rest_rules
from mainstem.work.text_patterns import folded

#: How many ancestors are looked at.
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
    """A share of an item.

    Attributes:
        target: ``stream:x``, ``kind:debt`` or ``kind:unknown``.
        parts: Of 10,000.
        rank: Which step of the precedence gave it.
        reason: Why, in words.
        rule_id: The claim, link or rule of the rest behind it; empty if there is none.
    """

    target: str
    parts: int
    rank: Rank
    reason: str
    rule_id: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that matched and did not win."""

    target: str
    rank: Rank
    reason: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """All of an item.

    Attributes:
        shares: Sum to 10,000; each target once per rank.
        candidates: What else had matched.
        is_conflict: Claims of one rank disagreed about the same work.
    """

    shares: tuple[Share, ...]
    candidates: tuple[Candidate, ...] = ()
    is_conflict: bool = False

    def parts(self) -> dict[str, int]:
        """Target -> parts."""
        out: dict[str, int] = {}
        for share in self.shares:
            out[share.target] = out.get(share.target, 0) + share.parts
        return out

    @property
    def also(self) -> tuple[str, ...]:
        """What else had matched, in words."""
        return tuple(f"{_bare(c.target)}, by {c.reason}" for c in self.candidates)


#: Finds the parent (or else the epic) of an item; ``None`` if it has none or nobody knows it.
ParentOf = Callable[[ItemFacts], ItemFacts | None]


def nobody(item: ItemFacts) -> ItemFacts | None:
    """A parent lookup for items that stand alone."""
    return None


def parents_among(items: Mapping[str, ItemFacts]) -> ParentOf:
    """A parent lookup among known items by key: the parent, else the epic."""
    return lambda item: items.get(item.parent or item.epic or "")


def attribute(item: ItemFacts, plan: Plan, *, parent_of: ParentOf = nobody) -> Attribution:
    """All shares of one item. For many items, make one ``Attributor``."""
    return Attributor(plan, parent_of).attribute(item)


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


def _bare(target: str) -> str:
    return target.partition(":")[2]


class Attributor:
    """Attributes items by one plan; make it once and ask often.

    Args:
        plan: Streams with their claims, links, rules of the rest, settings.
        parent_of: Finds the parent or epic of an item. Circles and long lines end after
            ``MOST_LEVELS`` ancestors.
    """

    def __init__(self, plan: Plan, parent_of: ParentOf = nobody) -> None:
        settings = plan.organisation.settings
        self._majority = round(settings.path_majority * WHOLE)
        self._first_wins = settings.share_policy == "first_wins"
        self._parent_of = parent_of
        self._matchers = matchers(plan)
        self._rest = rest_rules(plan)
        kinds = [f"kind:{k}" for k in RestKind]
        self._order = {t: n for n, t in enumerate([*(f"stream:{s}" for s in plan.streams), *kinds])}
        self._links: dict[str, list[tuple[int, Link]]] = {}
        for number, link in enumerate(plan.links, 1):
            self._links.setdefault(folded(link.item), []).append((number, link))

    def with_parents(self, parent_of: ParentOf) -> Attributor:
        """The same plan with another lookup of parents."""
        made = copy(self)
        made._parent_of = parent_of
        return made

    def attribute(self, item: ItemFacts) -> Attribution:
        """All shares of an item."""
        matched = self._matched(item)
        shares, conflict = self._decided(item, matched)
        left = WHOLE - sum(s.parts for s in shares)
        if left:
            shares = (*shares, self._rest_share(item, left))
        return Attribution(shares, self._candidates(item, matched, shares), conflict)

    def _decided(
        self, item: ItemFacts, matched: Sequence[Branch]
    ) -> tuple[tuple[Share, ...], bool]:
        """Ranks 1 to 4: the first that says anything."""
        own = self._explicit(item)
        if own:
            return own, False
        above = self._inherited(item, self._explicit, Rank.INHERITED_EXPLICIT)
        if above:
            return above, False
        claimed, conflict = self._claimed(item, matched)
        if claimed:
            return claimed, conflict
        return self._inherited(item, self._claimed_alone, Rank.INHERITED_CLAIM), False

    def _inherited(
        self, item: ItemFacts, settled: Callable[[ItemFacts], tuple[Share, ...]], rank: Rank
    ) -> tuple[Share, ...]:
        """The shares of the nearest ancestor that has any."""
        at = self._parent_of(item)
        for _ in range(MOST_LEVELS):
            if at is None:
                return ()
            found = settled(at)
            if found:
                return tuple(
                    Share(
                        s.target, s.parts, rank, f"inherited from {at.key}: {s.reason}", s.rule_id
                    )
                    for s in found
                )
            at = self._parent_of(at)
        return ()

    def _explicit(self, item: ItemFacts) -> tuple[Share, ...]:
        """Links of the plan, else the item's own shares; names that are unknown stay unknown."""
        links = self._links.get(folded(item.key), []) if item.key else []
        said: dict[str, int] = {}
        for _, link in links:
            for word, parts in link_parts(link).items():
                target = word if word in self._order else UNKNOWN
                said[target] = said.get(target, 0) + parts
        if said:
            first, link = links[0]
            words = f"link {first}" + (f": {link.why}" if link.why else "")
            return self._shares(said, words, f"links/{first}")
        own = {share_word(w): parts for w, parts in item.shares.items() if parts > 0}
        known = {t: parts for t, parts in own.items() if t in self._order}
        return self._shares(known, "shares on the item itself", "")

    def _shares(self, said: Mapping[str, int], words: str, rule_id: str) -> tuple[Share, ...]:
        ordered = {t: said[t] for t in sorted(said, key=self._order.__getitem__)}
        return tuple(
            Share(t, p, Rank.EXPLICIT, words, rule_id) for t, p in scaled(ordered).items() if p > 0
        )

    def _claimed_alone(self, item: ItemFacts) -> tuple[Share, ...]:
        if self._explicit(item) or self._inherited(item, self._explicit, Rank.INHERITED_EXPLICIT):
            return ()
        return self._claimed(item, self._matched(item))[0]

    def _matched(self, item: ItemFacts) -> list[Branch]:
        return [b for b, matcher in self._matchers if matcher.holds(item)]

    def _claimed(
        self, item: ItemFacts, matched: Sequence[Branch]
    ) -> tuple[tuple[Share, ...], bool]:
        """Shares by the strongest claims that matched, and whether they disagreed."""
        best = min((b.rank for b in matched), default=0)
        winners = [b for b in matched if b.rank == best]
        first: dict[str, Branch] = {}
        for b in winners:
            first.setdefault(b.stream, b)
        parts: dict[str, int] = {}
        conflict = len(first) > 1
        if winners and all(b.by_path for b in winners):
            parts = path_shares(item, winners, majority=self._majority)
            conflict = conflict and is_contested(item, winners)
        if not parts and first:
            parts = {next(iter(first)): WHOLE} if self._first_wins else split_equally(list(first))
        return tuple(
            Share(f"stream:{s}", p, Rank.CLAIM, _claim_words(first[s], item), first[s].claim_id)
            for s, p in parts.items()
        ), conflict

    def _rest_share(self, item: ItemFacts, left: int) -> Share:
        for number, rule in enumerate(self._rest, 1):
            if matches(rule, item):
                if rule.kind is RestKind.UNKNOWN:
                    break
                name = rule.id or str(number)
                words = f"rest rule {name} ({reasons(rule, item)})"
                return Share(f"kind:{rule.kind}", left, Rank.REST, words, name)
        return Share(UNKNOWN, left, Rank.UNKNOWN, "nothing speaks for it")

    def _candidates(
        self, item: ItemFacts, matched: Sequence[Branch], shares: Sequence[Share]
    ) -> tuple[Candidate, ...]:
        """Claims and the first rule of the rest that matched without winning."""
        won = {(s.target, s.rule_id) for s in shares}
        streams = {s.target for s in shares}
        out = [
            Candidate(f"stream:{b.stream}", Rank.CLAIM, _claim_words(b, item), b.claim_id)
            for b in matched
            if f"stream:{b.stream}" not in streams
        ]
        rest = self._rest_share(item, WHOLE)
        if rest.rank is Rank.REST and (rest.target, rest.rule_id) not in won:
            out.append(Candidate(rest.target, Rank.REST, rest.reason, rest.rule_id))
        return tuple(out)


@kept_with_plan
def attributor(plan: Plan) -> Attributor:
    """The attributor of a plan for items that stand alone; made once for each plan."""
    return Attributor(plan)


def _claim_words(branch: Branch, item: ItemFacts) -> str:
    return f"claim {branch.claim_id} ({reasons(branch.condition, item)})"


_HOW = {
    Rank.EXPLICIT: "said explicitly",
    Rank.INHERITED_EXPLICIT: "said of what it is part of",
    Rank.CLAIM: "claimed",
    Rank.INHERITED_CLAIM: "claimed through what it is part of",
    Rank.REST: "a kind of the rest",
    Rank.UNKNOWN: "unknown",
}


def explain(attribution: Attribution) -> list[str]:
    """An attribution as sentences, shares first, then what else had matched."""
    out = []
    for s in attribution.shares:
        how = f"{_HOW[s.rank]}: {s.reason}" if s.rank is not Rank.UNKNOWN else s.reason
        out.append(f"{s.parts / 100:g} % goes to {_bare(s.target)}: {how}.")
    if attribution.is_conflict:
        out.append("Streams claim it with the same rank, so it is shared by the plan's policy.")
    out += [
        f"It also matched {c.reason} of {_bare(c.target)}, which is weaker."
        for c in attribution.candidates
    ]
    return out
