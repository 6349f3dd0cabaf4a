"""What a connection to Jira can be told, and what of it changes the meaning of what was read."""

from __future__ import annotations

import hashlib
import json

from mainstem.errors import SourceError
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
)  # fmt: skip

_MEANING = (
    "url", "projects", "jql", "since", "points", "team_field", "fields", "bots", "tempo_url",
)  # fmt: skip


def digest_of(of: Connection) -> str:
    """Of all that changes what is read or how: another digest means reading everything again."""
    said = [of.text(name) for name in _MEANING] + [of.timezone, str(has_tempo(of))]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def has_tempo(of: Connection) -> bool:
    """Whether hours come from Tempo."""
    return bool(of.secrets.get("tempo_token"))


def number_of(of: Connection, name: str, default: float) -> float:
    """An option that is a number of 0 or more.

    Raises:
        SourceError: it is none.
    """
    text = of.text(name).strip()
    try:
        found = float(text) if text else default
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e9:
        raise SourceError(
            f"The source {of.name} has {name}: {text!r}, which is no number.",
            "Write a number of 0 or more.",
            code="source.settings",
        )
    return found
