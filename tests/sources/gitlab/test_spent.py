from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.sources.gitlab.spent import Entry, Spent, net, of_notes, of_timelogs

UTC = ZoneInfo("UTC")
MONDAY = date(2026, 3, 2)


def netted(*entries: tuple[str, int, int]) -> Spent:
    rows = [Entry(n, who, MONDAY + timedelta(days=on), s) for n, (who, on, s) in enumerate(entries)]
    return net(rows, "shop/web#1", lambda person: False)


def left(spent: Spent) -> dict[tuple[str | None, int], float]:
    return {(log.person, (log.on - MONDAY).days): log.seconds for log in spent.logs}


def test_a_correction_of_the_same_day_is_netted() -> None:
    assert left(netted(("ada", 0, 3_600), ("bo", 0, 900), ("ada", 0, -600))) == {
        ("ada", 0): 3_000, ("bo", 0): 900,
    }  # fmt: skip


def test_a_correction_of_another_day_takes_from_the_latest_days_first() -> None:
    spent = netted(("ada", 0, 3_600), ("ada", 1, 1_800), ("bo", 1, 900), ("ada", 2, -2_400))
    assert left(spent) == {("ada", 0): 3_000, ("bo", 1): 900}
    assert spent.rejects == ()


def test_taking_all_back_ends_what_everybody_had_logged() -> None:
    spent = netted(("ada", 0, 3_600), ("bo", 0, 900), ("cy", 3, -4_500), ("bo", 4, 60))
    assert left(spent) == {("bo", 4): 60}
    assert spent.rejects == ()


def test_what_somebody_never_had_is_refused_with_a_reason() -> None:
    spent = netted(("ada", 0, 3_600), ("bo", 1, -600))
    assert left(spent) == {("ada", 0): 3_600}
    assert [(r.reason, r.sample) for r in spent.rejects] == [
        ("more time was taken back than this person had logged", "600")
    ]


entries = st.lists(
    st.tuples(st.sampled_from(["ada", "bo", "cy"]), st.integers(0, 4), st.integers(-5_000, 9_000))
)


@given(entries)
def test_what_is_left_is_what_gitlab_shows_apart_from_what_was_refused(
    rows: list[tuple[str, int, int]],
) -> None:
    """GitLab refuses to take back more than there is; so only such stories are told."""
    told, total = [], 0
    for row in rows:
        if total + row[2] >= 0:
            told.append(row)
            total += row[2]
    spent = netted(*told)
    refused = sum(int(reject.sample) for reject in spent.rejects)
    assert sum(log.seconds for log in spent.logs) == total + refused
    assert all(log.seconds > 0 for log in spent.logs)


def note(number: int, body: str, **more: Any) -> dict[str, Any]:
    made = {"id": number, "system": True, "created_at": f"2026-03-0{number}T10:00:00Z"}
    return {**made, "author": {"username": "ada"}, "body": body, **more}


@pytest.mark.parametrize(
    ("body", "seconds", "on"),
    [
        ("added 1h of time spent at 2026-01-02", 3_600, "2026-01-02"),
        ("added 1mo 2w 3d 4h 5m 6s of time spent", 965_106, "2026-03-01"),
        ("added 1h 30m of time spent at 2026-01-02 23:30:00 UTC", 5_400, "2026-01-02"),
        ("subtracted 15m of time spent at 2026-01-02", -900, "2026-01-02"),
        ("deleted 30m of spent time from 2026-01-02", -1_800, "2026-01-02"),
        ("Added 1h of time spent", None, ""),
        ("changed time estimate to 2h", None, ""),
    ],
)
def test_notes_of_time_are_read_in_gitlabs_words(body: str, seconds: int | None, on: str) -> None:
    found, rejects = of_notes([note(1, body)], "shop/web#1", UTC)
    assert not rejects
    if seconds is None:
        assert not found
    else:
        assert [(e.seconds, e.on.isoformat()) for e in found] == [(seconds, on)]


def test_the_days_of_notes_with_a_time_of_day_are_cut_in_the_zone() -> None:
    body = "added 1h of time spent at 2026-01-02 23:30:00 UTC"
    found, _ = of_notes([note(1, body)], "shop/web#1", ZoneInfo("Asia/Tokyo"))
    assert found[0].on == date(2026, 1, 3)


def test_removed_time_ends_what_the_notes_before_it_tell() -> None:
    notes = [note(1, "added 1h of time spent"), note(2, "removed time spent"),
             note(3, "added 5m of time spent")]  # fmt: skip
    found, _ = of_notes(notes, "shop/web#1", UTC)
    assert [e.seconds for e in found] == [300]


def test_what_people_write_themselves_is_no_time() -> None:
    notes = [note(1, "added 1h of time spent", system=False)]
    assert of_notes(notes, "shop/web#1", UTC) == ([], [])


def test_an_entry_that_comes_twice_counts_once() -> None:
    entry = {"id": "gid://gitlab/Timelog/5", "spentAt": "2026-03-02T10:00:00Z", "timeSpent": 60,
             "user": None}  # fmt: skip
    found, _ = of_timelogs([entry, entry], "shop/web#1", UTC)
    assert [(e.person, e.seconds) for e in found] == [("ghost", 60)]


def test_a_deleted_entry_is_that_of_whoever_logged_it() -> None:
    cy = {"author": {"username": "cy"}}
    notes = [note(1, "added 1h of time spent at 2026-01-02"),
             note(2, "added 1h of time spent at 2026-01-02", **cy),
             note(3, "added 30m of time spent at 2026-01-03"),
             note(4, "deleted 30m of spent time from 2026-01-03", **cy),
             note(5, "deleted 1h of spent time from 2026-01-02", **cy)]  # fmt: skip
    found, rejects = of_notes(notes, "shop/web#1", UTC)
    assert [(e.person, e.seconds, e.on) for e in found] == [("ada", 3_600, date(2026, 1, 2))]
    assert not rejects and not net(found, "shop/web#1", lambda person: False).rejects
