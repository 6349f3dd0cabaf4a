"""The page of work and the page of an item: what was this effort for, and because of what?"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstem.plan.changes import diff
from mainstem.plan.model import Unit
from mainstem.plan.standing import Signature
from mainstem.score.values import By, Question
from mainstem.services.scores.scoring import value_score
from mainstem.services.work.browsing import Wanted, browse_items
from tests.server.cast import actor
from tests.server.factories import NOW, TODAY, land_some_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(ground, cast):
    land_some_work(ground)
    return ground


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_first_line_says_how_much_effort_on_how_many_items_counted_for_what(as_, worked):
    page = text(as_("vera").get("/items/"))
    assert "21 hours on 6 items" in page
    assert "counted for Start to first frame 48 %" in page
    assert "2026 Q4" in page


def test_every_item_says_because_of_what_it_counts(as_, worked):
    page = text(as_("vera").get("/items/"))
    assert "claimed by component Player" in page
    assert "claimed by no stream" in page
    assert 'href="/items/tracker/PLAY-1"' in page


def test_a_link_from_another_page_becomes_a_query_with_the_same_number(as_, worked, cast):
    page = text(as_("vera").get("/items/?stream=start-fast&team=playback&unit=hour"))
    assert 'value="stream:start-fast"' in page
    assert "10 hours on 2 items" in page
    question = Question(by=By.STREAM, unit=Unit.HOUR, team="playback", stream="start-fast")
    answer = value_score(question, worked.book())
    (cell,) = [c for c in answer.cells if c.amounts.value]
    wanted = Wanted("stream:start-fast", date(2026, 10, 1), TODAY, Unit.HOUR, "playback")
    found = browse_items(wanted, worked, actor("vera", cast))
    assert found.parts == cell.amounts.value == 10 * 10**10


def test_a_kind_and_the_unknown_lead_to_their_items(as_, worked):
    browser = as_("vera")
    assert "OPS-1" in text(browser.get("/items/?kind=operations"))
    unknown = text(browser.get("/items/?kind=unknown"))
    assert "OPS-2" in unknown
    assert "PLAY-1" not in unknown


def test_a_filter_replaces_what_the_query_said_of_the_same_field(as_, worked):
    page = text(as_("vera").get("/items/?q=stream:start-fast+warm&stream=sign-up"))
    assert 'value="stream:sign-up warm"' in page
    assert 'value="warm"' in text(as_("vera").get("/items/?q=stream:start-fast+warm&stream="))


def test_a_query_that_cannot_be_read_is_marked_at_its_character(as_, worked):
    response = as_("vera").get("/items/?q=label:old+kind:bug")
    page = text(response)
    assert response.status_code == 400
    assert "At character 16: kind cannot be bug" in page
    assert 'wrong-at="15"' in page
    assert "incident, compliance" in page


def test_a_team_or_stream_that_the_plan_does_not_have_is_marked_too(as_, worked):
    page = text(as_("vera").get("/items/?q=team:playbak"))
    assert "the plan has no team playbak" in page
    assert "playback" in page


def test_where_nothing_matches_the_page_says_what_to_do_next(as_, worked):
    page = text(as_("vera").get("/items/?q=label:nothing"))
    assert "Nothing matches" in page
    assert "Show everything in these days" in page


def test_before_any_work_the_page_leads_to_the_sources(as_, ground):
    assert 'href="/sources/"' in text(as_("vera").get("/items/"))


def test_pages_follow_one_another_by_cursor(as_, worked, monkeypatch):
    monkeypatch.setattr("mainstem.services.work.browsing.PAGE", 2)
    monkeypatch.setattr("mainstem.web.views.items.browsing.PAGE", 2)
    browser = as_("vera")
    seen, address = [], "/items/"
    for _ in range(4):
        response = browser.get(address)
        body = response.content.decode()
        seen += [
            k
            for k in ("PLAY-1", "PLAY-2", "GRO-1", "GRO-2", "OPS-1", "OPS-2")
            if f'/tracker/{k}"' in body
        ]
        nexts = body.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        if not nexts:
            break
        address = nexts
    assert sorted(seen) == ["GRO-1", "GRO-2", "OPS-1", "OPS-2", "PLAY-1", "PLAY-2"]


def test_a_cursor_that_is_none_is_refused(as_, worked):
    assert as_("vera").get("/items/?at=abc").status_code == 400


def test_completion_offers_fields_then_the_values_that_there_are(as_, worked):
    browser = as_("vera")
    assert "stream:" in text(browser.get("/items/complete?q=st&at=2"))
    assert 'data-text="start-fast "' in text(browser.get("/items/complete?q=stream:sta&at=10"))
    assert "start-time" in text(browser.get("/items/complete?q=label:sta&at=9"))


def test_the_csv_has_a_line_for_each_thing_that_an_item_counts_for(as_, worked):
    response = as_("vera").get("/items/?format=csv&table=items")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("source,item,title,type,counts_for,share,hours,because")
    assert len(lines) == 7
    assert any(
        line.startswith("tracker,PLAY-1,Warm start,task,stream:start-fast,1") for line in lines
    )


def test_an_outsider_learns_nothing(as_, worked):
    for address in ("/items/", "/items/tracker/PLAY-1", "/items/complete", "/items/contests/"):
        assert as_("otto").get(address).status_code == 404


def test_an_item_says_what_it_counts_for_because_of_what_and_what_else_had_matched(as_, worked):
    page = text(as_("vera").get("/items/tracker/PLAY-1"))
    assert "PLAY-1 counts for Start to first frame" in page
    assert "claimed by component Player" in page
    assert "2026-10" in page
    assert "6 hours" in page
    assert "cid@x" not in page


def test_an_item_that_is_not_there_is_absent_with_what_is_near(as_, worked):
    response = as_("vera").get("/items/tracker/PLAY-99")
    assert response.status_code == 404
    assert "PLAY-1" in text(response)


def test_twice_the_rows_take_the_same_number_of_queries(as_, worked, monkeypatch):
    browser = as_("petra")

    def queries(address: str) -> int:
        browser.get(address)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    assert queries("/items/?q=project:PLAY") == queries("/items/")


def test_a_group_too_small_cannot_be_asked_for_alone(as_, worked, cast):
    from mainstem.work.query import Misread

    plan = worked.plans.head().plan
    settings = plan.organisation.settings.model_copy(update={"k_min": 2})
    careful = plan.model_copy(
        update={"organisation": plan.organisation.model_copy(update={"settings": settings})}
    )
    worked.plans.write(diff(plan, careful), Signature(NOW, None, "Petra"))
    wanted = Wanted("team:player-core", date(2026, 10, 1), TODAY, Unit.HOUR)
    with pytest.raises(Misread, match="cannot be shown alone"):
        browse_items(wanted, worked, actor("vera", cast))
    assert "Player core" not in text(as_("vera").get("/items/")).partition("<main")[2]
