"""``mainstem mcp --http`` on a real port: who gets in, what they may, and what a page of another site may not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from tests.assistants.folder import command, told
from tests.assistants.server import Running, environment, fill, running
from tests.server.permissions.assistants import TOOLS

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
SECRETS = ("Streamly", "Playback", "start-fast", "Start to first frame", "qualify_work")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("assistants") / "data"
    with running(data, fill(data)) as made:
        yield made


def talk(
    server: Running, name: str, with_: Callable[[Client], Awaitable[Any]], *, mode: str = "auto"
) -> Any:
    async def run() -> Any:
        async with _client(server, name, mode) as client:
            return await with_(client)

    return anyio.run(run)


def _client(server: Running, name: str, mode: str = "auto") -> Client:
    heads = {"Authorization": f"Bearer {server.tokens[name]}"}
    http = httpx2.AsyncClient(headers=heads, timeout=60)
    return Client(streamable_http_client(server.url, http_client=http), mode=mode)


def error_of(response: Any) -> dict[str, Any]:
    assert response.headers["content-type"].startswith("application/json")
    found: dict[str, Any] = response.json()["error"]
    assert found.keys() == {"code", "message", "hint", "field", "details", "request"}
    return found


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_with_a_token_lists_tools_and_calls_each_one(server: Running, mode: str) -> None:
    async def run(client: Client) -> dict[str, bool]:
        names = [t.name for t in (await client.list_tools()).tools]
        return {n: bool((await client.call_tool(n, TOOLS[n][1])).is_error) for n in names}

    found = talk(server, "carl", run, mode=mode)
    assert found == {**dict.fromkeys(TOOLS, False), "read_decision": True}


def test_who_may_not_propose_is_not_shown_the_tool_and_is_refused_it(server: Running) -> None:
    async def run(client: Client) -> tuple[set[str], Any]:
        names = {t.name for t in (await client.list_tools()).tools}
        return names, await client.call_tool("propose_change", TOOLS["propose_change"][1])

    for name, code in (("vera", "access.forbidden"), ("reads", "access.scope")):
        names, answer = talk(server, name, run)
        assert "propose_change" not in names
        assert answer.structured_content["fault"]["code"] == code


@pytest.mark.parametrize("token", ["", "revoked", "ended", "otto"])
def test_who_has_no_token_that_works_learns_nothing(server: Running, token: str) -> None:
    answer = server.post(LIST, token=token)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert error_of(answer)["code"] == "access.unsigned"
    assert answer.text == server.post(LIST, Authorization="Bearer ms_nothing").text
    assert not any(secret in answer.text for secret in SECRETS)


@pytest.mark.parametrize("given", ["ms_x", "Basic abc", "Bearer", "bearer\tx"])
def test_a_head_that_is_no_token_opens_nothing(server: Running, given: str) -> None:
    assert server.post(LIST, Authorization=given).status_code == 401


_MAKE = """
import django; django.setup()
from mainstem.services.server.ground import server_ground
from mainstem.store.models import User
from tests.server.api_caller import token_of
cast = {u.email.partition('@')[0]: u for u in User.objects.all()}
print(token_of('lena', server_ground(), cast))
"""
_TAKE_BACK = """
import django; django.setup()
from mainstem.services.server.ground import server_ground
from mainstem.services.people.tokens import revoke_all
from mainstem.store.models import User
print(revoke_all(User.objects.get(email='lena@example.org').pk, at=server_ground().now()))
"""


def test_a_token_taken_back_stops_working_at_once(server: Running) -> None:
    server.tokens["brief"] = _on_data(server, _MAKE)
    heads = {"MCP_Protocol_Version": "2025-06-18"}
    assert server.post(LIST, token="brief", **heads).status_code == 200
    assert int(_on_data(server, _TAKE_BACK)) >= 1
    assert server.post(LIST, token="brief", **heads).status_code == 401


def _on_data(server: Running, program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(server.data), capture_output=True, text=True,
        check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


# -- pages of other sites


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8001", "127.0.0.1.evil.example", "", "[", "a@b:1:2"]
)
def test_a_name_that_is_not_ours_is_not_answered(server: Running, host: str) -> None:
    answer = server.post(LIST, token="carl", Host=host)
    assert answer.status_code in (400, 421)
    assert not any(secret in answer.text for secret in SECRETS)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "https://127.0.0.1.evil.example", "null", "file://", "http://localhost@evil.example"],
)  # fmt: skip
def test_a_page_of_another_site_may_not_ask(server: Running, origin: str) -> None:
    answer = server.post(LIST, token="carl", Origin=origin)
    assert (answer.status_code, error_of(answer)["code"]) == (403, "request.origin")


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443"]
)
def test_a_page_of_this_machine_may_ask_with_a_token(server: Running, origin: str) -> None:
    heads = {"MCP_Protocol_Version": "2025-06-18"}
    assert server.post(LIST, token="carl", Origin=origin, **heads).status_code == 200
    assert server.post(LIST, Origin=origin, **heads).status_code == 401


def test_behind_a_proxy_it_answers_under_its_public_name_and_believes_the_proxy_alone(
    server: Running,
) -> None:
    given = {"MAINSTEM_URL": "https://mainstem.example.org", "MAINSTEM_PROXIES": "1"}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "propose_change", "arguments": TOOLS["propose_change"][1]}}  # fmt: skip
    heads = {
        "Host": "mainstem.example.org", "Origin": "https://mainstem.example.org",
        "X_Forwarded_For": "198.51.100.9, 203.0.113.7", "MCP_Protocol_Version": "2025-06-18",
    }  # fmt: skip
    with running(server.data, server.tokens, **given) as behind:
        assert behind.post(call, token="vera", **heads).status_code == 200
        astray = behind.post(call, token="vera", **{**heads, "Origin": "https://example.org"})
        assert astray.status_code == 403
    assert _last_refusal(server)[2] == "203.0.113.7"


# -- the transport


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_are_no_sessions_to_open_or_close(server: Running, method: str) -> None:
    answer = server.post(b"", token="carl", method=method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert error_of(answer)["code"] == "request.method"


def test_what_is_no_message_is_refused_in_json(server: Running) -> None:
    assert (
        error_of(server.post(LIST, token="carl", Content_Type="text/plain"))["code"]
        == "request.kind"
    )
    assert error_of(server.post(b"x" * 1_100_000, token="carl"))["code"] == "request.too_large"
    broken = server.post(b"{", token="carl")
    assert (broken.status_code, "error" in broken.json()) == (400, True)
    elsewhere = (
        server.post(LIST, token="carl").status_code,
        server.post(b"[]", token="carl").status_code,
    )
    assert elsewhere[1] == 400


def test_a_request_stands_alone_and_is_answered_in_plain_json(server: Running) -> None:
    answer = server.post(LIST, token="carl", MCP_Protocol_Version="2025-06-18")
    assert answer.headers["content-type"].startswith("application/json")
    assert "mcp-session-id" not in answer.headers
    assert [t["name"] for t in answer.json()["result"]["tools"]] == list(TOOLS)


def test_two_people_at_once_get_what_each_may(server: Running) -> None:
    async def ask(name: str, out: list[str]) -> None:
        async with _client(server, name) as client:
            for _ in range(5):
                answer = await client.call_tool("propose_change", TOOLS["propose_change"][1])
                out.append(answer.structured_content["fault"]["code"] if answer.is_error else "ok")

    async def run() -> tuple[list[str], list[str]]:
        carl: list[str] = []
        vera: list[str] = []
        async with anyio.create_task_group() as group:
            group.start_soon(ask, "carl", carl)
            group.start_soon(ask, "vera", vera)
        return carl, vera

    assert anyio.run(run) == (["ok"] * 5, ["access.forbidden"] * 5)


def test_a_call_that_is_given_up_leaves_the_server_answering(server: Running) -> None:
    async def run(client: Client) -> int:
        for _ in range(5):
            with anyio.move_on_after(0.001):
                await client.call_tool("value_score", {"by": "stream", "grain": "week"})
        found: int = told(await client.call_tool("list_streams", {}))["total"]
        return found

    assert talk(server, "carl", run) == 3


def test_the_audit_log_says_who_was_refused_and_from_where(server: Running) -> None:
    async def run(client: Client) -> None:
        await client.call_tool("propose_change", TOOLS["propose_change"][1])

    talk(server, "vera", run)
    assert _last_refusal(server) == ["Vera", "MCP propose_change", "127.0.0.1", True]


def _last_refusal(server: Running) -> list[Any]:
    """Who was refused last, what, from where, and whether it has a number."""
    found: list[Any] = json.loads(
        _on_data(
            server,
            "import django, json; django.setup()\n"
            "from mainstem.store.models import AuditLine\n"
            "x = AuditLine.objects.filter(outcome='refused', face='mcp').latest('pk')\n"
            "print(json.dumps([x.by_name, x.action, x.address, bool(x.request)]))",
        )
    )
    return found


def test_a_server_that_is_killed_is_noticed_by_its_client(server: Running) -> None:
    with running(server.data, server.tokens) as other:

        async def run(client: Client) -> None:
            await client.list_tools()
            other.process.kill()
            other.process.wait(30)
            await client.call_tool("list_streams", {})

        # the client library tells it as an error of the connection, in a group of its own tasks
        with pytest.raises((ExceptionGroup, MCPError, httpx2.HTTPError)):
            talk(other, "carl", run)


# -- a server's data on standard streams


def test_on_standard_streams_a_token_in_the_environment_says_who_acts(server: Running) -> None:
    async def run() -> tuple[Any, Any]:
        given = command(
            "--data", str(server.data), "--token-env", "ASSISTANT", ASSISTANT=server.tokens["vera"]
        )
        async with Client(given) as client:
            read = told(await client.call_tool("read_stream", {"stream": "start-fast"}))
            return read, await client.call_tool("propose_change", TOOLS["propose_change"][1])

    read, refused = anyio.run(run)
    assert read["id"] == "start-fast"
    assert refused.structured_content["fault"]["code"] == "access.forbidden"


@pytest.mark.parametrize("token", ["revoked", "ended", "otto"])
def test_a_token_that_does_not_work_does_not_even_start(server: Running, token: str) -> None:
    given = command(
        "--data", str(server.data), "--token-env", "ASSISTANT", ASSISTANT=server.tokens[token]
    )
    done = subprocess.run(
        [sys.executable, *given.args], env=given.env, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "The token does not work." in done.stderr
    assert server.tokens[token] not in done.stderr
