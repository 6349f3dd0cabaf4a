"""Commands that keep a folder and a server in step: apply, export, and the server as a side of diff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mainstem.cli.places import PlanOption, workspace

if TYPE_CHECKING:
    from mainstem.plan.model import Plan
    from mainstem.services.people.access import Actor
    from mainstem.services.plans.syncing import Server, Step
    from mainstem.services.server.ground import Ground

#: The word that means the server's plan as one side of `mainstem diff`.
SERVER = "server"
ServerOption = Annotated[
    str,
    typer.Option(
        "--server",
        help="Data folder of the server, or its address with the token in MAINSTEM_TOKEN. Default:"
        " MAINSTEM_DATA or ./mainstem-data.",
    ),
]
AsOption = Annotated[
    str,
    typer.Option(
        "--as", help="E-mail address of the account that acts. Default: this machine's operator."
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    for command in (apply, export):
        app.command()(command)


def apply(
    folder: Annotated[Path | None, typer.Argument(help="Folder or file of the plan.")] = None,
    plan: PlanOption = None,
    server: ServerOption = "",
    as_: AsOption = "",
    why: Annotated[str, typer.Option(help="Why, in a line; kept with the revision.")] = "",
    yes: YesOption = False,
) -> None:
    """Send the folder's plan to a server; what others changed there meanwhile stays.

    Shows the changes first. Refused, with both values, where both sides changed the same.
    """
    from mainstem.cli.output import say
    from mainstem.services.plans.syncing import apply_folder, plan_apply

    place = workspace(folder or plan, None, need_plan=True).plan
    assert place is not None
    there = server_at(server, as_)
    step = plan_apply(place, there)
    if _goes_on(step, f"Make these changes on {there.name}?", yes):
        revision = apply_folder(place, step, there, why=why)
        say(f"{there.name} is at {revision or 'its beginning'}.")


def export(
    folder: Annotated[Path, typer.Argument(help="Where the plan is, or is to be written.")] = Path(
        "plan"
    ),
    server: ServerOption = "",
    as_: AsOption = "",
    yes: YesOption = False,
) -> None:
    """Bring the server's plan into a folder; comments, order and your own changes stay.

    A new folder gets one file for each section. In an old one only what changed is written anew.
    """
    from mainstem.cli.output import say
    from mainstem.services.plans.syncing import export_folder, plan_export

    there = server_at(server, as_)
    step = plan_export(folder, there)
    is_new = not folder.exists()
    if is_new or _goes_on(step, f"Make these changes in {folder}?", yes):
        written = export_folder(folder, step, there)
        say(*(f"wrote {path}" for path in written))
        say(f"{folder} is at {step.standing.revision or 'the beginning'} of {there.name}.")


def _goes_on(step: Step, question: str, yes: bool) -> bool:
    """Shows the changes and asks; nothing to change is fine and needs no question."""
    from mainstem.cli.output import ask, say

    say(*(f"{line}." for line in step.sentences))
    if not step.changes:
        say("Nothing to change.")
        return True
    if not yes:
        ask(question, "Say --yes to make these changes.")
    return True


def server_at(word: str, email: str = "") -> Server:
    """The server that a word names: its data folder on this machine, or its address.

    Raises:
        UsageError: it holds no server's data, knows no such account, or no token is set for it.
    """
    from mainstem.services.plans.syncing import LocalServer

    if word.startswith(("http://", "https://")):
        return _remote(word, email)
    ground = _ground(Path(word) if word else None)
    return LocalServer(ground, _actor(email, ground), ground.now(), str(ground.data))


def _remote(address: str, email: str) -> Server:
    from mainstem.config import settings
    from mainstem.errors import UsageError
    from mainstem.services.plans.remote_server import RemoteServer

    if email:
        raise UsageError(
            "--as is for a server on this machine.", "Over an address the token says who acts."
        )
    return RemoteServer.at(address, settings().text("MAINSTEM_TOKEN"))


def server_plan(word: str = "") -> Plan:
    """The plan of a server as it stands, with its check-ins."""
    return server_at(word).read().plan


def _ground(data: Path | None) -> Ground:
    from mainstem.cli.serve import set_up, settle
    from mainstem.config import settings
    from mainstem.errors import UsageError

    where = (data or settings().data).resolve()
    is_embedded = not settings().text("DATABASE_URL")
    if is_embedded and not any(where.glob("*.sqlite*")) and not any(where.glob("*.db")):
        raise UsageError(
            f"There is no server's data in {where}.",
            "Name its folder with --server or MAINSTEM_DATA; `mainstem serve` makes one.",
            code="server.absent",
        )
    settle(data)
    set_up()
    from mainstem.services.server.ground import server_ground

    return server_ground()


def _actor(email: str, ground: Ground) -> Actor:
    """The account that acts, or whoever operates this machine."""
    import getpass

    from mainstem.services.people.access import Actor, Given, Role

    if email:
        from mainstem.services.people.accounts import actor_by_email

        return actor_by_email(email, today=ground.today(), face="cli")
    name = f"{getpass.getuser()} (command line)"
    return Actor(None, name, frozenset({Given(Role.ADMINISTRATOR)}), face="cli")
