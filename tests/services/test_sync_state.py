"""What is remembered of a source between two syncs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mainstem.services.sources.sync_state import (
    PROOF,
    SyncState,
    began,
    ended_well,
    failed,
    is_proof_due,
    proved,
)

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_sync_that_goes_well_after_one_that_failed_leaves_nothing_of_the_failure():
    broken = failed(began(SyncState(), AT), "No answer.", "Look.", AT, is_permanent=True)
    assert (broken.failed, broken.is_permanent, broken.well) == ("No answer. Look.", True, "")
    again = began(broken, AT + timedelta(hours=1))
    assert not again.ended and again.failed
    well = ended_well(again, {"read": 3}, AT + timedelta(hours=2))
    assert (well.failed, well.is_permanent, well.report) == ("", False, {"read": 3})
    assert well.ended == well.well == "2026-11-23T10:00:00+00:00"


def test_a_proof_is_due_at_first_and_once_the_last_one_is_old_enough():
    assert is_proof_due(SyncState(), AT)
    state = proved(SyncState(), {"differs": 0}, AT)
    assert not is_proof_due(state, AT + PROOF - timedelta(seconds=1))
    assert is_proof_due(state, AT + PROOF)
    assert state.proof == {"differs": 0}
