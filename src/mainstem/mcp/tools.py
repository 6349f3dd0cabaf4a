"""All tools in one table, and calling one of them. There is none that applies, decides or changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from mcp_types import CallToolResult, ToolAnnotations
from mcp_types import Tool as Listed
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from mainstem.errors import Forbidden, Invalid, MainstemError
from mainstem.mcp import counting, deciding, proposing, qualifying, searching, streams
from mainstem.mcp.places import Place
from mainstem.mcp.said import Asked, fault_of, result_of
from mainstem.mcp.tool import Tool
from mainstem.services.people.access import Actor, require

_LOG = structlog.get_logger("mainstem.mcp")
TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for room in (qualifying, deciding, streams, counting, searching, proposing)
    for tool in room.TOOLS
}


def listed(tool: Tool) -> Listed:
    """A tool as clients are told of it."""
    return Listed(
        name=tool.name, title=tool.title, description=tool.about,
        input_schema=tool.asks.model_json_schema(),
        output_schema=tool.answers.model_json_schema(mode="serialization"),
        annotations=ToolAnnotations(
            title=tool.title, read_only_hint=not tool.writes, destructive_hint=False,
            idempotent_hint=not tool.writes, open_world_hint=False,
        ),
    )  # fmt: skip


def call(tool: Tool, arguments: Mapping[str, Any], place: Place, by: Actor) -> CallToolResult:
    """Calls a tool; whatever goes wrong becomes a refusal in one shape. Blocks: runs in a thread."""
    try:
        place.tidy()
        return result_of(_answered(tool, arguments, place, by))
    except MainstemError as error:
        if isinstance(error, Forbidden):
            place.refused(by, error, tool.name)
        return fault_of(error)
    except Exception as error:  # told without a trace
        _LOG.exception("unforeseen", tool=tool.name, exc_info=error)
        return fault_of(
            MainstemError(
                "Something went wrong that nobody foresaw. Nothing was changed.",
                "Tell whoever runs Mainstem; its log says more.", code="unforeseen",
            )
        )  # fmt: skip
    finally:
        place.tidy()


def _answered(tool: Tool, arguments: Mapping[str, Any], place: Place, by: Actor) -> Any:
    # rights first: who may not call a tool does not learn what is wrong with the call
    require(by, tool.needs)
    return tool.run(_read(tool, arguments), place, by)


def _read(tool: Tool, arguments: Mapping[str, Any]) -> Any:
    try:
        asked = tool.asks.model_validate(arguments)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            f"`{field}`: {first['msg']}." if field else f"{first['msg']}.",
            "The tool's input schema says what each field takes.", field=field,
        ) from None  # fmt: skip
    _require_plain(asked)
    return asked


def _require_plain(asked: Asked) -> None:
    """Databases keep no zero characters, and nothing keeps half of a pair."""
    try:
        text = asked.model_dump_json()
    except PydanticSerializationError:
        text = "\0"
    if "\\u0000" in text or "\0" in text:
        raise Invalid("The call holds a character that means nothing.", "Leave it out.")
