"""The files that a plan is read from, in a folder, as one file, or as they stood in git."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath, PurePosixPath

from mainstem.errors import PlanError

#: Largest file that is read, in bytes.
MAX_FILE = 10_000_000
#: Largest plan that is read, in bytes over all files.
MAX_PLAN = 50_000_000
ENDINGS = (".yaml", ".yml")
Reading = Callable[[], bytes]
_HERE = PurePosixPath()


@dataclass(frozen=True)
class PlanFiles:
    """The text of a plan: relative path → bytes, in the order in which it is read.

    Attributes:
        texts: Content by path relative to the root, with ``/`` on every system.
        root: What is put before a path when it is shown; the given folder.
        too_big: Files that were left unread because of their size → their size in bytes.
    """

    texts: Mapping[str, bytes]
    root: PurePath = _HERE
    too_big: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def revision(self) -> str:
        """A hash of paths and content: the same text has the same revision wherever it lies."""
        digest = hashlib.sha256()
        for path in sorted({*self.texts, *self.too_big}):
            content = self.texts.get(path, b"")
            digest.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            digest.update(content)
        return digest.hexdigest()[:20]

    def shown(self, path: str) -> PurePath:
        """The path as a person knows it."""
        return self.root / path


def is_plan_file(path: PurePosixPath) -> bool:
    """Whether a path below the root belongs to the plan: YAML, and nothing hidden on the way."""
    return path.suffix.lower() in ENDINGS and not any(p.startswith(".") for p in path.parts)


def plan_paths(path: Path) -> list[Path]:
    """All files of the plan at ``path`` (a folder or one file), in reading order.

    Raises:
        PlanError: there is nothing at ``path``, or no YAML in the folder.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise PlanError(
            f"There is no plan at {path}.",
            "Name a folder of YAML files or one file, or write a starter with `mainstem init`.",
            code="plan.absent",
        )
    found = sorted(_walk(path), key=lambda p: p.relative_to(path).as_posix())
    if not found:
        raise PlanError(
            f"There is no YAML file in {path}.",
            "A plan is one or more files ending in .yaml; `mainstem init` writes a starter.",
            code="plan.absent",
        )
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for base, inner, files in os.walk(folder):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in files:
            path = Path(base, name)
            if is_plan_file(PurePosixPath(name)) and path.is_file():
                yield path


def read_folder(path: Path) -> PlanFiles:
    """Reads a folder (every ``*.yaml`` and ``*.yml`` below it, sorted, nothing hidden) or one file.

    Files over ``MAX_FILE`` bytes, and what goes over ``MAX_PLAN`` together, are named but not read.

    Raises:
        PlanError: there is nothing to read, or a file cannot be opened.
    """
    root = path.parent if path.is_file() else path
    taken = _Taken(root)
    for file in plan_paths(path):
        try:
            taken.take(file.relative_to(root).as_posix(), file.stat().st_size, file.read_bytes)
        except OSError as error:
            raise PlanError(
                f"{file} cannot be read: {error.strerror or error}.",
                "Check that the file exists and may be read by you.",
            ) from error
    return taken.files()


class _Taken:
    """Files taken so far, within the limits."""

    def __init__(self, root: PurePath) -> None:
        self.root = root
        self.texts: dict[str, bytes] = {}
        self.too_big: dict[str, int] = {}
        self.total = 0

    def take(self, name: str, size: int, read: Reading) -> None:
        if size > MAX_FILE or self.total + size > MAX_PLAN:
            self.too_big[name] = size
        else:
            self.total += size
            self.texts[name] = read()

    def files(self) -> PlanFiles:
        return PlanFiles(self.texts, self.root, self.too_big)


def read_revision(repository: Path, revision: str, subpath: str) -> PlanFiles:
    """Reads the plan as it stood at a git revision.

    Args:
        repository: A folder inside the repository.
        revision: Anything that git understands: a commit, branch, tag, ``HEAD~3``.
        subpath: Folder or file of the plan, relative to the repository's top; ``""`` for the top.

    Raises:
        PlanError: no repository, no such revision, or no plan in it.
    """
    commit = _git(
        repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}",
        what=f"`{revision}` is not a revision of the repository at {repository}",
        hint="Name a commit, a branch or a tag; `git log --oneline` lists commits.",
    ).decode().strip()  # fmt: skip
    wanted = PurePosixPath(subpath)
    entries = list(_entries(repository, commit, wanted))
    root = wanted.parent if [name for name, _, _ in entries] == [wanted] else wanted
    shown = root.as_posix() if root.parts else ""
    taken = _Taken(PurePosixPath(f"{revision}:{shown}"))
    for name, blob, size in sorted(entries, key=lambda e: e[0].as_posix()):
        taken.take(name.relative_to(root).as_posix(), size, _blob(repository, blob))
    if not entries:
        raise PlanError(
            f"There is no plan at {subpath or 'the top'} in revision `{revision}`.",
            f"`git ls-tree -r --name-only {revision}` lists what it holds.",
            code="plan.absent",
        )
    return taken.files()


def _blob(repository: Path, blob: str) -> Reading:
    return lambda: _git(repository, "cat-file", "blob", blob)


def _entries(
    repository: Path, commit: str, wanted: PurePosixPath
) -> Iterator[tuple[PurePosixPath, str, int]]:
    """Plan files of a commit at or below a path: name, blob, size. Symbolic links are left out."""
    below = ["--", wanted.as_posix()] if wanted.parts else []
    listed = _git(repository, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, *below)
    for entry in listed.split(b"\0"):
        about, _, raw = entry.partition(b"\t")
        mode, kind, blob, size = (about.decode().split() + [""] * 4)[:4]
        name = PurePosixPath(os.fsdecode(raw))
        if kind != "blob" or mode == "120000":
            continue
        if name == wanted or is_plan_file(name.relative_to(wanted)):
            yield name, blob, int(size)


def top_of_repository(path: Path) -> Path:
    """The top folder of the git repository that ``path`` (or its nearest existing parent) lies in.

    Raises:
        PlanError: it does not lie in a repository, or git is not installed.
    """
    folder = next(p for p in (path, *path.parents) if p.is_dir())
    top = _git(
        folder, "rev-parse", "--show-toplevel",
        what=f"{path} does not lie in a git repository",
        hint="A revision can only be read where the plan is kept in git.",
    )  # fmt: skip
    return Path(os.fsdecode(top.rstrip(b"\n")))


def _git(folder: Path, *words: str, what: str = "", hint: str = "") -> bytes:
    import subprocess

    command = ["git", "--literal-pathspecs", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise PlanError("git is not installed.", "Install git, or name folders instead.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = f" ({said[-1].removeprefix('fatal: ')})" if said else ""
        raise PlanError(
            f"{what or 'git failed'}{reason}.",
            hint or "Try the same with git itself to see what it says.",
            code="plan.revision",
        )
    return done.stdout
