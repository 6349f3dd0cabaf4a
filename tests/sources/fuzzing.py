"""The property tests of a ``translate.py``, led by coverage: ``python -m tests.sources.fuzzing jira [-runs=100000]``.

Needs the optional group ``fuzz`` (atheris). The same tests run with hypothesis alone in the usual run; here
atheris chooses what they are given, by which lines it reaches. It ends with the first input that is neither
translated nor refused with a reason, and says it.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from typing import Any

import tests.sources


def properties(kind: str) -> list[Callable[..., Any]]:
    """The property tests of a source, by its folder's name."""
    package = importlib.import_module(f"tests.sources.{kind}")
    found = []
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("test_"):
            loaded = importlib.import_module(f"{package.__name__}.{module.name}")
            found += [
                v
                for n, v in vars(loaded).items()
                if n.startswith("test_") and hasattr(v, "hypothesis")
            ]
    return found


def main() -> None:
    """Fuzzes all of a source's properties with each input."""
    import atheris

    kinds = [m.name for m in pkgutil.iter_modules(tests.sources.__path__) if m.ispkg]
    if len(sys.argv) < 2 or sys.argv[1] not in kinds:
        sys.exit(f"Name a source: {', '.join(kinds)}.")
    kind = sys.argv.pop(1)
    with atheris.instrument_imports(include=[f"mainstem.sources.{kind}", "mainstem.sources.issue"]):
        tried = [p.hypothesis.fuzz_one_input for p in properties(kind)]  # type: ignore[attr-defined]

    def one(data: bytes) -> None:
        for property_ in tried:
            property_(data)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
