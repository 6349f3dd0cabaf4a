"""What a connected source looks like from outside: tested, pulled in batches, counted.

A connected source is a tracker, a time sheet, a repository or a metric system that is asked again and
again. It hands over batches; each says where to go on after it (its cursor). Whoever lands a batch keeps
the cursor in the same visible change of the ledger, so that data and cursor are never of two minds: a
process that dies goes on after the last batch that landed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from mainstem.errors import SourceError

if TYPE_CHECKING:
    import httpx

Row = Mapping[str, Any]
#: Plain JSON, of no meaning to anybody but the source that made it. Empty: from the beginning.
Cursor = Mapping[str, Any]


class Secret(str):
    """A credential: a text that does not show itself in a representation, a log or a format by ``!r``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True, slots=True)
class Option:
    """Something that a source can be told. The command line, the form and the docs are made from it.

    Attributes:
        name: As it is written in ``sources.yaml``.
        kind: ``text``, ``url``, ``words`` (a list), ``number``, ``switch`` (yes or no), ``choice``,
            ``mapping`` (names to texts), ``block`` (a longer text, such as a query) or ``secret``.
        help: One sentence.
        default: As text; empty: none.
        required: Whether nothing works without it.
        choices: For ``choice``.
    """

    name: str
    kind: Literal[
        "text", "url", "words", "number", "switch", "choice", "mapping", "block", "secret"
    ]
    help: str
    default: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """A configured source. ``options`` were checked against the kind's table and have its defaults.

    Attributes:
        name: What it is called here; keys are unique and corrected under it.
        kind: A name of ``registry.CONNECTED``.
        options: Name → text; ``words`` are separated by newlines, ``mapping`` is JSON.
        secrets: Name → credential.
        timezone: IANA name; days of effort are cut in it.
    """

    name: str
    kind: str
    options: Mapping[str, str]
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    timezone: str = "UTC"

    def text(self, name: str) -> str:
        """An option; empty where it was not given."""
        return self.options.get(name, "")

    def words(self, name: str) -> tuple[str, ...]:
        """An option that is a list."""
        return tuple(w.strip() for w in self.text(name).splitlines() if w.strip())

    def is_on(self, name: str) -> bool:
        """An option that is a switch."""
        return self.text(name) in ("yes", "on", "true")

    def mapping(self, name: str) -> Mapping[str, str]:
        """An option that maps names to texts."""
        import json

        return dict(json.loads(self.text(name) or "{}"))

    def secret(self, name: str) -> str:
        """A credential.

        Raises:
            SourceError: it was not given.
        """
        found = self.secrets.get(name)
        if not found:
            raise SourceError(
                f"The source {self.name} has no {name}.",
                f"Give `{name}` as the name of a variable, a file or an entry of the keyring.",
                code="source.credentials",
            )
        return found


class Stopped(SourceError):
    """Somebody asked for the sync to stop. What landed stays, the next one goes on from there."""

    code = "source.stopped"

    def __init__(self) -> None:
        super().__init__(
            "The sync was stopped; the next one goes on where it was.", permanent=False
        )


@dataclass(slots=True)
class Meter:
    """What a sync cost. Counted by the HTTP client; other sources count what they do alike."""

    requests: int = 0
    not_modified: int = 0
    retried: int = 0
    received: int = 0  # bytes
    waited: float = 0.0  # seconds, because the vendor asked for it or would have
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(
        self, *, requests: int = 0, not_modified: int = 0, retried: int = 0, received: int = 0,
        waited: float = 0.0,
    ) -> None:  # fmt: skip
        """Adds to the counts; safe between threads."""
        with self._lock:
            self.requests += requests
            self.not_modified += not_modified
            self.retried += retried
            self.received += received
            self.waited += waited


def _nothing_known() -> Mapping[str, str]:
    return {}


def _no_stems(prefix: str) -> Collection[str]:
    return ()


def _any_address(url: str) -> Sequence[str] | None:
    """Every address may be asked, wherever its name leads."""
    return None


def _no_progress(done: int, total: int | None, words: str) -> None:
    """A progress that nobody watches."""


