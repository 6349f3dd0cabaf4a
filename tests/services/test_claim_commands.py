"""`mainstem claim try` and `mainstem unattributed --trend`, beside a plan of text."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from mainstem.cli.main import app
from mainstem.clock import now
from tests.world import World, effort, item

PLAN = """\
organisation: {unit: hour}
streams:
  start: {name: Start fast, claims: [{label: start}]}
  pay: {name: Pay, claims: [{component: Pay}]}
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "mainstem.yaml").write_text(PLAN)
    world = World(tmp_path)
    world.land(
        [item("K-1", labels=["start"]), item("K-2", labels=["spike"], title="Try a codec"),
         item("K-3", labels=["spike"], components=["Pay"])],
        [effort(f"K-{n}", n, day=str(now().date() - timedelta(days=9))) for n in (1, 2, 3)],
    )  # fmt: skip
    monkeypatch.chdir(tmp_path)

    def said(*words, code=0):
        where = ("--plan", str(tmp_path / "mainstem.yaml"), "--ledger", str(tmp_path / "ledger"))
        done = CliRunner().invoke(app, [*words, *where])
        assert done.exit_code == code, f"{done.output} {done.exception!r}"
        return done.output.replace("\u202f", " ").replace("\u00a0", " ")

    return said


def test_a_claim_is_tried_before_it_is_written(run):
    told = run("claim", "try", "--stream", "start", "--label", "spike")
    assert "label spike matches 2 items, 2 with effort" in told
    assert "Start fast would gain 5 hours on 2 items" in told
    assert "Value Score 67 % → 100 %" in told
    assert "taken from a weaker claim" in told


def test_the_same_as_json(run):
    told = json.loads(run("claim", "try", "--stream", "start", "--claim", "label: spike", "--json"))
    assert told["claim"] == "- label: spike"
    assert {m["target"]: m["units"] for m in told["loses"]} == {"kind:unknown": 2, "stream:pay": 3}
    assert told["after"] == {"point": 1, "low": 1, "high": 1}


def test_a_kind_takes_only_what_nothing_speaks_for(run):
    told = json.loads(run("claim", "try", "--kind", "debt", "--label", "spike", "--json"))
    assert (told["items"], told["gained"]) == (2, 2)


def test_it_must_be_said_for_what_the_claim_is(run):
    run("claim", "try", "--label", "spike", code=1)
    run("claim", "try", "--stream", "start", "--kind", "debt", "--label", "spike", code=1)


def test_the_trend_of_the_unknown(run):
    assert "33 %" in run("unattributed", "--trend")
    assert json.loads(run("unattributed", "--trend", "--format", "json"))["unit"] == "hour"
