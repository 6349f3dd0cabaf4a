from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from mainstem.errors import SourceError
from mainstem.sources.git.source import OPTIONS, GitSource, web_address
from mainstem.sources.registry import SOURCES, source_for
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS, REJECT_COLUMNS
from tests.sources.git.git_repository import BOB, LATE, Made, Read

Reader = Callable[..., Read]


def test_a_commit_is_an_item_with_its_paths_and_one_item_of_effort(
    repository: Made, read: Reader
) -> None:
    sha = repository.commit(
        "feat(player)!: show it sooner (#12)\n\nBecause VID-7 asks.\n\nTeam: video\n",
        {"src/a.go": "1", "b": "2"},
    )
    made = read(repository.path)
    item = made.item(sha)
    assert list(item) == list(ITEM_COLUMNS)
    assert (item["type"], item["labels"], item["project"]) == (
        "feat",
        ["player", "breaking"],
        "shop",
    )
    assert item["title"] == "feat(player)!: show it sooner (#12)"
    assert sorted(item["paths"]) == ["b", "src/a.go"]
    assert item["fields"] == {"refs": "#12, VID-7", "team": "video"} and item["parent"] == "VID-7"
    assert item["created"] == datetime(2026, 3, 10, 23, 30) and item["bot"] is False
    (record,) = made.records
    assert list(record) == list(RECORD_COLUMNS)
    assert (record["person"], record["day"], record["amount"]) == (
        "ann@example.org",
        date(2026, 3, 10),
        1_000_000,
    )
    assert (record["row_key"], record["unit"]) == (f"{sha}#0", 3)
    assert (made.staged.source, made.staged.read, made.staged.rejected) == ("git:shop", 1, 0)


def test_the_day_is_the_author_s_in_the_organisation_s_zone(repository: Made, read: Reader) -> None:
    repository.commit(at=LATE, committed=LATE + 5 * 86_400)
    made = read(repository.path, "Europe/Berlin")
    assert made.records[0]["day"] == date(2026, 3, 11)
    assert made.items[0]["done"] == datetime(2026, 3, 15, 23, 30)


def test_both_paths_of_a_rename_are_kept(repository: Made, read: Reader) -> None:
    repository.commit(files={"old/name.go": "the same content\n" * 20})
    sha = repository.commit(files={"old/name.go": None, "new/name.go": "the same content\n" * 20})
    assert sorted(read(repository.path).item(sha)["paths"]) == ["new/name.go", "old/name.go"]


def test_odd_paths_come_through_as_they_are(repository: Made, read: Reader) -> None:
    odd = ["new\nline", 'quo"te', "tab\tbed", "ümlaut/é", "M", "A\x01b", " space "]
    sha = repository.commit(files=dict.fromkeys(odd, "x"))
    assert sorted(read(repository.path).item(sha)["paths"]) == sorted(odd)


def test_effort_is_split_over_author_and_co_authors_to_the_last_part(
    repository: Made, read: Reader
) -> None:
    sha = repository.commit("Pair\n\nCo-authored-by: Bob <Bob@example.org>\nco-authored-by: Cat <c@example.org>\n"
                            "Co-Authored-By: Ann again <ANN@example.org>\n")  # fmt: skip
    shares = read(repository.path).shares(sha)
    assert shares == [
        ("ann@example.org", 333_333, False),
        ("bob@example.org", 333_333, False),
        ("c@example.org", 333_334, False),
    ]


