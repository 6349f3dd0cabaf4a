"""Folder and server in step: the plan as text in both directions, losing nothing in either.

Beside a folder lies ``.mainstem/base.json`` with the server's revision at which the two last met, and the
plan as it was then. Whatever either side changed since is put together field by field; where both changed
the same, nothing is done and all three values are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Protocol

from mainstem.errors import Conflict, PlanError
from mainstem.plan.changes import Change, diff, sentence
from mainstem.plan.merging import Meeting, Rebased, carry
from mainstem.plan.model import Plan
from mainstem.plan.renames import find_renames
from mainstem.plan.standing import Standing
from mainstem.plan.text.files import PlanFiles, plan_paths, read_folder
from mainstem.plan.text.load import load_plan
from mainstem.plan.text.write import plan_to_text
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.plans.cycle_states import refuse_states
from mainstem.services.plans.file_set import finish_writing, write_together
from mainstem.services.plans.planning import sound
from mainstem.services.server.ground import Ground


class Server(Protocol):
    """A server that a folder is kept in step with: on this machine, or over its API."""

    @property
    def name(self) -> str:
        """What to call it; the same server always has the same name."""

    def read(self) -> Standing:
        """The plan as it stands, with its check-ins."""

    def write(self, changes: Sequence[Change], base: str, why: str) -> str:
        """Makes changes made for the revision ``base``; the new revision."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server whose data folder lies on this machine; Django is set up."""

    ground: Ground
    by: Actor
    at: datetime
    name: str

    def read(self) -> Standing:
        """The plan as it stands, with its check-ins."""
        from mainstem.services.metrics.check_ins_in_text import with_check_ins

        require(self.by, Action.EXPORT)
        head = self.ground.plans.head()
        return Standing(with_check_ins(head.plan, self.ground), head.revision)

    def write(self, changes: Sequence[Change], base: str, why: str) -> str:
        """Makes changes as one revision."""
        from mainstem.services.plans.editing import change_plan

        made = change_plan(
            changes, self.ground, self.by, at=self.at, why=why, origin="text", base=base
        )
        return made.standing.revision


@dataclass(frozen=True, slots=True)
class Base:
    """Where folder and server last met: the server, its revision, and the plan as it was then."""

    server: str
    revision: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Step:
    """What ``apply`` or ``export`` would do.

    Attributes:
        changes: To the server, or to the folder.
        standing: The server's plan.
        folder: The folder's plan.
        made: The plan that stands afterwards on the side that is written.
    """

    changes: tuple[Change, ...]
    standing: Standing
    folder: Plan
    made: Plan

    @property
    def sentences(self) -> tuple[str, ...]:
        """The changes in words."""
        return tuple(sentence(change) for change in self.changes)


# -- folder → server


def plan_apply(folder: Path, server: Server) -> Step:
    """What sending the folder would change on the server; nothing is done.

    Raises:
        PlanError: the folder's text has faults.
        Conflict: both changed the same since they last met, or they never met and both hold a plan.
        Invalid: the folder would take a cycle to another state.
    """
    finish_writing(_beside(folder))
    mine = _sound(read_folder(folder), folder)
    theirs = server.read()
    base = _base_for(folder, server, mine, theirs)
    merged = _together(base, theirs.plan, mine, "apply")
    refuse_states(merged.changes)
    return Step(merged.changes, theirs, mine, merged.plan)


def apply_folder(folder: Path, step: Step, server: Server, *, why: str = "") -> str:
    """Makes the changes of a step on the server; its new revision.

    Afterwards the folder counts as met: what others changed meanwhile comes with the next export.
    """
    revision = step.standing.revision
    if step.changes:
        revision = server.write(step.changes, revision, why)
    _keep_base(folder, Base(server.name, revision, step.folder), {})
    return revision


# -- server → folder


def plan_export(folder: Path, server: Server) -> Step:
    """What bringing the server's plan into the folder would change there; nothing is done.

    Raises:
        PlanError: the folder's text has faults.
        Conflict: both changed the same since they last met, or they never met and differ.
    """
    finish_writing(_beside(folder))
    theirs = server.read()
    files = _files(folder)
    if files is None:
        return Step(diff(Plan(), theirs.plan), theirs, Plan(), theirs.plan)
    mine = _sound(files, folder)
    base = _base_for(folder, server, mine, theirs)
    merged = _together(base, mine, theirs.plan, "export")
    return Step(merged.changes, theirs, mine, merged.plan)


