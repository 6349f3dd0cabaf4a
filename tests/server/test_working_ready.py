"""After a derivation the pages of the cycle in view find everything ready, and they show lists in few words."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainstem.ledger import item_cube, item_cube_fields
from mainstem.plan.changes import diff
from mainstem.plan.standing import Signature
from mainstem.services.challenges import scales as challenging_scales
from mainstem.services.metrics import effects
from mainstem.services.server.deriving import derive
from mainstem.services.server.deriving_ahead import days_in_view, make_ready
from mainstem.web.contexts.items import _teams
from tests.server.factories import NOW, TODAY, land_some_work
from tests.world import plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(ground, cast):
    land_some_work(ground)
    return ground


def kept(ground, kind: str) -> set[str]:
    return {f.name for f in (ground.data / "ledger" / "cache").rglob(f"{kind}*")}


def test_a_derivation_makes_ready_what_pages_of_the_cycle_in_view_read(worked):
    derive(worked, at=NOW)
    first, last = days_in_view(worked.plans.head().plan, TODAY)
    (days,) = kept(worked, "parts[0-9]")
    assert f"x{first:%Y%m%d}x{last:%Y%m%d}x" in days
    assert kept(worked, "rollup-")
    assert kept(worked, "words")
    desk = worked.book().desk
    period = item_cube.period_of(desk, 1, first, last)
    assert period is not None
    assert item_cube_fields.source_of(desk, period.name)


def test_the_first_look_at_the_page_of_work_then_makes_nothing(as_, worked):
    derive(worked, at=NOW)
    before = kept(worked, "*")
    assert as_("vera").get("/items/").status_code == 200
    assert as_("vera").get("/items/?q=warm").status_code == 200
    assert kept(worked, "*") == before


def test_what_was_seen_after_each_bet_is_worked_out_before_somebody_waits_for_it(
    worked, as_, monkeypatch
):
    derive(worked, at=NOW)

    def again(*_: object) -> None:
        raise AssertionError("worked out while somebody waits")

    monkeypatch.setattr(effects, "effects", again)
    monkeypatch.setattr(challenging_scales, "history_of", again)
    stream = next(iter(worked.plans.head().plan.streams))
    assert as_("vera").get(f"/streams/{stream}").status_code == 200


def test_people_behind_effort_are_counted_ahead_where_small_groups_are_hidden(worked):
    standing = worked.plans.head()
    settings = {**standing.plan.organisation.settings.model_dump(), "k_min": 2}
    organisation = standing.plan.organisation.model_copy(
        update={"settings": type(standing.plan.organisation.settings).model_validate(settings)}
    )
    after = standing.plan.model_copy(update={"organisation": organisation})
    worked.plans.write(diff(standing.plan, after), Signature(NOW, None, "Petra"))
    derive(worked, at=NOW)
    assert kept(worked, "heads-")


def test_without_work_there_is_nothing_to_make_ready(ground, cast):
    make_ready(ground)
    assert not kept(ground, "*")


@pytest.mark.parametrize(
    ("today", "days"),
    [
        ("2026-11-11", ("2026-10-01", "2026-12-31")),  # the shortest of those under way
        ("2027-06-01", ("2026-01-01", "2026-12-31")),  # over: the one that ended last
        ("2025-06-01", ("2026-01-01", "2026-12-31")),  # to come: the first
    ],
)
def test_days_in_view_are_those_that_pages_show_unasked(today, days):
    cycles = {
        "y": {"first_day": "2026-01-01", "last_day": "2026-12-31"},
        "q4": {"first_day": "2026-10-01", "last_day": "2026-12-31"},
    }
    found = days_in_view(plan(cycles=cycles), date.fromisoformat(today))
    assert tuple(str(d) for d in found) == days


def test_without_cycles_the_quarter_is_in_view():
    assert days_in_view(plan(), date(2026, 11, 11)) == (date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "no team"),
        (("A",), "A"),
        (("A", "B", "C"), "A, B, C"),
        (("A", "B", "C", "D", "E"), "A, B, C and 2 more"),
    ],
)
def test_a_cell_names_three_teams_and_says_how_many_more(names, words):
    assert _teams(names) == words


def test_the_page_of_an_upload_looks_again_by_itself_while_it_is_read(as_, ground):
    ada = as_("ada")
    content = "Key,Date,Hours\nPLAY-1,2026-10-05,2\n"
    sent = SimpleUploadedFile("times.csv", content.encode(), "text/csv")
    address = ada.post("/sources/import/", {"file": sent}).url
    assert 'http-equiv="refresh"' not in ada.get(address).content.decode()
    ada.post(f"{address}/run", {"source": "tracker"})
    assert '<meta http-equiv="refresh" content="4">' in ada.get(address).content.decode()
