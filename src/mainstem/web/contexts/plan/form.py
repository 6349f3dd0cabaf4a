"""Page data of the forms in which things of the plan are changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mainstem.plan.changes import Changed
from mainstem.plan.left_to_answer import left_to_answer
from mainstem.plan.merging import Meeting
from mainstem.plan.model import SECTIONS, Cycle, Plan, Shape
from mainstem.plan.wording_of_changes import place_in_words
from mainstem.web.contexts.pieces import Link, Remark
from mainstem.web.contexts.plan.addresses import name_of, thing_address
from mainstem.web.forms.plan.fields import NESTED, Field, Kind, fields_of
from mainstem.web.forms.plan.texts import Texts, stage_choices, words_for
from mainstem.web.forms.plan.words import HELP, ORDER

#: Sections with more entities than this are typed, with suggestions; others are chosen from a list.
MOST_CHOICES = 150
#: Most suggestions that a page carries.
MOST_SUGGESTIONS = 400
#: Lists that begin with an empty row, because one is asked to fill them.
_ASKED = frozenset(("stages", "metric", "teams", "claims"))
#: Fields of a condition that are rarely used, put away.
_RARE = frozenset(("epic", "parent", "key", "state", "source", "field", "all", "any", "not", "id",
                   "rank", "note", "accepted", "text"))  # fmt: skip
#: Fields of an entity that stand under "More".
_MORE_LAST = ("note", "accepted")


@dataclass(frozen=True, slots=True)
class Item:
    """A field as it is shown. ``rows`` are its rows, each with its fields; ``inner`` those of a group."""

    name: str
    label: str
    help: str
    kind: str
    texts: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    suggestions: str = ""
    errors: tuple[str, ...] = ()
    is_required: bool = False
    may_be_empty: bool = True
    rows: tuple[Row, ...] = ()
    inner: tuple[Item, ...] = ()
    start: str = ""
    question: str = ""
    one: str = ""

    @property
    def text(self) -> str:
        """What stands in it."""
        return self.texts[0] if self.texts else ""

    @property
    def id(self) -> str:
        """Its id on the page."""
        return "f-" + self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: its fields, those that are rarely used, and which row it was before."""

    name: str
    fields: tuple[Item, ...]
    rare: tuple[Item, ...]
    was: str
    number: int

    @property
    def said(self) -> int:
        """Its number as people count."""
        return self.number + 1


