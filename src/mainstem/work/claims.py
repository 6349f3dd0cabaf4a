"""What claims mean, in plain Python: the oracle that the ledger's SQL must equal.

All comparing ignores case. ``*`` in a value stands for anything. Paths take CODEOWNERS patterns. Text is
a phrase on word boundaries in the title, or ``/an expression/`` in RE2's language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Claim, Condition, Plan
from mainstem.work.codeowners import pattern_to_regex

SINGLE = ("key", "epic", "parent", "project", "type", "state", "source")
MANY = {"label": "labels", "component": "components"}
#: Claims that name the very item or its parent are stronger than every kind in the plan's order.
NAMED = ("key", "epic", "parent")
#: Ranks of kinds are this far apart, so that a plan may put claims between them.
STEP = 100
_WORD_BEFORE, _WORD_AFTER = r"(?:^|[^\p{L}\p{N}_])", r"(?:$|[^\p{L}\p{N}_])"
_PLAIN_BEFORE, _PLAIN_AFTER = r"(?:^|[^\w])", r"(?:$|[^\w])"
_META = re.compile(r"([.^$*+?{}()|\[\]\\])")


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a claim can see of an item. ``teams``: the item's team and the teams that it is part of."""

    key: str = ""
    title: str = ""
    type: str | None = None
    state: str | None = None
    project: str | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    epic: str | None = None
    parent: str | None = None
    paths: tuple[str, ...] = ()
    team: str | None = None
    source: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    teams: tuple[str, ...] = ()
    shares: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative of a claim. Of several that match, the lowest rank wins."""

    claim_id: str
    stream: str
    stream_order: int
    rank: int
    condition: Condition

    @property
    def by_path(self) -> bool:
        """Whether it asks for paths and nothing else, so that shares follow the number of paths."""
        return _kinds(self.condition) == {"path"} and not (
            self.condition.all or self.condition.any or self.condition.not_
        )


@lru_cache(maxsize=8192)
def _value(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(p) for p in pattern.lower().split("*")), re.DOTALL)


def matches_value(pattern: str, value: str | None) -> bool:
    """Whether a value is what a pattern asks for, ignoring case."""
    if value is None:
        return False
    if "*" not in pattern:
        return pattern.lower() == value.lower()
    return _value(pattern).fullmatch(value.lower()) is not None


@lru_cache(maxsize=8192)
def _path(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern_to_regex(pattern), re.DOTALL | re.IGNORECASE)


def matches_path_claim(pattern: str, path: str) -> bool:
    """Whether a path matches a pattern of a claim; unlike in CODEOWNERS, case does not count."""
    return _path(pattern).match(path.removeprefix("/")) is not None


def is_expression(pattern: str) -> bool:
    """Whether a text pattern is ``/an expression/``."""
    return len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/")


def text_regex(pattern: str) -> str:
    """The RE2 expression of a text pattern, to be searched in a title in lower case."""
    if is_expression(pattern):
        return pattern[1:-1]
    words = r"\s+".join(_META.sub(r"\\\1", w) for w in pattern.lower().split())
    return f"{_WORD_BEFORE}{words}{_WORD_AFTER}"


@lru_cache(maxsize=8192)
def _text(pattern: str) -> re.Pattern[str]:
    if is_expression(pattern):
        return re.compile(pattern[1:-1], re.IGNORECASE | re.DOTALL)
    words = r"\s+".join(_META.sub(r"\\\1", w) for w in pattern.lower().split())
    return re.compile(f"{_PLAIN_BEFORE}{words}{_PLAIN_AFTER}", re.DOTALL)


def matches_text(pattern: str, title: str) -> bool:
    """Whether a title holds the phrase or matches the expression, ignoring case."""
    return _text(pattern).search(title.lower()) is not None


def required_literal(pattern: str) -> str | None:
    """A text in lower case that every match must hold, or ``None`` if none is sure.

    For expressions only runs of plain characters outside groups and alternatives count.
    """
    if not is_expression(pattern):
        return max(pattern.lower().split(), key=len, default=None)
    body = pattern[1:-1]
    if "|" in body or "(?" in body.replace("(?:", ""):
        return None
    plain = re.sub(r"\\[A-Za-z]|\[[^\]]*\]|\([^)]*\)", "\0", body)
    plain = re.sub(r"\\(.)", r"\1", re.sub(r".[*?]|.\{[^}]*\}|[.^$+]", "\0", plain))
    runs = [run.lower() for run in plain.split("\0") if run.isascii()]
    best = max(runs, key=len, default="")
    return best if len(best) >= 3 else None


def matches(condition: Condition, item: ItemFacts) -> bool:
    """Whether a condition holds for an item. An empty condition never does."""
    if not _asks(condition):
        return False
    return all(ok for _, ok in _tests(condition, item))


def _tests(condition: Condition, item: ItemFacts) -> Iterator[tuple[str, bool]]:
    for name in SINGLE:
        wanted = getattr(condition, name)
        if wanted:
            yield name, any(matches_value(w, getattr(item, name)) for w in wanted)
    for name, attribute in MANY.items():
        wanted = getattr(condition, name)
        if wanted:
            values = getattr(item, attribute)
            yield name, any(matches_value(w, v) for w in wanted for v in values)
    if condition.team:
        teams = item.teams or ((item.team,) if item.team else ())
        yield "team", any(matches_value(w, t) for w in condition.team for t in teams)
    if condition.path:
        yield "path", any(matches_path_claim(w, p) for w in condition.path for p in item.paths)
    if condition.text:
        yield "text", any(matches_text(w, item.title) for w in condition.text)
    for name, wanted in condition.field.items():
        yield f"field {name}", any(matches_value(w, item.fields.get(name)) for w in wanted)
    for inner in condition.all:
        yield "all", matches(inner, item)
    if condition.any:
        yield "any", any(matches(inner, item) for inner in condition.any)
    if condition.not_:
        yield "not", not any(matches(inner, item) for inner in condition.not_)


def _asks(condition: Condition) -> bool:
    return bool(_kinds(condition) or condition.all or condition.any or condition.not_)


def _kinds(condition: Condition) -> set[str]:
    own = {n for n in (*SINGLE, *MANY, "team", "path", "text") if getattr(condition, n)}
    return own | ({"field"} if condition.field else set())


def reasons(condition: Condition, item: ItemFacts) -> str:
    """Which words of the item made the condition hold, e.g. ``label start-time, path /player/``."""
    said: list[str] = []
    for name in SINGLE:
        said += [f"{name} {getattr(item, name)}" for w in getattr(condition, name)
                 if matches_value(w, getattr(item, name))][:1]  # fmt: skip
    for name, attribute in MANY.items():
        values = getattr(item, attribute)
        said += [
            f"{name} {v}"
            for v in values
            if any(matches_value(w, v) for w in getattr(condition, name))
        ]
    said += [f"team {item.team}"] if condition.team else []
    for pattern in condition.path:
        hits = [p for p in item.paths if matches_path_claim(pattern, p)]
        said += (
            [f"path {pattern}" + (f" ({len(hits)} paths)" if len(hits) > 1 else "")] if hits else []
        )
    said += [f"text {w}" for w in condition.text if matches_text(w, item.title)]
    said += [f"{name} {item.fields.get(name)}" for name in condition.field]
    for inner in (*condition.all, *condition.any):
        if matches(inner, item):
            said.append(reasons(inner, item))
    if condition.not_:
        said.append("and none of what it excludes")
    return ", ".join(dict.fromkeys(s for s in said if s))


def strongest_kind(condition: Condition) -> str:
    """The kind of condition that gives a claim its rank: the strongest that it asks for positively."""
    order = {k: n for n, k in enumerate((*NAMED, "project", "label", "component", "path", "field", "type",
                                         "team", "text", "state", "source"))}  # fmt: skip
    kinds = list(_kinds(condition)) + [strongest_kind(c) for c in condition.all]
    if condition.any:
        kinds.append(
            max((strongest_kind(c) for c in condition.any), key=lambda k: order.get(k, 99))
        )
    return min(kinds, key=lambda k: order.get(k, 99), default="text")


def branches(plan: Plan) -> tuple[Branch, ...]:
    """Every alternative of every claim, in the order of the plan.

    A claim that is nothing but ``any`` falls into its alternatives, each with its own rank.
    """
    out: list[Branch] = []
    order = list(plan.organisation.settings.rank)
    for place, (stream_id, stream) in enumerate(plan.streams.items()):
        for number, claim in enumerate(stream.claims, 1):
            claim_id = f"{stream_id}/{claim.id or number}"
            for condition in _alternatives(claim):
                rank = claim.rank if claim.rank is not None else _rank(condition, order)
                out.append(Branch(claim_id, stream_id, place, rank, condition))
    return tuple(out)


def _alternatives(claim: Claim) -> tuple[Condition, ...]:
    if claim.any and not (_kinds(claim) or claim.all or claim.not_):
        return claim.any
    named = {n: getattr(claim, n) for n in Condition.model_fields}
    return (Condition.model_construct(**named),)


def _rank(condition: Condition, order: Sequence[str]) -> int:
    """Lower wins. Kinds that the plan's order does not name come last, together."""
    kinds = set(_all_kinds(condition))
    if kinds & set(NAMED):
        return STEP
    places = [order.index(k) for k in kinds if k in order]
    return STEP * (2 + min(places)) if places else STEP * (2 + len(order))


