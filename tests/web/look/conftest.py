"""The gallery behind a small server that forbids what the real one forbids, and a browser to look at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from mainstem.web.contexts.shell import Theme
from tests.chromium import launched
from tests.web.look import gallery

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


class Shown(BaseHTTPRequestHandler):
    """Pages, fragments and static files of the gallery."""

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        if path.startswith("/static/"):
            return self.give_file(path.removeprefix("/static/"))
        if path.startswith("/errors/"):
            return self.give(gallery.error(path.rpartition("/")[2]))
        if path == "/find":
            return self.give(gallery.found(asked.get("q", "")))
        if path == "/items/complete":
            return self.give(gallery.completions())
        return self.give(gallery.gallery(Theme(asked.get("theme", "auto"))))

    def give_file(self, name: str) -> None:
        for folder in gallery.STATIC:
            file = folder / name
            if file.is_file():
                return self.give(file.read_bytes(), TYPES[file.suffix])
        return self.give("", status=404)

    def give(
        self, made: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200
    ) -> None:
        body = made.encode() if isinstance(made, str) else made
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shown)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched()
