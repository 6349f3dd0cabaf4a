"""The query language of work: words and ``field:value`` terms, and what may come next."""

from mainstem.work.query.completion import Completion, complete
from mainstem.work.query.fields import FIELDS, Field, Kind, States
from mainstem.work.query.grammar import parse
from mainstem.work.query.nodes import (
    EVERYTHING,
    And,
    Everything,
    Node,
    Not,
    Or,
    Term,
    Word,
    both,
    print_query,
    terms_of,
)
from mainstem.work.query.tokens import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    MOST_TERMS,
    Misread,
    written,
)
from mainstem.work.query.values import amount_bounds, day_bounds

__all__ = [
    "EVERYTHING",
    "FIELDS",
    "MOST_CHARACTERS",
    "MOST_DEPTH",
    "MOST_TERMS",
    "And",
    "Completion",
    "Everything",
    "Field",
    "Kind",
    "Misread",
    "Node",
    "Not",
    "Or",
    "States",
    "Term",
    "Word",
    "amount_bounds",
    "both",
    "complete",
    "day_bounds",
    "parse",
    "print_query",
    "terms_of",
    "written",
]
