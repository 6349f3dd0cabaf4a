"""The metric card, whether bets moved a metric, and readings, on a server: pages and the API."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mainstem.challenge.decisions import Decision, StatementResult, Step, Work
from mainstem.challenge.metric_version import metric_on
from mainstem.challenge.reading_values import ReadingKind
from mainstem.challenge.verdicts import Answer
from mainstem.errors import Absent
from mainstem.ledger.observations import land_observations
from mainstem.plan.changes import diff
from mainstem.plan.standing import Signature
from mainstem.services.decisions.desks import server_desk
from mainstem.services.metrics.effects import effects_seen
from mainstem.services.metrics.reading_metrics import metric_readings
from mainstem.services.metrics.readings_kept import kept_readings
from mainstem.sources.observing import Observed
from mainstem.store.models import DoneWork, Proposal
from tests.server.cast import actor
from tests.server.factories import NOW, TODAY, small_plan


def text(response: Any) -> str:
    """The page, with ordinary spaces."""
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def weekly(step: float, *, began: date, weeks: int = 40, seed: int = 3) -> list[tuple[date, float]]:
    """Values of the small plan's metric, with a step a week after a day."""
    rng = random.Random(seed)
    last = TODAY - timedelta(days=TODAY.weekday())
    days = [last - timedelta(weeks=i) for i in reversed(range(weeks))]
    return [
        (on, 85 + rng.gauss(0, 0.4) + (step if on >= began + timedelta(days=7) else 0))
        for on in days
    ]


def observe(ground: Any, values: list[tuple[date, float]]) -> None:
    land_observations(
        ground.shelf.ledger(make=True), "warehouse", [Observed("starts", on, v) for on, v in values], (), at=NOW
    )  # fmt: skip


def with_bet(ground: Any, **fields: Any) -> None:
    """The small plan whose bet began in July and ended in September."""
    window = {"from": "2026-07-06", "to": "2026-09-27"}
    given = {"stream": "start-fast", "team": "player-core", "cycle": "2026-q3", "state": "finished",
             "name": "Warm start", "effect": {"by": 2.0}, "window": window, **fields}  # fmt: skip
    change_plan(ground, initiatives={"warm-start": given})


def change_plan(ground: Any, **parts: Any) -> None:
    head = ground.plans.head()
    ground.plans.write(
        diff(head.plan, small_plan(**parts)), Signature(NOW, None, "Test", origin="text", why="New in test"),
    )  # fmt: skip


def decided(
    ground: Any, step: Step, count: int, *, at: datetime = NOW, prefix: str = "", answers: Any = (),
    done: date | None = None, team: str = "player-core",
) -> None:  # fmt: skip
    """Pieces of work that were decided on in the name of start-fast."""
    from tests.server.cast import actor as _  # noqa: F401

    desk = server_desk(ground)
    by = replace(SOL, face="page")
    for n in range(count):
        key = f"{prefix or step}-{n}-{at:%m%d}"
        chain = desk.decisions.ask(Work(f"Work {key}", team=team, key=key, source="t"), by, at=at)
        metric, version = metric_on("start-fast", at.date(), desk.standing.plan)
        said = tuple(StatementResult(s, 1, a) for s, a in answers)
        desk.decisions.add(
            chain.number,
            Decision(step, "Because.", "Sol", at, stream="start-fast", metric=metric, metric_version=version,
                     statements=said),
            by, after=0,
        )  # fmt: skip
        if done is not None:
            DoneWork.objects.create(asked_id=chain.number, item=f"t/{key}", how="key", first_day=done, found_at=at)  # fmt: skip


def _sol() -> Any:
    from mainstem.services.people.access import system

    return replace(system("page"), name="Sol")


SOL = _sol()


def test_the_card_says_what_is_left_open_and_what_it_cannot_say(as_, ground, cast) -> None:
    page = text(as_("vera").get("/metrics/starts"))
    assert "Metric card" in page
    assert "It needs 9 more weeks." in page
    assert "Left open" in page
    assert 'href="/plan/metrics/starts/"' in page
    assert "Numerator: so that two people" in page
    assert "Metric card" in text(as_("vera").get("/streams/start-fast"))


def test_the_card_of_a_metric_with_a_history_has_every_measure(as_, ground, cast) -> None:
    observe(ground, weekly(0.0, began=TODAY))
    got = as_("vera").get("/api/v1/metrics/starts/card").json()
    found = {m["key"]: m for m in got["measures"]}
    assert found["noise"]["exact"] == pytest.approx(0.4, abs=0.15)
    assert found["target_to_noise"]["exact"] > 1
    assert not found["missing"]["warns"]
    assert {f["key"] for f in got["fields"] if f["is_open"]} >= {
        "numerator",
        "denominator",
        "grain",
    }
    assert got["streams"] == ["start-fast"]
    rows = list(
        csv.DictReader(
            io.StringIO(
                as_("vera").get("/metrics/starts?format=csv&table=card").content.decode("utf-8-sig")
            )
        )
    )
    assert {r["part"] for r in rows} == {"field", "measure"}
    assert as_("vera").get("/api/v1/metrics/nothing/card").status_code == 404