def test_the_mailmap_counts_for_authors_and_co_authors(repository: Made, read: Reader) -> None:
    repository.commit(files={".mailmap": "Bob <bob@example.org> <bobby@old.example.org>\n"})
    alone = repository.commit("x", by=("Bobby", "bobby@old.example.org"))
    pair = repository.commit("y\n\nCo-authored-by: B <bobby@old.example.org>\n")
    self_pair = repository.commit("z\n\nCo-authored-by: B <bobby@old.example.org>\n", by=BOB)
    made = read(repository.path)
    assert made.shares(alone) == [("bob@example.org", 1_000_000, False)]
    assert made.shares(pair) == [
        ("ann@example.org", 500_000, False),
        ("bob@example.org", 500_000, False),
    ]
    # a place that no longer counts keeps its row, so that an older import is corrected
    assert made.shares(self_pair) == [
        ("bob@example.org", 1_000_000, False),
        ("bob@example.org", 0, False),
    ]


def test_programs_are_marked_and_take_nothing_where_there_is_a_person(
    repository: Made, read: Reader
) -> None:
    bot = repository.commit(
        by=("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
    )
    both = repository.commit("x\n\nCo-authored-by: web3-bot <web3-bot@users.noreply.github.com>\n")
    named = repository.commit(by=("Builder", "build@example.org"))
    made = read(repository.path, bots="other, Build@example.org")
    assert made.item(bot)["bot"] and made.shares(bot)[0][1:] == (1_000_000, True)
    assert not made.item(both)["bot"] and [s[1:] for s in made.shares(both)] == [
        (1_000_000, False),
        (0, True),
    ]
    assert made.item(named)["bot"]
    assert any("2 commits are by programs" in n for n in made.staged.notes)


def _merged(repository: Made) -> str:
    repository.commit()
    repository.git("checkout", "-q", "-b", "side")
    repository.commit(files={"side": "1"})
    repository.git("checkout", "-q", "main")
    repository.commit(files={"main": "1"})
    return repository.commit("Merge branch 'side'", {}, merge="side")


def test_a_merge_is_an_item_without_effort_unless_asked(repository: Made, read: Reader) -> None:
    sha = _merged(repository)
    made = read(repository.path)
    assert (made.item(sha)["type"], made.shares(sha), len(made.items)) == ("merge", [], 4)
    assert read(repository.path, merges="count").shares(sha) == [
        ("ann@example.org", 1_000_000, False)
    ]
    assert len(read(repository.path, merges="skip").items) == 3


def test_a_branch_all_branches_and_a_first_day_can_be_asked_for(
    repository: Made, read: Reader
) -> None:
    repository.commit(at=LATE)
    repository.git("checkout", "-q", "-b", "side")
    repository.commit(at=LATE + 86_400 * 30)
    repository.git("checkout", "-q", "main")
    counts = [
        read(repository.path, **o).staged.read
        for o in (
            {},
            {"branch": "side"},
            {"branch": "*"},
            {"branch": "side", "since": "2026-04-01"},
        )
    ]
    assert counts == [1, 2, 2, 1]


def test_a_bare_clone_takes_its_name_and_address_from_where_it_came_from(
    repository: Made, read: Reader, tmp_path: Path
) -> None:
    sha = repository.commit()
    subprocess.run(
        ["git", "clone", "-q", "--bare", str(repository.path), str(tmp_path / "x.git")], check=True
    )
    bare = Made(tmp_path / "x.git")
    bare.git("remote", "set-url", "origin", "https://user:secret@github.com/acme/app.git")
    item = read(bare.path).item(sha)
    assert item["project"] == "app"
    assert item["url"] == f"https://github.com/acme/app/commit/{sha}"
    bare.git("remote", "remove", "origin")
    assert read(bare.path).item(sha)["project"] == "x"


@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("git@github.com:acme/app.git", "https://github.com/acme/app/commit/"),
        ("ssh://git@gitlab.example.org:2222/a/b/c", "https://gitlab.example.org/a/b/c/-/commit/"),
        ("https://token@bitbucket.org/a/b/", "https://bitbucket.org/a/b/commits/"),
        ("../elsewhere", ""),
        ("/srv/git/x.git", ""),
        ("C:\\repos\\x", ""),
        ("file:///srv/x", ""),
        ("", ""),
    ],
)
def test_the_address_of_commits_never_holds_a_secret(origin: str, address: str) -> None:
    assert web_address(origin) == address


