"""What a connection to OpenProject can be told."""

from __future__ import annotations

from mainstem.sources.remote import Option

OPTIONS: tuple[Option, ...] = (
    Option("url", "url", "Address of OpenProject, such as https://example.openproject.com.", required=True),
    Option("token", "secret", "API token of the account, from My account → Access tokens.", required=True),
    Option(
        "projects", "words",
        "Identifiers of the projects to read; none: all that the account may see.",
    ),
    Option("subprojects", "switch", "Whether projects inside of those are read, too.", default="yes"),
    Option("since", "text", "First day to read, 2026-01-31: work packages changed, and time spent, from it on."),
    Option(
        "prefix", "text",
        "What stands before the number of a work package in its key; `OP-` makes commits that name OP-12 follow it.",
        default="#",
    ),
    Option("history", "switch", "Whether histories are read: one more request for each changed work package.", default="yes"),
    Option(
        "in_progress", "words",
        "Statuses in which somebody works on something; default: `In progress`, or if there is none, every"
        " open status but the one with which work packages begin.",
    ),
    Option("not_done", "words", "Closed statuses that are no work done.", default="Rejected"),
    Option(
        "person", "choice", "Whose work it is: the assignee, or who is accountable.",
        default="assignee", choices=("assignee", "responsible"),
    ),
    Option("points", "text", "Field of story points: a property or the name of a custom field.", default="storyPoints"),
    Option("team_field", "text", "Custom field that names the team, by name."),
    Option("groups", "switch", "Whether somebody's group is the team.", default="no"),
    Option("fields", "words", "Custom fields that claims may ask for, by name."),
    Option("bots", "words", "Logins, names or e-mail addresses of programs."),
    Option("roll_call", "number", "Hours between two roll calls, which find what was deleted.", default="24"),
)  # fmt: skip

#: Those that change what is read or what it means.
MEANING = (
    "url", "projects", "subprojects", "since", "prefix", "history", "in_progress", "not_done", "person",
    "points", "team_field", "groups", "fields", "bots",
)  # fmt: skip
