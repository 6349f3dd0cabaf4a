"""The demo on a server: whole, lived in, and open only where it was started as one."""

from __future__ import annotations

import pytest

from mainstem.services.people.access import Role
from mainstem.services.server import demo_server
from mainstem.services.server.demo_server import Belongs, Part

VERA = Part("Vera View", "vera.view@demo.example", "A viewer", "look", Role.VIEWER)


@pytest.fixture
def marked(ground):
    """A data folder that was made as a demo, with a cast of one."""
    people = (Belongs("Cid Core", "cid@demo.example", "player-core"),)
    demo_server.make_people(people, (VERA,), at=ground.now())
    demo_server.mark(ground.data, (VERA,))


def looks_round(client, email):
    return client.post("/demo/enter", {"email": email})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_the_way_in_is_closed_on_a_server_that_is_no_demo(
    client, ground, cast, monkeypatch, marked
):
    # the folder is a demo's, but the server was not started for it
    for email in (VERA.email, "ada@example.org"):
        assert looks_round(client, email).status_code in (302, 404)
        assert not is_signed_in(client)
    # the server was started for a demo, but the folder is none
    monkeypatch.setenv("MAINSTEM_DEMO", "on")
    (ground.data / "demo.json").unlink()
    assert client.get("/demo/").status_code in (302, 404)
    looks_round(client, VERA.email)
    assert not is_signed_in(client)


def test_one_looks_round_as_somebody_of_the_cast_by_one_click(client, ground, monkeypatch, marked):
    from mainstem.store.models import AuditLine

    monkeypatch.setenv("MAINSTEM_DEMO", "on")
    page = client.get("/demo/").content.decode()
    assert "Vera View" in page and VERA.email in page and "Cid Core" not in page
    assert looks_round(client, VERA.email).headers["Location"] == "/"
    assert is_signed_in(client)
    line = AuditLine.objects.get(action="sign-in.demo")
    assert line.sentence == "Looks round as Vera View."


def test_nobody_but_the_cast_can_be_looked_round_as(client, ground, cast, monkeypatch, marked):
    monkeypatch.setenv("MAINSTEM_DEMO", "on")
    for email in ("cid@demo.example", "ada@example.org", "", "nobody"):
        looks_round(client, email)
        assert not is_signed_in(client)


def test_signing_in_by_a_link_from_elsewhere_is_refused(ground, monkeypatch, marked):
    from django.test import Client

    monkeypatch.setenv("MAINSTEM_DEMO", "on")
    careful = Client(enforce_csrf_checks=True)
    assert looks_round(careful, VERA.email).status_code == 403
    assert careful.get("/demo/enter").status_code == 405


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_demo_is_whole_and_lived_in(tmp_path, monkeypatch):
    from mainstem.demo.cast import CAST, ENGINEER
    from mainstem.demo.organisation import TODAY
    from mainstem.demo.server import fill_server
    from mainstem.score.values import Question
    from mainstem.services.people.access import system
    from mainstem.services.plans.proposals import list_proposals
    from mainstem.services.scores.scoring import value_score
    from mainstem.services.server import ground as grounds
    from mainstem.services.server.shelf import Shelf
    from mainstem.services.telling.remarking import remarks
    from mainstem.services.work.contesting import contests
    from mainstem.store.check_ins import CheckInBook
    from mainstem.store.models import AuditLine, CheckIn, Membership, User, Workshop
    from mainstem.store.plans import StoredPlans

    made = grounds.Ground(StoredPlans(), Shelf(tmp_path / "ledger"), tmp_path, CheckInBook(), TODAY)
    monkeypatch.setattr("mainstem.services.server.ground.server_ground", lambda: made)
    monkeypatch.setenv("MAINSTEM_DEMO", "on")
    fill_server(tmp_path, people=280, months=2)
    assert demo_server.cast_of(tmp_path) == CAST
    assert User.objects.count() > 270 and Membership.objects.count() > 270
    plan = made.plans.head().plan
    answer = value_score(Question(), made.book())
    assert 0.2 < answer.total.score.point < 0.9
    assert CheckIn.objects.values("key_result").distinct().count() > 15
    assert CheckIn.objects.latest("on").on <= TODAY
    of_workshop, proposal = list_proposals(system())
    assert proposal.state == of_workshop.state == "open"
    held, runs = Workshop.objects.order_by("pk")
    assert (held.state, held.proposal_id, runs.state) == ("finished", of_workshop.number, "running")
    assert len(remarks("streams/start-fast", system())) == 2
    (contest,), _ = contests(made, system())
    assert contest.author == ENGINEER.name
    engineer = demo_server.actor_of_cast(ENGINEER, made)
    assert engineer.teams and engineer.teams <= plan.teams.keys()
    assert not AuditLine.objects.exclude(outcome="ok").exists()
    assert not (tmp_path / "setup-code").exists()
