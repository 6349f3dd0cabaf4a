"""``mainstem mcp`` in a process of its own, spoken to by the official client over standard streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from mainstem.mcp.said import MOST_DATA
from mainstem.mcp.tools import TOOLS
from mainstem.plan.model import Plan
from mainstem.services.plans.workspace import Workspace
from tests.assistants.folder import command, make_folder, on, told
from tests.assistants.test_hostile_texts import CALLS
from tests.server.factories import small_plan

#: Streams of the large plan.
MANY = 1_200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_folder(tmp_path_factory.mktemp("streams") / "folder")


def large_plan() -> Plan:
    """Many streams with long names and notes."""
    given = small_plan().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for n in range(MANY):
        given["streams"][f"s-{n}"] = {
            "name": f"Stream {n} " + "of words " * 40, "note": "long " * 160, "objective": "effortless",
            "claims": [{"label": f"label-{n}-{m}"} for m in range(3)],
        }  # fmt: skip
    return Plan.model_validate(given)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_folder(tmp_path_factory.mktemp("large") / "folder", large_plan())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_says_hello_lists_tools_and_calls_each_one(mode: str, folder: Workspace) -> None:
    async def run() -> dict[str, bool]:
        async with Client(on(folder), mode=mode) as client:
            names = [t.name for t in (await client.list_tools()).tools]
            answers = {n: await client.call_tool(n, CALLS[n] | _here(n)) for n in names}
            return {n: bool(a.is_error) for n, a in answers.items()}

    found = anyio.run(run)
    assert found == {**dict.fromkeys(TOOLS, False), "read_decision": True}


def _here(name: str) -> dict[str, Any]:
    return {"words": "start"} if name == "search" else {}


def test_a_call_that_is_given_up_leaves_the_server_answering(large: Workspace) -> None:
    async def run() -> tuple[bool, int]:
        async with Client(on(large)) as client:
            with anyio.move_on_after(0.02) as given_up:
                await client.call_tool("plan_findings", {})
            found = told(await client.call_tool("list_streams", {"limit": 1}))
            return given_up.cancelled_caught, found["total"]

    assert anyio.run(run) == (True, MANY + 3)


def test_big_answers_come_whole_and_page_by_page(large: Workspace) -> None:
    async def run() -> tuple[list[str], list[int], str]:
        seen, sizes, after = [], [], ""
        async with Client(on(large)) as client:
            while True:
                answer = await client.call_tool("list_streams", {"limit": 200, "after": after})
                page = told(answer)
                sizes.append(len(answer.content[1].text))  # type: ignore[union-attr]
                seen += [s["id"] for s in page["streams"]]
                after = page["next"]
                if not after:
                    break
            try:
                await client.read_resource("mainstem://plan")
            except MCPError as error:
                return seen, sizes, str(error.data["fault"]["code"])
        return seen, sizes, ""

    seen, sizes, code = anyio.run(run)
    assert len(seen) == len(set(seen)) == MANY + 3
    assert max(sizes) < MOST_DATA + 500
    assert code == "input.too_large"


def test_two_clients_at_once_get_their_own_answers(folder: Workspace) -> None:
    async def ask(stream: str, out: list[str]) -> None:
        async with Client(on(folder)) as client:
            for _ in range(5):
                found = told(await client.call_tool("read_stream", {"stream": stream}))
                out.append(found["id"])

    async def run() -> tuple[list[str], list[str]]:
        one: list[str] = []
        two: list[str] = []
        async with anyio.create_task_group() as group:
            group.start_soon(ask, "start-fast", one)
            group.start_soon(ask, "sign-up", two)
        return one, two

    assert anyio.run(run) == (["start-fast"] * 5, ["sign-up"] * 5)


def test_many_calls_of_one_client_at_once_are_all_answered(folder: Workspace) -> None:
    async def run() -> list[str]:
        out: list[str] = []

        async def one(client: Client, item: str) -> None:
            found = told(await client.call_tool("explain_attribution", {"item": item}))
            out.append(found["items"][0]["key"])

        async with Client(on(folder)) as client, anyio.create_task_group() as group:
            for n in range(30):
                group.start_soon(one, client, ("PLAY-1", "GRO-1", "OPS-2")[n % 3])
        return out

    found = anyio.run(run)
    assert {key: found.count(key) for key in found} == {"PLAY-1": 10, "GRO-1": 10, "OPS-2": 10}


# -- without a client library: what goes over the wire


def started(folder: Workspace) -> subprocess.Popen[str]:
    given = on(folder)
    return subprocess.Popen(
        [given.command, *given.args], env=given.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}  # fmt: skip


def send(process: subprocess.Popen[str], message: Any) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write((message if isinstance(message, str) else json.dumps(message)) + "\n")
    process.stdin.flush()
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def test_only_messages_go_to_standard_output_and_the_server_ends_with_its_client(
    folder: Workspace,
) -> None:
    with started(folder) as process:
        assert send(process, HELLO)["result"]["serverInfo"]["name"] == "mainstem"
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""


def test_a_server_that_is_killed_is_noticed_by_its_client(
    folder: Workspace, tmp_path: Path
) -> None:
    given = on(folder)
    pid = tmp_path / "pid"
    program = f"import os,runpy,sys; open({str(pid)!r},'w').write(str(os.getpid())); runpy.run_module('mainstem.cli.main', run_name='__main__')"
    killed = given.model_copy(update={"args": ["-c", program, *given.args[2:]]})

    async def run() -> str:
        async with Client(killed) as client:
            await client.list_tools()
            os.kill(int(pid.read_text()), signal.SIGKILL)
            try:
                await client.call_tool("list_streams", {})
            except MCPError as error:
                return error.message
        return ""

    assert "closed" in anyio.run(run).lower()


# -- the command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--plan", "nowhere"], "no plan"),
        (["--data", "nowhere"], "Nobody acts"),
        (["--data", "nowhere", "--token-env", "NO_SUCH"], "holds no token"),
        (["--plan", "x", "--data", "y"], "Name one"),
        (["--http", "--token-env", "X"], "its own token"),
        (["--http", "--data", "nowhere"], "no server's data"),
    ],
)
def test_a_command_that_cannot_work_says_why_on_standard_error(
    words: list[str], said: str, tmp_path: Path
) -> None:
    given = command(*words)
    done = subprocess.run(
        [sys.executable, *given.args], env=given.env, cwd=tmp_path, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    assert done.returncode != 0
    assert done.stdout == ""
    assert said in done.stderr
