"""What a workshop decided, as far as somebody of the room may see it: for its page, its files and the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mainstem.plan.model import SECTIONS
from mainstem.plan.soundness import touched
from mainstem.services.server.ground import Ground
from mainstem.services.workshops.outcome import changes_in_words, standing_proposal
from mainstem.services.workshops.plans import Made, made_of, workshop_row
from mainstem.services.workshops.questions import Question, questions_of
from mainstem.services.workshops.seated import Seated
from mainstem.services.workshops.words import Part, plan_in_words
from mainstem.store.models import Workshop
from mainstem.workshop.deck import Card, Deck
from mainstem.workshop.kinds import CARD_KINDS
from mainstem.workshop.plan_cards import folded


@dataclass(frozen=True, slots=True)
class Chosen:
    """A metric that was chosen, and how.

    ``how`` is the vote in words; ``others`` are the candidates that were set aside.
    """

    stream: str
    metric: str
    how: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A statement that was put to the room.

    ``counts`` are the silent answers; ``differed``: not all answered alike; ``whys`` carry no names.
    """

    about: str
    statement: str
    outcome: str
    counts: str
    differed: bool
    evidence: str
    whys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A card that became nothing: what stands on it, what it is, and why nothing came of it."""

    kind: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that a workshop came to, for one reader.

    Attributes:
        number, title, why, state: The workshop.
        began, ended: When it ran; nothing where it has not.
        minutes: How long its agenda is.
        people: Who took part, by name, with their role.
        calls: The call to arms: (what it says, sentence).
        plan: The plan that came out, in words: only what cards became.
        changes: What it changes in the plan, each read aloud; for members only.
        questions: What is open, with owner and day, and what was answered since.
        not_doing: What we will not do, and why.
        parked: What must not be forgotten.
        metrics: Metrics that were chosen, with the vote.
        answers: Statements that were put to the room.
        left: Cards that became nothing.
        hidden: How many cards were written silently and never revealed.
        cycle: What the cycle planned for is called; empty for none.
        proposal: Number, state, title and ``is_behind`` of its proposal; for members only.
        facilitates: Whether the reader facilitates.
    """

    number: int
    title: str
    why: str
    state: str
    began: datetime | None
    ended: datetime | None
    minutes: int
    people: tuple[tuple[str, str], ...]
    calls: tuple[tuple[str, str], ...]
    plan: tuple[Part, ...]
    changes: tuple[str, ...]
    questions: tuple[Question, ...]
    not_doing: tuple[tuple[str, str], ...]
    parked: tuple[str, ...]
    metrics: tuple[Chosen, ...]
    answers: tuple[Answer, ...]
    left: tuple[Left, ...]
    hidden: int
    cycle: str
    proposal: Mapping[str, Any]
    facilitates: bool

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """Those that nobody has answered."""
        return tuple(q for q in self.questions if q.answer is None)


def summary(number: int, seat: Seated, ground: Ground) -> Summary:
    """What a workshop came to, as somebody who sits in it may see it.

    Guests see what was said in the room, and nothing that only the plan says.
    """
    row = workshop_row(number)
    made = made_of(row, ground)
    return _summary(row, made, is_member=seat.actor is not None, facilitates=seat.role == "facilitator")  # fmt: skip


def summary_for_members(number: int, ground: Ground) -> Summary:
    """The same for a member who only reads; whoever calls has looked at rights."""
    row = workshop_row(number)
    return _summary(row, made_of(row, ground), is_member=True, facilitates=False)


def _summary(row: Workshop, made: Made, *, is_member: bool, facilitates: bool) -> Summary:
    deck, steps = Deck(made.board), (record for _, record in made.board.of("step"))
    shown = [card for card in deck if not card.is_hidden]
    cycle = made.outcome.plan.cycles.get(made.outcome.cycle)
    return Summary(
        row.pk, row.title, row.why, row.state, row.started_at, row.finished_at,
        sum(int(step.get("minutes") or 0) for step in steps), tuple(_people(made)),
        tuple(_calls(shown)), plan_in_words(made.outcome, _became(made)),
        changes_in_words(made) if is_member else (), questions_of(row, made),
        tuple((stop.what, stop.why) for stop in made.outcome.not_doing),
        tuple(c.text for c in shown if c.kind == "parked" and c.is_alive and c.text),
        tuple(_metrics(made, deck)), tuple(_answers(made, deck)), tuple(_left(made, shown)),
        len(deck.cards) - len(shown),
        (cycle.name or made.outcome.cycle) if cycle is not None else "",
        standing_proposal(row) if is_member else {}, facilitates,
    )  # fmt: skip


