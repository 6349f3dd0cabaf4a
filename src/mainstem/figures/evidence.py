"""What a report stands on: findings on the plan, what was read, and how everything is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import PurePath

from mainstem.figures.given import ImportRow, ReportData
from mainstem.figures.leftover import KIND_WORDS
from mainstem.figures.shown import FindingGroup, FindingRow, ImportLine
from mainstem.figures.tables import Value
from mainstem.figures.wording import clean, day, listed, one_line, plural, shorten
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import SECTIONS, Plan, RestKind, Unit
from mainstem.score.words import REST_WORDS, UNIT_WORDS, number

#: Rules and findings of a rule that are shown; all are in the CSV.
MOST_RULES, MOST_OF_A_RULE = 14, 3
MOST_REJECTS, MOST_IMPORTS = 5, 20

FINDING_COLUMNS: tuple[str, ...] = (
    "severity", "rule", "subject", "file", "line", "column", "what", "why", "hint", "accepted",
)  # fmt: skip
IMPORT_COLUMNS: tuple[str, ...] = (
    "source", "landed", "read", "new", "changed", "unchanged", "rejected", "reason", "rows", "place",
    "sample",
)  # fmt: skip

_ORDER = (Severity.BLOCKS, Severity.WARNS, Severity.INFO)

#: What one of each unit is.
UNIT_MEANING: dict[Unit, str] = {
    Unit.PERSON_DAY: (
        "Person-days. Each person's working day is one, times the fraction they work, split over what "
        "they touched that day; nobody counts for more by touching more."
    ),
    Unit.HOUR: "Hours, as they were logged.",
    Unit.ITEM: (
        "Items. Each item counts once, on the day it was done. Splitting an item in two doubles it: "
        "look at another unit too."
    ),
    Unit.POINT: "Points, as they were estimated, on the day the item was done.",
}


def finding_groups(data: ReportData) -> tuple[FindingGroup, ...]:
    """Open findings by rule, most severe and most frequent first, capped."""
    groups: dict[tuple[int, str], list[Finding]] = {}
    for found in data.findings:
        if found.accepted is None:
            groups.setdefault((_ORDER.index(found.severity), found.rule), []).append(found)
    order = sorted(groups.items(), key=lambda g: (g[0][0], -len(g[1]), g[0][1]))
    return tuple(_group(rule, held, data) for (_, rule), held in order[:MOST_RULES])


def _group(rule: str, held: list[Finding], data: ReportData) -> FindingGroup:
    rows = tuple(_finding(f, data) for f in held[:MOST_OF_A_RULE])
    hints = {row.hint for row in rows}
    hint = hints.pop() if len(hints) == 1 and len(rows) > 1 else ""
    if hint:
        rows = tuple(replace(row, hint="") for row in rows)
    why, more = one_line(held[0].why), len(held) - len(rows)
    return FindingGroup(one_line(rule), held[0].severity.value, why, rows, more, hint)


def _finding(found: Finding, data: ReportData) -> FindingRow:
    after, what = _without_subject(found)
    return FindingRow(
        subject_words(found.subject, data.plan),
        after,
        shorten(what, 320),
        shorten(one_line(found.hint), 320),
        _place(found, data.base),
    )


def _without_subject(found: Finding) -> tuple[str, str]:
    """What is so, without the subject where that is said first: it is shown by its name already."""
    what = one_line(found.what)
    section, _, key = found.subject.partition("/")
    said = f"{SECTIONS.get(section, section)} {key}"
    if not key or not what.lower().startswith(said.lower()):
        return ":", what
    left = what[len(said) :]
    if left.startswith(":"):
        return ":", left[1:].strip()
    return ("", left.strip()) if left.startswith(" ") else (":", what)


def subject_words(subject: str, plan: Plan) -> str:
    """``streams/start-fast`` as people say it: ``stream Start to first frame``."""
    section, _, key = subject.partition("/")
    if not subject:
        return "the plan"
    if section not in SECTIONS or not key:
        return one_line(subject)
    entity = getattr(plan, section).get(key)
    return shorten(one_line(f"{SECTIONS[section]} {entity.name or key if entity else key}"), 120)


def _place(found: Finding, base: PurePath | None) -> str:
    if found.place is None:
        return ""
    return one_line(f"{_file(found.place.file, base)}:{found.place.line}")


def _file(file: PurePath, base: PurePath | None) -> str:
    """A file's name without the folders of the machine that made the report."""
    if base is not None and file.is_relative_to(base):
        return file.relative_to(base).as_posix()
    return file.name if file.is_absolute() else file.as_posix()


def findings_words(data: ReportData) -> str:
    """The sentence under the heading."""
    held = [f for f in data.findings if f.accepted is None]
    accepted = len(data.findings) - len(held)
    counts = [sum(f.severity is s for f in held) for s in _ORDER]
    nouns = (("blocks", "block"), ("warns", "warn"), ("is a note", "are notes"))
    parts = [f"{number(n)} {one if n == 1 else many}"
             for n, (one, many) in zip(counts, nouns, strict=True) if n]  # fmt: skip
    none = "None: the plan stands up to every check." if data.plan.streams else "None yet."
    text = f"{listed(parts)}." if parts else none
    if accepted:
        verb = "is" if accepted == 1 else "are"
        text += f" {number(accepted)} more {verb} accepted in the plan, with a reason."
    return text


