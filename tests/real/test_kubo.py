"""A public history of twelve years, with a plan written after the teams' own pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from mainstem.plan.model import RestKind, Unit
from mainstem.score.values import GRAIN, By, Grain, Question
from mainstem.services.plans.workspace import Workspace
from mainstem.services.scores.scoring import value_score
from mainstem.services.work.attributing import open_book
from mainstem.services.work.explaining import lumps
from mainstem.services.work.importing import import_work
from tests.world import START

DATA = Path(__file__).parents[2] / "../shared/data/git-ipfs-kubo/git-log-name-status.txt.gz"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the data set git-ipfs-kubo is not here")

# after the working groups' focus in the data set okr-ipfs, in our own words
PLAN = """
organisation: {name: Kubo, unit: item}
objectives:
  reach: {name: Content is found wherever it lies}
  ease: {name: Anybody can run a node}
streams:
  exchange:
    objective: reach
    claims: [{path: [/exchange/, /routing/, /bitswap/, /p2p/]}]
  content:
    objective: reach
    claims: [{path: [/merkledag/, /unixfs/, /blockservice/, /blocks/, /pin/, /namesys/]}]
  gateway:
    objective: ease
    claims: [{path: [/core/corehttp/, /gateway/]}]
  command-line:
    objective: ease
    claims: [{path: [/cmd/, /core/commands/, /commands/]}]
"""


def test_a_history_scores_by_stream_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "mainstem.yaml").write_text(PLAN)
    place = Workspace(tmp_path / "mainstem.yaml", None, tmp_path / "ledger")
    report = import_work(place, DATA, at=START)[0].report
    assert report.read == report.new == 15_943
    book = open_book(place, at=START)
    ask = Question(by=By.STREAM, grain=Grain.ALL, unit=Unit.ITEM)
    answer = value_score(ask, book)
    assert answer.total is not None
    whole = answer.total.amounts
    assert whole.units % GRAIN == 0 and 12_000 * GRAIN < whole.units < 12_400 * GRAIN
    assert sum(c.amounts.value for c in answer.cells) == whole.value > 1_000 * GRAIN
    assert whole.rest[RestKind.UNKNOWN] > 0
    years = value_score(Question(grain=Grain.QUARTER, unit=Unit.ITEM), book)
    assert sum(c.amounts.units for c in years.cells) == whole.units
    found, no_item, left = lumps(ask, book, most=10)
    assert sum(x.parts for x in found) + no_item + left == whole.unknown
    assert any(x.kind == "path" for x in found)
