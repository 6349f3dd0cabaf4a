"""Tokens of a statement, the numbers among them, and noun phrases."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.challenge import lexicon as lx


@dataclass(slots=True)
class Number:
    """A number in a statement.

    Attributes:
        value: As written, scale applied (``1.2 million`` is 1,200,000); of a range the first one.
        unit: Class of unit: ``percent``, ``points_of_percent``, ``time``, ``money``, ``data``,
            ``physical``, ``points``, ``factor``; empty if none is written.
        unit_text: The unit as written, lower case.
        sign: ``+``, ``-``, ``<``, ``>`` or empty.
        role: Its part: ``from``, ``base`` (now), ``to``, ``bound``, ``relative``, ``condition``, ``per``
            or ``plain``.
        place: Index of its token.
    """

    value: float
    start: int
    end: int
    unit: str = ""
    unit_text: str = ""
    sign: str = ""
    role: str = "plain"
    place: int = 0


@dataclass(slots=True)
class Token:
    """A piece of a statement: ``word``, ``number``, ``date``, ``name`` (masked), ``arrow`` or ``mark``."""

    kind: str
    text: str
    start: int
    end: int
    flags: int = 0
    number: Number | None = None


@dataclass(slots=True)
class Chunk:
    """A run of words that stand together; ``head`` is the word that says what it is.

    ``flags`` are those of the head; of an unknown head, the measures among the words before it.
    """

    start: int
    end: int
    head: int
    flags: int

    @property
    def is_measure(self) -> bool:
        """It can be measured."""
        return bool(self.flags & (lx.MEASURE | lx.VANITY)) and not self.is_artefact

    @property
    def is_artefact(self) -> bool:
        """It is made, and no measure at the same time."""
        return bool(self.flags & lx.THING) and not self.flags & (lx.MEASURE | lx.VANITY)

    @property
    def is_customer(self) -> bool:
        """It is somebody who is served, or a place or account of theirs."""
        return bool(self.flags & lx.CUSTOMER)


_BREAKS = lx.STOP | lx.JOINER | lx.FACTOR | lx.RUNNING_TOTAL | lx.BELOW | lx.ABOVE | lx.BASE_VALUE
_NOT_A_HEAD = (
    lx.PAST
    | lx.PARTICIPLE
    | lx.COMPARATIVE
    | lx.VAGUE
    | lx.DONE
    | lx.COPULA
    | lx.QUALIFIER
    | lx.TARGET
)


def is_participle(token: Token) -> bool:
    """``delivered``, ``sent``; also unknown words in -ed."""
    return bool(token.flags & (lx.PAST | lx.PARTICIPLE)) or (
        token.text.endswith("ed") and not token.flags & lx.NOUN and len(token.text) > 4
    )


def chunks_of(tokens: list[Token]) -> list[Chunk]:
    """The noun phrases of a statement, in order."""
    out: list[Chunk] = []
    start = -1
    for place, token in enumerate(tokens):
        inside = token.kind in ("word", "name") and not _breaks(token)
        if inside and start >= 0 and _is_subject_and_verb(tokens[place - 1], token):
            out.append(_chunk(tokens, start, place))
            start = place
        if inside and start < 0:
            start = place
        elif not inside and start >= 0:
            out.append(_chunk(tokens, start, place))
            start = -1
    if start >= 0:
        out.append(_chunk(tokens, start, len(tokens)))
    return out


def _is_subject_and_verb(before: Token, token: Token) -> bool:
    """``teams release``, ``users return``: a plural of people and a base form is no compound."""
    plural = before.text.endswith("s") or before.text in ("people", "children", "women", "men")
    return bool(
        before.flags & lx.CUSTOMER and plural and token.flags & lx.VERB and token.flags & lx.BASE
    )


def _breaks(token: Token) -> bool:
    flags = token.flags
    if token.number is not None or flags & lx.DETERMINER:
        return True
    if flags & _BREAKS and not flags & lx.NOUN:
        return True
    return bool(flags & lx.THIRD and flags & lx.VERB and not flags & lx.NOUN)


def _chunk(tokens: list[Token], start: int, end: int) -> Chunk:
    for place in range(end - 1, start - 1, -1):
        token = tokens[place]
        if token.flags & lx.NOUN:
            return Chunk(start, end, place, token.flags)
        if (
            token.kind == "name"
            or token.flags & _NOT_A_HEAD
            or token.text.endswith("ly")
            or is_participle(token)
        ):
            continue
        measures = 0
        for other in tokens[start:place]:
            measures |= other.flags & lx.MEASURE
        return Chunk(start, end, place, measures | token.flags)
    return Chunk(start, end, end - 1, 0)
