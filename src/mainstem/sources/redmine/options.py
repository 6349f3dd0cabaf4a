"""What a connection to Redmine can be told."""

from __future__ import annotations

from mainstem.sources.remote import Option

OPTIONS: tuple[Option, ...] = (
    Option("url", "url", "Address of Redmine, such as https://redmine.example.org.", required=True),
    Option("token", "secret", "API access key of the account, from its page My account.", required=True),
    Option(
        "projects", "words",
        "Identifiers of the projects to read; none: all that the account may see.",
    ),
    Option("subprojects", "switch", "Whether projects inside of those are read, too.", default="yes"),
    Option("since", "text", "First day to read, 2026-01-31: issues changed, and time spent, from it on."),
    Option(
        "prefix", "text",
        "What stands before the number of an issue in its key; `RM-` makes commits that name RM-12 follow it.",
        default="#",
    ),
    Option("history", "switch", "Whether histories are read: one more request for each changed issue.", default="yes"),
    Option(
        "in_progress", "words",
        "Statuses in which somebody works on an issue; default: `In Progress`, or if there is none, every"
        " open status with which no tracker begins.",
    ),
    Option("not_done", "words", "Closed statuses that are no work done.", default="Rejected"),
    Option("points", "text", "Custom field of story points, by name or id; none: issues have no points."),
    Option("team_field", "text", "Custom field that names the team, of issues and time entries, by name or id."),
    Option("groups", "switch", "Whether somebody's group is the team; needs an administrator's key.", default="no"),
    Option("fields", "words", "Custom fields that claims may ask for, by name or id."),
    Option("bots", "words", "Logins or e-mail addresses of programs."),
    Option("time_days", "number", "Days back in which logged time is read again at each sync, for corrections.", default="7"),
    Option("roll_call", "number", "Hours between two roll calls, which find what was deleted.", default="24"),
)  # fmt: skip

#: Those that change what is read or what it means.
MEANING = (
    "url", "projects", "subprojects", "since", "prefix", "history", "in_progress", "not_done", "points",
    "team_field", "groups", "fields", "bots",
)  # fmt: skip
