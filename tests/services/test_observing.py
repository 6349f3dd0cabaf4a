"""Values of metrics: asked for, held against the plan, landed, and read with the plan but never written to it."""

from __future__ import annotations

import gc
import re
import textwrap
import weakref
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from mainstem.errors import Invalid, SourceError
from mainstem.ledger.observations import cursor_of, marks_of, series
from mainstem.ledger.store import Ledger
from mainstem.plan.changes import diff
from mainstem.plan.model import Plan
from mainstem.services.metrics.observing import add_by_hand, metrics_named, observe, observing_kind
from mainstem.services.metrics.observing_own import OWN
from mainstem.services.metrics.observing_plan import with_observations
from mainstem.services.sources.connecting import connect, kind_of
from mainstem.sources.remote import Connection, Watch
from tests.world import World, effort, item, member, plan

AT = datetime(2026, 11, 2, 8, tzinfo=UTC)
PLAN = plan(
    metrics={
        "sales": {"name": "Sales", "grain": "week"},
        "visits": {"observations": [{"on": "2026-10-05", "value": 7}]},
    },
    streams={"shop": {"metric": "sales", "claims": [{"label": "shop"}]}},
    teams={"web": {}},
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, plan=PLAN, members=[member("ann@x", "web")])


def sheet(world: World, text: str, **options: Any) -> Connection:
    file = world.root / "values.csv"
    file.write_text(text)
    return connect("sheet", "csv-metric", {"path": str(file), "metric": "sales", **options}, {}, timezone="UTC")  # fmt: skip


def ask(world: World, of: Connection, plan: Plan = PLAN, at: datetime = AT) -> Any:
    return observe(of, world.ledger, plan, at=at, watch=Watch(at))


def in_force(world: World, metric: str = "sales") -> dict[str, float | None]:
    return {p.on.isoformat(): p.value for p in series(world.ledger.view(), metric)}


def test_values_land_with_sums_that_agree_and_a_cursor(world: World) -> None:
    text = "day,value\n2026-10-05,3\n2026-10-12,x\n2026-10-19,5\n"
    done = ask(world, sheet(world, text))
    assert (done.read, done.new, done.corrected, done.unchanged, done.rejected) == (3, 2, 0, 0, 1)
    assert done.reasons == (("the value is no number", 1, "line 3", "x"),)
    assert in_force(world) == {"2026-10-05": 3.0, "2026-10-19": 5.0}
    assert cursor_of(world.ledger.view(), "sheet")["digest"]
    assert len(done.landings) == 1


def test_asking_again_for_what_is_as_it_was_lands_nothing(world: World) -> None:
    of = sheet(world, "day,value\n2026-10-05,3\n")
    ask(world, of)
    before = world.ledger.view()
    again = ask(world, of, at=AT + timedelta(hours=1))
    assert (again.new, again.corrected, again.landings) == (0, 0, ())
    assert world.ledger.view() == before


def test_a_value_that_was_corrected_there_is_a_correction_here(world: World) -> None:
    ask(world, sheet(world, "day,value\n2026-10-05,3\n2026-10-12,4\n"))
    of = sheet(world, "day,value\n2026-10-05,3\n2026-10-12,6\n")
    done = ask(world, of, at=AT + timedelta(hours=1))
    assert (done.new, done.corrected, done.unchanged) == (0, 1, 1)


def test_settings_that_name_an_unknown_metric_are_refused_with_the_near_ones(world: World) -> None:
    with pytest.raises(Invalid, match="no metric 'sale', which the source sheet names") as raised:
        ask(world, sheet(world, "day,value\n", metric="sale"))
    assert raised.value.hint == "Perhaps sales?"
    with pytest.raises(Invalid, match="no metric 'nothing'"):
        ask(world, connect("p", "prometheus", {"url": "http://x.example.org", "queries": {"nothing": "up"}},
                           {}, timezone="UTC"))  # fmt: skip


