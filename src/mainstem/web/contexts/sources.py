"""Pages of sources: is the data fresh and whole, and reading a file that was uploaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from mainstem.errors import SourceError
from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, one_line, plural, shorten
from mainstem.plan.findings import Finding
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.server.ground import Ground
from mainstem.services.sources.showing import SourceShown
from mainstem.services.sources.states import LAG_DAYS, LandingRow, Sources, SourceState
from mainstem.services.work.work_uploads import (
    TableDescription,
    Upload,
    describe_upload,
    job_of,
    kept_mappings,
)
from mainstem.web.contexts.connected import alarms, sources_table
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.pieces import Cell, Column, Empty, Fact, Link, Remark, Row, Table
from mainstem.web.exports import CsvTable, Tables

HERE = "/sources/"
CRUMBS = (Link("Sources", HERE),)


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Everything that the list prints."""

    head: str
    tail: str
    lead: str
    table: Table | None
    findings: tuple[Remark, ...]
    empty: Empty | None
    actions: tuple[Link, ...]
    states: tuple[SourceState, ...]
    connected: Table | None = None


def build_sources(
    found: Sources, by: Actor, connected: Sequence[SourceShown] = (), *, now: datetime
) -> SourcesPage:
    """The page of all sources: those that are connected, and everything that was read."""
    alarm = alarms(connected)
    head, tail = (alarm, "see below what to do") if alarm else _first_line(found)
    if connected and not found.sources and not alarm:
        head, tail = "No work has been read yet", "the first sync brings it"
    actions = (
        Link("Connect a source", f"{HERE}connect/"), Link("Upload work", f"{HERE}import/"),
        Link("Upload people", f"{HERE}people/"),
    )  # fmt: skip
    may_import = may(by, Action.IMPORT)
    is_empty = not found.sources and not connected
    return SourcesPage(
        head, tail, _lead(found), _table(found) if found.sources else None,
        remarks(found.findings), _empty(may_import) if is_empty else None,
        actions if may_import else (), found.sources, sources_table(connected, now),
    )  # fmt: skip


def _empty(may_import: bool) -> Empty:
    if may_import:
        words = "Connect a tracker, a repository or a database, and it is read by itself; or upload an export."
        return Empty(
            "Nothing has been read yet", words, Link("Connect a source", f"{HERE}connect/")
        )
    return Empty(
        "Nothing has been read yet",
        "An administrator can read work from a tracker or a time sheet.",
    )


def _first_line(found: Sources) -> tuple[str, str]:
    if not found.sources:
        return "No work has been read yet", ""
    stale = [s for s in found.sources if _is_stale(s)]
    rejected = sum(s.last.rejected for s in found.sources)
    fresh = (
        "All sources are fresh"
        if not stale
        else f"{plural(len(stale), 'source')} may be out of date"
    )
    whole = (
        "and every row was taken"
        if not rejected
        else f"and {rejected:,} rows were rejected when they were last read"
    )
    return fresh, whole


def _is_stale(state: SourceState) -> bool:
    return state.lag_days is not None and state.lag_days > LAG_DAYS


def _lead(found: Sources) -> str:
    said = []
    if not found.is_derived:
        said.append(
            "What was read last is not in the numbers yet; it will be from the next derivation."
        )
    if found.revision and not found.is_plan_derived:
        said.append("The plan has changed since the numbers were derived.")
    if not found.has_people:
        said.append(
            "No people file was given, so teams are known from accounts and from the work's own words."
        )
    return " ".join(said)


def _table(found: Sources) -> Table:
    columns = (
        Column("Source"), Column("Last read"), Column("Rows", is_number=True), Column("New", is_number=True),
        Column("Changed", is_number=True), Column("Unchanged", is_number=True),
        Column("Rejected", is_number=True), Column("Effort up to"),
    )  # fmt: skip
    return Table("Sources", columns, tuple(_row(s) for s in found.sources), f"{HERE}?format=csv")


def _row(state: SourceState) -> Row:
    last = state.last
    reasons = "; ".join(f"{count:,} {reason}" for reason, count, _ in last.reasons[:3])
    lag = (
        f"{plural(state.lag_days, 'day')} ago"
        if state.lag_days is not None and state.lag_days > 0
        else ""
    )
    return Row((
        Cell(state.name, f"/items/?q=source%3A%22{_quoted(state.name)}%22", plural(state.landings, "import")),
        Cell(day_here(last.at), f"{HERE}landings/{last.number}"), Cell(f"{last.read:,}"),
        Cell(f"{last.new:,}"), Cell(f"{last.changed:,}"), Cell(f"{last.unchanged:,}"),
        Cell(f"{last.rejected:,}", "", shorten(one_line(reasons), 120)),
        Cell(day(state.last_day) if state.last_day else "", "", lag,
             tags=(Tag("late", "rest"),) if _is_stale(state) else ()),
    ))  # fmt: skip


