"""Where work happened lately in a git repository: changed files of recent commits, never authors.

git is only asked to read. Nothing is fetched: in a clone without blobs, changed paths are known from
its trees; in one without trees there is no history to read, and that is said.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

#: Most commits that are looked at; merges are not counted, as they repeat what they merge.
MOST_COMMITS = 5_000
#: If the last year has at least this many commits, older ones say little about today.
ENOUGH_COMMITS = 200
_YEAR = 365 * 86_400
_SAFE = (
    "-c", "protocol.allow=never", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false",
    "-c", "log.showRoot=false", "-c", "log.showSignature=false",
)  # fmt: skip
_MARK = b"\x1e"
_OF_A_RUNNING_GIT = frozenset(
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY",
     "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_ALTERNATE_OBJECT_DIRECTORIES"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecentWork:
    """Work by file of today's tree.

    Attributes:
        root: The repository's folder.
        name: What to call the repository.
        work: File → commits, a commit split equally over the files it changed. Files that are gone
            count for the nearest folder that is still there, written with a ``/`` at the end.
        commits: How many commits that is; 0 if there is no history and files were counted.
        days: First and last day of those commits.
        is_shallow: History was cut off when it was cloned.
    """

    root: Path
    name: str
    work: Mapping[str, float]
    commits: int = 0
    days: tuple[date, date] | None = None
    is_shallow: bool = False


@dataclass(slots=True)
class _Commit:
    at: int
    paths: list[str] = field(default_factory=list)


def read_recent_work(folder: Path) -> RecentWork | None:
    """Recent work below ``folder``; ``None`` if it is in no git repository with a commit."""
    top = _ask(folder, "rev-parse", "--show-toplevel")
    if not top or not _ask(folder, "rev-parse", "--verify", "--quiet", "HEAD"):
        return None
    root = Path(top)
    below = _ask(folder, "rev-parse", "--show-prefix")
    files = _listed(root, "ls-tree", "-r", "-z", "--name-only", "HEAD", "--", below or ".")
    present = _with_folders(path for path in files if is_telling(path))
    commits = _recent(list(_commits(root, below)))
    work: defaultdict[str, float] = defaultdict(float)
    counted = [commit for commit in commits if _share_out(commit, present, work)]
    is_shallow = _ask(root, "rev-parse", "--is-shallow-repository") == "true"
    name = _name(root)
    if not counted:
        alike = {path: 1.0 for path in present if path[-1] != "/"}
        return RecentWork(root, name, alike, 0, None, is_shallow)
    moments = [commit.at for commit in counted]
    days = (_day(min(moments)), _day(max(moments)))
    return RecentWork(root, name, work, len(counted), days, is_shallow)


def repository_of(folder: Path) -> str:
    """The repository that a folder lies in, seen from the folder: ``.``, ``..``; empty if in none."""
    top = _ask(folder, "rev-parse", "--show-toplevel")
    if top:
        return Path(os.path.relpath(Path(top).resolve(), folder.resolve())).as_posix()
    return "." if _ask(folder, "rev-parse", "--is-bare-repository") == "true" else ""


def explain_unread(folder: Path) -> str:
    """Why git cannot read the repository around a folder; empty if it can, or if there is none."""
    here = folder.resolve()
    if not any((place / ".git").exists() for place in (here, *here.parents)):
        return ""
    command = ["git", "-C", str(folder), *_SAFE, "rev-parse", "--show-toplevel"]
    try:
        done = subprocess.run(command, capture_output=True, env=_environment(), check=False)
    except OSError:
        return "git is not installed"
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode == 0:
        return ""
    return said[0].removeprefix("fatal: ") if said else "no reason given"


def _ask(folder: Path, *words: str) -> str:
    """The answer of a short git command; empty if git is not there or refuses."""
    return _run(folder, *words).decode("utf-8", "replace").strip()


def _listed(folder: Path, *words: str) -> list[str]:
    names = _run(folder, *words).split(b"\0")
    return [name.decode("utf-8", "replace") for name in names if name]


def _run(folder: Path, *words: str) -> bytes:
    command = ["git", "-C", str(folder), *_SAFE, *words]
    try:
        done = subprocess.run(command, capture_output=True, env=_environment(), check=False)
    except OSError:
        return b""
    return done.stdout if done.returncode == 0 else b""


def _environment() -> dict[str, str]:
    """Without what a running git (a hook) says about its own repository."""
    kept = {k: v for k, v in os.environ.items() if k not in _OF_A_RUNNING_GIT}
    return {
        **kept,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
    }


def _commits(root: Path, below: str) -> Iterator[_Commit]:
    """Commits with the paths they changed, newest first. Renames are not followed: that needs blobs."""
    said = _run(
        root, "log", "-z", f"-n{MOST_COMMITS}", "--no-merges", "--no-renames", "--no-ext-diff",
        "--name-only", "--format=%x1e%ct", "HEAD", "--", below or ".",
    )  # fmt: skip
    commit: _Commit | None = None
    for part in said.split(b"\0"):
        word = part.lstrip(b"\n")
        if word.startswith(_MARK):
            if commit is not None:
                yield commit
            moment = word[1:].strip()
            commit = _Commit(int(moment) if moment.isdigit() else 0)
        elif word and commit is not None:
            commit.paths.append(word.decode("utf-8", "replace"))
    if commit is not None:
        yield commit


def _recent(commits: list[_Commit]) -> list[_Commit]:
    newest = max((commit.at for commit in commits), default=0)
    last_year = [commit for commit in commits if commit.at > newest - _YEAR]
    return last_year if len(last_year) >= ENOUGH_COMMITS else commits


def _share_out(commit: _Commit, present: set[str], work: defaultdict[str, float]) -> bool:
    """Adds one commit's work; false if it changed nothing that is still there and tells something."""
    homes = [home for path in commit.paths if is_telling(path) and (home := _home(path, present))]
    for home in homes:
        work[home] += 1 / len(homes)
    return bool(homes)


def _home(path: str, present: set[str]) -> str:
    """The path if it is there today, else the nearest folder above it that is; empty for none."""
    while path and path not in present:
        above = path.rstrip("/").rpartition("/")[0]
        path = f"{above}/" if above else ""
    return path


def _with_folders(paths: Iterator[str]) -> set[str]:
    present: set[str] = set()
    for path in paths:
        present.add(path)
        while (path := path.rstrip("/").rpartition("/")[0] + "/") != "/" and path not in present:
            present.add(path)
    return present


def is_telling(path: str) -> bool:
    """Whether a change of the path says what the work was for: not generated, vendored or a lock."""
    from mainstem.work.claims import ignored_path_regexes

    if not _IGNORED:
        _IGNORED.append(re.compile("|".join(f"(?:{p})" for p in ignored_path_regexes()), re.DOTALL))
    return "\ufffd" not in path and _IGNORED[0].match(path.lower()) is None


_IGNORED: list[re.Pattern[str]] = []


def _name(root: Path) -> str:
    origin = _ask(root, "config", "--get", "remote.origin.url").rstrip("/")
    base = origin.replace(":", "/").rpartition("/")[2] if origin else root.resolve().name
    return base.removesuffix(".git") or "repository"


def _day(moment: int) -> date:
    return datetime.fromtimestamp(moment, UTC).date()
