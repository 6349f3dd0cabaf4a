"""The challenge on a server: who answers, what counts, what is shown, what is written down."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from mainstem.challenge.verdicts import Answer, Verdict
from mainstem.errors import Absent, Forbidden, Invalid
from tests.server.cast import Cast, actor
from tests.server.factories import NOW, TODAY

STARTS = "metrics/starts"
STORY = "Support walked three stories with us"


@pytest.fixture
def desk(ground: Any) -> Any:
    """With a metric that two people would compute alike, so that only people's answers are missing."""
    from mainstem.plan.changes import Changed
    from mainstem.plan.standing import Signature
    from mainstem.services.decisions.desks import server_desk

    defined = Changed(
        STARTS, ("definition",), None, "Sessions that play within 2 s over all sessions"
    )
    ground.plans.write([defined], Signature(NOW, None, "Start", origin="start"))
    return server_desk(ground)


def told(found: Any, statement: str) -> Any:
    return next(t for t in found.weighed.told if t.id == statement)


def see(desk: Any, cast: Cast, subject: str = STARTS, *, who: str = "vera") -> Any:
    from mainstem.services.challenges.challenging import challenge

    return challenge(subject, desk, actor(who, cast), at=NOW)


def say(desk: Any, cast: Cast, statement: str, answer: Any, **more: Any) -> Any:
    from mainstem.services.challenges.challenging import answer_statement

    who, subject = more.pop("who", "carl"), more.pop("subject", STARTS)
    more.setdefault("evidence", "" if answer in (None, Answer.CANNOT_SAY) else STORY)
    return answer_statement(subject, statement, answer, desk, actor(who, cast), at=NOW, **more)


def test_a_metric_waits_until_somebody_has_answered_what_blocks(desk: Any, cast: Cast) -> None:
    found = see(desk, cast)
    assert found.verdict is Verdict.CONDITIONAL
    assert [t.id for t in found.weighed.questions][:2] == ["D-M01", "D-M02"]
    assert len(found.weighed.questions) <= 5
    assert (
        "Answer D-M01 (asked of: someone who talks to customers) or overrule it."
        in found.weighed.changes
    )


def test_answers_of_people_settle_it(desk: Any, cast: Cast) -> None:
    for statement in ("D-M01", "D-M02", "D-M09"):
        if told(see(desk, cast), statement).may_be_asked:
            found = say(desk, cast, statement, Answer.FALSE)
    assert found.verdict in (Verdict.PASSES, Verdict.PASSES_WITH_WARNINGS)
    assert told(found, "D-M01").heard.by == "Carl"
    assert [a.statement for a in found.history][:2] == ["D-M01", "D-M02"]


def test_one_true_answer_that_blocks_disqualifies_and_says_what_would_change_it(
    desk: Any, cast: Cast
) -> None:
    found = say(desk, cast, "D-M01", Answer.TRUE)
    assert found.verdict is Verdict.DISQUALIFIED
    assert found.weighed.changes == (
        "D-M01: Change it so that D-M01 is no longer true, or overrule it with a reason.",
    )
    assert say(desk, cast, "D-M01", None).verdict is Verdict.CONDITIONAL


def test_nobody_can_say_needs_somebody_who_finds_out_by_a_day(desk: Any, cast: Cast) -> None:
    for more in ({}, {"owner": "Owen"}, {"owner": "Owen", "until": TODAY - timedelta(1)}):
        with pytest.raises(Invalid) as raised:
            say(desk, cast, "D-M01", Answer.CANNOT_SAY, **more)
        assert raised.value.field in ("owner", "until")
    found = say(desk, cast, "D-M01", Answer.CANNOT_SAY, owner="Owen", until=date(2026, 11, 3))
    assert found.verdict is Verdict.CONDITIONAL
    assert any("Owen finds out by 2026-11-03" in change for change in found.weighed.changes)
    assert "D-M01" not in [t.id for t in found.weighed.questions]


def test_an_answer_needs_what_it_rests_on(desk: Any, cast: Cast) -> None:
    with pytest.raises(Invalid) as raised:
        say(desk, cast, "D-M01", Answer.FALSE, evidence=" ")
    assert raised.value.field == "evidence"


def test_what_the_program_answers_is_not_for_people(desk: Any, cast: Cast) -> None:
    with pytest.raises(Invalid, match="answered by the program"):
        say(desk, cast, "D-S03", Answer.FALSE, subject="streams/start-fast")
    with pytest.raises(Invalid, match="is not said of"):
        say(desk, cast, "D-K01", Answer.FALSE)


def test_who_only_reads_may_not_answer_and_an_outsider_learns_nothing(
    desk: Any, cast: Cast
) -> None:
    with pytest.raises(Forbidden):
        say(desk, cast, "D-M01", Answer.FALSE, who="vera")
    with pytest.raises(Absent):
        say(desk, cast, "D-M01", Answer.FALSE, who="otto")
    with pytest.raises(Absent):
        see(desk, cast, who="otto")
    with pytest.raises(Absent):
        see(desk, cast, "metrics/none")


def test_a_team_answers_for_itself_and_nobody_sees_who(desk: Any, cast: Cast) -> None:
    team = "teams/player-core"
    with pytest.raises(Forbidden):
        say(desk, cast, "D-T02", Answer.TRUE, subject=team, who="owen")
    say(desk, cast, "D-T02", Answer.TRUE, subject=team, who="carl")
    for who in ("vera", "petra", "ada"):
        found = see(desk, cast, team, who=who)
        assert told(found, "D-T02").answer is Answer.TRUE
        assert (told(found, "D-T02").heard.by, found.history[0].by) == ("", "")


