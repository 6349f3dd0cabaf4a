"""``mainstem init``: a commented starter plan, with proposals where a git repository gives ground."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from mainstem.errors import UsageError
from mainstem.ids import slug
from mainstem.plan.model import RestKind
from mainstem.services.starting.owners_of_repository import MOST_TEAMS, Owners, read_owners
from mainstem.services.starting.parts_of_repository import Part, find_beside, find_parts
from mainstem.services.starting.recent_work import (
    RecentWork,
    explain_unread,
    read_recent_work,
    repository_of,
)
from mainstem.services.starting.starter_text import StreamText, TeamText, starter_text

PLAN_FILE = "mainstem.yaml"
SCHEMA_FILE = "mainstem.schema.json"
#: A team that owns less than this share of a part is not proposed for its stream.
_LEAST_OWNED = 0.15
_GLOB = re.compile(r"[\\*?\[\]]|^!|\s#")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something the program suggests and a person decides: a team, or a stream-to-be with its claim.

    Attributes:
        kind: ``team`` or ``stream``.
        id: Identifier in the written plan.
        why: What speaks for it.
        share: Share of the recent work that it stands for, 0 to 1; none if that is not known.
        paths: Paths that a stream claims.
    """

    kind: str
    id: str
    why: str
    share: float | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """A starter plan.

    Attributes:
        files: Path below the folder → text.
        proposals: What was proposed from the repository, biggest first.
        notes: What to know about it, in sentences.
        work: The repository around the folder, seen from it; empty if there is none.
    """

    files: Mapping[str, str]
    proposals: tuple[Proposal, ...] = ()
    notes: tuple[str, ...] = ()
    work: str = ""


@dataclass(slots=True)
class _Draft:
    teams: list[TeamText] = field(default_factory=list)
    streams: list[StreamText] = field(default_factory=list)
    origin: list[str] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def start_plan(folder: Path, *, today: date) -> Started:
    """Writes a starter plan into a folder and says what was written. Never over anything.

    Raises:
        UsageError: The folder holds a plan already, or cannot be written.
    """
    started = propose_plan(folder, today=today)
    written: list[Path] = []
    try:
        for name, text in started.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8", newline="\n") as out:
                written.append(target)
                out.write(text)
    except OSError as error:
        for target in written:
            target.unlink(missing_ok=True)
        raise UsageError(
            f"The starter plan cannot be written to {folder}: {error.strerror or error}.",
            "Nothing was left behind. Check the folder's permissions, or name another folder.",
        ) from error
    return started


def propose_plan(folder: Path, *, today: date) -> Started:
    """The starter plan for a folder, without writing it.

    Raises:
        UsageError: The folder holds a plan already, or is a file.
    """
    plan_file, notes = _where(folder)
    draft = _Draft(notes=notes)
    recent = read_recent_work(folder) if folder.is_dir() else None
    if recent is not None:
        _propose_from(recent, _below(recent, folder), draft)
    elif reason := folder.is_dir() and explain_unread(folder):
        draft.notes.append(
            f"git cannot read this repository, so nothing is proposed from it: {reason}."
        )
    if not draft.teams:
        draft.teams.append(
            TeamText("everyone", "Everyone", comment="one team for all, to begin with")
        )
    name = recent.name if recent else folder.resolve().name or "Our organisation"
    text = starter_text(
        SCHEMA_FILE, name, today, teams=draft.teams, streams=draft.streams, origin=draft.origin
    )
    places = text.count("TO DO") - 1
    draft.notes.append(f"{places} places are marked TO DO; the metric matters most.")
    files = {plan_file: text, plan_file.replace(PLAN_FILE, SCHEMA_FILE): _schema_text()}
    work = repository_of(folder) if folder.is_dir() else ""
    return Started(files, tuple(draft.proposals), tuple(draft.notes), work)


def _schema_text() -> str:
    from mainstem.plan.text.schema import json_schema

    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _where(folder: Path) -> tuple[str, list[str]]:
    """The plan's file below the folder, and what to note about that choice."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file.", "Name a folder: `mainstem init FOLDER`.")
    inside = folder / "plan"
    present = [p for p in (folder / PLAN_FILE, folder / SCHEMA_FILE) if p.exists()]
    if inside.is_dir():
        present += sorted(p for p in inside.rglob("*") if p.suffix.lower() in (".yaml", ".yml"))
        present += [p for p in (inside / SCHEMA_FILE,) if p.exists()]
    if present:
        names = ", ".join(str(p) for p in present[:5]) + (" and more" if len(present) > 5 else "")
        raise UsageError(
            f"There is something already where the plan would go: {names}.",
            "Nothing was written. Edit what is there, or name another folder: `mainstem init FOLDER`.",
            code="usage.plan_exists",
        )
    if inside.exists() and (not inside.is_dir() or any(inside.iterdir())):
        note = f"plan/ is something else here, so the plan is {PLAN_FILE}; name it with `--plan {PLAN_FILE}`."
        return PLAN_FILE, [note]
    return f"plan/{PLAN_FILE}", []


def _below(recent: RecentWork, folder: Path) -> str:
    """The folder seen from the repository's; empty for the repository itself."""
    below = folder.resolve().relative_to(recent.root.resolve()).as_posix()
    return "" if below == "." else below


