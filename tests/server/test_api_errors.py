"""One shape for every error, and words that help."""

from __future__ import annotations

import json

import pytest

from tests.server.api_caller import V1, caller
from tests.server.factories import land_some_work

KEYS = {"code", "message", "hint", "field", "details", "request"}


def fault(answer):
    told = answer.json()
    assert set(told) == {"error"}
    assert set(told["error"]) == KEYS
    assert told["error"]["request"] == answer["X-Request-ID"]
    assert "Traceback" not in answer.content.decode()
    return told["error"]


@pytest.fixture
def petra(ground, cast):
    return caller("petra", ground, cast)


def test_an_unknown_address_a_wrong_method_and_an_absent_thing(petra):
    for path in ("/nothing", "/plan/nothings", "/plan/streams/none", "/revisions/77"):
        answer = petra.get(path)
        assert answer.status_code == 404
        assert fault(answer)["code"] in ("access.absent", "plan.no_revision")
    answer = petra.delete("/plan")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert fault(answer)["code"] == "request.method"


@pytest.mark.parametrize(
    "body",
    ["", "{", "[1", "nul", "NaN", '{"a": Infinity}', '"\\ud800"', '{"text": "\\u0000"}', "[" * 100_000,
     b"\xff\xfe", "9" * 5000, b'{"text": "\xed\xa0\x80"}', '{"text": "\\u0000"}'.encode("utf-16")],
)  # fmt: skip
def test_what_is_no_json_is_said_to_be_none(petra, body):
    answer = petra.client.post(
        f"{V1}/plan/changes", body, content_type="application/json",
        headers={"Authorization": f"Bearer {petra.token}"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert fault(answer)["code"] == "input.invalid"


def test_every_fault_of_a_request_is_named(petra):
    answer = petra.post("/check-ins", {"on": "yesterday", "confidence": "high", "valeu": 1})
    told = fault(answer)
    assert answer.status_code == 400
    named = {f["field"]: f["what"] for f in told["details"]["faults"]}
    assert set(named) == {"body.key_result", "body.on", "body.confidence", "body.valeu"}
    assert "2026-07-31" in named["body.on"]
    assert fault(petra.get("/revisions?limit=0"))["field"] == "limit"


def test_a_wrong_value_names_its_field(petra):
    told = fault(petra.patch("/plan/teams/growth", {"value": {"size": "many"}}))
    assert told["field"] == "size"
    told = fault(
        petra.post("/check-ins", {"key_result": "kr-start", "on": "2027-01-01", "value": 3.0})
    )
    assert (told["field"], told["message"]) == ("on", "2027-01-01 has not come yet.")


def test_what_is_too_large_is_not_read(petra, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = petra.post("/remarks", {"subject": "streams/start-fast", "text": "x" * 2000})
    assert answer.status_code == 413
    assert fault(answer)["code"] == "request.too_large"


def test_a_clash_tells_all_three_values(petra):
    def change(now):
        return {"changes": [{"kind": "changed", "subject": "streams/start-fast", "path": ["owner"],
                             "old": "Owen", "new": now}]}  # fmt: skip

    assert petra.post("/plan/changes", change("Olga")).status_code == 200
    answer = petra.post("/plan/changes", change("Otis"))
    assert answer.status_code == 409
    told = fault(answer)
    assert told["code"] == "plan.stale_change"
    assert told["details"]["clashes"] == [
        {
            "subject": "streams/start-fast",
            "path": ["owner"],
            "base": "Owen",
            "now": "Olga",
            "wanted": "Otis",
        }
    ]


def test_a_clash_of_whole_things_is_told_as_values(petra):
    added = {
        "kind": "added",
        "subject": "teams/growth",
        "path": [],
        "value": {"name": "New"},
        "place": 0,
    }
    (clash,) = fault(petra.post("/plan/changes", {"changes": [added]}))["details"]["clashes"]
    assert clash["base"] is None
    assert clash["now"]["name"] == "Growth"
    assert clash["wanted"] == {"name": "New"}


def test_a_query_that_cannot_be_read_points_at_the_character(petra, ground):
    land_some_work(ground)
    answer = petra.get("/items?q=stream:start-fast and (")
    assert answer.status_code == 400
    told = fault(answer)
    assert told["code"] == "query.misread"
    assert told["field"] == "q"
    assert told["details"]["at"] >= 20


def test_an_answer_is_json_that_every_program_reads(petra, ground):
    land_some_work(ground)
    for path in ("/score?by=team", "/score/flows", "/items", "/plan", "/key-results", "/findings"):
        answer = petra.get(path)
        assert answer["Content-Type"].startswith("application/json")
        json.loads(answer.content, parse_constant=lambda word: pytest.fail(word))


def test_odd_words_in_an_address_are_no_crash(petra):
    """Each was found by requests that nobody thought of."""
    for path in (
        "/plan/teams?revision=r%C2%B2",
        "/plan/teams?revision=r1%0A",
        "/plan/cycles/a%0Ab",
    ):
        answer = petra.get(path)
        assert answer.status_code == 404
        fault(answer)
    cursor = petra.get("/plan/teams?limit=1").json()["next"]
    assert petra.get(f"/plan/teams?limit=1&after={cursor}")["ETag"].isascii()
    empty = {"subject": "streams/start-fast", "rule": "", "why": "none"}
    assert petra.post("/findings/accept", empty).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/revisions?until=9999-12-31", "/audit?until=9999-12-31", "/audit?since=0001-01-01",
     "/audit/export?until=9999-12-31", "/score?since=0001-01-01&until=9999-12-31",
     "/score/change?before=9999-12-31&after=2026-Q3", "/audit?person=%C2%B2",
     "/audit?person=" + "9" * 400],
)  # fmt: skip
def test_days_and_numbers_out_of_reach_are_no_crash(path, ground, cast):
    land_some_work(ground)
    answer = caller("ada", ground, cast).get(path)
    assert answer.status_code in (200, 400)


def test_a_day_as_far_as_other_programs_write_it_is_refused_in_words(petra):
    cycle = {"first_day": "2026-10-01", "last_day": "9999-12-31"}
    answer = petra.post("/plan/cycles", {"id": "for-ever", "value": cycle})
    assert answer.status_code == 400
    assert "1900 to 2199" in fault(answer)["message"]


def test_a_moment_without_an_offset_is_utc(ground, cast):
    land_some_work(ground)
    ada = caller("ada", ground, cast)
    for moment in ("2199-10-01T00:00:00", "2026-10-01T00:00:00", "0001-01-01"):
        plain = ada.get(f"/score?as_of={moment}")
        aware = ada.get(f"/score?as_of={moment}Z" if "T" in moment else f"/score?as_of={moment}")
        assert plain.status_code == aware.status_code < 500
    assert fault(plain)["code"] == "question.as_of"


def test_a_period_that_ends_before_it_starts_is_no_empty_answer(petra):
    for path in ("/score", "/items"):
        told = fault(petra.get(f"{path}?since=2026-10-02&until=2026-10-01"))
        assert told["code"] == "question.period"


def test_a_misspelt_question_is_not_answered_with_everything(petra):
    answer = petra.get("/items?query=stream:start-fast")
    told = fault(answer)
    assert (answer.status_code, told["field"]) == (400, "query")
    assert "`q`" in told["hint"]
    assert petra.get("/me?x=1").status_code == 400
