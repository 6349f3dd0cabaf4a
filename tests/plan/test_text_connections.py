"""References that lead nowhere, circles in trees, periods the wrong way round."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from mainstem.plan.findings import Severity
from mainstem.plan.model import Plan
from mainstem.plan.references import find_references
from mainstem.plan.text.naming import named
from tests.plan.plan_texts import FULL, load, only, said
from tests.plan.small_plans import plans

BASE = """\
cycles: {q: {first_day: 2026-07-01, last_day: 2026-09-30}}
customers: {c: {stages: [watch]}}
teams: {team-a: }
metrics: {m: }
objectives: {o: }
streams: {s: }
key_results: {k: {text: x}}
initiatives: {i: }
"""


@pytest.mark.parametrize(
    ("extra", "missing", "place"),
    [
        ("teams: {t: {in: team-b}}", "team-b", "1:17"),
        ("objectives: {p: {parent: x}}", "x", "1:26"),
        ("metrics: {n: {drives: [m, x]}}", "x", "1:27"),
        ("streams: {t: {objective: x}}", "x", "1:26"),
        ("streams: {t: {objective: [o, x]}}", "x", "1:30"),
        ("streams: {t: {also_serves: x}}", "x", "1:28"),
        ("streams: {t: {customer: x}}", "x", "1:25"),
        ("streams: {t: {customer: c, stages: [watch, whatch]}}", "whatch", "1:44"),
        ("streams: {t: {stages: x}}", "x", "1:23"),
        ("streams: {t: {metric: x}}", "x", "1:23"),
        ("streams: {t: {metric: [{metric: x}]}}", "x", "1:33"),
        ("streams: {t: {inputs: [x]}}", "x", "1:24"),
        ("streams: {t: {guardrails: [m, x]}}", "x", "1:31"),
        ("streams: {t: {teams: [team-a, x]}}", "x", "1:31"),
        ("streams: {t: {teams: {x: 60%}}}", "x", "1:26"),
        ("streams: {t: {teams: {team-a: {cycle: x}}}}", "x", "1:39"),
        ("key_results: {l: {text: y, cycle: x}}", "x", "1:35"),
        ("key_results: {l: {text: y, team: x}}", "x", "1:34"),
        ("key_results: {l: {text: y, stream: x}}", "x", "1:36"),
        ("key_results: {l: {text: y, objective: x}}", "x", "1:39"),
        ("key_results: {l: {text: y, parent: x}}", "x", "1:36"),
        ("key_results: {l: {text: y, metric: x}}", "x", "1:36"),
        ("initiatives: {j: {stream: x}}", "x", "1:27"),
        ("initiatives: {j: {objective: x}}", "x", "1:30"),
        ("initiatives: {j: {key_result: x}}", "x", "1:31"),
        ("initiatives: {j: {team: x}}", "x", "1:25"),
        ("initiatives: {j: {cycle: x}}", "x", "1:26"),
        ("initiatives: {j: {effect: {metric: x, by: 1}}}", "x", "1:36"),
        ("dependencies: {d: {needs: x, gives: team-a, what: y}}", "x", "1:27"),
        ("dependencies: {d: {needs: team-a, gives: x, what: y}}", "x", "1:42"),
        ("dependencies: {d: {needs: team-a, gives: team-a, what: y, initiative: x}}", "x", "1:71"),
        ("links: [{item: A, stream: x}]", "x", "1:27"),
        ("links: [{item: A, shares: {s: 50%, x: 50%}}]", "x", "1:39"),
        ("expect: [{item: {title: A}, stream: x}]", "x", "1:37"),
        (
            "organisation: {conversions: [{from: point, to: hour, factor: 1, source: y, team: x}]}",
            "x",
            "1:82",
        ),
    ],
)
def test_every_reference_to_nothing_is_named_at_its_place(
    extra: str, missing: str, place: str
) -> None:
    loaded = load(BASE, extra)
    finding = only(loaded)
    assert finding.rule == "T015"
    assert finding.severity is Severity.BLOCKS
    assert f"`{missing}`" in finding.what
    assert str(finding.place) == f"plans/2.yaml:{place}"


def test_the_one_that_was_probably_meant_is_named() -> None:
    assert "Did you mean `team-a`?" in only(load(BASE, "teams: {t: {in: team-aa}}")).hint
    assert (
        "Did you mean `watch`?"
        in only(load(BASE, "streams: {t: {customer: c, stages: whatch}}")).hint
    )


def test_shares_may_go_to_kinds_of_the_rest_and_name_streams_in_full() -> None:
    shares = "{debt: 10%, unknown: 10%, 'kind:support': 10%, 'stream:s': 10%, s: 10%}"
    assert load(BASE, f"links: [{{item: A, shares: {shares}}}]").findings == ()


def test_a_team_in_a_claim_may_be_foreign_but_is_doubted() -> None:
    claim = "streams: {t: {claims: [{all: [{team: TEAM}]}]}}"
    finding = only(load(BASE, claim.replace("TEAM", "team-b")))
    assert (finding.rule, finding.severity) == ("T019", Severity.WARNS)
    assert "Did you mean `team-a`?" in finding.hint
    assert str(finding.place) == "plans/2.yaml:1:38"
    for fine in ("TEAM-A", "team-*", '"*"'):
        assert load(BASE, claim.replace("TEAM", fine)).findings == ()
    assert load(BASE, claim.replace("TEAM", "Core") + "\nteams: {b: {owns: core}}").findings == ()


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("teams: {a: {in: b}, b: {in: c}, c: {in: a}, d: {in: a}}", "a → b → c → a"),
        ("teams: {a: {in: a}}", "a → a"),
        ("objectives: {x: {parent: y}, y: {parent: x}}", "x → y → x"),
        ("key_results: {x: {text: t, parent: y}, y: {text: t, parent: x}}", "x → y → x"),
    ],
)
def test_what_is_part_of_itself_is_shown_as_a_circle(text: str, way: str) -> None:
    finding = only(load(text))
    assert finding.rule == "T016"
    assert way in finding.what


def test_two_circles_are_two_findings_and_a_long_chain_is_none() -> None:
    assert len(load("teams: {a: {in: b}, b: {in: a}, c: {in: d}, d: {in: c}}").findings) == 2
    chain = "teams:\n  t0: {}\n" + "".join(f"  t{i}: {{in: t{i - 1}}}\n" for i in range(1, 3000))
    assert load(chain).findings == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("cycles: {c: {first_day: 2026-07-02, last_day: 2026-07-01}}", "1:47"),
        ("metrics: {m: }\nstreams: {s: {metric: [{metric: m, from: 2026-02-01, to: 2026-01-01}]}}", "2:58"),
        ("initiatives: {i: {window: {from: 2026-02-01, to: 2026-01-01}}}", "1:50"),
        ("organisation: {conversions: [{from: point, to: hour, factor: 1, source: y,"
         " valid_from: 2026-02-01, valid_to: 2026-01-01}]}", "1:110"),
    ],
)  # fmt: skip
def test_a_period_that_ends_before_it_begins_is_refused(text: str, place: str) -> None:
    finding = only(load(text))
    assert finding.rule == "T017"
    assert str(finding.place).endswith(f":{place}")


def test_a_period_of_one_day_is_fine() -> None:
    assert load("cycles: {c: {first_day: 2026-07-01, last_day: 2026-07-01}}").findings == ()


def test_overlapping_cycles_are_mentioned_with_their_days() -> None:
    finding = only(
        load(
            "cycles:\n  a: {first_day: 2026-07-01, last_day: 2026-09-30}\n"
            "  b: {first_day: 2026-09-30, last_day: 2026-12-31}\n"
            "  c: {first_day: 2027-01-01, last_day: 2027-03-31}\n"
        )
    )
    assert (finding.rule, finding.severity) == ("T018", Severity.INFO)
    assert "from 2026-09-30 to 2026-09-30" in finding.what


def test_shares_of_an_example_over_one_are_refused() -> None:
    assert said(load(BASE, "expect: [{item: {title: A}, shares: {s: 60%, debt: 50%}}]")) == [
        "T023 1:29"
    ]
    assert (
        load(
            BASE, "expect: [{item: {title: A}, shares: {s: 10%, debt: 20%, support: 70%}}]"
        ).findings
        == ()
    )


def test_references_of_the_full_plan_are_those_that_renaming_finds() -> None:
    _same_as_renaming(load(FULL).plan)


@given(plans())
@settings(max_examples=50, deadline=None)
def test_references_are_those_that_renaming_finds(plan: Plan) -> None:
    _same_as_renaming(plan)


def _same_as_renaming(plan: Plan) -> None:
    by_id: dict[tuple[str, str], set[tuple[str | int, ...]]] = {}
    for path, section, entry in named(plan):
        by_id.setdefault((section, entry), set()).add(path)
    assert by_id == {key: set(places) for key, places in find_references(plan).items()}