def test_a_shallow_clone_is_noted_and_its_cut_does_not_claim_every_file(
    repository: Made, read: Reader, tmp_path: Path
) -> None:
    for n in range(4):
        last = repository.commit(files={f"f{n}": "x"})
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "2", f"file://{repository.path}", str(shallow)],
        check=True,
    )
    made = read(shallow)
    assert made.item(last)["paths"] == ["f3"]
    assert sorted(len(i["paths"]) for i in made.items) == [0, 1]
    assert any("shallow" in n for n in made.staged.notes)


@pytest.mark.parametrize("bare", [True, False])
def test_a_clone_without_blobs_is_read_without_fetching_any(
    repository: Made, read: Reader, tmp_path: Path, bare: bool
) -> None:
    repository.commit(
        files={".mailmap": "Ann B <ann@new.example.org> <ann@example.org>\n", "a": "1"}
    )
    sha = repository.commit(files={"a": None, "b": "1"})
    repository.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    how = ["--bare"] if bare else ["--no-checkout"]
    subprocess.run(
        ["git", "clone", "-q", *how, "--filter=blob:none", f"file://{repository.path}", str(clone)],
        check=True,
    )
    partial = Made(clone)
    made = read(clone)
    assert sorted(made.item(sha)["paths"]) == ["a", "b"]
    kinds = partial.git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
    assert "blob" not in kinds


def test_messages_in_another_encoding_are_read_and_noted(repository: Made, read: Reader) -> None:
    tree = repository.git("write-tree")
    who = f"Ann <ann@example.org> {LATE} +0000"
    made: list[str] = []
    for header in ("encoding ISO-8859-1\n", ""):
        raw = f"tree {tree}\nauthor {who}\ncommitter {who}\n{header}\nGr\xfcn\n".encode("latin-1")
        made.append(
            repository.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", given=raw)
        )
        repository.git("update-ref", f"refs/heads/b{len(made)}", made[-1])
    found = read(repository.path, branch="*")
    assert found.item(made[0])["title"] == "Grün"
    assert found.item(made[1])["title"] == "Gr\ufffdn"
    assert any("1 messages or names are not UTF-8" in n for n in found.staged.notes)


def test_impossible_dates_are_refused_with_the_commit_named(repository: Made, read: Reader) -> None:
    good = repository.commit()
    first = repository.commit(at=86_400 * 3)
    last = repository.commit(at=4_294_967_295)
    made = read(repository.path)
    assert [i["key"] for i in made.items] == [good]
    assert list(made.rejects[0]) == list(REJECT_COLUMNS)
    assert {r["place"] for r in made.rejects} == {f"commit {first}", f"commit {last}"}
    assert (
        len({r["reason"] for r in made.rejects}) == 1
        and "impossible date" in made.rejects[0]["reason"]
    )
    assert (made.staged.read, made.staged.accepted, made.staged.rejected) == (3, 1, 2)


def test_an_impossible_day_of_committing_does_not_cost_the_commit(
    repository: Made, read: Reader
) -> None:
    repository.commit(at=LATE, committed=4_294_967_295)
    assert read(repository.path).items[0]["done"] == datetime(2026, 3, 10, 23, 30)


def test_a_message_cannot_pass_for_another_commit(repository: Made, read: Reader) -> None:
    sha = repository.commit(
        "x\n\ncommit 0123456789012345678901234567890123456789\nAuthor: Eve <e@example.org>\n\nM\tsecret\n\x01abc\x01\n"
    )
    made = read(repository.path)
    assert [i["key"] for i in made.items] == [sha] and made.items[0]["paths"] == ["src/a.go"]


def test_reading_twice_gives_the_same_keys_and_rows(repository: Made, read: Reader) -> None:
    _merged(repository)
    first, second = read(repository.path), read(repository.path)
    assert first.items == second.items and first.records == second.records