def _propose_from(recent: RecentWork, below: str, draft: _Draft) -> None:
    basis = _basis(recent)
    draft.origin.append(f"Teams, streams and claims are proposals from {basis}.")
    if recent.commits == 0:
        draft.notes.append("There is no history to read, so folders are weighed by their files.")
    elif recent.is_shallow:
        draft.notes.append(
            f"The clone is shallow: the proposals rest on {recent.commits} commits only."
        )
    owners = read_owners(recent.root, recent.work)
    if owners is not None:
        _propose_teams(owners, draft)
    parts = [part for part in find_parts(recent.work, below=below) if _is_plain(part.folder)]
    taken: set[str] = set()
    for place, part in enumerate(parts):
        _propose_stream(part, recent, owners, draft, taken, is_example=place == 0, basis=basis)
    if len(parts) == 1:
        draft.streams = [replace(stream, stages=("start", "use")) for stream in draft.streams]
    if parts:
        _note_shares(parts, find_beside(recent.work, below=below), basis, draft)
    elif recent.work:
        _propose_everything(f"/{below}/" if below else "*", recent, owners, draft)


def _note_shares(parts: list[Part], beside: list[Part], basis: str, draft: _Draft) -> None:
    share = _percent(sum(part.share for part in parts))
    draft.notes.append(f"{share} of the work in {basis} is claimed by the streams proposed.")
    if beside:
        said = ", ".join(f"{part.folder}/ ({_percent(part.share)})" for part in beside)
        draft.notes.append(f"No stream is proposed for what serves all of them: {said}.")


def _propose_everything(
    path: str, recent: RecentWork, owners: Owners | None, draft: _Draft
) -> None:
    why = "all of it; no folder stands out"
    teams = _teams_for(recent.work, owners, draft)
    draft.streams.append(StreamText("everything", "Everything", ((path, why),), teams, True))
    draft.proposals.append(Proposal("stream", "everything", why, 1.0, (path,)))


def _basis(recent: RecentWork) -> str:
    if recent.days is None:
        return "the repository's files"
    first, last = recent.days
    count = "commit" if recent.commits == 1 else f"{recent.commits} commits"
    return f"the last {count} ({first} to {last})"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if share >= 0.01 or share == 0 else "under 1 %"


def _is_plain(folder: str) -> bool:
    """Whether the folder's name can be written as a path pattern without meaning something else."""
    return folder.isprintable() and not _GLOB.search(folder)


def _propose_teams(owners: Owners, draft: _Draft) -> None:
    for team in owners.teams[:MOST_TEAMS]:
        comment = f"owns {_percent(team.share)} of the recent work"
        draft.teams.append(TeamText(team.id, _title(team.id), (team.owner,), comment))
        draft.proposals.append(
            Proposal("team", team.id, f"{team.owner} in {owners.file}", team.share)
        )
    if len(owners.teams) > MOST_TEAMS:
        left = len(owners.teams) - MOST_TEAMS
        draft.notes.append(
            f"{owners.file} names {left} more teams, with less work; add those that matter."
        )
    if owners.people:
        who = "1 owner is" if owners.people == 1 else f"{owners.people} owners are"
        draft.notes.append(f"{who} no team in {owners.file}; people are not written to the plan.")


def _propose_stream(
    part: Part,
    recent: RecentWork,
    owners: Owners | None,
    draft: _Draft,
    taken: set[str],
    *,
    is_example: bool,
    basis: str,
) -> None:
    inside = {p: w for p, w in recent.work.items() if p.startswith(f"{part.folder}/")}
    why = f"{_percent(part.share)} of the work in {basis}"
    paths = [(f"/{part.folder}/", why)]
    paths += [(f"/{test}/", "its tests") for test in part.tests if _is_plain(test)]
    stream_id = _free_id(part.folder, taken)
    teams = _teams_for(inside, owners, draft)
    name = _title(part.folder.rpartition("/")[2])
    stages = ("start",) if is_example else ("use",)
    draft.streams.append(StreamText(stream_id, name, tuple(paths), teams, is_example, stages))
    claimed = tuple(path for path, _ in paths)
    draft.proposals.append(Proposal("stream", stream_id, why, part.share, claimed))


def _teams_for(work: Mapping[str, float], owners: Owners | None, draft: _Draft) -> tuple[str, ...]:
    """Teams that own a fair part of the work; the first team if nobody does."""
    written = {team.id for team in draft.teams}
    owning = [(t.id, share) for t, share in owners.teams_of(work)] if owners else []
    found = [i for i, share in owning if share >= _LEAST_OWNED and i in written]
    return tuple(found[:3]) or (draft.teams[0].id if draft.teams else "everyone",)


def _free_id(folder: str, taken: set[str]) -> str:
    """An identifier from the folder's last words, not in use and not the name of a kind of the rest."""
    words: Sequence[str] = folder.split("/")
    for count in range(1, len(words) + 1):
        wanted = slug("-".join(words[-count:]))
        if wanted not in taken and wanted not in set(RestKind):
            break
    else:
        wanted = next(
            name for n in range(1, 1000) if (name := f"{wanted[:90]}-part-{n}") not in taken
        )
    taken.add(wanted)
    return wanted


def _title(word: str) -> str:
    """``live_edge`` → ``Live edge``."""
    said = " ".join(re.split(r"[-_.\s]+", word)).strip()
    return said[:1].upper() + said[1:] or word