@dataclass(slots=True)
class Watch:
    """What a source is given for one sync: the moment, what is known, who watches, when to stop.

    Attributes:
        at: The moment of the sync, UTC.
        known: Stable ids (field ``id`` of items) → keys of the items of this source that stand in the
            ledger and are not gone; asked for only where needed.
        progress: Called now and then with (done, total or None, words).
        stop: Set when somebody wants the sync to end.
        meter: What it costs.
        folder: Where the source may keep what can be made again (a clone).
        transport: Instead of the network, for recorded exchanges.
        allow: Called with the address of each request, also after a redirect; raises ``SourceError`` for
            one that may not be asked. Gives the addresses at which its host is asked and nowhere else;
            ``None``: wherever its name leads.
        stems: Prefix → stems of this source that begin with it and have effort in the ledger; asked for
            only where time entries stand for themselves, to find those that were deleted.
        is_hasty: Whether somebody waits in front of it, as for a test: a failure that may pass is told
            rather than waited for.
    """

    at: datetime
    known: Callable[[], Mapping[str, str]] = _nothing_known
    progress: Callable[[int, int | None, str], None] = _no_progress
    stop: threading.Event = field(default_factory=threading.Event)
    meter: Meter = field(default_factory=Meter)
    folder: str = ""
    transport: httpx.BaseTransport | None = None
    allow: Callable[[str], Sequence[str] | None] = _any_address
    stems: Callable[[str], Collection[str]] = _no_stems
    is_hasty: bool = False

    def check(self) -> None:
        """To be called between requests.

        Raises:
            Stopped: somebody wants it to end.
        """
        if self.stop.is_set():
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Waits, unless somebody wants it to end.

        Raises:
            Stopped: meanwhile somebody did.
        """
        if self.stop.wait(seconds):
            raise Stopped

    def with_own_meter(self) -> Watch:
        """The same with counts of its own: what a proof costs is no part of the sync."""
        return replace(self, meter=Meter())


@dataclass(frozen=True, slots=True)
class Reject:
    """One thing that was refused as a whole, with the reason; never dropped silently.

    ``place`` says where (``ABC-12``, ``worklog 4711``), ``reason`` are stable words, ``sample`` is the value.
    """

    place: str
    reason: str
    sample: str = ""


class Refused(ValueError):
    """Raised by ``translate.py`` for something that cannot become work; becomes a ``Reject``.

    Args:
        reason: Stable words, so that equal reasons can be counted.
        sample: The offending value.
    """

    def __init__(self, reason: str, sample: object = "") -> None:
        super().__init__(reason)
        self.reason, self.sample = reason, str(sample)[:200]


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of what a source has, and where to go on after it.

    Row keys of records are ``STEM#REST``: the stem is the stable id of what they follow from. A batch
    holds everything of the stems in ``stems``: what the ledger has of them and does not come again is
    withdrawn. So a batch must hold an issue with all its effort, or leave the effort's stems out.

    Attributes:
        read: Things seen (issues, time entries, commits): accepted and rejected.
        items: Rows with ``work.records.ITEM_COLUMNS``; ``fields["id"]`` is the stable id where a key may
            change. An item that comes under another key with the same id has moved: the old one is gone.
        records: Rows with ``work.records.RECORD_COLUMNS``.
        rejects: What was refused; ``read = accepted + len(rejects)``.
        stems: See above.
        gone: Keys of items that are no longer there → why, in words (``deleted``, ``out of reach``).
        cursor: Where to go on after this batch.
        is_last: Nothing more is there now.
        notes: Things worth a person's attention.
    """

    cursor: Cursor
    read: int = 0
    items: Sequence[Row] = ()
    records: Sequence[Row] = ()
    rejects: Sequence[Reject] = ()
    stems: Sequence[str] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    is_last: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that ``sources test`` looked at.

    ``what`` names it (``credentials``, ``right to browse ABC``), ``said`` what was found, ``hint`` what to do.
    A thing that is not ``ok`` but ``optional`` only leaves something out.
    """

    what: str
    ok: bool
    said: str
    hint: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """So many items of a type were created in a month, on the source's side. ``month`` is ``2026-11``."""

    type: str
    month: str
    count: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What the source says it has.

    Attributes:
        counts: By type and month, as far as its API can say; where it cannot tell types apart, ``type``
            is empty and ours are added up alike.
        since: First month that was counted; empty: from the beginning.
        is_estimate: Whether the source calls them approximate.
        words: What was counted, and what could not be.
    """

    counts: tuple[Count, ...]
    since: str = ""
    is_estimate: bool = False
    words: str = ""


class Connected(Protocol):
    """A kind of source that is connected. One object may serve many connections: it holds no state."""

    kind: ClassVar[str]
    words: ClassVar[str]
    options: ClassVar[tuple[Option, ...]]

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """Answers in seconds whether credentials, rights and fields suffice, one by one."""
        ...

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """Everything since the cursor, in batches. Empty cursor: everything.

        Raises:
            SourceError: ``permanent`` tells whether trying again can help. What was yielded stays.
        """
        ...

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """What it says it has, to be held against the ledger; ``None`` where it cannot say."""
        ...


class Hooked(Connected, Protocol):
    """A kind that tells of changes by itself. What it tells is only a hint: the truth is fetched."""

    def read_hook(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Touched:
        """Checks the signature and says what was touched.

        Args:
            headers: Names in lower case.

        Raises:
            Forged: the signature is wrong or the message too old.
            SourceError: it is signed but cannot be read.
        """
        ...

    def fetch(self, of: Connection, keys: Sequence[str], watch: Watch) -> Iterator[Batch]:
        """These items anew, or gone. The cursor of the batches is ``{}`` and is not kept."""
        ...


class Forged(SourceError):
    """A message that does not come from the source, or came long ago."""

    code = "source.forged"


@dataclass(frozen=True, slots=True)
class Touched:
    """What a message of a source tells.

    Attributes:
        delivery: Identifies the message, so that one that is sent again does nothing.
        keys: What to fetch, in the words of ``Hooked.fetch``; empty: nothing that matters.
    """

    delivery: str
    keys: tuple[str, ...] = ()
