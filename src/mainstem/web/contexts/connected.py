"""Pages of connected sources: how each stands, what it is told, what its last sync and proof found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from mainstem.figures.shown import Tag
from mainstem.figures.wording import one_line, plural, shorten
from mainstem.services.sources.connecting import Kind
from mainstem.services.sources.pulling import cost_words
from mainstem.services.sources.showing import SourceSettings, SourceShown
from mainstem.services.sources.states import LandingRow
from mainstem.web.contexts.jobs import when
from mainstem.web.contexts.pieces import Cell, Column, Fact, Link, Row, Table
from mainstem.web.contexts.source_report import (
    history,
    proof_rows,
    proof_table,
    proof_words,
    reasons,
    report_facts,
    report_words,
)
from mainstem.web.contexts.source_words import (
    HOOK_STEPS,
    KIND_NAMES,
    TAGS,
    first_line,
    pace,
    second_line,
)
from mainstem.web.exports import CsvTable, Tables

HERE = "/sources/"
CRUMBS = (Link("Sources", HERE),)
#: Rows of a proof that a page shows; its CSV has all.
MOST_PROOF = 40


@dataclass(frozen=True, slots=True)
class KindsPage:
    """What can be connected: (name, words, address), work first."""

    crumbs: tuple[Link, ...]
    groups: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]


def kinds_page(found: Sequence[Kind]) -> KindsPage:
    """Kinds to choose from."""
    groups = []
    for brings, title in (("work", "Work and effort"), ("metrics", "Values of metrics")):
        cards = tuple(
            (KIND_NAMES.get(k.name, k.name), _sentence(k.words), f"{HERE}connect/{k.name}")
            for k in found
            if k.brings == brings
        )
        groups.append((title, cards))
    return KindsPage(CRUMBS, tuple(g for g in groups if g[1]))


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form of a source."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    action: str
    back: str


def form_page(of: Kind, action: str, name: str = "") -> FormPage:
    """For a new source, or for the one of that name."""
    called = KIND_NAMES.get(of.name, of.name)
    if name:
        here = _address(name)
        crumbs = (*CRUMBS, Link(name, here))
        lead = "With other options than before, everything is read again; what is known already stays as it is."
        return FormPage(f"What {name} is told", lead, crumbs, action, here)
    crumbs = (*CRUMBS, Link("Connect a source", f"{HERE}connect/"))
    lead = f"{_sentence(of.words)} Test it before you save; both can be done again at any time."
    return FormPage(f"Connect {_within(called)}", lead, crumbs, action, f"{HERE}connect/")


@dataclass(frozen=True, slots=True)
class CheckShown:
    """One thing that a test looked at."""

    what: str
    tag: Tag
    said: str
    hint: str


def checks_of(found: Iterable[tuple[str, bool, bool, str, str]]) -> tuple[CheckShown, ...]:
    """(what, ok, optional, said, hint) in words."""
    return tuple(
        CheckShown(one_line(what), _verdict(ok, optional), one_line(said), one_line(hint))
        for what, ok, optional, said, hint in found
    )


def _verdict(ok: bool, optional: bool) -> Tag:
    if ok:
        return Tag("well", "good")
    return Tag("could be better", "rest") if optional else Tag("not well", "bad")


def sources_table(found: Sequence[SourceShown], now: datetime) -> Table | None:
    """The list of connected sources; nothing where there are none."""
    columns = (
        Column("Source"), Column("State"), Column("Last success"), Column("Next"), Column("Last sync"),
        Column("Proof"),
    )  # fmt: skip
    rows = tuple(_row(one, now) for one in found)
    return Table("Connected sources", columns, rows) if rows else None


def _row(of: SourceShown, now: datetime) -> Row:
    words, tone = TAGS[of.state]
    report, doing = of.report, _doing(of.progress) if of.state == "syncing" else ""
    read = (
        f"read {report.get('read', 0):,}, rejected {report.get('rejected', 0):,}" if report else ""
    )
    return Row((
        Cell(of.name, _address(of.name), f"{KIND_NAMES.get(of.kind, of.kind)}, {pace(of.every_minutes)}"),
        Cell("", "", doing or shorten(one_line(of.failed), 140), tags=(Tag(words, tone),)),
        Cell(when(of.well, now) if of.well else "never"),
        Cell(_next(of, now)),
        Cell(read, "", cost_words(report) if report else ""),
        Cell(one_line(str(of.proof.get("sentence", "")))),
    ))  # fmt: skip


def _next(of: SourceShown, now: datetime) -> str:
    if of.next_at is None:
        return {"syncing": "now"}.get(of.state, "")
    return when(of.next_at, now) if of.next_at > now else "in a moment"


def _doing(progress: Mapping[str, Any]) -> str:
    done, total = progress.get("done") or 0, progress.get("total")
    if not progress:
        return "It begins."
    of = f" of {total:,}" if total else ""
    words = one_line(str(progress.get("words", "")))
    return f"{done:,}{of} {words}".strip() if done else words.capitalize()


def alarms(found: Sequence[SourceShown]) -> str:
    """What is to be said first of all connected sources together; nothing where all is well."""
    wrong = [s for s in found if s.state in ("failed", "given up", "late")]
    if len(wrong) == 1:
        return f"{wrong[0].name} {'is late' if wrong[0].state == 'late' else 'could not be read'}"
    return f"{len(wrong)} connected sources could not be read" if wrong else ""


@dataclass(frozen=True, slots=True)
class ConnectedPage:
    """Everything that the page of one source prints. ``actions`` says which buttons there are."""

    name: str
    head: str
    lead: str
    crumbs: tuple[Link, ...]
    problem: str
    problem_title: str
    is_running: bool
    done: int
    total: int | None
    doing: str
    actions: frozenset[str]
    report: tuple[Fact, ...]
    report_words: str
    reasons: Table | None
    notes: tuple[str, ...]
    proof_words: str
    proof: Table | None
    proof_more: str
    proof_rows: tuple[Mapping[str, Any], ...]
    tested: tuple[CheckShown, ...]
    tested_words: str
    settings: tuple[Fact, ...]
    hook: str
    hook_steps: str
    hook_words: str
    history: Table | None


def connected_page(
    of: SourceShown, told: SourceSettings | None, landings: Sequence[LandingRow], hooks: str, *,
    now: datetime, zone: ZoneInfo,
) -> ConnectedPage:  # fmt: skip
    """The page of one source.

    Args:
        told: For administrators only.
        hooks: Address below which messages come in.
    """
    report, here = of.report, _address(of.name)
    rows = proof_rows(of.proof)
    is_hooked = bool(told and told.hook_token)
    return ConnectedPage(
        of.name, first_line(of, now), second_line(of, now), CRUMBS, one_line(of.failed),
        "It waits for somebody" if of.state == "given up" else "The last sync failed",
        of.state == "syncing", int(of.progress.get("done") or 0), of.progress.get("total"),
        _doing(of.progress), _actions(of, told), report_facts(report), report_words(report),
        reasons(report), tuple(one_line(str(n)) for n in report.get("notes", ())),
        proof_words(of, now), proof_table(rows[:MOST_PROOF], here) if rows else None,
        f"and {len(rows) - MOST_PROOF:,} more in the CSV" if len(rows) > MOST_PROOF else "",
        tuple(rows), _tested(told), _tested_words(told, now), _settings(of, told),
        f"{hooks}{told.hook_token}" if told and is_hooked else "",
        HOOK_STEPS.get(of.kind, HOOK_STEPS[""]) if is_hooked else "",
        _waiting(told) if told and is_hooked else "", history(landings, zone),
    )  # fmt: skip


def _actions(of: SourceShown, told: SourceSettings | None) -> frozenset[str]:
    if told is None:
        return frozenset()
    names = {"change", "remove", "test"}
    if of.state == "syncing":
        return frozenset(names | {"stop", "off"})
    if of.state == "off":
        return frozenset(names | {"on"})
    return frozenset(
        names | {"sync", "anew", "off"} | ({"prove"} if of.brings == "work" else set())
    )


def tables_of(page: ConnectedPage) -> Tables:
    """The page's tables as CSV."""
    names = ("month", "type", "theirs", "ours")
    return {
        "proof": lambda: CsvTable(
            (*names, "difference"),
            [(*(r[n] for n in names), r["ours"] - r["theirs"]) for r in page.proof_rows],
        )
    }


