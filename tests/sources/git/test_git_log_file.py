from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.sources.git.log_file import read_log, seconds
from tests.sources.git.git_repository import LATE, Made, Read

SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40
KUBO = (
    Path(__file__).parents[3]
    / ".."
    / "shared"
    / "data"
    / "git-ipfs-kubo"
    / "git-log-name-status.txt.gz"
)
SAMPLE = Path(__file__).parents[3] / "src" / "mainstem" / "sources" / "git" / "sample" / "shop.log"

FIELDS = f"""\
commit {SHA}
parents {OTHER}
author Ann <ann@example.org>
authordate 2026-03-10T23:30:00+02:00
committer Hub
commitdate 2026-03-11T00:00:00+02:00
subject fix: what commit {OTHER} broke
body A line.
commit {OTHER}
author Eve <eve@example.org>
M\tnot/a/path

last
\0

M\tsrc/a.go
A\tdocs/b c.md
commit {OTHER}
parents
author Bob <bob@example.org>
authordate 2026-03-09T10:00:00Z
committer Bob
commitdate 2026-03-09T10:00:00Z
subject first
body \0

"""


def test_a_log_of_fields_is_read_and_messages_never_pass_for_headers() -> None:
    first, second = read_log(line + b"\n" for line in FIELDS.encode().split(b"\n"))
    assert (first.sha, first.parents, first.author, first.mail) == (
        SHA,
        1,
        "Ann",
        "ann@example.org",
    )
    assert first.subject == f"fix: what commit {OTHER} broke"
    assert first.body.startswith("A line.\ncommit fff") and first.body.endswith("last")
    assert first.paths == ("src/a.go", "docs/b c.md")
    assert first.committed is not None and first.authored == first.committed - 1800
    assert (second.sha, second.parents, second.subject, second.body, second.paths) == (
        OTHER,
        0,
        "first",
        "",
        (),
    )


@pytest.mark.parametrize(
    "how",
    [
        ["--name-status", "--date=iso-strict"],
        ["--name-status"],
        ["--name-status", "--pretty=fuller", "--date=rfc", "--decorate=full", "--parents"],
        ["--numstat", "--date=iso"],
        ["--raw", "--numstat", "--pretty=fuller", "--parents", "--date=raw"],
        ["--name-status", "-M", "--date=unix"],
        ["--numstat", "-M"],
    ],
)
def test_what_git_log_prints_is_read_in_its_usual_forms(
    repository: Made, read: Callable[..., Read], tmp_path: Path, how: list[str]
) -> None:
    repository.commit(
        "one\n\nCo-authored-by: Bob <bob@example.org>\n", {"old/x.go": "a\n" * 9, 'quo"té': "1"}
    )
    repository.commit(
        "two\nlines\n\n    indented\n\ncommit " + OTHER,
        {"old/x.go": None, "old/new/x.go": "a\n" * 9},
    )
    repository.git("checkout", "-q", "-b", "side", "HEAD~1")
    repository.commit("side", {"s": "1"})
    repository.git("checkout", "-q", "main")
    repository.commit("Merge side", {}, merge="side")
    file = tmp_path / "shop.log"
    file.write_text(repository.git("log", *how) + "\n")
    log, whole = read(file), read(repository.path)
    assert log.staged.source == "git:shop"
    for item in whole.items:
        again = log.item(item["key"])
        assert sorted(again["paths"]) == sorted(item["paths"])
        for name in ("title", "type", "created", "project", "fields"):
            assert again[name] == item[name], name
    assert sorted(log.shares(whole.items[-1]["key"])) == sorted(
        whole.shares(whole.items[-1]["key"])
    )
    assert len(log.records) == len(whole.records)


