"""Kinds of files, folders, ready-made mappings, and mappings that are kept and used again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.sources.table.describing import describe_mapping
from mainstem.sources.table.header import guess_mapping
from mainstem.sources.table.mapping import (
    ROLES,
    UNITS,
    Mapping,
    load_mapping,
    read_mapping,
    ready_made,
    recognised,
    save_mapping,
    write_mapping,
)
from mainstem.sources.table.shares import parse_shares
from mainstem.sources.table.source import TableSource, source_name

SAMPLE = Path(__file__).parents[3] / "src" / "mainstem" / "sources" / "table" / "sample"


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_sheet_with_real_dates_times_and_numbers(read, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "May 2026.xlsx",
        Cover=[["Made by", None], [None, "ann"]],
        Times=[
            ["Timesheet"],
            [],
            ["Date", "Person", "Project", "Task", "Hours"],
            [dt.datetime(2026, 7, 1), "ann", "Web", "a", 1.5],
            [dt.datetime(2026, 7, 2, 8, 30), "ann", "Web", "b", dt.timedelta(hours=25, minutes=30)],
            [],
            [dt.date(2026, 7, 3), "ann", "Web", "c", dt.time(1, 15)],
            ["31.02.2026", "ann", "Web", "d", 2],
            ["Total", None, None, None, 30.25],
            [None, None, None, "sum", 30.25],
        ],
    )
    got = read(path, sheet="Times")
    assert got.hours == 28.25
    assert sorted(got.days) == ["2026-07-01", "2026-07-02", "2026-07-03"]
    assert [(p, r) for p, r, _ in got.rejects] == [
        ('May 2026.xlsx sheet "Times" row 8', "impossible date"),
        ('May 2026.xlsx sheet "Times" row 9', "date not understood"),
        ('May 2026.xlsx sheet "Times" row 10', "no date"),
    ]
    assert got.staged.source == "may"


def test_sheets_are_chosen_or_said(read, tmp_path: Path) -> None:
    head = ["Date", "Person", "Hours"]
    path = workbook(
        tmp_path / "t.xlsx",
        May=[head, [dt.date(2026, 5, 1), "ann", 1]],
        June=[head, [dt.date(2026, 6, 1), "ann", 2]],
    )
    first = read(path)
    assert first.hours == 1
    assert "only the sheet 'May' was read" in first.notes
    assert read(path, sheet="June").hours == 2
    assert read(path, sheet="2").hours == 2
    assert read(path, sheet="*").hours == 3
    with pytest.raises(SourceError, match="no sheet 'July'"):
        read(path, sheet="July")


def test_a_file_that_is_no_workbook_is_an_error(read) -> None:
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        read(b"not a zip", "x.xlsx")
    with pytest.raises(SourceError, match="is a web page, not a table"):
        read(b"<html><table><tr><td>Date</td></tr></table></html>", "x.xls")


def test_a_name_merged_over_several_rows_holds_for_each_and_a_number_does_not(
    read, tmp_path: Path
) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in (
        ["Hours of May", None, None, None],
        ["Person", "Date", "Task", "Hours"],
        ["ann", dt.date(2026, 5, 4), "a", 2],
        [None, None, "b", 3],
        [None, dt.date(2026, 5, 5), "c", 4],
        ["bob", dt.date(2026, 5, 5), "d", 8],
        ["bob", dt.date(2026, 5, 5), "e", None],
    ):
        sheet.append(row)
    for area in ("A1:D1", "A3:A5", "B3:B4", "D6:D7"):
        sheet.merge_cells(area)
    book.save(tmp_path / "merged.xlsx")
    got = read(tmp_path / "merged.xlsx")
    assert sorted((r["person"], str(r["day"]), r["amount"] // 10**6) for r in got.records.values()) == [
        ("ann", "2026-05-04", 2), ("ann", "2026-05-04", 3), ("ann", "2026-05-05", 4), ("bob", "2026-05-05", 8),
    ]  # fmt: skip
    assert [r for _, r, _ in got.rejects] == ["no effort"]


def test_parquet_with_types_structs_and_lists(read, tmp_path: Path) -> None:
    path = tmp_path / "work.parquet"
    duckdb.connect().execute(
        "COPY (SELECT 'A-' || i AS key, 'Done' AS status, DATE '2026-07-01' AS resolved, i::DOUBLE / 2 AS story_points,"
        " {'key': 'A', 'name': 'Alpha'} AS project, ['x', 'y'] AS labels, [{'name': 'c'}] AS components"
        f" FROM range(1, 4) t(i)) TO '{path}'"
    )
    got = read(path)
    assert got.items["A-1"]["project"] == "A"
    assert got.items["A-1"]["labels"] == ["x", "y"]
    assert got.items["A-1"]["components"] == ["c"]
    assert sum(r["amount"] for r in got.of(2).values()) == 3_000_000


def test_parquet_time_sheets_keep_exact_durations_and_moments(read, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    duckdb.connect().execute(
        "COPY (SELECT TIMESTAMPTZ '2026-07-01 22:30:00+00' AS work_date, 'ann' AS person, INTERVAL 90 MINUTE AS duration)"
        f" TO '{path}'"
    )
    got = read(path, timezone="Europe/Berlin")
    assert (got.hours, got.days) == (1.5, ["2026-07-02"])


def test_a_folder_is_one_import_in_which_overlaps_count_once(read, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    (folder / "deep").mkdir(parents=True)
    head = "Date,Person,Issue key,Hours\n"
    (folder / "1.csv").write_text(
        head + "2026-07-01,ann,A-1,1\n2026-07-02,ann,A-1,2\n2026-02-31,ann,A-1,1\n"
    )
    (folder / "deep" / "2.csv").write_text(head + "2026-07-02,ann,A-1,2.5\n2026-07-03,ann,A-2,4\n")
    (folder / "notes.txt").write_text("not a table")
    (folder / "metric.csv").write_text("day,downloads\n2026-07-01,5\n")
    (folder / ".hidden.csv").write_text("x")
    got = read(folder)
    assert got.hours == 7.5
    assert (got.staged.read, got.staged.accepted) == (5, 3)
    assert sorted((p, r) for p, r, _ in got.rejects) == [
        ("1.csv:3", "also in a later table"),
        ("1.csv:4", "impossible date"),
    ]
    assert "metric.csv was left out" in got.notes


def test_an_issue_in_two_exports_is_as_the_later_one_has_it(read, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    head = "Issue key,Issue Type,Status,Resolved\n"
    (folder / "1.csv").write_text(head + "A-1,Bug,In Progress,\nA-2,Bug,Done,2026-07-01\n")
    (folder / "2.csv").write_text(head + "A-1,Bug,Done,2026-07-02\n")
    got = read(folder)
    assert got.items["A-1"]["state"] == "Done"
    assert set(got.records) == {"A-1#item", "A-2#item"}
    assert [(p, r) for p, r, _ in got.rejects] == [("1.csv:2", "also in a later table")]


def test_what_a_plan_keeps_beside_itself_is_no_work(read, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    (folder / "plan").mkdir(parents=True)
    for name in ("mainstem.schema.json", "answers.jsonl", "decisions.jsonl"):
        (folder / "plan" / name).write_text('{"key": "A-1", "title": "x"}\n')
    (folder / "hours.csv").write_text("Date,Person,Hours\n2026-07-01,ann,1\n")
    got = read(folder)
    assert (got.staged.read, got.hours) == (1, 1)
    assert "left out" not in got.notes


def test_a_folder_without_tables_is_an_error(read, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="no table in empty"):
        read(tmp_path / "empty")


@pytest.mark.parametrize(
    ("name", "known"),
    [("a.csv", True), ("a.CSV.gz", True), ("a.jsonl.zst", True), ("a.xlsx", True), ("a.parquet", True),
     ("a.json", True), ("a.png", False), ("a.gz", False), ("Makefile", False)],
)  # fmt: skip
def test_tables_are_recognised_by_their_names(name: str, known: bool) -> None:
    assert TableSource().recognises(Path(name)) is known


def test_zstandard_is_read(read, tmp_path: Path) -> None:
    path = tmp_path / "t.csv.zst"
    duckdb.connect().execute(
        f"COPY (SELECT '2026-07-01' AS \"Date\", 'ann' AS \"Person\", 1 AS \"Hours\") TO '{path}' (FORMAT csv, COMPRESSION zstd)"
    )
    assert read(path).hours == 1


TOOLS = {
    "toggl": (
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (USD)\n"
        'Ann,ann@example.org,Acme,Web,,WEB-12 fix login,No,2026-07-01,08:00:00,2026-07-01,09:30:00,01:30:00,"debt, ui",\n'
        "Ann,ann@example.org,Acme,Web,,stand-up,No,2026-07-01,10:00:00,2026-07-01,10:15:00,00:15:00,,\n",
        1.75, {"WEB-12", "Web / stand-up"},
    ),
    "toggl, as its reports are called since 2024": (
        "Description,Billable,Duration,Member,Email,Project,Tags,Start date,Start time,Stop date,Stop time\n"
        'WEB-12 fix login,No,1:30:00,Ann,ann@example.org,Web,"debt, ui",2026-07-01,11:00 PM,2026-07-02,12:30 AM\n',
        1.5, {"WEB-12"},
    ),
    "clockify": (
        "Project,Client,Description,Task,User,Group,Email,Tags,Billable,Start Date,Start Time,End Date,End Time,Duration (h),Duration (decimal),Billable Rate (USD)\n"
        "Web,Acme,fix login,,Ann,Player,ann@example.org,,No,07/25/2026,08:00:00 AM,07/25/2026,09:20:00 AM,01:20:00,1.33,0\n",
        4 / 3, {"Web / fix login"},
    ),
    "harvest": (
        "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,Approved?,First Name,Last Name,Roles,Employee?\n"
        "2026-07-01,Acme,Web,W,Development,fix login,1.25,Yes,No,No,Ann,Lee,,Yes\n",
        1.25, {"Web / fix login [Development]"},
    ),
    "redmine-time": (
        "Projekt;Datum;Benutzer;Aktivität;Ticket;Kommentar;Stunden\n"
        'Web;01.07.2026;Ann Lee;Entwicklung;"Fehler #123: Anmeldung";"";1,25\nWeb;02.07.2026;Ann Lee;Planung;;Sitzung;0,75\n',
        2, {"123", "Web / Sitzung [Planung]"},
    ),
    "redmine-time, in French": (
        "Projet;Date;Créé;Semaine;Utilisateur;Activité;Demande;Commentaire;Heures\n"
        "Web;01/07/2026;01/07/2026 10:00;27;Élodie;Développement;Anomalie #123: connexion;fait;1,25\n",
        1.25, {"123"},
    ),
    "tempo": (
        "Issue Key,Issue summary,Hours,Work date,Username,Full name,Period,Project Key,Issue Type,Epic Link,Work Description,Worklog ID\n"
        "WEB-1,Fix,1.5,2026-07-01 08:30,ann,Ann Lee,0726,WEB,Bug,WEB-9,did it,5\n",
        1.5, {"WEB-1"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("tool", TOOLS)
def test_exports_of_time_trackers_are_known(read, tool: str) -> None:
    text, hours, items = TOOLS[tool]
    got = read(text)
    assert got.staged.source == tool.partition(",")[0]
    assert got.hours == pytest.approx(hours, abs=1e-6)
    assert set(got.items) == items
    assert got.staged.rejected == 0


def test_harvest_joins_first_and_last_name(read) -> None:
    assert {r["person"] for r in read(TOOLS["harvest"][0]).records.values()} == {"Ann Lee"}


def test_redmine_issues_are_known(read) -> None:
    got = read(
        "#;Project;Tracker;Parent task;Status;Priority;Subject;Assignee;Updated;Category;Start date;Spent time;Created;Closed\n"
        "7;Web;Bug;;Closed;High;Fix login;Ann;2026-07-02 10:00;Player;2026-07-01;2,50;2026-07-01 09:00;2026-07-02 10:00\n"
    )
    assert got.staged.source == "redmine-issues"
    assert {r["unit"]: r["amount"] for r in got.of(1).values()} == {1: 2_500_000}
    assert got.items["7"]["components"] == ["Player"]


def test_a_changed_tag_moves_the_entry_and_does_not_double_it(read) -> None:
    text = TOOLS["toggl"][0]
    before, after = read(text), read(text.replace(",,\n", ",ops,\n"))
    assert before.records.keys() == after.records.keys()
    assert set(before.items) != set(after.items)


@pytest.mark.parametrize("mapping", ready_made(), ids=lambda m: m.name)
def test_every_ready_made_mapping_is_whole(mapping: Mapping) -> None:
    assert mapping.name
    assert mapping.about
    assert load_mapping(mapping.name) == mapping
    assert read_mapping(write_mapping(mapping), "x") == mapping
    if mapping.recognise:
        assert recognised(lambda words: words in mapping.recognise) == mapping


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12
).filter(str.strip)


@given(
    columns=st.dictionaries(
        st.sampled_from(sorted(ROLES)), st.lists(NAMES, min_size=1, max_size=3).map(tuple)
    ),
    rows=st.sampled_from(["time", "issues"]),
    unit=st.sampled_from(UNITS),
    day_first=st.none() | st.booleans(),
    split=st.sampled_from(["", ",", ",;|"]),
)
def test_a_mapping_survives_its_file(columns, rows, unit, day_first, split) -> None:
    mapping = Mapping(
        name="m", columns=columns, rows=rows, unit=unit, day_first=day_first, split=split
    )
    assert read_mapping(write_mapping(mapping), "m.yaml") == mapping


def test_a_guess_is_shown_kept_and_used_again(read, tmp_path: Path) -> None:
    (shown,) = describe_mapping(SAMPLE / "timesheet.csv")
    text = shown.as_text()
    assert "hours" in text
    assert "called 'Hours'" in text
    kept = tmp_path / "mine.yaml"
    save_mapping(shown.mapping, kept)
    assert "# called 'Hours'" in kept.read_text()
    by_guess = read(SAMPLE / "timesheet.csv")
    by_file = read(SAMPLE / "timesheet.csv", mapping=str(kept))
    read(SAMPLE / "timesheet.csv", save_mapping=str(tmp_path / "again.yaml"))
    assert (tmp_path / "again.yaml").read_text() == kept.read_text()
    assert "hours ← Hours" in by_guess.notes
    assert by_file.records == by_guess.records
    assert by_file.staged.source == by_guess.staged.source == "timesheet"
    assert by_guess.hours == 11.25
    assert [p for p, _, _ in by_guess.rejects] == ["timesheet.csv:5"]


def test_the_sample_of_issues_is_read(read) -> None:
    got = read(SAMPLE / "issues.jsonl")
    assert got.items["WATCH-12"]["components"] == ["player"]
    assert set(got.records) == {"WATCH-12#item", "WATCH-12#points"}


def test_a_column_that_is_not_there_is_named_with_those_that_are(read, tmp_path: Path) -> None:
    kept = tmp_path / "m.yaml"
    kept.write_text("rows: time\ncolumns: {key: Isue key, day: Date, hours: Hours}\n")
    with pytest.raises(SourceError) as caught:
        read("Date,Issue key,Hours\n2026-07-01,A-1,1\n", mapping=str(kept))
    assert "Did you mean 'Issue key'?" in caught.value.message
    assert "'Date', 'Issue key', 'Hours'" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns: [a]", "not a mapping"), ("a: [", "not YAML"), ("", "not a mapping"),
        ("columns: {keys: a}", "Did you mean 'key'"), ("columns: {key: a}\nunits: hours", "Did you mean 'unit'"),
        ("columns: {key: a}\nunit: weeks", "'weeks' is not allowed"), ("columns: {key: a}\nrows: x", "not allowed"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_file_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_mapping(text, "m.yaml")
    assert words in caught.value.message


def test_every_guess_has_a_reason() -> None:
    mapping = guess_mapping(
        ["Date", "Who", "What for", "Ticket", "Hours"], [["2026-07-01", "ann", "x", "A-1", "1"]]
    )
    assert mapping.rows == "time"
    assert mapping.columns.keys() == mapping.reasons.keys() == {"day", "person", "key", "hours"}


@pytest.mark.parametrize(
    ("file", "mappings", "source"),
    [
        ("timesheet-2026-07.csv", [""], "timesheet"), ("Team A 2026-07-31 (2).csv.gz", [""], "team-a"),
        ("2026.csv", [""], "2026"), ("export.csv", ["jira-csv"], "jira-csv"), ("exports", ["jira-csv", ""], "exports"),
    ],
)  # fmt: skip
def test_exports_of_one_program_land_under_one_name(
    file: str, mappings: list[str], source: str
) -> None:
    assert source_name(Path(file), mappings) == source


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("checkout", {"checkout": 10_000}),
        ("a, b, c", {"a": 3_334, "b": 3_333, "c": 3_333}),
        ("a 60%, kind:debt 40%", {"a": 6_000, "kind:debt": 4_000}),
        ("a=25", {"a": 2_500}),
        ("a: 0.5; b: 0.25", {"a": 5_000, "b": 2_500}),
        ("a 60%, b 60%", None),
        ("a 60%, b", None),
    ],
)
def test_stated_streams(text: str, shares: dict[str, int] | None) -> None:
    assert parse_shares(text) == shares
