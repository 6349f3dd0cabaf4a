"""The plan is read: tree, filter, sections, revisions, the plan as it stood; quick however large it is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstem.plan.changes import Added, Changed
from mainstem.plan.model import Initiative, KeyResult
from mainstem.plan.standing import Signature
from mainstem.services.plans.editing import change_plan
from mainstem.services.plans.standing_findings import SMALL, standing_findings, wait_for_findings
from tests.server.cast import actor
from tests.server.factories import NOW

pytestmark = pytest.mark.django_db
SIGNED = Signature(NOW, None, "Petra")


def page_of(browser, address):
    return browser.get(address).content.decode().replace("\u00a0", " ")


def grow(ground, count, start=0):
    """More key results and initiatives on one stream."""
    changes = []
    for n in range(start, start + count):
        changes.append(
            Added(f"key_results/kr{n}", (), KeyResult(text=f"Result {n}", stream="sign-up"), 10**6)
        )
        changes.append(
            Added(f"initiatives/in{n}", (), Initiative(name=f"Bet {n}", stream="sign-up"), 10**6)
        )
    ground.plans.write(changes, SIGNED)


def test_the_tree_opens_one_branch_at_a_time_and_shows_at_most_a_page_of_it(as_, ground):
    grow(ground, 150)
    vera = as_("vera")
    closed = page_of(vera, "/plan/")
    assert "151 key results, 150 initiatives" in closed and "Result 7" not in closed
    opened = page_of(vera, "/plan/?open=sign-up")
    assert "Result 7<" in opened and opened.count("Bet ") == 0 and "1 to 100 of 301" in opened
    later = page_of(vera, "/plan/?open=sign-up&after=200")
    assert "Bet 60" in later and "201 to 300 of 301" in later


def test_marks_say_what_is_left_to_answer_and_what_is_found(as_, ground):
    page = page_of(as_("vera"), "/plan/?open=start-fast")
    assert "4 to answer" in page and "1 finding" in page
    only = as_("vera").get("/plan/?show=findings").content.decode()
    assert "Sign-up in one breath" in only and "Warm start on app open" not in only
    named = as_("vera").get("/plan/?q=warm").content.decode()
    assert "Warm start on app open" in named and "Edge prefetch" not in named


def test_the_plan_as_it_stood_is_for_reading_only(as_, ground, cast):
    change_plan([Changed("streams/start-fast", ("name",), "Start to first frame", "New name")], ground,
                actor("petra", cast), at=NOW)  # fmt: skip
    petra = as_("petra")
    page = petra.get("/plan/?at=r1").content.decode()
    assert (
        "as it stood at r1" in page and "Start to first frame" in page and "New stream" not in page
    )
    thing = petra.get("/plan/streams/start-fast/?at=r1").content.decode()
    assert (
        "Start to first frame" in thing
        and "/edit" not in thing.split("<main")[1].split("</main>")[0]
    )
    assert petra.get("/plan/?at=r99").status_code == 404


def test_revisions_are_found_by_person_thing_and_day_and_paged(as_, ground, cast):
    for n in range(60):
        who = actor("petra" if n % 2 else "owen", cast)
        change_plan(
            [Changed("streams/start-fast", ("note",), f"{n - 1}" if n else None, f"{n}")],
            ground,
            who,
            at=NOW,
        )
    vera = as_("vera")
    first = vera.get("/plan/revisions/").content.decode()
    assert "r61" in first and "r11<" not in first and "before=12" in first
    assert "r11<" in vera.get("/plan/revisions/?before=12").content.decode()
    hers = vera.get("/plan/revisions/?person=petra").content.decode()
    assert "r61" in hers and "r60<" not in hers
    assert "No revision fits" in vera.get("/plan/revisions/?subject=streams/start").content.decode()
    assert "No revision fits" in vera.get("/plan/revisions/?since=2026-10-22").content.decode()
    assert "r61" in vera.get("/plan/streams/start-fast/history").content.decode()
    assert vera.get("/plan/revisions/?since=soon").status_code == 400


@pytest.mark.parametrize(
    "address",
    ["/plan/", "/plan/?open=sign-up", "/plan/?q=e", "/plan/key_results/", "/plan/key_results/kr-start/",
     "/plan/key_results/kr-start/edit", "/plan/streams/sign-up/", "/plan/streams/sign-up/edit",
     "/plan/streams/sign-up/remove", "/plan/revisions/", "/plan/proposals/", "/plan/cycles/2026-q4/"],
)  # fmt: skip
def test_twice_the_rows_take_the_same_number_of_queries(as_, ground, address):
    petra = as_("petra")
    grow(ground, 20)
    counts = []
    for start in (20, 60):
        petra.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert petra.get(address).status_code == 200
        counts.append(len(asked))
        grow(ground, 40, start)
    assert counts[0] == counts[1]


def test_a_large_plan_is_checked_beside_and_the_page_says_so(as_, ground):
    before = standing_findings(ground)
    assert before.is_newest and before.of("streams/sign-up")
    grow(ground, SMALL)
    meanwhile = standing_findings(ground)
    assert not meanwhile.is_newest and meanwhile.revision == before.revision
    assert meanwhile.of("streams/sign-up") == before.of("streams/sign-up")
    wait_for_findings()
    found = standing_findings(ground)
    assert found.is_newest and found.revision == ground.plans.head().revision
    assert found.of("initiatives/in7")
    assert standing_findings(ground) is found


def test_a_finding_is_the_same_whether_the_plan_is_text_or_not(ground):
    from mainstem.plan.text.files import PlanFiles
    from mainstem.plan.text.load import load_plan
    from mainstem.plan.text.write import plan_to_text
    from mainstem.services.plans.planning import check_plan, check_standing
    from tests.server.factories import TODAY, small_plan

    plan = small_plan(links=[{"item": "A-1", "stream": "sign-up"}],
                      expect=[{"item": {"title": "x", "label": "return"}, "stream": "sign-up"}])  # fmt: skip
    text = check_plan(load_plan(PlanFiles({"p.yaml": plan_to_text(plan).encode()})), today=TODAY)
    told = check_standing(plan, today=TODAY)
    assert {(f.rule, f.subject, f.what) for f in text} == {
        (f.rule, f.subject, f.what) for f in told
    }
    assert any(f.rule.startswith("W") for f in told)


def test_what_people_write_is_shown_and_never_run(as_, ground, cast):
    evil = '<script>alert("x")</script>'
    change_plan([Changed("streams/start-fast", ("name",), "Start to first frame", evil)], ground,
                actor("petra", cast), at=NOW, why=evil)  # fmt: skip
    petra = as_("petra")
    for address in ("/plan/", "/plan/streams/start-fast/", "/plan/streams/start-fast/edit",
                    "/plan/revisions/", "/plan/revisions/2/", "/plan/key_results/kr-start/edit"):  # fmt: skip
        assert evil not in petra.get(address).content.decode()


def test_a_list_as_csv_is_safe_for_spreadsheets(as_, ground, cast):
    change_plan([Changed("streams/start-fast", ("name",), "Start to first frame", "=1+1")], ground,
                actor("petra", cast), at=NOW)  # fmt: skip
    text = as_("vera").get("/plan/streams/?format=csv").content.decode()
    assert "'=1+1" in text


def test_a_step_back_to_another_site_is_not_taken(as_, ground):
    petra = as_("petra")
    answer = petra.post("/plan/revisions/1/undo", {"back": "https://evil.example/"})
    assert not answer.headers.get("Location", "").startswith("https://evil")


def test_everybody_sees_only_what_they_may_begin_from_the_plan_whoever_looked_before(as_):
    lena, carl, vera = (page_of(as_(name), "/plan/") for name in ("lena", "carl", "vera"))
    assert "/workshop/new" in lena and "/plan/upload" in lena and "New stream" in lena
    assert "/workshop/new" not in carl and "/plan/upload" in carl and "New stream" in carl
    assert "New stream" not in vera
    for address in ("/plan/upload", "/plan/rest/edit", "/plan/organisation/edit"):
        assert address not in vera and as_("vera").get(address).status_code == 403


def test_revisions_and_proposals_say_their_moments_in_the_readers_time_zone(as_, ground, cast):
    change = Changed("streams/start-fast", ("note",), None, "at nine in London")
    change_plan([change], ground, actor("petra", cast), at=NOW)
    vera = cast["vera"]
    vera.timezone = "Pacific/Auckland"
    vera.save()
    page = page_of(as_("vera"), "/plan/revisions/")
    assert "21 October 2026, 22:00" in page and "UTC" not in page
    assert "21 October 2026, 22:00" in page_of(as_("vera"), "/plan/revisions/2/")


def test_the_csv_beside_a_narrowed_list_holds_the_same_rows(as_):
    vera = as_("vera")
    page = page_of(vera, "/plan/initiatives/?q=warm")
    assert "/plan/initiatives/?q=warm&amp;format=csv" in page
    lines = vera.get("/plan/initiatives/?q=warm&format=csv").content.decode().splitlines()
    assert len(lines) == 2 and "Warm start on app open" in lines[1]
