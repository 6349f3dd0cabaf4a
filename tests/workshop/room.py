"""A room for tests of its rules: four seats, a step of every kind, and somebody who does anything at all."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mainstem.workshop.acting import ACTS, decide
from mainstem.workshop.board import Board, Puts
from mainstem.workshop.kinds import CARD_KINDS, CARDS_OF_STEP, Holds, StepKind
from mainstem.workshop.opening import first_records
from mainstem.workshop.steps import new_step
from mainstem.workshop.taking_part import new_person
from mainstem.workshop.undoing import befores

NOW = datetime(2026, 10, 21, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Chair:
    """Somebody in the room."""

    id: int
    name: str
    role: str


FAY, MEL, MAX, GIA = (
    Chair(1, "Fay", "facilitator"),
    Chair(2, "Mel", "member"),
    Chair(3, "Max", "member"),
    Chair(4, "Gia", "guest"),
)
CHAIRS = (FAY, MEL, MAX, GIA)
#: A field that only members see holds this word.
INSIDE = "forty-two-percent"


def step_of(kind: str) -> str:
    """Id of the room's step of a kind."""
    return f"step{kind}"[:24].replace("_", "")


class Room:
    """A board that keeps its events."""

    def __init__(self, **settings: Any) -> None:
        self.board = Board()
        self.events: list[tuple[int, Puts, Puts]] = []
        steps = [
            (step_of(k), new_step(k, k.title(), lead="only for Fay", **settings)) for k in StepKind
        ]
        self.put(first_records("Planning day", "", steps))
        self.put({f"person/{c.id}": new_person(c.name, c.role) for c in CHAIRS})
        self.count = 0

    def put(self, puts: Puts) -> None:
        """Another event."""
        number = self.board.number + 1
        self.events.append((number, dict(puts), befores(self.board, puts)))
        self.board.put(number, puts)

    def do(self, chair: Chair, act: str, *, at: datetime = NOW, **given: Any) -> Puts:
        """Somebody acts."""
        puts = decide(self.board, {"id": "abcdef", "act": act, **given}, chair, at)
        self.put(puts)
        return puts

    def add(self, chair: Chair, kind: str, text: str, **given: Any) -> str:
        """A card; its id."""
        step = next(s for s, kinds in CARDS_OF_STEP.items() if kind in kinds)
        given.setdefault("step", step_of(step))
        puts = self.do(chair, "add_card", kind=kind, text=text, **given)
        return next(iter(puts)).partition("/")[2]

    def card(self, ident: str) -> Mapping[str, Any]:
        """A card as it is."""
        found = self.board.get(f"card/{ident}")
        assert found is not None
        return found


