"""What a report says: the headline, streams, teams, the rest, lumps, findings, and every empty state."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from mainstem.figures.given import Lump
from mainstem.figures.stream_rows import metric_of
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import RestKind
from mainstem.report.building import build_page
from mainstem.score.answerable import NotAnswerable
from tests.figures.report_samples import GRAIN, STATES, amounts, demo_table, sample_report_data


@pytest.fixture(scope="module")
def page():
    return build_page(sample_report_data())


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_first_line_answers_with_one_number_and_its_range(page):
    assert plain(page.headline.head) == "52 % of person-days in 2026 Q3 went to value streams"
    assert plain(page.headline.tail) == "between 52 and 70 %, because 18 % is unknown."


def test_the_lead_says_how_much_by_how_many_and_when(page):
    said = "1,282 person-days by 9 teams, from 1 July to 30 September 2026."
    assert plain(page.headline.lead) == said


def test_the_split_of_the_change_adds_up_to_it(page):
    change = sample_report_data().change
    assert plain(page.headline.change).startswith("The Value Score rose from 44 % in 2026 Q2")
    parts = [Fraction(points.replace("−", "-")) for _, points in page.headline.split]
    assert abs(sum(parts) - change.total * 100) <= Fraction(len(parts), 10)


def test_a_change_that_cannot_be_told_says_why():
    why = NotAnswerable("The first period has no effort.", "Choose another period.")
    data = replace(sample_report_data(), change=why, previous="2026 Q2")
    said = build_page(data).headline.change
    assert said == (
        "No comparison with 2026 Q2: The first period has no effort. Choose another period."
    )


def test_where_much_is_unknown_there_is_no_single_number():
    head = plain(build_page(sample_report_data("no_streams")).headline.head)
    assert head.startswith("Between 0 and 37 % of person-days")


def test_every_kind_of_the_rest_is_there_and_the_unknown_last(page):
    assert [row.name for row in page.rest][-1] == "Unknown"
    assert page.rest[0].name == "Operations"
    assert [row.is_unknown for row in page.rest].count(True) == 1


def test_a_stream_shows_its_metric_now_and_its_target(page):
    pay = next(row for row in page.streams if row.name == "Pay however you pay")
    assert plain(pay.now) == "91 %"
    assert plain(pay.target) == "95 %"
    assert pay.objective == "Trying us is effortless"


def test_a_metric_without_new_values_is_pointed_out(page):
    pay = next(row for row in page.streams if row.name == "Pay however you pay")
    assert [plain(tag.words) for tag in pay.tags] == ["no value for 3 weeks"]


def test_a_starved_stream_is_pointed_out_with_both_shares(page):
    friends = next(row for row in page.streams if row.name == "Friends watch together")
    assert "starved: 3 of 11 %" in [plain(tag.words) for tag in friends.tags]


def test_no_stream_is_called_starved_where_too_much_is_unknown():
    rows = build_page(sample_report_data("only_unknown")).streams
    assert not any("starved" in tag.words for row in rows for tag in row.tags)


def test_a_stream_without_a_metric_in_force_is_broken():
    data = sample_report_data()
    bare = data.plan.streams["pay"].model_copy(update={"metric": ()})
    plan = data.plan.model_copy(update={"streams": {**data.plan.streams, "pay": bare}})
    row = next(r for r in build_page(replace(data, plan=plan)).streams if "Pay" in r.name)
    assert "no metric" in [tag.words for tag in row.tags]
    assert row.metric == ""


def test_the_metric_in_force_is_that_of_the_last_day():
    data = sample_report_data()
    stream = data.plan.streams["pay"]
    last = data.weeks.total.period.end - timedelta(days=1)
    old, new = stream.metric[0], stream.metric[0].model_copy(update={"metric": "m-friends"})
    both = (
        old.model_copy(update={"to": last - timedelta(days=1)}),
        new.model_copy(update={"from_": last}),
    )
    found = metric_of(stream.model_copy(update={"metric": both}), data)
    assert found.name == data.plan.metrics["m-friends"].name


def test_a_group_of_teams_sums_up_the_teams_in_it(page):
    rows = {row.name: row for row in page.teams}
    table = demo_table()
    core = [amounts(table, team=t) for t in ("core", "playback", "live-edge", "platform")]
    units = sum(a.units for a in core)
    assert rows["Core"].is_group
    assert plain(rows["Core"].amount) == f"{round(units / GRAIN)}"
    assert rows["Core"].value == pytest.approx(100 * sum(a.value for a in core) / units, abs=0.01)


def test_effort_of_a_group_itself_has_a_row_of_its_own(page):
    row = next(r for r in page.teams if r.name == "Core itself")
    assert row.is_own
    assert plain(row.rest_words) == "operations 100 %"


def test_the_parts_of_a_bar_fill_it(page):
    for row in page.teams:
        assert row.value + row.unknown + row.rest == pytest.approx(100, abs=0.02)


def test_work_of_nobodys_team_stays_visible(page):
    assert page.teams[-1].name == "No team"


def test_a_team_without_effort_is_named_once_and_has_no_row(page):
    assert "Labs" in page.teams_words
    assert "Labs" not in [row.name for row in page.teams]


def test_a_lump_comes_with_the_claim_that_would_catch_it(page):
    assert page.lumps[0].claim == "- label: upgrade"
    assert plain(page.lumps[0].share) == "27 % of the unknown"
    assert "4 person-days were spent on no item at all" in plain(page.lumps_words)


def test_findings_come_most_severe_first_and_capped_by_rule(page):
    assert [group.severity for group in page.findings] == ["blocks", "warns", "warns", "info"]
    many = next(group for group in page.findings if group.rule == "S13")
    assert (len(many.rows), many.more) == (3, 4)
    assert many.hint.startswith("Name one number")
    assert page.findings_words == (
        "1 blocks, 8 warn and 1 is a note. 1 more is accepted in the plan, with a reason."
    )


def test_a_finding_names_its_file_from_the_plans_folder(page):
    assert page.findings[0].rows[0].place == "streams.yaml:41"


def test_no_folder_of_the_machine_is_named():
    page = build_page(replace(sample_report_data(), base=None))
    assert page.findings[0].rows[0].place == "streams.yaml:41"


def test_rejected_rows_are_counted_with_reason_and_place(page):
    assert page.imports[0].rejects[0] == (
        "the day is not a day",
        "31",
        "tracker.csv:1042 · 2026-02-31",
    )


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("empty", "No work has been read yet"),
        ("no_streams", "The plan has no value streams yet"),
        ("no_claims", "No stream claims any work yet"),
        ("only_unknown", "Nothing is attributed: all work is unknown"),
        ("one_week", "There is one week of work so far"),
    ],
)
def test_every_empty_state_says_what_to_do_next(state, title):
    notices = build_page(sample_report_data(state)).notices
    assert notices[0].title == title
    assert notices[0].text


def test_work_outside_the_period_is_told_from_no_work_at_all():
    data = replace(sample_report_data("empty"), imports=sample_report_data().imports)
    assert build_page(data).notices[0].title.startswith("Work was read")


def test_one_team_needs_no_notice():
    page = build_page(sample_report_data("one_team"))
    assert page.notices == ()
    assert len(page.teams) == 1


def test_a_large_organisation_is_cut_to_what_a_page_holds():
    page = build_page(sample_report_data("large"))
    assert len(page.teams) <= 48
    assert len(page.streams) + len(page.more_streams) == 120
    assert len(page.lumps) == 12
    assert page.findings_more


def test_lumps_hold_text_of_any_length():
    lump = Lump("x" * 500, GRAIN, 1, ("y" * 500,), "- label: z\n" * 500, ("e" * 500,))
    row = build_page(replace(sample_report_data(), lumps=(lump,))).lumps[0]
    assert len(row.title) <= 160
    assert len(row.claim) <= 1200


@pytest.mark.parametrize("state", STATES)
def test_every_state_makes_a_page(state):
    page = build_page(sample_report_data(state))
    assert page.headline.head
    assert page.facts


def test_the_unknown_is_explained_with_the_other_kinds(page):
    assert len(page.kinds) == len(RestKind)


def test_a_period_named_by_its_days_is_said_once():
    data = replace(sample_report_data(), period="1\u00a0July to 30\u00a0September\u00a02026")
    said = build_page(data).headline
    assert plain(said.head).endswith("from 1 July to 30 September 2026 went to value streams")
    assert plain(said.lead) == "1,282 person-days by 9 teams."


def test_a_change_between_two_stretches_names_both():
    stretches = {"previous": "19 March to 24 June 2026", "compared": "25 June to 30 September 2026"}
    said = plain(build_page(replace(sample_report_data(), **stretches)).headline.change)
    assert "from 44 % (19 March to 24 June 2026) to 52 % (25 June to 30 September 2026)" in said


def test_a_finding_does_not_say_its_subject_twice():
    data = sample_report_data()
    given = Finding(
        "S06", Severity.WARNS, "teams/live-edge", "Team live-edge is spread over 4 streams."
    )
    other = replace(given, rule="S07", what="Team live-edge: it carries too much.")
    found = [g.rows[0] for g in build_page(replace(data, findings=(given, other))).findings]
    assert [(r.subject, r.after, r.what) for r in found] == [
        ("team Live edge", "", "is spread over 4 streams."),
        ("team Live edge", ":", "it carries too much."),
    ]
