from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.work.codeowners import Flavour, literal_prefix, parse_codeowners, pattern_to_regex


def _hits(pattern: str, path: str, flavour: Flavour = Flavour.GITHUB) -> bool:
    return re.fullmatch(pattern_to_regex(pattern, flavour), path) is not None


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*", "a/b/c.txt", True),
        ("*.js", "src/deep/x.js", True),
        ("*.js", "x.jsx", False),
        ("/build/logs/", "build/logs/a/b", True),
        ("/build/logs/", "x/build/logs/a", False),
        ("docs/*", "docs/getting-started.md", True),
        ("docs/*", "docs/build-app/troubleshooting.md", False),
        ("docs/*", "x/docs/a.md", False),
        ("apps/", "deep/apps/a/b", True),
        ("apps/", "apps", False),
        ("/docs/", "docs/x", True),
        ("/docs", "docs/x/y", True),
        ("/docs", "docs", True),
        ("/docs", "docs2", False),
        ("/apps/github", "apps/github/x", True),
        ("**/logs", "a/b/logs/x", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**", "a", False),
        ("a/**", "a/b", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a\\*c", "a*c", True),
        ("a\\*c", "abc", False),
        ("with\\ space/x", "with space/x", True),
        ("Docs/", "docs/x", False),
        ("app/[id]/page.tsx", "app/[id]/page.tsx", True),
        ("app/[id]/page.tsx", "app/i/page.tsx", False),
        ("/", "a", False),
        ("a***", "a", False),
        ("x+(y).c", "x+(y).c", True),
        ("a", "a\n", False),
    ],
)
def test_a_pattern_means_what_github_says(pattern: str, path: str, expected: bool) -> None:
    assert _hits(pattern, path) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("internal/README.md", "x/internal/README.md", True),
        ("/docs/", "docs/a/b", True),
        ("/docs", "docs/a", False),
        ("docs/*", "x/docs/a", True),
        ("docs/*", "docs/a/b", False),
        ("docs/**/*.md", "docs/a/b/c.md", True),
        ("*", "a/b", True),
    ],
)
def test_gitlab_reads_patterns_its_own_way(pattern: str, path: str, expected: bool) -> None:
    assert _hits(pattern, path, Flavour.GITLAB) is expected


_CHARS = st.sampled_from(["a", "b", "ab", ".c", "*", "?", "a*", "*b", "-", "+", " x"])
_SEGMENT = (
    st.lists(_CHARS, min_size=1, max_size=3)
    .map("".join)
    .map(lambda s: re.sub(r"\*+", "*", s).strip() or "a")
)
_PART = st.one_of(_SEGMENT, st.just("**"))
_PATTERN = st.builds(
    lambda lead, parts, trail: lead + "/".join(parts) + trail,
    st.sampled_from(["", "/"]),
    st.lists(_PART, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
).filter(lambda p: not re.search(r"/\*$", p) and p != "/")
_NAME = st.lists(st.sampled_from(["a", "b", ".c", "-", "+", " x", "*"]), min_size=1, max_size=3)
_PATH = st.lists(_NAME.map("".join).map(str.strip), min_size=1, max_size=4).map("/".join)


@pytest.fixture(scope="module")
def empty_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    folder = tmp_path_factory.mktemp("ignore")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pattern=_PATTERN, paths=st.lists(_PATH, min_size=1, max_size=12, unique=True))
def test_a_pattern_matches_the_paths_that_git_itself_would_ignore(
    empty_repository: Path, pattern: str, paths: list[str]
) -> None:
    (empty_repository / ".git" / "info" / "exclude").write_text(pattern + "\n")
    run = subprocess.run(
        ["git", "-C", str(empty_repository), "check-ignore", "--no-index", "--stdin", "-z"],
        input="\0".join(paths).encode(), capture_output=True,
    )  # fmt: skip
    assert run.returncode in (0, 1), run.stderr
    ignored = set(run.stdout.decode().split("\0")) - {""}
    assert {p for p in paths if _hits(pattern, p)} == ignored


@given(pattern=_PATTERN, path=_PATH)
def test_every_matching_path_begins_with_the_literal_prefix(pattern: str, path: str) -> None:
    if _hits(pattern, path):
        assert path.startswith(literal_prefix(pattern))


def test_a_literal_prefix_stops_at_the_first_wildcard() -> None:
    assert literal_prefix("/docs/a/*.md") == "docs/a/"
    assert literal_prefix("docs/x\\ y") == "docs/x y"
    assert literal_prefix("docs/") == ""
    assert literal_prefix("*.md") == ""


@given(pattern=_PATTERN, path=_PATH)
@settings(max_examples=60, deadline=None)
def test_the_sql_engine_reads_the_expression_alike(pattern: str, path: str) -> None:
    import duckdb

    sql = duckdb.sql("SELECT regexp_matches(?, ?, 's')", params=[path, pattern_to_regex(pattern)])
    assert sql.fetchall() == [(_hits(pattern, path),)]


GITHUB = """\
# everything
*       @org/all   # inline
*.js    @js dev@example.org
/docs/  @org/docs
/docs/private/
with\\ space/ @s
!x @nobody
/bad/ nobody
"""


def test_the_last_matching_line_of_a_github_file_wins() -> None:
    owners = parse_codeowners(GITHUB)
    assert owners.flavour is Flavour.GITHUB
    assert owners.owners_of("a.txt") == ("@org/all",)
    assert owners.owners_of("docs/a.js") == ("@org/docs",)
    assert owners.owners_of("a/b.js") == ("@js", "dev@example.org")
    assert owners.owners_of("docs/private/x") == ()
    assert owners.owners_of("q/with space/x") == ("@s",)


def test_problems_in_a_file_become_findings_with_their_line() -> None:
    owners = parse_codeowners(GITHUB)
    assert [(f.rule, f.place and f.place.line) for f in owners.findings] == [("W41", 7), ("W44", 8)]


GITLAB = """\
\ufeff* @default
[Docs][2] @docs
README.md
docs/ @writers
^[Code]
*.rb @ruby
!vendor/
[docs]
/docs/legal/ @legal
"""


def test_sections_of_a_gitlab_file_add_their_owners() -> None:
    owners = parse_codeowners(GITLAB)
    assert owners.flavour is Flavour.GITLAB
    assert not owners.findings
    assert owners.owners_of("x/README.md") == ("@default", "@docs")
    assert owners.owners_of("docs/a.rb") == ("@default", "@writers", "@ruby")
    assert owners.owners_of("docs/legal/a") == ("@default", "@legal")
    assert owners.owners_of("vendor/a.rb") == ("@default",)
    assert [r.section for r in owners.rules][:3] == ["", "Docs", "Docs"]


def test_an_empty_file_owns_nothing() -> None:
    owners = parse_codeowners("\n# only a comment\n")
    assert owners.rules == () and owners.owners_of("a") == ()


@given(st.text(max_size=200))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    parse_codeowners(text).owners_of("a/b")
