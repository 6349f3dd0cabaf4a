"""What a process of the server runs: the web application, and the thread that does the jobs."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.web.asgi import Application


def load_worker(threads: int) -> Application:
    """Sets up this process and returns the application; granian calls this in every process.

    Args:
        threads: How many ordinary requests it answers at once.
    """
    from multiprocessing import util

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")
    # addresses and templates now rather than in somebody's first request
    from mainstem.web.tidying import few_arenas, tidy_on
    from mainstem.web.warming import settle_down, warm_up
    from mainstem.web.wsgi import application

    few_arenas()
    warm_up()
    settle_down()
    from mainstem.jobs.loop import Loop
    from mainstem.services.server.ground import server_ground
    from mainstem.services.server.serving import is_embedded
    from mainstem.web.asgi import Application

    loop = Loop(server_ground())
    loop.start()
    tidy_on()
    threading.Thread(target=_end_with, args=(os.getppid(),), name="parent", daemon=True).start()
    util.Finalize(None, loop.stop, exitpriority=10)
    return Application(application, threads, is_shared=not is_embedded())


def _end_with(parent: int) -> None:
    """Ends this process when the one that started it was killed: nobody else would."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
