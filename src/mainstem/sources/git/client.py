"""Runs git, and nothing else. Never fetches: a clone without blobs is read as it is."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mainstem.errors import SourceError

#: What is asked of each commit; the token that starts one is made anew for each run, so that no
#: message can hold it. Fields end with the unit separator.
FIELDS = ("%H", "%P", "%aN", "%aE", "%aI", "%s", "%b")
_CHUNK = 1 << 20


class Repository:
    """A repository on this machine, bare or not, whole, shallow or without blobs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._env = {
            **os.environ,
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "LC_ALL": "C.UTF-8",
        }

    def ask(self, *words: str) -> str:
        """The answer of a short git command, or nothing if it fails."""
        done = subprocess.run(
            ["git", "-C", str(self.path), *words], capture_output=True, env=self._env, check=False
        )
        return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""

    def name(self) -> str:
        """The repository's name: that of its origin, else of its folder."""
        origin = self.ask("config", "--get", "remote.origin.url").rstrip("/")
        base = origin.replace(":", "/").rsplit("/", 1)[-1] if origin else self.path.resolve().name
        return base.removesuffix(".git") or "repository"

    def is_shallow(self) -> bool:
        """Whether history was cut off when it was cloned."""
        return self.ask("rev-parse", "--is-shallow-repository") == "true"

    def commits(self, branch: str) -> int:
        """How many commits a branch has; 0 if it has none or is not there."""
        said = self.ask("rev-list", "--count", branch, "--")
        return int(said) if said.isdigit() else 0

    @contextmanager
    def log(self, branch: str, since: str | None) -> Iterator[tuple[bytes, Iterator[bytes]]]:
        """The log of a branch, newest first, as the token that starts a commit and chunks of bytes.

        Raises:
            SourceError: if git fails, with its last words.
        """
        token = f"\x1e{secrets.token_hex(8)}\x1e"
        command = [
            "git", "-C", str(self.path), "-c", "core.quotePath=false", "log", "-z", "--name-status",
            "--no-renames", "--no-color", "--no-ext-diff", "--encoding=UTF-8",
            f"--format={token}" + "".join(f + "%x1f" for f in FIELDS),
            *([f"--since={since}"] if since else []), branch, "--",
        ]  # fmt: skip
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self._env
        ) as run:
            assert run.stdout is not None and run.stderr is not None
            stream = run.stdout
            yield token.encode(), iter(lambda: stream.read(_CHUNK), b"")
            said = run.stderr.read().decode("utf-8", "replace").strip().splitlines()
        if run.returncode:
            hint = "Check the branch's name with `git branch -a`."
            if any("promisor" in s or "lazy" in s or "missing" in s for s in said):
                hint = "The clone has no trees; clone it with --filter=blob:none instead of tree:0."
            raise SourceError(
                f"git cannot read the log of {branch!r} in {self.path}: {said[-1] if said else 'no reason given'}.",
                hint,
                code="source.git",
            )
