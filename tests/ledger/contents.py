"""What a ledger's derived tables hold, by names instead of numbers, for comparing two ledgers."""

from __future__ import annotations

from typing import Any

from mainstem.ledger.store import Ledger, relation

Contents = dict[str, list[tuple[Any, ...]]]

_NAMED = """
WITH n AS (SELECT * FROM {names}), it AS (
  SELECT i.item, i.key || '@' || s.name AS item_name FROM {items} i
  JOIN n s ON s.kind = 'source' AND s.no = i.source
)
"""
_QUESTIONS = {
    "effort": """
        SELECT coalesce(it.item_name, '-') AS item, e.day, coalesce(t.name, '-') AS team, e.unit, e.amount,
          coalesce(p.name, '-') AS person, e.month
        FROM {effort} e LEFT JOIN it ON it.item = e.item
        LEFT JOIN n t ON t.kind = 'team_id' AND t.no = e.team
        LEFT JOIN n p ON p.kind = 'person' AND p.no = e.person ORDER BY ALL""",
    "attribution": """
        SELECT it.item_name, coalesce(t.name, '-') AS target, a.share, a.rank, coalesce(r.name, '-') AS reason
        FROM {attribution} a JOIN it ON it.item = a.item
        LEFT JOIN n t ON t.kind = 'target' AND t.no = a.target
        LEFT JOIN n r ON r.kind = 'reason' AND r.no = a.reason ORDER BY ALL""",
    "rollup": """
        SELECT r.day, coalesce(t.name, '-') AS team, coalesce(g.name, '-') AS target, r.unit, r.amount, r.month
        FROM {rollup} r LEFT JOIN n t ON t.kind = 'team_id' AND t.no = r.team
        LEFT JOIN n g ON g.kind = 'target' AND g.no = r.target ORDER BY ALL""",
}


def contents(ledger: Ledger) -> Contents:
    """Effort, attribution and roll-up, sorted."""
    view = ledger.view()
    tables = {
        n: relation(view.table(n)) for n in ("names", "items", "effort", "attribution", "rollup")
    }
    con = ledger.connect()
    try:
        return {
            name: con.execute((_NAMED + question).format(**tables)).fetchall()
            for name, question in _QUESTIONS.items()
        }
    finally:
        con.close()
