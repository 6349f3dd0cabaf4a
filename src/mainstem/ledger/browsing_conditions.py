"""A query of work as SQL: fixed words with parameters for every value that somebody wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from mainstem.work.path_patterns import pattern_to_regex
from mainstem.work.query import (
    And,
    Everything,
    Node,
    Not,
    Or,
    Term,
    Word,
    amount_bounds,
    day_bounds,
)
from mainstem.work.records import MICRO
from mainstem.work.text_patterns import folded


@dataclass(frozen=True, slots=True)
class Known:
    """What the words of a query mean in the ledger's numbers.

    Attributes:
        teams: Numbers of a team and of the teams in it, by a term's value.
        targets: Number of ``stream:id`` or ``kind:name``; ``None`` where the ledger has none of it.
        streams: Numbers of all streams.
        contested: Items with an open contest, as ``source/key``.
    """

    teams: Callable[[Term], Sequence[int]]
    targets: Callable[[Term], int | None]
    streams: Sequence[int] = ()
    contested: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition over ``p`` (parts), ``a`` (attribution), ``w`` (whole item) and ``i`` (items).

    Attributes:
        sql: Fixed words and names of parameters.
        values: Name of a parameter → value.
        asks_item: Whether it looks at columns of items.
        asks_whole: Whether it looks at an item's whole effort.
        node: The query itself.
        known: What its words mean.
    """

    sql: str
    values: Mapping[str, Any]
    asks_item: bool
    asks_whole: bool
    # two conditions that ask the same in SQL are the same
    node: Node = field(repr=False, compare=False)
    known: Known = field(repr=False, compare=False)


def condition_of(node: Node, known: Known) -> Condition:
    """Compiles a query; ``unit`` terms are left to the caller, who has chosen the unit by them."""
    compiler = _Compiler(known)
    sql = compiler.node(node)
    return Condition(sql, compiler.values, compiler.asks_item, compiler.asks_whole, node, known)


_STATES = {
    "unclaimed": "coalesce(a.target, 0) = 0",
    "claimed": "a.rank = 3",
    "linked": "a.rank = 1",
    "inherited": "a.rank IN (2, 4)",
    "shared": "a.share < 10000",
}
_LISTS = {"label": "i.labels", "component": "i.components"}
_SINGLE = ("key", "title", "type", "state", "project", "epic", "parent")


@dataclass(slots=True)
class _Compiler:
    known: Known
    values: dict[str, Any] = field(default_factory=dict)
    asks_item: bool = False
    asks_whole: bool = False

    def given(self, value: Any) -> str:
        """The name of a new parameter with this value."""
        name = f"q{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def node(self, node: Node) -> str:
        match node:
            case Everything():
                return "true"
            case And(parts):
                return "(" + " AND ".join(self.node(p) for p in parts) + ")"
            case Or(parts):
                return "(" + " OR ".join(self.node(p) for p in parts) + ")"
            case Not(inner):
                # what is missing is not what was asked for
                return f"(NOT coalesce({self.node(inner)}, false))"
            case Word(text):
                return self.word(text)
            case Term():
                return self.term(node)

    def word(self, text: str) -> str:
        self.asks_item = True
        # like a value, but anywhere in the text
        pattern = self.given(f"%{_like(text)}%")
        return f"(lower(i.title) LIKE {pattern} ESCAPE '\\' OR lower(i.key) LIKE {pattern} ESCAPE '\\')"

    def term(self, term: Term) -> str:
        match term.field:
            case "unit":
                return "true"
            case "stream" | "kind":
                return self.target(term)
            case "team":
                return self.one_of("p.team", self.known.teams(term))
            case "is":
                return self.state(term.value)
            case "effort":
                return self.effort(term)
            case "updated":
                self.asks_whole = True
                return self.days("w.last", term)
            case _:
                self.asks_item = True
                return self.about_item(term)

    def about_item(self, term: Term) -> str:
        if term.field in ("created", "started", "done"):
            return self.days(f"CAST(i.{term.field} AS DATE)", term)
        if term.field in _LISTS:
            test = self.same("x", term.value)
            return f"len(list_filter({_LISTS[term.field]}, lambda x: {test})) > 0"
        if term.field == "path":
            regex = self.given(pattern_to_regex(folded(term.value)))
            return (
                f"len(list_filter(i.paths, lambda x: regexp_matches(lower(x), {regex}, 's'))) > 0"
            )
        if term.field == "source":
            named = self.same("s.name", term.value)
            return f"i.source IN (SELECT s.no FROM source_name s WHERE {named})"
        assert term.field in _SINGLE, term.field
        return self.same(f"i.{term.field}", term.value)

    def same(self, column: str, wanted: str) -> str:
        """Equal whatever the case; ``*`` stands for anything."""
        if "*" in wanted:
            return f"lower({column}) LIKE {self.given(_like(wanted))} ESCAPE '\\'"
        return f"lower({column}) = {self.given(folded(wanted))}"

    def target(self, term: Term) -> str:
        if term.field == "stream" and term.value == "*":
            return self.one_of("a.target", self.known.streams)
        number = self.known.targets(term)
        if number == 0:
            # written so that the engine sees that nothing else can match
            return "(a.target IS NULL OR a.target = 0)"
        return "false" if number is None else f"a.target = {self.given(number)}"

    def one_of(self, column: str, numbers: Sequence[int]) -> str:
        if not numbers:
            return "false"
        return f"{column} IN ({', '.join(self.given(int(n)) for n in numbers)})"

    def state(self, state: str) -> str:
        if state != "contested":
            return _STATES[state]
        self.asks_item = True
        listed = self.given([folded(c) for c in self.known.contested])
        return (
            f"(SELECT lower(s.name) FROM source_name s WHERE s.no = i.source) || '/' || lower(i.key) "
            f"IN (SELECT unnest({listed}::VARCHAR[]))"
        )

    def days(self, column: str, term: Term) -> str:
        first, last = day_bounds(term)
        return self.between(column, first, last)

    def between(self, column: str, first: date | int | None, last: date | int | None) -> str:
        tests = [f"{column} >= {self.given(first)}"] if first is not None else []
        tests += [f"{column} <= {self.given(last)}"] if last is not None else []
        return "(" + " AND ".join(tests) + ")" if tests else f"{column} IS NOT NULL"

    def effort(self, term: Term) -> str:
        self.asks_whole = True
        low, high = whole_bounds(term)
        return self.between("w.amount", low, high)


def whole_bounds(term: Term) -> tuple[int | None, int | None]:
    """The least and most effort that a term for effort takes, in millionths; ``None``: no bound."""
    low, high = (None if b is None else _micro(b) for b in amount_bounds(term))
    if term.operator == ">" and low is not None:
        low += 1
    if term.operator == "<" and high is not None:
        high -= 1
    return low, high


def _micro(amount: Decimal) -> int:
    return int(amount * MICRO)


def _like(wanted: str) -> str:
    """A pattern for LIKE: only ``*`` is more than itself."""
    escaped = folded(wanted).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")
