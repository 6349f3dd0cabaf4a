"""Patterns for titles: phrases on word boundaries and regular expressions, on every engine alike.

A pattern is matched against a title in lower case (``folded``). Expressions are for RE2 with the
flags ``i`` and ``s``; ``compiled_text`` is the same for Python. What the engines read differently
(look-around, back references, possessive quantifiers, flags but ``i m s``, ``\\N`` ``\\u`` ``\\Z``, counts
above 1,000) is refused by ``pattern_fault``.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

_WORD = "\\pL\\pN_"
_META = frozenset("\\.+*?()|[]{}^$")
_ESCAPES = frozenset("wWdDsSbBAfnrtvxa")
_LIMIT = 1000


def folded(text: str) -> str:
    """Lower case, character by character, as DuckDB's ``lower``."""
    if text.isascii():
        return text.lower()
    return "".join("i" if c == "İ" else c.lower() for c in text)


def is_regex(pattern: str) -> bool:
    """Whether a text pattern is written ``/like this/``."""
    return len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/")


@lru_cache(maxsize=10_000)
def text_regex(pattern: str) -> str:
    """The RE2 expression of a text pattern, to be searched in a title in lower case.

    A phrase may not touch a letter, digit or ``_`` on a side where it has one itself; its spaces
    match any white space and ``*`` anything.
    """
    if is_regex(pattern):
        return "".join(c if c.isascii() else folded(c) for c in pattern[1:-1])
    phrase = folded(pattern.strip())
    words = re.sub(r"\s+", " ", phrase)
    body = "".join(_PHRASE.get(c) or ("\\" + c if c in _META else c) for c in words)
    before = f"(?:^|[^{_WORD}])" if phrase and _is_word(phrase[0]) else ""
    after = f"(?:$|[^{_WORD}])" if phrase and _is_word(phrase[-1]) else ""
    return before + body + after


_PHRASE = {" ": "\\s+", "*": ".*"}


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


@lru_cache(maxsize=10_000)
def compiled_text(pattern: str) -> re.Pattern[str] | None:
    """The pattern for Python, or ``None`` if it has a fault (and so matches nothing)."""
    if pattern_fault(pattern):
        return None
    regex = text_regex(pattern)
    if is_regex(pattern):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(regex, re.IGNORECASE | re.DOTALL | re.ASCII)
    return re.compile(regex.replace(_WORD, "\\w"), re.DOTALL)


@lru_cache(maxsize=10_000)
def pattern_fault(pattern: str) -> str | None:
    """What is wrong with a text pattern, in words, or ``None``."""
    if not pattern.strip():
        return "it is empty"
    if not is_regex(pattern):
        return None if any(_is_word(c) for c in pattern) else "it has no letter or digit"
    body = pattern[1:-1]
    fault = _foreign(body)
    if fault:
        return fault
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = re.compile(body, re.IGNORECASE | re.DOTALL | re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        return f"it is no regular expression: {error}"
    return "it matches every title" if found.search("") else None


#: Group openings, quantifiers and counts that only some engines know.
_FOREIGN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\(\?<?[=!]"), "look-around"),
    (re.compile(r"\(\?>"), "an atomic group"),
    (re.compile(r"\(\?\("), "a condition"),
    (re.compile(r"\(\?P[=>]"), "a back reference"),
    (re.compile(r"\(\?#"), "a comment"),
    (re.compile(r"\(\?<"), "a group named with `(?<`; write `(?P<`"),
    (re.compile(r"\(\?(?![:Pims-])|\(\?[ims-]*[^imsP:)-]"), "a flag other than i, m and s"),
    (re.compile(r"[*+?}]\+"), "a possessive quantifier"),
    (re.compile(r"\{,"), "a count without a lower end"),
)


def _foreign(body: str) -> str | None:
    """What the engines would read differently, outside of escapes and character classes."""
    bare, escapes, classes = _strip(body)
    for regex, words in _FOREIGN:
        if regex.search(bare):
            return f"it uses {words}, which the engines do not share"
    for char in escapes:
        if not (char in _ESCAPES or (char.isascii() and not char.isalnum() and char != "_")):
            return f"it uses `\\{char}`, which the engines do not share"
    for inner in classes:
        if "[" in inner or "&&" in inner or "--" in inner or "~~" in inner or "||" in inner:
            return f"the class `[{inner}]` is read differently by different engines"
    for count in re.findall(r"\d+", "".join(re.findall(r"\{[\d,]*\}", bare))):
        if int(count) > _LIMIT:
            return f"it counts to {count}; {_LIMIT} is the most"
    return None


def _strip(body: str) -> tuple[str, list[str], list[str]]:
    """The expression without escapes and classes (each a NUL), the escaped characters, the classes."""
    bare: list[str] = []
    escapes: list[str] = []
    classes: list[str] = []
    at = 0
    while at < len(body):
        if body[at] == "\\":
            escapes.append(body[at + 1 : at + 2] or "\\")
            bare.append("\0")
            at += 2
        elif body[at] == "[":
            end = _class_end(body, at)
            inner = body[at + 1 : end]
            escapes += re.findall(r"\\(.)", inner, re.DOTALL)
            classes.append(re.sub(r"\\.", "", inner))
            bare.append("\0")
            at = end + 1
        else:
            bare.append(body[at])
            at += 1
    return "".join(bare), escapes, classes


def _class_end(body: str, start: int) -> int:
    at = start + 1
    if body[at : at + 1] == "^":
        at += 1
    if body[at : at + 1] == "]":
        at += 1
    while at < len(body) and body[at] != "]":
        at += 2 if body[at] == "\\" else 1
    return at


def required_literal(pattern: str) -> str | None:
    """The longest text in lower case that any matching title must contain, or ``None``."""
    found = required_literals(pattern)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=10_000)