def _all_kinds(condition: Condition) -> Iterator[str]:
    yield from _kinds(condition)
    for inner in condition.all:
        yield from _all_kinds(inner)
    if condition.any and not _kinds(condition) and not condition.all:
        for inner in condition.any:
            yield from _all_kinds(inner)


@cache
def ignored_path_regexes() -> tuple[str, ...]:
    """Generated, vendored and lock files, which say nothing of what a change was for."""
    patterns = json.loads(files("mainstem.work").joinpath("ignored_paths.json").read_text("utf-8"))
    return tuple(pattern_to_regex(p) for p in patterns["patterns"])


@cache
def _ignored() -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?:{r})" for r in ignored_path_regexes()), re.DOTALL | re.IGNORECASE
    )


def telling_paths(paths: Sequence[str]) -> tuple[str, ...]:
    """Paths without generated, vendored and lock files, each once."""
    return tuple(dict.fromkeys(p.lower() for p in paths if not _ignored().match(p)))


def check_claims(plan: Plan) -> list[Finding]:
    """Claims that cannot work: W01 an expression that is none, W02 a claim that asks for nothing."""
    out: list[Finding] = []
    for stream_id, stream in plan.streams.items():
        for place, claim in enumerate(stream.claims):
            out += _check(claim, f"streams/{stream_id}", ("claims", place))
    for place, rule in enumerate(plan.rest or ()):
        out += _check(rule, "", ("rest", place))
    return out


