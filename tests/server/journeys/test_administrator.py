"""Ada runs the server: from an empty folder to people, rights, tokens and a first file of work."""

from __future__ import annotations

import re

import pytest

from tests.server.cast import PASSWORD
from tests.server.journeys.conftest import Site, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORK = """Issue key,Summary,Issue Type,Component,Team,Time Spent,Date
PLAY-1,Warm start,Task,Player,Player core,3h,2026-10-05
PLAY-2,Fewer stalls,Bug,Player,Player core,2h,2026-10-06
GRO-1,Shorter form,Task,Signup,Growth,4h,2026-10-06
GRO-2,No day,Task,Signup,Growth,4h,never
"""


@pytest.fixture(
    scope="module", params=["with script", pytest.param("without script", marks=pytest.mark.long)]
)
def empty(tmp_path_factory):
    """A server on an empty folder."""
    folder = tmp_path_factory.mktemp("empty") / "data"
    with served(folder) as address:
        yield Site(address, folder)


@pytest.fixture
def site(empty):
    return empty


@pytest.fixture
def script(empty, request):
    """As the server: each is begun once."""
    return request.node.callspec.params["empty"] == "with script"


def test_the_first_day_of_a_server(sit_down, site, script):
    ada = sit_down(script=script)
    begins(ada, site)
    assert ada.page.locator("h1").is_visible()
    empty_pages(ada)
    link = invites(ada)
    nora = sit_down(script=script)
    accepts(nora, link)
    gives_a_right(ada, nora)
    makes_a_token(ada)
    ends_a_session(ada, sit_down(script=script))
    imports(ada)
    reads_the_audit_log(ada)


def begins(ada, site):
    ada.go("/")
    assert ada.path == "/start/"
    code = re.search(r"/start/\?code=(\S+)", site.said)
    assert code is not None
    given = {
        "organisation": "Streamly",
        "name": "Ada",
        "email": "ada@example.org",
        "password": "short",
    }
    ada.go(f"/start/?code={code.group(1)}")
    ada.fill(**given, again="short")
    ada.press("Begin")
    assert ada.page.get_by_role("alert").count() == 1
    ada.fill(**{**given, "password": PASSWORD}, again=PASSWORD)
    ada.press("Begin")
    assert ada.path == "/"


def empty_pages(ada):
    """Where there is nothing yet, every page says what to do next."""
    for path in ("/", "/river", "/map", "/streams/", "/teams/", "/plan/", "/items/", "/sources/"):
        ada.go(path)
        assert ada.page.locator("main .empty, main a.button, main .notice").count() > 0, path


def invites(ada):
    ada.go("/settings/invitations/")
    ada.fill(email="nora@example.org", role="contributor")
    ada.press("Send the invitation")
    found = re.search(r"https?://\S+/invitation/\S+", ada.page.locator("main").inner_text())
    assert found is not None
    return found.group(0)


def accepts(nora, link):
    nora.go(link.removeprefix(nora.address))
    assert "Ada invited nora@example.org as contributor" in nora.text
    nora.fill(name="Nora", password=PASSWORD, again=PASSWORD)
    nora.press("Make my account")
    assert nora.path == "/"
    nora.go("/settings/people/", 403)


def gives_a_right(ada, nora):
    ada.go("/settings/people/")
    ada.click("Nora", inside="main")
    ada.page.locator("summary", has_text="Give a right").click()
    ada.page.locator("[name=right-role]").select_option("planner")
    ada.press("Give it")
    assert "The right is given" in ada.text and "planner" in ada.text
    nora.go("/plan/")
    assert nora.page.get_by_role("link", name="New objective").is_visible()


def makes_a_token(ada):
    ada.go("/account/tokens/")
    ada.fill(name="Nightly export", scope="read")
    ada.press("Make the token")
    shown = re.search(r"ms_\S+", ada.text)
    assert shown is not None and "cannot be shown again" in ada.text
    ada.go("/account/tokens/")
    assert shown.group(0) not in ada.text and "Nightly export" in ada.text
    answer = ada.context.request.get(
        f"{ada.address}/api/v1/plan", headers={"Authorization": f"Bearer {shown.group(0)}"}
    )
    assert answer.status in (200, 404)
    ada.confirm("Take back")


def ends_a_session(ada, other):
    other.go("/account/login/")
    other.fill(login="ada@example.org", password=PASSWORD)
    other.press("Sign in", exact=True)
    assert other.path == "/"
    ada.go("/account/sessions/")
    assert ada.text.count("since") == 2
    ada.confirm("End", inside="main li confirm-submit")
    other.go("/account/")
    assert other.path == "/account/login/"


def imports(ada):
    ada.go("/sources/")
    ada.go("/sources/import/")
    ada.press("Upload and look at it")
    ada.page.locator("input[type=file]").set_input_files(
        {"name": "work.csv", "mimeType": "text/csv", "buffer": WORK.encode()}
    )
    ada.press("Upload and look at it")
    assert "Time Spent" in ada.text
    ada.fill(source="tracker")
    ada.press("Read it", exact=True)
    for _ in range(60):
        if ada.page.get_by_role("link", name="See the whole report").count():
            break
        ada.page.wait_for_timeout(250)
        ada.page.reload()
    ada.click("See the whole report")
    assert "rejected" in ada.text and "never" in ada.text
    ada.go("/items/")
    assert "PLAY-1" in ada.text
    ada.go("/")
    ada.go("/river")


def reads_the_audit_log(ada):
    ada.go("/audit/")
    for words in ("invited", "planner", "token", "session"):
        assert words in ada.text.lower(), words
    assert ada.page.locator("main").get_by_text("refused").count() > 0
    ada.go("/audit/?action=token.make")
    taken = ada.saved(ada.page.get_by_role("link", name="CSV").first)
    assert "Nightly export" in taken