def _quoted(text: str) -> str:
    return quote(text, safe="")


def remarks(findings: tuple[Finding, ...]) -> tuple[Remark, ...]:
    """Findings as pages show them."""
    return tuple(
        Remark(f.rule, f.severity.value, f"{f.subject}: {f.what}", f.why, f.hint, href="")
        for f in findings
    )


def sources_tables(page: SourcesPage) -> Tables:
    """The list as CSV."""
    return {
        "sources": lambda: CsvTable(
            ("source", "read_on", "read", "new", "changed", "unchanged", "rejected", "effort_up_to"),
            [
                (s.name, s.last.at.date().isoformat(), s.last.read, s.last.new, s.last.changed,
                 s.last.unchanged, s.last.rejected, s.last_day.isoformat() if s.last_day else "")
                for s in page.states
            ],
        )
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LandingPage:
    """What one import became."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    facts: tuple[Fact, ...]
    reasons: Table | None
    samples: Table | None
    notes: tuple[str, ...]


def build_landing(row: LandingRow) -> LandingPage:
    """The report of one import."""
    names = ("read", "new", "changed", "unchanged", "rejected", "withdrawn")
    reasons = tuple(
        Row((Cell(one_line(reason)), Cell(f"{count:,}"), Cell(one_line(place))))
        for reason, count, place in row.reasons
    )
    samples = tuple(
        Row((Cell(one_line(place)), Cell(one_line(reason)), Cell(shorten(one_line(value), 120))))
        for place, reason, value in row.samples
    )
    whole = "every row was taken" if not row.rejected else f"{row.rejected:,} were rejected"
    return LandingPage(
        f"{row.read:,} rows of {row.source} were read: {whole}", f"On {day_here(row.at)}, import {row.number}.",
        CRUMBS, tuple(Fact(n.capitalize(), f"{getattr(row, n):,}") for n in names),
        Table("Why rows were rejected", (Column("Reason"), Column("Rows", is_number=True), Column("First at")),
              reasons) if reasons else None,
        Table("Rejected rows", (Column("Where"), Column("Reason"), Column("Value")), samples) if samples else None,
        row.notes,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class UploadPage:
    """A file that was uploaded: how it would be read, or what became of it."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    tables: tuple[tuple[str, Table, str], ...]
    problem: str
    mapping: str
    kept: tuple[str, ...]
    action: str
    may_run: bool
    is_under_way: bool
    report: tuple[Fact, ...]
    landing: str


def build_upload(upload: Upload, ground: Ground) -> UploadPage:
    """The page of one upload."""
    job = job_of(upload)
    described, problem = [], ""
    if job is None:
        try:
            described = describe_upload(upload, ground)
        except SourceError as error:
            problem = f"{error.message} {error.hint}".replace(f"table.{upload.kind}", upload.name)
    state = job.state if job else ""
    is_under_way = state in ("waiting", "running")
    if job and state == "failed":
        problem = job.reason
    return UploadPage(
        _upload_line(upload, state, problem), f"{upload.name}, {upload.kind.upper()}, {upload.size:,} bytes.",
        CRUMBS, tuple(_described(d) for d in described), problem, described[0].mapping if described else "",
        tuple(kept_mappings(ground)), f"{HERE}import/{upload.token}", bool(described), is_under_way,
        _report(upload.report), f"{HERE}landings/{upload.landing}" if upload.landing else "",
    )  # fmt: skip


def _upload_line(upload: Upload, state: str, problem: str) -> str:
    if state == "failed":
        return "The file could not be read"
    if upload.report is not None:
        return f"{upload.report['read']:,} rows were read"
    if state:
        return "The file is being read"
    return "This file cannot be read yet" if problem else "Is this how the file is to be read?"


def _described(of: TableDescription) -> tuple[str, Table, str]:
    rows = tuple(
        Row(
            (
                Cell(role),
                Cell(one_line(column)),
                Cell(shorten(one_line(example), 60)),
                Cell(one_line(why)),
            )
        )
        for role, column, example, why in of.columns
    )
    kind = "a time entry" if of.is_time else "a work item"
    more = f" Other columns become fields: {', '.join(of.fields)}." if of.fields else ""
    columns = (Column("Means"), Column("Column"), Column("For instance"), Column("Because"))
    return (
        f"A row is {kind}.{more} {' '.join(of.notes)}".strip(),
        Table("Columns", columns, rows),
        of.table,
    )


def _report(report: Mapping[str, object] | None) -> tuple[Fact, ...]:
    if report is None:
        return ()
    names = ("read", "new", "changed", "unchanged", "rejected", "withdrawn")
    return tuple(Fact(n.capitalize(), f"{report[n]:,}") for n in names)
