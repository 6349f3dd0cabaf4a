"""A write that is sent twice is done once, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstem.errors import Conflict, Invalid
from mainstem.services.server import repeating
from mainstem.services.server.repeating import HOLD, Hold, KeptAnswer
from mainstem.store.models import CheckIn, RepeatedWrite
from tests.server.api_caller import caller
from tests.server.factories import NOW

SAID = {"key_result": "kr-start", "value": 88.9, "note": "sent twice"}


@pytest.fixture
def carl(ground, cast):
    return caller("carl", ground, cast)


def test_the_same_again_is_done_once_and_answered_alike(carl):
    first = carl.post("/check-ins", SAID, Idempotency_Key="one")
    again = carl.post("/check-ins", SAID, Idempotency_Key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert CheckIn.objects.count() == 1
    carl.post("/check-ins", SAID, Idempotency_Key="two")
    assert CheckIn.objects.count() == 2


def test_without_a_key_it_is_done_each_time(carl):
    carl.post("/check-ins", SAID)
    carl.post("/check-ins", SAID)
    assert CheckIn.objects.count() == 2
    assert not RepeatedWrite.objects.exists()


def test_a_key_stands_for_one_request(carl):
    carl.post("/check-ins", SAID, Idempotency_Key="one")
    for answer in (
        carl.post("/check-ins", {**SAID, "value": 12.0}, Idempotency_Key="one"),
        carl.post("/remarks", SAID, Idempotency_Key="one"),
        carl.patch("/me", SAID, Idempotency_Key="one"),
    ):
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "write.other_request"
    assert CheckIn.objects.count() == 1


def test_a_key_is_ones_own(carl, ground, cast):
    carl.post("/check-ins", SAID, Idempotency_Key="one")
    lena = caller("lena", ground, cast).post(
        "/check-ins", {**SAID, "value": 1.0}, Idempotency_Key="one"
    )
    assert lena.status_code == 201


def test_what_was_refused_is_refused_alike_and_noted_once(ground, cast):
    vera = caller("vera", ground, cast)
    assert vera.post("/check-ins", SAID, Idempotency_Key="k").status_code == 403
    carl = caller("carl", ground, cast)
    wrong = {**SAID, "value": None, "note": ""}
    first = carl.post("/check-ins", wrong, Idempotency_Key="k")
    again = carl.post("/check-ins", wrong, Idempotency_Key="k")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.status_code == 400


def test_a_conflict_is_not_kept_because_the_same_may_go_well_later(ground, cast):
    petra = caller("petra", ground, cast)
    score = {"key_result": "kr-start", "score": 0.7}
    petra.post("/cycle-steps", {"cycle": "2026-q4", "state": "open", "why": "too early"})
    assert petra.post("/scores", score, Idempotency_Key="k").status_code == 409
    petra.post("/cycle-steps", {"cycle": "2026-q4", "state": "committed"})
    assert petra.post("/scores", score, Idempotency_Key="k").status_code == 201


def test_while_the_first_is_under_way_the_second_is_told_to_wait(carl, cast, ground):
    begun = carl.post("/check-ins", SAID, Idempotency_Key="one")
    assert begun.status_code == 201
    # as it is while the first has its hold and no answer yet
    RepeatedWrite.objects.update(status=None, body="", at=ground.now())
    answer = carl.post("/check-ins", SAID, Idempotency_Key="one")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "write.under_way")
    assert answer["Retry-After"] == "2"


def test_after_a_crash_the_key_is_free_again_and_nothing_was_done(cast):
    person = cast["carl"].pk
    crashed = repeating.begin(person, "k", "h", at=NOW)
    assert isinstance(crashed, Hold)
    with pytest.raises(Conflict):
        repeating.begin(person, "k", "h", at=NOW + HOLD / 2)
    later = repeating.begin(person, "k", "h", at=NOW + HOLD + timedelta(seconds=1))
    assert isinstance(later, Hold)
    with repeating.held(later):
        CheckIn.objects.create(key_result="kr-start", on=NOW.date(), at=NOW)
        repeating.keep(later, KeptAnswer(201, "{}", ""))
    # the first was only slow: it comes to its end after all, and what it did is undone
    with pytest.raises(repeating.Overtaken), repeating.held(crashed):
        CheckIn.objects.create(key_result="kr-start", on=NOW.date(), at=NOW)
        repeating.keep(crashed, KeptAnswer(201, "{}", ""))
    assert CheckIn.objects.count() == 1
    assert repeating.begin(person, "k", "h", at=NOW + 2 * HOLD) == KeptAnswer(201, "{}", "")


def test_a_failure_frees_the_key_at_once(cast):
    person = cast["carl"].pk
    hold = repeating.begin(person, "k", "h", at=NOW)
    with pytest.raises(ZeroDivisionError), repeating.held(hold):
        CheckIn.objects.create(key_result="kr-start", on=NOW.date(), at=NOW)
        raise ZeroDivisionError
    assert not CheckIn.objects.exists()
    assert isinstance(repeating.begin(person, "k", "h", at=NOW), Hold)


def test_an_answer_is_kept_for_a_day(cast):
    person = cast["carl"].pk
    hold = repeating.begin(person, "k", "h", at=NOW)
    with repeating.held(hold):
        repeating.keep(hold, KeptAnswer(200, "first", ""))
    almost = NOW + timedelta(hours=23)
    assert repeating.begin(person, "k", "h", at=almost) == KeptAnswer(200, "first", "")
    assert isinstance(repeating.begin(person, "k", "h", at=NOW + timedelta(hours=25)), Hold)
    with pytest.raises(Invalid):
        repeating.begin(person, "k" * 201, "h", at=NOW)
