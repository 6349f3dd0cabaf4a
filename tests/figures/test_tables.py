"""Tables: CSV that no spreadsheet runs, Markdown, JSON and the flat rows of an answer."""

import base64
import csv
import io
import json
from datetime import date
from fractions import Fraction
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.figures.tables import (
    ANSWER_COLUMNS,
    answer_rows,
    data_link,
    to_csv,
    to_json,
    to_markdown,
)
from mainstem.plan.model import RestKind
from mainstem.score.values import GRAIN
from tests.figures.report_samples import sample_report_data

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    rows = list(csv.reader(io.StringIO(to_csv(["x"], [[f"{start}1+1"]]), newline="")))
    assert rows[1] == [f"'{start}1+1"]


def test_a_column_name_is_no_formula_either():
    assert to_csv(["=x"], []) == "'=x\r\n"


def test_negative_numbers_stay_numbers():
    assert to_csv(["a", "b"], [[-3, -2.5]]) == "a,b\r\n-3,-2.5\r\n"


def test_days_nothing_and_truth_have_one_form():
    row = [date(2026, 7, 1), None, True, Fraction(1, 4), 3.0]
    assert to_csv(["a"] * 5, [row]).splitlines()[1] == "2026-07-01,,true,0.25,3"


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_csv_reads_back_as_it_was_but_for_the_apostrophes(rows):
    read = list(csv.reader(io.StringIO(to_csv(["a", "b"], rows), newline="")))
    assert len(read) == len(rows) + 1
    for given_row, found in zip(rows, read[1:], strict=True):
        for before, after in zip(given_row, found, strict=True):
            assert after in (before, f"'{before}")
            assert not after.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(TEXTS)
def test_a_data_link_holds_the_csv(text):
    link = data_link(["name"], [[text]])
    head, _, body = link.partition(",")
    found = base64.b64decode(body).decode() if head.endswith("base64") else unquote(body)
    assert found == "\ufeff" + to_csv(["name"], [[text]])
    assert not set(link) & set('"<> \n')


def test_markdown_cells_cannot_break_the_table_or_act():
    table = to_markdown(["a|b", "n"], [["<b>x</b>|\ny `z` [l](u)", 1.5], ["", 2]])
    lines = table.splitlines()
    assert lines[1] == "| --- | ---: |"
    assert lines[2] == "| &lt;b&gt;x&lt;/b&gt;\\| y \\`z\\` \\[l\\](u) | 1.5 |"


def test_an_answers_rows_hold_every_kind_and_add_up_to_the_units():
    answer = sample_report_data().teams
    columns, rows = answer_rows(answer)
    assert columns == ANSWER_COLUMNS
    kinds = [str(kind) for kind in RestKind]
    for row in rows:
        found = dict(zip(columns, row, strict=True))
        whole = found["value"] + found["elsewhere"] + sum(found[kind] for kind in kinds)
        assert whole == pytest.approx(found["units"])


def test_the_last_day_of_a_row_is_included():
    columns, rows = answer_rows(sample_report_data().teams)
    assert rows[0][columns.index("last_day")] == date(2026, 9, 30)


def test_json_carries_the_question_the_whole_and_the_versions():
    answer = sample_report_data().streams
    body = json.loads(to_json(answer))
    assert body["schema"] == "mainstem.answer/1"
    assert body["question"]["by"] == "stream"
    assert body["question"]["unit"] == "person_day"
    assert body["total"]["units"] == pytest.approx(answer.total.amounts.units / GRAIN)
    assert [row["key"] for row in body["rows"]] == [cell.key for cell in answer.cells]


def test_json_of_nothing_has_no_total():
    body = json.loads(to_json(sample_report_data("empty").weeks))
    assert body["total"] is None
    assert body["rows"] == []
