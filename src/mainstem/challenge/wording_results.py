"""Wording rules L01 to L06: is the key result an outcome with baseline, target, unit and date?"""

from __future__ import annotations

from mainstem.challenge import lexicon as lx
from mainstem.challenge.predicates import done_at, is_noun, measures, object_of
from mainstem.challenge.text import Statement
from mainstem.challenge.tokens import Chunk, Number, is_participle
from mainstem.challenge.wording_case import Case, Hit, quoted, rule
from mainstem.plan.findings import Severity

_OUTCOME = "for instance “<measure> from <today> to <target>”"


@rule(
    "L01",
    "Key result says what will be made, not what will change",
    Severity.BLOCKS,
    "Shipping is in our hands whatever happens afterwards; only a change for somebody shows that it helped.",
    "key result",
)
def output_shaped(case: Case) -> Hit | None:
    """L01: the kind of the key result is not an outcome. Blocks only for ``output``."""
    kind = case.kind
    match kind.kind:
        case "outcome":
            return None
        case "output":
            return Hit(
                f"It is reached by making or doing something: {quoted(kind.matched)}.",
                kind.matched,
                f"Keep this as an initiative, and say what changes for whom once it is there, {_OUTCOME}.",
            )
        case "mixed":
            hint = (
                "Make what follows the purpose the key result, and the rest an initiative."
                if case.given.target is None
                else "Let the text name the measure whose target the fields give; the rest is an initiative."
            )
            return Hit(
                "It is something to make and a result in one.", kind.matched, hint, Severity.INFO
            )
        case "outcome?":
            hint = (
                "Name the measure that the number belongs to, or link a metric and give a target."
            )
            return Hit("It has a number, but of which measure?", kind.matched, hint, Severity.INFO)
        case "unmeasured":
            what = "It says what should change, but not by how much."
        case _:
            what = "It cannot be told what will have changed."
    hint = f"Say which measure moves from where to where, {_OUTCOME}."
    return Hit(what, kind.matched, hint, Severity.WARNS)


@rule(
    "L02",
    "Key result has no baseline",
    Severity.WARNS,
    "Without knowing where it starts, nobody can tell how far the target is or whether anything moved.",
    "key result",
)
def no_baseline(case: Case) -> Hit | None:
    """L02: it says that something moves, but not from where. A bound that is kept needs no baseline."""
    s = case.statement
    if case.given.baseline is not None or case.kind.kind == "output":
        return None
    if any(n.role in ("base", "from") for n in s.numbers):
        return None
    change = next((n for n in s.targets if _is_change(s, n)), None)
    if change is None:
        return None
    said = s.text[change.start : change.end]
    return Hit(
        f"It moves something ({quoted([said])}) without saying where it stands today.",
        (said,),
        "Write “from <today>” before the target, “(baseline <today>)” after it, or the field `baseline`.",
    )


def _is_change(s: Statement, number: Number) -> bool:
    """Whether a target is a change or the end of one, rather than a level or a bound that is kept."""
    lead = s.tokens[s.lead].flags
    if number.role == "relative":
        return not (number.sign and number.sign in "<>")
    if lead & lx.HOLD or (lead & lx.WINNING and not lead & lx.MOVE and _counts_gained(s, number)):
        return False
    if lead & lx.MOVE and lead & (lx.BASE | lx.ING) and not is_noun(s, s.lead):
        return True
    return _is_moved_to(s, number)


def _is_moved_to(s: Statement, number: Number) -> bool:
    """``conversion to 5%``, ``share reaches 40%``; not ``latency is 5 ms``."""
    passed = lx.APPROXIMATE | lx.DETERMINER | lx.BELOW | lx.ABOVE
    for place in range(number.place - 1, max(-1, number.place - 6), -1):
        token, before = s.tokens[place], s.tokens[place - 1] if place else None
        if token.kind == "arrow":
            return True
        if token.text in ("to", "towards"):
            given = before is not None and is_participle(before) and not before.flags & lx.MOVE
            return not given
        if token.flags & lx.MOVE and token.flags & lx.VERB_FORM:
            plural = before is not None and before.text.endswith("s") and token.flags & lx.BASE
            return not token.flags & lx.COMPARATIVE and bool(plural or not token.flags & lx.NOUN)
        if not token.flags & passed:
            return False
    return False


