"""Finding, opening, checking and formatting the plan of a folder."""

from __future__ import annotations

import stat
import subprocess
from datetime import date
from pathlib import Path

import pytest

from mainstem.errors import PlanError
from mainstem.plan.findings import Finding, Severity, is_blocking
from mainstem.services.plans.planning import check_plan, find_plan, format_plan, open_plan

TODAY = date(2026, 7, 15)
SOUND = """\
customers:
  viewer: {stages: [{id: watch, hand_over: Ann}]}
teams: {player: {kind: stream-aligned, size: 5}}
metrics:
  start-time:
    definition: Share of sessions that start within 2 s
    unit: "%"
    kind: ratio
    direction: up
objectives:
  see-the-game: {customer_better_off: they can now see the goal as it happens, owner: Ann}
streams:
  start-fast:
    name: Start watching at once
    objective: see-the-game
    customer: viewer
    stages: [watch]
    metric: start-time
    owner: Ben
    teams: [player]
    claims: [{label: start}]
"""


def plan(folder: Path, text: str) -> Path:
    path = folder / "mainstem.yaml"
    path.write_text(text)
    return path


def check(folder: Path, text: str, *, claims: bool = True) -> tuple[Finding, ...]:
    return check_plan(open_plan(plan(folder, text)), today=TODAY, claims=claims)


def of(findings: tuple[Finding, ...], *rules: str) -> list[Finding]:
    return [f for f in findings if f.rule in rules]


