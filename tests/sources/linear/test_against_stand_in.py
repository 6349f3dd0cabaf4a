"""Whatever goes wrong between us and Linear, in the end the ledger has what Linear has."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from mainstem.sources.remote import Meter
from tests.sources.linear.fold import Fold, connection, pull, pull_through
from tests.sources.linear.stand_in import LinearStandIn
from tests.standin.server import Faults, seeds


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)


@pytest.mark.parametrize("ascending", [False, True])
def test_a_first_sync_brings_everything_and_a_second_one_nothing(ascending: bool) -> None:
    at = datetime.now(UTC)
    with LinearStandIn(seed=1, issues=450, ascending=ascending) as world:
        of, fold = connection(world.url), Fold()
        assert pull(of, fold, at=at)
        assert fold.shown() == world.truth(at)
        assert not fold.rejects and not fold.gone
        meter, read = Meter(), fold.read
        assert pull(of, fold, at=at, meter=meter)
        assert (fold.read, meter.requests) == (read, 1)


def test_a_long_first_sync_that_dies_often_goes_on_and_repeats_little() -> None:
    at = datetime.now(UTC)
    with LinearStandIn(seed=2, issues=1_500) as world:
        of, fold = connection(world.url), Fold()
        syncs = 0
        while not pull(of, fold, at=at, most=6):
            syncs += 1
        assert syncs >= 2
        assert fold.shown() == world.truth(at)
        assert fold.read < 1.5 * len(fold.items)


@pytest.mark.parametrize("seed", seeds())
def test_faults_and_changes_leave_nothing_out_and_nothing_twice(seed: int) -> None:
    at, rng = datetime.now(UTC), random.Random(seed)
    world = LinearStandIn(
        Faults.schedule(seed), seed=seed, issues=rng.choice((30, 130, 330)), ascending=seed % 4 == 0
    )
    with world:
        teams = ("ENG", "OPS") if seed % 3 else ()
        of, fold = connection(world.url, roll_call="0", teams="\n".join(teams)), Fold()
        for _ in range(rng.randint(1, 4)):
            pull_through(of, fold, rng.choice((None, None, 2)), at)
            for _ in range(rng.randint(0, 8)):
                world.change(world.rng)
        world.faults = Faults()
        assert pull(of, fold, at=at)
        assert fold.shown() == (world.truth(at, teams) if teams else world.truth(at))
