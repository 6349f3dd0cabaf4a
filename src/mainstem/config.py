"""Settings from the environment: declared once, refused when wrong, documented from here.

A setting may also be read from a file: ``NAME_FILE`` names it. Secrets are better kept so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mainstem.errors import UsageError


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable.

    Attributes:
        name: The variable.
        kind: What its value is; a key of ``KINDS``.
        default: The value if it is not set.
        help: One sentence for the reference.
        is_secret: Whether its value is never shown.
    """

    name: str
    kind: str
    default: str
    help: str
    is_secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("MAINSTEM_PLAN", "path", "", "Folder or file of the plan, if not ./plan or ./mainstem.yaml."),
    Setting("MAINSTEM_LEDGER", "path", "", "Folder of the ledger, if not .mainstem/ledger."),
    Setting(
        "MAINSTEM_SOURCES", "path", "",
        "The file of connected sources, if not sources.yaml here or beside the plan.",
    ),
    Setting("MAINSTEM_PEOPLE", "path", "", "The people file, if not people.csv in or beside the plan."),
    Setting(
        "MAINSTEM_MEMORY", "size", "1GB",
        "Most memory that the engine uses before it spills to disk, for instance 512MB or 4GB.",
    ),
    Setting(
        "MAINSTEM_READING_MEMORY", "size", "256MB",
        "Most memory that the engine uses in a server to answer questions; MAINSTEM_MEMORY is for imports"
        " and refreshes.",
    ),
    Setting(
        "MAINSTEM_TODAY", "day", "",
        "The day that counts as today for due dates and acceptances; for demonstrations and tests.",
    ),
    Setting(
        "MAINSTEM_SPARK", "spark", "",
        "Where questions run on Apache Spark: a master such as spark://host:7077, or sc://host:15002"
        " for Spark Connect. Empty: they run here.",
    ),
    Setting(
        "MAINSTEM_DATA", "path", "mainstem-data",
        "Folder in which a server keeps its database, its ledger and its secret.",
    ),
    Setting(
        "DATABASE_URL", "database", "",
        "Database of a server, such as postgresql://user:password@host/name or sqlite:///path."
        " Empty: SQLite in the data folder.", is_secret=True,
    ),
    Setting(
        "MAINSTEM_URL", "url", "",
        "Address at which people reach the server, such as https://mainstem.example.org; cookies, links in"
        " mail and sign-in by others depend on it. Empty: this machine only.",
    ),
    Setting(
        "MAINSTEM_HOSTS", "words", "",
        "Further host names under which the server answers, with commas. That of MAINSTEM_URL, localhost"
        " and 127.0.0.1 always do.",
    ),
    Setting(
        "MAINSTEM_PROXIES", "number", "0",
        "How many reverse proxies stand before the server. Their X-Forwarded-For and -Proto are believed,"
        " nobody else's.",
    ),
    Setting(
        "MAINSTEM_SECRET", "text", "",
        "Secret that signs sessions and links, 32 characters or more. Empty: one is made in the data"
        " folder.", is_secret=True,
    ),
    Setting(
        "MAINSTEM_MAIL", "mail", "",
        "How mail is sent: smtp://user:password@host:587, smtps:// for TLS from the start, file:///folder"
        " to keep it. Empty: mail is kept in the data folder.", is_secret=True,
    ),
    Setting("MAINSTEM_MAIL_FROM", "text", "", "Sender of mail; mainstem@ the host of MAINSTEM_URL if empty."),
    Setting(
        "MAINSTEM_UPLOAD", "size", "200MB",
        "Largest file of work or people that an administrator may upload.",
    ),
    Setting("MAINSTEM_LOG", "log", "text", "How a server writes its log: text, or json with one line for each event."),
    Setting(
        "MAINSTEM_DEMO", "switch", "off",
        "Whether anyone may look round a demo organisation as each of its cast, without a password; on or"
        " off. `mainstem serve --demo` sets it.",
    ),
    Setting("MAINSTEM_METRICS", "switch", "off", "Whether /metrics answers Prometheus; on or off."),
    Setting(
        "MAINSTEM_HOOK_NETWORKS", "words", "",
        "Private networks that outgoing webhooks may reach, such as 10.1.0.0/16, with commas. Empty:"
        " public addresses only.",
    ),
    Setting(
        "MAINSTEM_SOURCE_FILES", "words", "",
        "Folders of the machine that connected sources of a server may read, beside shared/ in the data"
        " folder, with commas. Empty: none.",
    ),
    Setting(
        "MAINSTEM_TOKEN", "text", "",
        "API token with which `mainstem apply` and `export` speak to a server at an address.",
        is_secret=True,
    ),
    Setting(
        "MAINSTEM_CHAT", "chat", "slack",
        "Which chat sends the slash command: slack, or mattermost.",
    ),
    Setting(
        "MAINSTEM_CHAT_SECRET", "text", "",
        "Signing secret of the Slack app, or token of the Mattermost command, with which /hooks/chat/ answers"
        " whether work qualifies. Empty: it answers nobody.", is_secret=True,
    ),
    Setting("MAINSTEM_OIDC_URL", "url", "", "Issuer for sign-in by OpenID Connect."),
    Setting("MAINSTEM_OIDC_CLIENT", "text", "", "Client id at that issuer."),
    Setting("MAINSTEM_OIDC_SECRET", "text", "", "Client secret at that issuer.", is_secret=True),
    Setting("MAINSTEM_OIDC_NAME", "text", "Single sign-on", "What the button for it says."),
    Setting(
        "MAINSTEM_SAML_METADATA", "text", "",
        "Address or file of the identity provider's metadata, for sign-in by SAML.",
    ),
    Setting("MAINSTEM_SAML_NAME", "text", "Single sign-on", "What the button for it says."),
    Setting(
        "MAINSTEM_GROUPS", "text", "groups",
        "Claim (OpenID Connect) or attribute (SAML) that lists a person's groups.",
    ),
    Setting(
        "MAINSTEM_SIGN_IN_DOMAINS", "words", "",
        "E-mail domains whose people get an account by signing in with OpenID Connect or SAML, with"
        " commas. Empty: only who was invited.",
    ),
)  # fmt: skip


