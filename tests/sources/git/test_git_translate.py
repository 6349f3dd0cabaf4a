from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.sources.git.commit import Commit
from mainstem.sources.git.log_stream import read_stream
from mainstem.sources.git.people import Person, is_bot, people_of
from mainstem.sources.git.translate import (
    Translator,
    _day_in,
    fields_of,
    kind_and_labels,
    refs_in,
    split_over,
)


def commit(subject: str = "x", body: str = "", parents: int = 1) -> Commit:
    return Commit(
        "a" * 40, parents, "Ann", "ann@x", 1_700_000_000, 1_700_000_000, subject, body, (), ""
    )


@pytest.mark.parametrize(
    ("subject", "kind", "labels"),
    [
        ("feat: x", "feat", []),
        ("Fix(player, ads): x", "fix", ["player", "ads"]),
        ("feature!: x", "feat", ["breaking"]),
        ("chore(deps): bump", "chore", ["deps"]),
        ("commands: fix x", "commit", ["commands"]),
        ("cmd/ipfs: fix x", "commit", ["cmd/ipfs"]),
        ('Revert "feat: x"', "revert", []),
        ("Two words: x", "commit", []),
        ("https://example.org", "commit", []),
        ("fix:x", "commit", []),
        ("", "commit", []),
    ],
)
def test_the_subject_gives_type_and_labels(subject: str, kind: str, labels: list[str]) -> None:
    assert kind_and_labels(commit(subject)) == (kind, labels)


def test_a_commit_with_two_parents_is_a_merge_whatever_it_says() -> None:
    assert kind_and_labels(commit("feat(a): x", parents=2)) == ("merge", ["a"])


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("PROJ-12: x, see PROJ-13 and PROJ-12", ["PROJ-12", "PROJ-13"]),
        ("x (#34)\nfixes #5, [AB_C2-7]", ["#34", "#5", "AB_C2-7"]),
        ("v1-2 a-1 X-1 PROJ-0 PROJ-1a PROJ-1-2 org/repo#12 http://x/PROJ-9", []),
        ("-1 #", []),
        ("#7", ["#7"]),
    ],
)
def test_issues_in_a_message_are_found(text: str, refs: list[str]) -> None:
    assert refs_in(text) == refs


def test_the_first_key_of_a_tracker_is_the_parent_but_not_what_looks_like_one() -> None:
    translator = Translator("p", ZoneInfo("UTC"))
    item, _ = translator.rows(commit("UTF-8 for #4, see VID-7 and ADS-1"))
    assert item["parent"] == "VID-7"
    assert "parent" not in Translator("p", ZoneInfo("UTC"), links=False).rows(commit("VID-7"))[0]
    assert "parent" not in translator.rows(commit("CVE-2024-1234 and SHA-256"))[0]


def test_trailers_become_fields_unless_they_name_people() -> None:
    body = "Text: not a trailer here\n\nTeam: video\nSigned-off-by: A <a@x>\nReviewed-by: Bob\nCost: high\nCost: low\nChange-Id: I1\nNote: ask c@x\n"
    assert fields_of(commit(body=body)) == {"team": "video", "cost": "high"}


@pytest.mark.parametrize(
    ("name", "mail", "expected"),
    [
        ("dependabot[bot]", "x", True),
        ("Somebody", "12+renovate[bot]@users.noreply.github.com", True),
        ("web3-bot", "a@b", True),
        ("k8s-ci-robot", "a@b", True),
        ("GitHub Actions", "a@b", True),
        ("x", "7+acme-bot@users.noreply.github.com", True),
        ("Piet Bot", "piet.bot@example.org", False),
        ("Travis", "travis@example.org", False),
        ("Abbott", "abbott@example.org", False),
        ("Robot Fan", "fan@example.org", False),
        ("Builder", "ci@example.org", True),
    ],
)
def test_programs_are_told_from_people(name: str, mail: str, expected: bool) -> None:
    assert is_bot(Person(name, mail), frozenset({"builder"})) is expected


_PEOPLE = st.lists(st.builds(Person, st.sampled_from(["A", "B", "c-bot"]), st.sampled_from(["", "a@x", "A@x", "b@x", "c@x", "d@x"])),
                   min_size=1, max_size=8)  # fmt: skip


@given(_PEOPLE)
def test_an_item_is_split_without_losing_a_part(people: list[Person]) -> None:
    bots = [is_bot(p, frozenset()) for p in people]
    amounts = split_over(people, bots)
    assert sum(amounts) == 1_000_000 and len(amounts) == len(people) and min(amounts) >= 0
    assert all(bots) or not any(a for a, bot in zip(amounts, bots, strict=True) if bot)
    paid = [p.word.lower() for p, a in zip(people, amounts, strict=True) if a]
    assert len(paid) == len(set(paid))


def test_co_authors_are_each_named_once() -> None:
    body = "Co-authored-by: B <b@x>\nCo-Authored-By:Ann <ANN@x>\nco-authored-by: nobody\n"
    assert people_of("Ann", "ann@x", body) == [Person("Ann", "ann@x"), Person("B", "b@x")]


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=12),
                       st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=5), max_size=3, unique=True)),
             max_size=6),
    st.integers(1, 40),
)  # fmt: skip
def test_a_stream_cut_anywhere_gives_the_same_commits(
    commits: list[tuple[str, list[str]]], size: int
) -> None:
    token = "\x01d1ce\x01"
    raw = b""
    for number, (text, paths) in enumerate(commits):
        text = text.replace(token, "")
        clean = [p.replace(token, "") for p in paths]
        changes = "\n" * bool(clean) + "".join(f"M\0{p}\0" for p in clean)
        raw += f"{token}{number:040x}\0\0{'A'}\0a@x\0{number}\0{number}\0{'s'}\0{text}\0{changes}".encode()
    made = list(read_stream(token, [raw[i : i + size] for i in range(0, len(raw), size)]))
    assert [(c.authored, c.body, list(c.paths)) for c in made] == [
        (n, text.replace(token, ""), list(dict.fromkeys(p.replace(token, "") for p in paths)))
        for n, (text, paths) in enumerate(commits)
    ]  # fmt: skip


@given(
    st.integers(315_532_800, 4_102_444_800),
    st.sampled_from(
        [
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Asia/Kolkata",
        ]
    ),
)
def test_a_day_is_that_of_the_zone_also_where_its_clocks_are_moved(seconds: int, name: str) -> None:
    zone = ZoneInfo(name)
    for moment in (seconds, 1_774_746_000 + seconds % 86_400, 1_325_240_000 + seconds % 172_800):
        assert _day_in(zone, moment) == datetime.fromtimestamp(moment, zone).date().isoformat()
