"""Identifiers of plan entities: what is allowed and how one is made from a name."""

from __future__ import annotations

import re
import unicodedata

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$"
_ID = re.compile(ID_PATTERN)


def is_id(text: str) -> bool:
    """Whether ``text`` may name a plan entity: letters, digits, ``. _ / -``, at most 100."""
    return _ID.match(text) is not None


def slug(name: str) -> str:
    """An identifier made from a name: ``"Live edge (EU)"`` becomes ``"live-edge-eu"``."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")[:100] or "unnamed"
