"""Running the server on the standard streams of a process."""

from __future__ import annotations

import anyio
from mcp.server.stdio import stdio_server

from mainstem.mcp.places import Place
from mainstem.mcp.protocol import server_of


def serve_streams(place: Place) -> None:
    """Answers on standard input and output until the client goes."""
    anyio.run(_on_streams, place)


async def _on_streams(place: Place) -> None:
    server = server_of(place)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