def _became(made: Made) -> frozenset[str]:
    """Subjects of the plan that came out of cards that are new or changed, with what belongs to them."""
    became = frozenset(made.outcome.became.values())
    changed = {f"{s}/{i}" for s, i, _, now in touched(made.base.plan, made.outcome.plan)
               if s in SECTIONS and now is not None}  # fmt: skip
    return became | frozenset(changed)


def _people(made: Made) -> Iterator[tuple[str, str]]:
    order = {"facilitator": 0, "member": 1, "guest": 2}
    people = [record for _, record in made.board.of("person")]
    for person in sorted(people, key=lambda p: (order.get(str(p.get("role")), 3), str(p.get("name")).casefold())):  # fmt: skip
        yield folded(person.get("name")), str(person.get("role") or "")


_PARTS = ("why now", "at stake", "stop")


def _calls(cards: list[Card]) -> Iterator[tuple[str, str]]:
    for part in _PARTS:
        for card in cards:
            said = folded(card.fields.get("part")) or "why now"
            if card.kind == "call" and card.is_alive and said == part and card.text:
                yield part, card.text


def _metrics(made: Made, deck: Deck) -> Iterator[Chosen]:
    for card in deck.alive("metric"):
        stream = deck.find(card.under)
        if card.state != "chosen" or stream is None or card.is_hidden:
            continue
        others = tuple(
            c.text for c in deck
            if c.kind == "metric" and c.under == card.under and c.id != card.id and c.text
            and c.state in ("open", "aside") and not c.is_hidden
        )  # fmt: skip
        yield Chosen(stream.text, card.text, _vote(made, deck, stream, card), others)


def _vote(made: Made, deck: Deck, stream: Card, card: Card) -> str:
    """How it was chosen, in words."""
    tally = made.board.get(f"tally/{stream.id}") or {}
    dots = (made.board.get(f"tally/{card.id}") or {}).get("dots")
    ballots, rounds = tally.get("ballots"), tally.get("rounds") or ()
    if ballots:
        winner = deck.find(tally.get("winner"))
        people = f"{ballots} {'person' if ballots == 1 else 'people'} ranked the candidates"
        how = f" in {len(rounds)} rounds" if len(rounds) > 1 else ""
        if winner is None:
            return f"{people}; it was a tie, and the room chose"
        if winner.id == card.id:
            return f"{people}; it won{how}"
        return f"{people}; “{winner.text}” won, and the room chose this one"
    if dots:
        return f"{dots} {'dot' if dots == 1 else 'dots'}"
    return "chosen without a vote"


_OUTCOMES = {"true": "true", "false": "false", "cannot_say": "cannot say"}


def _answers(made: Made, deck: Deck) -> Iterator[Answer]:
    for card in deck.alive("statement"):
        tally = made.board.get(f"tally/{card.id}") or {}
        settled = _OUTCOMES.get(str(card.fields.get("outcome")), "")
        if not settled and not tally:
            continue
        about = deck.find(card.under)
        counts = ", ".join(f"{tally[n]} {word}" for n, word in _OUTCOMES.items() if tally.get(n))
        whys = tuple(
            f"{_OUTCOMES[w['answer']]}: {folded(w['why'])}" for w in tally.get("whys") or ()
        )
        yield Answer(
            about.text if about is not None else "", card.text, settled or "not settled", counts,
            bool(tally.get("differ")), folded(card.fields.get("evidence")), whys,
        )  # fmt: skip


def _left(made: Made, cards: list[Card]) -> Iterator[Left]:
    nothing = frozenset(made.outcome.nothing)
    for card in cards:
        if card.id in nothing and card.text and card.kind not in ("parked",):
            yield Left(CARD_KINDS[card.kind].label, card.text, made.outcome.left.get(card.id) or _why(card))  # fmt: skip


def _why(card: Card) -> str:
    return {
        "aside": "set aside", "gone": "removed", "merged": "merged into another card",
    }.get(card.state, "a note")  # fmt: skip


def day_in_words(day: date | None) -> str:
    """A day as files write it; a dash where there is none."""
    return day.isoformat() if day is not None else "—"
