"""Runs git, and nothing else. Reads only, and never fetches: a clone without blobs stays without."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

from mainstem.errors import SourceError
from mainstem.sources.git.ahead import read_ahead

#: Fields of a commit, in the order of ``log_stream.read_stream``; each ends with a NUL.
FIELDS = ("%H", "%P", "%aN", "%aE", "%at", "%ct", "%s", "%b")
#: Stands for all branches, of this repository and of those that it was cloned from.
ALL_BRANCHES = "*"
_CHUNK = 1 << 21
#: Commits whose trees one git compares, and how many at once.
_BLOCK, _AT_ONCE = 2_500, 4
_PIPE = 1 << 20  # room for git to work ahead
_UNSAFE = re.compile(r"[<>\x00-\x1f]")
#: Settings of a repository that would change what is printed, run a program, or fetch.
_PLAIN = (
    "log.showSignature=false", "log.mailmap=true", "log.follow=false", "core.fsmonitor=false",
    "core.quotePath=false", "protocol.allow=never", "gc.auto=0",
)  # fmt: skip


def clean_environment() -> dict[str, str]:
    """What git is run with: nothing of a caller's own settings, nothing that reaches out."""
    # a caller's own GIT_DIR and the like (set in hooks) must not lead elsewhere
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env |= {
        "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0",
        "GIT_FLUSH": "0", "LC_ALL": "C.UTF-8", "GIT_CONFIG_COUNT": str(len(_PLAIN)),
    }  # fmt: skip
    for number, setting in enumerate(_PLAIN):
        name, _, value = setting.partition("=")
        env |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return env


def _token() -> str:
    return f"\x01{secrets.token_hex(8)}\x01"


