"""The disqualifying statements: the list itself, and those that the plan answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mainstem.challenge.answers import with_statements
from mainstem.challenge.ground import Ground
from mainstem.challenge.statements import LIST_VERSION, STATEMENTS
from mainstem.challenge.structure import check_structure
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Plan

TODAY = date(2026, 8, 3)
B, W, I = Severity.BLOCKS, Severity.WARNS, Severity.INFO  # noqa: E741


def answers(*wording: Finding, **sections: Any) -> list[Finding]:
    """Findings of the structure rules and those given, with the statements they answer."""
    plan = Plan.model_validate(sections)
    found = [*check_structure(plan, today=TODAY), *wording]
    return with_statements(Ground(plan, TODAY), found)


def said(statement: str, *wording: Finding, **sections: Any) -> list[tuple[str, str, Severity]]:
    """Rule, subject and severity of the findings that carry a statement."""
    found = answers(*wording, **sections)
    return [(f.rule, f.subject, f.severity) for f in found if statement in f.statements]


def worded(rule: str, subject: str, severity: Severity = W) -> Finding:
    return Finding(rule, severity, subject, "what", "why", "hint")


def test_the_list_has_thirty_statements_each_with_what_an_asker_needs() -> None:
    assert len(STATEMENTS) == 30
    assert LIST_VERSION >= 1
    for statement in STATEMENTS.values():
        assert statement.text.endswith(".")
        assert statement.evidence and statement.source and statement.version >= 1
        assert set(statement.answer_kind) <= {"rule", "question"} and statement.answer_kind
        assert ("question" in statement.answer_kind) == bool(statement.asked_of)
        assert statement.severity in (B, W)


def test_a_statement_that_restates_a_rule_is_carried_by_its_finding_and_not_repeated() -> None:
    plan = {"objectives": {"o": {}}, "streams": {"s": {"stages": ["x"], "owner": "Ana"}}}
    found = answers(**plan)
    assert said("D-O03", **plan) == [("S02", "objectives/o", B)]
    assert said("D-S03", **plan) == [("S01", "streams/s", B)]
    assert not [f for f in found if f.rule.startswith("D-")]
    (no_metric,) = [f for f in found if f.rule == "S01"]
    assert "D-S03: “It has no metric in force, or more than one.”" in no_metric.why


def test_d_o02_is_carried_by_wording_findings_on_objectives_only() -> None:
    found = said("D-O02", worded("L08", "objectives/o"), worded("L10", "streams/s"))
    assert found == [("L08", "objectives/o", W)]


def test_d_k01_is_carried_by_blocking_findings_only() -> None:
    output = worded("L01", "key_results/a", B)
    compliance = worded("L06", "key_results/b", W)
    assert said("D-K01", output, compliance) == [("L01", "key_results/a", B)]


def test_d_k02_raises_what_is_missing_to_blocking() -> None:
    found = said("D-K02", worded("L02", "key_results/k"), worded("L05", "key_results/k"))
    assert found == [("L02", "key_results/k", B), ("L05", "key_results/k", B)]
    assert not said("D-K02", worded("L02", "key_results/k", I))


def test_d_k03_is_carried_by_s04() -> None:
    plan = {
        "streams": {"s": {"objective": "o", "metric": "m"}},
        "key_results": {"k": {"text": "t", "metric": "z", "stream": "s"}},
    }
    assert said("D-K03", **plan) == [("S04", "key_results/k", B)]


@pytest.mark.parametrize(
    ("name", "speaks"),
    [
        ("Player team", True),
        ("The live-player service", True),
        ("Kafka", True),
        ("Start watching within two seconds", False),
        ("Team", False),
    ],
)
def test_d_s01_speaks_when_a_stream_has_the_name_of_a_team_component_or_technology(
    name: str, speaks: bool
) -> None:
    plan = {
        "organisation": {"technologies": ["kafka"]},
        "teams": {"player": {}, "team": {}},
        "streams": {"s": {"name": name, "claims": [{"any": [{"component": "Live Player"}]}]}},
    }
    assert bool(said("D-S01", **plan)) is speaks


def test_d_s02_blocks_once_there_is_a_map_and_warns_before() -> None:
    streams = {"s": {"metric": "m"}}
    assert said("D-S02", streams=streams) == [("D-S02", "streams/s", W)]
    mapped = {"customers": {"fan": {"stages": ["watch"]}}}
    assert said("D-S02", streams=streams, **mapped) == [("D-S02", "streams/s", B)]
    assert not said("D-S02", streams={"s": {"stages": ["watch"]}}, **mapped)


def test_d_s04_warns_of_a_stream_without_an_owner() -> None:
    assert said("D-S04", streams={"s": {}}) == [("D-S04", "streams/s", W)]
    assert not said("D-S04", streams={"s": {"owner": "Ana"}})


def test_d_m04_speaks_of_value_metrics_only() -> None:
    total = {"metrics": {"m": {"kind": "cumulative_total"}}}
    assert not said("D-M04", **total)
    in_use = total | {"streams": {"s": {"metric": "m"}}}
    assert said("D-M04", **in_use) == [("D-M04", "metrics/m", B)]
    vanity = worded("L07", "metrics/m")
    assert said("D-M04", vanity, **in_use) == [("L07", "metrics/m", B)]
    assert not said("D-M04", vanity, **total)


def test_d_m07_speaks_of_a_lag_of_more_than_a_third_of_the_cycle() -> None:
    def plan(lag: int) -> dict[str, Any]:
        return {
            "cycles": {"c": {"first_day": "2026-07-01", "last_day": "2026-09-28"}},
            "metrics": {"m": {"lag_days": lag}},
            "streams": {"s": {"metric": "m"}},
        }

    assert not said("D-M07", **plan(30))
    assert said("D-M07", **plan(31)) == [("D-M07", "metrics/m", W)]


def test_d_m08_blocks_when_a_way_to_game_the_metric_is_known_and_nothing_guards_it() -> None:
    def plan(**metric: Any) -> dict[str, Any]:
        return {"metrics": {"m": metric}, "streams": {"s": {"metric": "m"}}}

    assert said("D-M08", **plan()) == [("S13", "streams/s", W)]
    assert said("D-M08", **plan(gaming=["preload everything"])) == [("S13", "streams/s", B)]
    guarded = plan(gaming=["preload everything"])
    guarded["streams"]["s"]["guardrails"] = ["g"]
    assert not said("D-M08", **guarded)


@pytest.mark.parametrize(
    ("metric", "missing"),
    [
        ({}, "definition and source"),
        ({"source": "player events"}, "definition"),
        ({"definition": "sessions that start in 2 s over all sessions"}, "source"),
        ({"numerator": "starts", "kind": "rate", "source": "events"}, "denominator"),
        ({"numerator": "starts", "kind": "count_per_period", "source": "events"}, None),
        ({"definition": "share of starts", "kind": "rate", "source": "events"}, None),
    ],
)
def test_d_m09_speaks_when_two_people_could_not_compute_the_same(
    metric: dict[str, Any], missing: str | None
) -> None:
    plan = {"metrics": {"m": metric, "unused": {}}, "streams": {"s": {"metric": "m"}}}
    found = [f.matched for f in answers(**plan) if f.rule == "D-M09"]
    assert found == ([missing] if missing else [])


def test_d_i01_blocks_a_project_without_an_expected_effect() -> None:
    project = worded("L09", "initiatives/i")
    bare = {"initiatives": {"i": {"stream": "s"}}}
    assert said("D-I01", project, **bare) == [("L09", "initiatives/i", B)]
    with_effect = {"initiatives": {"i": {"stream": "s", "effect": {"by": 3}}}}
    assert not said("D-I01", project, **with_effect)


def test_d_i02_names_what_a_bet_leaves_unsaid() -> None:
    bet = {"stream": "s", "effect": {"by": 3}}
    (found,) = [f for f in answers(initiatives={"i": bet}) if f.rule == "D-I02"]
    assert (found.severity, found.matched) == (W, "window and stop_rule")
    whole = bet | {"window": {"to": "2026-09-30"}, "stop_rule": "no change by September"}
    assert not said("D-I02", initiatives={"i": whole})
    assert not said("D-I02", initiatives={"i": bet | {"state": "finished"}})


def test_d_i03_is_carried_by_s07_where_it_blocks() -> None:
    def plan(effort: float) -> dict[str, Any]:
        return {
            "cycles": {"c": {"first_day": "2026-08-03", "last_day": "2026-08-14"}},
            "teams": {"t": {"size": 1}},
            "initiatives": {"i": {"stream": "s", "team": "t", "effort": effort}},
        }

    assert said("D-I03", **plan(13)) == [("S07", "teams/t", B)]
    assert not said("D-I03", **plan(11))


def test_d_d01_blocks_the_late_and_the_refused_and_warns_of_what_is_still_asked() -> None:
    def plan(**more: Any) -> dict[str, Any]:
        return {"dependencies": {"d": {"needs": "a", "gives": "b", "what": "x", **more}}}

    late = plan(needed_by="2026-09-01", promised="2026-09-02")
    assert said("D-D01", **late) == [("S12", "dependencies/d", B)]
    assert said("D-D01", **plan(state="refused")) == [("D-D01", "dependencies/d", B)]
    assert said("D-D01", **plan(needed_by="2026-12-01")) == [("D-D01", "dependencies/d", W)]
    assert said("D-D01", **plan(needed_by="2026-08-10")) == [("S12", "dependencies/d", W)]
    assert not said("D-D01", **plan(needed_by="2026-12-01", promised="2026-12-01"))


def test_every_statement_that_the_plan_answers_is_tested_here() -> None:
    text = " ".join(name for name in globals() if name.startswith("test_d_"))
    for statement in STATEMENTS.values():
        if statement.from_plan and statement.id not in ("D-O03", "D-S03"):
            assert statement.id.lower().replace("-", "_") in text, statement.id