def _tested(told: SourceSettings | None) -> tuple[CheckShown, ...]:
    checks = told.tested.get("checks", ()) if told else ()
    return checks_of((c["what"], c["ok"], c["optional"], c["said"], c["hint"]) for c in checks)


def _tested_words(told: SourceSettings | None, now: datetime) -> str:
    if told is None or not told.tested:
        return ""
    return f"Tested {when(datetime.fromisoformat(told.tested['at']), now)}."


def _settings(of: SourceShown, told: SourceSettings | None) -> tuple[Fact, ...]:
    if told is None:
        return ()
    options = (
        Fact(name, shorten(one_line(text.replace("\n", ", ")), 200))
        for name, text in told.options.items()
        if text
    )
    kept = (Fact(name, "kept, and shown to nobody") for name in told.secrets)
    return (Fact("kind", of.kind), *options, *kept, Fact("every", pace(of.every_minutes)))


def _waiting(told: SourceSettings) -> str:
    if not told.waiting:
        return ""
    return f"{plural(told.waiting, 'message waits', 'messages wait')} to be followed up."


@dataclass(frozen=True, slots=True)
class RemovePage:
    """Asks before a source is removed."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    action: str
    back: str


def remove_page(of: SourceShown) -> RemovePage:
    """What would happen."""
    here = _address(of.name)
    lead = (
        "Its settings and credentials are removed, and it is asked no more. What it brought stays in the"
        " numbers, and a source that is connected under the same name later goes on from there."
    )
    return RemovePage(
        f"Remove {of.name}?", lead, (*CRUMBS, Link(of.name, here)), f"{here}remove", here
    )


def _address(name: str) -> str:
    return f"{HERE}connected/{quote(name, safe='')}/"


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _within(called: str) -> str:
    """A name of a kind within a sentence: a proper name as it is."""
    head, _, rest = called.partition(" ")
    return f"{head.lower()} {rest}" if head in ("A", "An", "The", "Values") else called
