"""Agendas as YAML, both ways: ``agenda_from_text(agenda_to_text(a)) == a``.

Read with the guards of the plan's text: no anchors, aliases or tags, nothing nested deep, limits on
everything. What is wrong is said with its line, what it is, and what to do, all at once.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from mainstem.errors import Invalid
from mainstem.ids import slug
from mainstem.plan.text.complaints import did_you_mean
from mainstem.plan.text.nodes import Map, Seq, read_document
from mainstem.plan.text.scalars import is_plain, quoted
from mainstem.workshop.agendas import STEP_FIELDS, Agenda, AgendaStep
from mainstem.workshop.kinds import StepKind
from mainstem.workshop.steps import MOST_MINUTES, MOST_STEPS
from mainstem.workshop.voting import MOST_DOTS

#: Limits of one agenda.
MOST_LETTERS = 100_000
MOST_TRAPS = 12
LONGEST_LINE, LONGEST_PROMPT, LONGEST_TEXT = 120, 500, 2_000

_TOP = ("agenda", "title", "length", "purpose", "steps")
_LINES = frozenset(("title", "session"))
_SWITCHES = frozenset(("silent", "ranking", "breakouts"))
_YES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_WIDTH = 96


@dataclass(frozen=True, slots=True)
class AgendaFault:
    """Something wrong in the text of an agenda. Lines count from 1."""

    line: int
    what: str
    hint: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what} {self.hint}".rstrip()


class AgendaFaulty(Invalid):
    """The text is no agenda; ``faults`` says where and why, in the order of the text."""

    code = "workshop.agenda"

    def __init__(self, faults: tuple[AgendaFault, ...]) -> None:
        first = faults[0]
        more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
        super().__init__(f"Line {first.line}: {first.what}{more}", first.hint, field="text")
        self.faults = faults


def agenda_from_text(text: str) -> Agenda:
    """An agenda out of its text.

    Raises:
        AgendaFaulty: saying every fault with its line.
    """
    reading = _Reading()
    agenda = reading.whole(text)
    if agenda is None or reading.faults:
        raise AgendaFaulty(tuple(sorted(reading.faults, key=lambda fault: fault.line)))
    return agenda


class _Reading:
    """Reads one text and gathers what is wrong with it."""

    def __init__(self) -> None:
        self.faults: list[AgendaFault] = []

    def say(self, line: int, what: str, hint: str) -> None:
        self.faults.append(AgendaFault(line, what, hint))

    def whole(self, text: str) -> Agenda | None:
        if len(text) > MOST_LETTERS:
            self.say(
                1, f"The text is longer than {MOST_LETTERS:,} letters.",
                "An agenda is a page or two; look for what does not belong to it.",
            )  # fmt: skip
            return None
        document = read_document(text.encode("utf-8", "replace"), PurePath("agenda.yaml"))
        for finding in document.findings:
            line = finding.place.line if finding.place else 1
            self.say(line, _of_agenda(finding.what), _of_agenda(finding.hint))
        if self.faults:
            return None
        root = document.roots[0]
        if not isinstance(root, Map):
            self.say(1, "An agenda is written as `key: value`.", "Begin with `agenda: its-name`.")
            return None
        return self._agenda(root)

    def _agenda(self, root: Map) -> Agenda:
        self._unknown(root, _TOP, "an agenda")
        name = self._line(root, "agenda", needed=True)
        if name and (name != slug(name) or len(name) > 60):
            self.say(
                _line(root, "agenda"), f"`{name}` cannot be the name of an agenda.",
                f"Write it in lower case with `-` between words, at most 60 letters: `{slug(name)[:60]}`.",
            )  # fmt: skip
        title = self._line(root, "title", needed=True)
        return Agenda(
            name, title, self._line(root, "length"), self._text(root, "purpose"),
            tuple(self._steps(root)),
        )  # fmt: skip

    def _steps(self, root: Map) -> Iterator[AgendaStep]:
        steps = root.get("steps")
        if not isinstance(steps, Seq) or not steps:
            self.say(
                _line(root, "steps"), "An agenda has at least one step.",
                "Write `steps:` and under it a list, each beginning with `- kind: …`.",
            )  # fmt: skip
            return
        if len(steps) > MOST_STEPS:
            self.say(
                steps.marks[MOST_STEPS].line + 1, f"An agenda has at most {MOST_STEPS} steps.",
                "Make two workshops of it.",
            )  # fmt: skip
            return
        for step, mark in zip(steps, steps.marks, strict=True):
            if isinstance(step, Map):
                yield self._step(step, mark.line + 1)
            else:
                self.say(
                    mark.line + 1, "A step is written as `key: value`.",
                    "Begin it with `- kind: …` and indent its other keys alike.",
                )  # fmt: skip

    def _step(self, step: Map, line: int) -> AgendaStep:
        self._unknown(step, STEP_FIELDS, "a step")
        kind = self._kind(step, line)
        if not step.get("title"):
            self.say(line, "This step has no title.", "Write `title: …`, in a few words.")
        if "minutes" not in step:
            self.say(line, "This step does not say how long it takes.", "Write `minutes: 30`.")
        given: dict[str, Any] = {}
        for name in STEP_FIELDS:
            if name in step and name != "kind":
                given[name] = self._reader(name)(step, name)
        return AgendaStep(kind, **{"title": "", **given})

    def _reader(self, name: str) -> Callable[[Map, str], Any]:
        if name in _SWITCHES:
            return self._switch
        if name == "traps":
            return self._traps
        if name in ("minutes", "dots"):
            return self._number
        return self._line if name in _LINES else self._text

    def _kind(self, step: Map, line: int) -> StepKind:
        given = step.get("kind")
        if isinstance(given, str) and given in set(StepKind):
            return StepKind(given)
        near = did_you_mean(given, StepKind) if isinstance(given, str) else None
        self.say(
            _line(step, "kind") if "kind" in step else line,
            f"`{given}` is no kind of step." if given else "This step has no kind.",
            f"Did you mean `{near}`?" if near else f"A kind is one of {', '.join(StepKind)}.",
        )
        return StepKind.TALK

    def _unknown(self, given: Map, known: tuple[str, ...], whole: str) -> None:
        for key in given:
            if key not in known:
                near = did_you_mean(key, known)
                self.say(
                    _line(given, key), f"`{key}` is no key of {whole}.",
                    f"Did you mean `{near}`?" if near else f"It has {', '.join(known)}.",
                )  # fmt: skip

    def _line(self, given: Map, key: str, *, needed: bool = False) -> str:
        return self._said(given, key, LONGEST_LINE, needed=needed)

    def _text(self, given: Map, key: str) -> str:
        return self._said(given, key, LONGEST_PROMPT if key == "prompt" else LONGEST_TEXT)

    def _said(self, given: Map, key: str, most: int, *, needed: bool = False) -> str:
        value = given.get(key)
        if value is None:
            if needed:
                self.say(_line(given, key), f"The agenda has no `{key}`.", f"Write `{key}: …`.")
            return ""
        return self._folded(value, f"`{key}`", _line(given, key), most)

    def _folded(self, value: Any, place: str, line: int, most: int) -> str:
        if not isinstance(value, str):
            self.say(line, f"{place} is a text.", "Write it in one line, or in a block under `>-`.")
            return ""
        text = " ".join(value.split())
        if not text.isprintable():
            self.say(line, f"{place} holds a character that cannot be shown.", "Take it away.")
        if len(text) > most:
            self.say(line, f"{place} is longer than {most:,} letters.", "Say it in fewer words.")
        return text

    def _traps(self, given: Map, key: str) -> tuple[str, ...]:
        value = given.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (self._folded(value, "`traps`", _line(given, key), LONGEST_PROMPT),)
        if not isinstance(value, Seq) or len(value) > MOST_TRAPS:
            self.say(
                _line(given, key), f"`traps` is a list of at most {MOST_TRAPS} texts.",
                "Write each as `- …`, the worst first.",
            )  # fmt: skip
            return ()
        lines = zip(value, value.marks, strict=True)
        folded = (self._folded(v, "A trap", mark.line + 1, LONGEST_PROMPT) for v, mark in lines)
        return tuple(text for text in folded if text)

    def _switch(self, given: Map, key: str) -> bool:
        value = _YES.get(str(given.get(key)).lower())
        if value is None:
            self.say(_line(given, key), f"`{key}` is `true` or `false`.", f"Write `{key}: true`.")
        return bool(value)

    def _number(self, given: Map, key: str) -> int:
        least, most = (1, MOST_MINUTES) if key == "minutes" else (0, MOST_DOTS)
        value = str(given.get(key))
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 6 else -1
        if not least <= number <= most:
            self.say(
                _line(given, key), f"`{key}: {value[:20]}` is no number from {least} to {most}.",
                f"Write a whole number: `{key}: {30 if key == 'minutes' else 3}`.",
            )  # fmt: skip
            return 0
        return number


def _line(given: Map, key: str) -> int:
    """The line of a key; of the first key where there is none such."""
    marks = given.marks_of(key) or (given.marks[:1] or [None])
    return marks[0].line + 1 if marks[0] is not None else 1


def _of_agenda(text: str) -> str:
    """The words of the plan's text, said of an agenda."""
    for plan, agenda in (("of a plan", "of an agenda"), ("a plan", "an agenda"),
                         ("the plan", "the agenda")):  # fmt: skip
        text = text.replace(plan, agenda)
    return text


