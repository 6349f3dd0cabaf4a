"""The labelled statements beside this module, read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: The rules that the labels speak about, by subject. L01 follows from the kind, L05 from the cycle.
LABELLED = {
    "KR": ("L02", "L03", "L04", "L06", "L07", "L11", "L12"),
    "O": ("L08", "L10"),
    "I": ("L09",),
}


@dataclass(frozen=True)
class Statement:
    """``kinds``: any of them is right. ``fires`` and ``either`` are rules."""

    subject: str
    domain: str
    text: str
    kinds: tuple[str, ...]
    fires: frozenset[str]
    either: frozenset[str]


def statements(*names: str) -> Iterator[Statement]:
    for name in names:
        path = Path(__file__).with_name(f"statements_{name}.tsv")
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                yield _statement(line)


def _statement(line: str) -> Statement:
    subject, domain, text, kinds, fires = ([p.strip() for p in line.split(" |")] + [""])[:5]
    rules = fires.split()
    return Statement(
        subject,
        domain,
        text,
        tuple(kinds.split()),
        frozenset(r for r in rules if not r.endswith("?")),
        frozenset(r[:-1] for r in rules if r.endswith("?")),
    )
