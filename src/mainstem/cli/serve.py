"""Serving the pages and the API: `mainstem serve`."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

DEMO_DATA = Path("mainstem-demo")
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of the server's data. Default: MAINSTEM_DATA or ./mainstem-data."),
]  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(serve)


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen at; 0.0.0.0 for every network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8000,
    data: DataOption = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve the demo organisation; anyone may look round.")
    ] = False,
    workers: Annotated[
        int, typer.Option(help="Processes that answer; more than one pays with PostgreSQL.")
    ] = 1,
    threads: Annotated[int, typer.Option(help="Requests that a process answers at once.")] = 4,
) -> None:
    """Serve Mainstem to people's browsers and programs, until it is stopped."""
    from mainstem.cli.output import say

    if demo:
        _settle_demo(data)
    place = settle(data)
    set_up()
    if demo:
        _make_demo(place)
    from mainstem.services.server import serving

    with serving.alone(place) if serving.is_embedded() else nullcontext():
        code = serving.prepare(place)
        serving.let_go()
        say(f"Mainstem is at http://{_shown(host)}:{port}/ (data in {place}); Ctrl-C stops it.")
        if demo:
            say("Everybody who reaches this address may look round as anybody of the demo.")
        if code:
            say("Nobody has an account yet. The first is an administrator's; make it at")
            say(f"  http://{_shown(host)}:{port}/start/?code={code}")
        _run(host, port, max(workers, 1), max(threads, 1))


def settle(data: Path | None) -> Path:
    """Makes ``--data`` the setting for this process and those that it starts.

    Returns:
        The data folder.
    """
    from mainstem.config import settings

    if data is not None:
        os.environ["MAINSTEM_DATA"] = str(data)
    place = settings().data.resolve()
    os.environ["MAINSTEM_DATA"] = str(place)
    return place


def set_up() -> None:
    """Sets Django up from Mainstem's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")
    import django

    django.setup()


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _settle_demo(data: Path | None) -> None:
    from mainstem.demo.organisation import TODAY

    os.environ["MAINSTEM_DEMO"] = "on"
    os.environ.setdefault("MAINSTEM_TODAY", TODAY.isoformat())
    if data is None and not os.environ.get("MAINSTEM_DATA"):
        os.environ["MAINSTEM_DATA"] = str(DEMO_DATA)


def _make_demo(place: Path) -> None:
    """Makes the demo in a process of its own: what it loads must not be inherited by the server's."""
    import subprocess
    import sys

    from mainstem.cli.output import say
    from mainstem.services.server.demo_server import is_demo

    if is_demo(place):
        return
    say("Making the demo organisation; this takes a moment, and only once.")
    subprocess.run([sys.executable, "-m", "mainstem.demo.server"], check=True)


def _run(host: str, port: int, workers: int, threads: int) -> None:
    from functools import partial

    from granian.constants import Interfaces
    from granian.server import Server

    from mainstem.cli.worker import load_worker
    from mainstem.config import settings
    from mainstem.web.logging import log_config

    _share_metrics(workers, is_on=settings().is_on("MAINSTEM_METRICS"))
    Server(
        "mainstem", address=host, port=port, interface=Interfaces.ASGI, workers=workers, websockets=False,
        log_dictconfig=log_config(settings().text("MAINSTEM_LOG")), workers_kill_timeout=30,
        respawn_failed_workers=True,
    ).serve(target_loader=partial(load_worker, threads), wrap_loader=False)  # fmt: skip


def _share_metrics(workers: int, *, is_on: bool) -> None:
    """Several processes count into files that each of them can read."""
    if is_on and workers > 1:
        import tempfile

        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="mainstem-metrics-")