def required_literals(pattern: str) -> tuple[str, ...]:
    """Texts in lower case of which any matching title contains at least one; empty: nothing is known.

    ``/timeout|stall(ed)?/`` needs ``timeout`` or ``stall``. Conservative: groups, classes and what a
    quantifier makes optional never count.
    """
    if not is_regex(pattern):
        words = re.split(r"[\s*]+", folded(pattern))
        best = max(words, key=len)
        return (best,) if best else ()
    body = pattern[1:-1]
    if pattern_fault(pattern) or re.search(r"\(\?[ims-]*s?-", body):
        return ()
    best_of = [max(runs, key=len, default="") for runs in _runs(body)]
    return tuple(dict.fromkeys(best_of)) if all(best_of) else ()


@lru_cache(maxsize=10_000)
def required_words(pattern: str) -> tuple[str, ...]:
    """Texts in lower case, without white space, all of which any matching title contains; empty: nothing
    is known.

    ``/late (fees|bills) by card/`` needs ``late``, ``by`` and ``card``, perhaps as parts of words.
    """
    if not is_regex(pattern):
        texts = re.split(r"\*", folded(pattern))
    elif len(required_literals(pattern)) == 1:
        texts = _runs(pattern[1:-1])[0]
    else:
        return ()
    return tuple(dict.fromkeys(word for text in texts for word in text.split()))


_QUANTIFIER = re.compile(r"[*+?]\??|\{(\d*)[\d,]*\}\??")


def _runs(body: str) -> list[list[str]]:
    """For each alternative at the top, the stretches of plain text that every match of it has."""
    alternatives: list[list[str]] = [[]]
    run = ""
    at = depth = 0

    def close() -> None:
        nonlocal run
        alternatives[-1].append(run)
        run = ""

    while at < len(body):
        char, step, plain = _token(body, at)
        at += step
        if depth or char in "()":
            depth += (char == "(") - (char == ")")
            close()
            quantifier = _QUANTIFIER.match(body, at)
            at = quantifier.end() if quantifier and char == ")" else at
            continue
        if char == "|":
            close()
            alternatives.append([])
            continue
        quantifier = _QUANTIFIER.match(body, at)
        if not plain or quantifier:
            if plain and quantifier and (quantifier[0][0] == "+" or (quantifier[1] or "0") > "0"):
                run += folded(char)
            close()
            at = quantifier.end() if quantifier else at
        else:
            run += folded(char)
    close()
    return [[r for r in runs if len(r) > 1] for runs in alternatives]


def _token(body: str, at: int) -> tuple[str, int, bool]:
    """One token: its character (a NUL for a class or escape), its length, whether it is plain text."""
    char = body[at]
    if char == "\\":
        following = body[at + 1]
        if following == "x":
            return "\0", 4, False
        return (
            (following, 2, True)
            if not following.isalnum() and following not in "()|"
            else ("\0", 2, False)
        )
    if char == "[":
        return "\0", _class_end(body, at) - at + 1, False
    return char, 1, char not in ".^$()|"
