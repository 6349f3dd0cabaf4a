"""Numbers as written: value, unit, and what part they play in the sentence."""

from __future__ import annotations

import re

from mainstem.challenge import lexicon as lx
from mainstem.challenge.tokens import Number, Token

_SIGNS = {"−": "-", "±": "+", "≤": "<", "<=": "<", "≥": ">", ">=": ">"}
_PASSED_OVER = lx.APPROXIMATE | lx.DETERMINER
_YEARS = range(2020, 2050)
_PARTS_OF_ONE = frozenset(
    (
        "a third",
        "half",
        "half of",
        "a half",
        "one third",
        "two thirds",
        "a fifth",
        "one fifth",
        "a tenth",
        "three quarters",
        "a quarter of",
    )
)


def parse_number(found: re.Match[str], words: lx.Lexicon) -> Number:
    """A number from a match of the token pattern. A unit that is not known counts as none."""
    value = decimal(found["digits"])
    scale = (found["scale"] or "").lower()
    unit = " ".join((found["unit"] or found["currency"] or "").lower().split())
    kind = words.units.get(unit, "")
    if (second := found["second"]) and "/" in second and not kind:
        divisor = decimal(second.replace("/", ""))
        value, kind = (value / divisor if divisor else value), "percent"
    sign = (found["sign"] or "").strip()
    return Number(
        value * words.scale.get(scale, 1.0),
        found.start(),
        found.end(),
        kind,
        unit,
        _SIGNS.get(sign, sign[:1]),
    )


def decimal(digits: str) -> float:
    """``1,200.5``, ``1.200,5``, ``12 000``, ``4,2`` as a number."""
    text = re.sub(r"[\s'’]", "", digits)
    text = text.strip("-–")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", text):
        text = text.replace(".", "").replace(",", ".")
    text = text.replace(",", ".")
    if text.count(".") > 1:
        text = text.replace(".", "")
    return float(text[:300])


def word_number(text: str, value: float, start: int, end: int, *, unit: str = "") -> Number:
    """A number that is written as a word: ``three``, ``halve``."""
    return Number(value, start, end, unit, text)


def role_of(tokens: list[Token], place: int) -> Number:
    """The number at ``place`` with its role set from the words around it."""
    number = tokens[place].number
    assert number is not None
    number.place = place
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if number.unit == "factor":
        if number.unit_text in _PARTS_OF_ONE and (
            number.unit_text.endswith(" of") or (after and after.text == "of")
        ):
            number.unit = "percent"
        else:
            number.role = "relative"
            return number
    if not number.unit and after is not None:
        number.unit = lx.english().units.get(after.text, "") if after.kind == "word" else ""
    number.role = _role(tokens, place, number, after)
    return number


def _role(tokens: list[Token], place: int, number: Number, after: Token | None) -> str:
    if after is not None and after.kind == "arrow":
        return "from"
    role = _before(tokens, place)
    role = "to" if role == "of" else role
    if role in ("plain", "to") and (_is_year(tokens, place, number) or _is_version(tokens, place)):
        return "condition"
    if role == "plain" and after is not None:
        if after.flags & lx.BASE_VALUE and after.text in (
            "now",
            "today",
            "currently",
            "previously",
        ):
            return "base"
        if after.flags & (lx.BELOW | lx.ABOVE) and after.text.startswith("or "):
            return "bound"
    if number.unit == "percent" and after is not None:
        if role == "plain" and after.flags & lx.COMPARATIVE:
            return "relative"
        if role == "relative" and after.text == "of" and tokens[place - 1].text == "by":
            return "plain"
    if role in ("plain", "to") and number.sign:
        return "bound" if number.sign in "<>" else "relative"
    if role == "from" and not number.unit and _is_of_things(tokens, place):
        return "plain"
    return "condition" if role == "plain" and _is_idiom(tokens, place) else role


def _before(tokens: list[Token], place: int) -> str:
    """The role that the words to the left give; the nearest one that says something wins."""
    tentative = "plain"
    for token in reversed(tokens[max(0, place - 6) : place]):
        flags = token.flags
        if token.kind == "arrow":
            return "to"
        if token.kind == "mark":
            if token.text in ("/", ":", "=", "(") or (token.text == "," and tentative != "plain"):
                if token.text == "/":
                    return "per"
                continue
            return tentative
        if token.kind != "word" or token.number is not None:
            return "condition" if token.number is not None and tentative == "of" else tentative
        said = _said(token)
        if said in ("from", "base", "per", "condition", "relative"):
            if said == "relative" and tentative == "to" and token.text in ("up", "down"):
                return "to"
            return said
        if said:
            tentative = said if tentative == "plain" else tentative
        elif not flags & _PASSED_OVER:
            return _after_verb(token, tokens[place].number) if tentative == "plain" else tentative
    return tentative


def _said(token: Token) -> str:
    flags, text = token.flags, token.text
    if text == "from":
        return "from"
    if flags & lx.BASE_VALUE:
        return "base"
    if flags & lx.DENOMINATOR and text not in ("a", "an"):
        return "per"
    if flags & (lx.BELOW | lx.ABOVE):
        return "bound"
    if flags & lx.CONDITION:
        return "condition"
    if flags & lx.RELATIVE:
        return "relative"
    if text == "of":
        return "of"
    return "to" if flags & lx.TARGET else ""


def _after_verb(token: Token, number: Number | None) -> str:
    """``drops 20%``, ``grow 5%``: a change, not a level."""
    moves = token.flags & (lx.UP | lx.DOWN) and not token.flags & lx.NOUN
    return "relative" if moves and number is not None and number.unit == "percent" else "plain"


def _is_year(tokens: list[Token], place: int, number: Number) -> bool:
    """A bare ``2027`` at the end, or before a mark, and nothing says that it is to be reached."""
    if number.unit or number.value not in _YEARS or tokens[place].text != str(int(number.value)):
        return False
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place else None
    if before is not None and before.flags & (lx.TARGET | lx.BELOW | lx.ABOVE):
        return False
    return after is None or after.kind == "mark"


def _is_of_things(tokens: list[Token], place: int) -> bool:
    """``orders from 3 countries``: a place, no baseline."""
    rest = tokens[place + 1 : place + 7]
    if not rest or rest[0].kind != "word" or rest[0].flags & lx.STOP:
        return False
    return not any(
        t.text in ("to", "under", "below", "over", "above") or t.kind == "arrow" for t in rest
    )


def _is_version(tokens: list[Token], place: int) -> bool:
    """``upgrade Postgres to 16``: a bare number right after a technology, "to" between them or not."""
    number = tokens[place].number
    if number is None or number.unit or tokens[place].kind != "number":
        return False
    before = tokens[max(0, place - 2) : place]
    if before and before[-1].text == "to":
        before = before[:-1]
    return bool(before and before[-1].flags & lx.TECHNOLOGY)


def _is_idiom(tokens: list[Token], place: int) -> bool:
    """``one place for all``: "one" without a unit is no amount, unless it is one of several."""
    if tokens[place].text != "one":
        return False
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    number = tokens[place].number
    return not (after and (after.text in ("of", "in") or (number and number.unit)))
