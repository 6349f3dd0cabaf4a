"""Writes the pages of the documentation that follow from the code: commands, settings, questions.

python docs/generate.py            write them
python docs/generate.py --check    change nothing; exit 1 if one is out of date
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

DOCS = Path(__file__).parent
SQL = DOCS.parent / "src" / "mainstem" / "ledger" / "sql"
NOTE = "<!-- Written by docs/generate.py. Change the code and run `make docs`. -->\n"


def commands() -> str:
    """The reference of commands, from the command line's own tree."""
    out = [
        "# Commands",
        NOTE,
        "`mainstem COMMAND --help` says the same in the terminal. Exit codes: 0 fine; 1 findings that block,"
        " differences, or an error; 2 wrong use. Settings in the environment: [settings.md](settings.md).\n",
        "| command | what it does |",
        "| --- | --- |",
    ]
    found = list(command_tree())
    for words, command in found:
        anchor = "-".join(["mainstem", *words])
        out.append(f"| [{' '.join(words)}](#{anchor}) | {_first_line(command)} |")
    for words, command in found:
        out += ["", *_command(words, command)]
    return "\n".join(out) + "\n"


def command_tree() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it, groups opened, in the order of the help."""
    import typer.main

    from mainstem.cli.main import app

    def walk(words: tuple[str, ...], node: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
        for name, inner in node.commands.items():
            if hasattr(inner, "commands"):
                yield from walk((*words, name), inner)
            else:
                yield (*words, name), inner

    yield from walk((), typer.main.get_command(app))


def _first_line(command: Any) -> str:
    return str(command.help or "").strip().splitlines()[0]


def _command(words: tuple[str, ...], command: Any) -> Iterator[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join(["mainstem", *words, *(_argument(a) for a in arguments), "[OPTIONS]"])
    yield f"## mainstem {' '.join(words)}"
    yield f"\n{inspect.cleandoc(command.help or '')}\n\n```\n{usage}\n```"
    if arguments or options:
        yield "\n| argument or option | | default |\n| --- | --- | --- |"
    for p in arguments:
        yield f"| `{_argument(p)}` | {_cell(getattr(p, 'help', ''))} | {_default(p)} |"
    for p in options:
        yield f"| {option_words(p)} | {_cell(p.help)} | {_default(p)} |"


def _argument(param: Any) -> str:
    name = str(param.name).strip("_").upper() + ("..." if param.nargs == -1 else "")
    return name if param.required else f"[{name}]"


def option_words(param: Any) -> str:
    """An option as it is written: all its names, and what it takes."""
    names = [*param.opts, *param.secondary_opts]
    kind = "" if param.is_flag else f" {param.name.strip('_').upper()}"
    return ", ".join(f"`{n}{kind}`" for n in names)


def _default(param: Any) -> str:
    value = param.default
    if callable(value) or value in (None, "", False, (), []) or param.required:
        return ""
    return f"`{value}`" if value is not True else "yes"


def _cell(text: object) -> str:
    return " ".join(str(text or "").split()).replace("|", "\\|")


def settings() -> str:
    """The reference of settings, from their declarations."""
    from mainstem.config import SETTINGS

    rows = [
        f"| `{s.name}` | {s.kind} | {f'`{s.default}`' if s.default else ''} | {_cell(s.help)} |"
        for s in SETTINGS
    ]
    return "\n".join(
        [
            "# Settings",
            NOTE,
            "Environment variables. An option of a command wins over its variable. A variable that begins with"
            " `MAINSTEM_` and is not in this list is refused, so that a misspelt one cannot be overlooked.\n",
            "What belongs to a plan (time zone, unit, smallest group shown, how shares are split, working days)"
            " stands in the plan, under `organisation`, because it is part of a score's identity:"
            " see [plan.md](plan.md).\n",
            "| variable | kind | default | |",
            "| --- | --- | --- | --- |",
            *rows,
        ]
    ) + "\n"  # fmt: skip


def questions() -> str:
    """The reference of questions, from the head comments of the SQL files."""
    out = [
        "# Questions",
        NOTE,
        "Every number comes from one of these SQL files in `src/mainstem/ledger/sql`. They are written in"
        " DuckDB's dialect and can be read and checked by anyone. *Parts* are whole numbers: millionths of a"
        " unit times ten-thousandths of a share, so that sums are exact.\n",
        "| question | file | unit | grain |",
        "| --- | --- | --- | --- |",
    ]
    steps = []
    for path, head in sql_heads():
        if head.startswith("Question:"):
            parts = question_parts(head)
            out.append(
                f"| {parts['question']} | [{path.stem}](#{path.stem}) | {parts['unit']} | {parts['grain']} |"
            )
        else:
            steps.append((path, head))
    for path, head in sql_heads():
        if head.startswith("Question:"):
            parts = question_parts(head)
            out += [
                "",
                f"## {path.stem}",
                "",
                f"**{parts['question']}** {parts['more']}".strip(),
                "",
            ]
            out += [f"- {name}: {parts[name]}" for name in ("unit", "grain") if parts[name]]
            out += [f"- needs: {_sql_names(parts['needs'])}"] if parts["needs"] else []
    out += ["", "## Steps", "", "Files that are no question but a step on the way to the tables that questions read.",
            "", "| file | |", "| --- | --- |"]  # fmt: skip
    out += [
        f"| `{path.stem}` | {_cell(head.removeprefix('Step:').strip())} |" for path, head in steps
    ]
    return "\n".join(out) + "\n"


def sql_heads() -> list[tuple[Path, str]]:
    """Every SQL file with its head comment as one line."""
    out = []
    for path in sorted(SQL.glob("*.sql")):
        lines = path.read_text("utf-8").splitlines()
        head = []
        for line in lines:
            if not line.startswith("--") or line.startswith("--;"):
                break
            head.append(line.removeprefix("--").strip())
        out.append((path, " ".join(head)))
    return out


def question_parts(head: str) -> dict[str, str]:
    """Question, unit, grain, needs and whatever else a head comment says.

    Raises:
        ValueError: if it does not name its grain.
    """
    said = head.removeprefix("Question:").strip()
    asked = re.split(r"(?<=[?.]) ", said, maxsplit=1)[0]
    rest = said.removeprefix(asked)
    found = {
        "question": asked[0].upper() + asked[1:],
        "unit": "",
        "grain": "",
        "needs": "",
    }
    for name in ("unit", "grain", "needs"):
        match = re.search(rf"\b{name.title()}: (.*?)(?:\.(?= [A-Z`]| constant:)|\.$|$)", rest)
        if match:
            found[name] = match[1].strip()
            rest = rest.replace(match[0], "")
    if same := re.search(r"The same as (\w+)\.sql", rest):
        other = question_parts({p.stem: h for p, h in sql_heads()}[same[1]])
        found = {name: found[name] or other[name] for name in found}
    if not found["grain"]:
        raise ValueError(f"no grain: {head}")
    found["more"] = _cell(rest)
    return found


def _sql_names(text: str) -> str:
    return ", ".join(f"`{name.strip()}`" for name in re.split(r",\s*(?![^(]*\))", text))


def plan_reference() -> str:
    """The reference of the plan's keys, from the model."""
    from mainstem.plan import model

    top = model.Plan.model_fields
    shapes: list[type[Any]] = []
    out = [
        "# The plan, key by key",
        NOTE,
        "A plan is one YAML file or a folder of them, split as you like: what several files say of one section is"
        " put together. `mainstem schema` prints the same as JSON Schema, for editors. Days are written"
        " `2026-07-31` and both days of a stretch are included; shares are `0.6` or `60%`.\n",
        "| section | holds | |",
        "| --- | --- | --- |",
    ]
    for name, field in top.items():
        inner = _shapes_in(field.annotation)
        shapes += [s for s in inner if s not in shapes]
        linked = ", ".join(f"[{s.__name__}](#{s.__name__.lower()})" for s in inner)
        out.append(f"| `{name}` | {linked} | {_cell(field.description)} |")
    for shape in shapes:
        shapes += [
            s
            for f in shape.model_fields.values()
            for s in _shapes_in(f.annotation)
            if s not in shapes
        ]
        out += [
            "",
            f"## {shape.__name__}",
            "",
            inspect.cleandoc(shape.__doc__ or "").replace("``", "`"),
            "",
        ]
        out += ["| key | takes | if absent | |", "| --- | --- | --- | --- |"]
        out += [_key(name, field) for name, field in shape.model_fields.items()]
    return "\n".join(out) + "\n"