class Anybody:
    """Draws acts that mostly make sense, and some that do not."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.count = 0
        self.at = NOW

    def act(self, board: Board) -> dict[str, Any]:
        """One act."""
        self.count += 1
        self.at += timedelta(seconds=self.draw.randint(0, 90))
        name = self.draw.choice(_OFTEN if self.draw.random() < 0.7 else _ALL)
        sent: dict[str, Any] = {"id": f"act{self.count:06d}", "act": name}
        for key in ACTS[name].keys:
            if not key.endswith("?") or self.draw.random() < 0.4:
                sent[key.rstrip("?")] = self._value(name, key.rstrip("?"), board, sent)
        return sent

    def _value(self, act: str, key: str, board: Board, sent: dict[str, Any]) -> Any:
        if self.draw.random() < 0.03:
            return self.draw.choice(_NONSENSE)
        cards = [i for i, _ in board.of("card")]
        steps = [i for i, _ in board.of("step")]
        any_card = self.draw.choice(cards) if cards else "nothing1"
        held = board.get(f"card/{sent.get('into', any_card)}") or {}
        alike = [i for i, c in board.of("card") if c["kind"] == held.get("kind")]
        streams = [i for i, c in board.of("card") if c["kind"] == "stream"]
        kind = CARD_KINDS.get(str(sent.get("kind"))) or CARD_KINDS.get(
            str((board.get(f"card/{sent.get('card')}") or {}).get("kind"))
        )
        above = [i for i, c in board.of("card") if kind and c["kind"] in kind.under]
        if act in ("rank", "show_ranks") and key == "card" and streams:
            return self.draw.choice(streams)
        if act == "rank" and key == "order":
            own = [
                i
                for i, c in board.of("card")
                if c["under"] == sent.get("card") and c["kind"] == "metric"
            ]
            return self.draw.sample(own, len(own))
        if key == "fields":
            return self._fields(sent, board)
        if act == "add_step" and key in ("step", "kind"):
            return self.draw.choice(list(StepKind)) if key == "kind" else f"new{self.count:05d}"
        if key == "card" and act in ("add_card", "park"):
            return f"card{self.count:05d}"
        if act == "add_card" and key == "step":
            return step_of(_step_for(str(sent.get("kind", "note"))))
        simple: dict[str, Any] = {
            "card": any_card, "into": any_card, "under": self.draw.choice(above) if above else "", "step": self.draw.choice(steps),
            "group": self.draw.choice(["", *[i for i, c in board.of("card") if c["kind"] == "team"]]), "after": self.draw.choice([*steps, ""]),
            "kind": self.draw.choice([*CARD_KINDS, "objective", "stream", "metric", "stream", "metric", "team"]), "text": f"words{self.count}x", "why": f"why{self.count}x",
            "cluster": self.draw.choice(["", "Heading"]), "comment": self._comment(act, board),
            "order": self.draw.random() * 9,
            "cards": self.draw.sample(alike, min(len(alike), 3)), "seen": self.draw.randint(0, 4),
            "state": self.draw.choice(["chosen", "aside", "open"]), "n": self.draw.randint(0, 3),
            "answer": self.draw.choice(["true", "false", "cannot_say"]),
            "outcome": self.draw.choice(["true", "false", "cannot_say"]), "evidence": "seen by all",
            "owner": "Mel", "until": "2026-11-01", "seat": self.draw.randint(1, 5), "number": 3,
            "to": self.draw.choice(["running", "running", "paused", "anyone", "author"]),
            "minutes": 5, "dots": 3, "seconds": 60, "add": -30, "title": "Another step", "traps": ["one"],
        }  # fmt: skip
        return simple[key] if key in simple else self.draw.random() < 0.6

    def _comment(self, act: str, board: Board) -> str:
        held = [i for i, _ in board.of("comment")]
        return f"comm{self.count:05d}" if act == "comment" or not held else self.draw.choice(held)

    def _fields(self, sent: dict[str, Any], board: Board) -> dict[str, Any]:
        card = board.get(f"card/{sent.get('card')}") or {}
        kind = CARD_KINDS.get(str(sent.get("kind", card.get("kind", "note"))))
        out: dict[str, Any] = {}
        for field in kind.fields if kind else ():
            named = [i for i, c in board.of("card") if c["kind"] in field.of]
            value = {
                Holds.NUMBER: 7, Holds.SHARE: 0.4, Holds.DAY: "2026-12-01",
                Holds.CHOICE: field.of[0] if field.of else "", Holds.CARDS: named[:2],
                Holds.CARD: self.draw.choice(named) if named else "",
            }.get(field.holds, INSIDE if field.is_inside else f"field{self.count}x")  # fmt: skip
            if self.draw.random() < 0.5:
                out[field.name] = value
        return out


def _step_for(kind: str) -> str:
    return next((s for s, kinds in CARDS_OF_STEP.items() if kind in kinds), StepKind.TALK)


_ALL = tuple(name for name in ACTS if name != "undo")
_OFTEN = (
    "add_card", "add_card", "add_card", "edit_card", "move_card", "choose_card", "merge_cards",
    "dot", "rank", "comment", "cluster_cards", "remove_card", "restore_card", "go",
)  # fmt: skip
_NONSENSE: tuple[Any, ...] = (
    None, True, -1, 1e400, float("nan"), "", "x" * 9_000, "\x00", "\u202etxet", [], {}, ["a"], {"a": {}},
    "../room", "card/abcdef", 2**70, "\ud800", [[]], {"text": 1}, "person/1", b"bytes", object(),
)  # fmt: skip
