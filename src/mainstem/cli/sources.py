"""Commands about connected sources: sync, and sources list, test, proof, kinds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mainstem.cli.output import counts
from mainstem.cli.places import LedgerOption, PeopleOption, PlanOption, workspace

if TYPE_CHECKING:
    import threading

    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.sources.proving import Proof
    from mainstem.services.sources.pulling import PullReport
    from mainstem.services.sources.settings import Configured
    from mainstem.services.sources.syncing import Synced

SourcesOption = Annotated[
    Path | None,
    typer.Option("--sources", help="File of connected sources. Default: sources.yaml."),
]
FormatOption = Annotated[str, typer.Option("--format", help="text or json.")]
_sources = typer.Typer(
    no_args_is_help=True, help="Connected sources: trackers, databases, metrics."
)
#: Seconds between two looks at what is due.
_LOOK = 1.0


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(sync)
    app.add_typer(_sources, name="sources")


def _configured(place: Workspace, given: Path | None, names: list[str]) -> list[Configured]:
    from mainstem.config import settings
    from mainstem.errors import UsageError
    from mainstem.services.sources.settings import FILE, find_sources, load_sources

    path = find_sources(given or settings().path("MAINSTEM_SOURCES"), place.plan)
    if path is None:
        raise UsageError(
            f"There is no {FILE} here.",
            "docs/connecting.md shows one; `mainstem sources kinds` lists kinds.",
        )
    plan, _ = place.usable_plan()
    found = {c.name: c for c in load_sources(path, plan.organisation.timezone)}
    for unknown in [n for n in names if n not in found]:
        raise UsageError(
            f"{path} has no source {unknown!r}.",
            f"It has {', '.join(found)}.",
            code="source.unknown",
        )
    return [found[n] for n in names] if names else list(found.values())


def sync(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources; all if none is named.")
    ] = None,
    sources: SourcesOption = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: ask each source as often as it says (`every`).")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Read everything again from the beginning.")
    ] = False,
    proof: Annotated[
        bool | None,
        typer.Option(
            "--proof/--no-proof", help="Count on both sides afterwards. Default: once a day."
        ),
    ] = None,
    format_: FormatOption = "text",
) -> None:
    """Read what is new from connected sources. Stopped or killed, the next one goes on where it was."""
    place = workspace(plan, ledger, people)
    configured = _configured(place, sources, names or [])
    if watch:
        _watch(place, configured)
        return
    with _stoppable() as stop:
        done = _sync_all(place, configured, anew=anew, proves=proof, stop=stop)
    if format_ == "json":
        from mainstem.cli.output import say

        say(json.dumps([_as_json(d) for d in done], indent=2, ensure_ascii=False))
    else:
        for one in done:
            _print(one)
    if stop.is_set():
        raise KeyboardInterrupt
    if any(d.failure for d in done):
        raise typer.Exit(1)


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM set it, so that what was gathered lands; the second time they end at once."""
    import signal
    import threading

    stop, before = threading.Event(), {}

    def asked(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, asked)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _sync_all(
    place: Workspace, configured: list[Configured], *, anew: bool = False,
    proves: bool | None = None, stop: threading.Event | None = None,
) -> list[Synced]:  # fmt: skip
    from mainstem.cli.output import progress
    from mainstem.clock import now
    from mainstem.services.sources.syncing import sync as sync_one
    from mainstem.services.work.attributing import refresh

    done = []
    for of in configured:
        if stop is not None and stop.is_set():
            break
        with progress(f"reading {of.name}") as report:
            done.append(
                sync_one(of, place, now=now, progress=report, stop=stop, anew=anew, proves=proves)
            )
    if any(d.has_landed for d in done):
        with progress("bringing scores up to date"):
            refresh(place, at=now())
    return done


def _watch(place: Workspace, configured: list[Configured]) -> None:
    """Asks each source when it is due, until somebody stops it."""
    from mainstem.cli.output import note
    from mainstem.clock import now

    due = {of.name: now() for of in configured}
    note(f"Watching {', '.join(due)}. Ctrl-C ends it at the next request.")
    with _stoppable() as stop:
        while not stop.is_set():
            for of in configured:
                if due[of.name] <= now() and not stop.is_set():
                    for one in _sync_all(place, [of], stop=stop):
                        _print(one)
                    due[of.name] = now() + of.every
            stop.wait(_LOOK)
    note("Stopped. What had landed is whole; the next sync goes on from there.")


def _print(done: Synced) -> None:
    from mainstem.cli.output import say

    if done.was_stopped:
        say(f"{done.name}  stopped; the next sync goes on where it was.")
    elif done.failure is not None:
        again = "" if getattr(done.failure, "permanent", True) else " It is worth trying again."
        say(
            f"{done.name}  failed: {done.failure.message}{again}",
            f"  what to do: {done.failure.hint}",
        )
    if done.report is not None:
        _print_report(done.report)
    if done.seen is not None:
        say(f"{done.name}", *(f"  {line}" for line in done.seen.lines()))
    if done.proof is not None:
        _print_proof(done.proof)
    if done.proof_failure is not None:
        say(
            f"  not proved: {done.proof_failure.message}",
            f"  what to do: {done.proof_failure.hint}",
        )


def _print_report(r: PullReport) -> None:
    from mainstem.cli.output import say
    from mainstem.services.sources.pulling import cost_words

    gone = f", {r.gone:,} gone" if r.gone else ""
    gone += f", effort of {r.withdrawn:,} rows withdrawn" if r.withdrawn else ""
    say(
        f"{r.source}  ({r.seconds:,.1f} s, {cost_words(r.as_json())})",
        f"  read {r.read:,} = new {r.new:,} + changed {r.changed:,} + unchanged {r.unchanged:,}"
        f" + rejected {r.rejected:,}{gone}",
        f"  items: {counts(r.items)}; effort: {counts(r.records)}",
    )
    for reason, (count, where, sample) in list(r.reasons.items())[:10]:
        shown = f", e.g. {sample!r}" if sample else ""
        say(f"  rejected {count:,}: {reason} (first at {where}{shown})")
    for words in r.notes:
        say(f"  note: {words}")


