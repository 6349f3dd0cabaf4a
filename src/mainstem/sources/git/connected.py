"""Git as a connected source: a repository at an address or a path, whose new commits are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mainstem.errors import SourceError
from mainstem.sources.remote import (
    Batch,
    Checked,
    Connection,
    Counted,
    Cursor,
    Option,
    Watch,
)


class GitConnected:
    """Reads work from the history of a repository, again and again."""

    kind: ClassVar[str] = "git"
    words: ClassVar[str] = "A git repository, at an address or in a folder"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "url", "text", "https://…, ssh://…, git@host:path, or a folder of this machine.", required=True
        ),
        Option("token", "secret", "Token or password for https; it is never part of an address."),
        Option("user", "text", "Name that goes with the token; default: x-access-token."),
        Option("branch", "text", "A branch or tag; * for all branches; default: the main one."),
        Option("since", "text", "A day: only commits that were committed from it on."),
        Option("project", "text", "Name of the project; default: the repository's name."),
        Option("bots", "words", "Names or addresses of further programs."),
        Option(
            "merges", "choice", "What merges are: items without effort, with effort, or nothing.", "item",
            choices=("item", "count", "skip"),
        ),
        Option(
            "teams", "choice", "Whether a commit's team is the owner of most of its paths by CODEOWNERS.",
            "owners", choices=("owners", "none"),
        ),
        Option(
            "parent", "choice", "Whether a tracker's key in the message becomes the parent.", "issue",
            choices=("issue", "none"),
        ),
        Option(
            "roll_call", "number",
            "Hours after which a changed CODEOWNERS or .mailmap is used for all commits again.", "24",
        ),
    )  # fmt: skip

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """See ``Connected.test``."""
        from mainstem.sources.git.syncing import test_repository

        return test_repository(of, watch)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """See ``Connected.pull``. History that was rewritten is noticed; its old commits are gone."""
        from mainstem.sources.git.syncing import Sync, opened, read_asked

        asked = read_asked(of)
        repository = opened(asked, watch)
        try:
            yield from Sync(asked, repository, watch, of).batches(cursor)
        except SourceError as error:
            drop = getattr(repository, "drop", None)
            if error.code != "source.git" or drop is None:
                raise
            drop()
            raise SourceError(
                error.message, "Its copy here was thrown away; the next sync fetches it anew.",
                code=error.code, permanent=False,
            ) from error  # fmt: skip

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """See ``Connected.count``: commits by month, counted by git itself."""
        from mainstem.sources.git.counting import count_commits

        return count_commits(of, watch)
