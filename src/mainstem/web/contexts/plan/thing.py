"""Page data of one thing of the plan: what it says, what is left to answer, what names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mainstem.plan.change_kinds import Added, names_of
from mainstem.plan.findings import Finding
from mainstem.plan.left_to_answer import left_to_answer
from mainstem.plan.model import Plan, Shape
from mainstem.plan.references import references_of
from mainstem.plan.removing import named_by
from mainstem.plan.wording_of_elements import element_sentence
from mainstem.plan.wording_of_values import in_words, share_in_words
from mainstem.services.people.access import Actor, Role, may_change
from mainstem.services.plans.standing_findings import Findings, is_open
from mainstem.web.contexts.pieces import Fact, Link, Remark
from mainstem.web.contexts.places import place_of
from mainstem.web.contexts.plan.addresses import (
    name_of,
    refs,
    shown_findings,
    thing_address,
    word_for,
)
from mainstem.web.contexts.plan.form import crumbs_of
from mainstem.web.contexts.plan.telling import Done, Teller, checked_words
from mainstem.web.forms.plan.fields import Field, Kind, fields_of

#: Most things that are listed as naming this one.
MOST_NAMING = 60
_MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class Told:
    """A field of a thing as it is read: words, links, or lines."""

    name: str
    words: str = ""
    links: tuple[Link, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptable:
    """A finding with what is needed to accept it."""

    remark: Remark
    rule: str
    subject: str
    may_accept: bool


@dataclass(frozen=True, slots=True)
class ThingPage:
    """One thing of the plan."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    subject: str
    facts: tuple[Told, ...]
    left: tuple[Link, ...]
    findings: tuple[Acceptable, ...]
    named_by: tuple[Link, ...]
    more_naming: int
    links: tuple[Link, ...]
    edit: str
    edit_words: str
    remove: str
    checked: str
    reading: str
    facts_of: tuple[Fact, ...] = ()
    done: Done | None = None


def thing_page(
    section: str,
    ident: str,
    entity: Any,
    plan: Plan,
    found: Findings | None,
    actor: Actor,
    at: str = "",
) -> ThingPage:
    """What a thing says, as it stands or stood."""
    subject = f"{section}/{ident}"
    naming = named_by(plan, section, ident)
    may_open = not at and actor.may_write and actor.is_at_least(Role.CONTRIBUTOR)
    mine = may_open and may_change(actor, subject, plan)
    teller = Teller(plan, found)
    return ThingPage(
        head=name_of(plan, subject),
        lead=" · ".join(p for p in (word_for(section), teller.under(section, entity)) if p),
        crumbs=crumbs_of(section, "", plan),
        subject=subject,
        facts=tuple(facts_of(entity, plan, section, ident)),
        left=tuple(
            Link(
                o.question,
                thing_address(subject, "edit").rstrip("/") + f"#f-{o.field}" if may_open else "",
            )
            for o in left_to_answer(section, entity)
        ),
        findings=tuple(
            _acceptable(f, subject, mine=mine) for f in (found.of(subject) if found else ())
        ),
        named_by=tuple(Link(name_of(plan, s), thing_address(s)) for s in naming[:MOST_NAMING]),
        more_naming=max(len(naming) - MOST_NAMING, 0),
        links=_links(section, ident, subject),
        edit=thing_address(subject, "edit") if may_open else "",
        edit_words="Change" if mine else "Propose a change",
        remove=thing_address(subject, "remove") if may_open else "",
        checked=checked_words(found),
        reading=at,
    )


def _acceptable(finding: Finding, subject: str, *, mine: bool) -> Acceptable:
    (remark,) = shown_findings([finding], link=False)
    is_text = finding.rule[:1] == "T" and finding.severity == "blocks"
    return Acceptable(remark, finding.rule, subject, mine and is_open(finding) and not is_text)


def _links(section: str, ident: str, subject: str) -> tuple[Link, ...]:
    page = {
        "streams": "Stream",
        "teams": "Team",
        "objectives": "Objective",
        "initiatives": "Initiative",
    }
    out = [Link("History", thing_address(subject, "history").rstrip("/"))]
    if section in page:
        out.insert(0, Link(f"{page[section]} page", place_of(section, ident)))
    if section == "key_results":
        out.insert(0, Link("Check-ins", place_of(section, ident)))
    return tuple(out)


def facts_of(entity: Shape, plan: Plan, section: str, ident: str) -> Iterator[Told]:
    """Every field that says something, in the order of the model."""
    yield Told("Identifier", ident)
    for one in fields_of(type(entity)).values():
        value = getattr(entity, one.attribute)
        if value in (None, (), {}) or one.name in ("name", "accepted"):
            continue
        yield _told(one, value, entity, plan, f"{section}/{ident}")


def _told(one: Field, value: Any, entity: Shape, plan: Plan, subject: str) -> Told:
    of = references_of(type(entity)).get(one.attribute, "")
    if one.kind is Kind.MAPPED and of:
        links = refs(plan, of, list(value))
        lines = [
            f"{link.words}: {_participation(part)}"
            for link, part in zip(links, value.values(), strict=True)
        ]
        return Told(one.label, lines=tuple(lines))
    if one.kind in (Kind.ONE, Kind.MANY) and of:
        keys = [value] if isinstance(value, str) else list(value)
        return Told(one.label, links=refs(plan, of, keys))
    if one.kind is Kind.ROWS and _are_metrics(one, value):
        return Told(one.label, links=refs(plan, "metrics", [row.metric for row in value]))
    if one.kind is Kind.ROWS:
        return Told(one.label, lines=_rows(one, value, plan, subject))
    if one.kind is Kind.SHARE:
        return Told(one.label, share_in_words(value))
    return Told(one.label, in_words(value))


def _are_metrics(one: Field, rows: Any) -> bool:
    """Whether rows say nothing but which metric."""
    said = (row.model_dump(exclude_none=True) for row in rows)
    return one.name in ("metric", "guardrails") and all(list(row) == ["metric"] for row in said)


def _participation(part: Any) -> str:
    said = [str(part.part)]
    if part.share is not None:
        said.append(share_in_words(part.share))
    if part.cycle:
        said.append(f"in {part.cycle}")
    return ", ".join(said)


def _rows(one: Field, rows: Any, plan: Plan, subject: str) -> tuple[str, ...]:
    """Each row in words: the newest ones of a long list."""
    if one.name in ("claims", "rest", "guardrails", "metric", "stages"):
        names = names_of(Plan.model_construct(**{**_EMPTY, "metrics": plan.metrics}))
        told = (
            element_sentence(Added(subject, (one.name, n), row, n, names=names), "").strip()
            for n, row in enumerate(rows)
        )
        return tuple(_short(text) for text in told)
    shown = rows[-_MOST_ROWS:]
    more = (f"… and {len(rows) - len(shown)} before",) if len(rows) > len(shown) else ()
    return (*more, *(in_words(row) for row in shown))


_EMPTY = {name: getattr(Plan(), name) for name in Plan.model_fields}


def _short(text: str) -> str:
    for start in ("has a new claim ", "has a new guardrail ", "is now measured by ", "has a new stage ",
                  "There is a new rule "):  # fmt: skip
        text = text.removeprefix(start)
    text = text.partition(", at place ")[0] if ", at place " in text else text
    return text[:1].upper() + text[1:]
