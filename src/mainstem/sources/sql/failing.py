"""What a database's refusal means: whether trying again helps, and what to do. Nothing secret is told."""

from __future__ import annotations

import re

from mainstem.errors import SourceError
from mainstem.sources.sql.address import Address

#: Words of drivers → (whether trying again can help, code, what to do). The first that fits counts.
_MEANINGS: tuple[tuple[str, bool, str, str], ...] = (
    (
        r"password authentication failed|access denied for user|no password supplied|incorrect username"
        r"|authentication (?:failed|error)|\b1045\b|invalid (?:access )?token|401",
        True, "source.credentials",
        "Check user and password in the connection string; @, :, / and % in it are written %40, %3A, %2F, %25.",
    ),
    (
        r"permission denied|command denied|insufficient privilege|access denied|not authorized|\b1044\b|\b1142\b",
        True, "source.rights", "Grant the account SELECT on what the query reads.",
    ),
    (
        r"read.only transaction|read-only mode|readonly database|read.only sql.transaction|\b1792\b",
        True, "source.query", "The query would write. A source only reads: write a SELECT.",
    ),
    (
        r"database \"?[^\"]*\"? does not exist|unknown database|unable to open database file"
        r"|cannot open (?:file|database)|database does not exist|\b1049\b",
        True, "source.address", "Check the name of the database, or the path of the file, in the connection string.",
    ),
    (
        r"does not exist|no such (?:table|column|function)|unknown column|doesn't exist|catalog error"
        r"|binder error|parser error|syntax error|error in your sql|undefined|ambiguous|duplicate column"
        r"|invalid input syntax|conversion error|incorrect number of bindings|cannot cast|mismatch"
        r"|operator does not exist|invalid identifier|unrecognized token|no such",
        True, "source.query", "Run the query in the database's own client and correct it.",
    ),
    (
        r"certificate|ssl|tls", True, "source.address",
        "Say in the connection string how to encrypt, such as ?sslmode=verify-full&sslrootcert=… .",
    ),
)  # fmt: skip
_LATER = "It is tried again later. If it stays so, check that the database runs and can be reached from here."


def failure_of(error: BaseException, address: Address, what: str) -> SourceError:
    """The error that a person sees.

    Args:
        what: What was done, in words: ``read the query``.
    """
    said = address.scrub(_said(error))
    for words, permanent, code, hint in _MEANINGS:
        if re.search(words, said, re.IGNORECASE):
            return SourceError(
                f"{address.words} did not {what}: {said}", hint, code=code, permanent=permanent
            )
    return SourceError(
        f"{address.words} did not {what}: {said}",
        _LATER,
        code="source.unreachable",
        permanent=False,
    )


def _said(error: BaseException) -> str:
    """The driver's own words: SQLAlchemy adds the statement and a link."""
    inner = getattr(error, "orig", None) or error
    words: tuple[object, ...] = tuple(getattr(inner, "args", ()))
    if len(words) == 2 and isinstance(words[0], int):
        return f"{words[1]} ({words[0]})"
    return str(inner) or type(inner).__name__
