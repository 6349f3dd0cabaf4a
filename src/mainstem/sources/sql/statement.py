"""The text of a query: one statement that reads, with ``:since`` as a bound parameter. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mainstem.errors import SourceError
from mainstem.sources.sql.address import BACKSLASH

#: What a query may begin with.
_FIRST = ("select", "with", "from", "values", "table", "(")
_PLAIN = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
_ESCAPED = r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\""
_MARKED = r"\b[eE]'(?:[^'\\]|\\.|'')*'"
_REST = r"`[^`]*`|--[^\n]*|/\*.*?\*/"
_DOLLAR = r"|\$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$"


@dataclass(frozen=True, slots=True)
class Statement:
    """A query, cut where ``:since`` stands.

    Attributes:
        pieces: The text between the places of ``:since``; one piece where it is not used.
    """

    pieces: tuple[str, ...]

    @property
    def uses_since(self) -> bool:
        """Whether ``:since`` occurs, outside of texts and comments."""
        return len(self.pieces) > 1

    def written(self, style: str) -> str:
        """The text for a driver.

        Args:
            style: How its parameters look: ``%(since)s``, ``:since`` or ``$since``.
        """
        pieces: tuple[str, ...] = self.pieces
        if self.uses_since and style.startswith("%"):
            pieces = tuple(piece.replace("%", "%%") for piece in pieces)
        return style.join(pieces)

    def within(self, before: str, after: Statement) -> Statement:
        """The query inside another: ``before`` and ``after`` stand around it, on lines of their own."""
        head, *rest = self.pieces
        whole = [f"{before}\n{head}", *rest]
        whole[-1] = f"{whole[-1]}\n{after.pieces[0]}"
        return Statement((*whole, *after.pieces[1:]))


def parse_statement(text: str, engine: str, place: str = "query") -> Statement:
    """Checks that a text is one statement that reads, and finds ``:since`` in it.

    Raises:
        SourceError: it is empty, several statements, or one that does not read.
    """
    pieces: list[str] = []
    code: list[str] = []
    start = last = 0
    end: int | None = None
    for found in _token(engine).finditer(text):
        code.append(text[last : found.start()])
        last = found.end()
        if found["since"] is not None and end is None:
            pieces.append(text[start : found.start()])
            start = found.end()
        elif found["end"] is not None and end is None:
            end = found.start()
        code.append(_code(found, engine))
    code.append(text[last:])
    _check("".join(code), place)
    pieces.append(text[start:end])
    return Statement(tuple(pieces))


def _code(found: re.Match[str], engine: str) -> str:
    """What stands for a token where only the words of the statement matter."""
    if found["skip"] is None:
        return ";" if found["end"] else " since "
    is_comment = found[0].startswith(("--", "/*")) or (found[0][0] == "#" and engine in BACKSLASH)
    return " " if is_comment else "'text'"


def _token(engine: str) -> re.Pattern[str]:
    quoted = _ESCAPED if engine in BACKSLASH else f"{_MARKED}|{_PLAIN}"
    hashes = r"|\#[^\n]*" if engine in ("mysql", "mariadb", "bigquery") else ""
    dollar = _DOLLAR if engine in ("postgresql", "duckdb", "snowflake") else ""
    return re.compile(
        rf"(?P<skip>{quoted}|{_REST}{hashes}{dollar})|(?P<since>(?<![:\w]):since\b)|(?P<end>;)",
        re.DOTALL | re.IGNORECASE,
    )


def _check(code: str, place: str) -> None:
    """``code`` is the statement without comments and with its texts blanked."""
    first, semicolon, rest = code.partition(";")
    if not first.strip():
        raise SourceError(f"The {place} is empty.", "Write a SELECT.", code="source.query")
    if semicolon and rest.replace(";", "").strip():
        raise SourceError(
            f"The {place} holds several statements.", "Write one SELECT; it may begin with WITH.",
            code="source.query",
        )  # fmt: skip
    if not first.strip().lower().startswith(_FIRST):
        raise SourceError(
            f"The {place} does not read: it begins with {first.split()[0][:30]!r}.",
            "Write a SELECT; it may begin with WITH. A source never writes.",
            code="source.query",
        )
