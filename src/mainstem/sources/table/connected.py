"""Files as a connected source: a file, a folder or a pattern, of which only changed files are read again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mainstem.sources.remote import Batch, Checked, Connection, Counted, Cursor, Option, Watch


class FilesConnected:
    """Reads tables of work out of files, again and again."""

    kind: ClassVar[str] = "files"
    words: ClassVar[str] = "Files and folders: CSV, Excel, JSON, Parquet"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "path", "text", "A file, a folder, or a pattern such as exports/*.csv.", required=True
        ),
        Option("mapping", "text", "A ready-made mapping's name, or a YAML file; default: guessed."),
        Option(
            "whole", "switch",
            "Whether the files hold everything: what was in a file that vanished is withdrawn.", "no",
        ),
        Option("options", "mapping", "Further options of reading, as `mainstem import` has them."),
    )  # fmt: skip

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """See ``Connected.test``."""
        from mainstem.sources.table.syncing import test_files

        return test_files(of, watch)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """See ``Connected.pull``. Where no file changed, nothing is read."""
        from mainstem.sources.table.syncing import Sync

        return Sync(of, watch).batches(cursor)

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """See ``Connected.count``: items by type and month, counted over what was last read."""
        from mainstem.sources.table.syncing import count_items

        return count_items(of, watch)
