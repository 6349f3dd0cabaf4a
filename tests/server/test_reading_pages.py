"""The pages that answer questions: their numbers are the scores', and they say so where there are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mainstem.plan.changes import Added, Changed
from mainstem.plan.model import Unit
from mainstem.score.values import By, Question
from mainstem.score.words import amount, percent, score_sentence
from mainstem.services.scores.scoring import flows, value_score
from mainstem.services.server.ground import SMALLEST_GROUP
from mainstem.store.models import CheckIn, Contest
from tests.server.factories import NOW, TODAY, land_some_work
from tests.server.reading_pages import SIGNED, csv_of, plain, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(ground):
    """The small plan, with some work of October."""
    land_some_work(ground)
    return ground


def asked(**more):
    return Question(
        unit=Unit.HOUR, since=TODAY.replace(day=1), until=TODAY.replace(month=12, day=31), **more
    )


def test_pulse_says_the_score_with_its_range_and_why_it_is_one(worked, as_):
    total = value_score(asked(), worked.book()).total
    words = text_of(as_("vera").get("/"))
    head, _, tail = score_sentence(total.score, Unit.HOUR, "2026 Q4").rstrip(".").partition("; ")
    assert " ".join(head.split()) in words and " ".join(tail.split()) in words
    assert plain(amount(total.amounts.units, Unit.HOUR)) in words


def test_streams_have_the_share_and_amount_that_the_scores_have(worked, as_):
    cells = {c.key: c for c in value_score(asked(by=By.STREAM), worked.book()).cells}
    rows = {r["stream"]: r for r in csv_of(as_("vera"), "/", "streams")}
    assert rows.keys() == cells.keys()
    for key, cell in cells.items():
        assert float(rows[key]["share"]) == pytest.approx(float(cell.score.point), abs=1e-9)
        assert plain(percent(cell.score.point)) in text_of(as_("vera").get("/streams/"))


def test_where_too_little_is_known_only_the_range_is_said(worked, as_):
    plan = worked.plans.head().plan
    rules = [Changed("streams/start-fast", ("claims",), plan.streams["start-fast"].claims, ())]
    worked.plans.write(rules, SIGNED)
    from tests.server.factories import land_some_work as again

    again(worked)
    words = text_of(as_("vera").get("/"))
    assert words.split("Between ")[1].startswith("24 and 90")
    assert "too much for one number" in words


def test_a_team_as_scope_narrows_every_number(worked, as_):
    total = value_score(asked(team="growth"), worked.book()).total
    words = text_of(as_("vera").get("/?team=growth"))
    assert "of Growth" in words and plain(percent(total.score.point)) in words
    assert "8 hours" in words and "21 hours" not in words


def test_the_river_carries_every_part(worked, as_):
    wanted = {(f.team, f.target): f.parts / 10**10 for f in flows(asked(), worked.book())}
    rows = csv_of(as_("vera"), "/river", "flows")
    assert {(r["team"], r["target"]): float(r["units"]) for r in rows} == wanted
    page = as_("vera").get("/river").content.decode()
    assert 'href="/streams/start-fast"' in page and 'href="/teams/player-core"' in page
    assert "kind=unknown" in page


def test_a_stream_says_who_spends_effort_on_it_and_because_of_what(worked, as_):
    rows = {r["team"]: r for r in csv_of(as_("vera"), "/streams/start-fast", "effort")}
    assert float(rows["player-core"]["units"]) == 10
    assert rows["player-core"]["planned"] == "0.6" and rows["platform"]["part"] == "supports"
    words = text_of(as_("vera").get("/streams/start-fast"))
    assert "100 % claimed by rule." in words
    claims = {
        r["claim"]: float(r["units"]) for r in csv_of(as_("vera"), "/streams/start-fast", "claims")
    }
    assert claims == {"component Player": 6, "label start-time": 4}


def test_a_stream_shows_its_metric_bets_and_what_cannot_be_said(worked, as_):
    words = text_of(as_("vera").get("/streams/start-fast"))
    assert "Sessions that play within 2 s is at 88.4" in words
    assert "cannot say yet how likely" in words
    assert "Warm start on app open" in words and "1 October to 30 November 2026" in words
    observed = csv_of(as_("vera"), "/streams/start-fast", "metric")
    assert [row["value"] for row in observed] == ["87.1", "88", "88.4"]


def test_key_results_stand_where_the_last_word_puts_them(worked, as_, cast):
    before = csv_of(as_("vera"), "/streams/start-fast", "key-results")[0]
    assert float(before["progress"]) == pytest.approx((88.4 - 86) / 6)
    CheckIn.objects.create(key_result="kr-start", on=TODAY, value=89, by=cast["carl"], at=NOW)
    after = csv_of(as_("vera"), "/teams/player-core", "key-results")[0]
    assert float(after["progress"]) == pytest.approx(0.5)
    assert "50 % of the way" in text_of(as_("vera").get("/objectives/every-ball"))


def test_a_team_says_its_score_its_load_and_its_needs(worked, as_):
    total = value_score(asked(team="player-core"), worked.book()).total
    words = text_of(as_("vera").get("/teams/player-core"))
    assert plain(f"{percent(total.score.point)} of hours of Player core") in words
    assert "60 % of its effort is planned for 1 stream" in words
    assert "tile cache" in words and "Platform" in words
    load = csv_of(as_("vera"), "/teams/player-core", "load")
    assert [(r["stream"], r["planned"], float(r["units"])) for r in load] == [
        ("start-fast", "0.6", 10)
    ]


def test_a_group_of_teams_sums_up_the_teams_in_it(worked, as_):
    words = text_of(as_("vera").get("/teams/playback"))
    assert "Player core" in words and "of hours of Playback" in words
    assert "with 1 team in it" in words


def test_more_planned_than_a_team_has_is_said(worked, as_):
    more = Changed("streams/sign-up", ("teams", "growth", "share"), 0.7, 0.9)
    worked.plans.write([more], SIGNED)
    words = text_of(as_("vera").get("/teams/growth"))
    assert "110 % of its effort is planned" in words
    assert "10 % more than it has" in words


def test_groups_too_small_to_show_are_merged_here_as_everywhere(worked, as_):
    plan = worked.plans.head().plan
    settings = plan.organisation.settings
    worked.plans.write(
        [Changed("organisation", ("settings",), settings, settings.model_copy(update={"k_min": 3}))], SIGNED
    )  # fmt: skip
    land_some_work(worked)
    words = text_of(as_("vera").get("/teams/player-core"))
    assert "Player core has too few people to show" in words and "10 hours" not in words
    river = text_of(as_("vera").get("/river"))
    assert "Player core" not in river.split("The same in numbers")[1]
    assert "Player core counted with a larger group" in text_of(as_("vera").get("/teams/"))
    rows = {r["team"]: r for r in csv_of(as_("vera"), "/streams/start-fast", "effort")}
    assert float(rows["player-core"]["units"]) == 0 and float(rows["(none)"]["units"]) == 10


def without_a_word(ground):
    """The small plan without a word on small groups, on a shelf as a server has it."""
    ground.shelf.smallest = SMALLEST_GROUP
    settings = ground.plans.head().plan.organisation.settings
    unset = settings.model_copy(update={"k_min": None})
    ground.plans.write([Changed("organisation", ("settings",), settings, unset)], SIGNED)


def test_a_server_shows_nothing_of_fewer_than_three_people_unless_the_plan_says_so(worked, as_):
    without_a_word(worked)
    land_some_work(worked)
    assert "Player core has too few people to show" in text_of(
        as_("vera").get("/teams/player-core")
    )
    work = as_("vera").get("/items/?team=player-core")
    assert work.status_code == 200 and "Too few people to show" in text_of(work)
    # three people are behind the work of all teams together
    assert "too few people" not in text_of(as_("vera").get("/"))
    unset = worked.plans.head().plan.organisation.settings
    said = unset.model_copy(update={"k_min": 1})
    worked.plans.write([Changed("organisation", ("settings",), unset, said)], SIGNED)
    assert "10 hours" in text_of(as_("vera").get("/teams/player-core"))


def test_where_too_few_people_work_at_all_the_first_page_says_what_can_be_done(ground, as_):
    without_a_word(ground)
    land_some_work(ground, people=("cid@x",))
    words = text_of(as_("vera").get("/"))
    assert "Too few people to show" in words and "k_min: 1" in words
    assert "Streamly has too few people to show" in words and "6 hours" not in words


def test_work_of_which_nobody_is_known_is_shown_as_it_can_be_about_nobody(ground, as_):
    without_a_word(ground)
    land_some_work(ground, people=())
    assert "too few people" not in text_of(as_("vera").get("/")).lower()


def test_an_initiative_says_what_is_believed_and_that_its_effort_is_unknown(worked, as_):
    words = text_of(as_("vera").get("/initiatives/warm-start"))
    assert "saves half a second" in words and "No movement four weeks after release" in words
    assert "Cannot say yet: its effect should show by 30 November 2026" in words
    assert "is unknown: work is claimed by streams" in words


def test_the_map_shows_streams_on_their_stages_and_stages_without_any(worked, as_):
    words = text_of(as_("vera").get("/map"))
    assert "No stream serves discover" in words
    rows = {r["stage"]: r for r in csv_of(as_("vera"), "/map", "stages")}
    assert rows["watch"]["streams"] == "start-fast" and float(rows["watch"]["units"]) == 10
    assert rows["discover"]["is_empty"] == "true"


def test_what_needs_a_person_is_said_with_one_button_each(worked, as_, cast):
    Contest.objects.create(
        item="PLAY-1", why="Wrong", author=cast["carl"], at=NOW - timedelta(days=9)
    )
    plan = worked.plans.head().plan
    worked.plans.write([Changed("dependencies/tiles", ("needed_by",), plan.dependencies["tiles"].needed_by, TODAY - timedelta(days=2))], SIGNED)  # fmt: skip
    words = text_of(as_("vera").get("/"))
    waits = words.split("Needs a person")[1].split("Streams")[0]
    assert "Player core needs “tile cache” from Platform; the date was" in waits
    assert "One contest of attribution waits for an answer, the oldest for 9 days" in waits
    assert waits.index("tile cache") < waits.index("contest")


def test_no_more_than_five_things_are_shown_and_check_ins_are_one_of_them(worked, as_):
    from mainstem.services.telling.attention import needs_a_person
    from mainstem.web.contexts.asked import read_asked
    from mainstem.web.contexts.waiting import need_rows

    plan = worked.plans.head().plan
    results = [
        Added(f"key_results/k{n}", (), plan.key_results["kr-sign-up"].model_copy(update={"text": f"t{n}"}), 0)
        for n in range(9)
    ]  # fmt: skip
    needs = [
        Added(f"dependencies/d{n}", (), plan.dependencies["tiles"].model_copy(update={"needed_by": TODAY - timedelta(days=n + 1)}), 0)
        for n in range(7)
    ]  # fmt: skip
    worked.plans.write([*results, *needs], SIGNED)
    found = needs_a_person(worked)
    standing = worked.plans.head()
    shown = need_rows(
        found, standing.plan, read_asked({}, standing.plan, today=TODAY, held=(Unit.HOUR,)), TODAY
    )
    assert len(found) > 10 and len(shown) == 5
    assert [s.subject for s in shown] == ["Player core"] * 5
    late = replace(worked, fixed_today=TODAY.replace(day=31))
    rows = need_rows(
        [a for a in needs_a_person(late) if a.kind == "check-in"], standing.plan,
        read_asked({}, standing.plan, today=TODAY, held=(Unit.HOUR,)), TODAY,
    )  # fmt: skip
    assert [plain(r.subject) for r in rows] == ["10 key results"]


def test_streams_of_the_plan_stay_in_sight_where_no_effort_is_recorded(worked, as_):
    vera, days = as_("vera"), "since=2027-02-01&until=2027-02-14"
    for address in ("/", "/streams/"):
        words = text_of(vera.get(f"{address}?{days}"))
        assert "Start to first frame" in words and "No effort is recorded for them" in words
        assert "There are no streams" not in words and "No streams yet" not in words
    assert "all work is on a value stream" not in text_of(vera.get(f"/?{days}"))
    rows = csv_of(vera, f"/?{days}", "streams")
    assert {r["stream"] for r in rows} == set(worked.plans.head().plan.streams)


def test_streams_are_there_before_any_work_was_read(ground, as_):
    words = text_of(as_("vera").get("/streams/"))
    assert "No streams yet" not in words and "Start to first frame" in words


def test_days_stand_in_a_sentence_as_people_say_them(worked, as_):
    vera = as_("vera")
    some = text_of(vera.get("/streams/start-fast?since=2026-10-05&until=2026-10-14"))
    assert "went here from 5 October to 14 October 2026" in some
    one = text_of(vera.get("/streams/start-fast?since=2026-10-05&until=2026-10-05"))
    assert "went here on 5 October 2026" in one
    assert "in 5 October 2026" not in text_of(vera.get("/?since=2026-10-05&until=2026-10-05"))
    assert "in 2026 Q4" in text_of(vera.get("/"))
