"""Connections to exactly the addresses that were found well, whatever a name points to a moment later."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

#: Name of the extension of a request that says which addresses its host may be asked at.
ADDRESSES = "mainstem_addresses"


class Pinned(httpx.HTTPTransport):
    """The network, but a host is asked at the given addresses only, in their order until one answers.

    Name, certificate and cookies stay those of the host. Without the extension it is the plain network.
    """

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request to the first of its addresses that takes a connection."""
        addresses: Sequence[str] | None = request.extensions.get(ADDRESSES)
        if addresses is None:
            return super().handle_request(request)
        failed = httpx.ConnectError("getaddrinfo found no address", request=request)
        for address in addresses:
            try:
                return super().handle_request(_sent_to(address, request))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = error  # type: ignore[assignment]
        raise failed


def _sent_to(address: str, request: httpx.Request) -> httpx.Request:
    """The same request to an address. Its head ``Host`` is there already, and the certificate is the host's."""
    return httpx.Request(
        request.method, request.url.copy_with(host=address), headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )  # fmt: skip
