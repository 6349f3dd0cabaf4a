"""Which issue a work log belongs to: a file that may be lost, but never lies."""

from __future__ import annotations

from pathlib import Path

from mainstem.sources.jira.kept_logs import KeptLogs


def test_what_was_put_is_found_by_a_cursor_of_the_same_name(tmp_path: Path) -> None:
    kept = KeptLogs(str(tmp_path), "")
    assert not kept.whole
    name = kept.begin()
    kept.put([(str(n), str(n // 2), f"2026-01-{n % 28 + 1:02d}") for n in range(2_000)])
    kept.close()
    again = KeptLogs(str(tmp_path), name)
    assert again.whole and again.issues_of(["7", "1999", "5000"]) == {"7": "3", "1999": "999"}
    assert "27" in again.since("2026-01-28") and "0" not in again.since("2026-01-28")


def test_a_file_of_another_cursor_may_have_gaps(tmp_path: Path) -> None:
    KeptLogs(str(tmp_path), "").begin()
    assert not KeptLogs(str(tmp_path), "other").whole


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "work-logs.sqlite").write_bytes(b"not a database, by far" * 100)
    kept = KeptLogs(str(tmp_path), "x")
    assert not kept.whole and kept.begin()


def test_a_file_that_is_damaged_while_it_is_used_is_as_none(tmp_path: Path) -> None:
    kept = KeptLogs(str(tmp_path), "")
    kept.begin()
    (tmp_path / "work-logs.sqlite").write_bytes(b"not a database, by far" * 1_000)
    kept.put([("1", "2", "")])
    assert kept.issues_of(["1"]) == {} and not kept.whole


def test_without_a_folder_nothing_is_remembered() -> None:
    kept = KeptLogs("", "x")
    assert kept.begin() == "" and not kept.whole
    kept.put([("1", "2", "")])
    assert kept.issues_of(["1"]) == {} and kept.since("") == set()
