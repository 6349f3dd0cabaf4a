"""Tools of assistants on a server: each tool x each role, the audit log, and what is out of reach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.server.api_caller import token_of
from tests.server.cast import actor
from tests.server.factories import NOW, TODAY, land_some_work
from tests.server.permissions.assistants import TOOLS, WRITING
from tests.server.test_permissions import IS, ORDER


@pytest.fixture
def place(ground: Any) -> Any:
    from mainstem.challenge.decisions import Step, Work
    from mainstem.mcp.server_place import ServerPlace
    from mainstem.services.decisions.deciding import ask, decide
    from mainstem.services.people.access import system

    land_some_work(ground)
    place = ServerPlace(ground)
    made = ask(Work("Repaint the start button", team="growth"), place.desk(), system(), at=NOW)
    decide(made.number, Step.REFUSE, "Nobody waits", place.desk(), system(), at=NOW, after=0,
           stream="start-fast")  # fmt: skip
    return place


def call(name: str, place: Any, by: Any, **more: Any) -> Any:
    from mainstem.mcp import tools
    from mainstem.store.models import AskedWork

    _, asked = TOOLS[name]
    if name == "read_decision":
        asked = {"number": AskedWork.objects.get().pk}
    return tools.call(tools.TOOLS[name], {**asked, **more}, place, by)


def code(answer: Any) -> str:
    return str(answer.structured_content["fault"]["code"]) if answer.is_error else "ok"


def test_every_tool_is_in_the_table() -> None:
    from mainstem.mcp.tools import TOOLS as THERE

    assert TOOLS.keys() == THERE.keys()
    assert {name for name, tool in THERE.items() if tool.writes} == WRITING


@pytest.mark.parametrize("name", TOOLS)
def test_who_may_call_what(name: str, place: Any, cast: Any) -> None:
    least = TOOLS[name][0]
    for who, role in IS.items():
        found = code(call(name, place, actor(who, cast, face="mcp")))
        reaches = ORDER.index(role) >= ORDER.index(least)
        assert found == ("ok" if reaches else "access.forbidden"), f"{who} calling {name}"
    assert code(call(name, place, actor("otto", cast, face="mcp"))) == "access.absent"


@pytest.mark.parametrize("name", TOOLS)
def test_a_token_for_reading_reads_and_does_not_write(name: str, place: Any, cast: Any) -> None:
    found = code(call(name, place, actor("ada", cast, face="mcp", may_write=False)))
    assert found == ("access.scope" if name in WRITING else "ok")


@pytest.mark.parametrize("name", TOOLS)
def test_an_outsider_learns_nothing(name: str, place: Any, cast: Any) -> None:
    otto = actor("otto", cast, face="mcp")
    told = str(call(name, place, otto).model_dump())
    wrong = str(call(name, place, otto, colour="red").model_dump())
    assert told == wrong
    for secret in ("Streamly", "Playback", "start-fast", "Start to first frame", "colour"):
        assert secret not in told


def test_no_tool_but_the_one_that_proposes_changes_anything(place: Any, cast: Any) -> None:
    from django.apps import apps

    def rows() -> dict[str, int]:
        models: Any = apps.get_app_config("store").get_models()
        return {model.__name__: model.objects.count() for model in models}

    before, head = rows(), place.ground.plans.head().revision
    for name in TOOLS.keys() - WRITING:
        assert code(call(name, place, actor("ada", cast, face="mcp"))) == "ok"
    assert rows() == before
    assert place.ground.plans.head().revision == head


def test_a_proposed_change_waits_for_people_and_is_in_the_audit_log(place: Any, cast: Any) -> None:
    from mainstem.store.models import AuditLine, Proposal

    head = place.ground.plans.head()
    answer = call("propose_change", place, actor("carl", cast, face="mcp"))
    made = Proposal.objects.get()
    assert answer.structured_content["proposal"] == made.pk
    assert answer.structured_content["address"] == f"/plan/proposals/{made.pk}/"
    assert (made.state, made.author_name, made.title) == ("open", "Carl", "Olga takes over")
    assert place.ground.plans.head() == head
    line = AuditLine.objects.get(action="proposal.opened")
    assert (line.face, line.by_name, line.outcome) == ("mcp", "Carl", "ok")


def test_a_proposal_that_was_put_up_can_be_applied_by_who_may(place: Any, cast: Any) -> None:
    from mainstem.services.plans.proposals import apply_proposal

    number = call("propose_change", place, actor("carl", cast, face="mcp")).structured_content[
        "proposal"
    ]
    apply_proposal(number, place.ground, actor("petra", cast), at=NOW)
    assert place.ground.plans.head().plan.streams["start-fast"].owner == "Olga"


def test_a_refused_call_is_in_the_audit_log(place: Any, cast: Any) -> None:
    from mainstem.store.models import AuditLine

    call("propose_change", place, actor("vera", cast, face="mcp"))
    line = AuditLine.objects.get(outcome="refused")
    assert (line.face, line.action, line.by_name) == ("mcp", "MCP propose_change", "Vera")


def test_a_token_acts_for_its_owner_until_it_ends_or_is_taken_back(ground: Any, cast: Any) -> None:
    from mainstem.mcp.server_place import ServerPlace
    from mainstem.services.people.tokens import create_token, revoke_token

    place = ServerPlace(ground)
    written = place.signed(token_of("carl", ground, cast))
    assert written is not None
    assert (written.name, written.face, written.may_write) == ("Carl", "mcp", True)
    read = place.signed(token_of("vera", ground, cast, "read"))
    assert read is not None
    assert not read.may_write
    owen = actor("owen", cast)
    made = create_token("t", "write", TODAY + timedelta(days=1), ground, owen, at=NOW)
    revoke_token(made.token.id, owen, at=NOW)
    assert place.signed(made.text) is None
    past = create_token("t", "write", TODAY, ground, owen, at=NOW - timedelta(days=300))
    from mainstem.store.models import ApiToken

    # the server's clock has the day of NOW, and the hour that it really is
    ApiToken.objects.filter(pk=past.token.id).update(ends_at=NOW - timedelta(days=1))
    assert place.signed(past.text) is None
    assert place.signed("ms_nothing") is None
    assert place.signed("") is None


def test_a_token_of_an_outsider_opens_nothing(ground: Any, cast: Any) -> None:
    from mainstem.mcp.server_place import ServerPlace
    from mainstem.store.models import Grant

    text = token_of("vera", ground, cast)
    assert ServerPlace(ground).signed(text) is not None
    Grant.objects.filter(user=cast["vera"]).delete()
    assert ServerPlace(ground).signed(text) is None


def test_addresses_of_people_tokens_and_the_audit_log_are_out_of_reach(
    place: Any, cast: Any
) -> None:
    """An administrator sees them on the pages; an assistant sees them nowhere."""
    token_of("ada", place.ground, cast)
    ada = actor("ada", cast, face="mcp")
    answers = [str(call(name, place, ada).model_dump()) for name in TOOLS]
    answers += [
        str(call("search", place, ada, words=w).model_dump())
        for w in ("ada", "example.org", "token")
    ]
    from mainstem.mcp.resources import read

    answers.append(read("mainstem://plan", place, ada).text)
    for told in answers:
        assert "@example.org" not in told
        assert "ms_" not in told
        assert "token.make" not in told


def test_the_evidence_of_an_answer_given_in_private_is_out_of_reach(place: Any, cast: Any) -> None:
    from mainstem.challenge.decisions import Work
    from mainstem.challenge.statements import STATEMENTS
    from mainstem.challenge.verdicts import Answer
    from mainstem.mcp import tools
    from mainstem.services.decisions.deciding import ask
    from mainstem.services.decisions.desk import Answered
    from mainstem.services.people.access import system

    work = Work("Please the sponsor", key="PLAY-77", team="growth")
    made = ask(work, place.desk(), system(), at=NOW)
    place.desk().answers.add(
        Answered(f"asked/{made.number}", "D-W02", STATEMENTS["D-W02"].version, Answer.TRUE,
                 "the sponsor said so to me", "", None, True, "Carl", NOW),
        system(),
    )  # fmt: skip
    for name, asked in (
        ("qualify_work", {"title": "Please the sponsor", "key": "PLAY-77"}),
        ("read_decision", {"number": made.number}),
    ):
        for who in ("vera", "petra"):
            found = tools.call(tools.TOOLS[name], asked, place, actor(who, cast, face="mcp"))
            assert not found.is_error
            assert "said so to me" not in str(found.model_dump()), (name, who)