def _print_proof(proof: Proof, most: int = 12) -> None:
    from mainstem.cli.output import say, table

    say(f"  {proof.sentence()}", *([f"  {proof.words}"] if proof.words else []))
    rows = proof.differing
    if rows:
        table(
            ("month", "type", "there", "here", "difference"),
            [(r.month, r.type or "all", f"{r.theirs:,}", f"{r.ours:,}", f"{r.difference:+,}") for r in rows[:most]],
            right=(2, 3, 4),
        )  # fmt: skip
    if len(rows) > most:
        say(f"  and {len(rows) - most} more; --format json has all")


def _as_json(done: Synced) -> dict[str, object]:
    out: dict[str, object] = {"source": done.name, "ok": done.failure is None}
    if done.failure is not None:
        out["error"] = {
            "message": done.failure.message,
            "hint": done.failure.hint,
            "code": done.failure.code,
        }
    for name, found in (("report", done.report), ("observed", done.seen), ("proof", done.proof)):
        if found is not None:
            out[name] = found.as_json()
    return out


@_sources.command("list")
def list_(
    sources: SourcesOption = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    format_: FormatOption = "text",
) -> None:
    """List the connected sources: when each was last read, and how it went."""
    from mainstem.cli.output import say, table
    from mainstem.services.sources.syncing import book_of

    place = workspace(plan, ledger)
    book = book_of(place)
    found = [(of, book.read(of.name)) for of in _configured(place, sources, [])]
    if format_ == "json":
        rows = [
            {"name": of.name, "kind": of.connection.kind, "brings": of.brings, **state.as_json()}
            for of, state in found
        ]
        say(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table(
        ("source", "kind", "brings", "last read well", "how it stands"),
        [
            (of.name, of.connection.kind, of.brings, state.well[:16].replace("T", " ") or "never",
             _stands(state.failed, bool(state.began), bool(state.ended)))
            for of, state in found
        ],
    )  # fmt: skip


def _stands(failed: str, began: bool, ended: bool) -> str:
    if failed:
        return f"failed: {failed}"
    if began and not ended:
        return "is being read, or was cut off; the next sync goes on"
    return "well" if began else "not read yet"


@_sources.command("test")
def test(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources; all if none is named.")
    ] = None,
    sources: SourcesOption = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    format_: FormatOption = "text",
) -> None:
    """Say in seconds whether credentials, rights and fields suffice, naming each that is missing."""
    from mainstem.cli.output import say
    from mainstem.clock import now
    from mainstem.services.sources.pulling import test as ask
    from mainstem.services.sources.syncing import watch_of

    place = workspace(plan, ledger)
    fine, out = True, []
    for of in _configured(place, sources, names or []):
        if format_ != "json":
            say(of.name)
        held = place.open_ledger(make=True) if of.brings == "metrics" else None
        made = place.usable_plan()[0] if held else None
        for found in ask(of.connection, watch_of(of, place, now()), ledger=held, plan=made):
            fine = fine and (found.ok or found.optional)
            out.append({"source": of.name, "what": found.what, "ok": found.ok, "optional": found.optional,
                        "said": found.said, "hint": found.hint})  # fmt: skip
            if format_ != "json":
                mark = "ok     " if found.ok else "missing" if not found.optional else "without"
                say(
                    f"  {mark}  {found.what}: {found.said}",
                    *(
                        [f"           what to do: {found.hint}"]
                        if found.hint and not found.ok
                        else []
                    ),
                )
    if format_ == "json":
        say(json.dumps(out, indent=2, ensure_ascii=False))
    if not fine:
        raise typer.Exit(1)


@_sources.command("proof")
def proof(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources; all if none is named.")
    ] = None,
    sources: SourcesOption = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    format_: FormatOption = "text",
) -> None:
    """Count on both sides, by type and month, and list what differs. Exit code 1 if anything does."""
    from mainstem.cli.output import say
    from mainstem.clock import now
    from mainstem.services.sources.syncing import book_of, prove_one

    place = workspace(plan, ledger)
    found = [
        prove_one(of, place, book_of(place), at=now())
        for of in _configured(place, sources, names or [])
        if of.brings == "work"
    ]
    if format_ == "json":
        say(json.dumps([p.as_json() for p in found], indent=2, ensure_ascii=False))
    else:
        for one in found:
            say(one.source)
            _print_proof(one)
    if any(p.differing and not p.is_estimate for p in found):
        raise typer.Exit(1)


@_sources.command("kinds")
def kinds(
    kind: Annotated[str | None, typer.Argument(help="One kind, with all its options.")] = None,
) -> None:
    """List the kinds of sources, or everything that one of them can be told."""
    from mainstem.cli.output import say, table
    from mainstem.services.sources.connecting import kind_of
    from mainstem.services.sources.connecting import kinds as all_kinds

    if kind is None:
        table(("kind", "brings", "what it is"), [(k.name, k.brings, k.words) for k in all_kinds()])
        return
    found = kind_of(kind)
    say(f"{found.name}: {found.words}", "")
    table(
        ("option", "is", "means"),
        [
            (o.name + (" (needed)" if o.required else ""), ", ".join(o.choices) or o.kind,
             o.help + (f" Default: {o.default}." if o.default else ""))
            for o in found.options
        ],
    )  # fmt: skip