def test_values_of_the_future_and_of_no_metric_are_refused_with_a_reason(world: World) -> None:
    done = ask(world, sheet(world, "day,value\n2026-10-05,3\n2027-10-05,4\n"))
    assert done.reasons == (("the day lies in the future", 1, "sales 2027-10-05", "4.0"),)
    assert done.read == done.new + done.corrected + done.unchanged + done.rejected == 2


def test_what_was_read_before_an_error_has_landed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params["since"] > "2026-10-10":
            return httpx.Response(403)
        return httpx.Response(200, json=[{"day": "2026-10-05", "value": 3}])

    of = connect("api", "http-metric", {
        "url": "https://api.example.org/?since={since}", "metric": "sales", "rows": "@",
        "since": "2026-10-01", "days_at_once": "10"}, {}, timezone="UTC")  # fmt: skip
    with pytest.raises(SourceError):
        observe(
            of, world.ledger, PLAN, at=AT, watch=Watch(AT, transport=httpx.MockTransport(answer))
        )
    assert in_force(world) == {"2026-10-05": 3.0}
    assert cursor_of(world.ledger.view(), "api")["through"] == "2026-10-10"


def test_a_value_is_typed_by_hand_and_taken_back(world: World) -> None:
    ask(world, sheet(world, "day,value\n2026-10-05,3\n"))
    add_by_hand("sales", date(2026, 10, 5), 4, world.ledger, PLAN, at=AT + timedelta(minutes=1))
    assert in_force(world) == {"2026-10-05": 4.0}
    add_by_hand("sales", date(2026, 10, 5), None, world.ledger, PLAN, at=AT + timedelta(minutes=2))
    assert in_force(world) == {"2026-10-05": 3.0}
    for metric, on, value in (
        ("sale", date(2026, 10, 5), 1.0), ("sales", date(2027, 10, 5), 1.0),
        ("sales", date(2026, 10, 5), float("inf")),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            add_by_hand(metric, on, value, world.ledger, PLAN, at=AT)


def test_no_source_bears_the_name_of_what_people_type(world: World) -> None:
    of = Connection("by hand", "csv-metric", {"path": "x", "metric": "sales"})
    with pytest.raises(Invalid, match="cannot be named"):
        ask(world, of)


# the plan with its values


def test_the_plan_is_read_with_the_values_of_the_ledger_and_what_is_typed_in_it_wins(
    world: World,
) -> None:
    text = "day,value\n2026-10-12,4\n2026-10-05,3\n2026-10-19,\n"
    ask(world, sheet(world, text))
    ask(world, sheet(world, text, metric="visits", day_format="%Y-%m-%d"))
    seen = with_observations(PLAN, world.ledger.view())
    assert [(o.on.day, o.value) for o in seen.metrics["sales"].observations] == [(5, 3.0), (12, 4.0)]  # fmt: skip
    assert [(o.on.day, o.value) for o in seen.metrics["visits"].observations] == [(5, 7.0), (12, 4.0)]  # fmt: skip
    assert seen.streams is PLAN.streams


def test_the_plan_itself_stays_without_them(world: World) -> None:
    before = PLAN.model_dump_json()
    ask(world, sheet(world, "day,value\n2026-10-12,4\n"))
    with_observations(PLAN, world.ledger.view())
    assert PLAN.model_dump_json() == before and not diff(PLAN, Plan.model_validate_json(before))


def test_the_same_plan_and_values_give_the_same_object(world: World) -> None:
    assert with_observations(PLAN, None) is PLAN
    assert with_observations(PLAN, world.ledger.view()) is PLAN
    ask(world, sheet(world, "day,value\n2026-10-12,4\n"))
    first = with_observations(PLAN, world.ledger.view())
    world.land([item("A")], [effort("A")])
    assert with_observations(PLAN, world.ledger.view()) is first
    assert with_observations(first, world.ledger.view()) is first
    add_by_hand("sales", date(2026, 10, 5), 4, world.ledger, PLAN, at=AT + timedelta(hours=1))
    second = with_observations(PLAN, world.ledger.view())
    assert second is not first and len(second.metrics["sales"].observations) == 2


def test_as_of_a_moment_it_has_the_values_that_were_known_then(world: World) -> None:
    ask(world, sheet(world, "day,value\n2026-10-12,4\n"))
    add_by_hand("sales", date(2026, 10, 12), 9, world.ledger, PLAN, at=AT + timedelta(hours=1))
    then = with_observations(PLAN, world.ledger.view(AT))
    assert [o.value for o in then.metrics["sales"].observations] == [4.0]


def test_a_plan_that_nobody_uses_goes_with_what_was_made_of_it(world: World) -> None:
    ask(world, sheet(world, "day,value\n2026-10-12,4\n"))
    mine = PLAN.model_copy()
    seen = with_observations(mine, world.ledger.view())
    gone = weakref.ref(mine), weakref.ref(seen)
    del mine, seen
    gc.collect()
    assert [g() for g in gone] == [None, None]


# metrics that the ledger itself gives


def own(kind: str, **options: str) -> Connection:
    defaults = {o.name: o.default for o in OWN[kind].options}  # type: ignore[attr-defined]
    return Connection(kind, kind, {**defaults, "metric": "sales", **options})


def noon(day: int) -> str:
    return f"2026-10-{day:02}T12:00:00"


def worked(world: World) -> None:
    """Four items of October: one in the first week, three in the second; and one that is not done."""

    def done(key: str, day: int, **more: Any) -> Mapping[str, Any]:
        return item(key, created=noon(1), started=noon(day - 1),
                    done=noon(day), **more)  # fmt: skip

    world.land(
        [done("A", 6, labels=["shop"]), done("B", 13, labels=["Shop"]), done("C", 13, type="bug"),
         done("D", 15, labels=["shop"]), item("E", created=noon(14))],
        [effort("A", 2, day="2026-10-06"), effort("C", 1, day="2026-10-13"), effort("D", 3, day="2026-10-15")],
    )  # fmt: skip
    world.refresh()


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"measure": "done"}, [1, 3, 0, 0]),
        ({"measure": "done", "query": "label:shop"}, [1, 2, 0, 0]),
        ({"measure": "done", "query": "type:bug or key:D"}, [2, 0, 0]),
        ({"measure": "done", "query": "stream:shop"}, [1, 2, 0, 0]),
        ({"measure": "done", "query": "team:web"}, [1, 2, 0, 0]),
        ({"measure": "created"}, [4, 0, 1, 0, 0]),
        ({"measure": "lead-time"}, [5, 12, None, None]),
        ({"measure": "cycle-time"}, [1, 1, None, None]),
        ({"measure": "share", "label": "shop"}, [100, 100 * 2 / 3, None, None]),
        ({"measure": "done", "per": "month"}, [4]),
        ({"measure": "done", "per": "day", "since": "2026-10-13"}, [2, 0, 1, *[0] * 17]),
    ],
)  # fmt: skip
def test_numbers_of_the_work_itself_are_a_metric(
    world: World, options: dict[str, str], wanted: list[float | None]
) -> None:
    worked(world)
    ask(world, own("work-metric", **options))
    assert list(in_force(world).values()) == pytest.approx(wanted, nan_ok=True)


