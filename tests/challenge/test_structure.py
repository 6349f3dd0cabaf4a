"""Each structure rule: when it speaks, when it is silent, and that its hint silences it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mainstem.challenge.structure import STRUCTURE_RULES, check_structure, sentences
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Plan

TODAY = date(2026, 8, 3)
CYCLE = {"2026-Q3": {"first_day": "2026-07-01", "last_day": "2026-09-30"}}
B, W, I = Severity.BLOCKS, Severity.WARNS, Severity.INFO  # noqa: E741


def fired(rule: str, *, today: date = TODAY, **sections: Any) -> list[Finding]:
    plan = Plan.model_validate(sections)
    return [f for f in check_structure(plan, today=today) if f.rule == rule]


def says(rule: str, *, today: date = TODAY, **sections: Any) -> list[tuple[str, Severity]]:
    return [(f.subject, f.severity) for f in fired(rule, today=today, **sections)]


def stream(*metric: dict[str, Any]) -> dict[str, Any]:
    return {"s": {"objective": "o", "metric": list(metric)}}


# S00


def test_s00_speaks_of_a_limit_that_no_rule_knows_or_that_is_below_zero() -> None:
    for limits in ({"S06.streams": 4}, {"S05.key_results_max": -1}):
        assert says("S00", organisation={"settings": {"limits": limits}}) == [("organisation", W)]


def test_s00_is_silent_on_known_limits() -> None:
    assert not says("S00", organisation={"settings": {"limits": {"S06.effective_streams": 4}}})


# S01


def test_s01_a_stream_without_a_metric_blocks() -> None:
    assert says("S01", cycles=CYCLE, streams={"s": {}}) == [("streams/s", B)]


def test_s01_one_metric_without_days_is_always_in_force() -> None:
    assert not says("S01", cycles=CYCLE, streams=stream({"metric": "m"}))


@pytest.mark.parametrize("last_day_of_old", ["2026-07-31", "2026-08-01"])
def test_s01_a_metric_handed_over_on_a_day_is_exactly_one_in_force(last_day_of_old: str) -> None:
    old = {"metric": "old", "to": last_day_of_old}
    assert not says(
        "S01", cycles=CYCLE, streams=stream(old, {"metric": "new", "from": "2026-08-01"})
    )


def test_s01_a_gap_of_one_day_blocks_and_is_named() -> None:
    (found,) = fired(
        "S01",
        cycles=CYCLE,
        streams=stream(
            {"metric": "old", "to": "2026-07-30"}, {"metric": "new", "from": "2026-08-01"}
        ),
    )
    assert found.severity is B
    assert "no metric in force on 2026-07-31" in found.what


def test_s01_an_overlap_blocks_at_the_later_metric_with_its_days() -> None:
    (found,) = fired(
        "S01",
        cycles=CYCLE,
        streams=stream(
            {"metric": "old", "to": "2026-08-02"}, {"metric": "new", "from": "2026-08-01"}
        ),
    )
    assert "2 metrics in force from 2026-08-01 to 2026-08-02: new and old" in found.what
    assert found.path == ("metric", 0)


def test_s01_does_not_look_outside_the_cycles_that_are_open() -> None:
    begun = stream({"metric": "m", "from": "2026-07-01", "to": "2026-09-30"})
    closed = {"2026-Q2": {"first_day": "2026-04-01", "last_day": "2026-06-30", "state": "closed"}}
    assert not says("S01", cycles=CYCLE | closed, streams=begun)


def test_s01_without_cycles_looks_at_today() -> None:
    assert not says("S01", streams=stream({"metric": "m", "from": "2026-08-03"}))
    assert says("S01", streams=stream({"metric": "m", "from": "2026-08-04"}))


def test_s01_the_same_metric_written_twice_is_one() -> None:
    assert not says("S01", streams=stream({"metric": "m"}, {"metric": "m", "from": "2026-01-01"}))


# S02


def test_s02_an_objective_without_a_stream_and_a_stream_without_an_objective_block() -> None:
    plan = {"objectives": {"o": {}}, "streams": {"s": {"metric": "m"}}}
    assert says("S02", **plan) == [("objectives/o", B), ("streams/s", B)]


def test_s02_a_stream_of_two_objectives_blocks_and_also_serves_is_the_way_out() -> None:
    objectives = {"a": {}, "b": {}}
    serving_a = {"metric": "m", "objective": "a"}
    both = {"s": {"metric": "m", "objective": ["a", "b"]}}
    assert says("S02", objectives=objectives, streams=both) == [("streams/s", B)]
    fixed = {"s": serving_a | {"also_serves": ["b"]}}
    assert not says("S02", objectives=objectives, streams=fixed)


def test_s02_an_objective_is_served_by_streams_of_the_objectives_below_it() -> None:
    objectives = {"top": {}, "below": {"parent": "top"}}
    assert not says("S02", objectives=objectives, streams={"s": {"objective": "below"}})


# S03


def two_streams(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {
        "metrics": {"m": {}, "n": {}},
        "streams": {"a": {"objective": "x", **first}, "b": {"objective": "y", **second}},
    }


def test_s03_warns_of_one_value_metric_under_two_objectives() -> None:
    shared = two_streams({"metric": "m"}, {"metric": "m"})
    assert says("S03", **shared) == [("metrics/m", W)]


def test_s03_is_silent_on_a_shared_input_that_is_declared() -> None:
    assert not says("S03", **two_streams({"metric": "m"}, {"metric": "n", "inputs": ["m"]}))
    assert not says("S03", **two_streams({"metric": "m"}, {"metric": "m", "inputs": ["m"]}))


def test_s03_is_silent_within_one_objective_and_after_a_hand_over() -> None:
    same = two_streams({"metric": "m"}, {"metric": "m", "objective": "x"})
    assert not says("S03", **same)
    before = {
        "metric": [{"metric": "m", "to": "2026-06-30"}, {"metric": "n", "from": "2026-07-01"}]
    }
    assert not says("S03", cycles=CYCLE, **two_streams(before, {"metric": "m"}))


# S04


def key_result(metric: str, **more: Any) -> dict[str, Any]:
    return {
        "metrics": {"m": {}, "i": {}, "g": {}, "d": {"drives": ["i"]}, "z": {}},
        "streams": {
            "s": {"objective": "o", "metric": "m", "inputs": "i", "guardrails": ["g"]},
        },
        "key_results": {"k": {"text": "t", "metric": metric, "stream": "s", **more}},
    }


@pytest.mark.parametrize("metric", ["m", "i", "g", "d"])
def test_s04_takes_the_metric_its_inputs_what_drives_them_and_guardrails(metric: str) -> None:
    assert not says("S04", **key_result(metric))


def test_s04_blocks_a_key_result_on_another_metric() -> None:
    assert says("S04", **key_result("z")) == [("key_results/k", B)]
    assert says("S04", **key_result("z", stream=None, objective="o")) == [("key_results/k", B)]


def test_s04_takes_the_metric_that_is_in_force_in_the_key_results_cycle() -> None:
    plan = key_result("z", cycle="2026-Q3")
    plan["streams"]["s"]["metric"] = [
        {"metric": "z", "to": "2026-08-14"},
        {"metric": "m", "from": "2026-08-15"},
    ]
    assert not says("S04", cycles=CYCLE, **plan)
    plan["streams"]["s"]["metric"][0]["to"] = "2026-06-30"
    assert says("S04", cycles=CYCLE, **plan)


# S05


def results(number: int, **more: Any) -> dict[str, Any]:
    return {f"k{i}": {"text": "t", "objective": "o", **more} for i in range(number)}


@pytest.mark.parametrize(("number", "speaks"), [(0, 1), (1, 0), (5, 0), (6, 1)])
def test_s05_an_objective_has_one_to_five_key_results(number: int, speaks: int) -> None:
    found = says("S05", objectives={"o": {}}, key_results=results(number))
    assert found == [("objectives/o", W)] * speaks


def test_s05_counts_key_results_cycle_by_cycle_and_through_streams() -> None:
    cycles = CYCLE | {"2026-Q4": {"first_day": "2026-10-01", "last_day": "2026-12-31"}}
    both = results(5, cycle="2026-Q3")
    both |= {f"n{i}": {"text": "t", "stream": "s", "cycle": "2026-Q4"} for i in range(5)}
    plan = {"objectives": {"o": {}}, "streams": {"s": {"objective": "o"}}, "cycles": cycles}
    assert not says("S05", key_results=both, **plan)


def test_s05_a_team_works_for_at_most_three_objectives() -> None:
    def plan(number: int) -> dict[str, Any]:
        names = [f"o{i}" for i in range(number)]
        return {
            "teams": {"t": {}},
            "streams": {o: {"objective": o, "teams": ["t"]} for o in names},
        }

    assert not says("S05", **plan(3))
    assert says("S05", **plan(4)) == [("teams/t", W)]
    relaxed = {"settings": {"limits": {"S05.objectives_per_team": 4}}}
    assert not says("S05", organisation=relaxed, **plan(4))


# S06


def spread(*shares: float | None, **team: Any) -> dict[str, Any]:
    return {
        "teams": {"t": team},
        "streams": {
            f"s{i}": {"objective": "o", "teams": {"t": share}} for i, share in enumerate(shares)
        },
    }


def test_s06_an_equal_split_on_four_streams_is_four() -> None:
    for shares in ([0.25] * 4, [None] * 4, [0.1] * 4):
        (found,) = fired("S06", **spread(*shares))
        assert (found.subject, found.severity, found.matched) == ("teams/t", W, "4.00")


def test_s06_ninety_five_five_is_one_and_a_half() -> None:
    assert not says("S06", **spread(0.9, 0.05, 0.05))
    tight = {"settings": {"limits": {"S06.effective_streams": 1}}}
    (found,) = fired("S06", organisation=tight, **spread(0.9, 0.05, 0.05))
    assert found.matched == "1.48"


def test_s06_an_equal_split_on_three_streams_is_silent() -> None:
    assert not says("S06", **spread(None, None, None))
    assert not says("S06", **spread(0.33, 0.33, 0.33))


def test_s06_does_not_judge_fewer_than_twenty_person_days() -> None:
    short = {"c": {"first_day": "2026-08-03", "last_day": "2026-08-21"}}
    assert not says("S06", cycles=short, **spread(*[0.25] * 4, size=1))
    assert says("S06", cycles=short, **spread(*[0.25] * 4, size=2))


# S07


def load(effort: float | None, *, size: int | None = 2, **more: Any) -> dict[str, Any]:
    """A team and a cycle of ten working days."""
    bet = {"stream": "s", "team": "t", "state": "accepted", "effort": effort}
    return {
        "cycles": {"c": {"first_day": "2026-08-03", "last_day": "2026-08-14"}},
        "teams": {"t": {"size": size}},
        "initiatives": {"i": bet | more},
    }


@pytest.mark.parametrize(
    ("effort", "severity"), [(19, None), (20, None), (20.1, W), (24, W), (24.1, B), (400, B)]
)
def test_s07_warns_over_the_capacity_and_blocks_over_120_percent(
    effort: float, severity: Severity | None
) -> None:
    assert says("S07", **load(effort)) == ([("teams/t", severity)] if severity else [])


def test_s07_counts_what_is_planned_for_the_cycle_only() -> None:
    assert not says("S07", **load(400, state="dropped"))
    assert not says("S07", **load(400, cycle="another"))
    assert says("S07", **load(400, cycle="c", state="finished")) == [("teams/t", B)]


def test_s07_takes_holidays_and_the_share_that_never_is_value_off() -> None:
    plan = load(20)
    assert says("S07", organisation={"calendar": {"holidays": ["2026-08-05"]}}, **plan)
    share = {"settings": {"limits": {"S07.non_value_share": 0.5}}}
    assert says("S07", organisation=share, **plan) == [("teams/t", B)]


def test_s07_a_group_is_carried_by_the_teams_in_it() -> None:
    plan = load(20)
    plan["teams"] = {"t": {}, "one": {"in": "t", "size": 1}, "two": {"in": "t", "size": 1}}
    assert not says("S07", **plan)
    plan["initiatives"]["j"] = {"team": "one", "effort": 1}
    assert says("S07", **plan) == [("teams/t", W)]


def test_s07_without_estimates_counts_open_initiatives() -> None:
    def plan(number: int) -> dict[str, Any]:
        bets = {f"i{n}": {"team": "t", "state": "active"} for n in range(number)}
        return {"teams": {"t": {"size": 5}}, "initiatives": bets}

    assert not says("S07", **plan(3))
    assert says("S07", **plan(4)) == [("teams/t", W)]


def test_s07_is_silent_on_a_team_of_unknown_size() -> None:
    assert not says("S07", **load(400, size=None))


# S08


def lifecycle(stages: list[Any], served: list[str], **more: Any) -> dict[str, Any]:
    return {
        "customers": {"fan": {"stages": stages}},
        "streams": {"s": {"objective": "o", "customer": "fan", "stages": served, **more}},
    }


def test_s08_warns_of_a_stage_that_no_stream_serves() -> None:
    (found,) = fired("S08", **lifecycle([{"id": "find", "hand_over": "Ana"}, "watch"], ["watch"]))
    assert (found.subject, found.severity, found.matched) == ("customers/fan", W, "find")
    assert found.path == ("stages", 0)


def test_s08_warns_of_a_stage_that_is_not_on_the_map() -> None:
    plan = lifecycle(["watch"], ["watch", "dance"])
    assert says("S08", **plan) == [("streams/s", W)]
    plan["streams"]["s"] |= {"customer": None, "stages": ["watch"]}
    assert not says("S08", **plan)


def test_s08_warns_of_a_hand_over_that_nobody_owns() -> None:
    plan = lifecycle(["find", "watch"], ["find", "watch"])
    (found,) = fired("S08", **plan)
    assert found.matched == "find → watch"
    owned = {"id": "find", "hand_over": "Ana"}
    assert not says("S08", **lifecycle([owned, "watch"], ["find", "watch"]))
    assert not says("S08", **lifecycle(["find", "watch"], ["find", "watch"], owner="Ana"))


# S09


@pytest.mark.parametrize(
    ("teams", "speaks"),
    [
        (["a", "b"], False),
        (["a", "b", "c"], True),
        ({"a": None, "b": None, "c": "supports"}, False),
    ],
)
def test_s09_warns_of_a_stage_that_three_teams_deliver(teams: Any, speaks: bool) -> None:
    plan = lifecycle(["watch"], ["watch"], teams=teams)
    assert says("S09", **plan) == [("customers/fan", W)] * speaks


# S10


def needs(*edges: str, **more: Any) -> dict[str, Any]:
    return {
        f"d{n}": {"needs": edge[0], "gives": edge[1], "what": "x", "hard": edge[-1] != "~"} | more
        for n, edge in enumerate(edges)
    }


def test_s10_reports_a_circle_of_three_once_as_its_teams() -> None:
    (found,) = fired("S10", dependencies=needs("ab", "bc", "ca"))
    assert (found.subject, found.severity) == ("dependencies/d0", B)
    assert found.matched == "a → b → c → a"
    assert "a needs b (d0), b needs c (d1) and c needs a (d2)" in found.what


def test_s10_reports_the_smallest_circle_of_a_knot() -> None:
    (found,) = fired("S10", dependencies=needs("ab", "bc", "cd", "da", "dc"))
    assert found.matched == "c → d → c"


def test_s10_warns_only_when_a_need_of_the_circle_is_soft() -> None:
    assert says("S10", dependencies=needs("ab", "ba~")) == [("dependencies/d0", W)]
    hard_behind_soft = needs("ab", "ba~", "bc", "ca")
    (found,) = fired("S10", dependencies=hard_behind_soft)
    assert (found.severity, found.matched) == (B, "a → b → c → a")


def test_s10_a_team_that_waits_for_itself_is_a_circle() -> None:
    assert says("S10", dependencies=needs("aa")) == [("dependencies/d0", B)]


def test_s10_is_silent_without_a_circle_and_on_needs_that_are_over() -> None:
    assert not says("S10", dependencies=needs("ab", "bc", "ac"))
    assert not says("S10", dependencies=needs("ab") | {"x": needs("ba", state="done")["d0"]})


# S11


def test_s11_an_initiative_without_a_stream_blocks_unless_its_key_result_has_one() -> None:
    assert says("S11", initiatives={"i": {}}) == [("initiatives/i", B)]
    for_result = {"i": {"key_result": "k"}}
    results_ = {"k": {"text": "t", "stream": "s"}}
    streams = {"s": {"objective": "o"}}
    assert not says("S11", initiatives=for_result, key_results=results_, streams=streams)
    assert not says("S11", initiatives={"i": {"state": "refused"}})


def test_s11_a_stream_of_another_objective_than_the_parents_blocks() -> None:
    streams = {"s": {"objective": "o", "also_serves": ["p"]}}
    assert not says("S11", streams=streams, initiatives={"i": {"stream": "s", "objective": "o"}})
    assert not says("S11", streams=streams, initiatives={"i": {"stream": "s", "objective": "p"}})
    (found,) = fired("S11", streams=streams, initiatives={"i": {"stream": "s", "objective": "q"}})
    assert (found.severity, found.path) == (B, ("objective",))
    result = {"k": {"text": "t", "objective": "q"}}
    bet = {"i": {"stream": "s", "key_result": "k"}}
    (found,) = fired("S11", streams=streams, initiatives=bet, key_results=result)
    assert found.path == ("key_result",)


# S12


def need(**more: Any) -> dict[str, Any]:
    return {"d": {"needs": "a", "gives": "b", "what": "x", **more}}


def test_s12_a_promise_after_the_day_it_is_needed_blocks_and_equal_days_are_silent() -> None:
    late = need(needed_by="2026-09-01", promised="2026-09-02")
    assert says("S12", dependencies=late) == [("dependencies/d", B)]
    assert not says("S12", dependencies=need(needed_by="2026-09-01", promised="2026-09-01"))


@pytest.mark.parametrize(
    ("needed_by", "severity"),
    [("2026-08-18", None), ("2026-08-17", W), ("2026-08-03", W), ("2026-08-02", B)],
)
def test_s12_a_missing_promise_warns_within_two_weeks_and_blocks_afterwards(
    needed_by: str, severity: Severity | None
) -> None:
    found = says("S12", dependencies=need(needed_by=needed_by))
    assert found == ([("dependencies/d", severity)] if severity else [])


def test_s12_is_silent_on_what_is_done_or_has_no_day() -> None:
    assert not says("S12", dependencies=need(needed_by="2026-01-01", state="done"))
    assert not says("S12", dependencies=need())


# S13


def test_s13_warns_of_a_missing_guardrail_and_of_the_metric_guarding_itself() -> None:
    assert says("S13", streams=stream({"metric": "m"})) == [("streams/s", W)]
    itself = {"s": {"metric": "m", "guardrails": ["g", "m"]}}
    (found,) = fired("S13", streams=itself)
    assert (found.severity, found.path) == (W, ("guardrails", 1))
    assert not says("S13", streams={"s": {"metric": "m", "guardrails": ["g"]}})


# S14


def test_s14_informs_of_long_texts_and_of_several_sentences() -> None:
    for name in ("x" * 141, "Win them. Keep them."):
        assert says("S14", objectives={"o": {"name": name}}) == [("objectives/o", I)]
        assert says("S14", streams={"s": {"name": name}}) == [("streams/s", I)]
    assert not says("S14", objectives={"o": {"name": "x" * 140}, "p": {}})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Payments just work.", 1),
        ("Be ready for v2.0 of the law, e.g. Article 5", 1),
        ("No. 1 in Europe", 1),
        ("Fans see it! They come back", 2),
        ("Wer zahlt, sieht. Übertragungen stocken nie.", 2),
        ("", 0),
    ],
)
def test_s14_counts_sentences_as_a_reader_would(text: str, number: int) -> None:
    assert sentences(text) == number


# S15


def child(text: str) -> dict[str, Any]:
    parent = "Share of sessions that start within two seconds rises from 71% to 85%"
    return {"p": {"text": parent}, "k": {"text": text, "parent": "p"}}


def test_s15_warns_of_a_key_result_copied_from_its_parent() -> None:
    copied = "share of Sessions  that start within two seconds rises from 71 % to 85 %"
    assert says("S15", key_results=child(copied)) == [("key_results/k", W)]


def test_s15_is_silent_on_a_key_result_of_its_own() -> None:
    assert not says("S15", key_results=child("Median manifest time falls from 400 ms to 150 ms"))
    assert not says("S15", key_results={"k": {"text": "the same", "parent": "k"}})


def test_s15_is_silent_on_a_key_result_that_goes_on_from_the_cycle_before() -> None:
    cycles = {
        "q3": {"first_day": "2026-07-01", "last_day": "2026-09-30", "state": "closed"},
        "q4": {"first_day": "2026-10-01", "last_day": "2026-12-31"},
    }
    same = "Share of sessions that start within two seconds rises from 71% to 85%"
    held = {
        "p": {"text": same, "cycle": "q3"}, "k": {"text": same, "parent": "p", "cycle": "q4"}
    }  # fmt: skip
    assert not says("S15", cycles=cycles, key_results=held)
    held["p"]["cycle"] = "q4"
    assert says("S15", cycles=cycles, key_results=held) == [("key_results/k", W)]


# S17


def own(**statements: Any) -> list[tuple[str, Severity]]:
    return says("S17", organisation={"statements": statements})


@pytest.mark.parametrize(
    "statement",
    [
        {"our-promise": {"subject": "stream"}},
        {"our-promise": {"text": "Nobody would notice."}},
        {"D-M99": {"text": "Nobody would notice.", "subject": "stream"}},
        {"D-M01": {"subject": "stream"}},
        {"D-M01": {"words": {"in French": "Personne ne le verrait."}}},
    ],
)
def test_s17_blocks_an_own_statement_that_cannot_be_asked(statement: Any) -> None:
    assert own(**statement) == [("organisation", B)]


def test_s17_is_silent_on_statements_that_are_added_reworded_retired_and_translated() -> None:
    assert not own(
        **{
            "our-promise": {"subject": "stream", "text": "Nobody would notice."},
            "D-M01": {"text": "It can rise while customers get less.", "subject": "metric"},
            "D-S01": {"retired": "true"},
            "D-S02": {"words": {"de": "Er verbessert nichts.", "pt-BR": "Nada melhora."}},
        }
    )


def test_every_structure_rule_but_the_one_on_history_is_tested_here() -> None:
    tested = {name.split("_")[1].upper() for name in globals() if name.startswith("test_s")}
    assert set(STRUCTURE_RULES) - tested == {"S16"}
