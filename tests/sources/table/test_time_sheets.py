"""Time sheets, with everything that real ones have wrong with them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mainstem.errors import SourceError

HEAD = "Date,Person,Project,Issue key,Description,Hours\n"


def test_a_row_becomes_hours_on_its_item(read) -> None:
    got = read(HEAD + "2026-07-01,ann,Web,WEB-1,fix login,1.5\n")
    (record,) = got.records.values()
    assert (record["item_key"], str(record["day"]), record["person"], record["unit"], record["amount"]) == (
        "WEB-1", "2026-07-01", "ann", 1, 1_500_000,
    )  # fmt: skip
    assert got.items["WEB-1"]["project"] == "Web"


def test_without_a_key_project_and_title_make_an_item(read) -> None:
    got = read(
        "Date,Person,Project,Task,Hours\n2026-07-01,ann,Web,Fix login,1\n2026-07-02,bob,Web,Fix login,2\n"
    )
    assert list(got.items) == ["Web / Fix login"]
    assert got.items["Web / Fix login"]["title"] == "Fix login"
    assert got.hours == 3


def test_effort_on_nothing_named_is_kept_without_an_item(read) -> None:
    got = read("Date,Person,Hours\n2026-07-01,ann,1\n")
    assert got.items == {}
    assert [r["item_key"] for r in got.records.values()] == [None]


def test_reading_twice_gives_the_same_rows(read) -> None:
    text = HEAD + "2026-07-01,ann,Web,WEB-1,a,1\n" * 3 + "2026-07-01,bob,Web,WEB-1,a,2\n"
    assert read(text).records == read(text).records


def test_equal_rows_are_all_counted(read) -> None:
    assert read(HEAD + "2026-07-01,ann,Web,WEB-1,a,1\n" * 3).hours == 3


def test_a_changed_duration_keeps_its_row_key(read) -> None:
    before = read(HEAD + "2026-07-01,ann,Web,WEB-1,a,1\n2026-07-01,ann,Web,WEB-1,b,1\n")
    after = read(HEAD + "2026-07-01,ann,Web,WEB-1,a,2.5\n2026-07-01,ann,Web,WEB-1,b,1\n")
    assert before.records.keys() == after.records.keys()
    assert after.hours == 3.5


def test_the_row_key_does_not_depend_on_how_the_day_is_written(read) -> None:
    iso = read(HEAD + "2026-07-21,ann,Web,WEB-1,a,1\n")
    german = read((HEAD + "21.07.2026,ann,Web,WEB-1,a,1\n").replace(",", ";"))
    assert iso.records.keys() == german.records.keys()


def test_a_later_row_with_the_same_id_replaces_the_earlier_one(read) -> None:
    got = read(
        "Worklog ID,Date,Person,Issue key,Hours\n7,2026-07-01,ann,A-1,1\n7,2026-07-01,ann,A-1,2\n",
        row_id="Worklog ID",
    )
    assert got.hours == 2
    assert got.rejects == [("sheet.csv:2", "same row id as a later row", "7")]


def test_impossible_dates_are_rejected_with_their_line(read) -> None:
    got = read(
        HEAD
        + "2026-07-01,ann,Web,WEB-1,a,1\n"
        + "2026-02-31,ann,Web,WEB-1,a,1\n"
        + '2026-07-01,ann,Web,WEB-1,"two\nlines",1\n'
        + "\n"
        + "0202-07-01,ann,Web,WEB-1,a,1\n"
        + "9999-12-31,ann,Web,WEB-1,a,1\n"
        + ",ann,Web,WEB-1,total,1\n"
        + "2026-07-01,ann,Web,WEB-1,a,-1\n"
        + "2026-07-01,ann,Web,WEB-1,a,\n"
        + "2026-07-01,ann,Web,WEB-1,a,many\n"
    )
    assert got.staged.read == 9
    assert [(p, r) for p, r, _ in got.rejects] == [
        ("sheet.csv:3", "impossible date"),
        ("sheet.csv:7", "date out of bounds"),
        ("sheet.csv:8", "date out of bounds"),
        ("sheet.csv:9", "no date"),
        ("sheet.csv:10", "negative effort"),
        ("sheet.csv:11", "no effort"),
        ("sheet.csv:12", "effort not understood"),
    ]
    assert got.rejects[0][2] == "2026-02-31"
    assert "total" in got.rejects[3][2]


def test_ragged_rows_are_rejected_with_their_line(read) -> None:
    text = (
        HEAD
        + "2026-07-01,ann,Web,WEB-1,a,1\n2026-07-01,ann\n2026-07-01,ann,Web,WEB-1,a,1,x,y\n2026-02-30,ann,Web,WEB-1,a,1\n"
    )
    for ending, bom in (("\n", ""), ("\r\n", ""), ("\n", "\ufeff"), ("\r\n", "\ufeff")):
        got = read(bom + text.replace("\n", ending))
        assert sorted((p, r) for p, r, _ in got.rejects) == [
            ("sheet.csv:3", "too few columns"),
            ("sheet.csv:4", "too many columns"),
            ("sheet.csv:5", "impossible date"),
        ]
        assert got.staged.read == 4


def test_a_quote_that_is_never_closed_loses_only_what_is_behind_it(read) -> None:
    got = read(
        HEAD
        + '2026-07-01,ann,Web,WEB-1,a,1\n2026-07-01,ann,Web,WEB-1,"never,1\n2026-07-02,ann,Web,WEB-1,a,1\n'
    )
    assert got.hours == 1
    assert [r for _, r, _ in got.rejects] == ["quote never closed"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found(read, delimiter: str) -> None:
    text = (HEAD + "2026-07-01,ann,Web,WEB-1,a,1.5\n").replace(",", delimiter)
    assert read(text, "x.csv").hours == 1.5


def test_german_files_have_decimal_commas_and_dots_in_dates(read) -> None:
    got = read(
        "Datum;Mitarbeiter;Projekt;Tätigkeit;Stunden\n"
        "01.07.2026;Jürgen;Büro;Prüfung;1,5\n31.07.2026;Jürgen;Büro;Prüfung;1.234,25\n".encode(
            "cp1252"
        )
    )
    assert sorted(got.days) == ["2026-07-01", "2026-07-31"]
    assert got.hours == 1235.75
    assert "Windows-1252" in got.notes
    assert {r["person"] for r in got.records.values()} == {"Jürgen"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_found(read, encoding: str) -> None:
    text = HEAD + "2026-07-01,Zoë,Web,WEB-1,über,1\n"
    assert {r["person"] for r in read(text.encode(encoding)).records.values()} == {"Zoë"}


def test_a_stray_zero_byte_does_not_make_a_file_utf_16(read) -> None:
    got = read(b"Date,Person,Hours\n2026-07-01,an\0n,1\n2026-07-02,bob,2\n" + b"\0" * 60 + b"\n")
    assert got.hours == 3
    assert [r for _, r, _ in got.rejects] == ["too few columns"]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"PK\x03\x04\x14\0\0\0", "a ZIP archive or an Excel file"),
        (b"<!DOCTYPE html>\n<html>", "a web page"),
        (b"%PDF-1.7", "a PDF document"),
    ],
)
def test_what_is_no_text_at_all_is_said_by_its_name(read, start: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(start + b" some, more\nof, it\n")


def test_hours_without_a_day_are_not_called_no_time_spent(read) -> None:
    with pytest.raises(SourceError, match="'Hours' looks like time spent, but no column says"):
        read("Hours,Remark\n8,\n7,x\n")
    with pytest.raises(SourceError, match="'Start' and 'End' hold times of day"):
        read("Start,End,Person\n09:00,17:30,ann\n")


def test_a_foreign_letter_far_down_is_recoded_too(read) -> None:
    rows = "2026-07-01,ann,Web,WEB-1,plain,1\n" * 9000
    got = read((HEAD + rows + "2026-07-01,Zoë,Web,WEB-1,x,1\n").encode("cp1252"))
    assert got.staged.rejected == 0
    assert "Zoë" in {r["person"] for r in got.records.values()}
    assert "Windows-1252" in got.notes


def test_one_broken_byte_in_a_utf8_file_costs_only_its_row(read) -> None:
    good = "2026-07-01,Zoë,Web,WEB-1,ü,1\n".encode()
    got = read(HEAD.encode() + good + b"2026-07-01,b\xffd,Web,WEB-1,x,1\n", encoding="utf-8")
    assert got.hours == 1
    assert got.rejects[0][:2] == ("sheet.csv:3", "not UTF-8")


def test_what_excel_puts_before_the_header_is_left_out(read) -> None:
    got = read(
        "sep=;\n"
        + (HEAD + "2026-07-01,ann,Web,WEB-1,a,1\n2026-02-31,ann,Web,WEB-1,a,1\n").replace(",", ";")
    )
    assert got.hours == 1
    assert got.rejects[0][0] == "sheet.csv:4"


def test_lines_before_the_header_are_left_out_and_said(read) -> None:
    got = read(
        'Report for "May"\nMade by,ann\n\n'
        + HEAD
        + "2026-07-01,ann,Web,WEB-1,a,1\n2026-07-01,ann,Web,WEB-1,a,x\n"
    )
    assert got.hours == 1
    assert got.rejects[0][0] == "sheet.csv:6"
    assert "column names are on line" in got.notes


def test_repeated_names_and_a_delimiter_at_the_end_do_no_harm(read) -> None:
    got = read("Date,Person,Hours,Date,Note,\n2026-07-01,ann,1,2020-01-01,x,\n")
    assert got.days == ["2026-07-01"]
    got = read("Date,Person,Hours\n2026-07-01,ann,1,\n2026-07-02,ann,1,\n")
    assert got.hours == 2


def test_formulas_are_only_text(read) -> None:
    got = read(HEAD + '2026-07-01,"=cmd()",Web,WEB-1,"@SUM(A1)",1\n')
    assert [r["person"] for r in got.records.values()] == ["=cmd()"]


def test_blanks_around_a_name_do_not_make_another_person(read) -> None:
    got = read(
        HEAD
        + "2026-07-01,ann ,Web,WEB-1,a,1\n2026-07-01, ann,Web, WEB-1,a,1\n 2026-07-01,ann,Web,WEB-1,b, 1 \n"
    )
    assert {r["person"] for r in got.records.values()} == {"ann"}
    assert list(got.items) == ["WEB-1"]
    assert got.hours == 3


def test_a_huge_field_is_read(read) -> None:
    got = read(
        HEAD + f'2026-07-01,ann,Web,WEB-1,"{"x" * 3_000_000}",1\n2026-07-01,ann,Web,WEB-1,b,1\n'
    )
    assert got.hours == 2


def test_three_hundred_columns_are_read(read) -> None:
    names = ",".join(f"Custom {i}" for i in range(300))
    got = read(
        f"Date,Person,Issue key,Hours,{names}\n2026-07-01,ann,A-1,1,{','.join(str(i) for i in range(300))}\n"
    )
    assert len(got.items["A-1"]["fields"]) == 300


@pytest.mark.parametrize("text", ["", "\n\n", "   \n"])
def test_an_empty_file_is_an_error_in_words(read, text: str) -> None:
    with pytest.raises(SourceError, match="is empty"):
        read(text)


def test_a_header_alone_reads_nothing(read) -> None:
    got = read(HEAD)
    assert (got.staged.read, got.staged.rejected, len(got.records)) == (0, 0, 0)


def test_a_file_without_a_header_is_an_error_that_says_what_to_do(read) -> None:
    with pytest.raises(SourceError) as caught:
        read("2026-07-01,ann,1\n2026-07-02,ann,1\n")
    assert "header=" in caught.value.hint
    got = read(
        "2026-07-01,ann,1\n2026-07-02,ann,1\n",
        header="none",
        day="column 1",
        hours="column 3",
        rows="time",
    )
    assert got.hours == 2


def test_a_value_above_twelve_tells_the_order_of_day_and_month(read) -> None:
    day = read(HEAD + "1/7/2026,ann,Web,W-1,a,1\n25/7/2026,ann,Web,W-1,a,1\n")
    assert sorted(day.days) == ["2026-07-01", "2026-07-25"]
    month = read(HEAD + "1/7/2026,ann,Web,W-1,a,1\n7/25/2026,ann,Web,W-1,a,1\n")
    assert sorted(month.days) == ["2026-01-07", "2026-07-25"]
    assert "day or the month" not in day.notes + month.notes


def test_the_deciding_value_may_be_anywhere(read) -> None:
    text = HEAD + "1/7/2026,ann,Web,W-1,a,1\n" * 6000 + "25/7/2026,ann,Web,W-1,a,1\n"
    assert set(read(text).days) == {"2026-07-01", "2026-07-25"}


def test_where_nothing_decides_it_is_said(read) -> None:
    text = HEAD + "01/07/2026,ann,Web,W-1,a,1\n"
    assert read(text, timezone="Europe/Berlin").days == ["2026-07-01"]
    assert read(text, timezone="America/New_York").days == ["2026-01-07"]
    assert "day_first" in read(text).notes
    told = read(text, timezone="Europe/Berlin", day_first="false")
    assert told.days == ["2026-01-07"]
    assert "day_first" not in told.notes


def test_days_that_lie_together_tell_the_order(read) -> None:
    rows = "".join(f"0{d}/07/2026,ann,Web,W-1,a,1\n" for d in range(1, 10))
    got = read(HEAD + rows, timezone="America/New_York")
    assert {d[:7] for d in got.days} == {"2026-07"}
    assert "closer together" in got.notes


def test_dates_that_contradict_each_other_are_rejected_not_guessed(read) -> None:
    got = read(HEAD + "25/7/2026,a,W,W-1,a,1\n26/7/2026,a,W,W-1,a,1\n7/27/2026,a,W,W-1,a,1\n")
    assert [r for _, r, _ in got.rejects] == ["impossible date"]
    assert "contradict" in got.notes


def test_several_forms_in_one_column_are_all_read(read) -> None:
    got = read(
        HEAD
        + "".join(
            f"{d},ann,Web,W-1,a,1\n"
            for d in ("2026-07-01", "02.07.2026", '"Jul 3, 2026"', "46207", "2026-07-05 10:00")
        )
    )
    assert sorted(got.days) == [f"2026-07-0{i}" for i in range(1, 6)]


def test_a_stamp_with_an_offset_falls_on_the_day_of_the_organisation(read) -> None:
    text = (
        HEAD
        + "2026-07-01T23:30:00Z,ann,Web,W-1,a,1\n2026-07-01 23:30,ann,Web,W-1,b,1\n2026-07-01,ann,Web,W-1,c,1\n"
    )
    assert sorted(read(text, timezone="Europe/Berlin").days) == [
        "2026-07-01",
        "2026-07-01",
        "2026-07-02",
    ]
    assert sorted(read(text, timezone="UTC").days) == ["2026-07-01"] * 3


def test_start_and_end_give_the_hours_where_no_column_does(read) -> None:
    got = read(
        "Person,Project,Task,Start,End\nann,Web,a,2026-07-01 08:00,2026-07-01 09:30\n"
        "ann,Web,b,2026-07-01 23:00,2026-07-02 01:00\nann,Web,c,2026-07-01 10:00,2026-07-01 09:00\n"
        "ann,Web,d,2026-07-01 10:00,2026-07-03 10:00\n"
    )
    assert got.hours == 3.5
    assert Counter(r for _, r, _ in got.rejects) == {
        "negative effort": 1,
        "effort over 24 hours in one entry": 1,
    }


def test_the_unit_is_told_by_the_name_or_the_numbers_or_an_option(read) -> None:
    assert read("Date,Person,Time Spent Seconds\n2026-07-01,ann,5400\n").hours == 1.5
    assert read("Datum;Mitarbeiter;Dauer (Minuten)\n2026-07-01;ann;90\n").hours == 1.5
    assert read("Date,Person,Duration\n" + "2026-07-01,ann,5400\n" * 4).hours == 6
    assert read("Date,Person,Hours\n2026-07-01,ann,2\n", unit="days").hours == 16
    assert read("Date,Person,Hours\n2026-07-01,ann,2d\n", full_day="7.5").hours == 15


def test_a_stream_that_a_row_states_becomes_shares(read) -> None:
    got = read(
        'Date,Person,Issue key,Hours,Value stream\n2026-07-01,ann,A-1,1,checkout\n2026-07-01,ann,A-1,1,"checkout 60%, kind:debt 40%"\n2026-07-01,ann,A-1,1,\n'
    )
    assert sorted(str(i["shares"]) for i in got.items.values()) == [
        "{'checkout': 10000}",
        "{'checkout': 6000, 'kind:debt': 4000}",
        "{}",
    ]
    assert {i["parent"] for k, i in got.items.items() if k != "A-1"} == {"A-1"}


def test_robots_are_marked(read) -> None:
    got = read(
        "Date,Person,Issue key,Hours\n"
        + "".join(
            f"2026-07-01,{p},A-1,1\n" for p in ("dependabot[bot]", "ASF GitHub Bot", "Abbot", "ci")
        ),
        bots="ci, nobody",
    )
    assert {r["person"] for r in got.records.values() if r["bot"]} == {
        "dependabot[bot]",
        "ASF GitHub Bot",
        "ci",
    }


def test_a_file_name_with_wildcards_and_quotes_is_only_a_name(read) -> None:
    assert read(HEAD + "2026-07-01,ann,Web,WEB-1,a,1\n", "it's [May] *?.csv").hours == 1


def test_an_unknown_option_or_value_lists_what_is_allowed(read) -> None:
    for options, words in (
        ({"unti": "hours"}, "Did you mean unit"), ({"unit": "weeks"}, "cannot be 'weeks'"),
        ({"date": "2026-02-31"}, "cannot be"), ({"mapping": "jira-cvs"}, "jira-csv"),
        ({"hours": "Houres"}, "Did you mean 'Hours'"), ({"encoding": "klingon"}, "klingon"),
    ):  # fmt: skip
        with pytest.raises(SourceError) as caught:
            read(HEAD + "2026-07-01,ann,Web,WEB-1,a,1\n", **options)
        assert words in caught.value.message
        assert caught.value.hint


def test_a_zone_that_does_not_exist_is_an_error(read) -> None:
    with pytest.raises(SourceError, match="time zone"):
        read(HEAD, timezone="Mars/Olympus")


def test_packed_files_are_read(read, tmp_path: Path) -> None:
    import gzip

    text = HEAD + "2026-07-01,ann,Web,WEB-1,a,1\n2026-02-31,ann,Web,WEB-1,a,1\n"
    got = read(gzip.compress(text.encode()), "t.csv.gz")
    assert (got.hours, got.rejects[0][0]) == (1, "t.csv.gz:3")
    with pytest.raises(SourceError):
        read(b"\x1f\x8bbroken", "t.csv.gz")


CLOCKS = "Date,Start,End,Person,Break\n"


def test_start_and_end_as_times_of_the_day_give_the_hours(read) -> None:
    got = read(
        CLOCKS
        + "2026-07-01,09:00,17:30,ann,30\n2026-07-02,9:00 AM,5:15 pm,bob,\n2026-07-03,8h30,12h00,cy,0:15\n"
        + "2026-07-04,10:00,24:00,dee,1h\n2026-07-05,08:00:00,08:00:00,eva,0\n"
    )
    assert not got.rejects
    assert [r["amount"] / 10**6 for r in sorted(got.records.values(), key=lambda r: r["day"])] == [
        8, 8.25, 3.25, 13, 0,
    ]  # fmt: skip


def test_a_night_shift_ends_on_the_next_day(read) -> None:
    got = read(
        "Datum;Von;Bis;Mitarbeiter;Pause (min)\n01.07.2026;22:00;06:00;ann;30\n02.07.2026;17:00;9:00;bob;\n"
        "03.07.2026;17:00;8:59;cy;\n"
    )
    assert got.hours == 7.5 + 16 + 15.983333
    assert sorted(got.days) == ["2026-07-01", "2026-07-02", "2026-07-03"]


def test_times_of_day_that_make_no_span_are_rejected_with_the_reason(read) -> None:
    got = read(
        CLOCKS
        + "2026-07-01,09:00,17:00,ann,30m\n2026-07-02,09:00,08:00,ann,\n2026-07-03,09:00,soon,ann,\n"
        + "2026-07-04,09:00,10:00,ann,2h\n2026-07-05,09:00,10:00,ann,maybe\n2026-07-06,09:00,,ann,\n"
        + "soon,09:00,10:00,ann,\n"
    )
    assert got.hours == 7.5
    assert [(p.split(":")[1], r, s) for p, r, s in got.rejects] == [
        ("3", "end before start", "09:00 - 08:00"),
        ("4", "effort not understood", "09:00 - soon"),
        ("5", "break longer than the entry", "09:00 - 10:00, break 2h"),
        ("6", "break not understood", "09:00 - 10:00, break maybe"),
        ("7", "no effort", "2026-07-06 | ann | 09:00"),
        ("8", "date not understood", "soon"),
    ]


def test_a_shift_over_the_change_of_the_clock_has_the_hours_that_passed(read) -> None:
    text = "Date,Start,End,Person\n2026-03-28,22:00,06:00,ann\n2026-10-24,22:00,06:00,bob\n"
    amounts = {
        r["person"]: r["amount"] for r in read(text, timezone="Europe/Berlin").records.values()
    }
    assert amounts == {"ann": 7_000_000, "bob": 9_000_000}
    assert read(text).hours == 16


def test_times_of_day_beside_hours_or_without_a_day_are_left_alone(read) -> None:
    assert read("Date,Start,End,Break,Person,Hours\n2026-07-01,09:00,17:00,1:00,ann,2\n").hours == 2
    got = read("Key,Summary,Closed,Start,End\nWEB-1,Fix,2026-07-01,09:00,17:00\n")
    assert got.hours == 0 and not got.rejects


def test_times_of_day_can_be_mapped(read, tmp_path: Path) -> None:
    text = "Wann,Kam,Ging,Essen\n2026-07-01,09:00,17:00,45\n"
    named = {"day": "Wann", "start": "Kam", "end": "Ging", "break": "Essen"}
    assert read(text, **named, unit="minutes").hours == 7.25
    (tmp_path / "m.yaml").write_text(
        "rows: time\nunit: minutes\ncolumns: {day: Wann, start: Kam, end: Ging, break: Essen}\n"
    )
    assert read(text, mapping=str(tmp_path / "m.yaml")).hours == 7.25
    saved = tmp_path / "saved.yaml"
    assert read(CLOCKS + "2026-07-01,9:00,17:00,a,45\n", save_mapping=str(saved)).hours == 7.25
    assert "break: Break" in saved.read_text() and "unit: minutes" in saved.read_text()
    assert read(CLOCKS + "2026-07-02,9:00,17:00,a,20\n", mapping=str(saved)).hours == 7.666667


@pytest.mark.parametrize(
    "names",
    [
        "Mon 2026-07-06,Tue 2026-07-07,Wed 2026-07-08",
        "2026-07-06,2026-07-07,2026-07-08",
        "Mo,Di,Mi,Do,Fr",
        "Monday,Tuesday,Wednesday,Thursday",
        "6-Jul,7-Jul,8-Jul",
        "Mo 06.07.,Di 07.07.,Mi 08.07.",
        "1,2,3,4,5,6,7,8",
    ],
)
def test_a_column_for_each_day_is_refused_by_that_name(read, names: str) -> None:
    n = names.count(",") + 1
    for first in ("Person,Task", "Person,Project", "Name,Issue key"):
        text = f"Sheet of July\n{first},{names}\n" + f"ann,fix{',7.5' * n}\n" * 3
        with pytest.raises(SourceError, match="a column for each day") as refused:
            read(text)
        assert refused.value.code == "source.days_across" and "rows" in refused.value.hint


def test_dates_in_rows_without_column_names_are_no_columns_of_days(read) -> None:
    with pytest.raises(SourceError, match="no line with column names"):
        read("WEB-1,2026-07-01,2026-07-02,2026-07-03\nWEB-2,2026-07-01,2026-07-02,2026-07-03\n" * 2)
    got = read("Date,Person,Hours,Mon,Tue,Wed\n2026-07-01,ann,2,x,,\n")
    assert got.hours == 2


def test_days_from_and_to_are_a_span_of_an_item_and_no_hours(read) -> None:
    got = read("Title,Person,Start,End\nFix,ann,2026-07-01,2026-07-02\n")
    assert got.of(1) == {} and got.of(3).keys() == {"Fix#item"}
    stamps = "Date,Person,Start,End\n2026-07-01,ann,2026-07-01 9:00,2026-07-01 17:00\n"
    assert read("Title," + stamps.replace("\n2026", "\nFix,2026", 1)).hours == 8