class Repository:
    """A repository on this machine: bare or not, whole, shallow or without blobs.

    Raises:
        SourceError: if git is not installed or sees no repository at ``path``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._env = clean_environment()
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

    def has(self, commit: str) -> bool:
        """Whether a commit is here, by its full name."""
        return self._run(["cat-file", "-e", f"{commit}^{{commit}}"]).returncode == 0

    def tips(self, branch: str) -> tuple[dict[str, str], str]:
        """(ref → commit) of a branch, or of all, and the commit to ask for owners.

        Raises:
            SourceError: there is no such branch.
        """
        head = self.tip("HEAD")
        if branch == ALL_BRANCHES:
            said = self.ask(
                "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes"
            )
            found = {
                ref: name for name, _, ref in (line.partition(" ") for line in said.splitlines())
            }
            return found, head or next(iter(found.values()), "")
        tip = self.tip(branch) if branch else head
        if tip:
            return {branch or "HEAD": tip}, tip
        known = self.branches()
        if branch or known:
            raise SourceError(
                f"{self.path} has no {branch}." if branch else "No branch is checked out.",
                f"Name one as `branch`: {', '.join(known[:10]) or 'it has none yet'}.",
                code="source.option",
            )
        return {}, ""

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
        wanted = (
            ["--branches", "--remotes"] if branch == ALL_BRANCHES else ["--end-of-options", branch]
        )
        words = [
            *([] if merges else ["--no-merges"]), *([f"--since={since}"] if since else []), *wanted, "--",
        ]  # fmt: skip
        at_once = min(os.cpu_count() or 1, _AT_ONCE)
        if at_once == 1:
            with self._stream(words, repr(branch)) as stream:
                yield stream
            return
        # comparing trees takes git longer than all else takes us: several share the commits
        token = _token()
        named = self._named(words, repr(branch))
        with read_ahead(named, lambda block: self._log_of(block, token), at_once) as chunks:
            yield token, chunks

    def _named(self, words: Sequence[str], what: str) -> Generator[bytes, None, None]:
        """The names of commits as ``log`` orders them, so many lines at a time."""
        command = ["git", "-C", str(self.path), "rev-list", *words]
        with tempfile.TemporaryFile() as errors:
            with subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=self._env
            ) as run:  # fmt: skip
                assert run.stdout is not None
                try:
                    while block := b"".join(islice(run.stdout, _BLOCK)):
                        yield block
                except BaseException:
                    run.kill()
                    raise
            errors.seek(0)
            if run.returncode:
                self._give_up(what, errors.read().decode("utf-8", "replace").strip())

    @contextmanager
    def log_of(self, commits: Sequence[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """As ``log``, of commits that are named by their full names, in that order.

        Raises:
            SourceError: if git fails, with its last words.
        """
        token = _token()
        names = "".join(f"{name}\n" for name in commits).encode("ascii")
        with self._log_of(names, token) as chunks:
            yield token, chunks

    @contextmanager
    def _log_of(self, names: bytes, token: str) -> Iterator[Iterator[bytes]]:
        with tempfile.TemporaryFile() as given:
            given.write(names)
            given.seek(0)
            words = ["--no-walk=unsorted", "--stdin"]
            with self._stream(words, "its commits", given, token) as (_, chunks):
                yield chunks

    def names_of(
        self, tips: Sequence[str], without: Sequence[str], words: Sequence[str], into: IO[bytes]
    ) -> None:
        """Writes the names of all commits of ``tips`` that are not ``without``, parents first.

        Args:
            words: What to leave out: ``--no-merges``, ``--since=…``.
            into: A real file; a name on each line.

        Raises:
            SourceError: if git fails, with its last words.
        """
        command = [
            "git",
            "-C",
            str(self.path),
            "rev-list",
            "--topo-order",
            "--reverse",
            *words,
            "--stdin",
        ]
        given = "".join([f"{t}\n" for t in tips] + [f"^{t}\n" for t in without])
        done = subprocess.run(
            command, input=given.encode("ascii"), stdout=into, stderr=subprocess.PIPE,
            env=self._env, check=False,
        )  # fmt: skip
        if done.returncode:
            self._give_up("its commits", done.stderr.decode("utf-8", "replace").strip())

    def moments_of(self, tips: Sequence[str], words: Sequence[str]) -> Iterator[int]:
        """When the commits of ``tips`` were written, in seconds since 1970; zero where it cannot be read."""
        command = [
            "git", "-C", str(self.path), "log", "--format=%at", *words, "--no-show-signature", "--stdin",
        ]  # fmt: skip
        with tempfile.TemporaryFile() as given:
            given.write("".join(f"{tip}\n" for tip in tips).encode("ascii"))
            given.seek(0)
            with subprocess.Popen(
                command, stdin=given, stdout=subprocess.PIPE, env=self._env
            ) as run:
                assert run.stdout is not None
                for line in run.stdout:
                    text = line.strip()
                    yield int(text) if text.isdigit() else 0
        if run.returncode:
            self._give_up("its commits", "")

    @contextmanager
    def _stream(
        self, words: Sequence[str], what: str, given: IO[bytes] | None = None, token: str = ""
    ) -> Iterator[tuple[str, Iterator[bytes]]]:
        token = token or _token()
        command = [
            "git", "-C", str(self.path), *self._mailmap(), "log", "-z", "--name-status", "--no-renames",
            "--no-color", "--no-ext-diff", "--no-textconv", "--no-notes", "--no-relative",
            "--no-show-signature", "--no-diff-merges", "--encoding=UTF-8", f"--format={token}" + "%x00".join(FIELDS),
            *words,
        ]  # fmt: skip
        with tempfile.TemporaryFile() as errors:
            run = subprocess.Popen(
                command, stdin=given or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                env=self._env, bufsize=0, pipesize=_PIPE,
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
                self._give_up(what, errors.read().decode("utf-8", "replace").strip())

    def _give_up(self, what: str, said: str) -> None:
        hint = "Run `git fsck` in it; a damaged repository can be cloned again."
        if self.is_partial():
            hint = "The clone lacks trees, not only blobs: clone it again with --filter=blob:none."
        last = said.splitlines()[-1] if said else "no reason given"
        raise SourceError(
            f"git cannot read the log of {what} in {self.path}: {last}.",
            hint,
            code="source.git",
        )
