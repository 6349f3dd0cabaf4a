"""Commands about work before it begins: qualify, decide, appeal, decisions."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mainstem.cli.deciding_output import plain, print_answer, print_chain, print_list
from mainstem.cli.places import LedgerOption, PlanOption

if TYPE_CHECKING:
    from mainstem.challenge.verdicts import Answer
    from mainstem.services.decisions.desk import Desk
    from mainstem.services.people.access import Actor

#: Exit codes of ``qualify``.
QUALIFIES, DISQUALIFIED, OPEN = 0, 1, 3
Words = Annotated[list[str] | None, typer.Option(help="May be given more than once.")]
ByOption = Annotated[str, typer.Option("--by", help="Who says so; your name in git if absent.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ServerOption = Annotated[
    str,
    typer.Option("--server", help="Data folder of a server, instead of the files beside the plan."),
]
AsOption = Annotated[
    str, typer.Option("--as", help="E-mail address of the account that acts on the server.")
]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, in a sentence.")]
NumberArgument = Annotated[int, typer.Argument(help="Number of the decision.", min=1)]


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    for command in (qualify, decide, appeal, decisions):
        app.command()(command)


def qualify(
    title: Annotated[str, typer.Argument(help="What is to be done, in a line.")],
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    text: Annotated[str, typer.Option(help="More words.")] = "",
    label: Words = None,
    component: Words = None,
    project: Annotated[str, typer.Option(help="Project in the tracker.")] = "",
    type_: Annotated[str, typer.Option("--type", help="Type of the item.")] = "",
    path: Annotated[list[str] | None, typer.Option(help="A changed path.")] = None,
    team: Annotated[str, typer.Option(help="The team that would do it.")] = "",
    estimate: Annotated[float | None, typer.Option(help="Person-days.", min=0)] = None,
    link: Annotated[str, typer.Option(help="Its address in the tracker.")] = "",
    key: Annotated[str, typer.Option(help="Its key in the tracker.")] = "",
    source: Annotated[str, typer.Option(help="Name of the source that the key is of.")] = "",
    stream: Annotated[str, typer.Option(help="The stream you have in mind.")] = "",
    answer: Annotated[
        list[str] | None,
        typer.Option(
            help="STATEMENT=true, false or cannot-say; D-W01=false: the metric would read differently."
        ),
    ] = None,
    how: Annotated[str, typer.Option(help="What your answer rests on; kept with --record.")] = "",
    record: Annotated[bool, typer.Option("--record", help="Ask for a decision too.")] = False,
    by: ByOption = "",
    server: ServerOption = "",
    as_: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Does this piece of work qualify, and for what? Writes nothing unless --record asks for a decision.

    Exit code 0: it qualifies, or counts for a kind of the rest; 1: it is disqualified; 2: wrong use;
    3: a question is open.
    """
    from mainstem.challenge.decisions import Work
    from mainstem.services.decisions.deciding import ask
    from mainstem.services.decisions.qualifying import qualify as answered

    desk, actor, at = _desk(plan, ledger, by, server, as_)
    given = {"label": label, "component": component, "path": path, "project": [project], "type": [type_],
             "stream": [stream]}  # fmt: skip
    work = Work(
        title, text, team, estimate, link, key, source,
        {name: tuple(filter(None, values)) for name, values in given.items() if values and any(values)},
    )  # fmt: skip
    said = _answers(answer or [])
    found = answered(work, desk, actor, at=at, answers=said)
    number = found.chain
    if record:
        told = {name: (one, how) for name, one in said.items()}
        number = ask(work, desk, actor, at=at, answers=told).number
    print_answer(found, number, as_json=as_json)
    raise typer.Exit(
        {"disqualified": DISQUALIFIED, "question": OPEN}.get(found.outcome.value, QUALIFIES)
    )