def test_the_plan_is_found_in_its_usual_places(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no plan in") as error:
        find_plan(tmp_path, None)
    assert "mainstem init" in error.value.hint
    file = plan(tmp_path, "")
    assert find_plan(tmp_path, None) == file
    (tmp_path / "plan").mkdir()
    assert find_plan(tmp_path, None) == tmp_path / "plan"
    assert find_plan(tmp_path, file) == file


def test_a_plan_that_was_named_must_be_there(tmp_path: Path) -> None:
    plan(tmp_path, "")
    with pytest.raises(PlanError, match="gone"):
        find_plan(tmp_path, tmp_path / "gone")


def test_a_plan_is_opened_as_it_stood_at_a_revision(tmp_path: Path) -> None:
    path = plan(tmp_path, "teams: {a: }\n")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    plan(tmp_path, "teams: {b: }\n")
    assert list(open_plan(path).plan.teams) == ["b"]
    assert list(open_plan(path, revision="HEAD").plan.teams) == ["a"]
    assert list(open_plan(tmp_path, revision="HEAD").plan.teams) == ["a"]


def test_every_finding_of_a_check_has_a_place_and_they_come_in_its_order(tmp_path: Path) -> None:
    findings = check(
        tmp_path,
        SOUND + "  other: {objective: gone, claims: [{}]}\nkey_results: {k: {text: Ship it}}\n",
    )
    places = [f.place for f in findings]
    assert all(places)
    assert places == sorted(places, key=lambda p: (p.line, p.column) if p else (0, 0))
    assert {"T015", "W01"} <= {f.rule for f in findings}
    assert any(f.rule.startswith("L") for f in findings)
    assert any(f.rule.startswith(("S", "D")) for f in findings)


def test_checking_twice_says_the_same(tmp_path: Path) -> None:
    text = SOUND + "  other: {objective: gone}\n"
    assert check(tmp_path, text) == check(tmp_path, text)


def test_about_an_entry_whose_text_is_broken_only_its_text_is_judged(tmp_path: Path) -> None:
    broken = SOUND.replace("    metric: start-time\n", "    mertic: start-time\n")
    findings = check(tmp_path, broken)
    about = [f for f in findings if f.subject == "streams/start-fast"]
    assert [f.rule for f in about] == ["T002"]
    assert is_blocking(findings)


def test_where_a_file_cannot_be_read_nothing_is_judged_but_text(tmp_path: Path) -> None:
    findings = check(tmp_path, SOUND + "links: [\n")
    assert [f.rule for f in findings] == ["T001"]


def test_an_example_that_does_not_hold_is_found_at_its_place(tmp_path: Path) -> None:
    text = (
        SOUND
        + "expect:\n  - {item: {label: start}, stream: start-fast}\n  - {item: {label: x}, stream: start-fast}\n"
    )
    found = [f for f in check(tmp_path, text) if f.path[:1] == ("expect",)]
    assert [(f.place.line, f.severity) for f in found if f.place] == [(24, Severity.BLOCKS)]
    assert [f for f in check(tmp_path, text, claims=False) if f.path[:1] == ("expect",)] == []


def test_examples_wait_until_the_text_is_sound(tmp_path: Path) -> None:
    text = (
        SOUND.replace("claims:", "clams:")
        + "expect: [{item: {label: start}, stream: start-fast}]\n"
    )
    assert [f for f in check(tmp_path, text) if f.path[:1] == ("expect",)] == []


def test_a_link_to_no_stream_is_said_once(tmp_path: Path) -> None:
    found = [
        f
        for f in check(tmp_path, SOUND + "links: [{item: A-1, stream: gone}]\n")
        if f.path[:1] == ("links",)
    ]
    assert [f.rule for f in found] == ["T015"]


NO_METRIC = SOUND.replace("    metric: start-time\n", "ACCEPTED")


def accepting(rule: str, until: str = "") -> str:
    accepted = f"    accepted:\n      - {{rule: {rule}, why: being looked for, by: Ann{until}}}\n"
    return NO_METRIC.replace("ACCEPTED", accepted)


def test_what_was_accepted_carries_the_reason_and_does_not_block(tmp_path: Path) -> None:
    open_ = of(check(tmp_path, NO_METRIC.replace("ACCEPTED", "")), "S01")
    accepted = check(tmp_path, accepting("S01"))
    assert [f.accepted for f in open_] == [None]
    assert is_blocking(open_)
    assert [f.accepted for f in of(accepted, "S01")] == ["being looked for"]
    assert not is_blocking(of(accepted, "S01"))
    assert of(accepted, "T020", "T021", "T022") == []


def test_a_statement_may_be_accepted_in_place_of_the_rule_that_answers_it(tmp_path: Path) -> None:
    assert [f.accepted for f in of(check(tmp_path, accepting("D-S03")), "S01")] == [
        "being looked for"
    ]


@pytest.mark.parametrize(("until", "holds"), [("2026-07-15", True), ("2026-07-14", False)])
def test_an_acceptance_holds_to_the_end_of_its_last_day(
    tmp_path: Path, until: str, holds: bool
) -> None:
    findings = check(tmp_path, accepting("S01", f", until: {until}"))
    assert [f.accepted is not None for f in of(findings, "S01")] == [holds]
    ran_out = of(findings, "T020")
    assert len(ran_out) == (0 if holds else 1)
    if ran_out:
        assert until in ran_out[0].what
        assert ran_out[0].place is not None
        assert ran_out[0].place.line == 19


def test_an_acceptance_that_is_not_needed_is_said(tmp_path: Path) -> None:
    text = SOUND + "    accepted: [{rule: S01, why: no longer, by: Ann}]\n"
    found = of(check(tmp_path, text), "T021")
    assert [str(f.place).rpartition("mainstem.yaml:")[2] for f in found] == ["22:23"]
    assert found[0].severity is Severity.WARNS


def test_an_acceptance_of_an_unknown_rule_is_said(tmp_path: Path) -> None:
    found = of(check(tmp_path, accepting("S99")), "T022")
    assert "no rule `S99`" in found[0].what


def test_faults_of_the_text_cannot_be_accepted(tmp_path: Path) -> None:
    text = SOUND.replace("objective: see-the-game", "objective: gone") + (
        "    accepted: [{rule: T015, why: not yet, by: Ann}]\n"
    )
    findings = check(tmp_path, text)
    assert [f.accepted for f in of(findings, "T015")] == [None]


def test_an_acceptance_on_a_claim_covers_only_this_claim(tmp_path: Path) -> None:
    text = SOUND.replace(
        "claims: [{label: start}]",
        "claims:\n      - {text: ab, accepted: [{rule: W02, why: rare word, by: Ann}]}\n      - text: cd\n",
    )
    assert [f.accepted for f in of(check(tmp_path, text), "W02")] == ["rare word", None]


UNTIDY = "teams:\n    a:  {size: 3}   # three\n"
TIDY = "teams:\n  a: {size: 3}  # three\n"


def test_fmt_writes_what_changes_and_says_which(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(UNTIDY)
    (tmp_path / "b.yaml").write_text("objectives: {}\n")
    assert format_plan(tmp_path, write=False) == [tmp_path / "a.yaml"]
    assert (tmp_path / "a.yaml").read_text() == UNTIDY
    assert format_plan(tmp_path, write=True) == [tmp_path / "a.yaml"]
    assert (tmp_path / "a.yaml").read_text() == TIDY
    assert format_plan(tmp_path, write=True) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.yaml", "b.yaml"]


def test_fmt_writes_nothing_if_one_file_cannot_be_formatted(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(UNTIDY)
    (tmp_path / "b.yaml").write_bytes(b"teams: {a: {name: Gr\xfcn}}\n")
    with pytest.raises(PlanError, match=r"b\.yaml:1:21.*UTF-8"):
        format_plan(tmp_path, write=True)
    (tmp_path / "b.yaml").write_text("teams: [\n")
    with pytest.raises(PlanError, match=r"b\.yaml"):
        format_plan(tmp_path, write=True)
    assert (tmp_path / "a.yaml").read_text() == UNTIDY


def test_fmt_keeps_rights_and_follows_links(tmp_path: Path) -> None:
    real = tmp_path / "real.txt"
    real.write_text(UNTIDY)
    real.chmod(0o640)
    (tmp_path / "a.yaml").symlink_to(real)
    format_plan(tmp_path / "a.yaml", write=True)
    assert (tmp_path / "a.yaml").is_symlink()
    assert real.read_text() == TIDY
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_fmt_takes_a_byte_order_mark_away(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TIDY.encode())
    assert format_plan(path, write=True) == [path]
    assert path.read_bytes() == TIDY.encode()
