"""How alike two texts are, by the edits between them."""

from __future__ import annotations

import unicodedata


def is_alike(one: str, other: str, least: float) -> bool:
    """Whether the normalised Levenshtein likeness of two texts is at least ``least`` (0 to 1).

    Likeness is ``1 - edits / length of the longer``, after case, spaces and the form of accents are
    made the same. Two empty texts are alike. Of longer texts only the first thousand characters
    are compared.
    """
    a, b = _plain(one), _plain(other)
    longest = max(len(a), len(b))
    allowed = int((1 - least) * longest + 1e-9)
    return edits(a, b, at_most=allowed) <= allowed


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text[:1000]).casefold().split())


def edits(a: str, b: str, *, at_most: int) -> int:
    """Levenshtein distance of two texts, or ``at_most + 1`` if it is larger.

    What the texts begin and end with in common is set aside; the rest is counted a column at a time in
    the bits of an integer. Source: Myers (1999) in the form of Hyyrö (2003).
    """
    a, b = _without_common_ends(a, b)
    if abs(len(a) - len(b)) > at_most:
        return at_most + 1
    return min(_distance(a, b) if a and b else len(a or b), at_most + 1)


def _without_common_ends(a: str, b: str) -> tuple[str, str]:
    shorter = min(len(a), len(b))
    start = next((i for i in range(shorter) if a[i] != b[i]), shorter)
    left = shorter - start
    end = next((i for i in range(left) if a[-1 - i] != b[-1 - i]), left)
    return a[start : len(a) - end], b[start : len(b) - end]


def _distance(a: str, b: str) -> int:
    """Levenshtein distance of two texts that are not empty; rows of ``a`` are bits."""
    places: dict[str, int] = {}
    for i, letter in enumerate(a):
        places[letter] = places.get(letter, 0) | 1 << i
    every, last, score = (1 << len(a)) - 1, 1 << (len(a) - 1), len(a)
    rising, falling = every, 0
    for letter in b:
        same = places.get(letter, 0)
        diagonal = (((same & rising) + rising) ^ rising) | same | falling
        right_up = (falling | ~(diagonal | rising)) & every
        right_down = rising & diagonal
        score += bool(right_up & last) - bool(right_down & last)
        right_up = right_up << 1 | 1
        rising = (right_down << 1 | ~(same | falling | right_up)) & every
        falling = right_up & (same | falling) & every
    return score
