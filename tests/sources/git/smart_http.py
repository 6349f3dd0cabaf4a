"""A real git server over http on loopback: ``git http-backend`` behind a small server, with basic auth."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

USER, TOKEN = "x-access-token", "t0k/en secret"


@dataclass
class GitServer:
    """What is served, and what was asked.

    ``cuts`` counts answers that are to be cut off in the middle; ``sends_to`` is where all is redirected.
    """

    root: Path
    url: str = ""
    needs_token: bool = False
    cuts: int = 0
    sends_to: str = ""
    asked: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    def made(self, path: Path) -> str:
        """Serves a repository; its address."""
        link = self.root / f"{path.name}.git"
        if not link.exists():
            link.symlink_to(path)
        config = ["git", "-C", str(path), "config"]
        subprocess.run([*config, "uploadpack.allowFilter", "true"], check=True)
        subprocess.run([*config, "uploadpack.allowAnySHA1InWant", "true"], check=True)
        return f"{self.url}/{link.name}"


@contextmanager
def serving(root: Path) -> Iterator[GitServer]:
    """A server for the repositories that are linked in a folder."""
    server = GitServer(root)

    class Handler(_Handler):
        on = server

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    on: GitServer

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        return body

    def _answer(self, body: bytes) -> None:
        self.on.asked.append(self.path)
        self.on.given.add(self.headers.get("Authorization", ""))
        if self.on.sends_to:
            self.send_response(302)
            self.send_header("Location", self.on.sends_to + self.path)
            self.end_headers()
            return
        right = "Basic " + base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
        if self.on.needs_token and self.headers.get("Authorization") != right:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.end_headers()
            return
        head, _, out = self._backend(body).partition(b"\r\n\r\n")
        if self.on.cuts and self.path.endswith("upload-pack") and len(out) > 2_000:
            self.on.cuts -= 1
            out = out[: len(out) // 2]
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        status = int(lines.pop("Status", "200 OK").split()[0])
        self.send_response(status)
        for name, value in lines.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(out)

    def _backend(self, body: bytes) -> bytes:
        path, _, query = self.path.partition("?")
        env = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.on.root), "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "REMOTE_ADDR": "127.0.0.1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        }  # fmt: skip
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=env, capture_output=True, check=False
        )
        return done.stdout

    def log_message(self, *_: object) -> None:
        """Says nothing."""
