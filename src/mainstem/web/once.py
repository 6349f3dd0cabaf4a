"""Printing once what never changes: a page's data is frozen, so its print can be kept as long as it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from weakref import WeakKeyDictionary

from markupsafe import Markup

#: Bytes of print that are kept, and after how many more it is looked whether they are too many.
MOST, LOOK = 18_000_000, 2_000_000
# as bytes: one dash makes every letter of a text take two
_PRINTED: WeakKeyDictionary[object, dict[str, bytes]] = WeakKeyDictionary()
_LOCK = threading.Lock()
_added = 0


def once(page: object, part: str, caller: Callable[[], Markup]) -> Markup:
    """What a template prints of ``page`` between ``{% call once(page, "part") %}`` and ``{% endcall %}``.

    Only for what follows from ``page`` alone: nothing of who reads it, no form, no message.

    Args:
        page: Page data, told apart by identity (a dataclass with ``eq=False, weakref_slot=True``).
        part: Name of the part, unique in the template.
        caller: Prints it.
    """
    with _LOCK:
        held = _PRINTED.setdefault(page, {})
        kept = held.get(part)
    if kept is not None:
        return Markup(kept.decode())
    made = caller()
    with _LOCK:
        held[part] = made.encode()
        _bound(len(held[part]))
    return made


def _bound(more: int) -> None:
    """Lets go of the oldest half once too much is kept."""
    global _added
    _added += more
    if _added < LOOK:
        return
    _added = 0
    sizes = [(page, sum(map(len, parts.values()))) for page, parts in _PRINTED.items()]
    if sum(size for _, size in sizes) > MOST:
        for page, _ in sizes[: len(sizes) // 2 + 1]:
            _PRINTED.pop(page, None)