def test_a_packed_log_and_a_log_cut_off_in_its_packing(
    read: Callable[..., Read], tmp_path: Path
) -> None:
    file = tmp_path / "shop.txt.gz"
    file.write_bytes(gzip.compress(FIELDS.encode()))
    made = read(file, "Europe/Berlin")
    assert (made.staged.source, made.staged.read) == ("git:shop", 2)
    assert sorted(r["day"] for r in made.records) == [date(2026, 3, 9), date(2026, 3, 10)]
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(SourceError, match="to its end"):
        read(file)


def test_a_file_that_holds_no_commit_is_no_log_of_nothing(
    read: Callable[..., Read], tmp_path: Path
) -> None:
    file = tmp_path / "hours.csv"
    file.write_text("Date,Person,Hours\n2026-07-01,ann,1\n")
    with pytest.raises(SourceError, match="holds no commit"):
        read(file)


def test_the_same_commit_twice_counts_once_and_a_date_that_says_nothing_is_refused(
    read: Callable[..., Read], tmp_path: Path
) -> None:
    file = tmp_path / "x.log"
    again = f"commit {'a' * 40}\nAuthor: A <a@x>\nDate:   3 days ago\n\n    x\n"
    file.write_text(FIELDS + FIELDS + again)
    made = read(file)
    assert (made.staged.read, made.staged.accepted, made.staged.rejected) == (5, 2, 3)
    assert sorted(r["reason"] for r in made.rejects) == [
        "no date that can be read",
        "the same commit again",
        "the same commit again",
    ]
    assert any(r["sample"] == "3 days ago" for r in made.rejects)


@pytest.mark.parametrize(
    "text",
    ["2026-03-11T01:30:00+02:00", "2026-03-11 01:30:00 +0200", "Wed Mar 11 01:30:00 2026 +0200",
     "Wed, 11 Mar 2026 01:30:00 +0200", f"{LATE} +0200", str(LATE), "2026-03-10T23:30:00Z", "2026-03-10 23:30:00"],
)  # fmt: skip
def test_a_date_is_read_in_every_form_that_git_writes(text: str) -> None:
    assert seconds(text) == LATE


def test_the_sample_shows_every_kind_of_commit(read: Callable[..., Read]) -> None:
    made = read(SAMPLE)
    assert made.staged.source == "git:shop"
    assert {i["type"] for i in made.items} == {"feat", "fix", "chore", "merge", "commit"}
    assert made.staged.rejected == 1 and any(i["bot"] for i in made.items)
    assert {r["amount"] for r in made.records} == {1_000_000, 500_000}


@given(st.lists(st.sampled_from([f"commit {SHA}", "author A <a@x>", "    text", "M\ta", "1\t-\tb => c", "", "body x\0", "body y",
                                 "authordate 2026-01-01", '"', 'A\t"\\303', "Merge: a b", ":100644 100644 a b M\tx"]), max_size=12))  # fmt: skip
def test_no_log_however_broken_stops_the_reader(lines: list[str]) -> None:
    headers = [line for line in lines if line.startswith("commit")]
    assert len(list(read_log(line.encode() + b"\n" for line in lines))) <= len(headers)


@pytest.mark.skipif(not KUBO.exists(), reason="needs the shared data")
def test_a_history_of_twelve_years_comes_through_whole(read: Callable[..., Read]) -> None:
    made = read(KUBO)
    assert (made.staged.read, made.staged.accepted) == (15_943, 15_943)
    # 57,206 lines of changes, of which 33 name a path for the second time in their commit
    assert sum(len(i["paths"]) for i in made.items) == 57_206 - 33
    merges = [i for i in made.items if i["type"] == "merge"]
    assert all(not i["paths"] for i in merges)
    people = len(made.items) - len(merges)
    assert sum(r["amount"] for r in made.records) == people * 1_000_000
    assert (
        min(r["day"] for r in made.records).year == 2014
        and max(r["day"] for r in made.records).year == 2026
    )
    bots = {r["person"] for r in made.records if r["bot"] and r["amount"]}
    assert len(bots) >= 4 and all("bot" in b or b == "github@example.org" for b in bots)
