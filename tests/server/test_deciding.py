"""Carl asks, Owen decides in the name of his stream, Lena for her team, Petra overrules; the chain is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mainstem.challenge.decisions import Step
from mainstem.challenge.verdicts import Answer
from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.services.decisions import deciding, done_work
from mainstem.services.decisions.desk import Answered, Wanted
from mainstem.services.decisions.desks import server_desk
from mainstem.services.decisions.done_work_job import LookForDone
from mainstem.services.decisions.exceptions_budget import budget_of
from mainstem.services.decisions.qualifying import qualify
from mainstem.services.decisions.showing_decisions import show_decision
from mainstem.services.people.access import OUTSIDER
from mainstem.store.decisions import StoredDecisions
from mainstem.store.models import AskedWork, AuditLine, DoneWork, Notice, Watch
from mainstem.store.models import Decision as Kept
from tests.server.cast import actor
from tests.server.factories import NOW, TODAY, land_some_work
from tests.services.deciding_desk import work

pytestmark = pytest.mark.django_db
EARLIER = NOW - timedelta(days=20)


@pytest.fixture
def desk(ground, cast):
    return server_desk(ground)


@pytest.fixture
def by(cast):
    return lambda name: actor(name, cast)


def asked(desk, by, title="Fewer stalls", **more):
    return deciding.ask(work(title, **more), desk, by("carl"), at=NOW)


def test_owen_accepts_in_the_name_of_his_stream_and_the_metric_of_the_day_is_kept(desk, by):
    chain = asked(desk, by, label="start-time", team="player-core")
    done = deciding.decide(
        chain.number, "accept", "Each stall costs us a viewer", desk, by("owen"), at=NOW
    )
    verdict = done.verdict
    assert (verdict.step, verdict.stream, verdict.metric) == (Step.ACCEPT, "start-fast", "starts")
    assert (verdict.role, verdict.by, len(verdict.metric_version)) == ("owner", "Owen", 16)
    row = AskedWork.objects.get()
    assert (row.standing, row.stream, row.decided_at) == ("accept", "start-fast", NOW)


def test_watchers_are_told_and_the_audit_log_has_each_step(desk, by, cast):
    Watch.objects.create(user=cast["petra"], subject="streams/start-fast", at=NOW)
    chain = asked(desk, by, label="start-time")
    deciding.decide(chain.number, "overrule", "Not this quarter", desk, by("owen"), at=NOW)
    deciding.appeal(chain.number, "Support drowns in it", desk, by("carl"), at=NOW)
    deciding.answer_appeal(chain.number, "They will get a page", desk, by("owen"), at=NOW)
    actions = list(AuditLine.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["work.ask", "work.override-refuse", "work.appeal", "work.answer"]
    told = Notice.objects.filter(user=cast["carl"]).values_list("sentence", flat=True)
    assert (
        "Owen: “Fewer stalls”: refused by overruling in the name of Start to first frame: Not this quarter"
        in told
    )
    assert Notice.objects.filter(user=cast["petra"]).count() == 4


@pytest.mark.parametrize(
    ("name", "stream", "kind", "is_allowed"),
    [
        ("owen", "start-fast", "", True), ("owen", "sign-up", "", False), ("owen", "", "debt", False),
        ("lena", "start-fast", "", False), ("lena", "", "debt", True), ("carl", "", "debt", False),
        ("carl", "start-fast", "", False), ("vera", "start-fast", "", False),
        ("petra", "sign-up", "", True), ("petra", "", "debt", True), ("ada", "come-back", "", True),
    ],
)  # fmt: skip
def test_who_may_accept(desk, by, name, stream, kind, is_allowed):
    chain = asked(desk, by, "Xyzzy", team="player-core")

    def accept():
        return deciding.decide(chain.number, "accept", "It helps", desk, by(name), at=NOW, stream=stream, kind=kind)  # fmt: skip

    if is_allowed:
        assert accept().verdict.by == name.capitalize()
    else:
        with pytest.raises(Forbidden):
            accept()


def test_a_lead_accepts_only_work_of_their_own_team(desk, by):
    chain = asked(desk, by, "Xyzzy", team="growth")
    with pytest.raises(Forbidden):
        deciding.decide(chain.number, "accept", "It helps", desk, by("lena"), at=NOW, kind="debt")


def test_a_lead_cannot_refuse_what_a_streams_owner_accepted(desk, by):
    chain = asked(desk, by, label="start-time", team="player-core")
    deciding.decide(chain.number, "accept", "Good", desk, by("owen"), at=NOW)
    with pytest.raises(Forbidden):
        deciding.decide(chain.number, "refuse", "No", desk, by("lena"), at=NOW)


def test_an_outsider_and_a_token_for_reading_decide_nothing(desk, by, cast):
    chain = asked(desk, by)
    with pytest.raises(Absent):
        deciding.decide(chain.number, "accept", "Yes", desk, OUTSIDER, at=NOW)
    with pytest.raises(Forbidden):
        reader = actor("petra", cast, may_write=False)
        deciding.decide(chain.number, "accept", "Yes", desk, reader, at=NOW, stream="sign-up")


def test_accepting_what_is_disqualified_must_be_called_overruling(desk, by):
    chain = asked(desk, by, "Rename a class", component="Player")
    said = Answered(
        f"asked/{chain.number}", "D-W01", 1, Answer.TRUE, "", "", None, False, "Carl", NOW
    )
    desk.answers.add(said, by("carl"))
    with pytest.raises(Conflict, match="accepts what is disqualified"):
        deciding.decide(chain.number, "accept", "We like it", desk, by("owen"), at=NOW)
    done = deciding.decide(chain.number, "overrule", "We like it", desk, by("owen"), at=NOW)
    assert done.verdict.step is Step.OVERRIDE_ACCEPT
    assert [s.statement for s in done.verdict.statements] == ["D-W01"]


def test_refusing_what_qualifies_must_be_called_overruling(desk, by):
    chain = asked(desk, by, label="start-time")
    with pytest.raises(Conflict, match="refuses what qualifies"):
        deciding.decide(chain.number, "refuse", "No", desk, by("owen"), at=NOW)
    done = deciding.decide(chain.number, "overrule", "No", desk, by("owen"), at=NOW)
    assert done.verdict.step is Step.OVERRIDE_REFUSE


def test_nobody_decides_on_what_they_have_not_seen(desk, by):
    chain = asked(desk, by, label="start-time")
    deciding.decide(chain.number, "accept", "Good", desk, by("owen"), at=NOW, after=0)
    with pytest.raises(Conflict, match="Somebody has said something"):
        deciding.decide(chain.number, "defer", "Later", desk, by("petra"), at=NOW, after=0)
    assert Kept.objects.count() == 1


def test_the_chain_is_kept_whole_and_the_last_verdict_stands(desk, by):
    chain = asked(desk, by, "Xyzzy")
    n = chain.number
    deciding.decide(n, "refuse", "Moves nothing", desk, by("owen"), at=NOW, stream="start-fast")
    deciding.appeal(n, "It moves stalls", desk, by("carl"), at=NOW)
    with pytest.raises(Conflict, match="waits"):
        deciding.appeal(n, "Please", desk, by("carl"), at=NOW)
    done = deciding.decide(n, "overrule", "True, it does", desk, by("owen"), at=NOW)
    assert [d.step.value for d in done.decisions] == ["refuse", "appeal", "override_accept"]
    assert not done.is_appealed
    assert desk.decisions.chain(n) == done


def test_a_deferred_verdict_names_a_later_day(desk, by):
    chain = asked(desk, by, label="start-time")
    with pytest.raises(Invalid, match="lies ahead"):
        deciding.decide(chain.number, "defer", "Later", desk, by("owen"), at=NOW, until=TODAY)
    done = deciding.decide(
        chain.number, "defer", "Later", desk, by("owen"), at=NOW, until=TODAY + timedelta(days=9)
    )
    assert done.verdict.until == TODAY + timedelta(days=9)


def test_a_reason_is_needed(desk, by):
    chain = asked(desk, by, label="start-time")
    with pytest.raises(Invalid, match="reason is missing"):
        deciding.decide(chain.number, "accept", "  ", desk, by("owen"), at=NOW)


def test_the_same_key_or_link_is_the_same_piece_of_work(desk, by):
    one = asked(desk, by, key="PLAY-9", source="jira", link="https://t.example/PLAY-9?x=1")
    assert asked(desk, by, "Another title", key="play-9", source="jira").number == one.number
    assert asked(desk, by, "Other", link="http://t.example/PLAY-9/").number == one.number
    assert asked(desk, by, "Other", key="PLAY-9", source="gitlab").number != one.number
    assert AuditLine.objects.filter(action="work.ask").count() == 2


def test_a_team_has_so_many_exceptions_in_a_cycle_and_no_more(desk, by):
    plan = desk.standing.plan
    settings = plan.organisation.settings.model_copy(update={"exceptions": 1})
    organisation = plan.organisation.model_copy(update={"settings": settings})
    standing = replace(desk.standing, plan=plan.model_copy(update={"organisation": organisation}))
    desk = replace(desk, standing=standing)
    for n, title in enumerate(("First favour", "Second favour")):
        chain = asked(desk, by, title, team="player-core")
        said = Answered(
            f"asked/{chain.number}", "D-W01", 1, Answer.TRUE, "", "", None, False, "C", NOW
        )
        desk.answers.add(said, by("carl"))
        if n == 0:
            deciding.decide(
                chain.number, "overrule", "Just once", desk, by("owen"), at=NOW, stream="start-fast"
            )
    assert budget_of("player-core", desk).left == 0
    with pytest.raises(Conflict, match="has used its 1 exceptions"):
        deciding.decide(
            chain.number, "overrule", "Once more", desk, by("owen"), at=NOW, stream="start-fast"
        )
    assert budget_of("growth", desk).left == 1


def test_refused_work_that_appears_with_its_key_is_found_and_regretted(ground, desk, by, cast):
    land_some_work(ground)
    desk = server_desk(ground)
    chain = deciding.ask(
        work("Fewer stalls", key="PLAY-2", source="tracker"), desk, by("carl"), at=EARLIER
    )
    deciding.decide(chain.number, "overrule", "Not now", desk, by("owen"), at=EARLIER)
    job = LookForDone()
    assert job.is_needed(ground)
    assert job.run(ground, at=NOW) == "1 pieces of work that was decided on were found"
    assert not job.is_needed(ground)
    row = DoneWork.objects.get()
    assert (row.item, row.how, str(row.first_day)) == ("tracker/PLAY-2", "key", "2026-10-12")
    shown = show_decision(chain.number, desk, by("vera"))
    assert shown.is_regretted
    assert job.run(ground, at=NOW) == ""
    assert any(
        "was done anyway: PLAY-2" in n.sentence for n in Notice.objects.filter(user=cast["carl"])
    )


def test_work_that_is_only_alike_counts_when_somebody_has_said_so(ground, desk, by):
    land_some_work(ground)
    desk = server_desk(ground)
    chain = deciding.ask(work("A shorter form"), desk, by("carl"), at=EARLIER)
    deciding.decide(chain.number, "refuse", "No", desk, by("petra"), at=EARLIER, stream="sign-up")
    (found,) = done_work.look_for_done(desk, by("ada"), at=NOW)
    assert (found.item, found.how, found.counts) == ("tracker/GRO-1", "likeness", False)
    assert not show_decision(chain.number, desk, by("vera")).is_regretted
    with pytest.raises(Forbidden):
        done_work.say_done(chain.number, found.item, True, desk, by("carl"), at=NOW)
    done_work.say_done(chain.number, found.item, True, desk, by("petra"), at=NOW)
    assert show_decision(chain.number, desk, by("vera")).is_regretted
    done_work.say_done(chain.number, found.item, False, desk, by("petra"), at=NOW)
    assert not show_decision(chain.number, desk, by("vera")).is_regretted


def test_what_the_ledger_knows_of_a_key_speaks_for_it(ground, desk, by):
    land_some_work(ground)
    desk = server_desk(ground)
    answer = qualify(work("Whatever", key="play-1"), desk, by("vera"), at=NOW)
    assert answer.sentence == (
        "Qualifies for Start to first frame: it has component Player, which claim start-fast/c1 asks for."
    )


def test_past_titles_follow_what_is_decided(desk, by):
    book = StoredDecisions()
    assert len(book.past()) == 0
    chain = asked(desk, by, "Dark mode for settings")
    assert len(book.past()) == 0
    deciding.decide(chain.number, "refuse", "No", desk, by("petra"), at=NOW)
    assert [n.name for n in book.past().nearest("Dark mode", floor=0.2, most=3)] == [chain.number]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        (Wanted(), ["C three", "B two", "A one"]),
        (Wanted(standing=frozenset({"accept"})), ["A one"]),
        (Wanted(standing=frozenset({""})), ["C three"]),
        (Wanted(stream="start-fast"), ["A one"]), (Wanted(team="growth"), ["B two"]),
        (Wanted(words="two b"), ["B two"]), (Wanted(metric="starts"), ["A one"]),
        (Wanted(appealed=True), ["B two"]), (Wanted(most=1), ["C three"]),
    ],
)  # fmt: skip
def test_chains_are_filtered(desk, by, wanted, titles):
    one = asked(desk, by, "A one", label="start-time")
    two = asked(desk, by, "B two", team="growth")
    asked(desk, by, "C three")
    deciding.decide(one.number, "accept", "Yes", desk, by("owen"), at=NOW)
    deciding.decide(two.number, "refuse", "No", desk, by("petra"), at=NOW, stream="sign-up")
    deciding.appeal(two.number, "Yes", desk, by("carl"), at=NOW)
    assert [c.work.title for c in desk.decisions.chains(wanted)] == titles
