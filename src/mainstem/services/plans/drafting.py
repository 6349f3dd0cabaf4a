"""Drafting changes of a plan from the fields that are to be different, and showing them as a patch of its text.

Nothing here writes: a server keeps what was drafted as a proposal, in a folder it is a patch to look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mainstem.errors import Absent, Invalid
from mainstem.ids import is_id
from mainstem.plan.change_kinds import split_subject
from mainstem.plan.changes import Change, diff
from mainstem.plan.model import SECTIONS, SHAPES, Organisation, Plan, Shape
from mainstem.plan.removing import without
from mainstem.plan.soundness import faults, new_faults


@dataclass(frozen=True, slots=True)
class Edit:
    """How one thing of the plan is to be different.

    Attributes:
        subject: ``section/id``, or ``organisation``.
        fields: Merged into its fields; ``null`` takes one away (JSON merge patch, RFC 7396). ``None``
            removes the thing, with what names it. A subject that is not there yet is added.
    """

    subject: str
    fields: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Draft:
    """Changes that were drafted.

    Attributes:
        title: What they are for, in a line; ``why`` is the reason.
        base: The revision that they are for.
        wanted: The plan that they make.
        changes: The changes, typed.
    """

    title: str
    why: str
    base: str
    wanted: Plan
    changes: tuple[Change, ...]


def draft(title: str, why: str, edits: Sequence[Edit], plan: Plan, revision: str) -> Draft:
    """Drafts changes to a plan; nothing is done.

    Raises:
        Absent: there is no such section, or nothing to remove.
        Invalid: a field is not as it must be, the plan would not hold together, or nothing changes.
    """
    wanted = plan
    for edit in edits:
        wanted = _edited(wanted, edit)
    changes = diff(plan, wanted)
    if not changes:
        raise Invalid("It already is so.", "Nothing would change.", code="plan.no_change")
    broken = new_faults(faults(plan), wanted)
    if broken:
        raise Invalid(broken[0].what, broken[0].hint, code="plan.broken")
    return Draft(title, why, revision, wanted, changes)


def _edited(plan: Plan, edit: Edit) -> Plan:
    if edit.subject == "organisation":
        fields = _merged(_fields(plan.organisation), edit.fields or {})
        return plan.model_copy(update={"organisation": _read(Organisation, fields)})
    section, ident = split_subject(edit.subject)
    if section not in SECTIONS or not is_id(ident):
        raise Absent(
            f"{edit.subject!r} is no subject.",
            f"Write section/id, such as streams/start-fast. Sections: {', '.join(SECTIONS)}.",
        )
    held: Mapping[str, Shape] = getattr(plan, section)
    if edit.fields is None:
        if ident not in held:
            raise Absent(f"The plan has no {edit.subject}.", "There is nothing to remove.")
        return without(plan, section, ident)
    before = _fields(held[ident]) if ident in held else {}
    made = _read(SHAPES[section], _merged(before, edit.fields))
    return plan.model_copy(update={section: {**held, ident: made}})


def _fields(entity: Shape) -> dict[str, Any]:
    return entity.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _merged(fields: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(fields)
    for name, value in patch.items():
        held = out.get(name)
        if value is None:
            out.pop(name, None)
        elif isinstance(value, Mapping):
            out[name] = _merged(held if isinstance(held, Mapping) else {}, value)
        else:
            out[name] = value
    return out


def _read(kind: type[Shape], fields: Mapping[str, Any]) -> Shape:
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            f"`{place}`: {first['msg']}." if place else f"{first['msg']}.",
            "The description of the plan's text lists every field.", field=place,
        ) from error  # fmt: skip


def patch_of(folder: Path, wanted: Plan) -> str:
    """A patch of a plan's text in a folder, for ``git apply`` or a pair of eyes; nothing is written.

    Raises:
        PlanError: the text has faults.
    """
    from mainstem.plan.text.edit import edit_plan
    from mainstem.plan.text.files import read_folder

    files = read_folder(folder)
    made = edit_plan(files, wanted)
    parts = [_patch(path, files.texts.get(path, b""), content) for path, content in made.items()]
    return "".join(parts)


def _patch(path: str, before: bytes, after: bytes) -> str:
    from difflib import unified_diff

    named = f"a/{path}" if before else "/dev/null"
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(_lines(before), _lines(after), named, f"b/{path}")
    )


def _lines(text: bytes) -> list[str]:
    """Lines as a patch counts them: ends that only Unicode knows are letters of a line."""
    return [line.decode("utf-8", "replace") for line in text.splitlines(keepends=True)]