def test_a_bet_after_which_the_metric_rose_is_said_to_be_consistent_with_it(
    as_, ground, cast
) -> None:
    with_bet(ground)
    observe(ground, weekly(2.0, began=date(2026, 7, 6)))
    page = text(as_("vera").get("/initiatives/warm-start"))
    assert "Did it move the metric?" in page
    assert "consistent with the +2 % that was expected" in page
    assert "caused" not in page
    got = as_("vera").get("/api/v1/initiatives/warm-start/moved").json()
    assert got["verdict"] == "moved"
    assert got["answer"]["rung"] == "C"
    assert as_("vera").get("/api/v1/moved?metric=starts").json()["items"][0]["verdict"] == "moved"


def test_a_bet_that_has_just_begun_says_what_it_waits_for(as_, ground, cast) -> None:
    page = text(as_("vera").get("/initiatives/warm-start"))
    assert "It needs 13 more weeks of earlier values." in page
    got = as_("vera").get("/api/v1/initiatives/edge-prefetch/moved").json()
    assert got["verdict"] is None
    assert "It is proposed" in got["why_not"]


def test_bets_that_overlap_are_answered_together(as_, ground, cast) -> None:
    one = {"stream": "start-fast", "state": "finished", "cycle": "2026-q3", "effect": {"by": 1.0},
           "window": {"from": "2026-07-06", "to": "2026-09-27"}}  # fmt: skip
    other = {**one, "window": {"from": "2026-07-20", "to": "2026-09-20"}}
    change_plan(
        ground, initiatives={"one": {**one, "name": "One"}, "other": {**other, "name": "Other"}}
    )
    observe(ground, weekly(2.5, began=date(2026, 7, 20)))
    found = effects_seen(ground, actor("vera", cast), at=NOW)
    assert found["one"].together == ("one", "other")
    assert found["one"].answer == found["other"].answer
    page = text(as_("vera").get("/initiatives/one"))
    assert "this set of work" in page
    assert "cannot be split" in page


def test_nothing_decided_is_said_with_what_to_do_next(as_, ground, cast) -> None:
    page = text(as_("vera").get("/decisions/readings/"))
    assert "No decision was made in the name of a metric" in page
    assert 'href="/qualify"' in page
    assert "What cannot be read" in page


def test_readings_come_from_decisions_and_their_outcomes(as_, ground, cast) -> None:
    with_bet(ground)
    observe(ground, weekly(2.0, began=date(2026, 7, 6)))
    at = datetime(2026, 7, 10, 9, tzinfo=UTC)
    decided(ground, Step.ACCEPT, 12, at=at, done=date(2026, 7, 13))
    decided(ground, Step.REFUSE, 8, at=at, answers=(("D-W01", Answer.TRUE),))
    page = text(as_("vera").get("/decisions/readings/"))
    assert "Sessions that play within 2 s: there is no reading yet" in page
    assert "12 of 12: 100 %" in page
    assert "8 of 20: 40 %" in page
    assert "nobody can say how often a refusal was right" in page
    assert "D-W01" in page
    got = as_("vera").get("/api/v1/metric-readings").json()
    (reading,) = got["readings"]
    assert reading["counts"]["hits"] == 12
    assert reading["bounds"] == {"lower": 0.0, "upper": 1.0}
    assert got["statement_yields"][0]["rate"]["k"] == 8
    assert "there is no reading yet" in text(as_("vera").get("/streams/start-fast"))


def test_what_was_refused_and_done_within_ninety_days_is_regret(ground, cast) -> None:
    at = datetime(2026, 8, 1, 9, tzinfo=UTC)
    decided(ground, Step.REFUSE, 6, at=at, done=date(2026, 9, 1))
    decided(ground, Step.REFUSE, 4, at=at, prefix="left")
    (reading,) = metric_readings(server_desk(ground), actor("vera", cast), at=NOW).readings
    assert (reading.regret.k, reading.regret.n) == (6, 10)
    assert reading.kind is ReadingKind.TOO_EARLY


def worked_around(ground: Any) -> None:
    """Two cycles in which most of what the metric refuses is overruled."""
    with_bet(ground)
    observe(ground, weekly(2.0, began=date(2026, 7, 6)))
    for month in (7, 10):
        at = datetime(2026, month, 10, 9, tzinfo=UTC)
        decided(ground, Step.ACCEPT, 8, at=at, done=date(2026, 7, 13))
        decided(ground, Step.OVERRIDE_ACCEPT, 12, at=at)


