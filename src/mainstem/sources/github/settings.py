"""The options of the source, and what follows from them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mainstem.errors import SourceError
from mainstem.sources.answering import ANSWER_OPTIONS
from mainstem.sources.github import queries
from mainstem.sources.github.client import CLOUD, Hub
from mainstem.sources.github.queries import Features
from mainstem.sources.github.translate import Reading
from mainstem.sources.remote import Connection, Option

OPTIONS = (
    Option("repositories", "words", "Repositories as owner/name, or owner/* for all of an owner."),
    Option("organisation", "text", "All repositories of this organisation; its teams for groups."),
    Option("url", "url", "GitHub's API; for an Enterprise Server its address.", CLOUD),
    Option("token", "secret", "A personal token, fine-grained or classic."),
    Option("app_id", "text", "Instead of a token: id or client id of a GitHub App."),
    Option("installation_id", "text", "Number of the app's installation."),
    Option("private_key", "secret", "The app's private key, PEM."),
    Option("since", "text", "First day to read (2025-01-31): nothing that changed last before it."),
    Option("files", "switch", "Changed paths of pull requests, for claims by path.", "yes"),
    Option("projects_fields", "switch", "Fields of GitHub Projects: status, points, team.", "no"),
    Option("points", "text", "Number field of projects that holds points.", "Estimate"),
    Option("labels_points", "text", "Pattern of labels whose first group is the points."),
    Option("team_field", "text", "Field of projects, or beginning of labels as in `team:`."),
    Option("groups", "switch", "People's teams of the organisation as their team.", "no"),
    Option("in_progress", "words", "Values of the project field Status that mean work goes on."),
    Option("fields", "words", "Further fields of projects, by name or id."),
    Option("emails", "switch", "People by their public e-mail address where they show one.", "no"),
    Option("bots", "words", "Logins of programs that GitHub does not call bots."),
    Option("roll_call", "number", "Hours between two comparisons of ids.", "24"),
    *ANSWER_OPTIONS,
)


def features_of(of: Connection, hub: Hub) -> Features:
    """What is asked for. An Enterprise Server is asked what it knows.

    Raises:
        SourceError: the server does not answer.
    """
    projects = of.is_on("projects_fields") or bool(of.words("in_progress"))
    files = of.text("files") != "no"
    if not hub.is_server:
        return Features(files=files, projects=projects, emails=of.is_on("emails"))
    data = hub.ask(queries.SCHEMA, {}).data
    issue = data.get("issue")
    given = issue.get("fields") if isinstance(issue, Mapping) else None
    names = {f.get("name") for f in given or [] if isinstance(f, Mapping)}
    return Features(
        files=files, projects=projects and "projectItems" in names, emails=of.is_on("emails"),
        types="issueType" in names, parents="parent" in names,
        links="closedByPullRequestsReferences" in names, statuses=data.get("status") is not None,
    )  # fmt: skip


def reading_of(of: Connection, groups: Mapping[str, str]) -> Reading:
    """How issues are read.

    Raises:
        SourceError: the pattern of labels is none.
    """
    return Reading(
        points=of.text("points"), points_label=_pattern(of), team=of.text("team_field").strip(),
        fields=of.words("fields"), bots=frozenset(w.lower() for w in of.words("bots")),
        in_progress=frozenset(w.lower() for w in of.words("in_progress")), groups=groups,
    )  # fmt: skip


def _pattern(of: Connection) -> re.Pattern[str] | None:
    given = of.text("labels_points")
    if not given:
        return None
    try:
        found = re.compile(given, re.IGNORECASE)
    except re.error as error:
        raise SourceError(
            f"labels_points of {of.name} is no pattern: {error}.",
            r"Write for example `^points?[:/ ]\s*(\d+(?:\.\d+)?)$`.", code="source.settings",
        ) from error  # fmt: skip
    if not found.groups:
        raise SourceError(
            f"labels_points of {of.name} has no group.",
            r"Put the number into brackets: `^points?: (\d+)$`.", code="source.settings",
        )  # fmt: skip
    return found


def organisation_of(of: Connection) -> str:
    """The organisation whose teams are the groups: as given, else the first owner."""
    if of.text("organisation"):
        return of.text("organisation").strip()
    words = of.words("repositories")
    return words[0].partition("/")[0] if words else ""
