"""What holds for every reading page: empty, refused, asked wrongly, taken along, however long."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from mainstem.plan.changes import Added, Changed, Removed
from mainstem.plan.model import Initiative, Stream, Team, Unit
from mainstem.score.values import Grain, Question
from mainstem.services.scores.scoring import value_score
from mainstem.services.unbundling.guide import start_unbundling
from mainstem.services.workshops.rooms import open_workshop
from mainstem.store.models import AuditLine, CheckIn
from mainstem.workshop.agendas import agendas
from tests.server.cast import actor
from tests.server.factories import NOW, TODAY, land_some_work
from tests.server.reading_pages import PAGES, SIGNED, csv_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(ground):
    """The small plan, with some work of October."""
    land_some_work(ground)
    return ground


def asked(**more):
    return Question(
        unit=Unit.HOUR, since=TODAY.replace(day=1), until=TODAY.replace(month=12, day=31), **more
    )


@pytest.mark.parametrize("address", PAGES)
def test_every_page_runs_no_script_of_its_own_and_has_no_style(worked, as_, address):
    page = as_("vera").get(address).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\son[a-z]+=|javascript:", page, re.I)
    assert page.count("<h1") == 1


@pytest.mark.parametrize("address", PAGES)
def test_a_page_answers_where_nothing_was_imported_yet(ground, as_, address):
    assert as_("vera").get(address).status_code == 200


def test_an_empty_organisation_is_told_what_to_do_first(ground, as_):
    from mainstem.plan.changes import diff
    from mainstem.plan.model import Plan

    ground.plans.write(diff(ground.plans.head().plan, Plan()), SIGNED)
    assert "There is no plan and no work yet" in text_of(as_("vera").get("/"))
    assert "Whom do you serve" in text_of(as_("vera").get("/map"))
    for address in ("/river", "/streams/", "/teams/"):
        assert "Begin the plan" in text_of(as_("vera").get(address)) or "Add a" in text_of(as_("vera").get(address))  # fmt: skip


def test_days_without_work_lead_to_days_with_some(worked, as_):
    page = as_("vera").get("/?cycle=2026-q3")
    assert "No hours in 2026 Q3" in text_of(page)
    assert 'href="?cycle=2026-q4"' in page.content.decode()


@pytest.mark.parametrize("kind", ["streams", "teams", "objectives", "initiatives"])
def test_what_is_not_there_is_absent_and_outsiders_are_told_nothing(worked, as_, kind):
    assert as_("vera").get(f"/{kind}/no-such").status_code == 404
    there = {
        "streams": "start-fast",
        "teams": "growth",
        "objectives": "effortless",
        "initiatives": "warm-start",
    }
    assert as_("otto").get(f"/{kind}/{there[kind]}").status_code == 404
    assert b"Growth" not in as_("otto").get(f"/{kind}/{there[kind]}").content


def test_identifiers_may_hold_slashes_and_dots(worked, as_):
    worked.plans.write([Added("teams/eu/live.edge", (), Team(name="Live edge"), 0)], SIGNED)
    worked.plans.write(
        [Added("initiatives/a/b.c", (), Initiative(stream="sign-up", name="Deep"), 0)], SIGNED
    )
    assert "Live edge" in text_of(as_("vera").get("/teams/eu/live.edge"))
    assert "Deep" in text_of(as_("vera").get("/initiatives/a/b.c"))


def test_a_page_that_cannot_be_asked_so_says_what_can(worked, as_):
    answer = as_("vera").get("/river?unit=parsec")
    assert answer.status_code == 400
    assert "hour" in answer.content.decode()


def test_a_table_that_people_named_like_a_formula_is_only_text(worked, as_):
    worked.plans.write(
        [Changed("streams/start-fast", ("name",), "Start to first frame", "=HYPERLINK(1)")], SIGNED
    )
    body = as_("vera").get("/?format=csv&table=streams").content.decode("utf-8-sig")
    assert "start-fast,'=HYPERLINK(1)," in body
    assert AuditLine.objects.get(action="export").subject == "pulse streams"


def test_a_table_that_is_not_there_is_absent_and_those_that_are_get_named(worked, as_):
    answer = as_("vera").get("/?format=csv&table=secrets")
    assert answer.status_code == 404 and "weeks, rest, streams" in answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_every_table_of_a_page_can_be_taken_along(worked, as_, address):
    page = html.unescape(as_("vera").get(address).content.decode())
    links = set(re.findall(r'href="([^"]*format=csv[^"]*)"', page))
    assert links or address == "/initiatives/warm-start"
    for link in links:
        assert as_("vera").get(link).status_code == 200, link


def test_the_shared_address_shows_the_same_on_any_day(worked, as_):
    page = html.unescape(as_("vera").get("/streams/start-fast?team=playback").content.decode())
    shared = re.search(r"<code>http://testserver(/streams/[^<]+)</code>", page)[1]
    assert shared == "/streams/start-fast?cycle=2026-q4&team=playback&unit=hour"
    assert text_of(as_("vera").get(shared)).split("Share this page")[0].split("owned by")[1] == text_of(as_("vera").get("/streams/start-fast?team=playback")).split("Share this page")[0].split("owned by")[1]  # fmt: skip


def test_a_list_goes_on_after_its_last_row(worked, as_, monkeypatch):
    monkeypatch.setattr("mainstem.web.contexts.lists.MOST_ROWS", 2)
    first = as_("vera").get("/streams/").content.decode()
    assert "1 to 2 of 3" in text_of(as_("vera").get("/streams/"))
    following = html.unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
    second = as_("vera").get(following)
    assert "3 to 3 of 3" in text_of(second)
    assert as_("vera").get("/streams/?after=nobody").status_code == 400


def test_a_long_list_of_commitments_is_cut_and_says_so(worked, as_):
    plan = worked.plans.head().plan
    more = [
        Added(f"key_results/more-{n}", (), plan.key_results["kr-sign-up"], 0) for n in range(40)
    ]
    worked.plans.write(more, SIGNED)
    assert "The first 24 of 41; the CSV has all." in text_of(as_("vera").get("/teams/growth"))
    assert len(csv_of(as_("vera"), "/teams/growth", "key-results")) == 41


def test_weeks_are_those_of_the_ledger(worked, as_):
    answer = value_score(asked(grain=Grain.WEEK), worked.book())
    rows = {r["period"]: float(r["units"]) for r in csv_of(as_("vera"), "/", "weeks")}
    for cell in answer.cells:
        assert rows[cell.period.label] == cell.amounts.units / 10**10


@pytest.mark.parametrize("address", PAGES)
def test_twice_the_rows_take_the_same_number_of_queries(
    worked, as_, cast, address, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = as_("vera")
    browser.get(address)
    with CaptureQueriesContext(connection) as before:
        browser.get(address)
    plan = worked.plans.head().plan
    more = [
        Added(f"streams/more-{n}", (), Stream(name=f"More {n}", objective=("every-ball",)), 0)
        for n in range(9)
    ]
    more += [Added(f"teams/more-{n}", (), Team(in_="playback"), 0) for n in range(9)]
    more += [Added(f"key_results/more-{n}", (), plan.key_results["kr-start"], 0) for n in range(9)]
    more += [
        Added(f"initiatives/more-{n}", (), plan.initiatives["warm-start"], 0) for n in range(9)
    ]
    more += [Added(f"dependencies/more-{n}", (), plan.dependencies["tiles"], 0) for n in range(9)]
    worked.plans.write(more, SIGNED)
    for n in range(20):
        CheckIn.objects.create(
            key_result=f"more-{n % 9}", on=TODAY, value=n, by=cast["carl"], at=NOW
        )
    browser.get(address)
    with CaptureQueriesContext(connection) as after:
        browser.get(address)
    assert len(after) == len(before)


def test_a_removed_stream_that_still_has_effort_is_named_as_gone(worked, as_):
    plan = worked.plans.head().plan
    worked.plans.write(
        [
            Removed("initiatives/warm-start", (), plan.initiatives["warm-start"]),
            Removed("initiatives/edge-prefetch", (), plan.initiatives["edge-prefetch"]),
            Removed("key_results/kr-start", (), plan.key_results["kr-start"]),
            Removed("streams/start-fast", (), plan.streams["start-fast"]),
        ],
        SIGNED,
    )
    assert as_("vera").get("/streams/start-fast").status_code == 404
    assert "no longer in the plan" in text_of(as_("vera").get("/"))
    assert "no longer in the plan" in text_of(as_("vera").get("/river"))


def test_the_addresses_of_the_documentation_answer(worked, as_, cast):
    page = (Path(__file__).parents[2] / "docs" / "pages.md").read_text("utf-8")
    found = re.findall(r"`(/[^`]*)`", page)
    assert len(found) > 12
    room = open_workshop("Planning", agendas()["day"], worked, actor("petra", cast), at=NOW)
    draft = start_unbundling(
        next(iter(worked.plans.head().plan.objectives)), worked, actor("petra", cast), at=NOW
    )
    for address in found:
        # rooms and drafts have numbers; a desk is for who leads, a draft for who proposes
        who = "petra" if re.match(r"/(workshop|unbundle)/\d", address) else "vera"
        there = address.replace("/workshop/7/", f"/workshop/{room.pk}/").replace(
            "/unbundle/12/", f"/unbundle/{draft.listed.number}/"
        )
        assert as_(who).get(there).status_code == 200, address
