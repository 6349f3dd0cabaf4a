"""What a connection to Jira can be told, and what of it changes the meaning of what was read."""

from __future__ import annotations

from mainstem.sources import rounds
from mainstem.sources.answering import COMMENT_OPTIONS
from mainstem.sources.remote import Connection, Option

#: Custom fields that Jira Software makes for story points, as they are called by default.
POINTS = ("Story Points", "Story point estimate")

OPTIONS: tuple[Option, ...] = (
    Option("url", "url", "Address of Jira, such as https://example.atlassian.net.", required=True),
    Option(
        "user", "text",
        "E-mail address of the account (Cloud), or its login where a password is used (Data Center).",
    ),
    Option(
        "token", "secret",
        "API token (Cloud), personal access token (Data Center), or the password of `user` there.",
        required=True,
    ),
    Option("projects", "words", "Keys of the projects to read; none: all that the account may see."),
    Option("jql", "block", "A further condition in JQL, without ORDER BY."),
    Option("since", "text", "First day to read, 2026-01-31; what was last changed before is left out."),
    Option(
        "deployment", "choice", "Which Jira it is; found by itself where it is not given.",
        choices=("", "cloud", "data-center"),
    ),
    Option("points", "text", "Field of story points, by name or id; default: as Jira calls it."),
    Option("team_field", "text", "Field that names the team, by name or id; default: Jira's own team field."),
    Option("fields", "words", "Further fields that claims may ask for, by name or id."),
    Option("bots", "words", "Names, addresses or account ids of programs."),
    Option("roll_call", "number", "Hours between two roll calls, which find what was deleted.", default="24"),
    Option("page", "number", "Issues a page on Data Center; Cloud gives 100.", default="100"),
    Option("tempo_token", "secret", "Token of Tempo; hours then come from there instead of Jira's work logs."),
    Option("tempo_url", "url", "Address of Tempo's API.", default="https://api.tempo.io/4"),
    Option(
        "tempo_window", "number",
        "Days back in which work logs that were deleted in Tempo are noticed.", default="366",
    ),
    *COMMENT_OPTIONS,
)  # fmt: skip

_MEANING = (
    "url", "projects", "jql", "since", "points", "team_field", "fields", "bots", "tempo_url",
)  # fmt: skip


def digest_of(of: Connection) -> str:
    """Of all that changes what is read or how: another digest means reading everything again."""
    return rounds.digest_of(of, _MEANING, str(has_tempo(of)))


def has_tempo(of: Connection) -> bool:
    """Whether hours come from Tempo."""
    return bool(of.secrets.get("tempo_token"))
