"""Real key results of others, labelled by two independent passes; their texts stay where they are.

The set is frozen: 240 list items of ``okr-srcd`` (the five quarters) and of four pages of ``okr-ipfs``,
taken by the order of a digest of file and line, repeated texts and those under four words left out. The
label files name file and line only. Both passes labelled from the same sheet of definitions, the second
without having seen the first, before the rules were run on the set:

``outcome``      a change in a measure or in what somebody outside does, with a number or a bound
``unmeasured``   such a change, or a wished-for state, without a number
``output``       finished by delivering something or by doing an activity, whatever happens afterwards
``neither``      a remark, a heading, a link, a fragment: no key result at all
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

Place = tuple[str, int]
KINDS = ("outcome", "unmeasured", "output", "neither")
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
_ITEM = re.compile(r"\s*(?:[-*+]|\d+\.)\s+(?:\[[ xX]\]\s*)?(.*)")


def labels(name: str) -> dict[Place, str]:
    """The labels of one pass (``one`` or ``two``), by file and line."""
    path = Path(__file__).with_name(f"real_labels_{name}.tsv")
    rows = [r.split("\t") for r in path.read_text("utf-8").splitlines() if not r.startswith("#")]
    return {(file, int(line)): kind for file, line, kind in rows}


def texts(places: Sequence[Place]) -> dict[Place, str]:
    """What stands at those places, without list marks, priorities and addresses of links."""
    lines = {file: (DATA / file).read_text("utf-8").splitlines() for file, _ in places}
    return {(file, line): _bare(lines[file][line - 1]) for file, line in places}


def _bare(line: str) -> str:
    item = _ITEM.match(line)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", item.group(1) if item else line)
    text = re.sub(r"`?\[?P\d\]?`?|\*\*|^\s*-\s+", "", text)
    text = re.sub(r"^\s*(?:\[[^\]]*\]\s*)+", "", text)
    return " ".join(text.split()).strip(" -")


def kappa(one: Mapping[Place, str], two: Mapping[Place, str]) -> float:
    """Cohen's kappa of two passes over the same places (Cohen 1960)."""
    both = [(one[p], two[p]) for p in one]
    agreed = sum(a == b for a, b in both) / len(both)
    first, second = Counter(a for a, _ in both), Counter(b for _, b in both)
    chance = sum(first[k] * second[k] for k in KINDS) / len(both) ** 2
    return (agreed - chance) / (1 - chance)
