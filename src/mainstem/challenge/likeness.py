"""How alike two texts are, by the edits between them."""

from __future__ import annotations

import unicodedata


def is_alike(one: str, other: str, least: float) -> bool:
    """Whether the normalised Levenshtein likeness of two texts is at least ``least`` (0 to 1).

    Likeness is ``1 - edits / length of the longer``, after case, spaces and the form of accents are
    made the same. Two empty texts are alike. Time O(length x allowed edits); of longer texts only the
    first thousand characters are compared.
    """
    a, b = _plain(one), _plain(other)
    longest = max(len(a), len(b))
    allowed = int((1 - least) * longest + 1e-9)
    return edits(a, b, at_most=allowed) <= allowed


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text[:1000]).casefold().split())


def edits(a: str, b: str, *, at_most: int) -> int:
    """Levenshtein distance of two texts, or ``at_most + 1`` as soon as it is known to be larger.

    Only the band of the table that ``at_most`` edits can reach is computed (Ukkonen 1985).
    """
    beyond = at_most + 1
    if abs(len(a) - len(b)) > at_most:
        return beyond
    row = {j: j for j in range(min(len(b), at_most) + 1)}
    for i, left in enumerate(a, start=1):
        low, high = max(0, i - at_most), min(len(b), i + at_most)
        fresh: dict[int, int] = {}
        for j in range(low, high + 1):
            best = min(row.get(j, beyond), fresh.get(j - 1, beyond)) + 1
            if j:
                best = min(best, row.get(j - 1, beyond) + (left != b[j - 1]))
            fresh[j] = min(best, beyond)
        row = fresh
        if min(row.values()) > at_most:
            return beyond
    return min(row.get(len(b), beyond), beyond)
