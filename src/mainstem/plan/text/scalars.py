"""How one piece of text is written in YAML so that it is read back as it was, by any tool."""

from __future__ import annotations

import re

#: Text that needs no quotes in any place: begins with a letter or digit and holds nothing that YAML
#: could take for something else. What other tools would take for a number, day or bool is quoted.
_PLAIN = re.compile(r"[A-Za-zÀ-ɏ0-9/][\wÀ-ɏ ./%+()'€$§&*@<>=;!?\-–—…]*\Z")
_ENDS_OR_DOUBLE = re.compile(r"\s\Z|  ")
_OTHER_KIND = re.compile(
    r"(?:y|n|yes|no|on|off|true|false|null)\Z"
    r"|[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?\Z|0[xob][0-9a-f_]+\Z|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:\Z|[Tt ])|/\Z",
    re.IGNORECASE,
)
_PRINTABLE = re.compile(
    r"[\t -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*\Z"
)
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0",
          "\a": "\\a", "\b": "\\b", "\v": "\\v", "\f": "\\f", "\x1b": "\\e", "\x85": "\\N",
          "\u2028": "\\L", "\u2029": "\\P"}  # fmt: skip


def is_plain(text: str) -> bool:
    """Whether text may stand without quotes and still be text for every YAML reader."""
    return (
        len(text) <= 1000
        and _PLAIN.match(text) is not None
        and _ENDS_OR_DOUBLE.search(text) is None
        and _OTHER_KIND.match(text) is None
    )


def quoted(text: str) -> str:
    """Text in double quotes, with escapes for what cannot stand as it is."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in _SHORT:
        return _SHORT[letter]
    if _PRINTABLE.match(letter):
        return letter
    code = ord(letter)
    return (
        f"\\x{code:02X}" if code < 256 else f"\\u{code:04X}" if code < 65536 else f"\\U{code:08X}"
    )


def scalar(text: str) -> str:
    """Text as it is written in one line: plain where that is safe, else in double quotes."""
    return text if is_plain(text) else quoted(text)


def is_block(text: str) -> bool:
    """Whether text of several lines can be written as a block under ``|`` without a loss."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and bool(lines[0].strip())
        and not lines[0].startswith(" ")
        and bool(lines[-1] or (len(lines) > 2 and lines[-2]))
        and all(
            _PRINTABLE.match(line) and "\t" not in line and line == line.rstrip() for line in lines
        )
    )