def findings_more(data: ReportData) -> str:
    """What is not shown."""
    rules = {f.rule for f in data.findings if f.accepted is None}
    gone = len(rules) - MOST_RULES
    if gone <= 0:
        return ""
    return f"{plural(gone, 'more rule')} with findings; the CSV and `mainstem check` list them all."


def finding_csv_rows(data: ReportData) -> list[tuple[Value, ...]]:
    """The rows of ``findings.csv``; see ``FINDING_COLUMNS``."""
    order = sorted(
        data.findings, key=lambda f: (f.accepted is not None, _ORDER.index(f.severity), f.rule)
    )
    return [
        (
            f.severity.value, f.rule, clean(f.subject), _file(f.place.file, data.base) if f.place else None,
            f.place.line if f.place else None, f.place.column if f.place else None,
            clean(f.what), clean(f.why), clean(f.hint), f.accepted and clean(f.accepted),
        )
        for f in order
    ]  # fmt: skip


def import_lines(data: ReportData) -> tuple[ImportLine, ...]:
    """The latest imports in words."""
    return tuple(_import(row) for row in data.imports[:MOST_IMPORTS])


def _import(row: ImportRow) -> ImportLine:
    rejects = sorted(row.rejects, key=lambda r: -r.count)
    shown = tuple(
        (
            one_line(r.reason),
            number(r.count),
            shorten(one_line(" · ".join(filter(None, (r.place, r.sample)))), 100),
        )
        for r in rejects[:MOST_REJECTS]
    )
    counts = (row.read, row.new, row.changed, row.unchanged, row.rejected)
    return ImportLine(
        one_line(row.source), day(row.landed.date()) if row.landed else "",
        tuple(number(n) for n in counts), shown, len(rejects) - len(shown),
        tuple(shorten(one_line(n), 300) for n in row.notes),
    )  # fmt: skip


def import_csv_rows(data: ReportData) -> list[tuple[Value, ...]]:
    """The rows of ``imports.csv``: a row per import, and one more for each reason of a rejection."""
    out: list[tuple[Value, ...]] = []
    for row in data.imports:
        landed = row.landed.isoformat() if row.landed else None
        counts = (row.read, row.new, row.changed, row.unchanged, row.rejected)
        out.append((one_line(row.source), landed, *counts, None, None, None, None))
        for r in row.rejects:
            found = (one_line(r.reason), r.count, one_line(r.place), one_line(r.sample))
            out.append((one_line(row.source), landed, *(None,) * 5, *found))
    return out


def facts(data: ReportData) -> tuple[tuple[str, str], ...]:
    """How the numbers are made, term by term."""
    settings = data.plan.organisation.settings
    many = UNIT_WORDS[data.unit][1]
    shared = (
        "equally"
        if settings.share_policy == "equal_split"
        else "to the stream that comes first in the plan"
    )
    out = [
        ("Value Score", f"{many.capitalize()} spent on value streams, divided by all {many} spent. Where nothing was spent there is no score."),
        ("Range", "From all of the unknown being off-stream to all of it being on-stream. Unknown work is never dropped or guessed."),
        ("Coverage", "The part of all effort that is not unknown. Under 70 % only the range is shown."),
        ("Unit", UNIT_MEANING[data.unit]),
        ("Attribution", "First what a person wrote on an item, then what its parent or epic has, then claims by their rank, then the rules for kinds of the rest. Claims of equal rank share the work " + shared + "."),
        ("Groups", "A group's score is that of all work in it, never a mean of scores."),
        ("Planned share", "Shares that teams promised to streams in the plan, weighted by the size of the teams."),
        ("Usual range", "Natural process limits: mean ± 2.66 times the mean change from one point to the next. From 6 points on they are on trial, from 13 on they hold."),
    ]  # fmt: skip
    if data.smallest > 1:
        out.append(
            (
                "Small groups",
                f"Groups of fewer than {data.smallest} people are merged into the team they are in.",
            )
        )
    return (*out, *_versions(data))


def _versions(data: ReportData) -> list[tuple[str, str]]:
    return [
        ("Plan revision", one_line(data.plan_revision) or "not recorded"),
        ("Ledger version", number(data.ledger_version).replace(",", "")),
        ("As of", moment(data.as_of or data.generated_at)),
    ]


def kind_facts() -> tuple[tuple[str, str], ...]:
    """What each kind of the rest means."""
    return tuple((REST_WORDS[k].capitalize(), KIND_WORDS[k]) for k in RestKind)


def moment(of: datetime) -> str:
    """``5 October 2026, 14:30 UTC``."""
    zone = of.tzname() or ""
    return f"{day(of.date())}, {of:%H:%M}" + (f" {zone}" if zone else "")


def made_words(data: ReportData) -> str:
    """The last line of a report."""
    from mainstem import __version__

    return f"Made by Mainstem {__version__} on {moment(data.generated_at)}."
