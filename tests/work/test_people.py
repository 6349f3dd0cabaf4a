from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.plan.model import Plan
from mainstem.work.people import Membership, parse_people, read_people

PLAN = Plan.model_validate(
    {"teams": {"video": {"name": "Video Player", "owns": ["@acme/video"]}, "ads": {}}}
)


def test_a_row_is_a_membership_with_both_days_included() -> None:
    people = parse_people(
        "person,team,from,to,fraction\nann,video,2026-01-01,2026-03-31,0.5\n", PLAN
    )
    member = Membership("ann", "video", date(2026, 1, 1), date(2026, 3, 31), 0.5)
    assert people.memberships == (member,) and not people.findings
    assert member.holds_on(date(2026, 3, 31)) and not member.holds_on(date(2026, 4, 1))


def test_columns_may_come_in_any_order_case_and_with_semicolons_and_a_byte_order_mark(
    tmp_path: Path,
) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(
        '\ufeffTeam;Person;FRACTION\r\nVideo Player;ann;0,5\r\n@acme/video;bob;50%\r\n\r\nADS;"c;d";\r\n'.encode()
    )
    found = read_people(file, PLAN)
    assert [(m.person, m.team, m.fraction) for m in found.memberships] == [
        ("ann", "video", 0.5), ("bob", "video", 0.5), ("c;d", "ads", 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("ann,nobody", "no team 'nobody'"),
        (",ads", "no person"),
        ("ann,ads,01.02.2026", "is no day"),
        ("ann,ads,2026-02-30", "is no day"),
        ("ann,ads,2026-03-01,2026-02-01", "before it starts"),
        ("ann,ads,,,2", "at most 1"),
        ("ann,ads,,,half", "no fraction"),
    ],
)
def test_a_row_that_cannot_be_used_becomes_a_finding_with_its_line(row: str, words: str) -> None:
    people = parse_people(f"person,team,from,to,fraction\nbob,ads\n{row}\n", PLAN)
    (finding,) = people.findings
    assert finding.rule == "W30" and words in finding.what
    assert finding.place is not None and finding.place.line == 3
    assert len(people.memberships) == 1


def test_more_than_a_day_a_day_is_found_where_it_starts() -> None:
    text = "person,team,from,to,fraction\nann,ads,,2026-06-30,1\nAnn,video,2026-06-30,,0.5\nbob,ads,,,1\n"
    (finding,) = parse_people(text, PLAN).findings
    assert finding.rule == "W31" and "2026-06-30" in finding.what and "lines 2, 3" in finding.what
    assert "ann" not in finding.what.lower()


def test_thirds_and_memberships_that_follow_each_other_fill_a_day() -> None:
    text = "person,team,from,to,fraction\na,ads,,,0.34\na,video,,2026-01-31,0.67\na,video,2026-02-01,,0.67\n"
    assert not parse_people(text, PLAN).findings


@pytest.mark.parametrize("text", ["", "name,group\n", "person\nx\n"])
def test_a_file_without_the_columns_is_refused_with_what_it_has(text: str) -> None:
    with pytest.raises(SourceError, match="no column"):
        parse_people(text, PLAN)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"person,team\nJ\xfcrgen,ads\n")
    with pytest.raises(SourceError, match="cannot be read"):
        read_people(file, PLAN)


@given(st.text(max_size=300))
def test_every_row_becomes_a_membership_or_a_finding(text: str) -> None:
    people = parse_people(
        "person,team,from,to,fraction\n" + text.replace('"', "").replace("\0", ""), PLAN
    )
    assert all(f.rule in ("W30", "W31") for f in people.findings)


def test_a_last_day_that_means_no_end_is_no_crash() -> None:
    from mainstem.ledger.membership import FAR_FUTURE
    from mainstem.services.work.attributing import _stretches

    found = parse_people("person,team,from,to\nann,video,2026-01-01,9999-12-31\n", PLAN)
    stretches, _ = _stretches(found.memberships, {1: "ann"}, {"video": 7})
    assert [s.last for s in stretches] == [FAR_FUTURE]
