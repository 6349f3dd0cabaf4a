"""The demo organisation behind a server of its own: ``python -m tests.server.demo_site FOLDER``.

Prints one line of JSON: the address, and the session of somebody who may read. Ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def main(folder: Path) -> None:
    from mainstem.demo.organisation import TODAY

    os.environ.update(
        MAINSTEM_DATA=str(folder), MAINSTEM_TODAY=str(TODAY),
        DJANGO_SETTINGS_MODULE="mainstem.web.settings",
    )  # fmt: skip
    import django

    django.setup()
    from django.test import Client

    from mainstem.demo.server import fill_server
    from mainstem.store.models import User

    fill_server(folder, people=280, months=2)
    from mainstem.web.wsgi import application

    browser = Client()
    browser.force_login(
        User.objects.filter(grants__role="viewer").first() or User.objects.filter(grants__isnull=False)[0],
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )  # fmt: skip
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    session = browser.cookies["mainstem_session"].value
    print(
        json.dumps({"address": f"http://127.0.0.1:{server.server_port}", "session": session}),
        flush=True,
    )
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
