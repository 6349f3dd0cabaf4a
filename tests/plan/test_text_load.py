"""What is read: text stays text, the model decides what a value is, files may be split in any way."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.plan.findings import Place
from mainstem.plan.model import Plan
from tests.plan.plan_texts import FULL, load, only, said


def test_text_that_yaml_takes_for_something_else_stays_text() -> None:
    names = [
        "on",
        "1:30",
        "2026-07",
        "2026-07-01",
        "0x1F",
        "010",
        "1e3",
        "yes",
        "NO",
        ".5",
        "1_000",
        "true",
    ]
    plan = load(
        f"teams:\n  2026-07:\n    owns: [{', '.join(names)}]\n  on: {{}}\n  010: {{}}\n"
    ).plan
    assert list(plan.teams) == ["2026-07", "on", "010"]
    assert plan.teams["2026-07"].owns == tuple(names)


@pytest.mark.parametrize("word", ["no", "off", "false", "No", "FALSE", "n"])
def test_the_model_decides_where_a_truth_value_is_meant(word: str) -> None:
    loaded = load(
        f"dependencies:\n  d: {{needs: t, gives: t, what: {word}, hard: {word}}}\nteams: {{t: }}\n"
    )
    assert loaded.findings == ()
    assert loaded.plan.dependencies["d"].hard is False
    assert loaded.plan.dependencies["d"].what == word


@pytest.mark.parametrize(
    ("written", "value"),
    [("61", 61.0), ("6.5", 6.5), ("-3e2", -300.0), ('"7"', 7.0), ("010", 10.0), ("+4", 4.0)],
)
def test_numbers_are_numbers_where_the_model_wants_them(written: str, value: float) -> None:
    assert load(f"metrics:\n  m: {{baseline: {written}}}\n").plan.metrics["m"].baseline == value


@pytest.mark.parametrize("nothing", ["", "~", "null", "# only a comment"])
def test_a_key_without_a_value_is_the_same_as_no_key(nothing: str) -> None:
    loaded = load(
        f"objectives: {nothing}\nstreams:\n  s:\n    claims: {nothing}\n    metric: {nothing}\n"
        f"    owner: {nothing}\n  t: {nothing}\nlinks: {nothing}\nrest: {nothing}\norganisation: {nothing}\n"
    )
    assert loaded.findings == ()
    assert loaded.plan == Plan.model_validate({"streams": {"s": {}, "t": {}}})


def test_quoted_nothing_is_text() -> None:
    assert load('teams:\n  a: {name: "null", note: ""}\n').plan.teams["a"].name == "null"


def test_a_full_plan_is_read_with_every_shorthand() -> None:
    plan = load(FULL).plan
    stream = plan.streams["start-fast"]
    assert stream.metric[0].metric == "start-time"
    assert stream.teams["player"].share == 0.6
    assert stream.teams["on"].part == "supports"
    assert [g.bound for g in stream.guardrails] == [None, "above 3 h"]
    assert stream.claims[1].not_[0].label == ("chore",)
    assert stream.claims[2].accepted[0].until == date(2026, 12, 31)
    assert plan.metrics["start-time"].name == "1:30"
    assert plan.cycles["2026-10"].last_day == date(2026, 10, 31)
    assert plan.dependencies["api"].hard is False
    assert plan.links[1].shares == {"start-fast": 0.5, "debt": 0.25}
    assert plan.organisation.settings.path_majority == 0.75


def test_the_full_plan_overlaps_nowhere_and_refers_to_what_is_there() -> None:
    assert said(load(FULL)) == []


def _sections(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if line[0].isalpha()] + [len(lines)]
    return ["".join(lines[a:b]) for a, b in pairwise(starts)]


@given(st.permutations(_sections(FULL)), st.lists(st.integers(0, 12), max_size=4))
@settings(max_examples=30, deadline=None)
def test_any_split_over_files_gives_the_same_plan(parts: list[str], cuts: list[int]) -> None:
    bounds = sorted({0, len(parts), *cuts})
    texts = ["".join(parts[a:b]) for a, b in pairwise(bounds)]
    assert load(*texts).plan == load(FULL).plan


def test_one_section_may_be_spread_over_files_and_keeps_the_order_of_files() -> None:
    loaded = load(
        "teams: {b: }\nlinks: [{item: X, kind: debt}]\n",
        "teams: {a: {in: b}}\nlinks: [{item: Y, kind: debt}]\n",
    )
    assert loaded.findings == ()
    assert list(loaded.plan.teams) == ["b", "a"]
    assert [link.item for link in loaded.plan.links] == ["X", "Y"]


def test_the_organisation_may_be_spread_but_each_key_only_once() -> None:
    assert (
        load("organisation: {name: A}\n", "organisation: {unit: hour}\n").plan.organisation.name
        == "A"
    )
    finding = only(load("organisation: {name: A}\n", "organisation: {name: B}\n"))
    assert (finding.rule, str(finding.place)) == ("T006", "plans/2.yaml:1:16")


@pytest.mark.parametrize(
    ("subject", "path", "line", "there"),
    [
        ("", (), 1, "#"),
        ("organisation", (), 2, "organisation:"),
        ("organisation", ("name",), 3, "Arena"),
        ("organisation", ("settings", "rank", 1), 14, "label]"),
        ("organisation", ("conversions", 0, "from_"), 9, "point"),
        ("streams/start-fast", (), 58, "start-fast:"),
        ("streams/start-fast", ("owner",), 58, "start-fast:"),
        ("streams/start-fast", ("objective", 0), 59, "see-the-game"),
        ("streams/start-fast", ("metric", 0, "metric"), 63, "start-time"),
        ("streams/start-fast", ("guardrails", 1, "bound"), 65, "above 3 h"),
        ("streams/start-fast", ("teams", "player", "share"), 67, "60%"),
        ("streams/start-fast", ("claims", 1, "path", 1), 72, '"*.kt"'),
        ("streams/start-fast", ("claims", 1, "not_", 0, "label"), 73, "label:"),
        ("streams/start-fast", ("claims", 2, "nonsense"), 74, "any:"),
        ("streams/come-back", ("teams", "on"), 87, "on]"),
        ("customers/viewer", ("stages", 2, "hand_over"), 25, "Ann"),
        ("teams/player", ("in_",), 29, "all"),
        ("streams/gone", (), 57, "streams:"),
        ("gone/gone", (), 1, "#"),
        ("", ("links", 1, "shares", "debt"), 119, "0.25"),
        ("links/1", ("shares",), 119, "shares:"),
        ("", ("expect", 0, "item", "title"), 123, "Make it fast"),
        ("", ("expect", 7), 122, "expect:"),
        ("", ("streams", "come-back", "name"), 82, "Come back"),
    ],
)
def test_the_place_of_anything_is_where_it_stands_or_the_nearest_above(
    subject: str, path: tuple[str | int, ...], line: int, there: str
) -> None:
    place = load(FULL).places.of(subject, path)
    assert isinstance(place, Place)
    assert place.line == line
    assert FULL.splitlines()[line - 1][place.column - 1 :].startswith(there)


def test_places_name_the_file_as_a_person_knows_it() -> None:
    loaded = load(x="teams: {a: }\n", y="teams: {b: }\n")
    assert str(loaded.places.of("teams/b")) == "plans/y.yaml:1:9"


def test_an_empty_plan_has_no_places() -> None:
    assert load().places.of("teams/a") is None


def test_the_revision_is_that_of_the_text() -> None:
    assert load(FULL).revision == load(FULL).revision != load(FULL + "#").revision