def test_an_answer_is_written_down_with_who_gave_it(desk: Any, cast: Cast) -> None:
    from mainstem.store.models import AuditLine, StatementAnswer

    say(desk, cast, "D-M01", Answer.FALSE)
    line = AuditLine.objects.get(action="challenge.answer")
    assert (line.by_name, line.subject) == ("Carl", STARTS)
    assert STORY in line.sentence
    assert StatementAnswer.objects.get().author_id == cast["carl"].pk


def test_an_answer_to_an_older_version_does_not_count_and_says_so(
    ground: Any, desk: Any, cast: Cast
) -> None:
    from mainstem.services.challenges.own_statements import Wording, change_statement
    from mainstem.services.decisions.desks import server_desk

    say(desk, cast, "D-M01", Answer.FALSE)
    change_statement(
        "D-M01", Wording(text="It can rise while customers get less.", is_new_meaning=True), ground,
        actor("petra", cast), at=NOW,
    )  # fmt: skip
    one = told(see(server_desk(ground), cast), "D-M01")
    assert one.text == "It can rise while customers get less."
    assert (one.answer, one.heard) == (None, None)
    assert (one.stale.version, one.statement.version) == (1, 2)


def test_a_statement_that_a_person_found_true_can_be_lived_with(
    ground: Any, desk: Any, cast: Cast
) -> None:
    from mainstem.services.decisions.desks import server_desk
    from mainstem.services.plans.standing_findings import accept_finding, standing_findings

    assert say(desk, cast, "D-M01", Answer.TRUE).verdict is Verdict.DISQUALIFIED
    accept_finding(
        STARTS, "D-M01", "until the new one is there", ground, actor("petra", cast), at=NOW
    )
    found = see(server_desk(ground), cast)
    assert told(found, "D-M01").overruled == "until the new one is there"
    assert found.verdict is not Verdict.DISQUALIFIED
    assert not [f for f in standing_findings(ground).all if f.rule in ("T021", "T022")]


def test_own_statements_are_asked_like_those_of_the_list(ground: Any, cast: Cast) -> None:
    from mainstem.services.challenges.own_statements import (
        Wording,
        change_statement,
        remove_statement,
    )
    from mainstem.services.decisions.desks import server_desk

    petra = actor("petra", cast)
    mine = Wording(text="Nobody would miss it.", subject="stream", severity="blocks")
    change_statement("our-promise", mine, ground, petra, at=NOW)
    found = see(server_desk(ground), cast, "streams/start-fast")
    assert told(found, "our-promise").is_open
    assert found.verdict is Verdict.CONDITIONAL
    change_statement("our-promise", Wording(retired=True), ground, petra, at=NOW)
    found = see(server_desk(ground), cast, "streams/start-fast")
    assert "our-promise" not in [t.id for t in found.weighed.told]
    remove_statement("our-promise", ground, petra, at=NOW)
    assert not ground.plans.head().plan.organisation.statements


@pytest.mark.parametrize(
    ("ident", "field"), [("D-M99", "id"), ("no spaces", "id"), ("our-one", "text")]
)
def test_a_statement_that_could_not_be_asked_is_refused(
    ground: Any, cast: Cast, ident: str, field: str
) -> None:
    from mainstem.services.challenges.own_statements import Wording, change_statement

    with pytest.raises(Invalid) as raised:
        change_statement(
            ident, Wording(text="", subject="stream"), ground, actor("petra", cast), at=NOW
        )
    assert raised.value.field == field


def test_only_who_may_change_the_organisation_changes_the_catalogue(
    ground: Any, cast: Cast
) -> None:
    from mainstem.services.challenges.own_statements import Wording, change_statement

    with pytest.raises(Forbidden):
        change_statement("D-S01", Wording(retired=True), ground, actor("owen", cast), at=NOW)


def test_the_plan_as_a_whole_is_told_in_sentences_and_worst_first(desk: Any, cast: Cast) -> None:
    from mainstem.services.challenges.challenging import challenge_plan

    say(desk, cast, "D-M01", Answer.TRUE)
    found = challenge_plan(desk, actor("vera", cast), at=NOW)
    assert found.rows[0].verdict is Verdict.DISQUALIFIED
    badness = [row.verdict.badness for row in found.rows]
    assert badness == sorted(badness, reverse=True)
    assert "Three streams have no metric that could refuse anything." in found.sums
    assert found.sentence.startswith("Of ")


def test_history_answers_from_the_ledger(ground: Any, cast: Cast) -> None:
    from mainstem.services.decisions.desks import server_desk
    from tests.server.factories import land_some_work

    land_some_work(ground)
    desk = server_desk(ground)
    one = told(see(desk, cast, "objectives/every-ball"), "D-O04")
    assert (one.answer, one.by_program) == (Answer.FALSE, True)
    owned = told(see(desk, cast, "streams/start-fast"), "D-S04")
    assert "of its work since 2026-07-01" in owned.said
    twin = told(see(desk, cast, "streams/start-fast"), "D-S05")
    assert twin.answer is Answer.CANNOT_SAY
    assert "it takes 20 to compare" in twin.said
