"""Inflected forms of English words. Forms that do not exist do no harm: nobody writes them."""

from __future__ import annotations

from collections.abc import Iterator

_VOWELS = "aeiou"


def nouns(singular: str) -> Iterator[str]:
    """A noun and its plurals; only the last word of a phrase changes. Hyphens also as spaces."""
    for word in {singular, singular.replace("-", " ")} if "-" in singular else {singular}:
        yield word
        yield from _plurals(word)


def _plurals(word: str) -> Iterator[str]:
    irregular = {"person": "people", "child": "children", "man": "men", "woman": "women"}
    if word in irregular:
        yield irregular[word]
    elif word.endswith("y") and word[-2:-1] not in _VOWELS:
        yield word[:-1] + "ies"
    elif word.endswith(("s", "x", "ch", "sh", "z")):
        yield word + "es"
    else:
        yield word + "s"
    if word.endswith("sis"):
        yield word[:-2] + "es"


def verb_forms(base: str, irregular: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """``(form, word)`` of a verb; of a phrase such as "roll out" the first word changes.

    Args:
        base: Base form, British spelling; the American one is added.
        irregular: Past forms as whole phrases, several in one text separated by spaces if ``base``
            is one word.
    """
    first, _, rest = base.partition(" ")
    tail = f" {rest}" if rest else ""
    for stem in _spellings(first):
        yield "base", stem + tail
        yield "third", _third(stem) + tail
        yield from (("ing", word + tail) for word in _with_ending(stem, "ing"))
        if not irregular:
            yield from (("past", word + tail) for word in _with_ending(stem, "ed"))
    for text in irregular:
        yield from (("past", word) for word in ([text] if rest else text.split()))


def _spellings(stem: str) -> set[str]:
    return {stem, stem[:-3] + "ize"} if stem.endswith("ise") else {stem}


def _third(stem: str) -> str:
    if stem.endswith("y") and stem[-2:-1] not in _VOWELS:
        return stem[:-1] + "ies"
    return stem + ("es" if stem.endswith(("s", "x", "ch", "sh", "z", "o")) else "s")


def _with_ending(stem: str, ending: str) -> Iterator[str]:
    if stem.endswith("e") and not stem.endswith(("ee", "ye")):
        yield stem[:-1] + ending
    elif ending == "ed" and stem.endswith("y") and stem[-2:-1] not in _VOWELS:
        yield stem[:-1] + "ied"
    else:
        yield stem + ending
        if stem[-1] not in "wxy" + _VOWELS and stem[-2:-1] in _VOWELS:
            yield stem + stem[-1] + ending
