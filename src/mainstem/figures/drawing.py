"""Pieces of SVG: numbers and text made into markup, nothing that knows what it draws.

Colours are the style sheet's tokens, so that one drawing serves light, dark and paper. All text is
escaped here and nowhere else: drawings have hundreds of pieces, so they are put together as plain text
with each word escaped, which is quicker than ``Markup.format``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

from markupsafe import Markup, escape

from mainstem.figures.wording import one_line

#: Characters that are narrow in any sans face.
_NARROW_SET = frozenset("iIl.,:;'|!ftjr()[] ")
Point = tuple[float, float]


def num(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def width_of(text: str, size: float) -> float:
    """About how wide a text is drawn at most, in the units of ``size``; wide faces taken as the rule."""
    return sum(_width(c) for c in text) * size


@lru_cache(4096)
def _width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF" or ord(character) > 0x1F000:
        return 1.05
    if unicodedata.combining(character):
        return 0.0
    if character in _NARROW_SET:
        return 0.4
    return 0.8 if character.isupper() or character in "mwMW@%" else 0.66


def fit(text: str, room: float, size: float) -> str:
    """The text if it fits into ``room``, else as much as does with an ellipsis."""
    text = one_line(text)
    if width_of(text, size) <= room:
        return text
    used = width_of("…", size)
    kept: list[str] = []
    for character in text:
        used += _width(character) * size
        if used > room:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def lines_of(text: str, room: float, size: float) -> tuple[str, ...]:
    """The text on one line if it fits, else on two, broken at a space; the second is cut if need be."""
    text = one_line(text)
    if width_of(text, size) <= room:
        return (text,)
    words, first = text.split(" "), ""
    while words and width_of(f"{first} {words[0]}".strip(), size) <= room:
        first = f"{first} {words.pop(0)}".strip()
    if not first:
        return (fit(text, room, size),)
    return (first, fit(" ".join(words), room, size))


def text(
    x: float, y: float, words: str, *, kind: str = "", anchor: str = "", title: str = ""
) -> Markup:
    """A label; ``kind`` is a class of the style sheet, ``title`` shows on hover."""
    attributes = (f' class="{_kind(kind)}"' if kind else "") + (
        f' text-anchor="{_kind(anchor)}"' if anchor else ""
    )
    more = titled(title) if title else ""
    return Markup(
        f'<text x="{num(x)}" y="{num(y)}"{attributes}>{more}{escape(one_line(words))}</text>'
    )


def titled(words: str) -> Markup:
    """What shows on hover over the drawing around it."""
    return Markup(f"<title>{escape(one_line(words))}</title>")


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    """A straight line."""
    return Markup(
        f'<line x1="{num(x1)}" y1="{num(y1)}" x2="{num(x2)}" y2="{num(y2)}" class="{_kind(kind)}"/>'
    )


@lru_cache(1024)
def _kind(word: str) -> str:
    """A class or an anchor as it stands in an attribute; there are few."""
    return str(escape(word))


@lru_cache(1024)
def _steps(count: int) -> str:
    return "L".join(["%.1f %.1f"] * count)


def path(points: Sequence[Point], kind: str, *, closed: bool = False) -> Markup:
    """Points joined by straight lines."""
    # a line has hundreds of coordinates: all are written at once, and what is whole is cut after
    joined = _steps(len(points)) % tuple(chain.from_iterable(points))
    joined = joined.replace(".0 ", " ").replace(".0L", "L").removesuffix(".0")
    return Markup(f'<path d="M{joined}{"Z" if closed else ""}" class="{_kind(kind)}"/>')


def circle(x: float, y: float, radius: float, kind: str) -> Markup:
    """A dot or a ring."""
    return Markup(f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" class="{_kind(kind)}"/>')


def rect(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    """A box."""
    return Markup(
        f'<rect x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(max(height, 0.6))}"'
        f' class="{_kind(kind)}"/>'
    )


def mark(x: float, y: float, width: float, height: float, title: str) -> Markup:
    """A box that shows nothing but its title, on hover."""
    return Markup(
        f'<rect class="mark" x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}">'
        f"<title>{escape(one_line(title))}</title></rect>"
    )


def marks(
    places: Sequence[float], y: float, width: float, height: float, titles: Sequence[Markup]
) -> Markup:
    """Boxes of one size side by side that show nothing but their titles (see ``titled``), on hover."""
    rest = f'" y="{num(y)}" width="{num(width)}" height="{num(height)}">'
    return Markup(
        "".join([
            f'<rect class="mark" x="{num(x)}{rest}{title}</rect>'
            for x, title in zip(places, titles, strict=True)
        ])
    )  # fmt: skip


def svg(
    width: float, height: float, label: str, parts: Iterable[Markup], kind: str = "",
    *, has_links: bool = False,
) -> Markup:  # fmt: skip
    """A picture that scales with its box; ``label`` says in words what it shows.

    A picture with links in it is a group to those who do not see it, so that they reach the links.
    """
    role = "group" if has_links else "img"
    return Markup('<svg viewBox="0 0 {} {}" role="{}" aria-label="{}" class="{}">{}</svg>').format(
        num(width), num(height), role, one_line(label), kind, Markup("".join(parts))
    )


def hidden(width: float, height: float, parts: Iterable[Markup], kind: str = "") -> Markup:
    """A picture that only repeats what is written beside it: not read aloud."""
    return Markup('<svg viewBox="0 0 {} {}" aria-hidden="true" class="{}">{}</svg>').format(
        num(width), num(height), kind, Markup("".join(parts))
    )


def apart(wanted: Sequence[float], room: float, low: float, high: float) -> list[float]:
    """Moves labels at ``wanted`` (any order) so that each has ``room``, as little as it takes.

    The result lies between ``low`` and ``high`` where the labels fit there at all.
    """
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    placed = list(wanted)
    at = low
    for n in order:
        placed[n] = max(wanted[n], at)
        at = placed[n] + room
    ceiling = high
    for n in reversed(order):
        placed[n] = min(placed[n], ceiling)
        ceiling = placed[n] - room
    return placed