@dataclass(frozen=True, slots=True)
class GroupOfFields:
    """Fields that belong together, under a question."""

    heading: str
    lead: str
    fields: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form and what stands around it.

    Attributes:
        head: First line.
        lead: What follows it.
        crumbs: Where this is.
        action: Where the form is sent.
        base: Revision at which it was opened.
        ident: The identifier as typed; ``None`` for what has none.
        groups: Fields in the order in which one is asked.
        more: Fields that are rarely used.
        why: The reason as typed.
        left: Questions that nobody has answered yet.
        findings: What is to be said against it as it stands.
        errors: (name of a field, label, what is wrong).
        suggestions: Id of a list → (identifier, name) suggested there.
        may_save: Whether the actor may make changes here, not only propose them.
        may_propose: Whether they may propose.
        proposal: Number of the proposal into which this goes, if it goes into one.
        proposals: The actor's own drafts, to put this into: (number, title).
        hidden: Further fields that travel with the form.
    """

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    action: str
    base: str
    ident: str | None
    groups: tuple[GroupOfFields, ...]
    more: tuple[Item, ...]
    why: str = ""
    left: tuple[Link, ...] = ()
    findings: tuple[Remark, ...] = ()
    errors: tuple[tuple[str, str, str], ...] = ()
    suggestions: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    may_save: bool = True
    may_propose: bool = True
    proposal: int | None = None
    proposals: tuple[tuple[int, str], ...] = ()
    version: str = ""
    back: str = "/plan/"
    is_new: bool = False


class FormMaker:
    """Makes the fields of a form out of the model, what stands in them, and what is wrong with them."""

    def __init__(
        self,
        plan: Plan,
        texts: Texts,
        errors: Mapping[str, Sequence[str]],
        grown: Mapping[str, int],
    ) -> None:
        self.plan, self.texts, self.errors, self.grown = plan, texts, errors, grown
        self.suggestions: dict[str, tuple[tuple[str, str], ...]] = {}
        self.labels: dict[str, str] = {}
        self._choices: dict[str, tuple[tuple[str, str], ...]] = {}

    def groups(
        self, section: str, shape: type[Shape], entity: Any
    ) -> tuple[tuple[GroupOfFields, ...], tuple[Item, ...]]:
        """Fields in the order in which one is asked, and the others."""
        known = fields_of(shape)
        open_ = (
            {o.field: o.question for o in left_to_answer(section, entity)}
            if entity is not None
            else {}
        )
        used: set[str] = set()
        out = []
        for heading, lead, names in ORDER.get(section, ()):
            there = [n for n in names if n in known]
            used.update(there)
            items = tuple(self._asked(known[n], n, entity, open_.get(n, "")) for n in there)
            out.append(GroupOfFields(heading, lead, items))
        rest = [n for n in known if n not in used]
        rest.sort(key=lambda n: (n in _MORE_LAST, _MORE_LAST.index(n) if n in _MORE_LAST else 0))
        return tuple(out), tuple(self.item(known[n], n, entity) for n in rest)

    def _asked(self, one: Field, name: str, entity: Any, question: str) -> Item:
        """A field of the form itself; the state of a cycle that is there is not chosen but stepped."""
        item = self.item(one, name, entity, question)
        if not isinstance(entity, Cycle) or name != "state":
            return item
        return replace(item, choices=tuple(c for c in item.choices if c[0] == entity.state))

    def item(self, one: Field, name: str, entity: Any = None, question: str = "") -> Item:
        """One field with everything in it."""
        self.labels[name] = one.label
        rows: tuple[Row, ...] = ()
        inner: tuple[Item, ...] = ()
        choices, suggested = one.choices, ""
        if one.kind in (Kind.ROWS, Kind.MAPPED):
            rows = self._rows(one, name)
        elif one.kind is Kind.GROUP and one.shape is not None:
            inner = tuple(self.item(f, f"{name}.{n}") for n, f in fields_of(one.shape).items())
        elif one.kind in (Kind.ONE, Kind.MANY):
            choices, suggested = self._named(one.section)
        elif one.kind is Kind.STAGES:
            choices = tuple(stage_choices(self.plan, entity, self.texts))
        return Item(
            name=name, label=one.label, help=one.help, kind=one.kind.value,
            texts=tuple(self.texts.get(name, [])), choices=choices, suggestions=suggested,
            errors=tuple(self.errors.get(name, ())), is_required=one.is_required,
            may_be_empty=one.may_be_empty, rows=rows, inner=inner,
            start=(self.texts.get(f"{name}._from") or ["0"])[0], question=question,
            one=_ONE_OF.get(one.name, one.name.rstrip("s").replace("_", " ")),
        )  # fmt: skip

    def _rows(self, one: Field, name: str) -> tuple[Row, ...]:
        assert one.shape is not None
        found = {
            int(rest.partition(".")[0])
            for key in self.texts
            if key.startswith(f"{name}.") and (rest := key[len(name) + 1 :])[:1].isdecimal()
        }
        count = max(found, default=-1) + 1 + self.grown.get(name, 0)
        if not count and one.name in _ASKED:
            count = 1
        return tuple(self._row(one, f"{name}.{n}", n) for n in range(count))

    def _row(self, one: Field, name: str, number: int) -> Row:
        assert one.shape is not None
        fields: list[Item] = []
        rare: list[Item] = []
        if one.kind is Kind.MAPPED:
            choices, suggested = self._named(one.section)
            key = f"{name}._key"
            self.labels[key] = "Team"
            fields.append(
                Item(
                    key, "Team", "", Kind.ONE.value, tuple(self.texts.get(key, [])), choices, suggested,
                    tuple(self.errors.get(key, ())), is_required=True,
                )
            )  # fmt: skip
        for n, inner in fields_of(one.shape).items():
            item = self.item(inner, f"{name}.{n}")
            if (one.shape.__name__, n) not in HELP and ("*", n) not in HELP:
                item = replace(item, help="")
            is_rare = (n in _RARE and one.name in ("claims", "rest")) or n in ("accepted", "note")
            (rare if is_rare else fields).append(item)
        was = (self.texts.get(f"{name}._was") or [""])[0]
        return Row(name, tuple(fields), tuple(rare), was, number)

    def _named(self, section: str) -> tuple[tuple[tuple[str, str], ...], str]:
        """Choices for a section, or the id of a list of suggestions if it has too many."""
        if section not in SECTIONS:
            return (), ""
        if section not in self._choices:
            held = getattr(self.plan, section)
            pairs = [
                (key, words_for(section, key, e))
                for key, e in list(held.items())[:MOST_SUGGESTIONS]
            ]
            self._choices[section] = tuple(pairs)
            if len(held) > MOST_CHOICES:
                self.suggestions[f"names-{section}"] = tuple(pairs)
        many = f"names-{section}" in self.suggestions
        return ((), f"names-{section}") if many else (self._choices[section], "")

    def wrongs(self) -> tuple[tuple[str, str, str], ...]:
        """Everything that is wrong, for the top of the form."""
        return tuple(
            ("f-" + name.replace(".", "-"), self.labels.get(name, ""), what)
            for name, said in self.errors.items()
            for what in said
        )


_ONE_OF = {
    "accepted": "acceptance", "stages": "stage", "claims": "claim", "teams": "team", "metric": "metric",
    "observations": "value", "rest": "rule", "links": "link", "expect": "example",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """A field that two people changed: three values, and which of two is chosen."""

    key: str
    place: str
    base: str
    now: str
    mine: str
    chosen: str


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """Somebody else changed the same: what to keep of it."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    action: str
    decisions: tuple[Decision, ...]
    kept: tuple[tuple[str, str], ...]
    seen: str
    others: tuple[str, ...]
    by: str


def decisions_of(meetings: Sequence[Meeting], chosen: Mapping[str, str]) -> tuple[Decision, ...]:
    """Meetings as a form asks about them."""
    return tuple(
        Decision(
            m.key, place_in_words(Changed(m.subject, m.path, None, None)), *m.said(),
            chosen.get(m.key, ""),
        )
        for m in meetings
    )  # fmt: skip


def crumbs_of(section: str, subject: str, plan: Plan) -> tuple[Link, ...]:
    """Where a thing of the plan is."""
    out = [Link("Plan", "/plan/")]
    if section in SECTIONS:
        out.append(Link(section.replace("_", " ").capitalize(), f"/plan/{section}/"))
    if "/" in subject:
        out.append(Link(name_of(plan, subject), thing_address(subject)))
    return tuple(out)


__all__ = [
    "NESTED", "Decision", "FormMaker", "FormPage", "GroupOfFields", "Item", "MeetingPage", "Row",
    "crumbs_of", "decisions_of",
]  # fmt: skip
