"""Samples of vendors with any of their nodes made into any other JSON."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

_WORDS = st.text(max_size=12) | st.sampled_from(
    ["", "0", "-1", "2026-13-40", "9999-12-31T23:59:59Z", "0001-01-01", "PT", "P1DT2H", "\ud800", "\0", "NaN", "1e999"]
)  # fmt: skip
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.integers(min_value=2**62, max_value=2**80)
    | st.floats() | _WORDS
)  # fmt: skip
ANYTHING = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
#: Absent.
_GONE = object()


def places(node: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Ways to all nodes below a node, and to itself."""
    below = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    return [above, *(p for name, one in below for p in places(one, (*above, name)))]


@st.composite
def mutated(draw: st.DrawFn, sample: Any) -> Any:
    """The sample with one to four nodes replaced or taken away."""
    out = copy.deepcopy(sample)
    for _ in range(draw(st.integers(1, 4))):
        way = draw(st.sampled_from(places(out)))
        value = draw(st.just(_GONE) | ANYTHING)
        if not way:
            if value is not _GONE:
                out = value
            continue
        holder = out
        for step in way[:-1]:
            holder = holder[step]
        if value is _GONE:
            del holder[way[-1]]
        else:
            holder[way[-1]] = value
    return out
