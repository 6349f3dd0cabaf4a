"""Time entries of a query in a real ledger: what is gone is withdrawn there, too."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from mainstem.ledger.store import Ledger
from mainstem.services.sources.pulling import PullReport, pull
from tests.sources.sql.databases import LOGS, QUERY, make
from tests.sources.sql.folding import NOW, Held, connection, watch


def test_what_is_gone_is_withdrawn_from_the_ledger(tmp_path: Path) -> None:
    made = make("sqlite", tmp_path)
    day = date(2026, 3, 1)
    made.logs(*((n, f"ABC-{n % 7}", day, Decimal("1.5"), "ann", None) for n in range(300)))
    made.tickets(*((f"XYZ-{n}", "T", "Bug", "", "ann", NOW, NOW, 1, "", None) for n in range(5)))
    ledger = Ledger.open(tmp_path / "ledger", make=True)

    def sync(query: str, name: str, after: timedelta = timedelta()) -> PullReport:
        of = connection(made.url, query=query)
        of = type(of)(name, of.kind, of.options, of.secrets, of.timezone)
        looks = watch(Held(), tmp_path / name, NOW + after)
        return pull(of, ledger, looks)

    first = sync(LOGS, "time")
    assert (first.read, first.new, first.rejected) == (300, 300, 0)
    assert sync(QUERY, "items").new == 5
    again = sync(LOGS, "time", timedelta(minutes=5))
    assert (again.unchanged, again.changed, again.withdrawn) == (300, 0, 0)
    made.run("DELETE FROM log WHERE log_id IN (3, 99, 250)")
    made.run("UPDATE log SET hours = 4 WHERE log_id = 7")
    made.run("DELETE FROM ticket WHERE ticket_id = 'XYZ-2'")
    last = sync(LOGS, "time", timedelta(minutes=9))
    assert (last.changed, last.withdrawn) == (1, 3)
    assert sync(QUERY, "items", timedelta(minutes=9)).gone == 1
