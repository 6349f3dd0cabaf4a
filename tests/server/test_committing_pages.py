"""Key results as people use them: the list, checking in one after the other, scoring."""

from __future__ import annotations

import csv
import io

import pytest

from mainstem.plan.changes import Changed
from mainstem.plan.model import Milestone
from mainstem.plan.standing import Signature
from mainstem.store.models import CheckIn, Scoring
from tests.server.factories import NOW


def text(response):
    """The page, with ordinary spaces."""
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_the_list_answers_its_question_in_its_first_line(as_):
    page = text(as_("vera").get("/key-results/"))
    assert "1 of 2 key results is where time would have them in 2026 Q4" in page
    assert "1 late" in page
    assert "92 % of sessions play within 2 s" in page


def test_somebody_checks_in_one_after_the_other(as_, ground):
    gus = as_("petra")
    step = gus.get("/check-in/", follow=True)
    assert "Nothing waits for you" in text(step)  # Petra belongs to no team
    owen = as_("owen")
    shown = owen.get("/check-in/", follow=True)
    assert "30 % of visitors reach first play" in text(shown)
    address = shown.redirect_chain[-1][0]
    told = {"on": "2026-10-21", "value": "26,5", "confidence": "55", "note": "new form"}
    done = owen.post(address, told, follow=True)
    assert "Nothing waits for you" in text(done)
    kept = CheckIn.objects.get()
    assert (kept.value, kept.confidence, kept.note) == (26.5, 0.55, "new form")


def test_what_was_typed_is_kept_when_it_cannot_be_taken(as_):
    page = as_("owen").post(
        "/key-results/kr-sign-up/check-in", {"on": "2027-01-01", "value": "abc", "note": "my words"}
    )
    assert page.status_code == 400
    assert "my words" in text(page)
    assert not CheckIn.objects.exists()


def test_a_check_in_is_corrected_from_its_list(as_):
    owen = as_("owen")
    told = {"on": "2026-10-20", "value": "20"}
    owen.post("/key-results/kr-sign-up/check-in", told)
    first = CheckIn.objects.get()
    form = owen.get(f"/key-results/kr-sign-up/check-in?corrects={first.pk}")
    assert 'value="20.0"' in text(form)
    owen.post(f"/key-results/kr-sign-up/check-in?corrects={first.pk}", {**told, "value": "21"})
    page = text(owen.get("/key-results/kr-sign-up"))
    assert "corrected since" in page
    assert "21 %" in page


def test_a_key_result_without_a_number_moves_by_its_milestones(as_, ground):
    steps = (Milestone(name="Pilot in one market"), Milestone(name="All markets"))
    ground.plans.write(
        [Changed("key_results/kr-start", ("milestones",), (), steps)], Signature(NOW, None, "P")
    )
    lena = as_("lena")
    lena.post("/key-results/kr-start/milestones/0")
    assert ground.plans.head().plan.key_results["kr-start"].milestones[0].done == ground.today()
    assert "reached on 21" in text(lena.get("/key-results/kr-start"))
    lena.post("/key-results/kr-start/milestones/0")
    assert ground.plans.head().plan.key_results["kr-start"].milestones[0].done is None


def test_a_score_closes_a_key_result_and_says_what_it_is_called(as_):
    lena = as_("lena")
    form = text(lena.get("/key-results/kr-start/score"))
    assert "reached from 0.7" in form
    assert 'value="0.4"' in form
    lena.post("/key-results/kr-start/score", {"score": "0,8", "note": "nearly"})
    assert Scoring.objects.get().score == 0.8
    assert "closed with 0.80: reached" in text(lena.get("/key-results/kr-start"))


def test_the_table_as_csv_is_safe_to_open(as_, ground):
    was = ground.plans.head().plan.key_results["kr-start"].text
    ground.plans.write(
        [Changed("key_results/kr-start", ("text",), was, "=HYPERLINK(1)")],
        Signature(NOW, None, "P"),
    )
    answer = as_("vera").get("/key-results/?format=csv")
    rows = list(csv.DictReader(io.StringIO(text(answer))))
    assert [r["key result"][:2] for r in rows] == ["'=", "30"]
    assert rows[0]["value"] == "88.4"


@pytest.mark.parametrize("query", ["cycle=none", "show=none", "team=none", "stream=none"])
def test_a_wrong_address_is_said_and_not_a_crash(as_, query):
    assert as_("vera").get(f"/key-results/?{query}").status_code == 400


def test_twice_the_key_results_take_the_same_number_of_queries(
    as_, ground, django_assert_max_num_queries
):
    vera = as_("vera")
    vera.get("/key-results/")
    with django_assert_max_num_queries(14) as few:
        vera.get("/key-results/")
    plan = ground.plans.head().plan
    from mainstem.plan.changes import Added

    more = [Added(f"key_results/kr-{n}", (), plan.key_results["kr-start"], 99) for n in range(30)]
    ground.plans.write(more, Signature(NOW, None, "P"))
    vera.get("/key-results/")
    with django_assert_max_num_queries(14) as many:
        vera.get("/key-results/")
    assert len(many) == len(few)


def test_the_day_of_a_check_in_is_that_of_the_readers_calendar(as_, cast):
    said = {"on": "2026-10-21", "value": "26", "confidence": "", "note": ""}
    assert as_("owen").post("/key-results/kr-sign-up/check-in", said).status_code == 302
    CheckIn.objects.update(at=NOW.replace(hour=23))
    assert ">21 October 2026<" in text(as_("vera").get("/key-results/kr-sign-up"))
    for name in ("vera", "petra"):
        cast[name].timezone = "Pacific/Auckland"
        cast[name].save()
        page = text(as_(name).get("/key-results/kr-sign-up"))
        assert "Owen" in page and "22 October 2026" in page


def test_a_value_with_a_comma_that_may_be_for_thousands_is_asked_for_again(as_):
    said = {"on": "2026-10-21", "value": "1,240", "confidence": "", "note": "my words"}
    answer = as_("owen").post("/key-results/kr-sign-up/check-in", said)
    assert answer.status_code == 400 and not CheckIn.objects.exists()
    assert "1240 or 1.240" in text(answer) and "my words" in text(answer)
