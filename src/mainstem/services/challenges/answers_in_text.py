"""What people answered to disqualifying statements, in a file beside the plan: ``answers.jsonl``.

One answer a line, as JSON, oldest first; lines are only ever added. Two people who answer in two branches
add different lines, so git may keep both (``answers.jsonl merge=union`` in ``.gitattributes``): which
answer counts is told by its moment, not by its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.challenge.said import Answered, Tally
from mainstem.challenge.verdicts import Answer
from mainstem.errors import PlanError
from mainstem.services.plans.lines_of_json import append_line, held, read_lines

if TYPE_CHECKING:
    from mainstem.services.people.access import Actor

FILE = "answers.jsonl"


class AnswersInText:
    """``services.desk.AnswerBook`` over a file; one that is not there is empty.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._held: list[Answered] = []

    def add(self, answered: Answered, by: Actor) -> None:
        """Keeps an answer, on the disk before this returns."""
        with held(self._path):
            append_line(self._path, _written(answered))

    def standing(self, subjects: Iterable[str] | None = None) -> Mapping[str, Sequence[Answered]]:
        """The answers that count, by subject; of all subjects if none are named."""
        wanted = None if subjects is None else frozenset(subjects)
        out: dict[str, list[Answered]] = {}
        for one in self._newest():
            if one.answer is not None and (wanted is None or one.subject in wanted):
                out.setdefault(one.subject, []).append(one)
        return out

    def history(self, subject: str) -> Sequence[Answered]:
        """Every answer about a thing, oldest first."""
        return tuple(one for one in self._all() if one.subject == subject)

    def tallies(self) -> Mapping[str, Tally]:
        """Statement → how often it was true of all things it was answered for."""
        out: dict[str, Tally] = {}
        for one in self._newest():
            if one.answer in (Answer.TRUE, Answer.FALSE):
                known = out.get(one.statement, Tally())
                is_true = one.answer is Answer.TRUE
                out[one.statement] = Tally(known.true + is_true, known.answered + 1)
        return out

    def _newest(self) -> list[Answered]:
        newest = {(one.subject, one.statement): one for one in self._all()}
        return sorted(newest.values(), key=lambda one: one.at)

    def _all(self) -> list[Answered]:
        """Every answer by its moment; of two of one moment the later line is the later one.

        The file is read again when it has changed.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return []
        state = (found.st_mtime_ns, found.st_size)
        if state != self._seen:
            self._held = sorted(_read(self._path), key=lambda one: one.at)
            self._seen = state
        return self._held


def _read(path: Path) -> Iterator[Answered]:
    """The answers in a file, each once: a merge may keep the same line twice.

    Raises:
        PlanError: a line is no answer.
    """
    seen: list[Answered] = []
    known: set[Answered] = set()
    for number, given in enumerate(read_lines(path), 1):
        one = _answer(given, path, number)
        if one not in known:
            known.add(one)
            seen.append(one)
    return iter(seen)


def _answer(given: Any, path: Path, number: int) -> Answered:
    try:
        said, until = given["answer"], given.get("until")
        return Answered(
            str(given["subject"]), str(given["statement"]), int(given["version"]),
            None if said is None else Answer(said), str(given.get("evidence", "")),
            str(given.get("owner", "")), date.fromisoformat(until) if until else None,
            bool(given.get("private", False)), str(given.get("by", "")),
            datetime.fromisoformat(given["at"]).astimezone(UTC),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise PlanError(
            f"{path.name}, line {number}, is no answer.",
            "A line has subject, statement, version, answer and at; mend it or take it out.",
            code="answers.broken",
        ) from error


def _written(answered: Answered) -> dict[str, Any]:
    """An answer as JSON; what is empty is left out."""
    out: dict[str, Any] = {
        "at": answered.at.astimezone(UTC).isoformat(),
        "subject": answered.subject,
        "statement": answered.statement,
        "version": answered.version,
        "answer": answered.answer,
        "by": answered.by,
        "evidence": answered.evidence,
        "owner": answered.owner,
        "until": answered.until.isoformat() if answered.until else "",
        "private": answered.is_private,
    }
    return {k: v for k, v in out.items() if v or k in ("answer", "version")}