def _counts_gained(s: Statement, number: Number) -> bool:
    """``add 30 customers``: what is gained is counted from nothing."""
    return not number.unit and number.role == "plain"


@rule(
    "L03",
    "Key result has no target",
    Severity.WARNS,
    "Without a number anything can be called a success afterwards.",
    "key result",
)
def no_target(case: Case) -> Hit | None:
    """L03: no number, dates and names aside, and no field ``target``."""
    s = case.statement
    if case.given.target is not None or s.targets:
        return None
    said = [s.said(c.start, c.end) for c in measures(s)][:1] or [s.text[:60]]
    return Hit(
        f"It names no number to reach: {quoted(said)}.",
        tuple(said),
        "Write the value to reach with its unit, for instance “to 45%”, or the fields `target` and `unit`.",
    )


_TIME_WORDS = frozenset(
    [
        "day",
        "days",
        "hour",
        "hours",
        "minute",
        "minutes",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "number",
        "count",
        "hops",
        "steps",
    ]
)
_KNOWN = lx.COUNTED | lx.RATED | lx.CUSTOMER | lx.VANITY | lx.OWN_ACTIVITY | lx.THING


@rule(
    "L04",
    "Key result has a number without a unit",
    Severity.WARNS,
    "300 of what? Two people will read it differently, and both will be right.",
    "key result",
)
def no_unit(case: Case) -> Hit | None:
    """L04: a number without unit, of a measure whose unit does not go without saying."""
    s = case.statement
    if case.given.unit or not s.targets or any(n.unit for n in s.numbers if n.role != "condition"):
        return None
    number = next((n for n in s.targets if n.value and not _is_count(s, n)), None)
    if number is None:
        return None
    measure = _measure_of(s, number)
    if measure is None or _unit_is_known(s, measure):
        return None
    said = s.text[number.start : number.end]
    name = s.said(measure.start, measure.end)
    return Hit(
        f"{quoted([said])} has no unit, and “{name}” has none that goes without saying.",
        (said, name),
        f"Write the unit, for instance “{said}%” or “{said} ms”, or the field `unit`.",
    )


def _is_count(s: Statement, number: Number) -> bool:
    """Whether the noun that is counted follows: ``12,000 weekly sellers``."""
    after = s.tokens[number.place + 1 : number.place + 3]
    if after and after[0].text == "of":
        return True
    if len(after) == 2 and after[0].text in ("per", "a", "an") and after[1].text in _TIME_WORDS:
        return True
    return bool(
        after and after[0].kind in ("word", "name") and not after[0].flags & (lx.STOP | lx.JOINER)
    )


def _measure_of(s: Statement, number: Number) -> Chunk | None:
    """The measure that a number belongs to: the first of its clause, or the first after it."""
    since = 0
    for place in range(number.place - 1, -1, -1):
        if s.tokens[place].flags & lx.JOINER or s.tokens[place].text == ";":
            if any(c.start > place and c.end <= number.place for c in measures(s)):
                since = place
            break
    found = list(measures(s))
    before = [c for c in found if since <= c.start and c.end <= number.place]
    after = [c for c in found if c.start > number.place]
    return next(iter(before or after), None)


def _unit_is_known(s: Statement, measure: Chunk) -> bool:
    head = s.tokens[measure.head]
    averaged = any(
        t.text in ("average", "median", "mean") for t in s.tokens[measure.start : measure.end]
    )
    if averaged and not head.text.endswith("s") and head.flags & lx.COUNTED:
        return False
    if any(t.text in _TIME_WORDS for t in s.tokens[measure.start : measure.end]):
        return True
    flags = s.tokens[measure.head].flags
    return bool(flags & _KNOWN) and not (flags & lx.OPEN and not flags & lx.RATED)


