"""The usual form of a plan's text: indentation, quotes, blank ends. Comments and order stay."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import Any

from mainstem.errors import PlanError
from mainstem.plan.findings import Severity
from mainstem.plan.text.comments import layout_of, tidy
from mainstem.plan.text.nodes import Document, read_document

_DEFAULT = PurePath("plan.yaml")
_MOST_PASSES = 4
_ODD_BREAKS = frozenset("\u0085\u2028\u2029")


def format_text(text: str, file: PurePath = _DEFAULT) -> str:
    """Two spaces, lists indented below their key, double quotes, one newline at the end.

    Text without keys (empty, or only comments) keeps its comments. Formatting twice changes nothing.

    Raises:
        PlanError: the text is no plan text, or would lose something; it must then be left alone.
    """
    before = _read(text, file)
    if _ODD_BREAKS & set(text):
        raise _would_lose("it holds line separators of Unicode (U+0085, U+2028 or U+2029)", file)
    text = _trimmed(text.removeprefix("\ufeff"))
    if not any(before.roots):
        return text
    made = text
    for _ in range(_MOST_PASSES):
        last, made = made, _once(made, file)
        if made == last:
            break
    else:
        raise _would_lose("its form does not settle", file)
    if _read(made, file).roots != before.roots:
        raise _would_lose("its values would change", file)
    if layout_of(made).comments() != layout_of(text).comments():
        raise _would_lose("a comment would be lost", file)
    return made


def _read(text: str, file: PurePath) -> Document:
    """The text's values; refused if anything stands in the way of reading it."""
    document = read_document(text.encode("utf-8", "surrogatepass"), file)
    fault = next((f for f in document.findings if f.severity is Severity.BLOCKS), None)
    if fault is not None:
        raise PlanError(
            f"{fault.place} cannot be formatted: {fault.what}",
            f"{fault.hint} The file was left alone.",
            code="plan.format",
        )
    return document


def _would_lose(what: str, file: PurePath) -> PlanError:
    return PlanError(
        f"{file} cannot be formatted: {what}.",
        "The file was left alone. Moving comments onto lines of their own usually helps.",
        code="plan.format",
    )


def _once(text: str, file: PurePath) -> str:
    from ruamel.yaml.error import YAMLError

    machine = _machine()
    out = io.StringIO()
    try:
        data = machine.load(text)
        _set_quotes(data)
        machine.dump(data, out)
    except (YAMLError, ValueError, TypeError, AttributeError) as error:
        raise _would_lose(f"the formatter fails ({str(error).splitlines()[0]})", file) from error
    return tidy(_trimmed(out.getvalue()), text)


def _trimmed(text: str) -> str:
    """Without blank lines at its ends; one newline at the end, if there is any text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    lines = text.split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    return "\n".join(lines) + "\n" if lines else ""


def _machine() -> Any:
    """A round-trip machine to which every scalar is text, as it is to Mainstem."""
    from ruamel.yaml import YAML
    from ruamel.yaml.resolver import VersionedResolver

    class TextOnly(VersionedResolver):
        """Takes no plain scalar for a number, a day or a bool."""

        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            from ruamel.yaml.nodes import ScalarNode
            from ruamel.yaml.tag import Tag

            if kind is ScalarNode:
                return Tag(suffix="tag:yaml.org,2002:str")
            return super().resolve(kind, value, implicit)

    machine = YAML(typ="rt")
    machine.Resolver = TextOnly
    machine.preserve_quotes = True
    machine.width = 1_000_000
    machine.brace_single_entry_mapping_in_flow_sequence = True
    machine.indent(mapping=2, sequence=4, offset=2)
    return machine


def _set_quotes(value: Any) -> None:
    """Turns single quotes into double ones where the text holds nothing that would need an escape."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

    waiting = [value]
    while waiting:
        holder = waiting.pop()
        entries = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder))
        for key, inner in entries:
            if isinstance(inner, SingleQuotedScalarString) and not set('"\\\n') & set(inner):
                made = DoubleQuotedScalarString(str(inner), anchor=None)
                if hasattr(inner, "comment"):
                    made.comment = inner.comment
                holder[key] = made
            elif isinstance(inner, (dict, list)):
                waiting.append(inner)
