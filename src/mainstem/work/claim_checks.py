"""What a plan's claims and links get wrong, as findings W01 to W10. Rules that need no work to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction

from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Claim, Condition, Plan, RestKind
from mainstem.work.branches import STRONGEST, branches, kind_ranks
from mainstem.work.conditions import MANY, SINGLE, describe, is_empty
from mainstem.work.path_patterns import NEVER, pattern_to_regex
from mainstem.work.text_patterns import folded, is_regex, pattern_fault

Path = tuple[str | int, ...]
_LOST = "Work that it was meant for is counted as something else, or as unknown."


def check_claims(plan: Plan) -> list[Finding]:
    """Checks claims, rules of the rest and links.

    W01 asks for nothing; W02 text pattern with a fault; W03 can never match; W04 claims everything;
    W05 two streams claim the same; W06 the same claim twice; W07 path pattern that matches nothing or
    is doubtful; W08 link with a fault; W09 two claims of one id; W10 unknown kind in the ranking.
    """
    found: list[Finding] = []
    for stream, entity in plan.streams.items():
        for place, claim in enumerate(entity.claims):
            found += _check_condition(f"streams/{stream}", ("claims", place), claim)
        found += _twice(stream, entity.claims)
    for place, rule in enumerate(plan.rest or ()):
        found += _check_condition("", ("rest", place), rule)
    found += _shared(plan)
    found += _links(plan)
    found += _ranking(plan)
    return found


def _check_condition(subject: str, path: Path, condition: Condition) -> Iterator[Finding]:
    if is_empty(condition):
        yield Finding("W01", Severity.BLOCKS, subject, "The claim asks for nothing, so it claims nothing.",
                      _LOST, "Name a label, component, project, path, …", path)  # fmt: skip
        return
    broken = list(_values(subject, path, condition))
    yield from broken
    if not broken and (words := impossible(condition)):
        yield Finding("W03", Severity.WARNS, subject, f"The claim can never match: {words}.", _LOST,
                      "Take one of the two out, or put them under `any`.", path)  # fmt: skip
    elif _is_everything(condition):
        yield Finding("W04", Severity.WARNS, subject, f"The claim takes all work ({describe(condition)}).",
                      "Whatever no stronger claim takes counts as value for this stream.",
                      "Say what the work has in common.", path)  # fmt: skip


def _values(subject: str, path: Path, condition: Condition) -> Iterator[Finding]:
    """Findings on single values, at any depth."""
    for number, text in enumerate(condition.text):
        if fault := pattern_fault(text):
            at = (*path, "text", number)
            yield Finding("W02", Severity.BLOCKS, subject, f"The text pattern `{text}` matches nothing: {fault}.",
                          _LOST, "Patterns are phrases, or `/expressions/` without look-around.", at, text)  # fmt: skip
        elif not is_regex(text) and len(folded(text).strip()) < 3:
            at = (*path, "text", number)
            yield Finding("W02", Severity.WARNS, subject, f"The text “{text}” is so short that it matches by chance.",
                          "Unrelated work is counted for this stream.", "Use a longer phrase, or a label.", at, text)  # fmt: skip
    for number, pattern in enumerate(condition.path):
        if words := doubtful_path(pattern):
            severity = Severity.BLOCKS if pattern_to_regex(pattern) == NEVER else Severity.WARNS
            yield Finding("W07", severity, subject, f"The path `{pattern}` {words}.", _LOST,
                          "Paths are relative to the repository, with `/`, as in CODEOWNERS.",
                          (*path, "path", number), pattern)  # fmt: skip
    inner: tuple[tuple[str, tuple[Condition, ...]], ...]
    inner = (("all", condition.all), ("any", condition.any), ("not", condition.not_))
    for name, conditions in inner:
        for number, one in enumerate(conditions):
            if is_empty(one):
                yield Finding("W01", Severity.BLOCKS, subject, f"A condition under `{name}` asks for nothing.",
                              _LOST, "Take it out or fill it in.", (*path, name, number))  # fmt: skip
            yield from _values(subject, (*path, name, number), one)


def doubtful_path(pattern: str) -> str | None:
    """What is doubtful about a path pattern of a claim, in words."""
    if pattern_to_regex(pattern) == NEVER:
        return "matches no path"
    if pattern.startswith("!"):
        return "begins with `!`, which is read as itself; use `not`"
    if pattern.startswith(("./", "../")) or "/../" in pattern:
        return "has `.` or `..` in it, which no changed path has"
    if pattern[1:3] in (":\\", ":/") or (pattern.count("\\") and "/" not in pattern and " " not in pattern
                                         and "*" not in pattern):  # fmt: skip
        return "has backslashes, which are read as escapes"
    return None


def impossible(condition: Condition) -> str | None:
    """Why no item can match, in words, or ``None``. Finds the plain contradictions only."""
    musts = [condition, *_conjuncts(condition)]
    for name in SINGLE:
        wanted = [getattr(c, name) for c in musts if getattr(c, name)]
        if any("*" in v for values in wanted for v in values):
            continue
        sets = [{folded(v) for v in values} for values in wanted]
        if sets and not set.intersection(*sets):
            return f"{name} cannot be " + " and ".join(" or ".join(v) for v in wanted)
    for refused in (n for c in musts for n in c.not_):
        if any(_implies(must, refused) for must in musts):
            return f"it asks for what it excludes ({describe(refused)})"
    outer = condition.model_copy(update={"any": ()})
    if condition.any and all(
        impossible(outer.model_copy(update={"all": (*outer.all, c)})) for c in condition.any
    ):
        return "none of its alternatives can match"
    return None


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    for inner in condition.all:
        yield inner
        yield from _conjuncts(inner)


def _implies(condition: Condition, other: Condition) -> bool:
    """Whether plain values of ``condition`` make every key of ``other`` hold."""
    if is_empty(other) or other.all or other.any or other.not_:
        return False
    pairs = [
        (getattr(condition, n), getattr(other, n)) for n in (*SINGLE, *MANY, "team", "path", "text")
    ]
    pairs += [(condition.field.get(n, ()), values) for n, values in other.field.items()]
    return all(
        mine and {folded(v) for v in mine} <= {folded(v) for v in theirs}
        for mine, theirs in pairs
        if theirs
    )


def _is_everything(condition: Condition) -> bool:
    """Whether nothing positive narrows the claim."""
    if condition.any and not all(_is_everything(c) for c in condition.any):
        return False
    if not all(_is_everything(c) for c in condition.all):
        return False
    named = [getattr(condition, n) for n in (*SINGLE, *MANY, "team", "text")] + list(
        condition.field.values()
    )
    wide = all(any(set(v) == {"*"} for v in values) for values in named if values)
    return wide and (
        not condition.path or any(p in ("*", "**", "/**", "**/*") for p in condition.path)
    )


def _shape(condition: Condition) -> str:
    """Equal for conditions that mean the same: order and case of values do not count."""

    def plain(c: Condition) -> object:
        values = {n: sorted({folded(v) for v in getattr(c, n)})
                  for n in (*SINGLE, *MANY, "team", "path", "text") if getattr(c, n)}  # fmt: skip
        fields = {n: sorted({folded(v) for v in values}) for n, values in sorted(c.field.items())}
        inner = {n: sorted(repr(plain(i)) for i in getattr(c, n)) for n in ("all", "any", "not_")}
        return values, fields, inner

    return repr(plain(condition))


def _shared(plan: Plan) -> Iterator[Finding]:
    """W05: branches of different streams with the same condition and rank."""
    seen: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    for b in branches(plan):
        if not is_empty(b.condition):
            seen[b.rank, _shape(b.condition)].append((b.stream, b.claim_id))
    for (_, _), claimed in seen.items():
        streams = list(dict.fromkeys(s for s, _ in claimed))
        for stream, claim_id in claimed[1:] if len(streams) > 1 else ():
            others = ", ".join(s for s in streams if s != stream)
            place = _place(plan, stream, claim_id)
            yield Finding("W05", Severity.WARNS, f"streams/{stream}", f"{others} claims the same work with the same rank.",
                          "Every such item is split between them, whatever it was for.",
                          "Give one of the claims a `rank`, or narrow one.", ("claims", place), claim_id)  # fmt: skip


def _place(plan: Plan, stream: str, claim_id: str) -> int:
    claims = plan.streams[stream].claims
    for place, claim in enumerate(claims):
        own = f"{stream}/{claim.id or place + 1}"
        if claim_id == own or claim_id.rpartition(".")[0] == own:
            return place
    return 0


def _twice(stream: str, claims: tuple[Claim, ...]) -> Iterator[Finding]:
    shapes: dict[str, int] = {}
    ids: dict[str, int] = {}
    for place, claim in enumerate(claims):
        name = str(claim.id or place + 1)
        if name in ids:
            yield Finding("W09", Severity.BLOCKS, f"streams/{stream}", f"Two claims are called {name}.",
                          "Nobody can tell which of them claimed an item.", "Rename one.", ("claims", place))  # fmt: skip
        ids[name] = place
        shape = _shape(claim)
        if shape in shapes and not is_empty(claim):
            yield Finding("W06", Severity.INFO, f"streams/{stream}", f"The same as claim {shapes[shape] + 1}.",
                          "It changes nothing.", "Take one of them out.", ("claims", place))  # fmt: skip
        shapes.setdefault(shape, place)


def _links(plan: Plan) -> Iterator[Finding]:
    for place, link in enumerate(plan.links):

        def say(what: str, hint: str, *at: str | int, n: int = place) -> Finding:
            return Finding("W08", Severity.BLOCKS, "", what, _LOST, hint, ("links", n, *at))

        if link.stream and link.stream not in plan.streams:
            yield say(
                f"{link.item} is linked to {link.stream}, which is no stream.",
                _streams(plan),
                "stream",
            )
        yield from _link_shares(plan, link.shares, say)
        if not (link.stream or link.kind or link.shares):
            yield say(
                f"The link of {link.item} says neither stream nor kind nor shares.",
                "Add one of them.",
            )
        if sum((Fraction(str(s)) for s in link.shares.values()), Fraction()) > 1:
            yield say(
                f"The shares of {link.item} sum to more than one.",
                "They are scaled down; correct them.",
                "shares",
            )


def _link_shares(
    plan: Plan, shares: dict[str, float], say: Callable[..., Finding]
) -> Iterator[Finding]:
    for word in shares:
        kind, _, name = word.rpartition(":")
        is_stream = name in plan.streams and kind in ("", "stream")
        if not is_stream and not (name in set(RestKind) and kind in ("", "kind")):
            yield say(
                f"{word} is neither a stream nor a kind of the rest.",
                _streams(plan),
                "shares",
                word,
            )


def _streams(plan: Plan) -> str:
    some = ", ".join(list(plan.streams)[:8]) or "none yet"
    return f"Streams: {some}{' …' if len(plan.streams) > 8 else ''}. Kinds: {', '.join(RestKind)}."


def _ranking(plan: Plan) -> Iterator[Finding]:
    known = set(kind_ranks(())) - set(STRONGEST)
    for number, kind in enumerate(plan.organisation.settings.rank):
        if kind not in known:
            yield Finding("W10", Severity.WARNS, "organisation", f"{kind} is no kind of claim that can be ranked.",
                          "The order of claims is not what it seems.", f"Kinds: {', '.join(sorted(known))}.",
                          ("settings", "rank", number), kind)  # fmt: skip
