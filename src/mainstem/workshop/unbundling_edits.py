"""From what somebody filled in to typed edits of the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from mainstem.errors import Invalid
from mainstem.ids import slug
from mainstem.plan.change_kinds import split_subject
from mainstem.plan.model import SECTIONS, Plan
from mainstem.workshop.unbundling import Asks, Question, is_live, value_metric
from mainstem.workshop.unbundling_inputs import CLAIMED_BY, Holds, Input, inputs_of, mended

#: Longest line and text that are taken.
MOST_LINE, MOST_TEXT = 300, 2_000
#: Most stages, or values of a claim, that are taken at once.
MOST_LINES = 40
#: An edit: ``section/id`` and the fields that are merged into it (``None`` takes the thing away).
Edits = tuple[tuple[str, Mapping[str, Any] | None], ...]


@dataclass(slots=True)
class _Making:
    """Edits while they are made; a thing that is new there can be named at once."""

    plan: Plan
    edits: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    made: dict[str, list[str]] = field(default_factory=dict)

    def add(self, subject: str, fields: Mapping[str, Any]) -> None:
        self.edits.append((subject, {k: v for k, v in fields.items() if v not in ("", None)}))

    def new(self, section: str, name: str) -> str:
        """A free identifier made from a name."""
        taken = {*getattr(self.plan, section), *self.made.get(section, ())}
        wanted, at = slug(name)[:90], 1
        ident = wanted
        while ident in taken:
            at += 1
            ident = f"{wanted}-{at}"
        self.made.setdefault(section, []).append(ident)
        return ident

    def named(self, section: str, said: str, name: str) -> str:
        """The identifier of a thing by its name; a new one if there is none of that name."""
        held = getattr(self.plan, section)
        if said in held:
            return said
        wanted = said.casefold()
        found = [key for key, entity in held.items() if (entity.name or key).casefold() == wanted]
        if len(found) > 1:
            raise Invalid(
                f"Several are called {said}: {', '.join(found[:4])}.", "Write the identifier.", field=name
            )  # fmt: skip
        if found:
            return str(found[0])
        _require_unlike(section, said, held, name)
        ident = self.new(section, said)
        self.add(f"{section}/{ident}", {"name": said})
        return ident


def _require_unlike(section: str, said: str, held: Mapping[str, Any], name: str) -> None:
    """A slip of the pen makes no second team; metrics may well be alike."""
    if section == "metrics":
        return
    known = {(entity.name or key).casefold(): entity.name or key for key, entity in held.items()}
    near = get_close_matches(said.casefold(), known, n=1, cutoff=0.86)
    if near:
        raise Invalid(
            f"There is no {SECTIONS[section]} {said}. Did you mean {known[near[0]]}?",
            "Write its name as it is, or one that is less alike.", field=name,
        )  # fmt: skip


def edits_of(question: Question, given: Mapping[str, str], plan: Plan, *, by: str) -> Edits:
    """The edits that an answer comes to.

    Args:
        question: What is answered; statements are answered elsewhere.
        given: Field of the answer → what was typed; of several choices one line each.
        plan: The draft.
        by: Who answers, for what is kept as it is.

    Raises:
        Invalid: something is missing or is not as it must be; ``field`` names it.
    """
    typed = {one.name: _read(one, given.get(one.name, "")) for one in inputs_of(question, plan)}
    making = _Making(plan)
    if question.asks is Asks.WORDING:
        _mend(question, typed, making, by)
    elif question.asks is Asks.ADD:
        _add(question, typed, making)
    else:
        _fill(question, typed, making)
    return tuple(making.edits)


def taking_away(question: Question, plan: Plan, base: Plan) -> Edits:
    """The edits that take an answer away: its field is empty again; what was added is gone.

    Raises:
        Invalid: there is nothing to take away, or what would go was in the plan before.
    """
    section, ident = split_subject(question.subject)
    if question.asks is Asks.FIELD and not question.is_open:
        name, _, team = question.field.partition(":")
        if name == "share":
            return ((question.subject, {"teams": {team: {"share": None}}}),)
        return ((question.subject, {name: None}),) if _is_free(section, name) else _whole(
            section, ident, base
        )  # fmt: skip
    raise Invalid("There is no answer to take away.", "Answer it first.", field="")


def _is_free(section: str, name: str) -> bool:
    """Whether a thing may be without a field: what ties it to what is above it stays."""
    return (section, name) not in _TIES


_TIES = frozenset((("streams", "objective"), ("key_results", "stream"), ("initiatives", "stream")))


def _whole(section: str, ident: str, base: Plan) -> Edits:
    if ident in getattr(base, section):
        raise Invalid(
            "That was in the plan before.", "Change it on its own page of the plan.", field=""
        )
    return ((f"{section}/{ident}", None),)


def removing(subject: str, base: Plan) -> Edits:
    """The edit that takes a thing away that the draft has added.

    Raises:
        Invalid: it was in the plan before.
    """
    return _whole(*split_subject(subject), base)


# -- reading what was typed


def _read(one: Input, text: str) -> Any:
    said = text.strip() if one.holds is Holds.TEXT else " ".join(text.split())
    if one.holds is Holds.SOME:
        return _some(one, text)
    if len(said) > (MOST_TEXT if one.holds is Holds.TEXT else MOST_LINE):
        raise Invalid(f"{one.label}: that is too long.", "Say it in fewer words.", field=one.name)
    if any(ord(c) < 32 and c not in "\n\t" for c in said.replace("\r", "")):
        raise Invalid(
            f"{one.label}: there are control characters in it.", "Type it anew.", field=one.name
        )
    said = said.replace("\r\n", "\n").replace("\r", "\n")
    if not said:
        if one.is_needed:
            raise Invalid("Nothing was filled in.", "Answer it, or pass for now.", field=one.name)
        return "" if one.holds in (Holds.LINE, Holds.TEXT, Holds.ONE) else None
    return _typed(one, said)


def _typed(one: Input, said: str) -> Any:
    match one.holds:
        case Holds.NUMBER:
            return number(said, one.name)
        case Holds.SHARE:
            share = number(said.rstrip("% \u00a0\u202f"), one.name) / 100
            if not 0 <= share <= 1:
                raise Invalid(
                    f"{said} is no share.", "It lies between 0 and 100 %.", field=one.name
                )
            return share
        case Holds.ONE if one.choices and said not in dict(one.choices):
            known = ", ".join(value for value, _ in one.choices)
            raise Invalid(f"{said} is none of the choices.", f"Choose {known}.", field=one.name)
    return said


def _some(one: Input, text: str) -> list[str]:
    chosen = [line.strip() for line in text.splitlines() if line.strip()]
    if not chosen:
        raise Invalid(
            "Nothing was chosen.", "Choose one at least, or pass for now.", field=one.name
        )
    for value in chosen:
        if value not in dict(one.choices):
            raise Invalid(f"{value} is none of the choices.", "Choose one of them.", field=one.name)
    return list(dict.fromkeys(chosen))


def number(text: str, name: str) -> float:
    """A number as people type it: ``92.5``, ``92,5``, ``−3``, ``1 200``.

    Raises:
        Invalid: it is none.
    """
    plain = text.replace("−", "-").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        made = float(plain)
    except ValueError:
        made = float("nan")
    if not -1e15 < made < 1e15:
        raise Invalid(f"“{text}” is no number.", "Write it like 92.5.", field=name)
    return made


# -- edits


def _mend(question: Question, typed: Mapping[str, Any], making: _Making, by: str) -> None:
    section, ident = split_subject(question.subject)
    entity, place = getattr(making.plan, section)[ident], mended(question)
    words = typed["words"]
    # whoever gives a reason keeps the words, also where the form still holds them
    if typed["keep"] and words in ("", getattr(entity, place) or ""):
        if len(typed["keep"]) < 3:
            raise Invalid("The reason is too short.", "Say it in a few words.", field="keep")
        held = [one.model_dump(mode="json", exclude_defaults=True) for one in entity.accepted]
        kept = {"rule": question.field, "why": typed["keep"], "by": by or "somebody"}
        making.add(question.subject, {"accepted": [*held, kept]})
        return
    if not words:
        raise Invalid(
            "Nothing was filled in.", "Say it in other words, or why it stays.", field="words"
        )
    making.add(question.subject, {place: words})


def _add(question: Question, typed: Mapping[str, Any], making: _Making) -> None:
    ident = split_subject(question.subject)[1]
    if question.adds == "streams":
        customer = (
            making.named("customers", typed["customer"], "customer") if typed["customer"] else ""
        )
        made = making.new("streams", typed["name"])
        fields = {"name": typed["name"], "objective": [ident], "customer": customer}
        making.add(f"streams/{made}", fields)
    elif question.adds == "teams":
        team = making.named("teams", typed["team"], "team")
        making.add(question.subject, {"teams": {team: _part(typed["part"], typed["share"])}})
    else:
        _commit(question, typed, making, ident)


def _part(part: str, share: float | None) -> dict[str, Any]:
    return {"part": part} if share is None else {"part": part, "share": share}


def _commit(question: Question, typed: Mapping[str, Any], making: _Making, stream: str) -> None:
    """A key result or a bet of a team: in the cycle that is under way, on the stream's metric."""
    section = question.adds
    made = making.new(section, typed.get("text") or typed.get("name") or "")
    cycle = next((key for key in reversed(making.plan.cycles) if is_live(key, making.plan)), "")
    fields = {"stream": stream, "team": question.team, "cycle": cycle, **typed}
    if section == "key_results":
        metric = value_metric(making.plan.streams[stream])
        fields["metric"] = metric if metric in making.plan.metrics else ""
    making.add(f"{section}/{made}", fields)