def _shapes_in(annotation: Any) -> list[type[Any]]:
    """The plan's own classes inside an annotation."""
    from mainstem.plan.model import Shape

    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return [annotation]
    return [s for a in get_args(annotation) for s in _shapes_in(a)]


def _key(name: str, field: Any) -> str:
    default = (
        "required"
        if field.is_required()
        else _plain_default(field.get_default(call_default_factory=True))
    )
    return f"| `{field.alias or name}` | {_takes(field.annotation)} | {default} | {_cell(field.description)} |"


def _plain_default(value: Any) -> str:
    from mainstem.plan.model import Shape

    if value in (None, (), {}, "") or isinstance(value, Shape):
        return ""
    if isinstance(value, tuple):
        return _cell(", ".join(f"`{v}`" for v in value))
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _takes(annotation: Any) -> str:
    """What a key takes, in words."""
    from enum import Enum

    shapes = _shapes_in(annotation)
    origin, inner = get_origin(annotation), [a for a in get_args(annotation) if a is not type(None)]
    if origin is Literal:
        return ", ".join(f"`{v}`" for v in inner)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{v.value}`" for v in annotation)
    if origin is Annotated:
        return _takes(inner[0])
    if origin in (tuple, dict):
        of = [a for a in inner if a is not Ellipsis]
        what = _takes(of[-1])
        return (
            f"name: {what}"
            if origin is dict
            else f"a list of {what}"
            if shapes
            else f"one or several: {what}"
        )
    if shapes:
        return f"[{shapes[0].__name__}](#{shapes[0].__name__.lower()})"
    if len(inner) == 1:
        return _takes(inner[0])
    return {str: "text", float: "number", int: "whole number", bool: "yes or no", date: "day"}.get(
        annotation, "text"
    )


def openapi() -> str:
    """The document of the API, as it is served."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")
    django.setup()
    from mainstem.api.document import text

    return text()


PAGES = {
    "plan.md": plan_reference,
    "commands.md": commands,
    "settings.md": settings,
    "questions.md": questions,
    "openapi.json": openapi,
}


def main(arguments: list[str]) -> int:
    """Writes or checks the pages; returns the exit code."""
    stale = [name for name, made in PAGES.items() if _is_stale(DOCS / name, made())]
    if "--check" in arguments:
        for name in stale:
            sys.stdout.write(f"docs/{name} is out of date; run `make docs`\n")
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(PAGES[name](), "utf-8")
        sys.stdout.write(f"wrote docs/{name}\n")
    return 0


def _is_stale(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text("utf-8") != text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