_SPARK = r"(spark|sc|k8s)://\S+|yarn|local(\[[^\]]+\])?"


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda value: re.fullmatch(pattern, value) is not None


def _is_url(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


#: Kind of value → how it is checked and what it must be, in words.
KINDS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "path": (bool, "a path"),
    "text": (bool, "a text"),
    "words": (bool, "words with commas between them"),
    "size": (_matches(r"\d+(\.\d+)? ?(MB|GB|MiB|GiB)"), "a size such as 512MB or 4GB"),
    "day": (_matches(r"\d{4}-\d\d-\d\d"), "a day such as 2026-10-05"),
    "spark": (_matches(_SPARK), "a URL such as spark://host:7077 or sc://host:15002"),
    "number": (_matches(r"\d{1,4}"), "a whole number such as 1"),
    "switch": (_matches("on|off"), "on or off"),
    "chat": (_matches("slack|mattermost"), "slack or mattermost"),
    "log": (_matches("text|json"), "text or json"),
    "url": (_is_url, "an address such as https://mainstem.example.org"),
    "database": (
        _matches(r"(postgres|postgresql)://\S+|sqlite:///\S+"),
        "postgresql://user:password@host/name or sqlite:///path",
    ),
    "mail": (
        _matches(r"smtps?://\S+|file:///\S+"),
        "smtp://user:password@host:587, smtps://… or file:///folder",
    ),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings, typed. ``given`` has every value as text; secrets are not in its ``repr``."""

    given: Mapping[str, str]

    def __repr__(self) -> str:
        hidden = {s.name for s in SETTINGS if s.is_secret}
        shown = {k: "…" if k in hidden and v else v for k, v in self.given.items() if v}
        return f"Settings({shown!r})"

    def text(self, name: str) -> str:
        """A setting as text; empty if it is not set."""
        return self.given[name]

    def words(self, name: str) -> tuple[str, ...]:
        """A setting's words."""
        return tuple(w.strip() for w in self.given[name].split(",") if w.strip())

    def is_on(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.given[name] == "on"

    def number(self, name: str) -> int:
        """A setting's number."""
        return int(self.given[name])

    def bytes(self, name: str) -> int:
        """A size, in bytes."""
        found = re.fullmatch(r"([\d.]+) ?(MB|GB|MiB|GiB)", self.given[name])
        assert found is not None, "checked when it was read"
        units = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
        return int(float(found[1]) * units[found[2]])

    def path(self, name: str) -> Path | None:
        """A setting's path, if it is set."""
        return Path(self.given[name]) if self.given[name] else None

    @property
    def plan(self) -> Path | None:
        """Folder or file of the plan."""
        return self.path("MAINSTEM_PLAN")

    @property
    def ledger(self) -> Path | None:
        """Folder of the ledger."""
        return self.path("MAINSTEM_LEDGER")

    @property
    def people(self) -> Path | None:
        """The people file."""
        return self.path("MAINSTEM_PEOPLE")

    @property
    def data(self) -> Path:
        """Folder of a server's data."""
        return Path(self.given["MAINSTEM_DATA"])

    @property
    def memory(self) -> str:
        """Bound on the engine's memory."""
        return self.given["MAINSTEM_MEMORY"]

    @property
    def today(self) -> str:
        """The day that counts as today, or nothing."""
        return self.given["MAINSTEM_TODAY"]

    @property
    def spark(self) -> str:
        """Where questions run on Spark, or nothing."""
        return self.given["MAINSTEM_SPARK"]


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings.

    Raises:
        UsageError: for a variable that begins with ``MAINSTEM_`` and is none of ours, or a wrong value.
    """
    given = os.environ if environment is None else environment
    known = {s.name: s for s in SETTINGS}
    for name in given:
        if name.startswith("MAINSTEM_") and name.removesuffix("_FILE") not in known:
            raise UsageError(
                f"The environment sets {name}, which is no setting.",
                f"The settings are {', '.join(known)}. Unset it or correct its name.",
                code="config.unknown",
            )
    found = {name: _value(s, given) for name, s in known.items()}
    for name, value in found.items():
        fits, wanted = KINDS[known[name].kind]
        if value and not fits(value):
            shown = "not right (its value is secret)" if known[name].is_secret else repr(value)
            raise UsageError(f"{name} is {shown}.", f"It must be {wanted}.", code="config.invalid")
    return Settings(found)


def _value(setting: Setting, given: Mapping[str, str]) -> str:
    file = given.get(f"{setting.name}_FILE", "").strip()
    if not file:
        return given.get(setting.name, "").strip() or setting.default
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{setting.name}_FILE names {file}, which cannot be read.",
            "Name a text file that this user may read.",
            code="config.file",
        ) from error
