"""The first run: one administrator, made once, by somebody who may."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.test import Client

from mainstem.services.people.first_run import new_setup_code
from mainstem.store.models import AuditLine, Grant, User
from tests.server.cast import PASSWORD
from tests.server.factories import NOW

pytestmark = pytest.mark.django_db
GIVEN = {"name": "Nora", "email": "Nora@Example.org", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture(autouse=True)
def _nobody_tried_before(db):
    cache.clear()


@pytest.fixture
def code(ground):
    """What the server printed when it started."""
    return new_setup_code(ground.data)


@pytest.fixture
def here(ground):
    """A browser at the machine itself."""
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def nameless(ground):
    """The same ground with an empty plan."""
    from mainstem.plan.changes import diff
    from mainstem.plan.model import Plan
    from mainstem.plan.standing import Signature

    ground.plans.write(diff(ground.plans.head().plan, Plan()), Signature(NOW, None, "Start"))
    return ground


@pytest.mark.parametrize("path", ["/", "/plan/", "/settings/", "/account/login/", "/nothing/"])
def test_while_nobody_has_an_account_every_page_leads_to_the_first(path, client, ground):
    assert client.get(path)["Location"] == "/start/"


def test_the_first_page_makes_an_administrator_and_is_gone(here, ground, code):
    assert here.post("/start/", {**GIVEN, "code": code})["Location"] == "/"
    user = User.objects.get()
    assert (user.email, user.name) == ("nora@example.org", "Nora")
    assert Grant.objects.get().role == "administrator"
    assert here.get("/settings/people/").status_code == 200
    assert here.get("/start/").status_code == 404
    assert here.post("/start/", {**GIVEN, "email": "second@example.org"}).status_code == 404
    assert User.objects.count() == 1
    actions = set(AuditLine.objects.values_list("action", flat=True))
    assert {"person.first", "sign-in"} <= actions


def test_it_asks_for_the_organisation_only_if_the_plan_has_none(here, ground):
    assert "Name of your organisation" not in here.get("/start/").content.decode()


def test_an_empty_plan_gets_name_and_time_zone(here, nameless, code):
    assert "Name of your organisation" in here.get("/start/").content.decode()
    told = {**GIVEN, "code": code, "organisation": "Streamly", "timezone": "Asia/Kolkata"}
    here.post("/start/", told)
    of = nameless.plans.head().plan.organisation
    assert (of.name, of.timezone) == ("Streamly", "Asia/Kolkata")


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_made(here, ground, code):
    for wrong, says in (
        ({"again": "other"}, "not the same"), ({"password": "short", "again": "short"}, "too short"),
        ({"email": "nora"}, "valid email"), ({"name": ""}, "required"),
    ):  # fmt: skip
        answer = here.post("/start/", {**GIVEN, "code": code, **wrong})
        assert answer.status_code == 400
        assert says in answer.content.decode()
    assert not User.objects.exists()


def test_the_printed_address_fills_the_code_in(here, code):
    assert f'value="{code}"' in here.get(f"/start/?code={code}").content.decode()


@pytest.mark.parametrize(
    "how",
    [{"SERVER_NAME": "localhost"}, {"SERVER_NAME": "testserver"},
     {"SERVER_NAME": "localhost", "REMOTE_ADDR": "10.0.0.7"}],
)  # fmt: skip
def test_everybody_is_asked_for_the_code_that_the_server_printed(how, ground):
    there = Client(**how)
    code = new_setup_code(ground.data)
    assert "Setup code" in there.get("/start/").content.decode()
    assert there.post("/start/", {**GIVEN, "code": "AAAA-BBBB-CCCC"}).status_code == 400
    assert not User.objects.exists()
    assert (
        there.post("/start/", {**GIVEN, "code": code.lower().replace("-", " ")}).status_code == 302
    )
    assert not (ground.data / "setup-code").exists()


def test_the_code_is_kept_as_a_hash_that_only_this_user_reads(ground):
    code = new_setup_code(ground.data)
    place = ground.data / "setup-code"
    assert code.replace("-", "") not in place.read_text()
    assert place.stat().st_mode & 0o077 == 0


def test_a_newer_code_stops_the_older(ground):
    old, new = new_setup_code(ground.data), new_setup_code(ground.data)
    there = Client()
    assert there.post("/start/", {**GIVEN, "code": old}).status_code == 400
    assert there.post("/start/", {**GIVEN, "code": new}).status_code == 302


_BEGIN = """
import sys, time
import django
django.setup()
from pathlib import Path
from mainstem.clock import now
from mainstem.errors import Absent
from mainstem.services.people.first_run import First, make_administrator
from mainstem.services.server.ground import server_ground
ground, name = server_ground(), sys.argv[1]
ground.plans.head()
(ground.data / f"ready-{name}").touch()
while len(list(ground.data.glob("ready-*"))) < 3:
    time.sleep(0.001)
try:
    made = make_administrator(
        First(name, f"{name}@example.org", sys.argv[2]), sys.argv[3], ground, at=now()
    )
    print("made")
except Absent:
    print("absent")
"""


def test_of_several_who_begin_at_once_one_becomes_administrator(tmp_path):
    env = {**os.environ, "MAINSTEM_DATA": str(tmp_path)}
    run = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(run, env=env, check=True, timeout=120)
    code = new_setup_code(tmp_path)
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", _BEGIN, name, PASSWORD, code],
            env=env,
            text=True,
            stdout=subprocess.PIPE,
        )
        for name in ("anna", "bela", "cleo")
    ]
    said = sorted(one.communicate(timeout=120)[0].strip() for one in begun)
    assert said == ["absent", "absent", "made"]
