"""A whole tracker of 18 years: the score by component per year, against sums made in plain SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from mainstem.plan.model import Unit
from mainstem.score.values import GRAIN, By, Grain, Question
from mainstem.services.plans.workspace import Workspace
from mainstem.services.scores.scoring import value_score
from mainstem.services.work.attributing import open_book
from mainstem.services.work.importing import import_work
from tests.world import START

DATA = Path(__file__).parents[2] / "../shared/data/jira-fluid-project/issues.jsonl.gz"
pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="the data set jira-fluid-project is not here"
)

PLAN = """
organisation: {name: Fluid, unit: item}
objectives: {access: {name: Everybody can use it}}
streams:
  upload: {objective: access, claims: [{component: Uploader}]}
  options: {objective: access, claims: [{component: ["UI Options*", "Prefs*"]}]}
  framework: {objective: access, claims: [{component: "*Framework*"}]}
"""
#: The same claims, said independently.
BY_HAND = {
    "upload": "c = 'Uploader'",
    "options": "(c LIKE 'UI Options%' OR c LIKE 'Prefs%')",
    "framework": "c LIKE '%Framework%'",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("fluid")
    (root / "mainstem.yaml").write_text(PLAN)
    place = Workspace(root / "mainstem.yaml", None, root / "ledger")
    done = import_work(place, DATA, at=START)[0].report
    assert done.read == done.new == 10_052 and done.rejected == 0
    return place


def by_hand() -> dict[tuple[int, str], float]:
    """Items per year and stream: an item that n streams claim counts 1/n for each."""
    cases = " UNION ALL ".join(
        f"SELECT DISTINCT key, year, '{s}' AS stream FROM component WHERE {w}"
        for s, w in BY_HAND.items()
    )
    rows = duckdb.execute(
        f"""
        WITH done AS (
          SELECT title AS key, year(updated::TIMESTAMPTZ AT TIME ZONE 'UTC') AS year, components
          FROM read_json('{DATA}', format = 'newline_delimited', columns = {{
            title: 'VARCHAR', status: 'VARCHAR', updated: 'VARCHAR', components: 'VARCHAR[]'}})
          WHERE status IN ('Closed', 'Done', 'Resolved', 'Won''t Fix')
        ), component AS (SELECT key, year, unnest(components) AS c FROM done),
        hit AS ({cases}),
        share AS (SELECT *, 1.0 / count(*) OVER (PARTITION BY key) AS part FROM hit)
        SELECT year, stream, sum(part) FROM share GROUP BY ALL
        """
    ).fetchall()
    return {(y, s): float(n) for y, s, n in rows}


def test_the_score_by_year_equals_sums_made_by_hand(workspace: Workspace) -> None:
    book = open_book(workspace, at=START)
    wanted = by_hand()
    seen: dict[tuple[int, str], float] = {}
    for year in range(2007, 2026):
        from datetime import date

        ask = Question(by=By.STREAM, grain=Grain.ALL, unit=Unit.ITEM,
                       since=date(year, 1, 1), until=date(year, 12, 31))  # fmt: skip
        for cell in value_score(ask, book).cells:
            if cell.amounts.value:
                seen[(year, cell.key)] = cell.amounts.value / GRAIN
    assert seen.keys() == wanted.keys()
    # an equal split of three is 3334, 3333, 3333 ten-thousandths: at most 0.0001 an item apart
    for key, value in wanted.items():
        assert seen[key] == pytest.approx(value, abs=0.02), key


def test_importing_the_tracker_again_changes_nothing(workspace: Workspace) -> None:
    before = workspace.open_ledger().view().pins["records"]
    again = import_work(workspace, DATA, at=START)[0].report
    assert (again.new, again.changed, again.unchanged) == (0, 0, 10_052)
    assert workspace.open_ledger().view().pins["records"] == before