def test_a_period_is_observed_once_it_is_over_and_late_work_corrects_it(world: World) -> None:
    worked(world)
    ask(world, own("work-metric"), at=datetime(2026, 10, 14, 8, tzinfo=UTC))
    assert list(in_force(world)) == ["2026-10-05"]
    world.land([item("F", created=noon(2), done=noon(9))], [])
    world.refresh()
    done = ask(world, own("work-metric"), at=datetime(2026, 10, 19, 8, tzinfo=UTC))
    assert (done.new, done.corrected) == (1, 1)
    assert in_force(world) == {"2026-10-05": 2.0, "2026-10-12": 3.0}


def test_only_the_last_periods_are_worked_out_again(world: World) -> None:
    worked(world)
    ask(world, own("work-metric", again="1"))
    world.land([item("F", created=noon(2), done=noon(9))], [])
    world.refresh()
    done = ask(world, own("work-metric", again="1"), at=AT + timedelta(hours=1))
    assert (done.read, done.corrected) == (1, 0)
    assert ask(world, own("work-metric", again="13"), at=AT + timedelta(hours=2)).corrected == 1


def test_a_period_in_which_nothing_was_done_has_a_gap_with_words(world: World) -> None:
    worked(world)
    ask(world, own("work-metric", measure="lead-time"))
    assert [(m.kind, m.words) for m in marks_of(world.ledger.view(), "sales")] == [
        ("gap", "nothing to work it out from in 2026-W43"),
        ("gap", "nothing to work it out from in 2026-W44"),
    ]


