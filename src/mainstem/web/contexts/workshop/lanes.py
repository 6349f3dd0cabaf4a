"""Where cards lie on the page of a step: lanes, and a section for each card that others belong to.

Both are said once, as data; the server lays the cards of a room into them, and a script does the same with
what is streamed, by the same rules, which stand on the elements (``data-kinds``, ``data-under``, …).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from mainstem.web.contexts.workshop.ballots import Ranking, ranking
from mainstem.web.contexts.workshop.cards import CardShown, Desk, card_shown
from mainstem.web.contexts.workshop.fields import Ask, in_order, is_hidden, is_living
from mainstem.workshop.board import Record

#: ``under`` of a lane for cards that belong to nothing that is there.
REST = "-"
#: Of more sections than this, those in which nothing lies are folded.
_MANY = 6


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """A lane as it is meant.

    Attributes:
        key: Its name among the lanes around it.
        kinds: Kinds of cards that lie in it.
        title: Its heading; empty for none.
        under: Placeholder of the card that they belong to, ``REST``, or empty: any.
        where: A field and the value it must have (a placeholder, or a word); ``""`` matches none filled in.
        has: A field that is a list, and the placeholder it must hold.
        only_step: Only cards that were written in this step.
        state: Only cards of this state; empty for all that are not gone.
        add: The kind that its form adds; empty for no form.
        asks: Fields that the form asks for at once.
        asks_under: Whether the form asks what the card belongs to.
        empty: What to do while it is empty.
        look: ``column``, ``row``, ``wide``, or ``chips`` for names that lead to their cards.
    """

    key: str
    kinds: tuple[str, ...]
    title: str = ""
    under: str = ""
    where: tuple[str, str] | None = None
    has: tuple[str, str] | None = None
    only_step: bool = False
    state: str = ""
    add: str = ""
    asks: tuple[str, ...] = ()
    asks_under: bool = False
    empty: str = ""
    look: str = "column"


@dataclass(frozen=True, slots=True)
class EachSpec:
    """A section for each card of a kind, with lanes and further sections inside."""

    kind: str
    blocks: tuple[LaneSpec | EachSpec, ...]
    under: str = ""
    title: str = ""
    empty: str = ""
    look: str = ""
    ranks: bool = False
    folds: bool = False

    @property
    def placeholder(self) -> str:
        """Stands for the id of the section's card."""
        return f"__{self.kind}__"


