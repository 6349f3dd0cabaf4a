"""The files of a plan, from a folder, a single file or a git revision, as bytes with a revision."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from mainstem.errors import PlanError

ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class PlanFiles:
    """Files by their path as people know it. ``revision`` names this very content."""

    files: Mapping[PurePath, bytes]

    @property
    def revision(self) -> str:
        """A digest of all names and contents."""
        made = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            for part in (path.name.encode(), content):
                made.update(len(part).to_bytes(8, "big") + part)
        return made.hexdigest()[:20]


def read_folder(path: Path) -> PlanFiles:
    """Every YAML file of a folder (hidden ones left out), or one file.

    Raises:
        PlanError: if there is nothing to read.
    """
    if path.is_file():
        return PlanFiles({path: _bytes(path)})
    if not path.is_dir():
        raise PlanError(
            f"There is no plan at {path}.", "`mainstem init` writes a starter plan.", code="plan.absent"
        )
    found = sorted(
        p
        for p in path.rglob("*")
        if p.suffix.lower() in ENDINGS
        and p.is_file()
        and not any(part.startswith(".") for part in p.relative_to(path).parts)
    )
    if not found:
        raise PlanError(
            f"The folder {path} has no .yaml file.",
            "`mainstem init` writes a starter plan.",
            code="plan.absent",
        )
    return PlanFiles({p: _bytes(p) for p in found})


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlanError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error


def read_revision(repository: Path, revision: str, below: str = "") -> PlanFiles:
    """The plan as it was at a git revision, below a folder or at a file of the repository.

    Raises:
        PlanError: if the revision or the path is not there.
    """
    spec = f"{revision}:{below}" if below else f"{revision}^{{tree}}"
    kind = _git(repository, "cat-file", "-t", spec, what=f"{revision} {below}".strip())
    if kind.strip() == b"blob":
        name = PurePath(f"{revision}:{below}")
        return PlanFiles({name: _git(repository, "cat-file", "blob", spec, what=str(name))})
    listed = _git(repository, "ls-tree", "-r", "-z", "--name-only", spec, what=revision).decode("utf-8", "replace")
    names = [n for n in listed.split("\0") if PurePath(n).suffix.lower() in ENDINGS
             and not any(p.startswith(".") for p in PurePath(n).parts)]  # fmt: skip
    if not names:
        raise PlanError(f"The revision {revision} has no plan at {below or '.'}.", "Check the path.")
    prefix = f"{below.rstrip('/')}/" if below else ""
    return PlanFiles(
        {
            PurePath(f"{revision}:{prefix}{n}"): _git(
                repository, "cat-file", "blob", f"{revision}:{prefix}{n}", what=n
            )
            for n in sorted(names)
        }
    )


def _git(repository: Path, *words: str, what: str) -> bytes:
    done = subprocess.run(
        ["git", "-C", str(repository), *words], capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise PlanError(
            f"git cannot show {what}: {said[-1] if said else 'no reason given'}.",
            "`git log --oneline` lists revisions; the path counts from the repository's root.",
            code="plan.revision",
        )
    return done.stdout
