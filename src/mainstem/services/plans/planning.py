"""The plan in a folder: find it, open it, check it, bring it into its usual form."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import PlanError
from mainstem.plan.findings import Finding, Severity

if TYPE_CHECKING:
    from mainstem.plan.model import Plan
    from mainstem.plan.text.load import Loaded

#: Where the plan is looked for, in this order, if nobody says.
USUAL_PLACES = ("plan", "mainstem.yaml")
_CLAIM_RULES = tuple(f"W{number:02d}" for number in range(1, 21))


def find_plan(start: Path, given: Path | None = None) -> Path:
    """The folder or file of the plan: as given, else ``plan`` or ``mainstem.yaml`` in ``start``.

    Raises:
        PlanError: what was given is not there, or nothing was given and nothing was found.
    """
    if given is not None:
        if not given.exists():
            raise PlanError(
                f"There is no plan at {given}.",
                "Name a folder of YAML files or one file; `mainstem init` writes a starter plan.",
                code="plan.absent",
            )
        return given
    found = next((start / name for name in USUAL_PLACES if (start / name).exists()), None)
    if found is None:
        raise PlanError(
            f"There is no plan in {start}: neither a folder `plan` nor a file `mainstem.yaml`.",
            "Write a starter with `mainstem init`, or name a plan with --plan or MAINSTEM_PLAN.",
            code="plan.absent",
        )
    return found


def sound(loaded: Loaded, what: str = "The plan", hint: str = "ask again") -> Plan:
    """The plan, if its text has no faults.

    Args:
        what: What is said to have faults.
        hint: What to do once they are mended.

    Raises:
        PlanError: naming the first fault.
    """
    broken = [f for f in loaded.findings if f.severity == "blocks" and f.rule[:1] == "T"]
    if broken:
        first = broken[0]
        raise PlanError(
            f"{what} has {len(broken)} fault{'s' * (len(broken) > 1)} in its text; the first:"
            f" {first.place or first.subject}: {first.what}",
            f"Run `mainstem check`, mend what it lists, and {hint}.",
            code="plan.broken",
        )
    return loaded.plan


def open_plan(path: Path, *, revision: str | None = None) -> Loaded:
    """Reads the plan at ``path`` as it lies there, or as it stood at a git revision.

    Raises:
        PlanError: there is nothing to read. Faults in the text are findings, not errors.
    """
    from mainstem.plan.text.files import read_folder, read_revision, top_of_repository
    from mainstem.plan.text.load import load_plan

    if revision is None:
        return load_plan(read_folder(path))
    absolute = path.resolve()
    top = top_of_repository(absolute).resolve()
    below = absolute.relative_to(top).as_posix()
    return load_plan(read_revision(top, revision, "" if below == "." else below))


def check_plan(loaded: Loaded, *, today: date, claims: bool = True) -> tuple[Finding, ...]:
    """Everything that can be said against a plan, placed, in the order of its text.

    Text, structure, wording, statements, claims and examples. Findings that were accepted carry the
    reason. About entries whose text is broken only their text is judged, and examples only if all
    text is sound: the rest would be blamed on what could not be read.

    Args:
        loaded: The plan.
        today: The day that "late" and "ran out" are measured against.
        claims: Whether claims and examples are checked too.
    """
    from mainstem.plan.text.load import without_garbage_collection

    with without_garbage_collection():
        return _checked(loaded, today, claims=claims)


def _checked(loaded: Loaded, today: date, *, claims: bool) -> tuple[Finding, ...]:
    from mainstem.plan.acceptance import apply_acceptances
    from mainstem.plan.text.load import by_place

    found = list(loaded.findings)
    is_sound = all(f.severity is not Severity.BLOCKS for f in found)
    asked: set[str] = set()
    if loaded.is_complete:
        found += _judged(loaded, today, asked)
        if claims:
            found += _claims(loaded, found, asked, with_examples=is_sound)
    settled = apply_acceptances(
        loaded.plan,
        found,
        today=today,
        known_rules=_known_rules(loaded.plan),
        checked_rules=asked if is_sound else (),
        unsure=loaded.broken,
    )
    placed = (f if f.place else f.at(loaded.places.of(f.subject, f.path)) for f in settled)
    return tuple(sorted(placed, key=by_place))


def check_standing(plan: Plan, *, today: date) -> tuple[Finding, ...]:
    """The same for a plan without text: what can be said against it, in the order of its sections."""
    from mainstem.plan.model import SECTIONS
    from mainstem.plan.text.connections import check_connections
    from mainstem.plan.text.load import Loaded
    from mainstem.plan.text.places import Places

    known = {section: frozenset(getattr(plan, section)) for section in SECTIONS}
    text = check_connections(plan, known, broken=set(), is_complete=True)
    found = check_plan(Loaded(plan, Places(), tuple(text), ""), today=today)
    order = {section: n for n, section in enumerate(("", "organisation", *SECTIONS))}
    return tuple(sorted(found, key=lambda f: order.get(f.subject.partition("/")[0], len(order))))


def _judged(loaded: Loaded, today: date, asked: set[str]) -> Iterator[Finding]:
    """What the catalogue says, except about entries whose text is broken.

    Of statements that people answer too nobody can tell here whether their acceptance is needed.
    """
    from mainstem.challenge.catalogue import RULES, check
    from mainstem.challenge.statements import STATEMENTS

    asked.update(
        rule for rule, info in RULES.items()
        if not info.needs_history
        and (rule not in STATEMENTS or STATEMENTS[rule].answer_kind == ("rule",))
        and (rule not in STATEMENTS or STATEMENTS[rule].from_plan)
    )  # fmt: skip
    return (f for f in check(loaded.plan, today=today) if f.subject not in loaded.broken)


def _claims(
    loaded: Loaded, found: Iterable[Finding], asked: set[str], *, with_examples: bool
) -> Iterator[Finding]:
    """What is wrong with claims and links, once for each place, and examples that do not hold."""
    from mainstem.work.claim_checks import check_claims
    from mainstem.work.expectations import check_expectations

    asked.update(_CLAIM_RULES)
    said = {(f.subject, f.path) for f in found if f.rule == "T015"}
    for finding in check_claims(loaded.plan):
        if finding.subject not in loaded.broken and (finding.subject, finding.path) not in said:
            yield finding
    if with_examples:
        yield from check_expectations(loaded.plan)


def _known_rules(plan: Plan) -> frozenset[str]:
    from mainstem.challenge.catalogue import RULES

    return frozenset((*RULES, *_CLAIM_RULES, *plan.organisation.statements))


def format_plan(path: Path, *, write: bool = True) -> list[Path]:
    """Brings every file of the plan into its usual form; the files that change.

    All files are formatted before the first is written, and each is replaced at once: a failure leaves
    every file as it was before or as it should be.

    Raises:
        PlanError: a file cannot be read or formatted; nothing was written.
    """
    from mainstem.plan.text.files import plan_paths
    from mainstem.plan.text.format import format_text

    changed: list[tuple[Path, bytes]] = []
    for file in plan_paths(path):
        before = file.read_bytes()
        after = format_text(_decoded(before, file), file).encode()
        if after != before:
            changed.append((file, after))
    if write:
        for file, content in changed:
            _replace(file, content)
    return [file for file, _ in changed]


def _decoded(content: bytes, file: Path) -> str:
    from mainstem.plan.text.nodes import read_document

    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        fault = read_document(content, file).findings[0]
        raise PlanError(
            f"{fault.place} cannot be formatted: {fault.what}", fault.hint, code="plan.format"
        ) from error


def _replace(file: Path, content: bytes) -> None:
    """Writes a file beside the old one and puts it in its place, keeping its rights."""
    target = file.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(target.stat().st_mode & 0o7777)
        Path(name).replace(target)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise PlanError(
            f"{file} cannot be written: {error.strerror or error}.",
            "Check its rights and the disk.",
        ) from error
