"""The door of the HTTP transport: whoever comes in is known, and comes from where they say.

A page of another site must not reach a server on somebody's machine by a name that it made point there
(DNS rebinding): so the names and origins under which this answers are listed, and nothing else is answered.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from anyio import to_thread
from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from mainstem.mcp.protocol import ACTOR
from mainstem.services.people.access import Actor

if TYPE_CHECKING:
    from mainstem.mcp.server_place import ServerPlace

PATH = "/mcp"
#: Bytes of a request.
MOST_BODY = 1_000_000
_BEARER = "bearer "
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer to who does not get in: the one shape of the API's errors."""

    status: int
    code: str
    message: str
    hint: str
    head: tuple[str, str] | None = None


_HOST = Refusal(421, "request.host", "This name is not one of this server's.",
                "Use its own address, or name this one in MAINSTEM_HOSTS.")  # fmt: skip
_ORIGIN = Refusal(403, "request.origin", "A page of another site may not ask here.",
                  "Ask from a program, or from this server's own address.")  # fmt: skip
_ABSENT = Refusal(404, "access.absent", "There is no such address.", f"Send to {PATH}.")
_UNSIGNED = Refusal(
    401, "access.unsigned", "You are not signed in, or the token does not work.",
    "Send `Authorization: Bearer ms_…` with a token of your account.", ("www-authenticate", "Bearer"),
)  # fmt: skip
_METHOD = Refusal(405, "request.method", "There are no sessions here: each request stands alone.",
                  "Send each message with POST.", ("allow", "POST"))  # fmt: skip
_KIND = Refusal(
    415, "request.kind", "The request is not JSON.", "Send `Content-Type: application/json`."
)
_LARGE = Refusal(413, "request.too_large", "The request is too large.", "Send less at once.")


@dataclass(frozen=True, slots=True)
class Door:
    """Stands before the transport.

    Attributes:
        app: The transport.
        place: Knows whom a token acts for.
        hosts: Names under which this answers, beside those of this machine.
        origins: Origins of pages that may ask, beside this machine's.
        proxies: How many proxies stand before it; what they say of addresses is believed.
    """

    app: ASGIApp
    place: ServerPlace
    hosts: Collection[str] = ()
    origins: Collection[str] = ()
    proxies: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request in, or refuses it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        heads = Headers(scope=scope)
        refusal = self._astray(scope, heads)
        actor = None if refusal else await self._signed(scope, heads)
        refusal = refusal or (self._unfit(scope, heads) if actor else _UNSIGNED)
        if refusal is not None:
            await _refuse(refusal, send)
            return
        await self.app({**scope, ACTOR: actor}, receive, send)

    def _astray(self, scope: Scope, heads: Headers) -> Refusal | None:
        if len(heads.getlist("host")) != 1 or not self._is_ours(heads["host"]):
            return _HOST
        origin = heads.get("origin", "")
        if origin and origin not in self.origins and not _is_local(origin):
            return _ORIGIN
        return None if scope["path"].rstrip("/") == PATH else _ABSENT

    def _is_ours(self, host: str) -> bool:
        name = _host_name(f"//{host}")
        return bool(name) and (name in _LOCAL or name in self.hosts)

    async def _signed(self, scope: Scope, heads: Headers) -> Actor | None:
        given = heads.get("authorization", "")
        if given[: len(_BEARER)].lower() != _BEARER:
            return None
        token, address = given[len(_BEARER) :].strip(), self._address(scope, heads)
        return await to_thread.run_sync(self._look_up, token, address)

    def _look_up(self, token: str, address: str) -> Actor | None:
        self.place.tidy()
        try:
            return self.place.signed(token, address=address, request=secrets.token_urlsafe(12))
        finally:
            self.place.tidy()

    def _address(self, scope: Scope, heads: Headers) -> str:
        direct = scope["client"][0] if scope.get("client") else ""
        told = [p.strip() for p in heads.get("x-forwarded-for", "").split(",") if p.strip()]
        if not self.proxies or not told:
            return str(direct)
        return told[-min(self.proxies, len(told))][:45]

    def _unfit(self, scope: Scope, heads: Headers) -> Refusal | None:
        if scope["method"] != "POST":
            return _METHOD
        if heads.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _KIND
        length = heads.get("content-length", "0")
        return _LARGE if length.isdigit() and int(length) > MOST_BODY else None


def _host_name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _is_local(origin: str) -> bool:
    return _scheme(origin) in ("http", "https") and _host_name(origin) in _LOCAL


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


async def _refuse(refusal: Refusal, send: Send) -> None:
    told = {
        "code": refusal.code, "message": refusal.message, "hint": refusal.hint, "field": "",
        "details": {}, "request": "",
    }  # fmt: skip
    body = to_json({"error": told})
    heads = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if refusal.head:
        heads.append((refusal.head[0].encode(), refusal.head[1].encode()))
    await send({"type": "http.response.start", "status": refusal.status, "headers": heads})
    await send({"type": "http.response.body", "body": body})
