"""Every way in which a text can be wrong gives its own finding, at its place, and hides nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.plan.findings import Severity, is_blocking
from mainstem.plan.text.files import PlanFiles
from mainstem.plan.text.load import load_plan
from mainstem.plan.text.nodes import MAX_DEPTH, MAX_FAULTS
from mainstem.plan.text.rules import TEXT_RULES
from tests.plan.plan_texts import load, only, said


def team(key: str) -> str:
    return f"teams:\n  a:\n    {key}\n"


@pytest.mark.parametrize(
    ("text", "place", "what", "hint"),
    [
        (team("name: Foo: bar"), "3:14", "`: `", "quotes"),
        (team("owns: @acme/a"), "3:11", "'@'", '"@acme/a"'),
        (team("name: `x`"), "3:11", "'`'", "quotes"),
        (team("name: %x"), "3:11", "'%'", "quotes"),
        (team("owns: **/x"), "3:11", "`*`", '"**/x"'),
        (team("owns: &"), "3:11", "`*` or `&`", '"&"'),
        (team("name: 'it"), "3:11", "never closed", "apostrophe"),
        (team("owns: [b, c"), "3:11", "bracket", "Close it"),
        (team('name: "\\q"'), "3:12", "backslash", "single quotes"),
        (team("name: b\n   size: 1"), "4:4", "indentation", "two spaces"),
        (team("name: b\n      size: 1"), "4:11", "`: `", "indent"),
        (team("name: !a!b c"), "3:11", "`!`", "quotes"),
        (team("name: a\x07b"), "3:12", "U+0007", "pasted"),
    ],
)
def test_what_is_no_yaml_is_said_where_it_begins_and_how_to_mend_it(
    text: str, place: str, what: str, hint: str
) -> None:
    loaded = load(text)
    finding = only(loaded)
    assert said(loaded) == [f"T001 {place}"]
    assert what in finding.what
    assert hint in finding.hint
    assert not loaded.is_complete


def test_entries_before_a_fault_are_kept_and_the_half_one_is_not() -> None:
    loaded = load("teams:\n  a: {size: 3}\n  b:\n    in: a\n    name: @x\n  c: {}\n")
    assert list(loaded.plan.teams) == ["a"]


def test_a_fault_in_one_file_leaves_the_others_checked_but_blames_no_reference() -> None:
    loaded = load("teams:\n  a: [\n", "objectives:\n  o:\n    ownr: x\n    parent: gone\n")
    assert [f"{f.place.file.name} {f.rule}" for f in loaded.findings if f.place] == [
        "1.yaml T001", "2.yaml T002",
    ]  # fmt: skip


@pytest.mark.parametrize("indent", ["\t", "  \t", "\t\t"])
def test_tabs_in_the_indentation_are_named_as_such(indent: str) -> None:
    loaded = load(f"teams:\n  a:\n{indent}name: x\n")
    assert only(loaded).rule == "T008"
    assert said(loaded) == [f"T008 3:{indent.index(chr(9)) + 1}"]
    assert "spaces" in only(loaded).hint


def test_every_line_with_a_tab_is_named() -> None:
    assert said(load("teams:\n\ta:\n\t\tname: x\n")) == ["T008 2:1", "T008 3:1"]


def test_a_line_of_nothing_but_a_tab_does_not_end_the_plan_in_silence() -> None:
    assert said(load("teams:\n\t\n  a: {}\n")) == ["T008 2:1"]


def test_a_tab_inside_text_is_text() -> None:
    loaded = load("teams:\n  a:\n    name: one\ttwo\n    note: |\n      two\n      \tthree\n")
    assert loaded.findings == ()
    assert loaded.plan.teams["a"].name == "one\ttwo"


CONFLICT = """\
teams:
  a:
<<<<<<< HEAD
    size: 3
=======
    size: 4
>>>>>>> other
  b:
<<<<<<< HEAD
    size: 3
||||||| base
=======
    size: 4
