"""Learning from a large ledger in a process of its own, at the lowest priority.

Training counts words for a minute and holds hundreds of megabytes; beside it, pages are answered as ever and
the server stays as small as it is. Whatever comes of it lies in the versions' folder, as if it had been made
here. The process ends with the one that asked for it.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import MainstemError

if TYPE_CHECKING:
    from mainstem.plan.model import Plan
    from mainstem.services.scores.book import Book

#: Bytes of items in the ledger from which they are learned from in a process of its own: a few thousand items.
LARGE = 200_000
#: Megabytes that reading the ledger may take there, in the engine's words.
MEMORY = "500MB"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be done.

    Attributes:
        ledger: Folder of the ledger; its newest version is read.
        plan: The plan, whose ``revision`` it is.
        folder: Where the versions are.
        at: The moment.
        trains: A new version; else the one in use is asked about the ledger as it is now.
    """

    ledger: Path
    plan: Plan
    revision: str
    folder: Path
    at: datetime
    trains: bool


def is_large(book: Book) -> bool:
    """Whether learning from its items would be felt by those who wait for a page."""
    table = book.desk.table("items")
    return sum(Path(file).stat().st_size for file in table.files()) >= LARGE


def learn_apart(lesson: Lesson) -> None:
    """Has it done, and waits for it.

    Raises:
        MainstemError: as ``suggesting_model.train``, in the same words.
        RuntimeError: it died; the last that it said is told.
    """
    with subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        try:
            # stays open: its end tells the other one that nobody waits any more
            pickle.dump(lesson, process.stdin)
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it is told below why it died
        out = _read(process)
    if process.returncode or not out:
        last = (out or "it said nothing").strip().splitlines()[-1][:300]
        raise RuntimeError(f"Learning ended with {process.returncode}: {last}")
    wrong = json.loads(out)
    if wrong:
        raise MainstemError(wrong["message"], wrong["hint"], code=wrong["code"])


def _read(process: subprocess.Popen[bytes]) -> str:
    """Everything that it says, complaints first where it failed; both are read, so that neither fills up."""
    assert process.stdout is not None
    assert process.stderr is not None
    complaints: list[bytes] = []
    stderr = process.stderr
    beside = threading.Thread(target=lambda: complaints.append(stderr.read()), daemon=True)
    beside.start()
    said = process.stdout.read()
    beside.join()
    return (b"".join(complaints) if process.wait() else said).decode(errors="replace")


def main() -> None:
    """Does the lesson that comes by the standard input; says what was wrong with it, as JSON."""
    lesson: Lesson = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(19)
    wrong: dict[str, str] = {}
    try:
        _do(lesson)
    except MainstemError as error:
        wrong = {"message": error.message, "hint": error.hint, "code": error.code}
    json.dump(wrong, sys.stdout)


def _do(lesson: Lesson) -> None:
    from mainstem.services.server.shelf import Shelf
    from mainstem.services.suggestions.model import suggest_again, train

    book = Shelf(lesson.ledger, MEMORY).book(lesson.plan, lesson.revision)
    if lesson.trains:
        train(book, lesson.folder, at=lesson.at)
    else:
        suggest_again(book, lesson.folder, at=lesson.at)


def _end_with_the_other() -> None:
    # by its number: a buffer that a thread waits for would hold up the ending
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
