"""From a value of the plan to the texts in a form, and from what was posted back to the value.

A form's fields are named by their place: ``name``, ``claims.0.label``, ``teams.2.share``. What nobody
touched keeps its exact value, whatever the form could show of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from pathlib import PurePath
from typing import Any, TypeVar

from pydantic import ValidationError

from mainstem.ids import slug
from mainstem.plan.model import Plan, Shape
from mainstem.plan.text.complaints import complaint, did_you_mean
from mainstem.plan.text.nodes import read_document
from mainstem.web.forms.plan.fields import NESTED, Field, Kind, fields_of
from mainstem.web.forms.plan.texts import KEY, Texts, leaf_texts, texts_in, words_for
from mainstem.web.forms.written import UnclearNumber, plain_number
from mainstem.web.numbers import number_in

_S = TypeVar("_S", bound=Shape)


@dataclass(slots=True)
class Read:
    """What was posted, understood.

    Attributes:
        value: The value; ``None`` if something is wrong.
        texts: What stands in the form, rows numbered anew and empty ones left out.
        errors: Name of a field → what is wrong with it.
    """

    value: Any = None
    texts: Texts = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)


def read_form(
    shape: type[_S], posted: Mapping[str, Sequence[str]], was: _S | None, plan: Plan, subject: str
) -> Read:
    """Makes a value out of what was posted.

    Args:
        shape: The class of the value.
        posted: Names and texts, as a browser sends them.
        was: The value that the form was made from; ``None`` for a new one.
        plan: Where names are looked up.
        subject: ``section/id``, for the words of errors.
    """
    reading = _Reading({k: [_unified(t) for t in v] for k, v in posted.items()}, plan)
    given = reading.shape(shape, "", was)
    out = Read(None, reading.texts, reading.errors)
    if out.errors:
        return out
    try:
        out.value = shape.model_validate(given)
    except ValidationError as refused:
        for error in refused.errors(include_url=False):
            location = (*subject.split("/", 1), *error["loc"])
            found = complaint({**error, "loc": location})
            name = reading.name_of(error["loc"])
            out.errors.setdefault(name, []).append(f"{_plain(found.what)} {found.hint}".strip())
    return out


def _plain(what: str) -> str:
    return re.sub(r"^`\w+` ", "It ", what) if what.startswith("`") else what


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Reading:
    """Walks the fields of a class beside what was posted."""

    def __init__(self, posted: Texts, plan: Plan) -> None:
        self.posted, self.plan = posted, plan
        self.texts: Texts = {}
        self.errors: dict[str, list[str]] = {}
        self.keys: dict[tuple[str, str], int] = {}

    def shape(
        self, shape: type[Shape], prefix: str, was: Any, at: str | None = None
    ) -> dict[str, Any]:
        """The values of one class; ``prefix`` as posted, ``at`` as the form is shown again."""
        out: dict[str, Any] = {}
        to = prefix if at is None else at
        for name, one in fields_of(shape).items():
            old = getattr(was, one.attribute) if was is not None else _MISSING
            made = self._field(one, prefix + name, to + name, old)
            if made is not _MISSING:
                out[name] = made
        for attribute, info in shape.model_fields.items():
            name = info.alias or attribute
            if name not in fields_of(shape) and was is not None:
                out[name] = getattr(was, attribute)
        return out

    def _field(self, one: Field, name: str, to: str, was: Any) -> Any:
        if was is not _MISSING and not self._is_sent(one, name):
            # what was not sent at all was not touched
            self.texts |= texts_in(one, was, to)
            return was
        if one.kind is Kind.ROWS:
            return self._rows(one, name, to, was)
        if one.kind is Kind.MAPPED:
            return self._mapped(one, name, to, was)
        if one.kind is Kind.GROUP:
            return self._group(one, name, to, was)
        texts = [t for t in self.posted.get(name, []) if t != ""] or [""]
        if one.name == "id" and one.is_required and not texts[0].strip():
            texts = [self._id_by_name(name)]
        self.texts[to] = texts
        if was is not _MISSING and _same(texts, leaf_texts(one, was)):
            return was
        try:
            return self._taken(one, texts)
        except ValueError as error:
            self.errors.setdefault(to, []).append(str(error))
            return _MISSING

    def _id_by_name(self, name: str) -> str:
        """The identifier of a row that has none yet, made of its name; one that no other row has."""
        row, rows = name.rpartition(".")[0], name.rsplit(".", 2)[0]
        called = self.posted.get(f"{row}.name", [""])[0].strip()
        if not called:
            return ""
        sent = {
            texts[0].strip()
            for key, texts in [*self.posted.items(), *self.texts.items()]
            if texts and re.fullmatch(re.escape(rows) + r"\.\d+\.id", key)
        }
        wanted, number = slug(called)[:90], 1
        while (made := wanted if number == 1 else f"{wanted}-{number}") in sent:
            number += 1
        return made

    def _is_sent(self, one: Field, name: str) -> bool:
        if one.kind in NESTED:
            return any(key.startswith(f"{name}.") for key in self.posted)
        return name in self.posted

    def _group(self, one: Field, name: str, to: str, was: Any) -> Any:
        assert one.shape is not None
        if self._is_blank(one.shape, f"{name}."):
            self.texts |= {f"{to}.{n}": [""] for n in fields_of(one.shape)}
            return None if one.may_be_empty else _MISSING
        held = was if isinstance(was, Shape) else None
        return self.shape(one.shape, f"{name}.", held, f"{to}.")

    def _indices(self, name: str) -> list[int]:
        pattern = re.compile(re.escape(name) + r"\.(\d{1,6})\.")
        return sorted({int(m[1]) for key in self.posted if (m := pattern.match(key))})

    def _rows(self, one: Field, name: str, to: str, was: Any) -> Any:
        assert one.shape is not None
        rows = was if isinstance(was, tuple) else ()
        start = _number(self.posted.get(f"{name}._from", ["0"])[0])
        out: list[Any] = list(rows[:start])
        self.texts[f"{to}._from"] = [str(len(out))]
        shift = len(out)
        for index in self._indices(name):
            at = f"{name}.{index}."
            if self._is_blank(one.shape, at):
                continue
            place = self.posted.get(f"{at}_was", [""])[0]
            number = number_in(place)
            old = rows[number] if number is not None and number < len(rows) else None
            here = f"{to}.{len(out) - shift}."
            self.texts[f"{here}_was"] = [place]
            out.append(self.shape(one.shape, at, old, here))
        if was is None and not out and one.may_be_empty:
            return None
        return out

    def _mapped(self, one: Field, name: str, to: str, was: Any) -> Any:
        assert one.shape is not None
        rows = was if isinstance(was, dict) else {}
        out: dict[str, Any] = {}
        self.texts[f"{to}._from"] = ["0"]
        for index in self._indices(name):
            at = f"{name}.{index}."
            key = self.posted.get(f"{at}{KEY}", [""])[0].strip()
            if not key and self._is_blank(one.shape, at):
                continue
            here = f"{to}.{len(out)}."
            before = self.posted.get(f"{at}_was", [""])[0]
            self.texts |= {f"{here}{KEY}": [key], f"{here}_was": [before]}
            made = self.shape(one.shape, at, rows.get(before), here)
            try:
                found = self._named(one.section, key) if key else ""
                if not found or found in out:
                    raise ValueError("It is there twice." if found else "Choose one.")
                self.keys[to, found] = len(out)
                out[found] = made
            except ValueError as error:
                self.errors.setdefault(f"{here}{KEY}", []).append(str(error))
                out[f"?{len(out)}"] = made
        return out

    def _is_blank(self, shape: type[Shape], prefix: str) -> bool:
        own = {
            prefix + n for n, f in fields_of(shape).items() if f.kind in (Kind.CHOICE, Kind.YES_NO)
        }
        if all(f.kind in (Kind.CHOICE, Kind.YES_NO) for f in fields_of(shape).values()):
            own = set()
        return not any(
            text.strip()
            for key, texts in self.posted.items()
            if key.startswith(prefix) and key not in own and not key.endswith(("._was", "._from"))
            and key != f"{prefix}_was"
            for text in texts
        )  # fmt: skip

    def _taken(self, one: Field, texts: list[str]) -> Any:
        """The plain value of a leaf.

        Raises:
            ValueError: with words for a person.
        """
        first = texts[0]
        match one.kind:
            case Kind.MANY | Kind.STAGES | Kind.CHOICES:
                chosen = [t.strip() for t in texts if t.strip()]
                return [self._named(one.section, t) for t in chosen] if one.section else chosen
            case Kind.ONE:
                found = [self._named(one.section, t) for t in texts if t.strip()]
                is_list = one.attribute == "objective" and "tuple" in str(one.annotation)
                return found if is_list else (found[0] if found else None)
            case Kind.LINES | Kind.DAYS:
                return [line.strip() for line in first.split("\n") if line.strip()]
            case Kind.PAIRS:
                return dict(_pairs(first, one))
            case Kind.CONDITIONS:
                return _conditions(first)
        text = first.strip()
        if not text:
            if one.is_required:
                raise ValueError("This is needed.")
            return None if one.may_be_empty else _MISSING
        return _scalar(one.kind, text)

    def _named(self, section: str, text: str) -> str:
        """The identifier that somebody wrote or chose, by itself or by the thing's name."""
        text = text.strip()
        held = getattr(self.plan, section)
        if text in held:
            return text
        wanted = text.casefold()
        found = [
            key
            for key, entity in held.items()
            if wanted == words_for(section, key, entity).casefold()
        ]
        if len(found) == 1:
            return str(found[0])
        near = did_you_mean(text, held)
        more = f" Did you mean {near}?" if near else ""
        raise ValueError(
            f"Several have the name {text}: write the identifier."
            if found
            else f"There is no {text}.{more}"
        )

    def name_of(self, location: Sequence[Any]) -> str:
        """The field of the form for a place in the value."""
        steps: list[str] = []
        for step in location:
            if step == "[key]":
                steps.append(KEY)
                continue
            at = ".".join(steps)
            place = self.keys.get((at, str(step)))
            steps.append(str(step if place is None else place))
        name = ".".join(steps)
        while name and name not in self.texts and "." in name:
            name = name.rsplit(".", 1)[0]
        return name


