"""Which repositories a source has: by name, or all of an owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.dates import moment
from mainstem.sources.github import queries
from mainstem.sources.github.client import Hub, in_lots
from mainstem.sources.github.failing import Failure, refusal
from mainstem.sources.remote import Connection, Refused

_LOT = 50


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as GitHub has it now.

    Attributes:
        ident: Its id, which a new name does not change.
        name: ``owner/name``.
        issues: How many issues.
        pulls: How many pull requests.
        open: How many open issues.
        newest_issue: When an issue changed last.
        newest_pull: When a pull request changed last.
    """

    ident: str
    name: str
    issues: int
    pulls: int
    open: int
    newest_issue: datetime | None
    newest_pull: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """The repositories of a source, GitHub's clock before it looked, and what could not be had.

    ``missing`` is the name as it was asked for → why.
    """

    repositories: tuple[Repository, ...]
    at: datetime
    missing: Mapping[str, SourceError]


def wanted(of: Connection) -> tuple[str, ...]:
    """The words of the settings: ``owner/name`` or ``owner/*``.

    Raises:
        SourceError: there are none, or one is neither.
    """
    words = [w.removesuffix(".git").strip("/") for w in of.words("repositories")]
    if not words and of.text("organisation"):
        words = [f"{of.text('organisation').strip()}/*"]
    bad = [w for w in words if w.count("/") != 1 or not all(w.split("/"))]
    if bad or not words:
        raise SourceError(
            f"The source {of.name} names no repositories." if not words else
            f"{bad[0]!r} is no repository.",
            "Write `repositories: [owner/name]`, `owner/*` for all of an owner, or `organisation`.",
            code="source.settings",
        )  # fmt: skip
    return tuple(dict.fromkeys(words))


def is_wanted(name: str, words: Sequence[str]) -> bool:
    """Whether a repository is one of those of the settings."""
    low = name.lower()
    return any(w.lower() in (low, f"{low.partition('/')[0]}/*") for w in words)


def find_repositories(hub: Hub, words: Sequence[str]) -> Found:
    """Asks for the repositories: fifty with one call.

    Raises:
        SourceError: none of them could be had.
    """
    at: datetime | None = None
    out: dict[str, Repository] = {}
    missing: dict[str, SourceError] = {}
    for lot in in_lots([w for w in words if not w.endswith("/*")], _LOT):
        given: dict[str, str] = {}
        for i, word in enumerate(lot):
            owner, _, name = word.partition("/")
            given |= {f"o{i}": owner, f"n{i}": name}
        told = hub.ask(queries.repositories(len(lot)), given)
        at = at or told.at
        for i, word in enumerate(lot):
            _take(told.data.get(f"r{i}"), _about(told.errors, f"r{i}"), word, out, missing)
    for word in words:
        if word.endswith("/*"):
            at = _of_owner(hub, word, at, out, missing)
    if not out and missing:
        raise next(iter(missing.values()))
    return Found(tuple(out.values()), at or hub.now(), missing)


def _of_owner(
    hub: Hub, word: str, at: datetime | None, out: dict[str, Repository],
    missing: dict[str, SourceError],
) -> datetime:  # fmt: skip
    login, after = word.partition("/")[0], None
    while True:
        told = hub.ask(queries.OF_OWNER, {"login": login, "after": after})
        at = at or told.at
        owner = told.data.get("repositoryOwner")
        found = owner.get("repositories") if isinstance(owner, Mapping) else None
        if not isinstance(found, Mapping):
            missing[word] = refusal(told.errors, f"GitHub gives no repositories of {login}")
            return at
        for i, one in enumerate(found.get("nodes") or []):
            step = ("repositoryOwner", "repositories", "nodes", i)
            name = str(one.get("nameWithOwner") or word) if isinstance(one, Mapping) else word
            _take(one, [e for e in told.errors if e.path[:4] == step], name, out, missing)
        more = found.get("pageInfo") or {}
        if not more.get("hasNextPage"):
            return at
        after = more.get("endCursor")


def _take(
    found: Any, errors: Sequence[Failure], word: str, out: dict[str, Repository],
    missing: dict[str, SourceError],
) -> None:  # fmt: skip
    if isinstance(found, Mapping) and not errors:
        repository = _repository(found)
        out[repository.ident] = repository
    else:
        missing[word] = refusal(tuple(errors), f"GitHub does not give {word}")


def _about(errors: Sequence[Failure], alias: str) -> list[Failure]:
    return [e for e in errors if e.path[:1] == (alias,)]


def _repository(found: Mapping[str, Any]) -> Repository:
    try:
        return Repository(
            str(found["databaseId"]), str(found["nameWithOwner"]),
            int(found["issues"]["totalCount"]), int(found["pullRequests"]["totalCount"]),
            int(found["open"]["totalCount"]), _newest(found, "newestIssue"),
            _newest(found, "newestPull"),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, Refused) as error:
        raise SourceError(
            "GitHub described a repository in a way that is not known here.",
            "Is `url` the address of GitHub's API?", code="source.answer", permanent=False,
        ) from error  # fmt: skip


def _newest(found: Mapping[str, Any], name: str) -> datetime | None:
    nodes = found[name]["nodes"]
    return moment(nodes[0]["updatedAt"]) if nodes else None