def _fill(question: Question, typed: Mapping[str, Any], making: _Making) -> None:
    section, ident = split_subject(question.subject)
    name, _, team = question.field.partition(":")
    subject, entity = question.subject, getattr(making.plan, section)[ident]
    if (section, name) == ("streams", "metric"):
        said = typed["other"] or typed.get("metric") or ""
        if not said:
            raise Invalid("No metric was named.", "Choose one, or name another.", field="other")
        making.add(subject, {"metric": making.named("metrics", said, "other")})
    elif (section, name) == ("streams", "guardrails"):
        metric = making.named("metrics", typed["metric"], "metric")
        rails = [g.model_dump(mode="json", exclude_defaults=True) for g in entity.guardrails[1:]]
        rail = {"metric": metric, **({"bound": typed["bound"]} if typed["bound"] else {})}
        making.add(subject, {"guardrails": [rail, *rails]})
    elif (section, name) == ("streams", "teams"):
        _deliver(subject, entity, typed, making)
    elif name == "share":
        making.add(subject, {"teams": {team: {"share": typed["share"]}}})
    elif name == "claims":
        making.add(subject, {"claims": [_claim(typed), *_held_claims(entity)]})
    elif name == "window":
        making.add(subject, {"window": {"from": typed["from"], "to": typed["to"]}})
    elif name == "effect":
        making.add(subject, {"effect": {"by": typed["effect"]}})
    elif (section, name) == ("customers", "stages"):
        making.add(subject, {"stages": _stages(typed["stages"])})
    else:
        making.add(subject, {name: _value(section, name, typed[name], making)})