def test_an_empty_repository_has_no_work_and_says_so(repository: Made, read: Reader) -> None:
    made = read(repository.path)
    assert made.items == [] and made.staged.notes == ("The repository has no commit yet.",)


def test_an_empty_commit_and_an_empty_message_are_work_too(repository: Made, read: Reader) -> None:
    tree = repository.git("write-tree")
    sha = repository.git("commit-tree", tree, given=b"", GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="", GIT_COMMITTER_NAME="A",
                         GIT_COMMITTER_EMAIL="a@example.org", GIT_AUTHOR_DATE=f"@{LATE} +0000", GIT_COMMITTER_DATE=f"@{LATE} +0000")  # fmt: skip
    repository.git("update-ref", "refs/heads/main", sha)
    made = read(repository.path)
    assert (made.item(sha)["title"], made.item(sha)["paths"]) == ("", [])
    assert made.shares(sha) == [("A", 1_000_000, False)]


def test_settings_of_the_repository_change_nothing(repository: Made, read: Reader) -> None:
    sha = repository.commit(files={"dir/a": "1"})
    before = read(repository.path).items
    for name, value in {"log.showSignature": "true", "diff.renames": "copies", "log.date": "relative", "core.quotePath": "true",
                        "diff.external": "false", "color.ui": "always", "format.pretty": "oneline", "diff.noprefix": "true",
                        "log.decorate": "full", "diff.relative": "true", "log.diffMerges": "first-parent"}.items():  # fmt: skip
        repository.git("config", name, value)
    assert read(repository.path).items == before
    assert read(repository.path / "dir").item(sha)["paths"] == ["dir/a"]


def test_a_git_dir_in_the_environment_leads_nowhere(
    repository: Made, read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit()
    monkeypatch.setenv("GIT_DIR", os.devnull)
    assert read(repository.path).staged.read == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"branch": "nowhere"}, "has no nowhere"),
        ({"branch": "--output=x"}, "has no --output=x"),
        ({"since": "yesterday"}, "is no day"),
        ({"merges": "maybe"}, "no value of the option merges"),
        ({"colour": "red"}, "no option colour"),
    ],
)
def test_an_option_that_cannot_be_is_refused_with_what_can(
    repository: Made, read: Reader, options: dict[str, str], words: str
) -> None:
    repository.commit()
    with pytest.raises(SourceError, match=words) as refused:
        read(repository.path, **options)
    assert refused.value.hint


def test_a_folder_without_a_repository_is_refused(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(SourceError, match="no repository"):
        read(tmp_path / "plain")


def test_a_damaged_repository_is_refused_with_git_s_words(repository: Made, read: Reader) -> None:
    first = repository.commit(files={"a": "1"})
    repository.commit(files={"a": "2"})
    loose = repository.path / ".git" / "objects" / first[:2] / first[2:]
    loose.chmod(0o600)
    loose.unlink()
    with pytest.raises(SourceError, match="git cannot read the log"):
        read(repository.path)


def test_the_registry_finds_git_for_a_repository_and_for_a_log(
    repository: Made, tmp_path: Path
) -> None:
    repository.commit()
    log = tmp_path / "log.txt"
    log.write_text(repository.git("log", "--name-status") + "\n")
    assert source_for(repository.path).name == "git" and source_for(log).name == "git"
    assert GitSource().recognises(repository.path) and not GitSource().recognises(tmp_path)
    assert set(SOURCES) >= {"git", "table"}
    with pytest.raises(SourceError, match="no source 'svn'"):
        source_for(log, "svn")


def test_the_documents_name_every_option() -> None:
    root = Path(__file__).parents[3]
    for text in (
        root / "docs" / "importing-git.md",
        root / "src" / "mainstem" / "sources" / "git" / "README.md",
    ):
        assert all(f"`{name}`" in text.read_text() for name in OPTIONS), text.name
