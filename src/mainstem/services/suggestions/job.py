"""What the server does by itself about suggestions: train, ask again, draw the audit, accept what is earned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mainstem.errors import LedgerError, MainstemError, QuestionError
from mainstem.services.people.access import system
from mainstem.services.suggestions.apart import Lesson, is_large, learn_apart
from mainstem.services.suggestions.audit import accept_earned, draw
from mainstem.services.suggestions.model import suggest_again, train
from mainstem.services.suggestions.versions import Standing, folder_of_server, standing, use

if TYPE_CHECKING:
    from mainstem.services.scores.book import Book
    from mainstem.services.server.ground import Ground

#: A version is in use for so long before the next is trained.
EVERY = timedelta(days=7)


def is_due(ground: Ground) -> bool:
    """Whether there is work and something has changed since it was looked at. Reads two small files."""
    view = ground.shelf.view()
    if view is None or view.last("refresh") is None:
        return False
    held = standing(folder_of_server(ground.data))
    return held.ledger != view.version or _is_old(held, ground)


def run(ground: Ground, asked: Mapping[str, Any]) -> str:
    """Trains when it is time or somebody asked, else asks the version in use; what was done, in words.

    Where nothing can be learned, why is kept for the page. Nothing counts by it.
    """
    folder, at = folder_of_server(ground.data), ground.now()
    try:
        book = ground.book()
    except (LedgerError, QuestionError):
        return ""
    held = standing(folder)
    try:
        held = _brought_up(held, book, ground, bool(asked.get("train")))
    except MainstemError as error:
        use(
            folder,
            held.version.name if held.version else "",
            why_not=f"{error.message} {error.hint}",
        )
        return ""
    draw(ground, today=ground.today())
    accepted = accept_earned(ground, system(), at=at)
    name = held.version.name if held.version else ""
    more = f", {accepted} accepted" if accepted else ""
    return f"{len(held.rows)} suggestions by {name}{more}"


def _brought_up(held: Standing, book: Book, ground: Ground, wanted: bool) -> Standing:
    folder, at = folder_of_server(ground.data), ground.now()
    trains = wanted or held.version is None or _is_old(held, ground)
    if is_large(book):
        root = ground.shelf.ledger().root
        learn_apart(Lesson(root, book.plan, book.revision, folder, at, trains))
        return standing(folder)
    return train(book, folder, at=at) if trains else suggest_again(book, folder, at=at)


def _is_old(held: Standing, ground: Ground) -> bool:
    return held.version is not None and ground.now() - held.version.made >= EVERY
