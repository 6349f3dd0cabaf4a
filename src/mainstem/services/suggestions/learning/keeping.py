"""How a version is kept: numbers as numpy arrays, everything else as JSON. Never a pickle.

A pickle runs whatever its author put into it when it is read. Arrays are read with
``allow_pickle=False``, texts are JSON, and a file whose digest is not the one in the manifest is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from mainstem.errors import MainstemError
from mainstem.services.suggestions.learning.features import Block
from mainstem.services.suggestions.learning.figures import Bin, Threshold
from mainstem.services.suggestions.learning.judging import Baseline, Measured, OfTarget
from mainstem.services.suggestions.learning.model import Confidence, Lines
from mainstem.services.suggestions.learning.training import Model

FORMAT = 1
MANIFEST, NUMBERS, TERMS = "model.json", "numbers.npz", "terms.json"


def keep(found: Model, folder: Path) -> None:
    """Writes a version into a folder of its own; the manifest comes last, and makes it one."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = found.lines
    held = io.BytesIO()
    arrays = {f"idf_{b.name}": b.idf for b in lines.blocks}
    np.savez_compressed(held, weights=lines.weights, bias=lines.bias, **arrays)  # type: ignore[arg-type]
    terms = json.dumps({b.name: b.terms for b in lines.blocks}, ensure_ascii=False).encode()
    digests = {
        NUMBERS: _write(folder / NUMBERS, held.getvalue()),
        TERMS: _write(folder / TERMS, terms),
    }
    told = {
        "format": FORMAT, "version": found.version, "inputs": found.inputs, "made": found.made.isoformat(),
        "labelled": found.labelled, "by_person": found.by_person, "targets": lines.targets,
        "projects": lines.projects, "names": lines.names, "named": lines.named,
        "confidence": asdict(found.confidence),
        "measured": asdict(found.measured), "digests": digests, "learned": result_digest(lines),
    }  # fmt: skip
    fresh = folder / f"{MANIFEST}.new"
    fresh.write_text(json.dumps(told, indent=1, ensure_ascii=False), "utf-8")
    fresh.replace(folder / MANIFEST)


def _write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def result_digest(lines: Lines) -> str:
    """A digest of what was learned: equal for equal inputs and seed."""
    said = hashlib.sha256(json.dumps([lines.targets, [b.terms for b in lines.blocks]]).encode())
    said.update(np.ascontiguousarray(lines.weights).tobytes())
    said.update(np.ascontiguousarray(lines.bias).tobytes())
    return said.hexdigest()


def told_of(folder: Path) -> dict[str, Any]:
    """What the manifest of a version says, without its numbers.

    Raises:
        MainstemError: there is none, or it is of another format.
    """
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(folder, "has no manifest that can be read") from error
    if told.get("format") != FORMAT:
        raise _unreadable(folder, f"is of format {told.get('format')!r}, not {FORMAT}")
    return told


def load(folder: Path) -> Model:
    """Reads a version.

    Raises:
        MainstemError: it is not whole, was changed, or is of another format.
    """
    told = told_of(folder)
    content = {}
    for name, digest in told["digests"].items():
        try:
            content[name] = (folder / name).read_bytes()
        except OSError as error:
            raise _unreadable(folder, f"lacks {name}") from error
        if hashlib.sha256(content[name]).hexdigest() != digest:
            raise _unreadable(folder, f"was changed: {name} is not what was written")
    numbers = np.load(io.BytesIO(content[NUMBERS]), allow_pickle=False)
    terms = json.loads(content[TERMS])
    blocks = tuple(Block(n, tuple(t), numbers[f"idf_{n}"]) for n, t in terms.items())
    lines = Lines(blocks, tuple(told["targets"]), numbers["weights"], numbers["bias"],
                  told["projects"], told["names"], told["named"])  # fmt: skip
    return Model(
        told["version"], told["inputs"], datetime.fromisoformat(told["made"]), told["labelled"],
        told["by_person"], lines, _confidence(told["confidence"]), measured_of(told["measured"]),
    )  # fmt: skip


def _confidence(told: dict[str, Any]) -> Confidence:
    return Confidence(
        tuple(told["mean"]), tuple(told["spread"]), tuple(told["weights"]), told["bias"]
    )


def measured_of(told: dict[str, Any]) -> Measured:
    """A measurement, from the manifest."""
    return Measured(**{
        **told, "threshold": Threshold(**told["threshold"]),
        "bins": tuple(Bin(**b) for b in told["bins"]),
        "baselines": tuple(Baseline(**b) for b in told["baselines"]),
        "targets": tuple(
            OfTarget(**{**t, "threshold": Threshold(**t["threshold"])}) for t in told["targets"]
        ),
    })  # fmt: skip


def _unreadable(folder: Path, why: str) -> MainstemError:
    return MainstemError(
        f"The model in {folder.name} {why}.", "Train a new one: mainstem suggest train.",
        code="suggest.unreadable",
    )  # fmt: skip
