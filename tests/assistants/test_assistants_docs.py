"""The page about assistants says what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from mainstem.mcp import door, resources, said
from mainstem.mcp.proposing import ChangeAsked
from mainstem.mcp.tools import TOOLS
from mainstem.services.people.access import Action
from tests.server.permissions.assistants import TOOLS as RIGHTS

PAGE = (Path(__file__).parents[2] / "docs" / "assistants.md").read_text("utf-8")


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_is_in_the_table_with_the_role_it_needs(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \|.*\| (.*) \|$", PAGE, re.M)
    assert row.split(",")[0] == RIGHTS[name][0]
    assert ("write" in row) == TOOLS[name].writes == (TOOLS[name].needs is Action.PROPOSE)


def test_resources_prompts_and_limits_are_those_of_the_page() -> None:
    for word in (resources.PLAN, resources.GLOSSARY, f"{resources.STREAM}ID", resources.BEFORE):
        assert f"`{word}`" in PAGE
    assert f"{said.MOST_DATA:,} characters" in PAGE
    assert door.PATH in PAGE


def test_snippets_are_json_and_the_example_of_a_change_is_one() -> None:
    snippets = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.S)]
    assert len(snippets) == 4
    try:
        ChangeAsked.model_validate(snippets[-1])
    except ValidationError as error:
        raise AssertionError("the example cannot be proposed") from error


def test_the_words_of_the_glossary_are_those_of_the_plan() -> None:
    from mainstem.plan.model import RestKind

    text = (Path(resources.__file__).parent / "glossary.md").read_text("utf-8")
    assert all(kind.value in text for kind in RestKind)
