"""A card as a page shows it: what stands on it, who wrote it, votes, comments, and what may be done with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mainstem.figures.wording import clean, metric_number, one_line, plural
from mainstem.web.contexts.workshop.fields import (
    FieldShown,
    Records,
    fields_shown,
    is_hidden,
    name_of,
)
from mainstem.workshop.board import Record
from mainstem.workshop.kinds import CARD_KINDS

#: Stands for the id of a card in what a script clones.
BLANK = "__card__"
STATE_WORDS = {"chosen": "chosen", "aside": "set aside", "merged": "merged", "gone": "removed"}
#: Kinds whose cards say what they belong to: they do not lie below it.
_SAYS_UNDER = ("statement", "key_result", "bet")
#: How a statement was answered, in words.
ANSWERS = {"true": "true", "false": "not true", "cannot_say": "cannot say"}


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about a card."""

    id: str
    name: str
    text: str
    may_remove: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """Votes by dots: own ones while voting goes on, all once they are shown (``total``)."""

    own: int = 0
    may_vote: bool = False
    total: int | None = None

    @property
    def more(self) -> int:
        """Own dots and one."""
        return self.own + 1

    @property
    def fewer(self) -> int:
        """Own dots less one."""
        return max(self.own - 1, 0)

    @property
    def words(self) -> str:
        """All votes in words; empty while they are not shown."""
        return "" if self.total is None else plural(self.total, "dot")


@dataclass(frozen=True, slots=True)
class Answers:
    """How a statement was answered: one's own answer, and all once they are shown."""

    own: str = ""
    why: str = ""
    words: str = ""
    differ: bool = False
    whys: tuple[str, ...] = ()
    settled: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether everybody's answers are shown."""
        return bool(self.words)


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card; also the empty one that a script clones, with ``BLANK`` as its id."""

    id: str
    kind: str
    label: str
    prompt: str
    text: str
    fields: tuple[FieldShown, ...] = ()
    by: str = ""
    about: str = ""
    is_own: bool = False
    is_silent: bool = False
    state: str = "open"
    cluster: str = ""
    version: int = 0
    order: float = 0.0
    step: str = ""
    under: str = ""
    group: str = ""
    severity: str = ""
    comments: tuple[Comment, ...] = ()
    dots: Dots = Dots()
    answers: Answers | None = None
    sum_words: str = ""
    is_over: bool = False
    advice: tuple[tuple[str, str], ...] = ()
    is_from_plan: bool = False

    @property
    def state_words(self) -> str:
        """What became of it; empty for a card that is just there."""
        return STATE_WORDS.get(self.state, "")

    @property
    def comment_words(self) -> str:
        """How often it was commented; empty for never."""
        return plural(len(self.comments), "comment") if self.comments else ""


class Desk:
    """What one person sees of a room, looked up quickly. Not kept longer than a page is made."""

    def __init__(
        self, records: Records, seat: int, *, is_guest: bool, is_facilitator: bool
    ) -> None:
        self.records = records
        self.seat = seat
        self.is_guest = is_guest
        self.is_facilitator = is_facilitator
        #: By card: what is found in its words, and what to do about it.
        self.advice: Mapping[str, tuple[tuple[str, str], ...]] = {}

    @cached_property
    def room(self) -> Record:
        """The room's own record."""
        return self.records.get("room") or {}

    @cached_property
    def is_open(self) -> bool:
        """Whether anything can still be changed."""
        return bool(self.room.get("state") != "finished")

    @cached_property
    def cards(self) -> list[tuple[str, Record]]:
        """All cards with their ids."""
        return [(n[5:], r) for n, r in self.records.items() if n.startswith("card/")]

    @cached_property
    def comments(self) -> Mapping[str, list[tuple[str, Record]]]:
        """Comments by card, oldest first."""
        out: dict[str, list[tuple[str, Record]]] = defaultdict(list)
        for name, record in self.records.items():
            if name.startswith("comment/"):
                out[str(record.get("card"))].append((name[8:], record))
        return {
            card: sorted(every, key=lambda c: (str(c[1].get("at", "")), c[0]))
            for card, every in out.items()
        }

    @cached_property
    def shares(self) -> Mapping[str, list[float]]:
        """By team card: the shares of effort that it has promised to streams."""
        out: dict[str, list[float]] = defaultdict(list)
        for _, card in self.cards:
            held = card.get("fields") or {}
            is_counted = card.get("kind") == "part" and card.get("state", "open") in (
                "open",
                "chosen",
            )
            if is_counted and isinstance(held.get("share"), int | float):
                out[str(held.get("team"))].append(float(held["share"]))
        return out

    def person(self, seat: Any) -> str:
        """What somebody is called; empty if nobody is known."""
        return one_line(str((self.records.get(f"person/{seat}") or {}).get("name", "")))

    def step(self, ident: str) -> Record:
        """A step's record; empty if there is none."""
        return self.records.get(f"step/{ident}") or {}


