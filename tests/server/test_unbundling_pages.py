"""The pages of unbundling, as Petra, Carl and Vera see them, with script off."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstem.services.unbundling.guide import unbundling
from tests.server.cast import actor

pytestmark = pytest.mark.django_db
HORIZON = "objectives/every-ball|horizon"


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def begun(browser: Any, **more: str) -> str:
    made = browser.post("/unbundle/start", {"objective": "every-ball", "is_shared": "yes", **more})
    assert made.status_code == 302
    return str(made["Location"])


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0].replace("&amp;", "&")


def test_the_empty_list_says_what_to_do_and_an_objectives_page_leads_there(as_: Any) -> None:
    page = text(as_("petra").get("/unbundle/?objective=every-ball"))
    assert (
        "No objective is being taken apart." in page
        and '<option value="every-ball" selected>' in page
    )
    assert "A contributor can begin one." in text(as_("vera").get("/unbundle/"))
    assert "/unbundle/?objective=every-ball" in text(as_("vera").get("/objectives/every-ball"))
    assert 'href="/unbundle/"' in text(as_("vera").get("/plan/"))


def test_what_cannot_be_begun_says_why_beside_the_field(as_: Any) -> None:
    petra = as_("petra")
    nothing = petra.post("/unbundle/start", {"objective": "", "words": " "})
    assert nothing.status_code == 400 and "An unbundling begins with an objective." in text(nothing)
    late = petra.post("/unbundle/start", {"objective": "every-ball", "until": "2026-01-01"})
    assert late.status_code == 400 and "That day is over." in text(late)


def test_one_question_with_its_reason_examples_and_the_tree_beside_it(as_: Any) -> None:
    petra = as_("petra")
    page = text(petra.get(begun(petra)))
    assert (
        "questions are open." in page
        and "If no customer is better off, reaching it would be worth nothing" in page
    )
    assert "Answers that help" in page and "They can now see today" in page
    assert "Start to first frame" in page and "left" in page
    assert "Pass for now" in page and "Ask somebody" in page


def test_an_answer_leads_to_the_next_question_and_can_be_gone_back_to(as_: Any) -> None:
    petra = as_("petra")
    here = begun(petra)
    page = text(petra.get(here))
    key = hidden(page, "key")
    sent = petra.post(
        f"{here}answer",
        {"key": key, "seen": hidden(page, "seen"), "a.customer_better_off": "They can now see it"},
    )
    assert sent.status_code == 302
    page = text(petra.get(here))
    assert "Taken into the draft." in page and hidden(page, "key") == HORIZON
    back = text(petra.get(f"{here}?q={quote(key, safe='')}"))
    assert "They can now see it" in back and "Answered by Petra" in back and "Answer again" in back
    taken = petra.post(f"{here}take", {"key": key}, follow=True)
    assert hidden(text(taken), "key") == key


def test_an_answer_that_is_none_keeps_what_was_typed(as_: Any) -> None:
    petra = as_("petra")
    here = begun(petra)
    key = "streams/start-fast|+teams"
    sent = petra.post(
        f"{here}answer",
        {"key": key, "seen": "any", "a.team": "Growth", "a.part": "supports", "a.share": "lots"},
    )
    assert sent.status_code == 400
    assert (
        "“lots” is no number." in text(sent)
        and 'value="Growth"' in text(sent)
        and 'value="lots"' in text(sent)
    )


def test_two_who_answer_at_once_see_both_answers(as_: Any) -> None:
    petra, carl = as_("petra"), as_("carl")
    here = begun(petra)
    page = text(petra.get(f"{here}?q={quote(HORIZON, safe='')}"))
    seen = hidden(page, "seen")
    carl.post(f"{here}answer", {"key": HORIZON, "seen": seen, "a.horizon": "End of 2027"})
    met = petra.post(f"{here}answer", {"key": HORIZON, "seen": seen, "a.horizon": "Three quarters"})
    assert met.status_code == 409
    assert "Somebody answered it meanwhile: End of 2027" in text(
        met
    ) and 'value="Three quarters"' in text(met)
    again = petra.post(
        f"{here}answer",
        {"key": HORIZON, "seen": hidden(text(met), "seen"), "a.horizon": "Three quarters"},
    )
    assert again.status_code == 302


def test_passing_and_asking_say_who(as_: Any, ground: Any, cast: Any) -> None:
    petra = as_("petra")
    here = begun(petra)
    first = hidden(text(petra.get(here)), "key")
    petra.post(f"{here}pass", {"key": first})
    assert "passed by Petra" in text(petra.get(here))
    petra.post(f"{here}ask", {"key": HORIZON, "person": "Carl"})
    his = text(as_("carl").get(here))
    assert hidden(his, "key") == HORIZON and "Petra asks you." in his and "Petra asked Carl." in his
    assert "Petra asks you: Until when is it worth going for?" in text(as_("carl").get("/notices/"))
    assert "you are asked 1 question" in text(as_("carl").get("/unbundle/"))
    wrong = petra.post(f"{here}ask", {"key": first, "person": "Nobody"})
    assert wrong.status_code == 400 and "Nobody here is called Nobody." in text(wrong)


def test_at_the_end_the_draft_is_opened_as_a_proposal(as_: Any, ground: Any, cast: Any) -> None:
    petra = as_("petra")
    here = begun(petra)
    assert "Nothing was answered yet." in text(petra.get(f"{here}end"))
    petra.post(f"{here}answer", {"key": HORIZON, "a.horizon": "End of 2027"})
    page = text(petra.get(f"{here}end"))
    assert (
        "What the challenge says" in page
        and "What is still open" in page
        and "Open as a proposal" in page
    )
    assert "Open as a proposal" not in text(as_("carl").get(f"{here}end"))
    opened = petra.post(f"{here}open")
    assert opened.status_code == 302 and opened["Location"].startswith("/plan/proposals/")
    assert "End of 2027" in text(as_("vera").get(opened["Location"]))
    over = text(as_("vera").get(here))
    assert "It is done" in over and "Pass for now" not in over


def test_who_leads_it_can_settle_and_stop_it(as_: Any, ground: Any, cast: Any) -> None:
    petra = as_("petra")
    here = begun(petra)
    petra.post(f"{here}settle", {"until": "2026-11-30"})
    assert "to be done by 30 November 2026" in text(petra.get(here))
    assert as_("carl").get(here).status_code == 404, "it is no longer shared"
    assert petra.post(f"{here}stop").status_code == 302
    number = int(here.split("/")[2])
    assert unbundling(number, ground, actor("vera", cast)).listed.state == "stopped"


def test_words_of_people_are_escaped_everywhere(as_: Any) -> None:
    petra = as_("petra")
    bad = "<script>alert(1)</script>"
    made = petra.post(
        "/unbundle/start", {"objective": "", "words": f"See {bad}", "is_shared": "yes"}
    )
    here = made["Location"]
    petra.post(f"{here}answer", {"key": f"objectives/{_ident(here, petra)}|owner", "a.owner": bad})
    petra.post(
        f"{here}answer",
        {"key": f"objectives/{_ident(here, petra)}|+streams", "a.name": bad, "a.customer": bad},
    )
    for address in (here, f"{here}end", "/unbundle/"):
        assert bad not in petra.get(address).content.decode()


def _ident(here: str, browser: Any) -> str:
    return hidden(text(browser.get(here)), "key").split("/")[1].split("|")[0]


def test_a_question_that_is_gone_says_so_and_goes_on(as_: Any) -> None:
    petra = as_("petra")
    page = petra.get(f"{begun(petra)}?q=streams/no-such%7Cmetric", follow=True)
    assert page.status_code == 200 and "That question is gone" in text(page)


def test_twice_the_streams_take_as_many_queries(as_: Any) -> None:
    petra = as_("petra")
    here = begun(petra)

    def queries() -> int:
        petra.get(here)
        with CaptureQueriesContext(connection) as made:
            petra.get(here)
        return len(made)

    few = queries()
    for n in range(6):
        added = {"a.name": f"Stream {n}", "a.customer": "viewer"}
        petra.post(f"{here}answer", {"key": "objectives/every-ball|+streams", **added})
    assert queries() <= few < 40


def test_over_the_api_from_the_start_to_the_proposal(as_: Any) -> None:
    petra = as_("petra")

    def post(address: str, **body: Any) -> Any:
        return petra.post(f"/api/v1/unbundlings{address}", body, content_type="application/json")

    made = post("", objective="every-ball")
    assert made.status_code == 201
    told = made.json()
    here = f"/{told['number']}"
    first = told["next"]
    assert (
        first["field"] == "customer_better_off"
        and first["inputs"][0]["name"] == "customer_better_off"
    )
    told = post(
        f"{here}/answers",
        key=first["key"],
        seen=first["seen"],
        answer={"customer_better_off": "They can now see it"},
    ).json()
    assert told["next"]["field"] == "horizon"
    met = post(
        f"{here}/answers",
        key=first["key"],
        seen=first["seen"],
        answer={"customer_better_off": "No"},
    )
    assert met.status_code == 409 and "unbundling.met" in str(met.json())
    bad = post(f"{here}/answers", key=HORIZON, answer={"horizon": ""})
    assert bad.status_code == 400
    told = post(f"{here}/passes", key=HORIZON).json()
    assert told["passed"] == 1 and told["next"]["key"] != HORIZON
    listed = petra.get(f"/api/v1/unbundlings{here}/questions?limit=200").json()["items"]
    assert len(listed) == told["open"] and listed[-1]["put_off_by"] == "Petra"
    one = petra.get(f"/api/v1/unbundlings{here}/question", {"key": HORIZON}).json()
    assert one["good"] and one["is_open"]
    assert post(f"{here}/asks", key=HORIZON, person="Carl").json()["passed"] == 1
    assert post(f"{here}/removals", key=first["key"]).json()["next"]["key"] == first["key"]
    post(f"{here}/answers", key=first["key"], answer={"customer_better_off": "They can now see it"})
    assert [u["number"] for u in petra.get("/api/v1/unbundlings").json()["items"]] == [
        told["number"]
    ]
    assert post(f"{here}/open").json()["state"] == "open"
