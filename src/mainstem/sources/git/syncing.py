"""One sync of a repository: which commits are new, in batches from which a killed sync goes on."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.git.client import Repository
from mainstem.sources.git.log_stream import read_stream
from mainstem.sources.git.mirror import Mirror, files_of
from mainstem.sources.git.network import Remote, parse_remote, path_of
from mainstem.sources.git.reading import Reading
from mainstem.sources.git.source import owners_at, project_of, web_address
from mainstem.sources.git.translate import Translator
from mainstem.sources.remote import Batch, Checked, Connection, Cursor, Reject, Watch

#: Commits of a batch.
BATCH = 2_000
_DECIDING = (
    "url", "branch", "since", "project", "bots", "merges", "teams", "parent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a connection was told, checked."""

    remote: Remote | None
    path: Path
    branch: str
    words: tuple[str, ...]  # what git leaves out
    roll_call: float
    digest: str


def read_asked(of: Connection) -> Asked:
    """Checks what a connection says.

    Raises:
        SourceError: naming what cannot be.
    """
    url, branch, since = of.text("url"), of.text("branch"), of.text("since")
    if branch.startswith("-") or any(c in branch for c in "\n\0 ~^:?[\\"):
        raise SourceError(
            f"{branch!r} cannot be the name of a branch.", "Name a branch or a tag, or * for all.",
            code="source.option",
        )  # fmt: skip
    try:
        words = [f"--since={date.fromisoformat(since).isoformat()}T00:00:00"] if since else []
    except ValueError:
        raise SourceError(
            f"{since!r} is no day.", "Write since: 2026-01-31.", code="source.option"
        ) from None
    if of.text("merges") == "skip":
        words.append("--no-merges")
    told = json.dumps([of.timezone, *(of.text(name) for name in _DECIDING)])
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    remote = parse_remote(url, of.text("user"), of.secrets.get("token", ""))
    return Asked(remote, path_of(url), branch, tuple(words), _hours(of), digest)


def _hours(of: Connection) -> float:
    try:
        return max(0.0, float(of.text("roll_call") or 24))
    except ValueError:
        raise SourceError(
            f"The option roll_call of {of.name} is no number.", "Write hours.", code="source.option"
        ) from None


def opened(asked: Asked, watch: Watch) -> Repository:
    """The repository of this machine, or the copy of the one elsewhere.

    Raises:
        SourceError: there is none.
    """
    if asked.remote is None:
        return Repository(asked.path)
    if not watch.folder:
        raise SourceError(
            "There is no folder to keep the copy of the repository in.",
            "This is a fault of Mainstem; please report it.", code="source.git",
        )  # fmt: skip
    return Mirror(Path(watch.folder) / "mirror.git", asked.remote, watch)


