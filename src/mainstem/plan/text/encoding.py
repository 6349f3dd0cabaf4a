"""From bytes to text that may be YAML: UTF-8 only, with a plain word about everything else."""

from __future__ import annotations

from collections.abc import Callable

#: (rule, what, hint, line, column) of a fault in the text.
Say = Callable[[str, str, str, int, int], None]

_OTHER_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_BOM = b"\xef\xbb\xbf"
_HOW = "Save the file as UTF-8 (in most editors: Save with Encoding), or convert it: `iconv -f {} -t UTF-8`."


def decoded(content: bytes, say: Say) -> str | None:
    """The text of a file without its byte-order mark, or ``None`` with a finding if it is not UTF-8."""
    other = next((name for mark, name in _OTHER_MARKS if content.startswith(mark)), None)
    if other is None and b"\0" in content[:4096]:
        other = "UTF-16" if content[:4096].count(0) * 3 > len(content[:4096]) else "binary"
    if other == "binary":
        say(
            "T010", "The file is not text: it holds NUL bytes.", "Keep only YAML in the plan.", 1, 1
        )
        return None
    if other:
        say("T010", f"The file is {other}, not UTF-8.", _HOW.format(other), 1, 1)
        return None
    if content.startswith(_BOM):
        content = content[len(_BOM) :]
        say(
            "T009", "The file begins with a byte-order mark.",
            "Save it as UTF-8 without BOM; `mainstem fmt` takes it away.", 1, 1,
        )  # fmt: skip
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        _say_where(content, error, say)
        return None


def _say_where(content: bytes, error: UnicodeDecodeError, say: Say) -> None:
    before = content[: error.start]
    line_start = before.rfind(b"\n") + 1
    column = len(content[line_start : error.start].decode("utf-8")) + 1
    byte = content[error.start]
    letter = bytes([byte]).decode("windows-1252", "replace")
    say(
        "T010",
        f"The file is not UTF-8: the byte 0x{byte:02X} is no letter there"
        f" (it would be `{letter}` in Windows-1252 or Latin-1).",
        _HOW.format("WINDOWS-1252"),
        before.count(b"\n") + 1,
        column,
    )
