"""Words in work and plan that mean harm to whoever reads them: they are told as data, and do nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mainstem.mcp.folder_place import FolderPlace
from mainstem.mcp.said import BEGIN, END
from mainstem.mcp.tools import TOOLS, call
from mainstem.plan.model import Plan
from mainstem.services.plans.workspace import Workspace
from tests.assistants.folder import HOSTILE, UNSEEN, files_of, make_folder, told
from tests.assistants.test_tools import TODAY, talk
from tests.server.factories import small_plan

#: Each tool with a call that brings hostile words back, if anything does.
CALLS: dict[str, dict[str, Any]] = {
    "qualify_work": {"title": HOSTILE, "text": HOSTILE, "labels": [HOSTILE], "components": ["Signup"]},
    "read_decision": {"number": 1},
    "find_decisions": {"words": "ignore"},
    "list_streams": {},
    "read_stream": {"stream": "start-fast"},
    "plan_findings": {"only_open": False},
    "explain_attribution": {"item": "GRO-1"},
    "value_score": {"by": "stream"},
    "search": {"words": "ignore all"},
    "propose_change": {
        "title": HOSTILE, "edits": [{"subject": "streams/start-fast", "fields": {"note": HOSTILE}}],
    },
}  # fmt: skip


def hostile_plan() -> Plan:
    """The small plan in which every name and note is an order."""
    given = small_plan().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for section in ("streams", "teams", "objectives", "metrics", "initiatives"):
        for ident, fields in given[section].items():
            fields["name"] = f"{HOSTILE} {ident}"
            fields["note"] = UNSEEN
    return Plan.model_validate(given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = make_folder(tmp_path_factory.mktemp("hostile") / "folder", hostile_plan())
    _decide(FolderPlace(made, TODAY))
    return made


def _decide(place: FolderPlace) -> None:
    from datetime import UTC, datetime

    from mainstem.challenge.decisions import Step, Work
    from mainstem.services.decisions.deciding import ask, decide

    at, by = datetime(2026, 10, 21, 9, tzinfo=UTC), place.who()
    made = ask(Work(HOSTILE, text=HOSTILE, team="growth"), place.desk(), by, at=at)
    decide(made.number, Step.REFUSE, HOSTILE, place.desk(), by, at=at, after=0, stream="start-fast")


def test_every_tool_is_asked_here() -> None:
    assert CALLS.keys() == TOOLS.keys()


@pytest.mark.parametrize("name", TOOLS)
def test_hostile_words_come_back_between_the_marks_only_and_write_nothing(
    name: str, folder: Workspace
) -> None:
    assert folder.plan is not None
    before = files_of(folder.plan.parent)
    place = FolderPlace(folder, TODAY)
    answer = call(TOOLS[name], CALLS[name], place, place.who())
    told(answer)
    sentence, data = (block.text for block in answer.content)  # type: ignore[union-attr]
    assert "gnore" not in sentence
    assert len(sentence) < 300
    assert data.count(BEGIN) == data.count(END) == 1
    outside = data[: data.index(BEGIN)] + data[data.index(END) :]
    assert "Ignore all" not in outside
    assert json.loads(data[data.index(BEGIN) + len(BEGIN) : data.index(END)])
    assert files_of(folder.plan.parent) == before


@pytest.mark.parametrize("name", [n for n in TOOLS if n != "propose_change"])
def test_no_letter_that_nobody_sees_comes_back(name: str, folder: Workspace) -> None:
    place = FolderPlace(folder, TODAY)
    told_ = json.dumps(call(TOOLS[name], CALLS[name], place, place.who()).structured_content)
    assert "\\udb40" not in told_
    assert "\\u202e" not in told_
    assert "\\u200b" not in told_


def test_what_lies_outside_of_the_plan_is_out_of_reach(folder: Workspace, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", "utf-8")
    place = FolderPlace(folder, TODAY)
    for name, asked in (
        ("qualify_work", {"title": "x", "link": f"file://{secret}", "paths": [str(secret)]}),
        ("explain_attribution", {"item": str(secret)}),
        ("search", {"words": str(secret)}),
        ("read_stream", {"stream": "x" * 50}),
        (
            "propose_change",
            {"title": "x", "edits": [{"subject": f"streams/{secret}", "fields": {}}]},
        ),
    ):
        answer = call(TOOLS[name], asked, place, place.who())
        assert "the secret" not in str(answer.content)


def test_a_link_in_work_is_never_opened(folder: Workspace) -> None:
    """Tests may open no socket to elsewhere: an attempt would fail the call."""
    place = FolderPlace(folder, TODAY)
    asked = {"title": "x", "link": "http://evil.example/x", "components": ["Signup"]}
    assert told(call(TOOLS["qualify_work"], asked, place, place.who()))["outcome"] == "qualifies"


def test_lists_of_tools_and_prompts_hold_no_words_of_anybody(folder: Workspace) -> None:
    async def run(client: Any) -> str:
        parts = [
            await client.list_tools(),
            await client.list_prompts(),
            await client.list_resources(),
        ]
        return str([p.model_dump(mode="json") for p in parts]) + (client.instructions or "")

    assert "Ignore all previous" not in talk(folder, run)
