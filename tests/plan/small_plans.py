"""Small plans for laws: few identifiers, so that they meet each other often."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from mainstem.plan.model import Plan

IDS = st.sampled_from(["a", "b", "c", "d"])
WORDS = st.sampled_from(["x", "y", "z w"])
TEXTS = st.none() | WORDS
DAYS = st.sampled_from([date(2026, 7, 1), date(2026, 9, 30), date(2027, 1, 4)])
NUMBERS = st.sampled_from([0, 1, 2.5, 90, 92])
SHARES = st.sampled_from([0, 0.25, 0.5, 1])


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping in which each field may be left out."""
    return st.fixed_dictionaries({}, optional=fields)


def needs(_fixed: dict[str, st.SearchStrategy[Any]], **fields: Any) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(_fixed, optional=fields)


def few(of: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(of, max_size=most)


def table(of: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    return st.lists(st.tuples(IDS, of), max_size=most).map(dict)


ACCEPTED = few(needs({"rule": WORDS, "why": st.just("because"), "by": WORDS}, until=DAYS), 2)
SIMPLE = some(
    label=few(WORDS), path=few(WORDS), team=few(IDS), text=few(WORDS), field=table(few(WORDS), 2)
)
CONDITION: dict[str, Any] = {
    "label": few(WORDS),
    "team": few(IDS),
    "field": table(few(WORDS), 2),
    "any": few(SIMPLE, 2),
    "not": few(SIMPLE, 1),
}
CLAIM = some(**CONDITION, id=IDS, rank=st.integers(0, 3), note=TEXTS)
IN_FORCE = needs({"metric": IDS}, **{"from": DAYS, "to": DAYS})
ENTITY: dict[str, Any] = {"name": TEXTS, "accepted": ACCEPTED}
KINDS = st.sampled_from(["debt", "support", "incident"])


def plans() -> st.SearchStrategy[Plan]:
    """Plans of a few entities in every section; references may dangle."""
    return some(
        organisation=some(
            name=TEXTS,
            calendar=some(holidays=few(DAYS)),
            conversions=few(
                needs(
                    {
                        "from": st.just("hour"),
                        "to": st.just("point"),
                        "factor": st.just(2),
                        "source": WORDS,
                    },
                    team=IDS,
                )
            ),
            settings=some(k_min=st.integers(1, 4), limits=st.dictionaries(WORDS, NUMBERS)),
        ),
        cycles=table(needs({"first_day": DAYS, "last_day": DAYS}, state=st.just("closed"))),
        customers=table(some(**ENTITY, stages=few(needs({"id": IDS}, hand_over=TEXTS)))),
        teams=table(some(**ENTITY, **{"in": IDS}, size=st.integers(0, 3), owns=few(WORDS))),
        metrics=table(
            some(
                **ENTITY,
                unit=TEXTS,
                target=NUMBERS,
                drives=few(IDS),
                observations=few(st.fixed_dictionaries({"on": DAYS, "value": NUMBERS})),
            )
        ),
        objectives=table(some(**ENTITY, parent=IDS)),
        streams=table(
            some(
                **ENTITY,
                objective=few(IDS, 2),
                also_serves=few(IDS),
                stages=few(IDS),
                metric=few(IN_FORCE, 2),
                inputs=few(IDS),
                claims=few(CLAIM),
                guardrails=few(needs({"metric": IDS}, bound=TEXTS), 2),
                teams=table(some(part=st.just("supports"), share=SHARES, cycle=IDS)),
            )
        ),
        key_results=table(needs({"text": WORDS}, team=IDS, stream=IDS, target=NUMBERS, parent=IDS)),
        initiatives=table(
            some(
                stream=IDS,
                team=IDS,
                key_result=IDS,
                effect=needs({"by": NUMBERS}, metric=IDS),
                window=some(**{"from": DAYS, "to": DAYS}),
            )
        ),
        dependencies=table(
            needs({"needs": IDS, "gives": IDS, "what": WORDS}, promised=DAYS, hard=st.booleans())
        ),
        links=few(needs({"item": WORDS}, stream=IDS, shares=st.dictionaries(IDS, SHARES))),
        rest=st.none() | few(needs({"kind": KINDS}, **CONDITION, id=IDS)),
        expect=few(needs({"item": some(title=WORDS, label=few(WORDS))}, stream=IDS, kind=KINDS), 2),
    ).map(lambda given: Plan.model_validate(given, by_alias=True))
