"""Redmine as a connected source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mainstem.sources.redmine.client import Redmine, scopes_of
from mainstem.sources.redmine.cursor import Place, place_from
from mainstem.sources.redmine.lookups import Lookups, statuses_of
from mainstem.sources.redmine.options import MEANING, OPTIONS
from mainstem.sources.remote import Batch, Checked, Connection, Counted, Cursor, Option, Watch
from mainstem.sources.rounds import digest_of
from mainstem.sources.shape import ident, mapping, text


class RedmineSource:
    """Issues with their history, and logged time, of one Redmine."""

    kind: ClassVar[str] = "redmine"
    words: ClassVar[str] = "Redmine: issues and time entries"
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """As ``Connected.test``."""
        from mainstem.sources.redmine.testing import check

        with Redmine(of, watch) as redmine:
            yield from check(of, redmine, watch)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """As ``Connected.pull``. With other settings than the cursor's everything is read again."""
        from mainstem.sources.redmine.reading import Reading

        digest = digest_of(of, MEANING)
        place = place_from(cursor, digest) or Place(digest)
        with Redmine(of, watch) as redmine:
            by = look_up(of, redmine)
            yield from Reading(of, redmine, by, place, watch, scopes_of(of)).batches()

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """As ``Connected.count``: by tracker and month of creation."""
        from mainstem.sources.redmine.counting import count

        with Redmine(of, watch) as redmine:
            return count(of, redmine, watch)


def look_up(of: Connection, redmine: Redmine) -> Lookups:
    """What issues refer to by number: three requests, and one more for each further 100 projects."""
    statuses = redmine.short("issue_statuses.json", "issue_statuses")
    trackers = redmine.short("trackers.json", "trackers")
    rows = map(mapping, redmine.projects())
    projects = {
        nr: called for row in rows
        if (nr := ident(row.get("id"))) and (called := text(row.get("identifier")))
    }  # fmt: skip
    return Lookups(
        statuses_of(of, statuses, trackers), projects, prefix=of.text("prefix") or "#",
        url=of.text("url").rstrip("/"), points=of.text("points"), team_field=of.text("team_field"),
        groups=of.is_on("groups"), fields=of.words("fields"),
    )  # fmt: skip
