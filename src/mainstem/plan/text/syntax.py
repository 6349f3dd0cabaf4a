"""What the YAML parser complains of, in words that tell a person what to mend."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from mainstem.plan.text.encoding import Say

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
_TAB = re.compile(r" *\t[ \t]*[^\s#]")
_LEADING_TAB = re.compile(r" *\t")
_BREAK = re.compile("\r\n|[\r\n\u0085\u2028\u2029]")
_CONFLICTS_SHOWN = 20
_TABS_SHOWN = 20


def find_conflicts(text: str, say: Say) -> bool:
    """Says where merge-conflict markers stand; whether there are any."""
    if not any(mark in text for mark in ("<<<<<<<", ">>>>>>>", "|||||||")):
        return False
    found = list(_CONFLICT.finditer(text))
    starts = [m for m in found if m[0].startswith("<")] or found[:1]
    for match in starts[:_CONFLICTS_SHOWN]:
        say(
            "T007", f"A merge conflict was left in the file: `{match[0][:40]}`.",
            "Choose one side, take away the lines <<<<<<<, ======= and >>>>>>>, and commit.",
            _line(text, match.start()), 1,
        )  # fmt: skip
    return bool(found)


def syntax_finding(error: Any, text: str, say: Say) -> None:
    """One finding for a YAML error: at the place where the mistake is, as far as that can be told."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        _say_control_character(error, text, say)
        return
    line, column = mark.line, mark.column
    lines = _BREAK.split(text)
    here = lines[line] if line < len(lines) else ""
    tabbed = [n for n in (line, line - 1) if 0 <= n < len(lines) and _LEADING_TAB.match(lines[n])]
    if tabbed:
        _say_tabs(lines, tabbed[0], say)
        return
    context = getattr(error, "context_mark", None)
    problem = str(error.problem or "")
    if context is not None and (_is_left_open(problem) or _is_wildcard(error.context)):
        line, column = context.line, context.column
    what, hint = _explained(problem, str(error.context or ""), here, mark.column)
    say("T001", what, hint, line + 1, column + 1)


def _is_left_open(problem: str) -> bool:
    return problem.startswith(("did not find expected ',' or", "found unexpected end of stream", "found undefined tag"))  # fmt: skip


def _is_wildcard(context: str | None) -> bool:
    return bool(context) and ("alias" in str(context) or "anchor" in str(context))


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _say_tabs(lines: list[str], cause: int, say: Say) -> None:
    """Names the line that stopped the parser and others that would stop it next."""
    others = (n for n, line in enumerate(lines) if n != cause and _TAB.match(line))
    for number in sorted([cause, *islice(others, _TABS_SHOWN)]):
        column = lines[number].index("\t") + 1
        say(
            "T008", "The line is indented with a tab.",
            "Indent with spaces, two for each level; most editors can convert tabs to spaces.",
            number + 1, column,
        )  # fmt: skip


def _say_control_character(error: Any, text: str, say: Say) -> None:
    offset = getattr(error, "position", None) or 0
    offset = len(text.encode()[:offset].decode("utf-8", "ignore"))
    letter = text[offset] if offset < len(text) else ""
    start = text.rfind("\n", 0, offset) + 1
    say(
        "T001",
        f"A control character (U+{ord(letter):04X}) stands here." if letter else "A character cannot be read.",
        "Take it away; it was probably pasted by accident.",
        _line(text, offset), offset - start + 1,
    )  # fmt: skip


def _explained(problem: str, context: str, here: str, column: int) -> tuple[str, str]:
    quote = "Put the whole value in quotes"
    if problem.startswith("found character that cannot start"):
        letter = here[column : column + 1]
        return f"A value cannot begin with {letter!r}.", f'{quote}: "{_value(here, column)}".'
    if _is_wildcard(context):
        begin = max(here.rfind(c, 0, column + 1) for c in "*&")
        text = _value(here, _start_of_run(here, begin))
        return (
            "A value that begins with `*` or `&` is not taken as text by YAML.",
            f'{quote}: "{text}".',
        )
    for beginning, what, hint in _WORDS:
        if problem.startswith(beginning):
            return what, hint
    said = " ".join(part for part in (context, problem) if part)
    return f"This is not YAML: {said}.", "Look at this line and the one above it."


def _start_of_run(here: str, begin: int) -> int:
    while begin > 0 and not here[begin - 1].isspace():
        begin -= 1
    return max(begin, 0)


def _value(here: str, column: int) -> str:
    return re.split(r"\s#|[,\]}]", here[column:])[0].strip().replace('"', '\\"')


_INDENT = "Indent the keys of one entry alike, two spaces deeper than the entry's own line."
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed",
     "A `: ` stands where no key can be: either the text before it needs quotes, or the line is indented wrongly.",
     "Put text that holds `: ` in quotes; else " + _INDENT[0].lower() + _INDENT[1:]),
    ("did not find expected key", "The indentation fits neither this entry nor the one above it.", _INDENT),
    ("did not find expected '-'", "A list ends in a line that is no item of it, but is not indented less either.",
     "Begin every item with `- `, or indent the line like the key above the list."),
    ("found unexpected end of stream", "A quote is opened here and never closed.",
     "Close it, or double an apostrophe inside single quotes: 'the team''s day'."),
    ("did not find expected ',' or", "A bracket is opened here and not closed properly.",
     "Close it, put a comma between its values, and quote values that hold brackets or commas."),
    ("could not find expected ':'", "A key has no `:` after it.", "Write `key: value`."),
    ("found unknown escape", "A backslash in double quotes begins an escape that YAML does not know.",
     "Use single quotes, where a backslash is just a backslash."),
    ("found undefined tag handle", "`!` at the beginning of a value is not taken as text by YAML.",
     "Put the whole value in quotes."),
    ("did not find expected <document start>", "Text stands after the end of the plan.",
     "Write everything as `key: value` under one of the sections."),
    ("found duplicate anchor", "Anchors cannot be used in a plan.", "Write the value out."),
)  # fmt: skip
