"""The usual form of a plan's text. Comments, order and meaning stay."""

from __future__ import annotations

import io
from pathlib import PurePath

from mainstem.errors import PlanError
from mainstem.plan.text.files import PlanFiles
from mainstem.plan.text.load import load_plan

WIDTH = 100


def format_text(text: str, file: PurePath = PurePath("plan.yaml")) -> str:  # noqa: B008
    """Two spaces, lists indented below their key, no trailing space, one newline at the end.

    Raises:
        PlanError: if the text is no YAML, or would mean something else afterwards.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = text.removeprefix("\ufeff")
    if not text.strip():
        return ""
    machine = YAML(typ="rt")
    machine.preserve_quotes = True
    machine.width = WIDTH
    machine.indent(mapping=2, sequence=4, offset=2)
    try:
        data = machine.load(text)
        out = io.StringIO()
        machine.dump(data, out)
    except YAMLError as error:
        raise PlanError(
            f"{file} cannot be formatted: {str(error).splitlines()[0]}.",
            "Run `mainstem check` to see where, mend it, and format again.",
            code="plan.format",
        ) from error
    made = "\n".join(line.rstrip() for line in out.getvalue().splitlines()).rstrip() + "\n"
    if _meaning(text, file) != _meaning(made, file):
        raise PlanError(
            f"Formatting {file} would change what it means, so it was left alone.",
            "Please report the file's shape as a fault of Mainstem.",
            code="plan.format",
        )
    return made


def _meaning(text: str, file: PurePath) -> object:
    return load_plan(PlanFiles({file: text.encode()})).plan
