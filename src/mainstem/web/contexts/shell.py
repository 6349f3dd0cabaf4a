"""What stands around every page: navigation, pickers, who is signed in, messages, how fresh the data is.

All of it is decided here and printed by ``base.html``. Text is plain text; the template escapes it. Days
and numbers are words already. Addresses are paths of this server and carry period, scope and unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Theme(StrEnum):
    """Light, dark, or as the person's device says."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Tone(StrEnum):
    """What a message or a mark is about; a word always says it too."""

    PLAIN = ""
    GOOD = "good"
    REST = "rest"
    BAD = "bad"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation.

    Attributes:
        name: Its name.
        href: Where it is.
        is_here: Whether the page shown is it, or one below it.
        count: What waits there, e.g. ``41`` or ``2 min ago``; empty for nothing.
        count_words: The same for those who only hear it, e.g. ``41 lumps``.
    """

    name: str
    href: str
    is_here: bool = False
    count: str = ""
    count_words: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick; ``depth`` (0 to 5) shows where a team stands in its tree."""

    name: str
    href: str
    is_chosen: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Picker:
    """Period, scope or unit: what is chosen, and the same page with another choice.

    Attributes:
        name: What is picked, e.g. ``Cycle``.
        chosen: What is chosen now.
        choices: At most some dozens, in their order.
        further: Where all others are, e.g. a search among teams; empty if there are no others.
        further_words: What that link says.
    """

    name: str
    chosen: str
    choices: tuple[Choice, ...] = ()
    further: str = ""
    further_words: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What just happened, and perhaps the one thing to do about it, e.g. undo."""

    words: str
    tone: Tone = Tone.PLAIN
    action: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in; ``sign_out`` takes a POST."""

    name: str
    account: str
    sign_out: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """Which state of plan and ledger the page shows, in words, with links to both."""

    revision: str = ""
    revision_href: str = ""
    ledger: str = ""
    ledger_href: str = ""
    synced: str = ""
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything that ``base.html`` needs beside the page's own data.

    Attributes:
        organisation: Its name; ``Mainstem`` where there is none yet.
        home: Where the brand leads.
        navigation: Groups of entries, in their order.
        pickers: Period, scope and unit, as far as the page knows them.
        here: Path and query of this page, where a theme switch comes back to.
        find: The page that finds anything by name; asked for ``?q=`` by the palette.
        theme: The theme in force.
        theme_action: Takes a POST of ``theme`` and ``next``.
        person: Who is signed in, if anyone is.
        sign_in: Where to sign in, if nobody is.
        messages: What just happened.
        freshness: What state the page shows.
        version: Mainstem's version.
    """

    organisation: str
    home: str
    navigation: tuple[tuple[Entry, ...], ...]
    here: str
    pickers: tuple[Picker, ...] = ()
    find: str = "/find"
    theme: Theme = Theme.AUTO
    theme_action: str = "/theme"
    person: Person | None = None
    sign_in: str = ""
    messages: tuple[Message, ...] = ()
    freshness: Freshness = Freshness()
    version: str = ""
