"""Text that people wrote, made harmless for a terminal, a workflow command, a SARIF message or a URI."""

from __future__ import annotations

import re
from pathlib import PurePath
from urllib.parse import quote

# Controls (C0, C1), line and paragraph separators, and marks that turn the direction of reading.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


def plain(text: str) -> str:
    """One line that cannot steer a terminal: line ends and tabs become spaces, controls are spelt out."""
    return _CONTROL.sub(_spelt, text)


def _spelt(match: re.Match[str]) -> str:
    code = ord(match.group())
    if match.group() in "\n\r\t":
        return " "
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def workflow_text(text: str) -> str:
    """The message part of a GitHub workflow command; line ends stay line ends."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """The value of a property of a GitHub workflow command."""
    return workflow_text(plain(text)).replace(":", "%3A").replace(",", "%2C")


def sarif_text(text: str) -> str:
    """A SARIF plain text message: braces doubled (they mark placeholders), links taken apart."""
    return _LINK.sub(r"\\[", plain(text).replace("{", "{{").replace("}", "}}"))


def json_text(text: str) -> str:
    """JSON that can be written as UTF-8: bytes that were none in a file's name become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def uri(file: PurePath) -> str:
    """A file as a URI reference: relative ones stay relative, all is percent-encoded UTF-8."""
    if file.is_absolute():
        return file.as_uri()
    return quote(file.as_posix(), errors="surrogateescape", safe="/~")