def test_two_cycles_of_the_same_reading_offer_a_proposal_with_the_evidence(
    as_, ground, cast
) -> None:
    worked_around(ground)
    found = kept_readings(ground, server_desk(ground), actor("vera", cast), at=NOW)
    (reading,) = found.readings
    assert reading.kind is ReadingKind.WORKED_AROUND
    assert reading.has_lasted
    page = text(as_("carl").get("/decisions/readings/"))
    assert "Propose another metric" in page
    assert "Propose another metric" not in text(as_("vera").get("/decisions/readings/"))
    carl = as_("carl")
    assert "Two cycles say the same" in text(carl.get("/streams/start-fast/metrics/"))
    sent = carl.post("/streams/start-fast/metrics/propose",
                     {"metric": "returns", "begins": "2027-01-01", "why": "Nobody believes it."})  # fmt: skip
    made = Proposal.objects.get()
    assert sent.url == f"/plan/proposals/{made.pk}/"
    assert made.state == "draft"
    assert "Nobody believes it." in made.why
    assert "people work around it" in made.why
    assert "24 of 40" in made.why
    assert "nobody can say how often a refusal was right" in made.why
    assert ground.plans.head().plan.streams["start-fast"].metric[0].metric == "starts"
    assert "ends" in json.dumps(made.changes) or "2026-12-31" in json.dumps(made.changes)


def test_a_proposal_is_never_forbidden_and_a_wrong_one_is_explained(as_, ground, cast) -> None:
    carl = as_("carl")
    assert "Propose it all the same" in text(carl.get("/streams/start-fast/metrics/"))
    same = carl.post("/streams/start-fast/metrics/propose",
                     {"metric": "starts", "begins": "2027-01-01", "why": "x"})  # fmt: skip
    assert same.status_code == 400
    got = carl.post("/api/v1/streams/start-fast/metrics/proposals", json.dumps({"metric": "returns", "begins": "2027-01-01"}),
                    content_type="application/json")  # fmt: skip
    assert got.status_code == 201
    wrong = carl.post("/api/v1/streams/start-fast/metrics/proposals", json.dumps({"metric": "none", "begins": "2027-01-01"}),
                      content_type="application/json")  # fmt: skip
    assert wrong.status_code == 400
    assert "The plan has no metric" in str(wrong.json())


def test_the_history_of_a_streams_metrics_says_when_why_and_what_decisions_said(
    as_, ground, cast
) -> None:
    decided(ground, Step.REFUSE, 3, at=datetime(2026, 8, 1, 9, tzinfo=UTC))
    plan = small_plan()
    stream = plan.streams["start-fast"].model_dump(
        by_alias=True, exclude_defaults=True, mode="json"
    )
    stream["metric"] = [
        {"metric": "starts", "to": "2026-09-30"},
        {"metric": "returns", "from": "2026-10-01"},
    ]
    others = {
        k: s.model_dump(by_alias=True, exclude_defaults=True, mode="json")
        for k, s in plan.streams.items()
    }
    change_plan(ground, streams={**others, "start-fast": stream})
    page = text(as_("vera").get("/streams/start-fast/metrics/"))
    assert "now Viewers back within 7 days, one of 2." in page
    assert "from 1 October 2026" in page
    assert "New in test" in page
    assert "3 decisions" in page
    spells = as_("vera").get("/api/v1/streams/start-fast/metrics").json()["items"]
    assert [s["metric"] for s in spells] == ["returns", "starts"]
    assert spells[1]["readings"][0]["reading"] == "too early"
    rows = as_("vera").get("/streams/start-fast/metrics/?format=csv").content.decode("utf-8-sig")
    assert "starts,,2026-09-30,3,too early" in rows


def test_an_outsider_learns_nothing(as_, ground, cast) -> None:
    otto = as_("otto")
    for address in ("/decisions/readings/", "/streams/start-fast/metrics/", "/api/v1/metric-readings",
                    "/api/v1/moved", "/api/v1/metrics/starts/card"):  # fmt: skip
        assert otto.get(address).status_code == 404
    with pytest.raises(Absent):
        metric_readings(server_desk(ground), actor("otto", cast), at=NOW)


def test_twice_the_decisions_need_no_more_queries(
    as_, ground, cast, django_assert_max_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(prefix: str) -> int:
        decided(ground, Step.ACCEPT, 10, prefix=prefix, done=TODAY)
        vera = as_("vera")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert vera.get("/decisions/readings/").status_code == 200
        return len(seen)

    assert queries("a") == queries("b")