@pytest.mark.parametrize(
    "query", ["stream:none", "effort>3", "is:contested", "updated>2026-01-01", "label:("]
)
def test_a_query_that_is_none_for_a_metric_is_refused(world: World, query: str) -> None:
    worked(world)
    with pytest.raises(SourceError, match="The query of work-metric cannot be read"):
        ask(world, own("work-metric", query=query))


def test_the_value_score_is_a_metric_like_others(world: World) -> None:
    worked(world)
    ask(world, own("score-metric", unit="hour"))
    found = in_force(world)
    assert found["2026-10-05"] == 100.0
    assert found["2026-10-12"] == 75.0
    ask(world, own("score-metric", unit="hour", stream="shop", metric="visits"))
    assert in_force(world, "visits")["2026-10-12"] == 75.0


def test_what_the_ledger_gives_needs_work_and_says_so(world: World) -> None:
    with pytest.raises(SourceError, match="no work in the ledger") as raised:
        ask(world, own("work-metric"))
    assert not raised.value.permanent


@pytest.mark.parametrize("kind", ["work-metric", "score-metric"])
def test_each_says_what_it_finds_when_it_is_tested(world: World, kind: str) -> None:
    worked(world)
    source = observing_kind(kind, world.ledger, PLAN)
    assert all(c.ok for c in source.test(own(kind), Watch(AT)))


def test_a_kind_that_there_is_none_of_is_named_with_those_there_are(world: World) -> None:
    with pytest.raises(SourceError, match="no kind of metric source 'nothing'") as raised:
        observing_kind("nothing", world.ledger, PLAN)
    assert "work-metric" in raised.value.hint and "prometheus" in raised.value.hint


DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("sources/prometheus.md", "sources/http-metric.md", "sources/csv-metric.md", "metrics.md")


def examples() -> list[tuple[str, str, dict[str, Any]]]:
    """(page, name, settings) of every source that the documentation shows."""
    out = []
    for page in PAGES:
        text = (DOCS / page).read_text("utf-8")
        for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
            read = yaml.safe_load(textwrap.dedent(block))
            out += [(page, name, given) for name, given in (read.get("sources") or read).items()]
    return out


@pytest.mark.parametrize(("page", "name", "given"), examples())
def test_every_example_of_the_documentation_can_be_connected(
    page: str, name: str, given: dict[str, Any]
) -> None:
    secrets = {
        k: "s" for k, v in given.items() if isinstance(v, dict) and set(v) <= {"env", "file"}
    }
    options = {k: v for k, v in given.items() if k not in (*secrets, "kind", "every")}
    of = connect(name, given["kind"], options, secrets, timezone="Europe/Berlin")
    source = observing_kind(of.kind, Ledger(Path("none")), PLAN)
    assert metrics_named(of, source)


@pytest.mark.parametrize("page", PAGES)
def test_every_option_has_its_row(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    kinds = ("work-metric", "score-metric") if page == "metrics.md" else (Path(page).stem,)
    for kind in kinds:
        for option in kind_of(kind).options:
            assert f"| `{option.name}` |" in text, f"{kind} {option.name}"
