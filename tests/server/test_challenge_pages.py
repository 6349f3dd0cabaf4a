"""The pages of the challenge, and its API: read, answer, reword, without a script."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.factories import land_some_work

STARTS = "/challenge/metrics/starts/"
STORY = "Support walked three stories with us"


@pytest.fixture(autouse=True)
def _work(ground: Any) -> None:
    land_some_work(ground)


def body(response: Any) -> str:
    return str(response.content.decode())


def test_the_first_line_says_how_the_whole_plan_stands(as_: Any) -> None:
    page = body(as_("vera").get("/challenge/"))
    assert "<h1>Of 15 things, " in page
    assert "Three streams have no metric that could refuse anything." in page
    assert page.index("Disqualified: ") < page.index("Conditional: ")


def test_one_section_or_verdict_can_be_asked_for_and_taken_away_as_csv(as_: Any) -> None:
    vera = as_("vera")
    page = body(vera.get("/challenge/?section=objectives&verdict=conditional"))
    assert "Every fan sees every ball" in page
    assert "Start to first frame" not in page
    rows = body(vera.get("/challenge/?format=csv")).splitlines()
    assert rows[0].endswith("subject,name,verdict,statements,what would change it")


@pytest.mark.parametrize(
    "subject",
    ["objectives/every-ball", "streams/start-fast", "metrics/starts", "key_results/kr-start",
     "initiatives/warm-start", "teams/player-core", "dependencies/tiles"],
)  # fmt: skip
def test_every_thing_of_the_plan_has_its_challenge_beside_it(as_: Any, subject: str) -> None:
    link = f'href="/challenge/{subject}/"'
    assert link in body(as_("carl").get(f"/plan/{subject}/"))
    assert as_("vera").get(f"/challenge/{subject}/").status_code == 200


@pytest.mark.parametrize(
    "page",
    ["/streams/start-fast", "/teams/player-core", "/objectives/every-ball", "/initiatives/warm-start",
     "/key-results/kr-start", "/metrics/starts"],
)  # fmt: skip
def test_pages_that_answer_questions_show_it_too(as_: Any, page: str) -> None:
    assert '<h2 id="challenge">Challenge</h2>' in body(as_("vera").get(page))


def test_who_may_answer_gets_a_form_and_who_may_not_is_told_who_can(as_: Any) -> None:
    assert 'value="D-M01"' in body(as_("carl").get(STARTS))
    page = body(as_("vera").get(STARTS))
    assert 'value="D-M01"' not in page
    assert "A contributor can answer" in page


def test_an_answer_is_kept_and_stands_in_the_history(as_: Any) -> None:
    given = {"statement": "D-M01", "answer": "true", "evidence": STORY}
    assert as_("carl").post(f"{STARTS}answer", given).status_code == 302
    page = body(as_("vera").get(STARTS))
    assert STORY in page
    assert "is disqualified." in page
    assert "Every answer, newest first" in page


def test_beside_the_thing_an_answer_shows_at_once_and_to_each_as_they_may(as_: Any) -> None:
    carl, vera = as_("carl"), as_("vera")
    assert "Answer " in _beside(carl) and "Answer " not in _beside(vera)
    before = _beside(vera)
    carl.post(f"{STARTS}answer", {"statement": "D-M01", "answer": "true", "evidence": STORY})
    assert "It is disqualified." in _beside(vera) != before
    carl.post(f"{STARTS}answer", {"statement": "D-M01", "answer": "take back", "evidence": ""})
    assert _beside(vera) == before
    german = body(vera.get("/metrics/starts", headers={"accept-language": "de"}))
    assert '<h2 id="challenge">' in german


def _beside(browser: Any) -> str:
    """The section on the metric's own page."""
    page = body(browser.get("/metrics/starts"))
    return page[page.index('<h2 id="challenge">') :].partition("</section>")[0]


def test_an_answer_that_lacks_something_stays_in_the_form(as_: Any) -> None:
    given = {"statement": "D-M01", "answer": "cannot say", "owner": "Owen", "until": "2020-01-01"}
    response = as_("carl").post(f"{STARTS}answer", given)
    page = body(response)
    assert response.status_code == 400
    assert "needs a day by which it is known" in page
    assert 'value="Owen"' in page


