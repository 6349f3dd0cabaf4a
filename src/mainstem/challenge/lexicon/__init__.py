"""The words that the wording checks know, read once from the data files beside this module.

Every word is a key of one dictionary; its value is a set of bits that say what the word may be: a verb of
delivering, a noun of measuring, a unit's neighbour, a stop word. Phrases are keys with a space in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from mainstem.challenge.lexicon.forms import nouns, verb_forms

_BITS: dict[str, int] = {}


def _bit(name: str) -> int:
    return _BITS.setdefault(name, 1 << len(_BITS))


# Classes of verbs.
DELIVER = _bit("deliver")
ACTIVITY = _bit("activity")
FLOW = _bit("flow")
UP = _bit("up")
DOWN = _bit("down")
TOWARDS = _bit("towards")
HOLD = _bit("hold")
BY_OBJECT = _bit("by_object")
WINNING = _bit("winning")
BINARY_VERB = _bit("binary_verb")
PERMISSIVE = _bit("permissive")
# Forms of verbs.
BASE = _bit("form_base")
THIRD = _bit("form_third")
ING = _bit("form_ing")
PAST = _bit("form_past")
# Nouns.
COUNTED = _bit("measure_count")
RATED = _bit("measure_rated")
OPEN = _bit("measure_open")
RATE_LIKE = _bit("rate_like")
CUSTOMER = _bit("customer")
ARTEFACT = _bit("artefact_strong")
WEAK_ARTEFACT = _bit("artefact_weak")
WORK = _bit("work")
EVENT = _bit("event")
OWN_ACTIVITY = _bit("own_activity")
VANITY = _bit("vanity")
BINARY_NOUN = _bit("binary_noun")
HOW = _bit("how")
# Other words.
DONE = _bit("done")
BINARY_DONE = _bit("binary_done")
VAGUE = _bit("vague")
COMPARATIVE = _bit("comparative")
QUALIFIER = _bit("qualifier")
RUNNING_TOTAL = _bit("running_total")
PURPOSE = _bit("purpose")
GUARDRAIL = _bit("guardrail")
BELOW = _bit("below")
ABOVE = _bit("above")
TARGET = _bit("target")
BASE_VALUE = _bit("base")
CONDITION = _bit("condition")
DENOMINATOR = _bit("denominator")
RELATIVE = _bit("relative")
APPROXIMATE = _bit("approximate")
DETERMINER = _bit("determiner")
STOP = _bit("stop")
JOINER = _bit("joiner")
FILLER = _bit("filler")
PARTICIPLE = _bit("participle")
COPULA = _bit("copula")
FACTOR = _bit("factor_words")
TECHNOLOGY = _bit("technology")
WEAK_TECHNOLOGY = _bit("weak_technology")

MOVE = UP | DOWN | TOWARDS
MEASURE = COUNTED | RATED | OPEN
THING = ARTEFACT | WEAK_ARTEFACT | EVENT | WORK
VERB_FORM = BASE | THIRD | ING | PAST
VERB = DELIVER | ACTIVITY | MOVE | HOLD | BY_OBJECT | BINARY_VERB
NOUN = MEASURE | CUSTOMER | THING | VANITY | OWN_ACTIVITY | BINARY_NOUN

_VERB_CLASSES = {
    "deliver": DELIVER, "activity": ACTIVITY, "flow": FLOW, "up": UP, "down": DOWN,
    "towards": TOWARDS, "hold": HOLD, "by_object": BY_OBJECT, "winning": WINNING,
    "binary": BINARY_VERB, "permissive": PERMISSIVE,
}  # fmt: skip
_FORM_BITS = {"base": BASE, "third": THIRD, "ing": ING, "past": PAST}
_NOUN_CLASSES = {
    "measure_count": COUNTED, "measure_rated": RATED, "measure_open": OPEN, "rate_like": RATE_LIKE,
    "customer": CUSTOMER, "artefact_strong": ARTEFACT, "artefact_weak": WEAK_ARTEFACT, "work": WORK,
    "event": EVENT, "own_activity": OWN_ACTIVITY, "vanity": VANITY,
    "binary": BINARY_NOUN, "how": HOW,
}  # fmt: skip
_OTHER_CLASSES = (
    "done", "binary_done", "vague", "comparative", "qualifier", "running_total", "purpose",
    "guardrail", "below", "above", "target", "base", "condition", "denominator", "relative",
    "approximate", "determiner", "stop", "joiner", "filler", "participle", "copula", "factor_words",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of one language.

    Attributes:
        version: Sum of the versions of the files; rules that depend on words carry it.
        flags: Word or phrase, lower case → bits.
        heads: First word of a phrase → the second words of its phrases.
        longest: How many words the longest phrase has.
        number_words: ``three`` → 3.
        units: Unit as written, lower case → class of unit (``percent``, ``time``, ``money`` …).
        scale: ``k`` → 1,000.
    """

    version: int
    flags: Mapping[str, int]
    heads: Mapping[str, frozenset[str]]
    longest: int
    number_words: Mapping[str, float]
    units: Mapping[str, str]
    scale: Mapping[str, float]


def words_of(value: object) -> Iterator[str]:
    """The words of a data file's entry: one text or a list of texts, separated by commas."""
    for text in [value] if isinstance(value, str) else list(value):  # type: ignore[call-overload]
        yield from (word for part in str(text).split(",") if (word := part.strip().lower()))


def data(name: str) -> dict[str, Any]:
    """A data file of this folder, parsed."""
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=1)
def english() -> Lexicon:
    """The English lexicon. About ten milliseconds the first time, nothing after that."""
    verbs, noun_lists, other = data("en-verbs.json"), data("en-nouns.json"), data("en-words.json")
    technologies = data("technologies.json")
    flags: dict[str, int] = {}
    for word, bits in _entries(verbs, noun_lists, other, technologies):
        flags[word] = flags.get(word, 0) | bits
    heads: dict[str, set[str]] = {}
    for words in (phrase.split() for phrase in flags if " " in phrase):
        heads.setdefault(words[0], set()).add(words[1])
    units = {unit: kind for kind, text in other["units"].items() for unit in words_of(text)}
    version = sum(part["version"] for part in (verbs, noun_lists, other, technologies))
    seconds = {first: frozenset(second) for first, second in heads.items()}
    longest = max(phrase.count(" ") for phrase in flags) + 1
    return Lexicon(version, flags, seconds, longest, other["number_words"], units, other["scale"])


def _entries(
    verbs: dict[str, Any], noun_lists: dict[str, Any], other: dict[str, Any], tech: dict[str, Any]
) -> Iterator[tuple[str, int]]:
    irregular = {base: tuple(words_of(text)) for base, text in verbs["irregular"].items()}
    for name, bit in _VERB_CLASSES.items():
        for base in words_of(verbs[name]):
            for form, word in verb_forms(base, irregular.get(base, ())):
                yield word, bit | _FORM_BITS[form]
    for name, bit in _NOUN_CLASSES.items():
        for singular in words_of(noun_lists[name]):
            yield from ((word, bit) for word in nouns(singular))
    for name in _OTHER_CLASSES:
        yield from ((word, _BITS[name]) for word in words_of(other[name]))
    yield from (
        (word, TECHNOLOGY) for text in words_of(tech["technologies"]) for word in nouns(text)
    )
    yield from ((word, WEAK_TECHNOLOGY) for word in words_of(tech["weak"]))