def _deliver(subject: str, entity: Any, typed: Mapping[str, Any], making: _Making) -> None:
    team = making.named("teams", typed["team"], "team")
    first = next((t for t, p in entity.teams.items() if p.part == "delivers"), "")
    before = {first: None} if first and first != team else {}
    making.edits.append((subject, {"teams": {**before, team: _part("delivers", typed["share"])}}))


def _held_claims(entity: Any) -> list[dict[str, Any]]:
    return [c.model_dump(mode="json", by_alias=True, exclude_defaults=True) for c in entity.claims]


def _claim(typed: Mapping[str, Any]) -> dict[str, list[str]]:
    values = [one.strip() for one in typed["is"].split(",") if one.strip()][:MOST_LINES]
    if not values:
        raise Invalid(
            "The claim asks for nothing.", f"Name a {dict(CLAIMED_BY)[typed['by']]}.", field="is"
        )
    return {typed["by"]: values}


def _stages(text: str) -> list[dict[str, str]]:
    lines = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
    made: dict[str, dict[str, str]] = {}
    for line in lines[:MOST_LINES]:
        ident = slug(line)
        made.setdefault(ident, {"id": ident} if ident == line else {"id": ident, "name": line})
    return list(made.values())


def _value(section: str, name: str, said: Any, making: _Making) -> Any:
    """The value of a field that names another thing, or holds what was typed."""
    wanted = {"customer": "customers", "team": "teams", "metric": "metrics"}.get(name)
    if wanted is not None:
        return making.named(wanted, said, name)
    if (section, name) == ("teams", "size"):
        if said < 0 or said != int(said):
            raise Invalid("A team has a whole number of people.", "Write it like 7.", field=name)
        return int(said)
    return said