def test_a_statement_is_overruled_on_its_page_and_taken_back_to_it(as_: Any) -> None:
    carl, petra = as_("carl"), as_("petra")
    carl.post(f"{STARTS}answer", {"statement": "D-M01", "answer": "true", "evidence": STORY})
    assert ">Live with it</button>" in body(petra.get(STARTS))
    assert ">Live with it</button>" not in body(carl.get(STARTS))
    given = {
        "subject": "metrics/starts",
        "rule": "D-M01",
        "why": "until the new one",
        "back": STARTS,
    }
    assert petra.post("/plan/accept", given)["Location"].startswith(STARTS)
    assert "Lived with: until the new one" in body(as_("vera").get(STARTS))


def test_planners_reword_translate_add_and_retire_in_the_catalogue(as_: Any) -> None:
    petra, where = as_("petra"), "/challenge/statements/change"
    posts = [
        {"do": "save", "id": "D-M01", "text": "It can rise while customers get less.", "severity": "blocks"},
        {"do": "translate", "id": "D-M01", "language": "de", "words": "Sie kann steigen."},
        {"do": "add", "id": "our-promise", "subject": "stream", "text": "Nobody would miss it.",
         "severity": "warns", "asked_of": "the owner"},
        {"do": "retire", "id": "D-S01"},
    ]  # fmt: skip
    for given in posts:
        assert petra.post(where, given).status_code == 302, given
    page = body(petra.get("/challenge/statements/"))
    for words in ("It can rise while customers get less.", "our-promise", "retired: nobody is asked",
                  "As it comes: <bdi>It can go up while customers get less.</bdi>"):  # fmt: skip
        assert words in page
    assert "Sie kann steigen." in body(
        as_("vera").get(STARTS, headers={"Accept-Language": "de-CH,en;q=0.5"})
    )
    assert "D-S01" not in body(as_("vera").get("/challenge/streams/start-fast/"))
    for given in ({"do": "restore", "id": "D-S01"}, {"do": "remove", "id": "our-promise"}):
        assert petra.post(where, given).status_code == 302
    assert '<li id="our-promise">' not in body(petra.get("/challenge/statements/"))


def test_a_statement_that_cannot_be_asked_is_said_beside_the_form(as_: Any) -> None:
    given = {"do": "add", "id": "our-promise", "subject": "stream", "text": " "}
    response = as_("petra").post("/challenge/statements/change", given)
    assert response.status_code == 400
    assert "Statement our-promise has no text." in body(response)


def test_a_proposal_shows_what_it_does_to_the_challenge(ground: Any, as_: Any, cast: Any) -> None:
    from mainstem.plan.changes import Added
    from mainstem.plan.model import Stream
    from mainstem.services.plans.proposals import start_proposal
    from tests.server.cast import actor
    from tests.server.factories import NOW

    new = Added("streams/new-one", (), Stream(name="A new one"), 3)
    made = start_proposal("A new stream", [new], ground, actor("petra", cast), at=NOW)
    page = body(as_("petra").get(f"/plan/proposals/{made.number}/"))
    assert "What it does to the challenge" in page
    assert "Four streams have no metric that could refuse anything." in page
    assert "A new one" in page


def test_the_api_reads_and_answers(as_: Any) -> None:
    carl, path = as_("carl"), "/api/v1/challenge/metrics/starts"
    found = carl.get(path).json()
    assert found["questions"][0] == "D-M01"
    given = {"statement": "D-M01", "answer": "false", "evidence": STORY}
    answered = carl.post(f"{path}/answers", given, content_type="application/json")
    assert answered.status_code == 200, answered.content
    assert answered.json()["history"][0]["by"] == "Carl"
    whole = carl.get("/api/v1/challenge?section=metrics&limit=1").json()
    assert [row["subject"].partition("/")[0] for row in whole["items"]] == ["metrics"]
    assert whole["next"]
    known = carl.get("/api/v1/statements").json()["items"]
    assert len(known) == 30
    bad = carl.post(f"{path}/answers", {"statement": "D-K01", "answer": "true", "evidence": STORY},
                    content_type="application/json")  # fmt: skip
    assert bad.status_code == 400
