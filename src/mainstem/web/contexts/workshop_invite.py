"""The link into a room as people see it: an address to copy, and a code that a phone's camera reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Light modules around a code; cameras need four (ISO/IEC 18004).
_MARGIN = 4


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code as one SVG path of dark squares, each one unit wide.

    Attributes:
        size: Units from edge to edge, the light margin included.
        path: The ``d`` of the path.
    """

    size: int
    path: str


@lru_cache(64)
def code_of(address: str) -> Code:
    """The QR code of an address, with a quarter of it to spare against glare and distance."""
    from qrcode.constants import ERROR_CORRECT_Q
    from qrcode.main import QRCode

    made = QRCode(error_correction=ERROR_CORRECT_Q, border=_MARGIN)
    made.add_data(address)
    rows = made.get_matrix()
    return Code(len(rows), "".join(_runs(rows)))


def _runs(rows: Sequence[Sequence[bool | None]]) -> Iterator[str]:
    """A rectangle for each run of dark modules in a row."""
    for y, row in enumerate(rows):
        start = -1
        for x, is_dark in enumerate([*row, False]):
            if is_dark and start < 0:
                start = x
            elif not is_dark and start >= 0:
                yield f"M{start} {y}h{x - start}v1h-{x - start}z"
                start = -1


def short(address: str) -> str:
    """An address as one would type it: without its scheme and the slash at its end."""
    return address.partition("://")[2].rstrip("/") or address
