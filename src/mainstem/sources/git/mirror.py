"""A copy of a repository elsewhere, bare and without blobs, kept beside and fetched into again."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from mainstem.errors import SourceError
from mainstem.sources.git.client import ALL_BRANCHES, Repository
from mainstem.sources.git.network import Remote, peeled, read_refs
from mainstem.sources.remote import Watch

_HEADS = "refs/heads/"
#: Files whose contents are wanted too: who owns which paths, and how people are written.
WANTED = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".mailmap")


class Mirror(Repository):
    """The copy. ``remote`` is where it is fetched from.

    Raises:
        SourceError: if git is not installed, or the folder cannot be written.
    """

    def __init__(self, path: Path, remote: Remote, watch: Watch) -> None:
        self.remote, self._watch = remote, watch
        self._mailmap_blob = ""
        _make(path, remote)
        super().__init__(path)

    def tips(self, branch: str) -> tuple[dict[str, str], str]:
        """Fetches what there is: (ref → commit) of a branch, or of all, and the commit to ask for owners.

        Raises:
            SourceError: there is no such branch, or it cannot be fetched.
        """
        wanted, head = self._there(branch)
        if not wanted:
            return {}, ""
        if not all(self.has(commit) for commit in wanted.values()):
            self._fetch([*wanted], branch)
        first = head if head in wanted else next(iter(wanted))
        self._learn(wanted[first])
        return wanted, wanted[first]

    def there(self, branch: str) -> dict[str, str]:
        """As ``tips``, only asked: nothing is fetched."""
        return self._there(branch)[0]

    def _there(self, branch: str) -> tuple[dict[str, str], str]:
        words = ["ls-remote", "--symref", "origin", "HEAD", *_asked(branch)]
        refs, head = read_refs(self.remote.ask(words, self._watch, self.path))
        return {name: peeled(refs, name) for name in _wanted(refs, head, branch)}, head

    def _fetch(self, refs: Sequence[str], branch: str) -> None:
        everything = branch == ALL_BRANCHES
        specs = ["+refs/heads/*:refs/heads/*"] if everything else [f"+{ref}:{ref}" for ref in refs]
        self._watch.progress(0, None, "fetching")
        before = _size(self.path)
        self.remote.ask(
            ["fetch", "--quiet", "--filter=blob:none", "--no-tags", "--no-auto-maintenance", "--force",
             "--update-shallow", "--no-recurse-submodules", *(["--prune"] if everything else []),
             "origin", *specs],
            self._watch, self.path,
        )  # fmt: skip
        self._watch.meter.add(received=max(0, _size(self.path) - before))

    def _learn(self, tip: str) -> None:
        """Fetches the few files whose contents matter, where the tip has them."""
        for name, blob in files_of(self, tip).items():
            if self._run(["cat-file", "-e", blob]).returncode:
                self.remote.ask(["cat-file", "-e", blob], self._watch, self.path)
            if name == ".mailmap":
                self._mailmap_blob = blob

    def has_mailmap(self) -> bool:
        """Whether the tip has a ``.mailmap``."""
        return bool(self._mailmap_blob)

    def _mailmap(self) -> list[str]:
        return ["-c", f"mailmap.blob={self._mailmap_blob or 'none'}"]

    def origin(self) -> str:
        """Where it is fetched from."""
        return self.remote.url.rstrip("/")

    def drop(self) -> None:
        """Throws the copy away; the next sync makes it anew."""
        shutil.rmtree(self.path, ignore_errors=True)


def files_of(repository: Repository, tip: str) -> Mapping[str, str]:
    """Which of the files ``WANTED`` a commit has, and their objects."""
    said = repository.ask("ls-tree", "-z", "--full-tree", tip, "--", *WANTED)
    found = {}
    for line in filter(None, said.split("\0")):
        words, _, name = line.partition("\t")
        mode, kind, blob = words.split()
        if kind == "blob" and mode.startswith("100"):
            found[name] = blob
    return found


def _asked(branch: str) -> list[str]:
    if branch in ("", ALL_BRANCHES):
        return ["refs/heads/*"]
    return [f"refs/heads/{branch}", f"refs/tags/{branch}", f"refs/tags/{branch}^{{}}"]


def _wanted(refs: Mapping[str, str], head: str, branch: str) -> list[str]:
    """The refs to fetch.

    Raises:
        SourceError: there is no such branch, or none is HEAD.
    """
    heads = [name for name in refs if name.startswith(_HEADS)]
    if branch == ALL_BRANCHES:
        return heads
    if branch:
        named = [f"refs/{what}/{branch}" for what in ("heads", "tags")]
        found = [name for name in named if name in refs][:1]
        if not found:
            raise SourceError(
                f"The repository has no branch {branch}.", "Name one that it has, or * for all.",
                code="source.option",
            )  # fmt: skip
        return found
    if head in refs:
        return [head]
    if heads:
        names = ", ".join(name.removeprefix(_HEADS) for name in heads[:10])
        raise SourceError(
            "The repository does not say which branch is its main one.",
            f"Name it as `branch`: {names}.", code="source.option",
        )  # fmt: skip
    return []


def _make(path: Path, remote: Remote) -> None:
    """Makes the copy, empty, if there is none of that address; clears away what a killed git left."""
    said = ""
    if (path / "config").is_file():
        said = _git(path, "config", "--get", "remote.origin.url").strip()
    if said != remote.url:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        _git(path, "init", "--quiet", "--bare", "--template=", ".")
        for name, value in (
            ("remote.origin.url", remote.url), ("remote.origin.promisor", "true"),
            ("remote.origin.partialclonefilter", "blob:none"), ("core.repositoryformatversion", "1"),
            ("extensions.partialClone", "origin"),
        ):  # fmt: skip
            _git(path, "config", name, value)
    for lock in [
        *path.glob("*.lock"),
        *path.glob("refs/**/*.lock"),
        *path.glob("objects/**/tmp_*"),
    ]:
        lock.unlink(missing_ok=True)


def _git(path: Path, *words: str) -> str:
    from mainstem.sources.git.client import clean_environment

    try:
        done = subprocess.run(
            ["git", "-C", str(path), *words],
            capture_output=True,
            env=clean_environment(),
            check=False,
        )
    except FileNotFoundError as error:
        raise SourceError("git is not installed.", "Install git.", code="source.git") from error
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _size(path: Path) -> int:
    return sum(f.stat().st_size for f in path.glob("objects/pack/*.pack"))
