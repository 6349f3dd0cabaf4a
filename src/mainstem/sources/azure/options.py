"""What a connection to Azure DevOps can be told."""

from __future__ import annotations

from mainstem.sources.remote import Option

OPTIONS: tuple[Option, ...] = (
    Option(
        "url", "url",
        "Address of the organisation, https://dev.azure.com/example, or of a collection of Azure DevOps Server.",
        required=True,
    ),
    Option("token", "secret", "Personal access token with the scope Work Items (Read).", required=True),
    Option("projects", "words", "Names of the projects to read; none: all that the account may see."),
    Option("since", "text", "First day to read, 2026-01-31: work items changed from it on."),
    Option(
        "prefix", "text", "What stands before the number of a work item in its key.", default="AB#"
    ),
    Option(
        "hours_of", "choice", "Whose time it is when Completed Work grows: who changed it, or the assignee.",
        default="changed_by", choices=("changed_by", "assigned_to"),
    ),
    Option(
        "points", "text",
        "Field of story points, by name or reference name; default: Story Points, Effort or Size, whichever"
        " has a value.",
    ),
    Option("team_field", "text", "Field that names the team, by name or reference name."),
    Option("groups", "switch", "Whether the team of Azure DevOps to which the area belongs is the team.", default="no"),
    Option("fields", "words", "Further fields that claims may ask for, by name or reference name."),
    Option("bots", "words", "Names or e-mail addresses of programs."),
    Option("roll_call", "number", "Hours between two roll calls, which find what was deleted.", default="24"),
    Option("api_version", "text", "Version of the REST API; older servers need 6.0 or 5.1.", default="7.1"),
)  # fmt: skip

#: Those that change what is read or what it means.
MEANING = (
    "url", "projects", "since", "prefix", "hours_of", "points", "team_field", "groups", "fields", "bots",
)  # fmt: skip
