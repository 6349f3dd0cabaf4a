"""The tool that puts changes of the plan up to be decided on by people. Nothing here makes a change."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from pydantic_core import to_json

from mainstem.errors import TooLarge
from mainstem.mcp.places import Place
from mainstem.mcp.said import Asked, Data, Said, Told
from mainstem.mcp.tool import Tool
from mainstem.plan.changes import sentence
from mainstem.services.people.access import Action, Actor
from mainstem.services.plans.drafting import Edit, draft

#: Edits of one call, and characters of them together.
_EDITS, _CHARACTERS = 50, 100_000
#: Changes that are told of one call, and characters of a patch.
_TOLD, _PATCH = 100, 100_000


class EditAsked(Asked):
    """How one thing of the plan is to be different."""

    subject: str = Field(
        min_length=1, max_length=130, description="section/id, such as streams/start-fast",
        examples=["streams/start-fast"],
    )  # fmt: skip
    fields: dict[str, Any] | None = Field(
        description="fields that are to be different, merged into those it has; null takes a field"
        " away. A subject that is not there yet is added. null instead of fields removes the thing.",
        examples=[{"owner": "Olga"}],
    )


class ChangeAsked(Asked):
    """Changes and what they are for."""

    title: str = Field(min_length=1, max_length=200, description="what they are for, in a line")
    why: str = Field("", max_length=4_000, description="the reason")
    edits: Annotated[list[EditAsked], Field(min_length=1, max_length=_EDITS)]


class ProposalData(Data):
    """What was put up."""

    proposal: int | None = Field(description="its number; empty on a folder, where nothing is kept")
    address: str = Field(description="its page on the server; empty on a folder")
    base: Told = Field(description="the revision that the changes are for")
    changes: list[Told] = Field(description="each change, read aloud")
    changes_left_out: int
    patch: str = Field(
        description="on a folder: the patch of the plan's text, for a person to apply"
    )


def propose_change(asked: ChangeAsked, place: Place, by: Actor) -> Said:
    """Puts changes up as a proposed revision; on a folder, shows the patch of its text."""
    told = [(e.subject, e.fields) for e in asked.edits]
    if len(to_json(told)) > _CHARACTERS:
        raise TooLarge("These are too many changes at once.", "Propose less in one go.")
    standing = place.unobserved()
    made = draft(
        asked.title, asked.why, [Edit(*one) for one in told], standing.plan, standing.revision
    )
    put = place.put(made, by)
    changes = [sentence(change) for change in made.changes[:_TOLD]]
    data = ProposalData(
        proposal=put.number, address=f"/plan/proposals/{put.number}/" if put.number else "",
        base=made.base, changes=changes, changes_left_out=len(made.changes) - len(changes),
        patch=_bounded(put.patch),
    )  # fmt: skip
    if put.number is None:
        return Said("Nothing was written. The patch is for a person to look at and apply.", data)
    return Said(f"Proposal {put.number} waits for people to decide. The plan is as it was.", data)


def _bounded(patch: str) -> str:
    if len(patch) > _PATCH:
        raise TooLarge("The patch is too large.", "Propose less in one go.")
    return patch


TOOLS = (
    Tool(
        "propose_change", "Propose a change",
        "Puts changes of the plan up as a proposed revision that people discuss and decide on. It never"
        " changes the plan. On a folder nothing is kept: the answer is a patch of the plan's text. Use"
        " it only when the person you work for asks you to.",
        ChangeAsked, ProposalData, propose_change, needs=Action.PROPOSE, writes=True,
    ),
)  # fmt: skip
