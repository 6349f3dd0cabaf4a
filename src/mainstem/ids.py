"""Identifiers of plan entities: what is allowed and how one is made from a name."""

from __future__ import annotations

import re
import unicodedata

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$"
_ID = re.compile(ID_PATTERN)
#: Latin letters that no accent can be taken off.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def is_id(text: str) -> bool:
    """Whether ``text`` may name a plan entity: letters, digits, ``. _ / -``, at most 100."""
    return _ID.match(text) is not None


def slug(name: str) -> str:
    """An identifier made from a name: ``"Live edge (EU)"`` becomes ``"live-edge-eu"``."""
    latin = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    ascii_name = latin.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:100] or "unnamed"
