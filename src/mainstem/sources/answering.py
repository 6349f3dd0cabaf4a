"""Answers that are written where work begins: a comment or a check on an item of a connected tracker.

What is written is decided elsewhere; a source's ``answering.py`` reads one item, and writes one answer to it,
edited in place. Whoever reads the plan wrote the words of an answer, and anybody may write a title: nothing of
either may mean anything to the tracker, so every text is escaped for the place where it goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from mainstem.sources.remote import Connected, Connection, Option, Secret, Watch

OFF, COMMENT, CHECK = "off", "comment", "check"
#: A label that keeps an item without an answer.
QUIET_LABEL = "no-mainstem"
#: What a check or a status is called in the tracker.
CHECK_NAME = "mainstem"
_HELP = "Answers whether an item qualifies, where it is: `off`, `comment`"
_ONLY = Option("answers_only", "words", "Labels and projects whose items are answered; none: all.")
_SINCE = Option(
    "answers_since", "text",
    "First day (2026-01-31) of items that are answered; none: those made since the source was connected.",
)  # fmt: skip
_TOKEN = Option(
    "answer_token",
    "secret",
    "Another token for writing answers: commenting needs more rights than reading.",
)

ANSWER_OPTIONS: tuple[Option, ...] = (
    Option(
        "answers", "choice", f"{_HELP}, or `check` on pull and merge requests alone.", OFF,
        choices=(OFF, COMMENT, CHECK),
    ),
    _ONLY, _SINCE, _TOKEN,
)  # fmt: skip
#: For trackers without pull requests.
COMMENT_OPTIONS: tuple[Option, ...] = (
    Option("answers", "choice", f"{_HELP}.", OFF, choices=(OFF, COMMENT)), _ONLY, _SINCE, _TOKEN,
    Option("answer_user", "text", "The account of `answer_token`, if it is another than `user`."),
)  # fmt: skip
#: Changing one of these changes nothing of what is read.
NAMES = frozenset(o.name for o in (*ANSWER_OPTIONS, *COMMENT_OPTIONS))


class Tone(StrEnum):
    """What an answer means for whoever began the work."""

    GOOD = "good"
    REST = "rest"
    BAD = "bad"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Reply:
    """What is written. All of it is plain text, escaped by whoever writes it.

    Attributes:
        tone: What it means.
        head: The answer in a sentence.
        lines: What it rests on, one sentence each.
        link: Where there is more; empty: nowhere.
        foot: Who says this, and how to keep it quiet.
    """

    tone: Tone
    head: str
    lines: tuple[str, ...] = ()
    link: str = ""
    foot: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a tracker, as it is now.

    Attributes:
        key: What people call it.
        address: Where the API has it.
        given: What claims look at, by their names.
        created: When it was made; ``None``: nobody knows.
        is_bot: Whether a program made it.
        is_open: Whether it is still to be done.
        commit: The newest commit of a pull request; empty for what is none.
    """

    key: str
    address: str
    title: str = ""
    text: str = ""
    link: str = ""
    project: str = ""
    labels: tuple[str, ...] = ()
    given: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    created: datetime | None = None
    is_bot: bool = False
    is_open: bool = True
    commit: str = ""


class Answering(Protocol):
    """One tracker, as whoever answers in it needs it."""

    def look(self, key: str) -> Item | None:
        """An item by what a message of the tracker called it; ``None`` if it is not there, or no item.

        Raises:
            SourceError: it could not be had.
        """
        ...

    def write(self, item: Item, reply: Reply, *, posted: str, mark: str) -> str:
        """Writes an answer in place of the one before, or anew where there is none any more.

        An earlier one that was written and not noted is found by its mark.

        Args:
            posted: What the last writing returned; empty: nothing is known.
            mark: A hidden word that only this item's answer of this server has.

        Returns:
            What finds it again.

        Raises:
            SourceError: it could not be written; ``permanent`` tells whether trying again can help.
        """
        ...


class Answers(Connected, Protocol):
    """A kind of source in which items can be answered."""

    def answering(self, of: Connection, watch: Watch) -> AbstractContextManager[Answering]:
        """The tracker with the rights to write answers, which are only used for that."""
        ...


class Comments(Protocol):
    """The comments on one item."""

    def edit(self, ident: str, reply: Reply) -> bool:
        """Changes one; false if it is gone."""
        ...

    def find(self) -> str:
        """The one of ours with the mark; empty if there is none."""
        ...

    def post(self, reply: Reply) -> str:
        """Writes a new one."""
        ...


