"""Decisions of a folder: ``decisions.jsonl`` beside the plan, a line for each thing said, never changed.

A line is ``{"asked": …}`` for a piece of work or ``{"step": …, "of": ID}`` for a step on it. IDs are drawn
by lot, so that lines of two branches can be put together; numbers are what people say. Where both branches
gave the same number, the later piece of work gets the next free one.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mainstem.challenge.decisions import Chain, Decision, StatementResult, Step, Work, bare_link
from mainstem.challenge.done import Done
from mainstem.challenge.overlap import Nearest
from mainstem.challenge.verdicts import Answer
from mainstem.errors import Absent, Conflict, PlanError
from mainstem.services.decisions.desk import Wanted
from mainstem.services.people.access import Actor
from mainstem.services.plans.lines_of_json import append_line, held, read_lines

FILE = "decisions.jsonl"


@dataclass(slots=True)
class DecisionsInText:
    """The decisions of a folder; read again whenever the file has changed.

    Attributes:
        path: The file; there need be none yet.
    """

    path: Path
    _seen: tuple[int, int] = (-1, -1)
    _held: dict[int, Chain] = field(default_factory=dict)
    _ids: dict[int, str] = field(default_factory=dict)
    _done: dict[int, tuple[Done, ...]] = field(default_factory=dict)

    def ask(self, work: Work, by: Actor, *, at: datetime) -> Chain:
        """Keeps a piece of work; one of the same source and key, or of the same link, is the same chain."""
        with held(self.path):
            found = self.find(work.source, work.key, work.link)
            if found is not None:
                return found
            number = max(self._chains(), default=0) + 1
            asked = {
                "id": secrets.token_hex(8),
                "number": number,
                "by": by.name,
                "at": at.isoformat(),
            }
            append_line(self.path, {"asked": {**asked, **_work_out(work)}})
            return self._chains()[number]

    def add(self, number: int, decision: Decision, by: Actor, *, after: int) -> Chain:
        """Adds a step to a chain; errors as in ``desk.DecisionBook``."""
        with held(self.path):
            chain = self.chain(number)
            if chain is None:
                raise Absent(f"There is no decision {number}.", "`mainstem decisions` lists them.")
            if len(chain.decisions) != after:
                raise Conflict(
                    f"Somebody has said something on “{chain.work.title}” since you looked.",
                    "Look at the decision again, and say it if it still holds.", code="decision.moved",
                )  # fmt: skip
            append_line(self.path, {"step": _decision_out(decision), "of": self._ids[number]})
            return self._chains()[number]

    def chain(self, number: int) -> Chain | None:
        """One chain, whole."""
        return self._chains().get(number)

    def chains(self, wanted: Wanted) -> Sequence[Chain]:
        """Chains, newest first."""
        found = (c for _, c in sorted(self._chains().items(), reverse=True) if _fits(c, wanted))
        return tuple(c for _, c in zip(range(wanted.most), found, strict=False))

    def find(self, source: str, key: str, link: str) -> Chain | None:
        """The chain of a piece of work in a tracker, by its key or its link."""
        bare = bare_link(link)
        for _, chain in sorted(self._chains().items()):
            work = chain.work
            same = key and (work.source, work.key.lower()) == (source, key.lower())
            if same or (bare and bare_link(work.link) == bare):
                return chain
        return None

    def past(self) -> Nearest[int]:
        """The titles of all work that was decided on, by the number of its chain."""
        near = Nearest[int]()
        for number, chain in self._chains().items():
            if chain.verdict is not None:
                near.add(number, chain.work.title)
        return near

    def done(self, numbers: Collection[int] | None = None) -> Mapping[int, tuple[Done, ...]]:
        """Work of the ledger that is, or may be, that of these chains, or of all, by chain."""
        self._chains()
        return {n: d for n, d in self._done.items() if numbers is None or n in numbers}

    def keep_done(self, found: Done, by: Actor) -> None:
        """Keeps that an item was found, or what a person said of it."""
        with held(self.path):
            self._chains()
            append_line(self.path, {"done": _done_out(found), "of": self._ids[found.number]})

    def _chains(self) -> dict[int, Chain]:
        try:
            found = self.path.stat()
            state = (found.st_mtime_ns, found.st_size)
        except FileNotFoundError:
            state = (0, 0)
        if state != self._seen:
            self._held, self._ids, self._done = _read(self.path)
            self._seen = state
        return self._held


def _read(path: Path) -> tuple[dict[int, Chain], dict[int, str], dict[int, tuple[Done, ...]]]:
    asked: dict[str, Chain] = {}
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    steps: dict[str, list[Decision]] = {}
    for line in read_lines(path):
        try:
            if "asked" in line:
                asked.setdefault(str(line["asked"]["id"]), _asked_in(line["asked"]))
            elif "step" in line:
                said = steps.setdefault(str(line["of"]), [])
                if (
                    step := _decision_in(line["step"])
                ) not in said:  # a merge may keep a line twice
                    said.append(step)
            elif "done" in line:
                # of an item the last that was said counts
                found.setdefault(str(line["of"]), {})[str(line["done"]["item"])] = line["done"]
        except (KeyError, TypeError, ValueError) as error:
            raise PlanError(
                f"{path.name} has a line that says no decision: {error!r}.",
                "Take the line out, or restore the file from git.", code="lines.broken",
            ) from error  # fmt: skip
    numbered, ids = {}, {}
    for number, (name, chain) in _numbered(asked):
        said = sorted(steps.get(name, []), key=lambda d: d.at)
        numbered[number] = replace(chain, number=number, decisions=tuple(said))
        ids[number] = name
    done = {
        number: tuple(_done_in(number, d) for d in found[name].values())
        for number, name in ids.items()
        if name in found
    }
    return numbered, ids, done


def _numbered(asked: Mapping[str, Chain]) -> Iterator[tuple[int, tuple[str, Chain]]]:
    """Each piece of work with a number of its own: the one written, unless an earlier piece has it."""
    taken, late = set(), []
    top = max((c.number for c in asked.values()), default=0)
    for name, chain in sorted(asked.items(), key=lambda pair: (pair[1].at, pair[0])):
        if chain.number in taken:
            late.append((name, chain))
        else:
            taken.add(chain.number)
            yield chain.number, (name, chain)
    yield from enumerate(late, top + 1)


def _fits(chain: Chain, wanted: Wanted) -> bool:
    verdict = chain.verdict
    title = chain.work.title.casefold()
    moment = verdict.at if verdict else chain.at
    return (
        (not wanted.standing or (verdict.step.value if verdict else "") in wanted.standing)
        and (not wanted.stream or (verdict is not None and verdict.stream == wanted.stream))
        and (not wanted.team or chain.work.team == wanted.team)
        and all(word in title for word in wanted.words.casefold().split())
        and (not wanted.metric or any(d.metric == wanted.metric for d in chain.decisions))
        and (wanted.since is None or max(chain.at, moment) >= wanted.since)
        and (not wanted.appealed or chain.is_appealed)
        and (wanted.numbers is None or chain.number in wanted.numbers)
        and (wanted.below is None or chain.number < wanted.below)
    )


def _work_out(work: Work) -> dict[str, Any]:
    said: dict[str, Any] = {
        "title": work.title, "text": work.text, "team": work.team, "estimate": work.estimate,
        "link": work.link, "key": work.key, "source": work.source,
        "given": {name: list(values) for name, values in work.given.items()},
    }  # fmt: skip
    return {name: value for name, value in said.items() if value not in ("", None, {})}


def _asked_in(said: Mapping[str, Any]) -> Chain:
    given = {str(n): tuple(map(str, v)) for n, v in said.get("given", {}).items()}
    words = {n: str(said.get(n, "")) for n in ("text", "team", "link", "key", "source")}
    estimate = said.get("estimate")
    work = Work(title=str(said["title"]), estimate=None if estimate is None else float(estimate),
                given=given, **words)  # fmt: skip
    return Chain(
        int(said["number"]), work, str(said.get("by", "")), datetime.fromisoformat(said["at"])
    )


def _decision_out(d: Decision) -> dict[str, Any]:
    said: dict[str, Any] = {
        "is": d.step.value, "why": d.why, "by": d.by, "at": d.at.isoformat(), "role": d.role,
        "stream": d.stream, "kind": d.kind, "metric": d.metric, "metric_version": d.metric_version,
        "statements": [[s.statement, s.version, s.answer.value, s.evidence] for s in d.statements],
        "until": d.until.isoformat() if d.until else "",
    }  # fmt: skip
    return {name: value for name, value in said.items() if value not in ("", [])}


def _decision_in(said: Mapping[str, Any]) -> Decision:
    until = said.get("until")
    statements = tuple(
        StatementResult(str(s[0]), int(s[1]), Answer(s[2]), str(s[3]) if len(s) > 3 else "")
        for s in said.get("statements", ())
    )
    words = {
        n: str(said.get(n, "")) for n in ("role", "stream", "kind", "metric", "metric_version")
    }
    return Decision(
        Step(said["is"]), str(said.get("why", "")), str(said.get("by", "")),
        datetime.fromisoformat(said["at"]), statements=statements,
        until=date.fromisoformat(until) if until else None, **words,
    )  # fmt: skip


def _done_out(found: Done) -> dict[str, Any]:
    said: dict[str, Any] = {
        "item": found.item, "title": found.title, "how": found.how, "likeness": found.likeness,
        "state": found.state, "first_day": found.first_day.isoformat() if found.first_day else None,
        "at": found.at.isoformat(), "by": found.by,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value not in ("", None)}


def _done_in(number: int, said: Mapping[str, Any]) -> Done:
    day, likeness = said.get("first_day"), said.get("likeness")
    return Done(
        number, str(said["item"]), str(said.get("title", "")), str(said["how"]),
        None if likeness is None else float(likeness), str(said["state"]),
        date.fromisoformat(day) if day else None, datetime.fromisoformat(said["at"]), str(said.get("by", "")),
    )  # fmt: skip
