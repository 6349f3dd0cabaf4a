"""Answering AI assistants over the Model Context Protocol: `mainstem mcp`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mainstem.cli.places import LedgerOption, PeopleOption, PlanOption
from mainstem.cli.serve import DataOption

if TYPE_CHECKING:
    from mainstem.mcp.server_place import ServerPlace

TokenOption = Annotated[
    str,
    typer.Option(
        "--token-env",
        help="With --data: the environment variable that holds the API token whose rights count.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(mcp)


def mcp(
    plan: PlanOption = None,
    ledger: LedgerOption = None,
    people: PeopleOption = None,
    data: DataOption = None,
    token_env: TokenOption = "",
    http: Annotated[
        bool, typer.Option("--http", help="Answer at an address instead of on standard input and output.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="With --http: port to listen at.")] = 8001,
) -> None:  # fmt: skip
    """Answer AI assistants (Model Context Protocol): does this qualify, streams, findings, score.

    On a folder, on a server's data with --data and --token-env, or at an address with --http.
    """
    _check(plan or ledger or people, data, token_env, is_http=http)
    if not http and sys.stdin.isatty():
        from mainstem.cli.output import note

        note(
            "This waits for an assistant's client on standard input; docs/assistants.md sets one up."
        )
    if http:
        _serve_http(data, host, port)
    elif data is not None or token_env:
        from mainstem.mcp.running import serve_streams

        serve_streams(_signed_in(data, token_env))
    else:
        _serve_folder(plan, ledger, people)


def _check(folder: Path | None, data: Path | None, token_env: str, *, is_http: bool) -> None:
    from mainstem.errors import UsageError

    if folder and (data or token_env or is_http):
        raise UsageError(
            "A folder and a server's data are named.", "Name one: --plan and --ledger, or --data."
        )
    if token_env and is_http:
        raise UsageError("With --http each request brings its own token.", "Leave --token-env out.")
    if data and not token_env and not is_http:
        raise UsageError(
            "Nobody acts: no token is named.",
            "Put an API token into an environment variable and name that with --token-env.",
        )


def _serve_folder(plan: Path | None, ledger: Path | None, people: Path | None) -> None:
    from datetime import date

    from mainstem.cli.places import workspace
    from mainstem.config import settings
    from mainstem.mcp.folder_place import FolderPlace
    from mainstem.mcp.running import serve_streams

    fixed = settings().today
    place = FolderPlace(
        workspace(plan, ledger, people, need_plan=True),
        date.fromisoformat(fixed) if fixed else None,
    )
    serve_streams(place)


def _signed_in(data: Path | None, token_env: str) -> ServerPlace:
    import os

    from mainstem.errors import UsageError

    token = os.environ.pop(token_env, "").strip() if token_env else ""
    if not token:
        raise UsageError(
            f"The environment variable {token_env or '(none is named)'} holds no token.",
            "Make one in your account, and put it there.",
            code="mcp.token",
        )
    place = _server(data, token)
    place.who()
    return place


def _server(data: Path | None, token: str = "") -> ServerPlace:
    import logging.config

    from mainstem.cli.server_plan import server_at
    from mainstem.config import settings
    from mainstem.web.logging import log_config

    there = server_at(str(data or ""))
    logging.config.dictConfig(log_config(settings().text("MAINSTEM_LOG")))
    from mainstem.mcp.server_place import ServerPlace
    from mainstem.services.plans.syncing import LocalServer

    assert isinstance(there, LocalServer)
    return ServerPlace(there.ground, token)


def _serve_http(data: Path | None, host: str, port: int) -> None:
    from mainstem.cli.output import note
    from mainstem.config import settings

    place = _server(data)
    from mainstem.mcp.at_address import Names, serve_at

    chosen = settings()
    names = Names.of(
        host, chosen.text("MAINSTEM_URL"), chosen.words("MAINSTEM_HOSTS"),
        chosen.number("MAINSTEM_PROXIES"),
    )  # fmt: skip
    shown = f"[{host}]" if ":" in host else host
    note(
        f"Assistants are answered at http://{shown}:{port}/mcp with an API token; Ctrl-C stops it."
    )
    serve_at(host, port, place, names)
