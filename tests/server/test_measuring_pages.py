"""Values of metrics on a server: all readers see them, whoever may change the metric adds to them, and
they never become the plan's text."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainstem.ledger.observations import land_observations, series
from mainstem.plan.changes import diff
from mainstem.score.attention import Kind
from mainstem.services.metrics.key_results import history, progress_of
from mainstem.services.plans.cycles import values_of
from mainstem.services.plans.plan_text import plan_as_text
from mainstem.services.plans.standing_findings import standing_findings
from mainstem.services.telling.attention import needs_a_person
from mainstem.sources.observing import Mark, Observed
from mainstem.store.models import AuditLine
from mainstem.store.plans import StoredPlans
from tests.server.cast import actor
from tests.server.factories import NOW, TODAY, small_plan


def text(response: Any) -> str:
    """The page, with ordinary spaces."""
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def observed(ground: Any, *values: tuple[date, float | None], marks: Any = (), metric: str = "starts",
             at: datetime = NOW) -> None:  # fmt: skip
    """Values that a source brought."""
    land_observations(
        ground.shelf.ledger(make=True), "warehouse", [Observed(metric, *v) for v in values], marks, at=at
    )  # fmt: skip


def in_force(ground: Any) -> dict[date, tuple[float | None, str]]:
    view = ground.shelf.view()
    return {p.on: (p.value, p.source) for p in series(view, "starts")} if view else {}


def yesterday() -> date:
    return TODAY - timedelta(days=1)


def test_values_that_came_by_themselves_are_seen_wherever_the_metric_is(as_, ground, cast) -> None:
    observed(ground, (yesterday(), 93.7))
    vera = as_("vera")
    page = text(vera.get("/streams/start-fast"))
    print(page[page.index("<h1") :][:600])
    assert "is at 93.7 %" in page
    assert "93.7 %" in text(vera.get("/metrics/starts"))
    assert history("kr-start", ground)[-1].value == 93.7
    assert progress_of("kr-start", ground).value == 93.7
    plan = ground.plans.head().plan
    cycle = plan.key_results["kr-start"].cycle
    assert values_of(plan, cycle, ground)["kr-start"] == 93.7
    assert "93.7" in text(vera.get("/key-results/kr-start"))


def test_they_never_become_text_of_the_plan(as_, ground, cast) -> None:
    petra = actor("petra", cast)
    before = plan_as_text(ground, petra), ground.plans.head()
    observed(ground, (yesterday(), 93.7))
    for page in ("/", "/streams/start-fast", "/metrics/starts", "/key-results/kr-start"):
        assert as_("petra").get(page).status_code == 200
    assert plan_as_text(ground, petra) == before[0]
    assert ground.plans.head() is before[1]
    assert not diff(StoredPlans().head().plan, small_plan())
    form = text(as_("petra").get("/plan/metrics/starts/edit"))
    assert "93.7" not in form and "88.4" in form


def test_reading_them_costs_no_query_and_gives_the_same_plan_again(ground) -> None:
    observed(ground, (yesterday(), 93.7))
    first = ground.observed()
    assert ground.observed().plan is first.plan
    assert first.plan is not ground.plans.head().plan
    observed(ground, (yesterday(), 93.9), at=NOW + timedelta(hours=1))
    assert ground.observed().plan.metrics["starts"].observations[-1].value == 93.9


def test_a_metric_that_was_stale_is_not_once_a_value_has_come(ground, cast) -> None:
    later = replace(ground, fixed_today=date(2027, 9, 1))

    def stale() -> list[str]:
        return [a.subject for a in needs_a_person(later) if a.kind is Kind.METRIC]

    assert "streams/start-fast" in stale()
    observed(ground, (date(2027, 8, 31), 90.0), at=datetime(2027, 9, 1, tzinfo=UTC))
    assert "streams/start-fast" not in stale()
    assert standing_findings(later).is_newest


def test_somebody_adds_a_value_and_takes_it_back(as_, ground) -> None:
    observed(ground, (yesterday(), 93.7))
    owen = as_("owen")
    page = owen.post("/metrics/starts/values", {"value": "91,5", "on": yesterday()}, follow=True)
    assert "Kept. It goes before what sources say of that day." in text(page)
    assert in_force(ground)[yesterday()] == (91.5, "by hand")
    assert "sources say different things; by hand counts" in text(page)
    line = AuditLine.objects.get(action="metric.values")
    assert line.sentence == f"Sessions that play within 2 s: 91.5 on {yesterday()}."
    owen.post("/metrics/starts/values", {"value": "", "on": yesterday()})
    assert in_force(ground)[yesterday()] == (93.7, "warehouse")


def test_a_value_that_cannot_be_is_kept_in_the_form_and_nowhere_else(as_, ground) -> None:
    for given in ({"value": "many", "on": "2026-10-01"}, {"value": "3", "on": "2031-01-01"}):
        page = as_("owen").post("/metrics/starts/values", given)
        assert page.status_code == 400 and given["on"] in text(page)
    assert not in_force(ground) and not AuditLine.objects.filter(action="metric.values").exists()


def upload(browser: Any, content: bytes) -> Any:
    file = SimpleUploadedFile("values.csv", content, "text/csv")
    return browser.post("/metrics/starts/upload", {"file": file}, follow=True)


def test_a_file_of_values_is_kept_whole_and_again_without_doing_anything(as_, ground) -> None:
    content = b"day;value\n2026-10-05;88,1\n2026-10-12;88,4\n2026-10-19;\n"
    assert "2 values are new, 0 corrected, 0 as they were." in text(upload(as_("owen"), content))
    assert "0 values are new, 0 corrected, 2 as they were." in text(upload(as_("owen"), content))
    assert in_force(ground)[date(2026, 10, 5)] == (88.1, "by hand")


def test_a_file_with_a_row_that_cannot_be_read_is_refused_as_a_whole(as_, ground) -> None:
    page = upload(as_("owen"), b"day,value\n2026-10-05,88.1\nsoon,3\n")
    assert page.status_code == 400
    assert "1 rows cannot be read. line 3: the day cannot be read (soon)." in text(page)
    assert not in_force(ground)
    assert upload(as_("owen"), b"\x00\xff").status_code == 400


def test_what_must_be_known_of_the_values_stands_beside_the_chart(as_, ground) -> None:
    marks = [Mark("starts", date(2026, 10, 11), "definition", "without <b>robots</b>")]
    observed(ground, (date(2026, 9, 7), 80.0), marks=marks)
    page = text(as_("vera").get("/streams/start-fast"))
    assert "without &lt;b&gt;robots&lt;/b&gt;" in page
    assert "weeks without a value (2026-09-14 to" in page
    assert 'href="/metrics/starts' in page


def test_the_values_go_out_as_csv_that_no_spreadsheet_runs(as_, ground) -> None:
    observed(ground, (yesterday(), 93.7), marks=[Mark("starts", yesterday(), "note", "=1+1")])
    found = as_("vera").get("/metrics/starts?format=csv&table=values").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(found)))
    last = rows[-1]
    assert (last["on"], last["value"], last["source"]) == (str(yesterday()), "93.7", "warehouse")
    assert last["to_know"].startswith("'=") and rows[0]["source"] == "the plan"


def test_a_reader_sees_no_form(as_, ground) -> None:
    assert "Add a value" not in text(as_("vera").get("/metrics/starts"))
    assert "Add a value" in text(as_("owen").get("/metrics/starts"))


@pytest.mark.parametrize("much", [3, 60])
def test_more_values_ask_no_more_questions(
    as_, ground, django_assert_max_num_queries, much
) -> None:
    observed(ground, *((TODAY - timedelta(days=n), float(n)) for n in range(much)))
    vera = as_("vera")
    vera.get("/metrics/starts")
    with django_assert_max_num_queries(14):
        assert vera.get("/metrics/starts").status_code == 200


def test_a_metric_that_there_is_none_of_is_not_found(as_) -> None:
    assert as_("vera").get("/metrics/nothing").status_code == 404
    assert (
        as_("owen").post("/metrics/nothing/values", {"value": 1, "on": "2026-10-01"}).status_code
        == 404
    )
