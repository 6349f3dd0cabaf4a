"""Numbers as people write them in forms."""

from __future__ import annotations

import re

#: A decimal comma and a thousands separator look alike where three digits follow.
_UNCLEAR = re.compile(r"([+-]?[1-9]\d{0,2}),(\d{3})")


class UnclearNumber(ValueError):
    """A number that may be read in two ways."""


def plain_number(text: str) -> str:
    """What was written with spaces gone, a minus sign as a minus, and a decimal comma as a point.

    Raises:
        UnclearNumber: for ``1,240``, which may be 1240 or 1.24: one of them would be wrong by a thousand.
    """
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace("−", "-")
    if found := _UNCLEAR.fullmatch(plain):
        whole, after = found.groups()
        raise UnclearNumber(
            f"“{text.strip()}” may be {whole}{after} or {whole}.{after}: write the one that you mean."
        )
    return plain.replace(",", ".") if "," in plain and "." not in plain else plain
