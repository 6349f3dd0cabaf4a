"""Each change as one sentence in the words of the glossary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mainstem.plan.change_kinds import (
    BELONGS,
    Added,
    Change,
    Changed,
    Moved,
    Path,
    Removed,
    Renamed,
    Reordered,
    split_subject,
)
from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.references import references_of
from mainstem.plan.wording_of_conditions import claim_sentence
from mainstem.plan.wording_of_elements import element_sentence
from mainstem.plan.wording_of_values import (
    condition_in_words,
    in_words,
    key_in_words,
    listed,
    number_in_words,
    share_in_words,
)


def sentence(change: Change) -> str:
    """The change in plain words, without a full stop.

    Names come from the plans it was made from; a change without them is told with identifiers.
    """
    if isinstance(change, Renamed):
        return f"{thing(change)} has the identifier {change.new_id} from now on (was {_id(change)})"
    if isinstance(change, Reordered):
        return _reordered(change)
    if isinstance(change, (Added, Removed)):
        if not change.path:
            return f"{thing(change)} {'is new' if isinstance(change, Added) else 'is removed'}"
        return element_sentence(change, thing(change))
    if isinstance(change, Moved):
        return _moved(change)
    if isinstance(change, Changed):
        return _changed(change)
    raise TypeError(f"not a change: {change!r}")


def thing(change: Change) -> str:
    """What the change is about, to begin a sentence: ``Stream Start fast``, ``The plan``."""
    section, entity_id = split_subject(change.subject)
    if section in SECTIONS and entity_id:
        return f"{SECTIONS[section].capitalize()} {change.names.of(section, entity_id)}"
    return "The organisation" if section == "organisation" else "The plan"


def place_in_words(change: Change) -> str:
    """Where a change happens: ``Stream Start fast, claims 2, label``."""
    return ", ".join((thing(change), *_joined(change.path)))


def _joined(path: Path) -> list[str]:
    out: list[str] = []
    for key in path:
        if isinstance(key, int) and out:
            out[-1] = f"{_ONE_OF.get(out[-1], out[-1])} {key + 1}"
        else:
            out.append(key_in_words(key))
    return out


#: What one element of a list is called, where it is not the word of the list.
_ONE_OF = {
    "accepted": "acceptance",
    "check_ins": "check-in",
    "claims": "claim",
    "conversions": "conversion",
    "expect": "example",
    "guardrails": "guardrail",
    "links": "link",
    "milestones": "milestone",
    "observations": "observation",
    "rest": "rule for the rest",
    "stages": "stage",
}


def _id(change: Change) -> str:
    return split_subject(change.subject)[1]


def _ids(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _reordered(change: Reordered) -> str:
    if change.subject in SECTIONS:
        said = [change.names.of(change.subject, key) for key in change.new]
        return f"The {change.subject} stand in another order: {listed(said)}"
    what = key_in_words(change.path[-1])
    owner = thing(change)
    if change.path == ("stages",):
        before, after = ([s.name or s.id for s in order] for order in (change.old, change.new))
        return f"{owner} has its stages in the order {listed(after)} (before: {listed(before)})"
    moved = [i + 1 for i in _old_places(change)]
    return f"{owner} has its {what} in another order: {listed([str(i) for i in moved])} of before"


def _old_places(change: Reordered) -> list[int]:
    """For each element of the new order, where it stood before."""
    free = list(range(len(change.old)))
    out = []
    for value in change.new:
        place = next(i for i in free if change.old[i] == value)
        free.remove(place)
        out.append(place)
    return out


def _moved(change: Moved) -> str:
    section, _ = split_subject(change.subject)
    target = BELONGS[section, str(change.path[0])]
    word = SECTIONS[target]
    old, new = (
        listed([change.names.of(target, i) for i in _ids(v)]) for v in (change.old, change.new)
    )
    if (section, change.path) == ("teams", ("in",)):
        return f"{thing(change)} moves from {old or 'the top'} to {new or 'the top'}"
    if old and new:
        return f"{thing(change)} moves from {word} {old} to {new}"
    return (
        f"{thing(change)} now belongs to {word} {new}"
        if new
        else (f"{thing(change)} no longer belongs to {word} {old}")
    )


def _changed(change: Changed) -> str:
    section, _ = split_subject(change.subject)
    if change.path[0] in ("claims", "rest") and len(change.path) > 1:
        return claim_sentence(change, thing(change))
    if change.path == ("name",):
        was, now = change.old or _id(change), change.new or _id(change)
        word = SECTIONS.get(section, "organisation")
        if not was:
            return f"The {word} is now called {now}"
        if not now:
            return f"The {word} has no name any more; it was {was}"
        return f"{word.capitalize()} {was} is now called {now}"
    if section == "streams" and change.path[0] == "teams" and len(change.path) == 3:
        return _participation(change)
    special = _SPECIAL.get((section, *_pattern(change.path)))
    return (special and special(change)) or _plain(change)


def _pattern(path: Path) -> tuple[str, ...]:
    return tuple("*" if isinstance(key, int) else key for key in path)


def _plain(change: Changed) -> str:
    """``Team Playback: size is now 7 (before: 6)``; lists tell what came and what went."""
    said = [_named(change, value) for value in (change.old, change.new)]
    field = ", ".join(_joined(change.path))
    if isinstance(change.old, tuple) and isinstance(change.new, tuple):
        came = [w for w in said[1] if w not in said[0]]
        went = [w for w in said[0] if w not in said[1]]
        parts = [f"now also {listed(came)}"] * bool(came) + [f"no longer {listed(went)}"] * bool(
            went
        )
        order = f"now in the order {listed(said[1])}"
        return f"{thing(change)}: {field}: {' and '.join(parts) or order}"
    old, new = (listed(words) for words in said)
    return f"{thing(change)}: {field} is now {new or 'nothing'} (before: {old or 'nothing'})"


def _named(change: Changed, value: Any) -> list[str]:
    """The value in words, identifiers of entities by their names."""
    target = _target(change)
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    if target and all(isinstance(v, str) for v in values):
        return [change.names.of(target, v) for v in values]
    unit = change.names.units.get(change.subject)
    return [
        in_words(v, unit if change.path[-1] in ("baseline", "target") else None) for v in values
    ]


def _target(change: Change) -> str | None:
    """The section that a changed field refers to, if it refers to one."""
    section, _ = split_subject(change.subject)
    if section not in SECTIONS:
        return None
    keys = [key for key in change.path if isinstance(key, str)]
    if len(keys) == 2 and keys[0] in ("metric", "guardrails", "effect"):
        return "metrics" if keys[1] == "metric" else None
    shape = Plan.model_fields[section].annotation.__args__[1]  # type: ignore[union-attr]
    return references_of(shape).get(keys[0]) if len(keys) == 1 else None


def _target_value(change: Changed) -> str:
    section, entity_id = split_subject(change.subject)
    unit = change.names.units.get(change.subject)
    streams = change.names.measured.get(entity_id, ()) if section == "metrics" else ()
    names = [change.names.of(*split_subject(s)) for s in streams]
    who = f"Stream{'s' * (len(names) > 1)} {listed(names)} now ask{'s' * (len(names) == 1)} for"
    if not names:
        who = f"{thing(change)} now asks for"
    if change.new is None:
        return (
            f"{thing(change)} no longer has a target ({number_in_words(change.old, unit)} before)"
        )
    was = f" instead of {number_in_words(change.old, unit)}" if change.old is not None else ""
    return f"{who} {number_in_words(change.new, unit)}{was}"


def _participation(change: Changed) -> str:
    stream = thing(change).replace("Stream", "stream", 1)
    team = f"Team {change.names.of('teams', str(change.path[1]))}"
    if change.path[2] == "part":
        return f"{team} now {change.new} {stream} (before: {change.old})"
    if change.path[2] == "share":
        old, new = (v if v is None else share_in_words(v) for v in (change.old, change.new))
        was = f" instead of {old}" if old else ""
        if new is None:
            return f"{team} no longer plans a share of its effort for {stream} ({old} before)"
        return f"{team} now plans {new} of its effort for {stream}{was}"
    old, new = (v and change.names.of("cycles", v) for v in (change.old, change.new))
    return f"{team} takes part in {stream} in {_cycle(new)} (before: {_cycle(old)})"


def _cycle(name: str | None) -> str:
    return f"cycle {name}" if name else "every cycle"


def _own_rules(change: Changed) -> str:
    if change.new is None:
        return "The plan no longer has its own rules for the rest; the shipped ones hold"
    rules = [f"{rule.kind} if {condition_in_words(rule)}" for rule in change.new]
    return f"The plan now has its own rules for the rest: {'; '.join(rules) or 'none at all'}"


def _state(change: Changed) -> str:
    return f"{thing(change)} is now {change.new} (before: {change.old})"


def _promised(change: Changed) -> str:
    if change.new is None:
        return f"{thing(change)} is no longer promised ({in_words(change.old)} before)"
    was = f" instead of {in_words(change.old)}" if change.old else ""
    return f"{thing(change)} is now promised for {in_words(change.new)}{was}"


def _metric_in_force(change: Changed) -> str:
    old, new = (change.names.of("metrics", value) for value in (change.old, change.new))
    return f"{thing(change)} is now measured by {new} instead of {old}"


_SPECIAL: dict[tuple[str, ...], Callable[[Changed], str]] = {
    ("", "rest"): _own_rules,
    ("metrics", "target"): _target_value,
    ("key_results", "target"): _target_value,
    ("cycles", "state"): _state,
    ("initiatives", "state"): _state,
    ("dependencies", "state"): _state,
    ("dependencies", "promised"): _promised,
    ("streams", "metric", "*", "metric"): _metric_in_force,
}
