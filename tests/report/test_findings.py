"""Findings as text, JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.plan.findings import Finding, Place, Severity
from mainstem.report.findings import Format, exit_code, render, renderables, summary

B, W, I = Severity.BLOCKS, Severity.WARNS, Severity.INFO  # noqa: E741
PLACE = Place(PurePosixPath("plan/streams.yaml"), 12, 5)
BLOCKING = Finding(
    "S01",
    B,
    "streams/start-fast",
    "Stream start-fast has no metric.",
    "A stream without a metric cannot say whether it delivers.",
    "Add `metric:`.",
    ("metric", 0),
    place=PLACE,
    statements=("D-S03",),
)
WARNING = Finding("S13", W, "streams/start-fast", "No guardrail.", place=PLACE)
NOTE = Finding("S14", I, "objectives/o", "Long.")
ACCEPTED = replace(BLOCKING, accepted="metric comes in March")
ALL = [BLOCKING, WARNING, NOTE, ACCEPTED]
NASTY = st.text("a:,%\n\r\t\x1b[]{}()<>&\"'\u202e\u2028`\\|;é\U0001f600", max_size=12)


def sarif(*findings: Finding, **options: Any) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render(findings, Format.SARIF, **options))
    return log


@pytest.mark.parametrize(
    ("findings", "normal", "strict"),
    [
        ([], 0, 0),
        ([NOTE], 0, 0),
        ([WARNING], 0, 1),
        ([BLOCKING], 1, 1),
        ([ACCEPTED], 0, 0),
        ([replace(WARNING, accepted="so be it")], 0, 0),
        ([ACCEPTED, NOTE, BLOCKING], 1, 1),
    ],
)
def test_the_exit_code_is_one_when_something_blocks_that_nobody_accepted(
    findings: list[Finding], normal: int, strict: int
) -> None:
    assert exit_code(findings) == normal
    assert exit_code(findings, strict=True) == strict


def test_text_starts_each_finding_with_its_place_and_says_why_and_what_to_do() -> None:
    assert render([BLOCKING, WARNING], "text") == (
        "plan/streams.yaml:12:5 S01 blocks Stream start-fast has no metric.\n"
        "    why: A stream without a metric cannot say whether it delivers.\n"
        "    hint: Add `metric:`.\n"
        "plan/streams.yaml:12:5 S13 warns No guardrail.\n"
        "\n"
        "1 blocks, 1 warns.\n"
    )


def test_text_groups_by_file_and_names_the_subject_where_there_is_no_place() -> None:
    other = replace(WARNING, place=Place(PurePosixPath("plan/a.yaml"), 1, 1))
    lines = render([WARNING, other, NOTE, BLOCKING], "text").splitlines()
    starts = [line.split(" ")[0] for line in lines if line and not line.startswith(" ")]
    assert starts[:4] == [
        "objectives/o",
        "plan/a.yaml:1:1",
        "plan/streams.yaml:12:5",
        "plan/streams.yaml:12:5",
    ]


def test_text_shows_the_reason_of_an_accepted_finding_instead_of_the_hint() -> None:
    text = render([ACCEPTED], "text")
    assert "S01 accepted Stream" in text
    assert "because: metric comes in March" in text
    assert "hint:" not in text


def test_nothing_found_is_said() -> None:
    assert render([], "text") == "Nothing found.\n"
    assert render([], "github") == ""
    assert summary([BLOCKING, BLOCKING, NOTE, ACCEPTED]) == "2 block, 1 informs, 1 accepted."


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="xml"):
        render([], "xml")


def test_json_has_every_field_of_every_finding() -> None:
    body = json.loads(render(ALL, "json"))
    assert body["schema"] == "mainstem.findings/1"
    assert body["counts"] == {"blocks": 1, "warns": 1, "info": 1, "accepted": 1}
    assert body["findings"][0] == {
        "rule": "S01",
        "rule_version": 1,
        "severity": "blocks",
        "subject": "streams/start-fast",
        "path": ["metric", 0],
        "file": "plan/streams.yaml",
        "line": 12,
        "column": 5,
        "what": BLOCKING.what,
        "why": BLOCKING.why,
        "hint": BLOCKING.hint,
        "matched": "",
        "statements": ["D-S03"],
        "accepted": None,
    }
    assert body["findings"][2]["file"] is None
    assert body["findings"][3]["accepted"] == "metric comes in March"


def test_files_are_shown_from_the_base_they_lie_in() -> None:
    absolute = replace(BLOCKING, place=Place(PurePosixPath("/repo/plan/a.yaml"), 2, 1))
    base = PurePosixPath("/repo")
    assert render([absolute], "text", base=base).startswith("plan/a.yaml:2:1 ")
    assert render([absolute], "github", base=base).startswith("::error file=plan/a.yaml,")
    (result,) = sarif(absolute, base=base)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "plan/a.yaml"


def test_sarif_has_the_fields_that_the_standard_requires() -> None:
    log = sarif(*ALL)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "mainstem"
    assert [rule["id"] for rule in driver["rules"]] == ["S01", "S13", "S14"]
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"]
        assert rule["help"]["text"] and rule["help"]["markdown"]
    levels = [rule["defaultConfiguration"]["level"] for rule in driver["rules"]]
    assert levels == ["error", "warning", "note"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
    assert [r["level"] for r in run["results"]] == ["error", "warning", "note", "error"]


def test_sarif_points_to_the_region_and_leaves_it_out_where_there_is_none() -> None:
    placed, bare = sarif(BLOCKING, NOTE)["runs"][0]["results"]
    assert placed["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "plan/streams.yaml"},
        "region": {"startLine": 12, "startColumn": 5},
    }
    assert "physicalLocation" not in bare["locations"][0]


def test_sarif_suppresses_what_is_accepted_and_says_so_of_every_result() -> None:
    blocked, accepted = sarif(BLOCKING, ACCEPTED)["runs"][0]["results"]
    assert blocked["suppressions"] == []
    assert accepted["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "metric comes in March"}
    ]


def test_sarif_fingerprints_survive_moved_lines_but_not_another_subject() -> None:
    moved = replace(BLOCKING, place=Place(PLACE.file, 99, 1), what="Other words.")
    other = replace(BLOCKING, subject="streams/other")
    prints = [r["partialFingerprints"] for r in sarif(BLOCKING, moved, other)["runs"][0]["results"]]
    assert prints[0] == prints[1] != prints[2]


def test_sarif_knows_what_to_say_of_a_rule_without_a_page() -> None:
    (rule,) = sarif(Finding("X99", B, "", "odd"))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["id"] == "X99"
    assert rule["help"]["text"]


def test_sarif_messages_cannot_form_links_or_placeholders() -> None:
    odd = Finding("S01", B, "streams/x", "see [here](http://evil) and {0}")
    (result,) = sarif(odd)["runs"][0]["results"]
    assert result["message"]["text"] == r"see \[here](http://evil) and {{0}}"


def test_github_annotations_name_file_line_column_and_title() -> None:
    first, second, third = render(ALL, "github").splitlines()
    assert first == (
        "::error file=plan/streams.yaml,line=12,col=5,title=S01 blocks::"
        "Stream start-fast has no metric.%0A"
        "A stream without a metric cannot say whether it delivers.%0AAdd `metric:`."
    )
    assert second.startswith("::warning file=plan/streams.yaml,")
    assert third == "::notice title=S14 info::Long."


def test_github_annotations_escape_what_would_end_them() -> None:
    odd = replace(BLOCKING, what="100%\n::error::x", why="", hint="")
    odd = replace(odd, place=Place(PurePosixPath("a,b:c%.yaml"), 1, 1))
    (line,) = render([odd], "github").splitlines()
    assert line == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,col=1,title=S01 blocks::100%25 ::error::x"
    )


@given(NASTY, NASTY, NASTY)
def test_nothing_a_person_wrote_breaks_out_of_any_format(what: str, why: str, name: str) -> None:
    file = PurePosixPath("plan") / ((name.replace("/", "") or "x") + ".yaml")
    odd = Finding("S01", B, f"streams/{name}", what, why, "hint", place=Place(file, 3, 4))
    text = render([odd], "text")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    assert sum(not line.startswith("    ") for line in text.splitlines()) == 3
    (line,) = render([odd], "github").split("\n")[:-1]
    command = re.fullmatch(r"::error file=([^,:]*),line=3,col=4,title=S01 blocks::.*", line)
    assert command
    assert "\x1b" not in line
    assert json.loads(render([odd], "json"))["findings"][0]["what"] == what
    (result,) = sarif(odd)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
    assert unquote(uri) == file.as_posix()


def test_a_file_name_that_is_no_utf_8_still_gives_output_that_is() -> None:
    odd = replace(BLOCKING, place=Place(PurePosixPath("plan/\udcff.yaml"), 1, 1))
    for form in Format:
        render([odd], form).encode("utf-8")
    (result,) = sarif(odd)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "plan/%FF.yaml"


def test_rich_output_prints_the_words_and_never_reads_them_as_markup() -> None:
    from io import StringIO

    from rich.console import Console

    out = StringIO()
    console = Console(file=out, width=200, force_terminal=False)
    odd = replace(BLOCKING, what="[bold]x[/bold] \x1b[31m")
    for part in renderables([odd, ACCEPTED]):
        console.print(part)
    text = out.getvalue()
    assert "[bold]x[/bold] \\x1b[31m" in text
    assert "metric comes in March" in text
    assert "1 blocks, 1 accepted." in text
