"""The git source: a repository or a log file, staged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path, PurePath
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.base import ReadRequest
from mainstem.sources.git.client import ALL_BRANCHES, Repository
from mainstem.sources.git.commit import Commit
from mainstem.sources.git.log_file import read_log
from mainstem.sources.git.log_stream import read_stream
from mainstem.sources.git.reading import Reading
from mainstem.sources.git.recognising import is_history, opened
from mainstem.sources.git.translate import Translator
from mainstem.sources.staging import Stage
from mainstem.work.codeowners import CodeOwners, parse_codeowners
from mainstem.work.records import Staged

#: Options and what they may be.
OPTIONS: dict[str, str] = {
    "branch": f"a branch, tag or commit; `{ALL_BRANCHES}` for all branches; default: the one checked out",
    "since": "a day, 2026-01-31: only commits that were committed from it on",
    "project": "name of the project; default: the repository's name",
    "bots": "names or addresses of further programs, with commas between them",
    "merges": "item (without effort, the default), count (with effort) or skip",
    "teams": "owners (a commit's team is the owner of most of its paths by CODEOWNERS, the default) or none",
    "parent": "issue (a tracker's key in the message becomes the parent, the default) or none",
}
_BATCH = 2_000


class GitSource:
    """Reads work from the history of a repository, or from a file that holds its log."""

    name = "git"

    def recognises(self, path: Path) -> bool:
        """A repository, or a file whose first line is ``commit <sha>``."""
        return is_history(path)

    def read(self, request: ReadRequest) -> Staged:
        """See ``Source.read``. Options: ``OPTIONS``."""
        options = _checked(request.options or {})
        if request.path.is_dir():
            return _read_repository(request, options)
        name = re.sub(r"(\.(gz|txt|log))+$", "", request.path.name)
        reading = Reading(_translator(request, options, options.get("project") or name))
        reading.skips_merges = options.get("merges") == "skip"
        try:
            with opened(request.path) as stream:
                staged = _staged(request, reading, read_log(stream))
        except (OSError, EOFError) as error:
            raise SourceError(
                f"{request.path} cannot be read to its end: {error}.",
                "The file may be cut off; copy it again.",
            ) from error
        if not staged.read and request.path.stat().st_size:
            raise SourceError(
                f"{request.path} holds no commit.",
                "A git log has lines `commit <sha>`, as `git log --name-only` writes them; if it is a table,"
                " leave --kind git out.",
                code="source.git",
            )
        return staged


def _checked(options: dict[str, str]) -> dict[str, str]:
    """The options, refused where one is unknown or cannot be."""
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise SourceError(
            f"The git source has no option {', '.join(unknown)}.",
            f"Its options are {', '.join(OPTIONS)}.",
            code="source.option",
        )
    for name, allowed in (
        ("merges", ("item", "count", "skip")),
        ("parent", ("issue", "none")),
        ("teams", ("owners", "none")),
    ):
        if options.get(name, allowed[0]) not in allowed:
            raise SourceError(
                f"{options[name]!r} is no value of the option {name}.", f"It is {OPTIONS[name]}.",
                code="source.option",
            )  # fmt: skip
    if "since" in options:
        try:
            date.fromisoformat(options["since"])
        except ValueError as error:
            raise SourceError(
                f"{options['since']!r} is no day.", "Write since=2026-01-31.", code="source.option"
            ) from error
    return options


def _translator(
    request: ReadRequest, options: dict[str, str], project: str, address: str = ""
) -> Translator:
    bots = frozenset(b.strip().lower() for b in options.get("bots", "").split(",") if b.strip())
    merges: Literal["item", "count"] = "count" if options.get("merges") == "count" else "item"
    zone = ZoneInfo(request.timezone)
    return Translator(project, zone, address, bots, merges, options.get("parent") != "none")


def _read_repository(request: ReadRequest, options: dict[str, str]) -> Staged:
    repository = Repository(request.path)
    origin = repository.origin()
    project = (
        options.get("project")
        or project_of(origin)
        or repository.folder_name().removesuffix(".git")
    )
    branch = options.get("branch", "HEAD")
    reading = Reading(_translator(request, options, project, web_address(origin)), repository)
    reading.is_mapped = repository.has_mailmap()
    reading.cut = repository.cut_commits() if repository.is_shallow else frozenset()
    if branch != ALL_BRANCHES and not repository.tip(branch):
        known = repository.branches()
        if "branch" in options or known:
            what = (
                f"{request.path} has no {branch}."
                if "branch" in options
                else "No branch is checked out."
            )
            hint = f"Name one with branch=…: {', '.join(known[:10]) or 'it has none yet'}."
            raise SourceError(what, hint, code="source.git")
        reading.notes.append("The repository has no commit yet.")
        return _staged(request, reading, ())
    if repository.is_shallow:
        reading.notes.append(
            "The clone is shallow: history before its cut is not counted, and commits at the cut count"
            " without their paths. `git fetch --unshallow` brings the rest."
        )
    if repository.is_partial() and repository.is_bare:
        reading.notes.append(
            "A bare clone without blobs: `.mailmap` is not read, so that nothing is fetched."
        )
    if options.get("teams") != "none":
        owners = owners_at(repository, "HEAD" if branch == ALL_BRANCHES else branch)
        reading.translator = replace(reading.translator, owners=owners)
    since = f"{options['since']}T00:00:00" if "since" in options else None
    with repository.log(branch, since, merges=options.get("merges") != "skip") as (token, chunks):
        return _staged(request, reading, read_stream(token, chunks))


def owners_at(repository: Repository, revision: str) -> CodeOwners | None:
    """The CODEOWNERS file of a revision, from where GitHub and GitLab look for it; ``None`` without one."""
    for place in (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"):
        text = repository.ask("cat-file", "blob", f"{revision}:{place}")
        if text:
            return parse_codeowners(text, PurePath(place))
    return None


def project_of(origin: str) -> str:
    """The name of a repository, by where it was cloned from."""
    return re.split(r"[/:\\]", origin)[-1].removesuffix(".git")


def web_address(origin: str) -> str:
    """Where commits of a repository can be looked at, up to their name; empty if nobody knows.

    Names, passwords and tokens in the address are left out.
    """
    short = re.fullmatch(r"(?:[\w.-]+@)?([\w.-]+\.[\w-]+):(?!//)(.+)", origin)
    if short:
        host, path = short[1], short[2]
    else:
        try:
            parts = urlsplit(origin)
        except ValueError:
            return ""
        if parts.scheme not in ("https", "http", "ssh", "git") or not parts.hostname:
            return ""
        host, path = parts.hostname, parts.path
    path = path.strip("/").removesuffix(".git")
    middle = (
        "/-/commit/" if "gitlab" in host else "/commits/" if "bitbucket" in host else "/commit/"
    )
    return f"https://{host}/{path}{middle}" if path else ""


def _staged(request: ReadRequest, reading: Reading, commits: Iterable[Commit]) -> Staged:
    """Writes the staged files."""
    seen: set[str] = set()
    source = iter(commits)
    with Stage(request.into) as stage:
        while batch := list(islice(source, _BATCH)):
            reading.take(batch, seen, stage)
            request.progress(len(seen), None, "reading commits")
    reading.conclude()
    name = request.source or f"git:{reading.translator.project}"
    # a commit that comes again was refused: no key is there twice
    return stage.staged(name, tuple(reading.notes), lends=request.borrows)
