"""The first run, a passkey and the pages of an administrator in a real browser, on a real server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from mainstem.services.people.first_run import new_setup_code
from tests.chromium import launched
from tests.server.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = (
    "/account/", "/account/tokens/", "/account/sessions/", "/account/2fa/", "/account/2fa/passkeys/",
    "/settings/", "/settings/people/", "/settings/people/1/", "/settings/invitations/",
    "/settings/groups/", "/audit/",
)  # fmt: skip
ALONE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip

#: Setup codes that servers of this module printed.
PRINTED: list[str] = []


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A server with an empty database; passkeys want ``localhost`` by that name."""
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    data = tmp_path_factory.mktemp("people")
    env["MAINSTEM_DATA"] = str(data)
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v0"], env=env, check=True, timeout=120
    )
    PRINTED.append(new_setup_code(data))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    granian = Path(sys.executable).with_name("granian")
    with subprocess.Popen(
        [granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "mainstem.web.wsgi:application"],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        _wait(f"http://127.0.0.1:{port}/account/login/")
        yield f"http://localhost:{port}"
        server.terminate()


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            httpx.get(address)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.fixture(scope="module")
def chromium():
    yield from launched()


def test_from_nothing_to_an_administrator_who_signs_in_with_a_passkey(address, chromium):
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page, said = context.new_page(), []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.goto(address)
    begin(page, address)
    keys = context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": ALONE})
    page.goto(f"{address}/account/2fa/passkeys/add/")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.click("passkey-form button.main")
    page.wait_for_url("**/account/2fa/recovery-codes/")
    assert page.locator("pre").inner_text().split()[9].isdigit()
    sign_out(page, address)
    page.click("passkey-form button")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/audit/")
    assert "Nora signed in by passkey." in page.locator("tbody tr").first.inner_text()
    for path in PAGES:
        assert page.goto(address + path).status == 200
        assert page.evaluate(SIDEWAYS) <= 0, path
        assert page.locator("h1").count() == 1
    assert said == []
    refused_passkey(page, keys, address)
    context.close()
    without_script(chromium, address)


def begin(page, address) -> None:
    assert page.url == f"{address}/start/"
    for name, value in {
        "code": PRINTED[-1], "organisation": "Streamly", "name": "Nora", "email": "nora@example.org",
        "password": PASSWORD, "again": PASSWORD,
    }.items():  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.click("main button.main")
    page.wait_for_url(f"{address}/")


def sign_out(page, address) -> None:
    page.goto(f"{address}/account/logout/")
    page.click("main button.main")
    page.wait_for_url("**/account/login/")


def refused_passkey(page, keys, address) -> None:
    """Without a passkey on the device nothing opens, and the page says so."""
    sign_out(page, address)
    keys.send("WebAuthn.disable")
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": ALONE})
    page.click("passkey-form button")
    page.locator("passkey-form [role=alert]:visible").wait_for()
    assert "No passkey was given" in page.locator("passkey-form [role=alert]").inner_text()
    assert page.url.endswith("/account/login/")


def without_script(chromium, address) -> None:
    """The password leads on, and what only a script could do is not offered."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/account/login/?next=/settings/people/")
    assert not page.locator("passkey-form button").is_visible()
    page.fill("[name=login]", "nora@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    assert page.url.startswith(f"{address}/account/2fa/authenticate/")
    context.close()
