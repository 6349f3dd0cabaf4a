"""The claims of a plan, cut into branches: one per claim, or per alternative of its top-level ``any``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Claim, Condition, Plan
from mainstem.work.conditions import Matcher, is_empty

#: Kinds that name an item itself or its parent: stronger than any kind in the settings.
STRONGEST = ("key", "epic", "parent")
#: Distance between the ranks of two kinds, so that a claim's own ``rank`` can stand between them.
STEP = 100
_KINDS = ("key", "epic", "parent", "project", "label", "component", "path", "field", "type", "team",
          "text", "state", "source")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Branch:
    """One way in which a stream claims work.

    Attributes:
        claim_id: ``stream/claim``, the claim's ``id`` or its place from 1; for an alternative of
            ``any`` its place is added: ``start-fast/2.1``. Unique in a plan.
        stream: The stream that claims.
        stream_order: Its place in the plan, from 0.
        rank: Lower wins. The claim's own, else ``STEP`` times the place of its strongest kind.
        condition: When it holds.
        by_path: Its strongest kind is ``path`` and it names paths itself (not under ``all``), so that
            shares follow the number of paths that ``condition.path`` matches.
    """

    claim_id: str
    stream: str
    stream_order: int
    rank: int
    condition: Condition
    by_path: bool = False


@kept_with_plan
def branches(plan: Plan) -> tuple[Branch, ...]:
    """All branches of a plan, in its order.

    Ranks: 100 for ``key``, ``epic`` and ``parent``; then 200, 300 ... for the kinds in
    ``organisation.settings.rank`` in their order; kinds that it does not name come last, together.
    """
    ranks = kind_ranks(plan.organisation.settings.rank)
    return tuple(
        branch
        for order, (stream, entity) in enumerate(plan.streams.items())
        for place, claim in enumerate(entity.claims, 1)
        for branch in _of_claim(claim, f"{stream}/{claim.id or place}", stream, order, ranks)
    )


@kept_with_plan
def matchers(plan: Plan) -> tuple[tuple[Branch, Matcher], ...]:
    """The branches of a plan, each with its condition ready to be held against many items."""
    return tuple((b, Matcher.of(b.condition)) for b in branches(plan))


def kind_ranks(order: tuple[str, ...]) -> dict[str, int]:
    """Rank of every kind of claim under an order of kinds, strongest first."""
    named = [kind for kind in dict.fromkeys(order) if kind in _KINDS and kind not in STRONGEST]
    ranks = {kind: STEP * place for place, kind in enumerate(named, 2)}
    return {k: STEP if k in STRONGEST else ranks.get(k, STEP * (len(named) + 2)) for k in _KINDS}


def _of_claim(
    claim: Claim, claim_id: str, stream: str, order: int, ranks: dict[str, int]
) -> Iterator[Branch]:
    alternatives = list(_alternatives(_plain(claim)))
    for number, condition in enumerate(alternatives, 1):
        kinds = set(_positive_kinds(condition))
        strongest = min((ranks[k] for k in kinds), default=max(ranks.values()))
        yield Branch(
            claim_id if len(alternatives) == 1 else f"{claim_id}.{number}",
            stream,
            order,
            strongest if claim.rank is None else claim.rank,
            condition,
            bool(condition.path) and {k for k in kinds if ranks[k] == strongest} == {"path"},
        )


def _plain(claim: Claim) -> Condition:
    """The claim as a bare condition."""
    return Condition.model_construct(
        **{name: getattr(claim, name) for name in Condition.model_fields}
    )


def _alternatives(condition: Condition) -> Iterator[Condition]:
    if not condition.any:
        yield condition
        return
    outer = condition.model_copy(update={"any": ()})
    for inner in condition.any:
        for one in _alternatives(inner):
            yield _both(outer, one)


def _both(outer: Condition, inner: Condition) -> Condition:
    """A condition that holds where both do: one mapping if no key is in both, else under ``all``."""
    if is_empty(outer):
        return inner
    asked = {n: getattr(inner, n) for n in Condition.model_fields if getattr(inner, n)}
    if not any(getattr(outer, n) for n in asked if n not in ("all", "not_")):
        joined = {n: (*getattr(outer, n), *asked[n]) for n in ("all", "not_") if n in asked}
        return outer.model_copy(update=asked | joined)
    return outer.model_copy(update={"all": (*outer.all, inner)})


def _positive_kinds(condition: Condition) -> Iterator[str]:
    """Kinds that a condition asks for, other than under ``not``."""
    yield from (kind for kind in _KINDS if getattr(condition, kind))
    for inner in (*condition.all, *condition.any):
        yield from _positive_kinds(inner)
