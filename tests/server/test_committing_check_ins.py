"""Check-ins: who may say what of which key result, and what becomes of it."""

from __future__ import annotations

from datetime import date

import pytest

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.ledger.observations import land_observations, series
from mainstem.score.progress import Due
from mainstem.services.metrics.checking_in import Said, check_in
from mainstem.services.metrics.key_results import (
    combined,
    history,
    kept_check_ins,
    progress_of,
    score_key_result,
    scores,
    standings,
)
from mainstem.services.metrics.observing_by_hand import add_values
from mainstem.services.people.access import system
from mainstem.sources.observing import Observed
from mainstem.store.models import AuditLine, CheckIn, Notice, Watch
from tests.server.cast import actor
from tests.server.factories import NOW

ON = date(2026, 10, 20)


def values_of(metric, ground):
    view = ground.shelf.view()
    return [(p.on, p.value) for p in series(view, metric)] if view else []


def say(name, cast, ground, key="kr-sign-up", **said):
    given = {"on": ON, "value": 26.0, **said}
    return check_in(key, Said(**given), ground, actor(name, cast), at=NOW)


def test_somebody_of_the_team_checks_in_and_progress_follows(ground, cast):
    say("carl", cast, ground, "kr-start", value=89.0, confidence=0.6, note="prefetch is out")
    found = progress_of("kr-start", ground)
    assert (found.value, found.share, found.confidence) == (89.0, 0.5, 0.6)
    assert found.score == 0.5
    assert found.due is Due.FINE


def test_values_of_the_metric_count_by_themselves(ground):
    found = progress_of("kr-start", ground)
    assert (found.value, found.due) == (88.4, Due.FINE)
    assert all(r.is_automatic for r in history("kr-start", ground))


def test_a_key_result_without_any_word_is_due_and_then_late(ground):
    assert progress_of("kr-sign-up", ground).due is Due.LATE
    assert standings(ground, cycle="2026-q4").due() == ("kr-sign-up",)


@pytest.mark.parametrize("name", ["vera", "carl"])
def test_others_may_not_check_in(ground, cast, name):
    with pytest.raises(Forbidden):
        say(name, cast, ground)
    assert not CheckIn.objects.exists()


def test_an_outsider_is_told_that_there_is_nothing(ground, cast):
    with pytest.raises(Absent):
        say("otto", cast, ground)


def test_the_owner_of_the_stream_and_the_lead_above_may(ground, cast):
    say("owen", cast, ground, "kr-start", value=88)
    say("lena", cast, ground, "kr-start", value=88.5)
    assert CheckIn.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"value": None}, "value"),
        ({"value": float("nan")}, "value"),
        ({"confidence": 1.2}, "confidence"),
        ({"on": date(2026, 10, 22)}, "on"),
        ({"on": date(2026, 9, 30)}, "on"),
        ({"note": "x" * 6000}, "note"),
    ],
)
def test_what_cannot_be_so_is_refused_beside_its_field(ground, cast, said, field):
    with pytest.raises(Invalid) as refused:
        say("petra", cast, ground, **said)
    assert refused.value.field == field
    assert not CheckIn.objects.exists()