def export_folder(folder: Path, step: Step, server: Server) -> tuple[Path, ...]:
    """Writes the folder: in a new one a file for each section, in an old one only what changed.

    All files are written or none, also if the machine stops in between.
    """
    from mainstem.plan.text.edit import edit_plan, new_files

    files = _files(folder)
    made = new_files(step.made) if files is None else edit_plan(files, step.made)
    root = folder.parent if folder.is_file() else folder
    wanted = {root / path: content for path, content in made.items()}
    _keep_base(folder, Base(server.name, step.standing.revision, step.standing.plan), wanted)
    return tuple(wanted)


def _files(folder: Path) -> PlanFiles | None:
    if not folder.exists():
        return None
    if folder.is_dir() and not any(folder.rglob("*.y*ml")):
        return None
    try:
        plan_paths(folder)
    except PlanError:
        return None
    return read_folder(folder)


def _sound(files: PlanFiles, folder: Path) -> Plan:
    hint = "try again. Nothing was changed"
    return sound(load_plan(files), f"The plan in {folder}", hint)


def _together(base: Plan, onto: Plan, wanted: Plan, what: str) -> Rebased:
    _, found = find_renames(base, wanted)
    merged = carry(base, onto, wanted, {(section, was): now for section, was, now in found})
    if merged.meetings:
        raise Conflict(
            f"Folder and server both changed {_things(len(merged.meetings))} since they last met:\n"
            + "\n".join(f"  {line}" for line in told(merged.meetings, what)),
            "Nothing was changed. Make the two agree there (in the folder or on the server), then try"
            " again.",
            code="plan.both_changed",
        )
    return merged


def _things(count: int) -> str:
    return "one thing" if count == 1 else f"{count} things"


def told(meetings: Sequence[Meeting], what: str) -> list[str]:
    """Each meeting in a line: what was there when they met, in the folder, on the server."""
    out = []
    for meeting in meetings[:20]:
        base, now, wanted = meeting.said()
        folder, server = (wanted, now) if what == "apply" else (now, wanted)
        out.append(f"{meeting.place}: it was {base}; the folder says {folder}, the server {server}")
    if len(meetings) > 20:
        out.append(f"and {len(meetings) - 20} more")
    return out


# -- where they last met


def _beside(folder: Path) -> Path:
    return folder.resolve().parent / ".mainstem"


def _base_for(folder: Path, server: Server, mine: Plan, theirs: Standing) -> Plan:
    """The plan from which both sides began."""
    known = read_base(folder)
    if known is not None and known.server == server.name:
        return known.plan
    if theirs.plan == Plan() or mine == theirs.plan:
        return theirs.plan
    if mine == Plan():
        return mine
    raise Conflict(
        f"The folder {folder} and the server never met: both hold a plan, and they differ.",
        "Export the server's plan into a new folder, bring your changes into it, and apply that.",
        code="plan.never_met",
    )


def read_base(folder: Path) -> Base | None:
    """Where a folder last met a server, if it ever did."""
    import json

    place = _beside(folder) / "base.json"
    if not place.exists():
        return None
    try:
        told_ = json.loads(place.read_text("utf-8"))[folder.resolve().name]
        text = (_beside(folder) / told_["plan"]).read_bytes()
    except KeyError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise PlanError(
            f"{place} cannot be read: {error}.",
            "Remove it, then export into a new folder and compare the two.",
            code="plan.base",
        ) from error
    loaded = load_plan(PlanFiles({told_["plan"]: text}, PurePath(place.parent)))
    return Base(told_["server"], told_["revision"], loaded.plan)


def _keep_base(folder: Path, base: Base, wanted: Mapping[Path, bytes]) -> None:
    """Writes files and where the two met in one go."""
    import hashlib
    import json

    beside, name = _beside(folder), folder.resolve().name
    place = beside / "base.json"
    known = json.loads(place.read_text("utf-8")) if place.exists() else {}
    text = plan_to_text(base.plan).encode()
    file = f"base-{hashlib.sha256(name.encode()).hexdigest()[:8]}.yaml"
    known[name] = {"server": base.server, "revision": base.revision, "plan": file}
    files = {
        **wanted, beside / file: text, place: (json.dumps(known, indent=2) + "\n").encode(),
    }  # fmt: skip
    write_together(beside, files)
