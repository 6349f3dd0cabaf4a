"""ETags: reading only what is new, writing only what was read."""

from __future__ import annotations

import pytest

from tests.server.api_caller import caller

STREAM = "/plan/streams/start-fast"


@pytest.fixture
def petra(ground, cast):
    return caller("petra", ground, cast)


def test_what_one_has_is_not_sent_again(petra):
    for path in (STREAM, "/plan", "/plan/streams", "/me", "/findings", "/openapi.json", "/score"):
        first = petra.get(path)
        again = petra.get(path, If_None_Match=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"]), path
        assert petra.get(path, If_None_Match='"other", W/' + first["ETag"]).status_code == 304
        assert petra.get(path, If_None_Match='"other"').status_code == 200


def test_an_entity_has_the_same_version_as_long_as_it_is_the_same(petra):
    first = petra.get(STREAM)
    assert first.json()["version"] == first["ETag"].strip('"')
    petra.patch("/plan/streams/sign-up", {"value": {"owner": "Olga"}})
    assert petra.get(STREAM)["ETag"] == first["ETag"]
    petra.patch(STREAM, {"value": {"owner": "Olga"}})
    assert petra.get(STREAM)["ETag"] != first["ETag"]
    petra.patch(STREAM, {"value": {"owner": "Owen"}})
    assert petra.get(STREAM)["ETag"] == first["ETag"]


def test_the_list_has_another_version_with_each_revision(petra):
    first = petra.get("/plan/streams")
    petra.patch("/plan/teams/growth", {"value": {"size": 9}})
    assert petra.get("/plan/streams", If_None_Match=first["ETag"]).status_code == 200


def test_a_write_for_what_was_read_is_refused_when_it_is_otherwise_now(petra, ground):
    read = petra.get(STREAM)["ETag"]
    assert petra.patch(STREAM, {"value": {"owner": "Olga"}}, If_Match=read).status_code == 200
    head = ground.plans.head().revision
    for answer in (
        petra.patch(STREAM, {"value": {"owner": "Otis"}}, If_Match=read),
        petra.delete(STREAM, If_Match=read),
        petra.delete(STREAM + "?dry_run=true", If_Match=read),
        petra.post("/plan/changes", {"changes": [{}]}, If_Match='"r1"'),
    ):
        assert answer.status_code == 412
        assert answer.json()["error"]["code"] == "write.precondition"
    assert ground.plans.head().revision == head
    assert petra.patch(STREAM, {"value": {"owner": "Otis"}}, If_Match="*").status_code == 200
    weak = "W/" + petra.get(STREAM)["ETag"]
    assert petra.patch(STREAM, {"value": {"owner": "Owen"}}, If_Match=weak).status_code == 200


def test_without_a_version_others_words_stay_all_the_same(petra, ground, cast):
    read = petra.get("/plan").json()["revision"]
    lena = caller("lena", ground, cast)
    bet = "/plan/initiatives/warm-start"
    assert lena.patch(bet, {"value": {"note": "Lena's"}, "base": read}).status_code == 200
    ok = petra.patch(bet, {"value": {"stop_rule": "Petra's"}, "base": read})
    assert ok.status_code == 200
    value = petra.get(bet).json()["value"]
    assert (value["note"], value["stop_rule"]) == ("Lena's", "Petra's")
    met = petra.patch(bet, {"value": {"note": "Petra's"}, "base": read})
    assert met.status_code == 409
    (clash,) = met.json()["error"]["details"]["clashes"]
    assert clash == {"subject": "initiatives/warm-start", "path": ["note"], "base": None,
                     "now": "Lena's", "wanted": "Petra's"}  # fmt: skip


def test_one_of_several_versions_is_enough(petra):
    read = petra.get(STREAM)["ETag"]
    body = {"value": {"owner": "Olga"}}
    assert petra.patch(STREAM, body, If_Match='"older", "oldest"').status_code == 412
    assert petra.patch(STREAM, body, If_Match=f'"older", {read}').status_code == 200


def test_a_write_that_looks_at_no_version_says_so_instead_of_doing_it(petra):
    answer = petra.patch("/me", {"theme": "dark"}, If_Match='"older"')
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "If-Match"
    assert petra.get("/me").json()["theme"] == ""
    assert petra.patch("/me", {"theme": "dark"}, If_Match="*").status_code == 200