_MISSING: Any = object()


def _same(texts: Sequence[str], shown: Sequence[str]) -> bool:
    one = [_unified(t) for t in texts if t != ""]
    return one == [_unified(t) for t in shown if t != ""]


def _number(text: str) -> int:
    return number_in(text) or 0


def _scalar(kind: Kind, text: str) -> Any:
    if kind is Kind.SHARE:
        return f"{_decimal(text.rstrip('% '))}%"
    if kind is Kind.NUMBER:
        return _decimal(text)
    if kind is Kind.WHOLE:
        number = _decimal(text)
        if not number.is_integer():
            raise ValueError("Write a whole number.")
        return int(number)
    if kind is Kind.YES_NO:
        return text == "yes"
    return text


def _decimal(text: str) -> float:
    try:
        number = float(plain_number(text))
    except UnclearNumber:
        raise
    except ValueError:
        number = nan
    if not isfinite(number):
        raise ValueError(f"“{text}” is no number; write it like 92.5.")
    return number


def _pairs(text: str, one: Field) -> Iterable[tuple[str, Any]]:
    is_words = "tuple" in str(one.annotation)
    for line in text.split("\n"):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or not value.strip():
            raise ValueError(f"“{line.strip()}” is not a name, a colon and a value.")
        given: Any = (
            [v.strip() for v in value.split(",") if v.strip()] if is_words else value.strip()
        )
        if one.name == "shares" and not str(given).endswith("%"):
            given = _decimal(str(given)) if _decimal(str(given)) <= 1 else f"{given}%"
        yield name.strip(), given


def _conditions(text: str) -> Any:
    if not text.strip():
        return []
    document = read_document(text.encode(), PurePath("form"))
    broken = [f for f in document.findings if f.severity == "blocks"]
    if broken or len(document.roots) != 1:
        raise ValueError(broken[0].what if broken else "Write one list.")
    root = document.roots[0]
    return root if isinstance(root, list) else [root]
