"""Whatever goes wrong between us and GitLab, in the end the ledger has what GitLab has."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from mainstem.sources.remote import Meter
from tests.sources.gitlab.fold import Fold, connection, pull, pull_through
from tests.standin.gitlab import DOING, GitLabStandIn
from tests.standin.server import Faults, seeds


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)


def agrees(fold: Fold, world: GitLabStandIn, at: datetime, **given: str) -> None:
    items, rows = world.truth(at=at, **given)
    for item in items.values():
        del item["person"]
    ours = fold.shown()
    assert ours[0] == items
    assert ours[1] == rows


def test_a_first_sync_brings_everything_and_a_second_one_nothing() -> None:
    at = datetime.now(UTC)
    with GitLabStandIn(seed=1) as world:
        of, fold = connection(world.url, in_progress=DOING), Fold()
        assert pull(of, fold, at=at)
        agrees(fold, world, at, working=DOING)
        assert not fold.rejects and not fold.gone
        read, meter = fold.read, Meter()
        assert pull(of, fold, at=at, meter=meter)
        assert fold.read == read
        assert pull(of, fold, at=at, meter=meter)
        agrees(fold, world, at, working=DOING)


def test_a_long_first_sync_that_dies_often_goes_on_and_repeats_little() -> None:
    at = datetime.now(UTC)
    with GitLabStandIn(seed=2, issues=900, merge_requests=300) as world:
        of, fold = connection(world.url), Fold()
        syncs = 0
        while not pull(of, fold, at=at, most=2):
            syncs += 1
        assert syncs > 4
        agrees(fold, world, at)
        assert fold.read < 1.35 * len(fold.items)


@pytest.mark.parametrize("seed", seeds())
def test_faults_and_changes_leave_nothing_out_and_nothing_twice(seed: int) -> None:
    at, rng = datetime.now(UTC), random.Random(seed)
    world = GitLabStandIn(
        Faults.schedule(seed), seed=seed, issues=rng.choice((30, 130, 260)), merge_requests=40,
        graphql=seed % 3 != 0, premium=seed % 4 != 0,
    )  # fmt: skip
    with world:
        working = DOING if seed % 2 else ""
        of = connection(
            world.url, roll_call="0", in_progress=working, files="no",
            projects="shop/*" if seed % 5 else "shop/web\nshop/api\nshop/ops/tools",
        )  # fmt: skip
        kinds = ("issues", "merge_requests") + (("epics",) if seed % 5 else ())
        fold = Fold()
        for _ in range(rng.randint(1, 4)):
            pull_through(of, fold, rng.choice((None, None, 3)), at)
            for _ in range(rng.randint(0, 8)):
                world.change(world.rng)
        world.faults = Faults()
        assert pull(of, fold, at=at)
        agrees(fold, world, at, working=working, kinds=kinds)
