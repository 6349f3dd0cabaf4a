"""decisions.jsonl beside a plan: only added to, whole after a crash, and put together by git."""

from __future__ import annotations

from pathlib import Path

import pytest

from mainstem.errors import Absent, Conflict, PlanError
from mainstem.services.decisions.deciding import appeal, ask, decide
from mainstem.services.decisions.decisions_in_text import DecisionsInText
from mainstem.services.decisions.desk import Wanted
from tests.services.deciding_desk import CARL, NOW, OWEN, PETRA, desk_over, work


def test_what_is_read_is_what_was_said(tmp_path: Path) -> None:
    desk = desk_over(tmp_path)
    given = work(
        "Fewer stalls",
        text="All",
        team="growth",
        estimate=3.5,
        key="P-1",
        source="s",
        label=["a", "b"],
    )
    chain = ask(given, desk, CARL, at=NOW)
    assert chain.work == given
    decide(chain.number, "refuse", "No", desk, PETRA, at=NOW, stream="sign-up")
    last = appeal(chain.number, "But", desk, CARL, at=NOW)
    again = DecisionsInText(tmp_path / "decisions.jsonl")
    assert again.chain(chain.number) == last
    assert [c.number for c in again.chains(Wanted(appealed=True, stream="sign-up"))] == [
        chain.number
    ]


def test_every_step_is_one_line_more_and_the_others_stay(tmp_path: Path) -> None:
    desk, path = desk_over(tmp_path), tmp_path / "decisions.jsonl"
    chain = ask(work("One"), desk, CARL, at=NOW)
    before = path.read_bytes()
    decide(chain.number, "refuse", "No", desk, PETRA, at=NOW, stream="sign-up")
    assert path.read_bytes().startswith(before)


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_line_torn_by_a_power_cut_is_as_if_it_had_not_been(tmp_path: Path, cut: int) -> None:
    desk, path = desk_over(tmp_path), tmp_path / "decisions.jsonl"
    ask(work("One"), desk, CARL, at=NOW)
    whole = path.read_bytes()
    ask(work("Two"), desk, CARL, at=NOW)
    path.write_bytes(path.read_bytes()[: len(whole) + cut])
    desk = desk_over(tmp_path)
    assert [c.work.title for c in desk.decisions.chains(Wanted())] == ["One"]
    assert ask(work("Three"), desk, CARL, at=NOW).number == 2
    assert [c.work.title for c in desk_over(tmp_path).decisions.chains(Wanted())] == [
        "Three",
        "One",
    ]


def test_two_branches_are_put_together_by_taking_both(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder, title in ((ours, "Ours"), (theirs, "Theirs")):
        desk = desk_over(folder)
        chain = ask(work(title), desk, CARL, at=NOW)
        decide(chain.number, "refuse", title, desk, PETRA, at=NOW, stream="sign-up")
    lines = (ours / "decisions.jsonl").read_text() + (theirs / "decisions.jsonl").read_text()
    (ours / "decisions.jsonl").write_text(lines)
    found = desk_over(ours).decisions.chains(Wanted())
    assert {(c.number, c.verdict.why if c.verdict else "") for c in found} in (
        {(1, "Ours"), (2, "Theirs")}, {(2, "Ours"), (1, "Theirs")},
    )  # fmt: skip
    (ours / "decisions.jsonl").write_text(lines + lines)
    assert desk_over(ours).decisions.chains(Wanted()) == found


def test_a_line_that_is_no_decision_is_named(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_text('nonsense\n{"asked": {}}\n')
    with pytest.raises(PlanError, match=r"decisions\.jsonl, line 1"):
        desk_over(tmp_path).decisions.chains(Wanted())
    path.write_text('{"asked": {}}\n')
    with pytest.raises(PlanError, match="says no decision"):
        desk_over(tmp_path).decisions.chains(Wanted())


def test_who_is_late_is_told_and_who_asks_for_nothing_too(tmp_path: Path) -> None:
    desk = desk_over(tmp_path)
    chain = ask(work("One", label="start-time"), desk, CARL, at=NOW)
    decide(chain.number, "accept", "Yes", desk, OWEN, at=NOW, after=0)
    with pytest.raises(Conflict):
        decide(chain.number, "defer", "No", desk, PETRA, at=NOW, after=0)
    with pytest.raises(Absent):
        decide(99, "accept", "Yes", desk, PETRA, at=NOW)
