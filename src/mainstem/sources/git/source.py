"""The git source: a repository or a log file, staged."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.base import ReadRequest
from mainstem.sources.git.client import Repository
from mainstem.sources.git.translate import Commit, Translator, split_file, split_stream
from mainstem.sources.staging import Stage
from mainstem.work.records import Staged

OPTIONS = ("branch", "since", "bots", "merges", "project")
_STEP = 500


class GitSource:
    """Reads work from git."""

    name = "git"

    def recognises(self, path: Path) -> bool:
        """A repository, or a file that begins with ``commit <sha>``."""
        if path.is_dir():
            return (path / ".git").exists() or (
                (path / "HEAD").is_file() and (path / "objects").is_dir()
            )
        if not path.is_file():
            return False
        with _opened(path) as stream:
            try:
                head = stream.read(48)
            except (OSError, EOFError):
                return False
        return head.startswith(b"commit ") and all(c in b"0123456789abcdef" for c in head[7:47])

    def read(self, request: ReadRequest) -> Staged:
        """See ``Source.read``. Options: branch, since, bots (comma-separated), merges=count, project."""
        options = dict(request.options or {})
        unknown = sorted(set(options) - set(OPTIONS))
        if unknown:
            raise SourceError(
                f"The git source has no option {', '.join(unknown)}.",
                f"Its options are {', '.join(OPTIONS)}.",
                code="source.option",
            )
        if request.path.is_dir():
            return self._repository(request, options)
        project = options.get("project") or request.path.name.split(".")[0]
        with _opened(request.path) as stream:
            return self._stage(request, options, project, split_file(stream), None, [])

    def _repository(self, request: ReadRequest, options: dict[str, str]) -> Staged:
        repository = Repository(request.path)
        project = options.get("project") or repository.name()
        branch = options.get("branch", "HEAD")
        total = repository.commits(branch)
        if not total:
            if options.get("branch"):
                raise SourceError(
                    f"{request.path} has no branch {branch!r}.",
                    "`git branch -a` lists them.",
                    code="source.git",
                )
            return self._stage(
                request, options, project, [], 0, ["The repository has no commit yet."]
            )
        notes = []
        if repository.is_shallow():
            notes.append("The clone is shallow: history before its cut is not counted.")
        with repository.log(branch, options.get("since")) as (token, chunks):
            return self._stage(request, options, project, split_stream(token, chunks), total, notes)

    def _stage(
        self,
        request: ReadRequest,
        options: dict[str, str],
        project: str,
        commits: Iterable[Commit],
        total: int | None,
        notes: list[str],
    ) -> Staged:
        bots = tuple(b.strip() for b in options.get("bots", "").split(",") if b.strip())
        translator = Translator(
            project, ZoneInfo(request.timezone), bots, options.get("merges") == "count"
        )
        seen: set[str] = set()
        by_bots = merges = 0
        with Stage(request.into) as stage:
            for commit in _told(commits, request, total):
                if commit.sha in seen:
                    stage.reject(
                        f"commit {commit.sha[:12]}", "the same commit again", commit.subject
                    )
                    continue
                seen.add(commit.sha)
                made = translator.rows(commit)
                if isinstance(made, str):
                    stage.reject(f"commit {commit.sha[:12]}", made, commit.when)
                    continue
                item, records = made
                by_bots += bool(item["bot"])
                merges += not records
                stage.accept([item], records)
        if by_bots:
            notes.append(
                f"{by_bots} commits are by programs; they are kept, and count for no team."
            )
        if merges:
            notes.append(f"{merges} merges are kept as items without effort.")
        return stage.staged(request.source or f"git:{project}", tuple(notes))


def _told(commits: Iterable[Commit], request: ReadRequest, total: int | None) -> Iterator[Commit]:
    for n, commit in enumerate(commits):
        if n % _STEP == 0:
            request.progress(n, total, "reading commits")
        yield commit


def _opened(path: Path) -> gzip.GzipFile | object:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")