@dataclass(frozen=True, slots=True)
class Heap:
    """Cards of a lane under one heading of grouping; empty for those that have none."""

    heading: str
    cards: tuple[CardShown, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane with its cards. ``form`` are the fields that its form asks for, ``given`` what it sends unasked."""

    id: str
    spec: LaneSpec
    under: str
    where: tuple[str, str] | None
    has: tuple[str, str] | None
    step: str
    heaps: tuple[Heap, ...]
    hidden: int
    prompt: str = ""
    form: tuple[Ask, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    what: str = "lane"

    @property
    def act(self) -> str:
        """The act that its form sends."""
        return "park" if self.spec.add == "parked" else "add_card"

    @property
    def hides(self) -> bool:
        """Whether it is not there at all while it is empty."""
        return not self.spec.empty and (not self.spec.add or not self.prompt)

    @property
    def is_empty(self) -> bool:
        """Whether no card lies in it, not even a hidden one."""
        return not self.hidden and not any(h.cards for h in self.heaps)

    @property
    def hidden_words(self) -> str:
        """What is being written in silence."""
        if not self.hidden:
            return ""
        return f"{self.hidden} {'card is' if self.hidden == 1 else 'cards are'} being written, hidden until revealed"


@dataclass(frozen=True, slots=True)
class Section:
    """The section of one card."""

    id: str
    card: CardShown
    blocks: tuple[Lane | Each, ...]
    ranking: Ranking | None = None
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """All sections of a kind, and the blank one that a script clones."""

    id: str
    spec: EachSpec
    under: str
    sections: tuple[Section, ...]
    blank: Section
    what: str = "each"
    own: str = field(default="")


class Completes(Protocol):
    """Fills in what the form of a lane asks for."""

    def completed(self, lane: Lane) -> Lane:
        """The lane with its form."""


class Layer:
    """Lays the cards of a room into lanes. One for each page that is made."""

    def __init__(self, desk: Desk, step_id: str, forms: Completes) -> None:
        self.desk = desk
        self.step_id = step_id
        self.step: Record = desk.step(step_id)
        self.forms = forms
        self.by_kind: dict[str, list[tuple[str, Record]]] = {}
        for ident, card in desk.cards:
            self.by_kind.setdefault(str(card.get("kind")), []).append((ident, card))

    def lay(
        self, specs: tuple[LaneSpec | EachSpec, ...], names: dict[str, str], at: str
    ) -> tuple[Lane | Each, ...]:
        """Blocks with their cards.

        Args:
            specs: What is meant.
            names: Ids of the sections around, by their placeholders.
            at: Makes ids on the page unique.
        """
        return tuple(
            self._lane(s, names, at) if isinstance(s, LaneSpec) else self._each(s, names, at)
            for s in specs
        )

    def _lane(self, spec: LaneSpec, names: dict[str, str], at: str) -> Lane:
        lane = Lane(
            id=f"{at}-{spec.key}", spec=spec, under=names.get(spec.under, spec.under),
            where=_filled(spec.where, names), has=_filled(spec.has, names),
            step=self.step_id if spec.only_step else "", heaps=(), hidden=0,
        )  # fmt: skip
        held = [
            (i, c)
            for kind in spec.kinds
            for i, c in self.by_kind.get(kind, ())
            if self._lies_in(c, lane)
        ]
        plain = [card_shown(i, c, self.desk, self.step) for i, c in sorted(held, key=lambda c: in_order(*c))
                 if not is_hidden(c)]  # fmt: skip
        return self.forms.completed(
            replace(lane, heaps=_heaps(plain), hidden=len(held) - len(plain))
        )

    def _lies_in(self, card: Record, lane: Lane) -> bool:
        """The rule of a lane; ``workshop-board.js`` has the same."""
        if card.get("state", "open") in ("gone", "merged") or (
            lane.spec.look == "chips" and (not is_living(card) or card.get("silent"))
        ):
            return False
        if lane.step and card.get("step") != lane.step:
            return False
        if lane.spec.state and card.get("state") != lane.spec.state:
            return False
        under, held = str(card.get("under") or ""), card.get("fields") or {}
        if lane.under == REST:
            if self.is_heading(under):
                return False
        elif lane.under and under != lane.under:
            return False
        if lane.where and lane.where[1] == REST:
            if self.is_heading(str(held.get(lane.where[0]) or "")):
                return False
        elif lane.where and str(held.get(lane.where[0]) or "") != lane.where[1]:
            return False
        return not lane.has or lane.has[1] in (held.get(lane.has[0]) or ())

    def is_heading(self, ident: str) -> bool:
        """Whether a card is there to belong to."""
        card = self.desk.records.get(f"card/{ident}") if ident else None
        return card is not None and is_living(card) and not card.get("silent")

    def _each(self, spec: EachSpec, names: dict[str, str], at: str) -> Each:
        under = names.get(spec.under, spec.under)
        cards = sorted(self.by_kind.get(spec.kind, ()), key=lambda c: in_order(*c))
        found = [
            (i, c) for i, c in cards
            if self.is_heading(i) and (not under or c.get("under") == under)
        ]  # fmt: skip
        sections = tuple(self._section(spec, i, c, names, at) for i, c in found)
        own = str((self.desk.records.get(f"person/{self.desk.seat}") or {}).get("group") or "")
        if spec.folds and own:
            sections = tuple(sorted(
                (replace(s, is_folded=s.card.id != own) for s in sections), key=lambda s: s.is_folded))  # fmt: skip
        elif spec.folds and len(sections) > _MANY:
            sections = tuple(replace(s, is_folded=_is_bare(s)) for s in sections)
        blank = self._section(
            spec, spec.placeholder, {"kind": spec.kind, "text": "", "fields": {}}, names, at
        )
        return Each(f"{at}-each-{spec.kind}", spec, under, sections, blank, own=own)

    def _section(
        self, spec: EachSpec, ident: str, card: Record, names: dict[str, str], at: str
    ) -> Section:
        inside = {**names, spec.placeholder: ident}
        shown = replace(card_shown(ident, card, self.desk, self.step), id=ident)
        return Section(
            f"{at}-{ident}", shown, self.lay(spec.blocks, inside, f"{at}-{ident}"),
            ranking(ident, self.desk, self.step) if spec.ranks else None,
        )  # fmt: skip


def _is_bare(section: Section) -> bool:
    """Whether no card lies in any of its lanes."""
    return all(isinstance(block, Lane) and block.is_empty for block in section.blocks)


def _filled(pair: tuple[str, str] | None, names: dict[str, str]) -> tuple[str, str] | None:
    return None if pair is None else (pair[0], names.get(pair[1], pair[1]))


def _heaps(cards: list[CardShown]) -> tuple[Heap, ...]:
    """Cards without a heading first, then each heading in the order of its first card."""
    heaps: dict[str, list[CardShown]] = {"": []}
    for card in cards:
        heaps.setdefault(card.cluster, []).append(card)
    return tuple(Heap(heading, tuple(held)) for heading, held in heaps.items())
