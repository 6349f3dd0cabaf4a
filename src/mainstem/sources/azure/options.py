"""What a connection to Azure DevOps can be told."""

from __future__ import annotations

from mainstem.sources.remote import Option

OPTIONS: tuple[Option, ...] = (
    Option(
        "url", "url",
        "Address of the organisation, https://dev.azure.com/NAME, or of a server's collection.",
        required=True,
    ),
    Option("token", "secret", "Personal access token with the scope Work Items (Read).", required=True),
    Option("projects", "words", "Names of the projects to read; none: all that the account may see."),
    Option("types", "words", "Types of work items to read, such as Bug; none: all."),
    Option("since", "text", "First day to read, 2026-01-31: work items that were changed from it on."),
    Option("prefix", "text", "What stands before the number of a work item in its key, such as `AB#`."),
    Option(
        "history", "switch", "Whether histories are read: one more request for each changed work item.",
        default="yes",
    ),
    Option(
        "in_progress", "words",
        "States in which somebody works on something; none: those of the categories In Progress and Resolved.",
    ),
    Option("points", "text", "Field of story points, by name or reference name; none: Story Points, Effort or Size."),
    Option(
        "hours", "text", "Field of the hours that were worked, by name or reference name; `-` for none.",
        default="Microsoft.VSTS.Scheduling.CompletedWork",
    ),
    Option("team_field", "text", "Field that names the team, by name or reference name; `Area Path` gives its second part."),
    Option("fields", "words", "Fields that claims may ask for, by name or reference name."),
    Option("bots", "words", "Addresses or names of programs."),
    Option("roll_call", "number", "Hours between two roll calls, which find what was deleted.", default="24"),
    Option("api_version", "text", "Version of the API; Azure DevOps Server 2022 knows 7.0, 2020 knows 6.0.", default="7.1"),
)  # fmt: skip

#: Those that change what is read or what it means.
MEANING = (
    "url", "projects", "types", "since", "prefix", "history", "in_progress", "points", "hours",
    "team_field", "fields", "bots",
)  # fmt: skip
