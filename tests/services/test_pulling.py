"""A sync lands what is there, survives everything, and says what it did."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.errors import Conflict, SourceError
from mainstem.ledger.holdings import cursor_of, items_by_month, known_ids
from mainstem.ledger.store import Ledger, relation
from mainstem.services.sources import pulling
from mainstem.services.sources.proving import prove
from mainstem.sources.remote import Connection, Secret, Stopped, Watch
from tests.services.small_tracker import DAY, NOW, Tracker

OF = Connection("small", "small", {"page": "2"}, {"token": Secret("hush")})


@pytest.fixture
def tracker(monkeypatch):
    made = Tracker()
    monkeypatch.setattr(pulling, "make_connected", lambda kind: made)
    monkeypatch.setattr("mainstem.services.sources.proving.make_connected", lambda kind: made)
    return made


@pytest.fixture
def ledger(tmp_path):
    return Ledger.open(tmp_path / "ledger", make=True)


def watch() -> Watch:
    return Watch(NOW)


def held(ledger):
    """Items that are not gone (key → state) and effort (row key → amount), with the key of its item."""
    view = ledger.view()
    con = ledger.connect()
    try:
        items = con.execute(
            f"SELECT key, state FROM {relation(view.table('items'))} WHERE fields['gone'] IS NULL AND NOT stub"
        ).fetchall()
        rows = con.execute(
            f"SELECT row_key, amount, i.key FROM {relation(view.table('records'))} r"
            f" JOIN {relation(view.table('items'))} i USING (item)"
        ).fetchall()
    finally:
        con.close()
    assert len(rows) == len({r[0] for r in rows})
    return dict(items), {r[0]: r[1] for r in rows}, {r[0]: r[2] for r in rows}


def same(ledger, tracker):
    items, effort, _ = held(ledger)
    assert (items, effort) == tracker.truth()


def three(tracker):
    for ident in "123":
        tracker.put(ident)
        tracker.log(ident, "a", 2)


def test_the_first_sync_brings_everything_and_the_next_only_what_is_new(tracker, ledger):
    three(tracker)
    first = pulling.pull(OF, ledger, watch())
    assert (first.read, first.new, first.is_whole) == (3, 3, True)
    same(ledger, tracker)
    tracker.log("2", "b", 1)
    pages = tracker.pages
    second = pulling.pull(OF, ledger, watch())
    assert (second.read, second.new, second.changed) == (1, 0, 1)
    assert tracker.pages == pages + 1
    same(ledger, tracker)


def test_a_sync_that_finds_nothing_new_leaves_the_ledger_alone(tracker, ledger):
    three(tracker)
    first = pulling.pull(OF, ledger, watch())
    before = ledger.view().version
    again = pulling.pull(OF, ledger, watch(), kept=(first.landing, first.cursor))
    assert ledger.view().version == before and not again.has_landed
    assert again.landing == first.landing


def test_what_landed_before_a_failure_stays_and_the_next_sync_goes_on_after_it(
    tracker, ledger, monkeypatch
):
    monkeypatch.setattr(pulling, "LAND_ROWS", 2)
    for n in range(9):
        tracker.put(str(n))
    tracker.fails_after = 2
    with pytest.raises(SourceError, match="broke off"):
        pulling.pull(OF, ledger, watch())
    assert len(known_ids(ledger, "small")) == 4
    assert cursor_of(ledger.view(), "small")[1] == {"after": 4}
    tracker.fails_after, tracker.pages = None, 0
    pulling.pull(OF, ledger, watch())
    assert tracker.pages == 3
    same(ledger, tracker)


def test_a_sync_that_is_stopped_keeps_what_it_has(tracker, ledger):
    three(tracker)
    w = watch()
    w.progress = lambda done, total, words: None
    gathered = tracker.pull(OF, {}, w)
    next(gathered)
    w.stop.set()
    with pytest.raises(Stopped):
        next(gathered)


def test_time_that_is_taken_away_is_withdrawn_and_stays_readable(tracker, ledger):
    three(tracker)
    pulling.pull(OF, ledger, watch())
    tracker.unlog("1", "a")
    report = pulling.pull(OF, ledger, watch())
    assert report.withdrawn == 1
    same(ledger, tracker)


def test_an_issue_that_was_deleted_is_gone_with_its_effort_and_may_come_back(tracker, ledger):
    three(tracker)
    pulling.pull(OF, ledger, watch())
    kept = tracker.issues["2"]
    tracker.remove("2")
    report = pulling.pull(OF, ledger, watch())
    assert (report.gone, report.withdrawn) == (1, 1)
    assert "2" not in known_ids(ledger, "small")
    same(ledger, tracker)
    tracker.put("2", logs=kept.logs)
    pulling.pull(OF, ledger, watch())
    same(ledger, tracker)


def test_an_issue_that_is_deleted_after_its_page_was_read_leaves_no_effort_behind(tracker, ledger):
    three(tracker)
    tracker.deleted_while_read = "2"
    report = pulling.pull(OF, ledger, watch())
    same(ledger, tracker)
    assert report.read == report.new + report.changed + report.unchanged + report.rejected


def test_an_issue_without_effort_lands_also_where_another_was_read_twice(tracker, ledger):
    three(tracker)
    for log in "bcdefgh":
        tracker.log("1", log, 1)
    pulling.pull(OF, ledger, watch())
    for ident in "456":
        tracker.put(ident)
    tracker.shifted = "1"
    second = pulling.pull(OF, ledger, watch())
    assert (second.read, second.new) == (5, 3)
    same(ledger, tracker)


def test_an_issue_that_moves_takes_its_effort_along_under_its_new_key(tracker, ledger):
    three(tracker)
    pulling.pull(OF, ledger, watch())
    tracker.put("2", key="B-7")
    report = pulling.pull(OF, ledger, watch())
    assert report.gone == 1
    items, effort, on = held(ledger)
    assert (items, effort) == tracker.truth()
    assert on["2#log:a"] == "B-7"
    assert known_ids(ledger, "small")["2"] == "B-7"


def test_two_issues_that_change_keys_with_each_other_both_keep_their_effort(tracker, ledger):
    three(tracker)
    tracker.log("1", "b", 5)
    pulling.pull(OF, ledger, watch())
    tracker.put("1", key="A-2")
    tracker.put("2", key="A-1")
    pulling.pull(OF, ledger, watch())
    items, effort, on = held(ledger)
    assert (items, effort) == tracker.truth()
    assert (on["1#log:b"], on["2#log:a"]) == ("A-2", "A-1")


def test_an_issue_that_cannot_be_read_is_rejected_with_its_place(tracker, ledger):
    three(tracker)
    tracker.broken.add("2")
    report = pulling.pull(OF, ledger, watch())
    assert (report.read, report.new, report.rejected) == (3, 2, 1)
    assert report.reasons == {"cannot be read": (1, "A-2", "")}


def test_one_issue_can_be_read_anew_without_touching_the_cursor(tracker, ledger):
    three(tracker)
    pulling.pull(OF, ledger, watch())
    before = cursor_of(ledger.view(), "small")
    tracker.log("3", "b", 4)
    tracker.put("9")
    pulling.fetch(OF, ["A-3", "A-2"], ledger, watch())
    assert cursor_of(ledger.view(), "small") == before
    assert held(ledger)[1]["3#log:b"] == 4_000_000
    assert pulling.pull(OF, ledger, watch()).read == 2
    same(ledger, tracker)


def test_what_is_told_to_be_deleted_by_its_id_is_gone_under_its_key(tracker, ledger):
    three(tracker)
    pulling.pull(OF, ledger, watch())
    tracker.remove("2")
    assert pulling.fetch(OF, ["2"], ledger, watch()).gone == 1
    same(ledger, tracker)


def test_the_same_source_is_not_synced_twice_at_once(tracker, ledger):
    three(tracker)
    pulling.pull(OF, ledger, watch())
    with pulling._alone(ledger.root, "small"), pytest.raises(Conflict, match="already"):
        pulling.pull(OF, ledger, watch())


def test_what_a_sync_that_was_killed_had_gathered_is_cleared_away_by_the_next(tracker, ledger):
    three(tracker)
    for name in ("staging-small-abcd1234", "staging-small-b-abcd1234", "staging-abcd1234"):
        (ledger.root / name).mkdir()
    pulling.pull(OF, ledger, watch())
    # those of others may be in use
    assert sorted(p.name for p in ledger.root.glob("staging-*")) == [
        "staging-abcd1234", "staging-small-b-abcd1234",
    ]  # fmt: skip


def test_everything_can_be_read_again_from_the_beginning(tracker, ledger):
    three(tracker)
    pulling.pull(OF, ledger, watch())
    report = pulling.pull(OF, ledger, watch(), anew=True)
    assert (report.read, report.unchanged) == (3, 3)


def test_proof_lists_each_month_and_what_differs(tracker, ledger):
    three(tracker)
    for ident in "123":
        tracker.put(ident, created=NOW)
    pulling.pull(OF, ledger, watch())
    proof = prove(OF, ledger, watch())
    assert (proof.theirs, proof.ours, proof.differing) == (3, 3, ())
    tracker.put("4", created=NOW)
    proof = prove(OF, ledger, watch())
    assert [(r.type, r.month, r.theirs, r.ours) for r in proof.differing] == [
        ("task", "2026-11", 4, 3)
    ]
    assert "1 counts differ" in proof.sentence()
    assert items_by_month(ledger, "small") == [("task", "2026-11", 3)]


def test_a_test_ends_with_what_could_not_be_tested(tracker):
    tracker.fails_after = 0
    found = list(pulling.test(OF, watch()))
    assert [c.ok for c in found] == [True, False]
    assert found[1].hint == "Switch it on."


def test_a_secret_does_not_show_itself(tracker):
    assert "hush" not in repr(OF) and "hush" not in f"{OF.secrets!r}"


_ids = st.sampled_from("12345")
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("log"), _ids, st.sampled_from("ab"), st.integers(0, 3)),
        st.tuples(st.just("unlog"), _ids, st.sampled_from("ab")),
        st.tuples(st.just("done"), _ids, st.booleans()),
        st.tuples(st.just("move"), _ids, st.sampled_from(["A-1", "B-1", "B-2", "B-3"])),
        st.tuples(st.just("remove"), _ids),
        st.tuples(st.just("pull"), st.integers(0, 3)),
        st.tuples(st.just("fetch"), st.lists(_ids, min_size=1, max_size=2)),
    ),
    max_size=12,
)


def _do(tracker, ledger, step):
    what, *rest = step
    keys = {i.key for i in tracker.issues.values()}
    if what == "pull":
        tracker.fails_after = rest[0] or None
        with suppress(SourceError):
            pulling.pull(OF, ledger, watch())
        tracker.fails_after = None
    elif what == "fetch":
        pulling.fetch(
            OF, [tracker.issues[i].key for i in rest[0] if i in tracker.issues], ledger, watch()
        )
    elif what == "remove":
        if rest[0] in tracker.issues:
            tracker.remove(rest[0])
    else:
        ident = rest[0]
        if ident not in tracker.issues:
            if f"A-{ident}" in keys:
                return
            tracker.put(ident)
        if what == "log":
            tracker.log(ident, rest[1], rest[2])
        elif what == "unlog":
            tracker.unlog(ident, rest[1])
        elif what == "done":
            tracker.put(ident, done=NOW if rest[1] else None)
        elif what == "move" and rest[1] not in keys:
            tracker.put(ident, key=rest[1])


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=_steps)
def test_whatever_happens_in_between_the_ledger_ends_as_the_tracker_is(monkeypatch, steps):
    tracker = Tracker()
    monkeypatch.setattr(pulling, "make_connected", lambda kind: tracker)
    monkeypatch.setattr(pulling, "LAND_ROWS", 2)
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger.open(Path(folder) / "ledger", make=True)
        for step in steps:
            _do(tracker, ledger, step)
        pulling.pull(OF, ledger, watch())
        same(ledger, tracker)


def test_days_are_cut_in_the_zone_of_the_organisation(tracker, ledger):
    assert DAY.isoformat() == "2026-07-01"
    tracker.put("1", done=NOW.replace(hour=23))
    auckland = Connection("small", "small", {"page": "2"}, timezone="Pacific/Auckland")
    pulling.pull(auckland, ledger, watch())
    con = ledger.connect()
    days = con.execute(f"SELECT day FROM {relation(ledger.view().table('records'))}").fetchall()
    con.close()
    assert [d[0].isoformat() for d in days] == ["2026-11-03"]