def agenda_to_text(agenda: Agenda) -> str:
    """The text of an agenda, in the order in which people read it; what is default is left out."""
    lines = [f"agenda: {_scalar(agenda.name)}"]
    for name in ("title", "length", "purpose"):
        lines += _entry(name, getattr(agenda, name), 0)
    lines.append("steps:")
    for step in agenda.steps:
        inner = [line for name in STEP_FIELDS for line in _field(step, name)]
        lines += ["", f"  - {inner[0].lstrip()}", *inner[1:]]
    return "\n".join(lines) + "\n"


def _field(step: AgendaStep, name: str) -> list[str]:
    value = getattr(step, name)
    if name == "kind":
        return [f"    kind: {value.value}"]
    if name == "traps":
        items = [line for trap in value for line in _item(trap)]
        return ["    traps:", *items] if items else []
    if isinstance(value, bool):
        return [f"    {name}: true"] if value else []
    if isinstance(value, int):
        return [f"    {name}: {value}"] if value else []
    return _entry(name, value, 4)


def _entry(name: str, value: str, indent: int) -> list[str]:
    if not value:
        return []
    return _folding(f"{' ' * indent}{name}:", value, indent + 2)


def _item(value: str) -> list[str]:
    return _folding("      -", value, 8)


def _folding(head: str, value: str, indent: int) -> list[str]:
    """In one line where it is short, else in a block that YAML folds to one line again."""
    if len(head) + len(value) + 3 <= _WIDTH:
        return [f"{head} {_scalar(value)}"]
    wrapped = textwrap.wrap(value, _WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    if " ".join(wrapped) != value or not value.isprintable():
        return [f"{head} {quoted(value)}"]
    return [f"{head} >-", *(" " * indent + line for line in wrapped)]


def _scalar(text: str) -> str:
    return text if is_plain(text) else quoted(text)
