"""Azure DevOps as a connected source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mainstem.sources.azure.client import Azure
from mainstem.sources.azure.cursor import Place, place_from
from mainstem.sources.azure.lookups import lookups_of
from mainstem.sources.azure.options import MEANING, OPTIONS
from mainstem.sources.remote import Batch, Checked, Connection, Counted, Cursor, Option, Watch
from mainstem.sources.rounds import digest_of


class AzureSource:
    """Work items with their histories, of one organisation of Azure DevOps or one collection of a server."""

    kind: ClassVar[str] = "azure"
    words: ClassVar[str] = "Azure DevOps: work items with their histories"
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """As ``Connected.test``."""
        from mainstem.sources.azure.testing import check

        with Azure(of, watch) as there:
            yield from check(of, there, watch)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """As ``Connected.pull``. With other settings than the cursor's everything is read again."""
        from mainstem.sources.azure.reading import Reading

        digest = digest_of(of, MEANING)
        place = place_from(cursor, digest) or Place(digest)
        with Azure(of, watch) as there:
            by = lookups_of(of, there.fields())
            yield from Reading(of, there, by, place, watch).batches()

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """As ``Connected.count``: by month of creation."""
        from mainstem.sources.azure.counting import count

        with Azure(of, watch) as there:
            return count(of, there, watch)
