"""SQL of the ledger: one readable file per question or step, in DuckDB's dialect."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def text(name: str) -> str:
    """The SQL of ``name`` (without ``.sql``)."""
    return files(__name__).joinpath(f"{name}.sql").read_text("utf-8")


def statements(name: str) -> list[str]:
    """The statements of a step that has several; a line of ``--;`` stands between two,
    and ``@name`` stands for the statements of another step."""
    out: list[str] = []
    for part in text(name).split("\n--;\n"):
        include = part.strip().removeprefix("@")
        out += statements(include) if part.strip().startswith("@") else [part]
    return out
