"""Work logs that a robot wrote are noticed and not believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mainstem.services.plans.workspace import Workspace
from mainstem.services.work.attributing import open_book
from mainstem.services.work.importing import effort_findings, import_work
from tests.world import START

DATA = Path(__file__).parents[2] / "../shared/data/apache-jira-rest/Zookeeper.jsonl.gz"
pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="the data set apache-jira-rest is not here"
)


def test_robot_hours_are_a_finding_and_in_no_score(tmp_path: Path) -> None:
    place = Workspace(None, None, tmp_path / "ledger")
    report = import_work(place, DATA, at=START)[0].report
    assert report.read == report.new == 1_827
    found = [f for f in effort_findings(place) if f.rule == "W20"]
    assert len(found) == 1
    assert (
        "486 rows" in found[0].what
        and "10 minutes" in found[0].what
        and "81.0 hours" in found[0].what
    )
    units = {unit for unit, *_ in open_book(place, at=START).desk.spans()}
    assert "hour" not in units and "item" in units


def test_work_logs_that_the_export_cut_off_are_said(tmp_path: Path) -> None:
    place = Workspace(None, None, tmp_path / "ledger")
    notes = " ".join(import_work(place, DATA, at=START)[0].report.notes)
    assert "132" in notes and "missing" in notes
