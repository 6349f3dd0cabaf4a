"""What groups have taken on: shares of their effort by stream, added up against who they are."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.workshop.board import Board
from mainstem.workshop.case import STANDING

#: Shares are typed by people: what is a hair above everything is everything.
_HAIR = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """A group's part in a stream: cards' ids, the stream's words, and the share, 0 to 1; ``None`` if open."""

    card: str
    stream: str
    text: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Load:
    """What a group has taken on.

    Attributes:
        team: The group's card.
        name: What it is called.
        size: How many people are in it; ``None`` if nobody said.
        parts: Its parts in streams, in the order of the board.
    """

    team: str
    name: str
    size: float | None
    parts: tuple[Part, ...]

    @property
    def share(self) -> float:
        """The sum of its shares; 1 is all that it has."""
        return sum(part.share or 0.0 for part in self.parts)

    @property
    def is_over(self) -> bool:
        """Whether it has taken on more than it has."""
        return self.share > 1 + _HAIR

    @property
    def people(self) -> float | None:
        """The share in people."""
        return None if self.size is None else self.share * self.size

    @property
    def sentence(self) -> str:
        """How it stands, in words."""
        percent = round(self.share * 100)
        streams = "one stream" if len(self.parts) == 1 else f"{len(self.parts)} streams"
        if not self.parts:
            return f"{self.name} takes part in no stream yet."
        who = "" if self.people is None else f", about {self.people:.1f} of {self.size:g} people"
        said = f"{self.name} gives {percent} % of its effort to {streams}{who}"
        if self.is_over:
            return f"{said}: {percent - 100} % more than it has."
        unsaid = sum(part.share is None for part in self.parts)
        return f"{said}." if not unsaid else f"{said}; {unsaid} of its shares are still open."


def loads(board: Board) -> tuple[Load, ...]:
    """Every group that stands, with what it has taken on; those that took on too much first."""
    cards = dict(board.of("card"))
    parts: dict[str, list[Part]] = {}
    for ident, card in sorted(cards.items(), key=lambda pair: (pair[1]["order"], pair[0])):
        team = card["fields"].get("team")
        stream = cards.get(card["under"])
        hidden = card["silent"] or card["state"] not in ("open", "chosen")
        if card["kind"] != "part" or hidden or not team or stream is None:
            continue
        if stream["state"] in ("open", "chosen"):
            share = card["fields"].get("share")
            parts.setdefault(team, []).append(Part(ident, card["under"], stream["text"], share))
    found = [
        Load(ident, card["text"], card["fields"].get("size"), tuple(parts.get(ident, ())))
        for ident, card in sorted(cards.items(), key=lambda pair: (pair[1]["order"], pair[0]))
        if card["kind"] == "team" and card["state"] in STANDING and not card["silent"]
    ]
    return tuple(sorted(found, key=lambda load: not load.is_over))
