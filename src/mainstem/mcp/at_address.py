"""Running the server at an address: streamable HTTP, without sessions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp

from mainstem.mcp.door import MOST_BODY, PATH, Door
from mainstem.mcp.protocol import server_of

if TYPE_CHECKING:
    from mainstem.mcp.server_place import ServerPlace


@dataclass(frozen=True, slots=True)
class Names:
    """Under which names a server at an address answers.

    Attributes:
        hosts: Names of hosts.
        origins: Origins of pages.
        proxies: Reverse proxies before it.
    """

    hosts: Collection[str] = ()
    origins: Collection[str] = ()
    proxies: int = 0

    @classmethod
    def of(cls, host: str, url: str, hosts: Collection[str], proxies: int) -> Names:
        """The names that follow from the settings.

        Args:
            host: What it listens at; ``0.0.0.0`` and ``::`` are nobody's name.
            url: The server's public address; empty if there is none.
            hosts: Further names.
            proxies: Reverse proxies before it.
        """
        public = urlsplit(url)
        known = {name.lower() for name in (host, public.hostname or "", *hosts) if name}
        origins = {f"{public.scheme}://{public.netloc}"} if url else set()
        return cls(frozenset(known - {"0.0.0.0", "::"}), frozenset(origins), proxies)


def application(place: ServerPlace, names: Names) -> ASGIApp:
    """The application of the HTTP transport: no sessions, plain JSON answers, every request with its token."""
    inner = server_of(place).streamable_http_app(
        streamable_http_path=PATH, json_response=True, stateless_http=True,
        max_request_body_size=MOST_BODY,
        # the door has looked at host and origin already
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )  # fmt: skip
    return Door(inner, place, names.hosts, names.origins, names.proxies)


def serve_at(host: str, port: int, place: ServerPlace, names: Names) -> None:
    """Answers at an address until it is stopped."""
    import uvicorn

    # Uvicorn must not take the client's address from heads: how many proxies are believed is our setting
    config = uvicorn.Config(
        application(place, names), host=host, port=port, log_config=None, access_log=False,
        proxy_headers=False, server_header=False, timeout_graceful_shutdown=10,
    )  # fmt: skip
    uvicorn.Server(config).run()