def card_shown(ident: str, card: Record, desk: Desk, step: Record) -> CardShown:
    """A card on the page of a step."""
    kind = CARD_KINDS[str(card.get("kind", "note"))]
    by = card.get("by")
    return CardShown(
        id=ident, kind=kind.name, label=kind.label, prompt=kind.text, text=clean(str(card.get("text", ""))).strip(),
        fields=fields_shown(kind, card, desk.records, is_guest=desk.is_guest), by=desk.person(by),
        about=_about(card, desk), is_own=by == desk.seat, is_silent=bool(card.get("silent")),
        state=str(card.get("state", "open")), cluster=one_line(str(card.get("cluster", ""))),
        version=int(card.get("version", 0)), order=float(card.get("order") or 0), step=str(card.get("step", "")),
        under=str(card.get("under", "")), group=str(card.get("group", "")),
        severity=str((card.get("fields") or {}).get("severity", "")) if kind.name == "statement" else "",
        comments=_comments(ident, desk), dots=_dots(ident, card, desk, step),
        answers=_answers(ident, card, desk) if kind.name == "statement" else None,
        sum_words=_sum_words(ident, card, desk), is_over=sum(desk.shares.get(ident, ())) > 1.0001,
        advice=desk.advice.get(ident, ()), is_from_plan=bool(card.get("plan")),
    )  # fmt: skip


def blank_card(kind: str, desk: Desk, step: Record) -> CardShown:
    """The empty card of a kind, for a script to clone."""
    of = CARD_KINDS[kind]
    return CardShown(
        id=BLANK, kind=kind, label=of.label, prompt=of.text, text="",
        fields=fields_shown(of, {}, desk.records, is_guest=desk.is_guest),
        dots=Dots(0, may_vote=_may_vote(step, desk)),
        answers=Answers() if kind == "statement" else None,
    )  # fmt: skip


def _about(card: Record, desk: Desk) -> str:
    """What a statement is put to, or which stream a card of another place belongs to."""
    under = desk.records.get(f"card/{card.get('under')}")
    if card.get("kind") not in _SAYS_UNDER or under is None or is_hidden(under):
        return ""
    return name_of(str(card.get("under")), desk.records)


def _comments(ident: str, desk: Desk) -> tuple[Comment, ...]:
    return tuple(
        Comment(
            c, desk.person(r.get("by")), clean(str(r.get("text", ""))).strip(),
            desk.is_facilitator or r.get("by") == desk.seat,
        )
        for c, r in desk.comments.get(ident, ())
    )  # fmt: skip


def _may_vote(step: Record, desk: Desk) -> bool:
    return bool(step.get("dots")) and not step.get("dots_shown") and desk.is_open


def _dots(ident: str, card: Record, desk: Desk, step: Record) -> Dots:
    own = desk.records.get(f"dots/{ident}/{desk.seat}") or {}
    tally = desk.records.get(f"tally/{ident}") or {}
    total = tally.get("dots")
    is_here = step is desk.step(str(card.get("step", "")))
    return Dots(
        int(own.get("n", 0)),
        is_here and _may_vote(step, desk),
        None if total is None else int(total),
    )


def _answers(ident: str, card: Record, desk: Desk) -> Answers:
    own = desk.records.get(f"answer/{ident}/{desk.seat}") or {}
    tally = desk.records.get(f"tally/{ident}") or {}
    words = ""
    if "cannot_say" in tally:
        counts = [
            f"{tally.get(name, 0)} {said}" for name, said in ANSWERS.items() if tally.get(name)
        ]
        words = ", ".join(counts) or "Nobody answered"
    outcome = (card.get("fields") or {}).get("outcome")
    return Answers(
        str(own.get("answer", "")), clean(str(own.get("why", ""))), words, bool(tally.get("differ")),
        tuple(_why(w) for w in tally.get("whys", ())), str(outcome or ""),
    )  # fmt: skip


def _sum_words(ident: str, card: Record, desk: Desk) -> str:
    """What a group has promised in all; people too where its size is known."""
    if card.get("kind") != "team":
        return ""
    shares = desk.shares.get(ident, ())
    if not shares:
        return "Takes part in no stream yet"
    total = round(sum(shares) * 100)
    words = f"{total} % of its effort in {plural(len(shares), 'stream')}"
    size = (card.get("fields") or {}).get("size")
    if isinstance(size, int | float) and size:
        words += f": {metric_number(sum(shares) * size)} of {metric_number(size)} people"
    return words


def _why(said: Mapping[str, str]) -> str:
    """What somebody said, after what they answered: ``Not true: nobody looks at it``."""
    return f"{ANSWERS[said['answer']].capitalize()}: {clean(said['why'])}"
