"""Streams that a row states itself: ``checkout`` or ``checkout 60%, kind:debt 40%``."""
# ruff: noqa: S608

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    import duckdb

_WEIGHED = re.compile(r"^(.*?)\s*(?:[=:]\s*|\s|\()\s*(\d+(?:[.,]\d+)?)\s*%?\)?$")


def parse_shares(text: str) -> dict[str, int] | None:
    """Stream → ten-thousandths. Without figures all get the same; together at most the whole.

    Returns:
        ``None`` if the figures are more than 100 %, or some have a figure and some not.
    """
    names: list[str] = []
    weights: list[float] = []
    parts = [p.strip() for p in re.split(r"[,;|](?!\d)", text) if p.strip()]
    for part in parts:
        found = _WEIGHED.match(part)
        if found and found[1]:
            names.append(found[1].strip())
            weights.append(float(found[2].replace(",", ".")))
        else:
            names.append(part)
    if not names:
        return {}
    if weights and len(weights) != len(names):
        return None
    if not weights:
        return _equal(names)
    scale = WHOLE if max(weights) <= 1 and any(w % 1 for w in weights) else WHOLE / 100
    shares: dict[str, int] = {}
    for name, weight in zip(names, weights, strict=True):
        shares[name] = shares.get(name, 0) + round(weight * scale)
    return shares if sum(shares.values()) <= WHOLE else None


def _equal(names: list[str]) -> dict[str, int]:
    unique = list(dict.fromkeys(names))
    each, over = divmod(WHOLE, len(unique))
    return {n: each + (i < over) for i, n in enumerate(unique)}


def settle_shares(con: duckdb.DuckDBPyConnection, x: str) -> tuple[str, str, list[str]]:
    """Reads the distinct texts of expression ``x`` over ``raw``.

    Returns:
        SQL of the shares, what to join, and notes about texts that could not be read.
    """
    texts = [
        t for (t,) in con.execute(f"SELECT DISTINCT {x} FROM raw WHERE {x} IS NOT NULL").fetchall()
    ]
    con.execute("CREATE OR REPLACE TEMP TABLE stated (x VARCHAR, shares MAP(VARCHAR, INTEGER))")
    wrong = []
    for text in texts:
        shares = parse_shares(text)
        if shares is None:
            wrong.append(text)
        con.execute("INSERT INTO stated VALUES (?, ?)", [text, shares or {}])
    notes = [f"The stated streams {wrong[0]!r} do not add up; they were left out."] if wrong else []
    return (
        "coalesce(stated.shares, MAP {}::MAP(VARCHAR, INTEGER))",
        f" LEFT JOIN stated ON stated.x = {x}",
        notes,
    )
