"""OpenProject as a connected source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from mainstem.errors import SourceError
from mainstem.sources.openproject.client import Filters, OpenProject, one_of
from mainstem.sources.openproject.cursor import Place, place_from
from mainstem.sources.openproject.lookups import (
    Lookups,
    Person,
    called_of,
    link,
    person_of,
    statuses_of,
)
from mainstem.sources.openproject.options import MEANING, OPTIONS
from mainstem.sources.remote import Batch, Checked, Connection, Counted, Cursor, Option, Watch
from mainstem.sources.rounds import digest_of
from mainstem.sources.shape import ident, listing, mapping, text


class OpenProjectSource:
    """Work packages with their history, and logged time, of one OpenProject."""

    kind: ClassVar[str] = "openproject"
    words: ClassVar[str] = "OpenProject: work packages and time entries"
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """As ``Connected.test``."""
        from mainstem.sources.openproject.testing import check

        with OpenProject(of, watch) as there:
            yield from check(of, there, watch)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """As ``Connected.pull``. With other settings than the cursor's everything is read again."""
        from mainstem.sources.openproject.reading import Reading

        digest = digest_of(of, MEANING)
        place = place_from(cursor, digest) or Place(digest)
        with OpenProject(of, watch) as there:
            by = look_up(of, there)
            yield from Reading(of, there, by, place, watch, scope_of(of, there)).batches()

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """As ``Connected.count``: by type and month of creation."""
        from mainstem.sources.openproject.counting import count

        with OpenProject(of, watch) as there:
            return count(of, there, scope_of(of, there), watch)


def look_up(of: Connection, there: OpenProject) -> Lookups:
    """What work packages refer to: three requests, and one more for each further 200 projects or people."""
    statuses = statuses_of(of, list(there.plain("statuses")))
    projects = {
        n: called for row in map(mapping, there.plain("projects"))
        if (n := ident(row.get("id"))) and (called := text(row.get("identifier")))
    }  # fmt: skip
    by = Lookups(
        statuses, projects, called=called_of(there.plain("principals")), prefix=of.text("prefix") or "#",
        url=of.text("url").rstrip("/"), person=of.text("person") or "assignee",
        points=of.text("points"), team_field=of.text("team_field"), fields=of.words("fields"),
    )  # fmt: skip
    if of.is_on("groups"):
        by.people.update(_in_groups(of, there))
    return by


def scope_of(of: Connection, there: OpenProject) -> Filters:
    """A filter for the projects that the settings name, with those inside of them.

    Raises:
        SourceError: one of them is not there, or not to be seen.
    """
    numbers: dict[int, None] = {}
    for name in of.words("projects"):
        project = there.one(f"projects/{name}")
        found = None if isinstance(project, str) else ident(project.get("id"))
        if found is None:
            raise SourceError(
                f"There is no project {name} that the account of {of.name} may see.",
                "Write the identifier that stands in the project's address, and make the account a member.",
                code="source.absent",
            )
        numbers[found] = None
        if of.is_on("subprojects") or not of.text("subprojects"):
            inside = there.numbers("projects", [one_of("ancestor", [str(found)])])
            numbers |= dict.fromkeys(sorted(inside))
    return [one_of("project", [str(n) for n in numbers])] if numbers else []


def _in_groups(of: Connection, there: OpenProject) -> dict[str, Person]:
    """People by their addresses, with the first of their groups by name."""
    groups = [mapping(row) for row in there.plain("groups")]
    team: dict[str, str] = {}
    for group in sorted(groups, key=lambda g: text(g.get("name")) or ""):
        for member in listing(mapping(group.get("_links")).get("members")):
            href = link({"_links": {"member": member}}, "member")[0]
            team.setdefault(href, text(group.get("name")) or "")
    found = {}
    for href in team:
        user = there.one(href)
        if not isinstance(user, str):
            found[href] = replace(person_of(user, href, of.words("bots")), team=team[href] or None)
    return found
