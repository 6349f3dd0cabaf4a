"""What a GitLab source can be told, and what it was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from mainstem.sources.answering import ANSWER_OPTIONS
from mainstem.sources.gitlab.scopes import Scope, scopes_of
from mainstem.sources.remote import Connection, Option
from mainstem.sources.rounds import first_moment, number_of

HOME = "https://gitlab.com"

OPTIONS: tuple[Option, ...] = (
    Option("url", "url", "Address of GitLab.", HOME),
    Option(
        "projects", "words",
        "Paths of projects (`shop/web`), or `shop/*` for a group with all that is below it.",
        required=True,
    ),
    Option("token", "secret", "Access token with the scope `read_api`.", required=True),
    Option("hook_secret", "secret", "Secret token or signing token of its webhook."),
    Option("since", "text", "First day to read: what changed before it is left out."),
    Option("merge_requests", "switch", "Whether merge requests are work too.", "yes"),
    Option("epics", "switch", "Whether epics of groups are read.", "yes"),
    Option("files", "switch", "Whether the changed paths of merge requests are read.", "yes"),
    Option("history", "switch", "Whether the history of each changed issue is read.", "yes"),
    Option("time", "switch", "Whether time spent is read.", "yes"),
    Option("in_progress", "words", "Labels that mean: somebody is working on it."),
    Option("points", "text", "`weight`, or the scope of a label such as `points::3`.", "weight"),
    Option("team_field", "text", "Scope of the label that names the team: `team::web`.", "team"),
    Option("groups", "switch", "Whether people belong to the GitLab group they are in.", "no"),
    Option("team_groups", "words", "Groups that are teams; default: the groups of `projects`."),
    Option("fields", "words", "Further fields of issues to keep, by the name that the API has."),
    Option("bots", "words", "Names of accounts that are programs; `*` stands for anything."),
    Option("roll_call", "number", "Hours between two comparisons of all ids; 0: always.", "24"),
    *ANSWER_OPTIONS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """A connection's options, read and checked.

    Attributes:
        url: Without a slash at its end.
        since: Moment before which changes are left out; ``None``: everything.
        working: Labels that mean "in progress", as they were written.
        roll_call: Time between two roll calls.
    """

    url: str
    scopes: tuple[Scope, ...]
    zone: ZoneInfo
    since: datetime | None
    merge_requests: bool
    epics: bool
    files: bool
    history: bool
    time: bool
    working: tuple[str, ...]
    points: str
    team_field: str
    groups: bool
    team_groups: tuple[str, ...]
    fields: tuple[str, ...]
    bots: tuple[str, ...]
    roll_call: timedelta

    @classmethod
    def of(cls, given: Connection) -> Settings:
        """Reads the options.

        Raises:
            SourceError: one of them makes no sense.
        """
        scopes = scopes_of(given.words("projects"), given.name)
        teams = tuple(word.removesuffix("/*").strip("/") for word in given.words("team_groups"))
        return cls(
            url=_address(given),
            scopes=scopes,
            zone=ZoneInfo(given.timezone),
            since=first_moment(given),
            merge_requests=_is_on(given, "merge_requests"),
            epics=_is_on(given, "epics"),
            files=_is_on(given, "files"),
            history=_is_on(given, "history"),
            time=_is_on(given, "time"),
            working=given.words("in_progress"),
            points=given.text("points").strip() or "weight",
            team_field=given.text("team_field").strip() or "team",
            groups=given.is_on("groups"),
            team_groups=teams or tuple(s.path for s in scopes if s.is_group),
            fields=given.words("fields"),
            bots=tuple(word.casefold() for word in given.words("bots")),
            roll_call=timedelta(hours=number_of(given, "roll_call", 24, most=24 * 366)),
        )

    @property
    def in_progress(self) -> frozenset[str]:
        """The labels that mean "in progress", without regard to capitals."""
        return frozenset(label.casefold() for label in self.working)

    @property
    def below(self) -> str:
        """The path of the address, for GitLabs that do not live at the root of their host."""
        return urlsplit(self.url).path.strip("/")


def _is_on(given: Connection, name: str) -> bool:
    return given.is_on(name) or not given.text(name)


def _address(given: Connection) -> str:
    url = (given.text("url").strip() or HOME).rstrip("/")
    return url.removesuffix("/api/v4").removesuffix("/api").rstrip("/")
