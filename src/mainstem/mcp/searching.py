"""The tool that finds things by a few letters of their names."""

from __future__ import annotations

from pydantic import Field

from mainstem.mcp.places import Place
from mainstem.mcp.said import Asked, Data, Said, Told
from mainstem.mcp.tool import Tool
from mainstem.services.people.access import Actor

_ITEMS = 20


class WordsAsked(Asked):
    """What to look for."""

    words: str = Field(
        min_length=1, max_length=200,
        description="words of a name, an identifier, or the beginning of an item's key",
    )  # fmt: skip
    limit: int = Field(10, ge=1, le=30)


class NamedData(Data):
    """A thing of the plan."""

    subject: str = Field(description="section/id")
    name: Told
    under: Told = Field(description="what tells it from others of that name")


class FoundData(Data):
    """What has the name that was looked for."""

    entities: list[NamedData]
    items: list[Told] = Field(description="keys of work items that begin so")


def search(asked: WordsAsked, place: Place, by: Actor) -> Said:
    """Things of the plan by their names, and keys of work items."""
    entities, items = place.find(asked.words, by)
    named = [
        NamedData(subject=f"{n.section}/{n.ident}", name=n.name, under=n.under)
        for n in entities[: asked.limit]
    ]
    data = FoundData(entities=named, items=list(items[:_ITEMS]))
    return Said(f"{len(named)} things of the plan, {len(data.items)} work items.", data)


TOOLS = (
    Tool(
        "search", "Search",
        "Finds streams, teams, objectives, metrics, key results, initiatives … of the plan by a few"
        " letters of their names, and work items by the beginning of their keys.",
        WordsAsked, FoundData, search,
    ),
)  # fmt: skip
