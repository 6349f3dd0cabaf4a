"""What is in a file, told from its content and never from its name."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from mainstem.errors import Invalid

#: A workbook may unpack to this many times its size, or to the least of it in bytes.
UNPACKED, UNPACKED_LEAST = 60, 50_000_000
_HEAD = 65_536


def kind_of(file: Path) -> str:
    """``csv``, ``tsv``, ``json``, ``jsonl``, ``xlsx`` or ``parquet``.

    Raises:
        Invalid: no table that can be read.
    """
    with file.open("rb") as opened:
        head = opened.read(_HEAD)
    if not head.strip():
        raise Invalid("The file is empty.", "Choose one with rows.", field="file")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return _workbook(file)
    text = _text_of(head)
    if text is None:
        raise _no_table()
    first = text.lstrip("\ufeff \t\r\n")
    if first[:1] in ("{", "["):
        return "jsonl" if _is_lines(first) else "json"
    if first[:1] in ("<", ""):
        raise _no_table()
    line = first.splitlines()[0]
    return "tsv" if line.count("\t") > max(line.count(","), line.count(";")) else "csv"


def _workbook(file: Path) -> str:
    try:
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
            unpacked = sum(i.file_size for i in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _no_table() from error
    if "xl/workbook.xml" not in names:
        raise _no_table()
    if unpacked > max(UNPACKED * file.stat().st_size, UNPACKED_LEAST):
        raise Invalid(
            "This workbook unpacks to far more than it should.", "Save it as CSV.", field="file"
        )
    return "xlsx"


def _text_of(head: bytes) -> str | None:
    """The beginning as text; ``None`` if it is none."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    return None if b"\x00" in head else head.decode("utf-8", "replace")


def _is_lines(first: str) -> bool:
    line, _, more = first.partition("\n")
    try:
        return isinstance(json.loads(line), dict) and bool(more.strip() or first.endswith("\n"))
    except (ValueError, RecursionError):
        return False


def _no_table() -> Invalid:
    return Invalid(
        "This file is no table that can be read.",
        "It may be CSV, TSV, Excel (.xlsx), JSON, JSON Lines or Parquet, not packed.",
        code="upload.no_table",
        field="file",
    )
