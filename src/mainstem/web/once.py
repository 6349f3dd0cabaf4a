"""Printing once what never changes: a page's data is frozen, so its print can be kept as long as it is."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

from markupsafe import Markup

_PRINTED: WeakKeyDictionary[object, dict[str, Markup]] = WeakKeyDictionary()


def once(page: object, part: str, caller: Callable[[], Markup]) -> Markup:
    """What a template prints of ``page`` between ``{% call once(page, "part") %}`` and ``{% endcall %}``.

    Only for what follows from ``page`` alone: nothing of who reads it, no form, no message.

    Args:
        page: Page data, told apart by identity (a dataclass with ``eq=False, weakref_slot=True``).
        part: Name of the part, unique in the template.
        caller: Prints it.
    """
    held = _PRINTED.setdefault(page, {})
    if part not in held:
        held[part] = caller()
    return held[part]
