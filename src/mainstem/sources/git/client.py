"""Runs git, and nothing else. Reads only, and never fetches: a clone without blobs stays without."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mainstem.errors import SourceError

#: Fields of a commit, in the order of ``log_stream.read_stream``; each ends with a NUL.
FIELDS = ("%H", "%P", "%aN", "%aE", "%at", "%ct", "%s", "%b")
#: Stands for all branches, of this repository and of those that it was cloned from.
ALL_BRANCHES = "*"
_CHUNK = 1 << 21
_PIPE = 1 << 20  # room for git to work ahead
_UNSAFE = re.compile(r"[<>\x00-\x1f]")
#: Settings of a repository that would change what is printed, run a program, or fetch.
_PLAIN = (
    "log.showSignature=false", "log.mailmap=true", "log.follow=false", "core.fsmonitor=false",
    "core.quotePath=false", "protocol.allow=never", "gc.auto=0",
)  # fmt: skip


class Repository:
    """A repository on this machine: bare or not, whole, shallow or without blobs.

    Raises:
        SourceError: if git is not installed or sees no repository at ``path``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # a caller's own GIT_DIR and the like (set in hooks) must not lead elsewhere
        self._env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        self._env |= {
            "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0",
            "GIT_FLUSH": "0", "LC_ALL": "C.UTF-8", "GIT_CONFIG_COUNT": str(len(_PLAIN)),
        }  # fmt: skip
        for number, setting in enumerate(_PLAIN):
            name, _, value = setting.partition("=")
            self._env |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        self._look()

    def _look(self) -> None:
        done = self._run(
            ["rev-parse", "--is-shallow-repository", "--is-bare-repository", "--git-dir"]
        )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            hint = "Name a folder that holds a git repository, or a file that holds its log."
            if "dubious ownership" in said:
                hint = "It belongs to somebody else. If you trust it, tell git so:"
                hint += f" git config --global --add safe.directory {self.path.resolve()}"
            raise SourceError(f"git sees no repository at {self.path}.", hint, code="source.git")
        shallow, bare, folder = done.stdout.decode("utf-8", "replace").rstrip("\n").split("\n", 2)
        self.is_shallow = shallow == "true"
        self.is_bare = bare == "true"
        self._git_dir = self.path / folder

    def _run(self, words: Sequence[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", str(self.path), *words]
        try:
            return subprocess.run(
                command, input=given, capture_output=True, env=self._env, check=False
            )
        except FileNotFoundError as error:
            raise SourceError(
                "git is not installed.", "Install git, or import a file that holds the log.",
                code="source.git",
            ) from error  # fmt: skip

    def ask(self, *words: str) -> str:
        """The answer of a short git command, or nothing if it fails."""
        done = self._run(words)
        return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""

    def origin(self) -> str:
        """Where it was cloned from, as written in its settings; empty if nowhere."""
        return self.ask("config", "--get", "remote.origin.url").rstrip("/")

    def folder_name(self) -> str:
        """The name of the folder that it lies in."""
        inner = self.path.resolve()
        return inner.parent.name if inner.name == ".git" else inner.name

    def is_partial(self) -> bool:
        """Whether it is a clone without all objects, which git would fetch when asked for."""
        return bool(
            self.ask("config", "--get-regexp", r"^(remote\..*\.promisor|extensions\.partialclone)$")
        )

    def cut_commits(self) -> frozenset[str]:
        """Commits at the cut of a shallow clone: they look as if they had added every file."""
        named = self.ask("rev-parse", "--git-path", "shallow")
        file = self.path / named
        return (
            frozenset(file.read_text("ascii").split()) if named and file.is_file() else frozenset()
        )

    def tip(self, branch: str) -> str:
        """The commit that a branch, tag or other revision names; empty if there is none."""
        return self.ask(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}"
        )

    def branches(self) -> list[str]:
        """Names of branches, here and where it was cloned from."""
        said = self.ask("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes")
        return said.splitlines()

    def has_mailmap(self) -> bool:
        """Whether there may be a ``.mailmap``, or settings that name one."""
        if self.is_bare or (self.path / ".mailmap").exists():
            return True
        # a path inside the repository may have been given; its top has the file
        top = self.ask("rev-parse", "--show-toplevel")
        return (
            not top
            or (Path(top) / ".mailmap").exists()
            or bool(self.ask("config", "--get-regexp", r"^mailmap\."))
        )

    def canonical(self, people: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Names and addresses as ``.mailmap`` wants them, in the order given."""
        lines = "".join(f"{_UNSAFE.sub(' ', n)} <{_UNSAFE.sub('', m)}>\n" for n, m in people)
        done = self._run(
            [*self._mailmap(), "check-mailmap", "--stdin"], lines.encode("utf-8", "replace")
        )
        said = done.stdout.decode("utf-8", "replace").splitlines()
        if done.returncode or len(said) != len(people):
            return list(people)
        found = (re.fullmatch(r"(.*?)\s*<(.*)>", line) for line in said)
        return [(m[1], m[2]) if m else old for m, old in zip(found, people, strict=True)]

    def _mailmap(self) -> list[str]:
        # git reads HEAD:.mailmap of a bare repository, and would fetch that blob if it is not there
        return ["-c", "mailmap.blob=none"] if self.is_bare and self.is_partial() else []

    @contextmanager
    def log(
        self, branch: str, since: str | None, *, merges: bool = True
    ) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The log of a branch, newest first: the token that starts each commit, and chunks of bytes.

        The token is new for each run, so that no message can hold it.

        Raises:
            SourceError: if git fails, with its last words.
        """
        token = f"\x01{secrets.token_hex(8)}\x01"
        wanted = (
            ["--branches", "--remotes"] if branch == ALL_BRANCHES else ["--end-of-options", branch]
        )
        command = [
            "git", "-C", str(self.path), *self._mailmap(), "log", "-z", "--name-status", "--no-renames",
            "--no-color", "--no-ext-diff", "--no-textconv", "--no-notes", "--no-relative",
            "--no-show-signature", "--no-diff-merges", "--encoding=UTF-8", f"--format={token}" + "%x00".join(FIELDS),
            *([] if merges else ["--no-merges"]), *([f"--since={since}"] if since else []),
            *wanted, "--",
        ]  # fmt: skip
        with tempfile.TemporaryFile() as errors:
            run = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, env=self._env, bufsize=0,
                pipesize=_PIPE,
            )  # fmt: skip
            assert run.stdout is not None
            stream = run.stdout
            try:
                yield token, iter(lambda: stream.read(_CHUNK), b"")
            except BaseException:
                run.kill()
                raise
            finally:
                stream.close()
                code = run.wait()
            errors.seek(0)
            if code:
                self._give_up(branch, errors.read().decode("utf-8", "replace").strip())

    def _give_up(self, branch: str, said: str) -> None:
        hint = "Run `git fsck` in it; a damaged repository can be cloned again."
        if self.is_partial():
            hint = "The clone lacks trees, not only blobs: clone it again with --filter=blob:none."
        last = said.splitlines()[-1] if said else "no reason given"
        raise SourceError(
            f"git cannot read the log of {branch!r} in {self.path}: {last}.",
            hint,
            code="source.git",
        )
