"""A workshop's summary as files that can be sent round: Markdown for people, JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from mainstem.services.workshops.questions import Question
from mainstem.services.workshops.summary import Summary, day_in_words

#: What Markdown, or HTML inside of it, could take for something else than text.
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#|~$!]|^[-+=]|^\d+(?=[.)]))")
#: Addresses that many readers of Markdown turn into links by themselves.
_SCHEME = re.compile(r"(?i)\b(https?|ftp|mailto|javascript|data)(?=:)")


def summary_as_markdown(made: Summary) -> str:
    """The summary as Markdown. What people wrote stays text: no marks, no HTML, no links come of it."""
    lines = [f"# {plain(made.title)}", "", *_head(made)]
    for title, body in _sections(made):
        if body:
            lines += ["", f"## {title}", "", *body]
    return "\n".join(lines).rstrip() + "\n"


def plain(text: str) -> str:
    """Text that Markdown shows as it was written, in one line."""
    folded = " ".join(text.split())
    escaped = _MARKS.sub(lambda m: f"\\{m[0]}" if not m[0].isdigit() else f"{m[0]}\\", folded)
    return _SCHEME.sub(lambda m: f"{m[0]}\u200b", escaped)


def _head(made: Summary) -> Iterator[str]:
    when = made.ended or made.began
    said = f"A workshop of {when.date()}" if when else "A workshop that has not begun"
    many = f"{len(made.people)} took part" if made.people else "nobody took part yet"
    cycle = f", for {plain(made.cycle)}" if made.cycle else ""
    yield f"{said}{cycle}; {many}."
    if made.why:
        yield ""
        yield plain(made.why)
    if made.proposal:
        yield ""
        yield f"Proposal {made.proposal['number']}, {made.proposal['state']}."


def _sections(made: Summary) -> Iterator[tuple[str, list[str]]]:
    yield "Call to arms", [f"- {part.capitalize()}: {plain(text)}" for part, text in made.calls]
    yield "The plan", list(_plan(made))
    yield (
        "Metrics that were chosen",
        [
            f"- {plain(m.stream)}: **{plain(m.metric)}** ({plain(m.how)})"
            + (f"; set aside: {', '.join(map(plain, m.others))}" if m.others else "")
            for m in made.metrics
        ],
    )
    yield "Statements that were put to the room", list(_answers(made))
    yield "Open questions", list(_questions(made.questions))
    yield (
        "What we will not do",
        [f"- {plain(what)}{f': {plain(why)}' if why else ''}" for what, why in made.not_doing],
    )
    yield "Parked", _bullets(made.parked)
    yield "What changes in the plan", _bullets(made.changes)
    yield (
        "Cards that became nothing",
        [f"- {plain(c.text)} ({c.kind}; {plain(c.why)})" for c in made.left]
        + ([f"- {made.hidden} written silently and never revealed"] if made.hidden else []),
    )
    yield "Who took part", [f"- {plain(name)} ({role})" for name, role in made.people]


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"- {plain(text)}" for text in texts]


def _plan(made: Summary) -> Iterator[str]:
    for part in made.plan:
        indent = "  " if part.kind == "stream" else ""
        label = {"asks": "", "stream": "Value stream ", "customer": "Customer "}
        said = f": {plain(part.text)}" if part.text else ""
        yield f"{indent}- {label.get(part.kind, 'Objective ')}**{plain(part.title)}**{said}"
        yield from (f"{indent}  - {plain(line)}" for line in part.lines)


def _answers(made: Summary) -> Iterator[str]:
    for one in made.answers:
        counts = f" (silently: {one.counts})" if one.counts else ""
        said = f"; {plain(one.evidence)}" if one.evidence else ""
        differed = "; opinions differed" if one.differed else ""
        yield f"- {plain(one.about)}: “{plain(one.statement)}” is {one.outcome}{counts}{differed}{said}"  # fmt: skip
        yield from (f"  - {plain(why)}" for why in one.whys)


def _questions(questions: Sequence[Question]) -> Iterator[str]:
    open_ones = [q for q in questions if q.answer is None]
    if open_ones:
        yield from ("| question | who | by when |", "| --- | --- | --- |")
        for one in open_ones:
            yield f"| {plain(one.what)} | {plain(one.owner) or '—'} | {day_in_words(one.until)} |"
    answered = [q for q in questions if q.answer is not None]
    if answered:
        yield ""
        yield from (f"- {plain(q.what)} Answered: {plain(q.answer or '')} ({plain(q.answered_by)})" for q in answered)  # fmt: skip


def summary_as_json(made: Summary) -> str:
    """The summary as JSON; keys are those of ``Summary``, days and moments as ISO text."""
    told = asdict(made)
    del told["facilitates"]
    return json.dumps(told, indent=1, ensure_ascii=False, default=_told) + "\n"


def _told(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