def _check(condition: Condition, subject: str, path: tuple[str | int, ...]) -> Iterator[Finding]:
    if not _asks(condition):
        yield Finding(
            "W02", Severity.BLOCKS, subject, "This rule asks for nothing, so it can match nothing.",
            "A claim that matches nothing hides that the stream claims no work.",
            "Name at least one of label, component, epic, project, path, type, team, field or text.",
            path=path,
        )  # fmt: skip
    for place, pattern in enumerate(condition.text):
        problem = _expression_problem(pattern)
        if problem:
            yield Finding(
                "W01", Severity.BLOCKS, subject, f"{pattern} is no expression that can be used: {problem}.",
                "The claim would match nothing.",
                "Look-around and back-references are not available; a plain phrase is often enough.",
                path=(*path, "text", place), matched=pattern,
            )  # fmt: skip
    for name, inner in (("all", condition.all), ("any", condition.any), ("not", condition.not_)):
        for place, part in enumerate(inner):
            yield from _check(part, subject, (*path, name, place))


def _expression_problem(pattern: str) -> str:
    if not is_expression(pattern):
        return ""
    body = pattern[1:-1]
    if re.search(r"\(\?(?:[=!]|<[=!])|\\[1-9]|\(\?P=", body):
        return "it looks around or back"
    try:
        re.compile(body)
    except re.error as error:
        return str(error)
    return ""
