"""The claims of a plan, cut into branches: one per claim, or per alternative of its top-level ``any``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mainstem.plan.model import Claim, Condition, Plan
from mainstem.work.conditions import is_empty

#: Kinds that name an item itself or its parent: stronger than any kind in the settings.
STRONGEST = ("key", "epic", "parent")
#: Distance between the ranks of two kinds, so that a claim's own ``rank`` can stand between them.
STEP = 10
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
        by_path: Its strongest kind is ``path``: shares follow the number of paths.
        paths: Patterns that a path must match (one of them) to count for it, if ``by_path``.
    """

    claim_id: str
    stream: str
    stream_order: int
    rank: int
    condition: Condition
    by_path: bool = False
    paths: tuple[str, ...] = ()


def branches(plan: Plan) -> tuple[Branch, ...]:
    """All branches of a plan, in its order.

    Ranks: 0 for ``key``, ``epic`` and ``parent``; then 10, 20, 30 ... for the kinds in
    ``organisation.settings.rank`` in their order; kinds that it does not name come last, together.
    """
    ranks = kind_ranks(plan.organisation.settings.rank)
    return tuple(
        branch
        for order, (stream, entity) in enumerate(plan.streams.items())
        for place, claim in enumerate(entity.claims, 1)
        for branch in _of_claim(claim, f"{stream}/{claim.id or place}", stream, order, ranks)
    )


def kind_ranks(order: tuple[str, ...]) -> dict[str, int]:
    """Rank of every kind of claim under an order of kinds, strongest first."""
    ranks = dict.fromkeys(STRONGEST, 0)
    for kind in order:
        if kind in _KINDS and kind not in ranks:
            ranks[kind] = STEP * (1 + len(set(ranks) - set(STRONGEST)))
    last = STEP * (1 + len(set(ranks) - set(STRONGEST)))
    return ranks | {kind: last for kind in _KINDS if kind not in ranks}


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
            # kinds of one rank only share the last place; there, `path` must stand alone
            "path" in kinds and all(k == "path" or ranks[k] > strongest for k in kinds)
            and ranks["path"] == strongest,
            tuple(dict.fromkeys(_positive_paths(condition))),
        )  # fmt: skip


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
            if is_empty(outer):
                yield one
            else:
                yield outer.model_copy(update={"all": (*outer.all, one)})


def _positive_kinds(condition: Condition) -> Iterator[str]:
    """Kinds that a condition asks for, other than under ``not``."""
    yield from (kind for kind in _KINDS if getattr(condition, kind))
    for inner in (*condition.all, *condition.any):
        yield from _positive_kinds(inner)


def _positive_paths(condition: Condition) -> Iterator[str]:
    yield from condition.path
    for inner in (*condition.all, *condition.any):
        yield from _positive_paths(inner)