def test_a_correction_replaces_and_keeps_what_was_said(ground, cast):
    first = say("petra", cast, ground, value=20.0)
    fixed = Said(ON, 27.0)
    check_in("kr-sign-up", fixed, ground, actor("petra", cast), at=NOW, corrects=first)
    assert progress_of("kr-sign-up", ground).value == 27.0
    assert [(k.reading.value, k.is_replaced) for k in kept_check_ins("kr-sign-up", actor("petra", cast))] == [
        (27.0, False), (20.0, True),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        check_in("kr-sign-up", fixed, ground, actor("ada", cast), at=NOW, corrects=first)
    assert CheckIn.objects.count() == 2


def test_the_book_of_check_ins_follows_one_that_appears_late(ground, cast):
    """On PostgreSQL a number may be given early and become visible after higher ones."""
    say("petra", cast, ground, value=25.0)
    late = CheckIn.objects.get()
    CheckIn.objects.all().delete()
    for n in range(3):
        CheckIn.objects.create(
            pk=late.pk + 1 + n, key_result="kr-start", on=ON, value=90 + n, at=NOW
        )
    assert ground.check_ins.readings()["kr-start"][-1].value == 92
    late.save(force_insert=True)
    assert ground.check_ins.readings()["kr-sign-up"][0].value == 25.0


def test_who_watches_is_told_and_the_audit_log_has_a_line(ground, cast):
    Watch.objects.create(user=cast["vera"], subject="key_results/kr-sign-up", at=NOW)
    say("petra", cast, ground)
    assert "stands at 26" in Notice.objects.get(user=cast["vera"]).sentence
    assert AuditLine.objects.get(action="check-in").subject == "key_results/kr-sign-up"


def test_a_score_is_given_by_who_answers_for_it(ground, cast):
    for name in ("carl", "vera"):
        with pytest.raises(Forbidden):
            score_key_result("kr-start", 0.7, ground, actor(name, cast), at=NOW)
    score_key_result("kr-start", 0.4, ground, actor("lena", cast), at=NOW)
    score_key_result("kr-start", 0.7, ground, actor("owen", cast), at=NOW, note="late but there")
    assert scores("2026-q4") == {"kr-start": 0.7}
    with pytest.raises(Invalid):
        score_key_result("kr-start", 1.2, ground, actor("petra", cast), at=NOW)


def test_weights_count_only_where_somebody_set_them(ground, cast):
    plan = ground.plans.head().plan
    score_key_result("kr-start", 1.0, ground, actor("petra", cast), at=NOW)
    score_key_result("kr-sign-up", 0.0, ground, actor("petra", cast), at=NOW)
    found = standings(ground, cycle="2026-q4")
    assert combined(plan.key_results, found, plan) == 0.5
    heavy = plan.key_results["kr-start"].model_copy(update={"weight": 3.0})
    weighed = plan.model_copy(update={"key_results": {**plan.key_results, "kr-start": heavy}})
    assert combined(plan.key_results, found, weighed) == 0.75


def test_standings_take_as_many_queries_for_any_number(ground, cast, django_assert_num_queries):
    standings(ground)
    with django_assert_num_queries(3):
        standings(ground)
    for n in range(40):
        CheckIn.objects.create(key_result=f"kr-{n}", on=ON, value=n, at=NOW)
    standings(ground)
    with django_assert_num_queries(3):
        standings(ground)


def test_a_typed_metric_gets_its_value_with_the_check_in_where_it_is_asked_for(ground, cast):
    say("petra", cast, ground, value=27.0)
    assert not values_of("firsts", ground)
    say("petra", cast, ground, value=28.0, is_of_metric=True)
    assert values_of("firsts", ground) == [(ON, 28.0)]
    assert AuditLine.objects.filter(action="metric.values", subject="metrics/firsts").count() == 1


def test_a_metric_that_is_not_theirs_refuses_the_whole_check_in(ground, cast):
    with pytest.raises(Forbidden):
        say("carl", cast, ground, "kr-start", value=89.0, is_of_metric=True)
    assert not CheckIn.objects.exists()


def test_the_form_offers_to_type_the_metric_only_where_no_source_says_it(ground, as_):
    asked = "Also the value of"
    page = as_("petra").get("/key-results/kr-sign-up/check-in").content.decode()
    assert asked in page and "Visitors who reach first play" in page
    add_values("firsts", [(ON, 25.0)], ground, system(), at=NOW)
    assert asked in as_("petra").get("/key-results/kr-sign-up/check-in").content.decode()
    rows = [Observed("firsts", date(2026, 10, 5), 24.5)]
    land_observations(ground.shelf.ledger(), "warehouse", rows, at=NOW)
    assert asked not in as_("petra").get("/key-results/kr-sign-up/check-in").content.decode()


def test_what_is_typed_on_the_form_stands_on_the_metrics_page(ground, as_):
    given = {"value": "29", "on": f"{ON}", "confidence": "", "note": "", "is_of_metric": "on"}
    assert as_("petra").post("/key-results/kr-sign-up/check-in", given).status_code == 302
    assert values_of("firsts", ground) == [(ON, 29.0)]