def placed(comments: Comments, reply: Reply, posted: str) -> str:
    """Writes a comment once: in place of what was posted, or of what is found, or anew."""
    if posted and comments.edit(posted, reply):
        return posted
    found = comments.find()
    if found and found != posted and comments.edit(found, reply):
        return found
    return comments.post(reply)


def is_answering(options: Mapping[str, str]) -> bool:
    """Whether items of a source with these options are to be answered."""
    return options.get("answers", OFF) not in ("", OFF)


def for_writing(of: Connection) -> Connection:
    """The connection with the credentials that answers are written with."""
    token = of.secrets.get("answer_token")
    if not token:
        return of
    # with a token of its own, an app's key is not used
    options = {**of.options, "app_id": "", "user": of.text("answer_user") or of.text("user")}
    options = {name: text for name, text in options.items() if name in of.options}
    return replace(of, options=options, secrets={**of.secrets, "token": Secret(token)})


# texts


_LONGEST = 600
_STEERING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MARKED = re.compile(r"([\\`*_{}\[\]<>#|~!&$^=])")
_FIRST = re.compile(r"^([-+:]|\d+(?=[.)]))")
#: Signs after which a tracker looks for a person, an issue, a label, a milestone, a snippet.
_CALLS = re.compile(r"([@#!~%$&^])(?=\S)")
_NAMED = re.compile(r"\b(GH|GL)-(?=\d)", re.IGNORECASE)
#: As long as the name of a commit may be; each of its parts is too short to be one.
_HASH = re.compile(r"\b[0-9a-f]{7,64}\b", re.IGNORECASE)
_PART = re.compile(r"[0-9a-f]{1,6}", re.IGNORECASE)
_ADDRESS = re.compile(r"(?i)(://|www(?=\.)|\bmailto(?=:))")
_GAP = "\u200b"
_WIKI = re.compile(r"([{}\[\]*_?^~|!#@&+\-])")


def plain(text: str, longest: int = _LONGEST) -> str:
    """A text on one line, without characters that steer, at most so long."""
    kept = _STEERING.sub("", text)
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in kept)
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def markdown(text: str) -> str:
    """A text as Markdown that means nothing but itself: no mention, no reference, no link, no command."""
    line = plain(text)
    line = _ADDRESS.sub(rf"\1{_GAP}", line)
    line = _NAMED.sub(rf"\1{_GAP}-", line)
    line = _HASH.sub(lambda m: _GAP.join(_PART.findall(m[0])), line)
    line = _CALLS.sub(rf"\1{_GAP}", line)
    line = _MARKED.sub(r"\\\1", line)
    return _FIRST.sub(lambda m: f"\\{m[1]}" if not m[1].isdigit() else f"{m[1]}{_GAP}", line)


def wiki(text: str) -> str:
    """A text as Jira's wiki markup that means nothing but itself."""
    return _WIKI.sub(r"\\\1", plain(text).replace("\\", "∖"))


def markdown_of(reply: Reply, mark: str = "") -> str:
    """An answer as Markdown; with its hidden mark, if it has one."""
    parts = [f"**{markdown(reply.head)}**", *(f"- {markdown(line)}" for line in reply.lines)]
    tail = []
    if reply.link:
        tail.append(f"[More about this answer](<{_target(reply.link)}>)")
    if reply.foot:
        tail.append(f"<sub>{markdown(reply.foot)}</sub>")
    body = "\n\n".join([parts[0], *(["\n".join(parts[1:])] if parts[1:] else []), *tail])
    return f"{body}\n\n{hidden(mark)}" if mark else body


def wiki_of(reply: Reply) -> str:
    """An answer as Jira's wiki markup."""
    parts = [f"*{wiki(reply.head)}*", *(f"* {wiki(line)}" for line in reply.lines)]
    if reply.link:
        parts += ["", f"[More about this answer|{_target(reply.link)}]"]
    return "\n".join([*parts, *(["", wiki(reply.foot)] if reply.foot else [])])


def hidden(mark: str) -> str:
    """A mark as nobody sees it in Markdown."""
    return f"<!-- mainstem {mark} -->"


def _target(link: str) -> str:
    """An address that ends nothing early."""
    return re.sub(r"[\s<>|\[\]\\]", lambda m: f"%{ord(m[0]):02X}", link)
