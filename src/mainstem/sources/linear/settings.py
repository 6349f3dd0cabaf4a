"""What a Linear source can be told, and what it was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mainstem.sources.remote import Connection, Option
from mainstem.sources.rounds import first_moment, number_of

HOME = "https://api.linear.app/graphql"

OPTIONS: tuple[Option, ...] = (
    Option("url", "url", "Address of the API.", HOME),
    Option("teams", "words", "Keys of teams, such as `ENG`; default: all that the key may see."),
    Option("token", "secret", "API key, or access token of OAuth.", required=True),
    Option("hook_secret", "secret", "Signing secret of its webhook."),
    Option("since", "text", "First day to read: what changed before it is left out."),
    Option("history", "switch", "Whether changes of state and of assignee are read.", "yes"),
    Option("points", "text", "`estimate`, or the label group whose labels are numbers.", "estimate"),
    Option("team_field", "text", "Label group that names the team; default: the team in Linear."),
    Option("bots", "words", "People that are programs, by address; `*` stands for anything."),
    Option("roll_call", "number", "Hours between two comparisons of all ids; 0: always.", "24"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """A connection's options, read and checked. ``since`` is ``None`` for everything."""

    name: str
    url: str
    teams: tuple[str, ...]
    zone: ZoneInfo
    since: datetime | None
    history: bool
    points: str
    team_field: str
    bots: tuple[str, ...]
    roll_call: timedelta

    @classmethod
    def of(cls, given: Connection) -> Settings:
        """Reads the options.

        Raises:
            SourceError: one of them makes no sense.
        """
        return cls(
            name=given.name,
            url=_with_path(given.text("url").strip() or HOME),
            teams=tuple(dict.fromkeys(word.upper() for word in given.words("teams"))),
            zone=ZoneInfo(given.timezone),
            since=first_moment(given),
            history=given.is_on("history") or not given.text("history"),
            points=given.text("points").strip() or "estimate",
            team_field=given.text("team_field").strip(),
            bots=tuple(word.casefold() for word in given.words("bots")),
            roll_call=timedelta(hours=number_of(given, "roll_call", 24, most=24 * 366)),
        )

    def has_team(self, key: str | None) -> bool:
        """Whether issues of this team are read."""
        return not self.teams or (key or "").upper() in self.teams

    def is_bot(self, person: str | None) -> bool:
        """Whether the settings say that this is a program."""
        name = (person or "").casefold()
        return name.endswith("[bot]") or any(fnmatchcase(name, bot) for bot in self.bots)


def _with_path(url: str) -> str:
    """The address of the API, also where only its host was written."""
    found = url.rstrip("/")
    return found if urlsplit(found).path else f"{found}/graphql"