>>>>>>> other
"""


def test_each_merge_conflict_is_named_at_its_beginning() -> None:
    assert said(load(CONFLICT)) == ["T007 3:1", "T007 9:1"]


def test_a_lonely_end_of_a_conflict_is_one_too_but_a_line_of_equal_signs_is_not() -> None:
    assert said(load("teams:\n  a: {}\n>>>>>>> other\n")) == ["T007 3:1"]
    assert load("teams:\n  a:\n    note: |\n      Title\n      =======\n").findings == ()


def test_an_utf8_byte_order_mark_is_read_and_mentioned() -> None:
    loaded = load(b"\xef\xbb\xbfteams:\n  a: {}\n")
    assert said(loaded) == ["T009 1:1"]
    assert only(loaded).severity is Severity.INFO
    assert list(loaded.plan.teams) == ["a"]


@pytest.mark.parametrize(
    ("content", "place", "word"),
    [
        ("teams: {}".encode("utf-16"), "1:1", "UTF-16"),
        ("teams: {}".encode("utf-16-le"), "1:1", "UTF-16"),
        ("teams: {}".encode("utf-32"), "1:1", "UTF-32"),
        (b"teams:\n  b\xc3\xa4:\n    name: Gr\xfcn\n", "3:13", "0xFC"),
        (b"PK\x03\x04" + b"x" * 50 + b"\0", "1:1", "NUL"),
        (b"teams:\n  a: {name: \xed\xa0\x80}", "2:13", "0xED"),
    ],
)
def test_anything_but_utf8_is_refused_with_a_way_out(content: bytes, place: str, word: str) -> None:
    loaded = load(content)
    assert said(loaded) == [f"T010 {place}"]
    assert word in only(loaded).what
    assert only(loaded).hint


def test_latin1_names_the_letter_that_was_probably_meant() -> None:
    assert "`ü`" in only(load(b"teams: {a: {name: Gr\xfcn}}")).what


def test_a_file_over_the_limit_is_named_and_not_read() -> None:
    loaded = load_plan(PlanFiles({"a.yaml": b"teams: {a: }"}, too_big={"b.yaml": 12_345_678}))
    assert "12.3 MB" in only(loaded).what
    assert only(loaded).rule == "T011"
    assert list(loaded.plan.teams) == ["a"]


def test_nesting_that_is_too_deep_stops_the_file() -> None:
    for text in ("[" * 100_000, "a: " + "{a: " * 50_000, "- " * 100_000):
        assert any(str(MAX_DEPTH) in f.what for f in load(text).findings if f.rule == "T011")


def test_the_billion_laughs_are_refused_without_being_told() -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    loaded = load("\n".join(lines))
    assert {f.rule for f in loaded.findings} <= {"T012", "T011", "T002"}
    assert len(loaded.findings) < 3 * MAX_FAULTS


def test_anchors_aliases_merge_keys_and_tags_are_refused_one_by_one() -> None:
    loaded = load(
        "teams:\n  a: &base\n    size: 3\n  b:\n    <<: *base\n    name: *x\n    note: !!str 1\n"
    )
    assert [s for s in said(loaded) if s.startswith("T012")] == [
        "T012 2:6", "T012 5:9", "T012 6:11", "T012 7:11",
    ]  # fmt: skip
    assert '"*x"' in next(f for f in loaded.findings if "*x" in f.what).hint


def test_a_second_document_is_refused_but_read() -> None:
    loaded = load("---\nteams:\n  a: {}\n---\nteams:\n  b: {in: a}\n")
    assert said(loaded) == ["T013 4:1"]
    assert list(loaded.plan.teams) == ["a", "b"]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n", "~\n"])
def test_an_empty_file_is_only_mentioned(text: str) -> None:
    assert only(load(text)).rule == "T014"
    assert only(load(text)).severity is Severity.INFO


@pytest.mark.parametrize("text", ["just words", "- a\n- b", "42"])
def test_a_file_that_is_no_mapping_is_told_what_a_plan_is(text: str) -> None:
    finding = only(load(text))
    assert finding.rule == "T003"
    assert "organisation, cycles" in finding.hint


@pytest.mark.parametrize(
    ("text", "place", "meant"),
    [
        ("steams:\n  a: {}\n", "1:1", "streams"),
        ("Teams:\n  a: {}\n", "1:1", "teams"),
        ("okrs:\n  a: {}\n", "1:1", "objectives"),
        (team("Name: x"), "3:5", "name"),
        (team("in_: x"), "3:5", "in"),
        (team("members: 3"), "3:5", "size"),
        ("streams:\n  s:\n    claims:\n      - labels: x\n", "4:9", "label"),
        ("streams:\n  s:\n    teams:\n      a: {shere: 1}\n", "4:11", "share"),
        ("customers:\n  c:\n    stages: [{id: a, handover: b}]\n", "3:22", "hand_over"),
        ("organisation:\n  settings:\n    kmin: 3\n", "3:5", "k_min"),
        ("initiatives:\n  i:\n    effect: {by: 1, metrik: m}\n", "3:21", "metric"),
    ],
)
def test_an_unknown_key_is_named_with_the_one_that_was_meant(
    text: str, place: str, meant: str
) -> None:
    loaded = load(text)
    found = [f for f in loaded.findings if f.rule == "T002"]
    assert len(found) == 1
    assert str(found[0].place).endswith(f":{place}")
    assert f"Did you mean `{meant}`?" in found[0].hint


def test_an_unknown_key_lists_all_known_ones() -> None:
    assert "name, note, accepted, in, kind, size, calendar, owns" in only(load(team("zzz: 1"))).hint


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (team("kind: platfrom"), "3:11", ["stream-aligned", "complicated-subsystem"]),
        (team("size: many"), "3:11", ["`many`", "whole number"]),
        (team("size: 3.5"), "3:11", ["whole number"]),
        (team("size: -1"), "3:11", ["at least 0"]),
        (team("size: [1]"), "3:5", ["a list", "whole number"]),
        (team("name: {a: b}"), "3:5", ["a mapping", "text"]),
        (team("name: ''"), "3:11", ["empty"]),
        ("teams: [a, b]\n", "1:1", ["a list", "mapping"]),
        ("teams:\n  a: words\n", "2:6", ["`words`", "mapping"]),
        ("teams:\n  a b: {}\n", "2:3", ["`a b`", "identifier"]),
        ("links: {a: b}\n", "1:1", ["a mapping", "list"]),
        ("links: [words]\n", "1:9", ["`words`", "mapping"]),
        ("organisation: Arena\n", "1:1", ["`Arena`", "mapping"]),
        (
            "cycles:\n  c: {first_day: 2026-02-30, last_day: 2026-03-01}\n",
            "2:18",
            ["2026-02-30", "day"],
        ),
        (
            "cycles:\n  c: {first_day: 1.7.2026, last_day: 2026-09-30}\n",
            "2:18",
            ["1.7.2026", "2026-07-31"],
        ),
        ("cycles:\n  c: {first_day: 20260701, last_day: 2026-09-30}\n", "2:18", ["20260701"]),
        ("metrics:\n  m: {baseline: 1'000}\n", "2:17", ["number"]),
        ("metrics:\n  m: {baseline: .nan}\n", "2:17", ["number"]),
        ("metrics:\n  m: {baseline: inf}\n", "2:17", ["number"]),
        ("metrics:\n  m: {target: 12k}\n", "2:15", ["number"]),
        ("streams:\n  s: {teams: {a: 60}}\n", "2:18", ["at most 1", "60%"]),
        ("streams:\n  s: {teams: {a: sixty%}}\n", "2:18", ["share"]),
        ("streams:\n  s: {teams: {a: delivres}}\n", "2:18", ["delivers"]),
        ("streams:\n  s: {teams: [a, {b: 60%}]}\n", "2:7", ["mapping `team: 60%`"]),
        ("streams:\n  s: {claims: {label: x}}\n", "2:7", ["a list"]),
        ("streams:\n  s: {claims: [label]}\n", "2:16", ["mapping"]),
        (
            "dependencies:\n  d: {needs: a, gives: a, what: x, hard: maybe}\n",
            "2:42",
            ["true or false"],
        ),
        ("organisation:\n  timezone: Europe/Berlinn\n", "2:13", ["time zone"]),
        (team("accepted: [{rule: S01, why: x, by: y}]"), "3:33", ["at least 3"]),
    ],
)
def test_a_wrong_value_is_named_with_what_it_may_be(
    text: str, place: str, words: list[str]
) -> None:
    found = [f for f in load(text).findings if f.rule != "T015"]
    assert [f.rule for f in found] == ["T003"]
    assert str(found[0].place).endswith(f".yaml:{place}")
    for word in words:
        assert word in found[0].what + found[0].hint


@pytest.mark.parametrize(
    ("text", "place", "missing"),
    [
        ("cycles:\n  c:\n    first_day: 2026-07-01\n", "2:3", "last_day"),
        ("cycles:\n  c:\n    first_day: 2026-07-01\n    last_day:\n", "4:5", "last_day"),
        ("key_results:\n  k: {}\n", "2:3", "text"),
        ("links:\n  - {stream: s}\n", "2:5", "item"),
        ("streams:\n  s:\n    metric: [{from: 2026-01-01}]\n", "3:14", "metric"),
        (team("accepted: [{rule: S01, why: because}]"), "3:16", "by"),
    ],
)
def test_what_is_missing_is_named_where_it_belongs(text: str, place: str, missing: str) -> None:
    found = [f for f in load(text).findings if f.rule != "T015"]
    assert [f.rule for f in found] == ["T004"]
    assert f"`{missing}` is missing" in found[0].what
    assert str(found[0].place).endswith(f".yaml:{place}")


def test_a_key_written_twice_names_both_lines() -> None:
    loaded = load(team("size: 3\n    name: a\n    size: 4"))
    assert said(loaded) == ["T005 5:5"]
    assert "line 3" in only(loaded).what
    assert said(load("organisation:\n  name: a\n  name: b\n")) == ["T005 3:3"]


def test_a_section_written_twice_is_named_and_both_are_read() -> None:
    loaded = load("teams:\n  a: {}\nobjectives: {o: }\nteams:\n  b: {in: a}\n")
    assert said(loaded) == ["T005 4:1"]
    assert set(loaded.plan.teams) == {"a", "b"}


def test_an_identifier_used_twice_in_a_file_names_both_lines() -> None:
    loaded = load("teams:\n  a: {size: 1}\n  b: {}\n  a: {size: 2}\n")
    assert said(loaded) == ["T006 4:3"]
    assert "line 2" in only(loaded).what


def test_an_identifier_used_in_two_files_names_both_places() -> None:
    loaded = load(x="teams:\n  a: {size: 1}\n", y="# more\nteams:\n  a: {size: 2}\n  b: {}\n")
    finding = only(loaded)
    assert str(finding.place) == "plans/y.yaml:3:3"
    assert "plans/x.yaml:2:3" in finding.what
    assert loaded.plan.teams["a"].size == 1
    assert "b" in loaded.plan.teams


def test_a_list_or_mapping_as_a_key_is_refused() -> None:
    assert said(load("{{ name }}: 1\n")) == ["T003 1:1"] or said(load("{{ name }}: 1\n")) == [
        "T003 1:2"
    ]


def test_several_broken_entries_are_all_named_and_the_sound_ones_stay() -> None:
    loaded = load(
        "teams:\n"
        "  a: {size: x, kind: y}\n"
        "  b: {}\n"
        "  c: words\n"
        "  d: {in: b, zise: 4}\n"
        "cycles:\n"
        "  q: {first_day: nope}\n"
    )
    assert said(loaded) == [
        "T003 2:13",
        "T003 2:22",
        "T003 4:6",
        "T002 5:14",
        "T004 7:3",
        "T003 7:18",
    ]
    assert list(loaded.plan.teams) == ["a", "b", "d"]
    assert loaded.plan.teams["d"].in_ == "b"
    assert loaded.broken == {"teams/a", "teams/c", "teams/d", "cycles/q"}


def test_a_reference_to_a_broken_entry_is_not_blamed() -> None:
    loaded = load("teams:\n  a: words\n  b: {in: a}\n")
    assert said(loaded) == ["T003 2:6"]


def test_broken_items_of_a_list_do_not_shift_the_places_of_the_others() -> None:
    loaded = load("links:\n  - {item: A, strem: s}\n  - {item: B, stream: gone}\n")
    assert said(loaded) == ["T002 2:15", "T015 3:23"]
    assert [link.item for link in loaded.plan.links] == ["B"]


def test_a_flood_of_faults_ends() -> None:
    loaded = load("teams:\n" + "  a: {}\n" * 200_000)
    assert len(loaded.findings) <= MAX_FAULTS + 1
    assert loaded.findings[-1].rule == "T011"


def test_every_rule_has_words() -> None:
    for name, rule in TEXT_RULES.items():
        assert rule.id == name
        assert rule.title
        assert rule.why


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_no_bytes_whatever_raise_an_error(content: bytes) -> None:
    loaded = load(content)
    assert loaded.is_complete or is_blocking(loaded.findings)
    for finding in loaded.findings:
        assert finding.place is not None
        assert finding.what


YAMLISH = st.lists(
    st.sampled_from(
        ["teams", "streams", ":", ": ", "\n", "\n  ", "\n    ", "- ", "a", "b", "[", "]", "{", "}", ",",
         "'", '"', "|", ">", "#", "&a", "*a", "!t", "? ", "---", "\t", "~", "60%", "2026-07-01", "claims",
         "links", "in", "metric", "organisation", "<<", "%", "@"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(YAMLISH)
@settings(max_examples=500, deadline=None)
def test_nothing_that_looks_like_a_plan_raises_an_error(text: str) -> None:
    loaded = load(text)
    assert loaded.is_complete or is_blocking(loaded.findings)
    assert not loaded.broken or is_blocking(loaded.findings)