@dataclass(slots=True)
class _Basket:
    """The rows of some commits."""

    items: list[Mapping[str, Any]] = field(default_factory=list)
    records: list[Mapping[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0

    def accept(
        self, items: Iterable[Mapping[str, Any]], records: Iterable[Mapping[str, Any]]
    ) -> None:
        self.read += 1
        self.items += items
        self.records += records

    def reject(self, place: str, reason: str, sample: str) -> None:
        self.read += 1
        self.rejects.append(Reject(place, reason, sample[:200]))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Commits to read: those of ``tips`` that are not of ``base``, after the first ``done`` of them."""

    tips: tuple[str, ...]
    base: tuple[str, ...]
    marks: str
    done: int = 0
    at: str = ""


class Sync:
    """One sync."""

    def __init__(self, asked: Asked, repository: Repository, watch: Watch, of: Connection) -> None:
        self._asked, self._repository, self._watch, self._of = asked, repository, watch, of

    def batches(self, cursor: Cursor) -> Iterator[Batch]:
        """New commits since the cursor, then what is gone; see ``Connected.pull``."""
        refs, first = self._repository.tips(self._asked.branch)
        tips = tuple(sorted(set(refs.values())))
        if not tips:
            note = "The repository has no commit yet."
            yield Batch({**cursor, "digest": self._asked.digest}, is_last=True, notes=(note,))
            return
        marks = self._marks(first)
        reading = self._reading(first)
        state = dict(cursor) if cursor.get("digest") == self._asked.digest else {}
        is_known = all(self._repository.has(tip) for tip in _tips_in(state))
        before = _tips_in(state) if is_known else ()
        state = state if is_known else {}
        for walk in self._walks(state, tips, marks):
            for batch in self._walk(walk, state, reading):
                state = dict(batch.cursor)
                yield batch
        reading.conclude()
        gone = self._gone(before, tips, bool(cursor) and is_known and bool(before))
        yield Batch(state, gone=gone, is_last=True, notes=tuple(reading.notes))

    # -- what to read

    def _walks(
        self, state: Mapping[str, Any], tips: tuple[str, ...], marks: str
    ) -> Iterator[_Walk]:
        """First what an earlier sync began, then what is new since."""
        read = tuple(state.get("tips", ()))
        went = state.get("next")
        if went:
            begun = _Walk(
                tuple(went["tips"]), tuple(went["base"]), went["marks"], went["done"], went["at"]
            )
            yield begun
            read = tuple(dict.fromkeys((*read, *begun.tips))) if begun.base else begun.tips
            state = {"marks": begun.marks, "whole": state.get("whole", self._watch.at.isoformat())}
        if self._is_outdated(state, marks):
            yield _Walk(tips, (), marks)
        elif set(tips) != set(read) or not state.get("tips"):
            yield _Walk(tips, read, str(state.get("marks", marks)))

    def _is_outdated(self, state: Mapping[str, Any], marks: str) -> bool:
        """Whether owners or people are written otherwise since all commits were last read."""
        hours, whole = self._asked.roll_call, str(state.get("whole", ""))
        if not whole or state.get("marks") == marks or not hours:
            return False
        return self._watch.at - datetime.fromisoformat(whole) >= timedelta(hours=hours)

    def _marks(self, tip: str) -> str:
        told = json.dumps(sorted(files_of(self._repository, tip).items()))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def _reading(self, tip: str) -> Reading:
        of, repository = self._of, self._repository
        origin = repository.origin()
        project = (
            of.text("project")
            or project_of(origin)
            or repository.folder_name().removesuffix(".git")
        )
        merges: Literal["item", "count"] = "count" if of.text("merges") == "count" else "item"
        bots = frozenset(word.lower() for word in of.words("bots"))
        owners = owners_at(repository, tip) if of.text("teams") != "none" else None
        translator = Translator(
            project, ZoneInfo(of.timezone), web_address(origin), bots, merges,
            of.text("parent") != "none", owners,
        )  # fmt: skip
        reading = Reading(translator, repository, skips_merges=of.text("merges") == "skip")
        reading.is_mapped = repository.has_mailmap()
        if repository.is_shallow:
            reading.cut = repository.cut_commits()
            reading.notes.append(
                "The repository is shallow: history before its cut is not counted, and commits at the cut"
                " count without their paths."
            )
        return reading

    # -- reading

    def _walk(self, walk: _Walk, state: Mapping[str, Any], reading: Reading) -> Iterator[Batch]:
        kept = {k: v for k, v in state.items() if k != "next"} | {"digest": self._asked.digest}
        with self._names(walk) as (names, total, done):
            while some := list(islice(names, BATCH)):
                self._watch.check()
                basket = self._read(some, reading)
                done += len(some)
                self._watch.progress(done, total, "reading commits")
                going = {
                    "tips": walk.tips, "base": walk.base, "marks": walk.marks, "done": done,
                    "at": some[-1],
                }  # fmt: skip
                yield Batch(
                    {**kept, "next": going}, basket.read, basket.items, basket.records,
                    basket.rejects, list(some),
                )  # fmt: skip
        whole = self._watch.at.isoformat() if not walk.base else kept.get("whole", "")
        kept |= {"tips": list(walk.tips), "marks": walk.marks, "whole": whole}
        yield Batch(kept)

    @contextmanager
    def _names(self, walk: _Walk) -> Iterator[tuple[Iterator[str], int, int]]:
        """Names of the commits that are left, how many there are in all, how many were read."""
        with tempfile.TemporaryFile(dir=self._watch.folder or None) as file:
            self._repository.names_of(walk.tips, walk.base, self._asked.words, file)
            total = file.tell() // _width(walk)
            done = walk.done if walk.done and _is_at(file, walk) else 0
            file.seek(done * _width(walk))
            yield (line.decode("ascii").strip() for line in file), total, done

    def _read(self, names: Sequence[str], reading: Reading) -> _Basket:
        basket = _Basket()
        with self._repository.log_of(names) as (token, chunks):
            commits = list(read_stream(token, chunks))
        if len(commits) != len(names):
            raise SourceError(
                f"git told {len(commits)} of {len(names)} commits of {self._repository.path.name}.",
                "Run `git fsck` in it.", code="source.git",
            )  # fmt: skip
        reading.take(commits, set(), basket)
        return basket

    # -- what is gone

    def _gone(
        self, before: tuple[str, ...], tips: tuple[str, ...], is_known: bool
    ) -> dict[str, str]:
        """Commits that no branch reaches any more: history was rewritten, or a branch removed."""
        why = "no longer in the history"
        if is_known and set(before) <= set(tips):
            return {}
        known = self._watch.known().values()
        if is_known:
            lost = self._listed(before, tips)
            return {key: why for key in known if key in lost} if lost else {}
        if not known:
            return {}
        there = self._listed(tips, ())
        return {key: why for key in known if key not in there}

    def _listed(self, tips: Sequence[str], without: Sequence[str]) -> set[str]:
        with tempfile.TemporaryFile(dir=self._watch.folder or None) as file:
            self._repository.names_of(tips, without, self._asked.words, file)
            file.seek(0)
            return {line.decode("ascii").strip() for line in file}


def _tips_in(state: Mapping[str, Any]) -> tuple[str, ...]:
    """All commits that a cursor names: what was read, and what was being read."""
    went = state.get("next") or {}
    return tuple(
        dict.fromkeys((*state.get("tips", ()), *went.get("base", ()), *went.get("tips", ())))
    )


def _width(walk: _Walk) -> int:
    """Bytes of a line with a commit's name."""
    return len(walk.tips[0]) + 1


def _is_at(file: IO[bytes], walk: _Walk) -> bool:
    """Whether the commit that was read last stands where it stood: then the order is the same."""
    file.seek((walk.done - 1) * _width(walk))
    return file.readline().decode("ascii").strip() == walk.at


def test_repository(of: Connection, watch: Watch) -> Iterator[Checked]:
    """See ``Connected.test``: only asks, fetches nothing."""
    try:
        asked = read_asked(of)
        if asked.remote is None:
            yield _tested(opened(asked, watch), asked)
            return
        if asked.remote.token and asked.remote.url.startswith("http:"):
            yield Checked(
                "encryption",
                False,
                "The token is sent without encryption.",
                "Use https.",
                optional=True,
            )
        yield _asked_remote(asked, watch)
    except SourceError as error:
        what = "credentials" if error.code == "source.credentials" else "repository"
        yield Checked(what, False, error.message, error.hint)


def _tested(repository: Repository, asked: Asked) -> Checked:
    refs, _ = repository.tips(asked.branch)
    said = f"{len(refs):,} branches can be read." if len(refs) != 1 else "Its branch can be read."
    return Checked("repository", True, said if refs else "It has no commit yet.")


def _asked_remote(asked: Asked, watch: Watch) -> Checked:
    # before the first sync there is no folder yet
    into = watch.folder if watch.folder and Path(watch.folder).is_dir() else None
    with tempfile.TemporaryDirectory(dir=into) as folder:
        assert asked.remote is not None
        found = Mirror(Path(folder) / "ask.git", asked.remote, watch).there(asked.branch)
    names = ", ".join(name.removeprefix("refs/heads/") for name in list(found)[:5])
    return Checked(
        "repository", True, f"It can be read: {names}." if found else "It has no commit yet."
    )