@rule(
    "L05",
    "Key result has no date",
    Severity.WARNS,
    "Without a day on which it is read, it is never missed and never reached.",
    "key result",
)
def no_date(case: Case) -> Hit | None:
    """L05: no date in the text, no field ``by``, and no cycle with days."""
    if case.given.cycle_bound or case.given.by is not None or case.statement.dates():
        return None
    return Hit(
        "Nothing says by when.",
        (),
        "Give it a `cycle`, a day in the field `by`, or write “by <day>”.",
    )


_YES_NO = frozenset(
    ("yes", "no", "yes/no", "y/n", "done", "bool", "boolean", "binary", "true/false")
)
_REACHING = frozenset(
    [
        "achieve",
        "get",
        "receive",
        "gain",
        "secure",
        "reach",
        "win",
        "earn",
        "renew",
        "attain",
        "land",
        "close",
        "have",
    ]
)


@rule(
    "L06",
    "Key result can only be done or not done",
    Severity.BLOCKS,
    "A thing with two states says nothing until the last day, and nothing about how much it helped.",
    "key result",
)
def binary(case: Case) -> Hit | None:
    """L06: the predicate has two states only. With class ``compliance`` it warns."""
    matched = _binary_words(case)
    if not matched:
        return None
    if case.given.class_ == "compliance":
        return Hit(
            f"A duty that is met or not: {quoted(matched)}.",
            matched,
            "Treat it as a constraint of the plan, not as a key result.",
            Severity.WARNS,
        )
    return Hit(
        f"It is done or not done: {quoted(matched)}.",
        matched,
        "Say what it should change and by how much. If the law demands it, set `class: compliance`.",
    )


def _binary_words(case: Case) -> tuple[str, ...]:
    s = case.statement
    unit = (case.given.unit or "").lower()
    if unit in _YES_NO or s.text.lower() in _YES_NO:
        return (unit or s.text,)
    for token in s.tokens:
        if token.text in ("yes/no", "y/n"):
            return (token.text,)
    if case.given.target is not None or s.lead >= len(s.tokens):
        return ()
    if not s.targets:
        return _binary_verb(s) or _binary_state(s)
    whole = s.targets[0].value == 100 and s.targets[0].unit == "percent"
    if whole and len(s.targets) == 1 and case.kind.kind == "output":
        return case.kind.matched
    return ()


def _binary_verb(s: Statement) -> tuple[str, ...]:
    lead = s.tokens[s.lead]
    thing = object_of(s, s.lead)
    flags = s.tokens[thing.head].flags if thing else 0
    said = s.said(s.lead, thing.end) if thing else lead.text
    if lead.flags & lx.BINARY_VERB and lead.flags & (lx.BASE | lx.ING | lx.PAST):
        loose = lead.text.split()[0] in (
            "sign",
            "renew",
            "award",
            "appoint",
            "elect",
            "signing",
            "renewing",
        )
        if flags & lx.BINARY_NOUN or not (loose or flags & lx.MEASURE):
            return (said,)
    if lead.text in _REACHING and flags & lx.BINARY_NOUN:
        return (said,)
    for token in s.tokens[s.lead + 1 :]:
        if token.flags & lx.BINARY_VERB and token.flags & lx.THIRD and not token.flags & lx.NOUN:
            return (token.text,)
    return ()


def _binary_state(s: Statement) -> tuple[str, ...]:
    lead = s.tokens[s.lead].flags
    if lead & (lx.MOVE | lx.COMPARATIVE) or (
        lead & lx.DELIVER and lead & lx.BASE and not lead & lx.NOUN
    ):
        return ()
    place = done_at(s)
    if place is None or s.has(lx.COMPARATIVE):
        return ()
    return (s.tokens[place].text,)
