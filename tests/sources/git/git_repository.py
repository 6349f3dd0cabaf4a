from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ANN = ("Ann", "ann@example.org")
BOB = ("Bob", "bob@example.org")
#: 10 March 2026, 23:30 UTC.
LATE = 1_773_185_400


@dataclass
class Made:
    """A repository that a test makes, commit by commit."""

    path: Path
    files: dict[bytes, bytes] = field(default_factory=dict)

    def git(self, *words: str, given: bytes | None = None, **env: str) -> str:
        """Runs git in it."""
        done = subprocess.run(
            ["git", "-C", str(self.path), *words], input=given, capture_output=True, check=True,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **env},
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(
        self,
        message: str | bytes = "A change",
        files: Mapping[str | bytes, str | None] | None = None,
        *,
        by: tuple[str, str] = ANN,
        at: int = LATE,
        committed: int | None = None,
        merge: str | None = None,
    ) -> str:
        """Adds a commit on HEAD's branch; ``None`` as content removes a file. Returns its name."""
        for name, content in (files if files is not None else {"src/a.go": str(at)}).items():
            raw = os.fsencode(name)
            target = os.path.join(os.fsencode(self.path), raw)  # noqa: PTH118
            if content is None:
                os.unlink(target)  # noqa: PTH108
            else:
                os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
                with open(target, "w") as file:  # noqa: PTH123
                    file.write(content)
        self.git("add", "-A")
        if merge:
            self.git("merge", "-q", "--no-commit", "--no-ff", merge, **_who(by, at))
        text = message.encode() if isinstance(message, str) else message
        who = _who(by, at, committed)
        self.git(
            "commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "-", given=text, **who
        )
        return self.git("rev-parse", "HEAD")


def _who(by: tuple[str, str], at: int, committed: int | None = None) -> dict[str, str]:
    return {
        "GIT_AUTHOR_NAME": by[0], "GIT_AUTHOR_EMAIL": by[1], "GIT_AUTHOR_DATE": f"@{at} +0200",
        "GIT_COMMITTER_NAME": "Hub", "GIT_COMMITTER_EMAIL": "hub@example.org",
        "GIT_COMMITTER_DATE": f"@{committed or at} +0000",
    }  # fmt: skip


@dataclass(frozen=True)
class Read:
    """What a reading left: rows of the staged files."""

    staged: Any
    items: list[dict[str, Any]]
    records: list[dict[str, Any]]
    rejects: list[dict[str, Any]]

    def item(self, sha: str) -> dict[str, Any]:
        """The item of a commit."""
        (found,) = (i for i in self.items if i["key"] == sha)
        return found

    def shares(self, sha: str) -> list[tuple[str, int, bool]]:
        """(person, millionths, bot) of a commit's records, in order of their keys."""
        rows = sorted((r for r in self.records if r["item_key"] == sha), key=lambda r: r["row_key"])
        return [(r["person"], r["amount"], r["bot"]) for r in rows]


def rows_of(path: Path) -> list[dict[str, Any]]:
    import duckdb

    found = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    names = [d[0] for d in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