def decide(
    number: NumberArgument,
    verdict: Annotated[
        str, typer.Argument(help="accept, refuse, overrule, defer; or answer, to an appeal.")
    ],
    why: WhyOption,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    stream: Annotated[str, typer.Option(help="In the name of which stream.")] = "",
    kind: Annotated[
        str, typer.Option(help="The kind of the rest that accepted work counts for.")
    ] = "",
    until: Annotated[str, typer.Option(help="The day a deferred decision is taken up again.")] = "",
    by: ByOption = "",
    server: ServerOption = "",
    as_: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Decide on a piece of work that was asked about; or answer the appeal that waits."""
    from mainstem.services.decisions import deciding

    desk, actor, at = _desk(plan, ledger, by, server, as_)
    if verdict == "answer":
        chain = deciding.answer_appeal(number, why, desk, actor, at=at)
    else:
        chain = deciding.decide(
            number, verdict, why, desk, actor, at=at, stream=stream, kind=kind, until=_day(until)
        )
    print_chain(chain, desk, as_json=as_json)


def appeal(
    number: NumberArgument,
    why: WhyOption,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    by: ByOption = "",
    server: ServerOption = "",
    as_: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Appeal against the verdict on a piece of work."""
    from mainstem.services.decisions import deciding

    desk, actor, at = _desk(plan, ledger, by, server, as_)
    print_chain(deciding.appeal(number, why, desk, actor, at=at), desk, as_json=as_json)


def decisions(
    what: Annotated[
        str, typer.Argument(help="list, show, done, or same or other with --item.")
    ] = "list",
    number: Annotated[
        int | None, typer.Argument(help="Which one, for show, same and other.")
    ] = None,
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    standing: Annotated[
        str, typer.Option(help="open, accepted, refused, overruled or deferred.")
    ] = "",
    stream: Annotated[str, typer.Option(help="Only in the name of this stream.")] = "",
    team: Annotated[str, typer.Option(help="Only of this team.")] = "",
    words: Annotated[str, typer.Option(help="Words of the title, all of them.")] = "",
    appealed: Annotated[
        bool, typer.Option("--appealed", help="Only with an appeal to answer.")
    ] = False,
    most: Annotated[int, typer.Option(help="No more than this many.", min=1)] = 50,
    item: Annotated[str, typer.Option(help="The item of the ledger, as source/KEY.")] = "",
    by: ByOption = "",
    server: ServerOption = "",
    as_: AsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Decisions on work: the list, one whole, and what was refused and then done anyway.

    `done` looks in the ledger for work that was asked about: by link and key, and by titles that are alike.
    What is only alike counts once somebody says `decisions same N --item source/KEY`; `other` says it is not.
    """
    from mainstem.errors import UsageError
    from mainstem.services.decisions import showing_decisions
    from mainstem.services.decisions.deciding import chain_of
    from mainstem.services.decisions.desk import Wanted

    desk, actor, at = _desk(plan, ledger, by, server, as_)
    if what == "list":
        steps = showing_decisions.STANDINGS.get(standing, frozenset())
        if standing and not steps:
            raise UsageError(
                f"{standing!r} is no standing.", f"One of {', '.join(showing_decisions.STANDINGS)}."
            )
        wanted = Wanted(steps, stream, team, words, appealed=appealed, most=most)
        print_list(showing_decisions.list_decisions(wanted, desk, actor)[0], as_json=as_json)
    elif what == "done":
        _done(desk, actor, at, as_json=as_json)
    elif what in ("show", "same", "other") and number is not None:
        if what != "show":
            _say_done(number, item, what == "same", desk, actor, at)
        plan_, chain = desk.standing.plan, chain_of(number, desk)
        print_chain(showing_decisions.as_seen(chain, plan_, actor), desk, as_json=as_json)
    else:
        raise UsageError(
            f"`decisions {what}` needs more.", "list, show N, done, same N or other N."
        )


def _desk(plan: Any, ledger: Any, by: str, server: str, as_: str) -> tuple[Desk, Actor, datetime]:
    """The desk, who acts, and the moment: of the folder, or of a server on this machine."""
    from mainstem.cli.output import today
    from mainstem.cli.places import workspace
    from mainstem.clock import now
    from mainstem.services.decisions.desks import folder_desk, server_desk

    if server:
        from mainstem.cli.server_plan import server_at
        from mainstem.errors import UsageError
        from mainstem.services.plans.syncing import LocalServer

        there = server_at(server, as_)
        if not isinstance(there, LocalServer):
            raise UsageError(
                "--server names a data folder here.", "Over an address, use the API: POST /qualify."
            )
        return server_desk(there.ground), there.by, there.ground.now()
    place = workspace(plan, ledger, need_plan=True)
    return folder_desk(place, today=today()), _person(by), now()


def _person(by: str) -> Actor:
    """Somebody at their own files: they may do everything, and are called as in git."""
    import getpass
    import subprocess

    from mainstem.services.people.access import Actor, Given, Role

    name = by
    if not name:
        try:
            asked = subprocess.run(
                ["git", "config", "user.name"],
                capture_output=True,
                text=True,
                check=False,
                timeout=5,
            )
            name = asked.stdout.strip()
        except (OSError, subprocess.TimeoutExpired):
            name = ""
    return Actor(
        None, name or getpass.getuser(), frozenset({Given(Role.ADMINISTRATOR)}), face="cli"
    )


def _answers(given: list[str]) -> dict[str, Answer]:
    from mainstem.challenge.verdicts import Answer
    from mainstem.errors import UsageError

    out = {}
    for one in given:
        name, _, word = one.partition("=")
        try:
            out[name.strip()] = Answer(word.strip().lower().replace("-", " "))
        except ValueError:
            raise UsageError(
                f"{one!r} is no answer.", "Write D-W01=false, =true or =cannot-say."
            ) from None
    return out


def _day(text: str) -> date | None:
    from mainstem.errors import UsageError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{text!r} is no day.", "Write it like 2026-11-30.") from None


def _done(desk: Desk, actor: Actor, at: datetime, *, as_json: bool) -> None:
    from mainstem.cli.output import say, table
    from mainstem.services.decisions.done_work import is_regretted, look_for_done

    look_for_done(desk, actor, at=at)
    found = desk.decisions.done()
    rows = []
    for number, all_done in sorted(found.items()):
        chain = desk.decisions.chain(number)
        regretted = chain is not None and is_regretted(chain, all_done)
        rows += [(number, chain.work.title if chain else "", d, regretted) for d in all_done]
    if as_json:
        say(json.dumps(
            [{"number": n, "title": t, "item": d.item, "how": d.how, "likeness": d.likeness, "state": d.state,
              "first_day": d.first_day, "counts": d.counts, "is_regretted": r} for n, t, d, r in rows],
            indent=2, ensure_ascii=False, default=plain))  # fmt: skip
    elif not rows:
        say("Nothing that was asked about has appeared in the ledger.")
    else:
        table(("#", "work", "item", "how", "state", "since", "done anyway"), [
            (str(n), t, d.item, d.how, d.state, str(d.first_day or ""), "yes" if r and d.counts else "")
            for n, t, d, r in rows
        ], right=(0,))  # fmt: skip


def _say_done(
    number: int, item: str, is_same: bool, desk: Desk, actor: Actor, at: datetime
) -> None:
    from mainstem.services.decisions.done_work import say_done

    say_done(number, item, is_same, desk, actor, at=at)
