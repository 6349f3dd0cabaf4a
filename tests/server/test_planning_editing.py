"""People change the plan on its pages: every entity, two at once, large changes, removal, undo."""

from __future__ import annotations

import re
from html import unescape

import pytest

from mainstem.plan.model import SECTIONS, Stage
from mainstem.web.forms.plan.texts import texts_of
from tests.server.cast import actor
from tests.server.factories import NOW

pytestmark = pytest.mark.django_db
_INPUT = re.compile(
    r"<(input|select|textarea|button)\b([^>]*)>(.*?)(?=</\1>|<(?:input|select|textarea|button|label|div)\b|\Z)",
    re.S,
)


def form_of(page: str, action: str = "") -> dict[str, list[str]]:
    """What a browser would send from the form on a page, without pressing a named button."""
    forms = re.findall(r'<form method="post"([^>]*)>(.*?)</form>', page, re.S)
    body = next(
        b
        for attributes, b in forms
        if (action in unescape(attributes) and 'name="base"' in b) or "sealed" in b or "seen" in b
    )
    out: dict[str, list[str]] = {}
    for kind, attributes, inner in re.findall(
        r"<(input|select|textarea)\b([^>]*)>(.*?)(?=<input|<select|<textarea|\Z)", body, re.S
    ):
        name = re.search(r'name="([^"]*)"', attributes)
        if not name:
            continue
        value = re.search(r'value="([^"]*)"', attributes)
        key = unescape(name[1])
        if kind == "select":
            options = re.findall(
                r'<option value="([^"]*)"( selected)?>', inner.split("</select>")[0]
            )
            chosen = [v for v, s in options if s] or [options[0][0]]
            out.setdefault(key, []).append(unescape(chosen[0]))
        elif kind == "textarea":
            out.setdefault(key, []).append(
                unescape(inner.split("</textarea>")[0].removeprefix("\n"))
            )
        elif 'type="checkbox"' in attributes or 'type="radio"' in attributes:
            if " checked" in attributes:
                out.setdefault(key, []).append(unescape(value[1]) if value else "on")
        else:
            out.setdefault(key, []).append(unescape(value[1]) if value else "")
    return out


def opened(browser, address: str) -> dict[str, list[str]]:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return form_of(answer.content.decode())


def plan_of(ground):
    return ground.plans.head().plan


def test_every_thing_has_a_page_and_a_form_that_changes_nothing_if_nothing_is_typed(as_, ground):
    petra, before = as_("petra"), ground.plans.head()
    for section in SECTIONS:
        assert petra.get(f"/plan/{section}/").status_code == 200
        for ident in getattr(before.plan, section):
            assert petra.get(f"/plan/{section}/{ident}/").status_code == 200
            sent = opened(petra, f"/plan/{section}/{ident}/edit")
            answer = petra.post(f"/plan/{section}/{ident}/edit", {**sent, "do": "save"})
            assert answer.status_code == 302, answer.content.decode()[:3000]
    for whole in ("organisation", "links", "rest", "expect"):
        sent = opened(petra, f"/plan/{whole}/edit")
        assert petra.post(f"/plan/{whole}/edit", {**sent, "do": "save"}).status_code == 302
    assert ground.plans.head().revision == before.revision


def test_what_is_typed_becomes_one_typed_change_with_its_reason_and_can_be_undone(as_, ground):
    petra = as_("petra")
    sent = opened(petra, "/plan/streams/start-fast/edit")
    answer = petra.post(
        "/plan/streams/start-fast/edit",
        {**sent, "owner": "Olga", "why": "Owen moves on", "do": "save"},
        follow=True,
    )
    assert "Undo" in answer.content.decode()
    number = ground.plans.head().number
    said = petra.get(f"/plan/revisions/{number}/").content.decode()
    assert "Olga" in said and "Owen moves on" in said
    petra.post(f"/plan/revisions/{number}/undo")
    assert plan_of(ground).streams["start-fast"].owner == "Owen"
    assert ground.plans.head().number == number + 1


@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_kind_of_thing_can_be_made(as_, ground, section):
    petra = as_("petra")
    needed = {
        "cycles": {"first_day": "2027-01-01", "last_day": "2027-03-31"},
        "key_results": {"text": "Half the crashes"},
        "dependencies": {"needs": "growth", "gives": "Platform", "what": "a queue"},
    }
    sent = opened(petra, f"/plan/{section}/new")
    answer = petra.post(
        f"/plan/{section}/new",
        {**sent, "name": "Brand new", **needed.get(section, {}), "do": "save"},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert plan_of(ground).__getattribute__(section)["brand-new"].name == "Brand new"


def test_rows_come_and_go_with_buttons_and_nothing_is_saved_by_them(as_, ground):
    petra, before = as_("petra"), ground.plans.head().revision
    sent = opened(petra, "/plan/customers/viewer/edit")
    page = petra.post("/plan/customers/viewer/edit", {**sent, "do": "add:stages"}).content.decode()
    sent = form_of(page)
    assert "stages.4.id" in sent and ground.plans.head().revision == before
    sent |= {"stages.4.id": ["tell"], "stages.4.name": ["Tell others"]}
    sent = form_of(
        petra.post("/plan/customers/viewer/edit", {**sent, "do": "up:stages.4"}).content.decode()
    )
    sent = form_of(
        petra.post(
            "/plan/customers/viewer/edit", {**sent, "do": "remove:stages.0"}
        ).content.decode()
    )
    assert petra.post("/plan/customers/viewer/edit", {**sent, "do": "save"}).status_code == 302
    assert [s.id for s in plan_of(ground).customers["viewer"].stages] == [
        "subscribe",
        "watch",
        "tell",
        "return",
    ]


def test_participations_shares_and_claims_are_rows(as_, ground):
    petra = as_("petra")
    sent = opened(petra, "/plan/streams/sign-up/edit")
    sent |= {"teams.0.share": ["72,5"], "teams.1._key": ["Player core"], "teams.1.part": ["supports"],
             "claims.1.label": ["signup\r\nregister"], "claims.1.not": ["- type: chore"]}  # fmt: skip
    answer = petra.post("/plan/streams/sign-up/edit", {**sent, "do": "save"})
    assert answer.status_code == 302, answer.content.decode()
    stream = plan_of(ground).streams["sign-up"]
    assert stream.teams["growth"].share == 0.725 and stream.teams["player-core"].part == "supports"
    assert stream.claims[1].label == ("signup", "register") and stream.claims[1].not_[0].type == (
        "chore",
    )


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(as_, ground):
    petra, before = as_("petra"), ground.plans.head().revision
    sent = opened(petra, "/plan/key_results/kr-start/edit")
    answer = petra.post(
        "/plan/key_results/kr-start/edit",
        {**sent, "target": "many", "team": "nobody", "text": "Kept words", "do": "save"},
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "no number" in page and "There is no nobody" in page and "Kept words" in page
    assert ground.plans.head().revision == before


def test_what_would_break_the_plan_is_said_in_the_form(as_, ground):
    petra = as_("petra")
    sent = opened(petra, "/plan/cycles/2026-q4/edit")
    answer = petra.post(
        "/plan/cycles/2026-q4/edit", {**sent, "last_day": "2026-01-01", "do": "save"}
    )
    assert answer.status_code == 400
    assert "Not saved yet" in answer.content.decode()


def test_an_identifier_can_be_changed_and_everything_that_names_it_follows(as_, ground, cast):
    from mainstem.services.metrics.checking_in import Said, check_in
    from mainstem.store.models import Watch

    check_in("kr-start", Said(NOW.date(), 88.0), ground, actor("petra", cast), at=NOW)
    Watch.objects.create(user=cast["vera"], subject="teams/player-core", at=NOW)
    petra = as_("petra")
    for subject, new in (
        ("teams/player-core", "player"),
        ("key_results/kr-start", "kr/fast.start"),
    ):
        sent = opened(petra, f"/plan/{subject}/edit")
        assert (
            petra.post(f"/plan/{subject}/edit", {**sent, "_id": new, "do": "save"}).status_code
            == 302
        )
    plan = plan_of(ground)
    assert plan.key_results["kr/fast.start"].team == "player"
    assert "player" in plan.streams["start-fast"].teams
    assert cast["carl"].memberships.get().team == "player"
    assert Watch.objects.get().subject == "teams/player"
    assert [r.value for r in ground.check_ins.readings()["kr/fast.start"]] == [88.0]
    assert petra.get("/plan/key_results/kr/fast.start/").status_code == 200
    assert petra.get("/plan/key_results/kr/fast.start/edit").status_code == 200


# -- two people at once


def test_two_people_change_different_fields_at_once_and_both_stay(as_, ground):
    petra, owen = as_("petra"), as_("owen")
    one = opened(petra, "/plan/streams/start-fast/edit")
    other = opened(owen, "/plan/streams/start-fast/edit")
    assert (
        petra.post(
            "/plan/streams/start-fast/edit", {**one, "name": "First frame", "do": "save"}
        ).status_code
        == 302
    )
    other |= {"claims.2.label": ["startup"]}
    answer = owen.post("/plan/streams/start-fast/edit", {**other, "note": "mine", "do": "save"})
    assert answer.status_code == 302, answer.content.decode()
    stream = plan_of(ground).streams["start-fast"]
    assert (stream.name, stream.note, len(stream.claims)) == ("First frame", "mine", 3)


def test_two_people_change_different_rows_of_one_list_at_once_and_both_stay(as_, ground):
    petra, owen = as_("petra"), as_("owen")
    one = opened(petra, "/plan/streams/start-fast/edit")
    other = opened(owen, "/plan/streams/start-fast/edit")
    taken = form_of(
        petra.post(
            "/plan/streams/start-fast/edit", {**one, "do": "remove:claims.0"}
        ).content.decode()
    )
    assert petra.post("/plan/streams/start-fast/edit", {**taken, "do": "save"}).status_code == 302
    answer = owen.post(
        "/plan/streams/start-fast/edit", {**other, "claims.1.note": "ours", "do": "save"}
    )
    assert answer.status_code == 302, answer.content.decode()
    (claim,) = plan_of(ground).streams["start-fast"].claims
    assert (claim.id, claim.note) == ("c2", "ours")


def test_of_the_same_field_all_three_values_are_shown_and_nothing_typed_is_lost(as_, ground):
    petra, owen = as_("petra"), as_("owen")
    one = opened(petra, "/plan/streams/start-fast/edit")
    other = opened(owen, "/plan/streams/start-fast/edit")
    petra.post("/plan/streams/start-fast/edit", {**one, "name": "Hers", "do": "save"})
    met = owen.post(
        "/plan/streams/start-fast/edit",
        {**other, "name": "His", "note": "a long thought", "do": "save"},
    )
    page = met.content.decode()
    assert met.status_code == 409
    for words in ("Start to first frame", "Hers", "His", "a long thought", "Petra"):
        assert words in page
    assert plan_of(ground).streams["start-fast"].note is None
    chosen = form_of(page) | {"choice:streams/start-fast|name": ["mine"]}
    assert owen.post("/plan/streams/start-fast/edit", {**chosen, "do": "save"}).status_code == 302
    stream = plan_of(ground).streams["start-fast"]
    assert (stream.name, stream.note) == ("His", "a long thought")


def test_a_choice_counts_only_for_what_the_person_saw(as_, ground):
    petra, owen = as_("petra"), as_("owen")
    one = opened(petra, "/plan/streams/start-fast/edit")
    other = opened(owen, "/plan/streams/start-fast/edit")
    petra.post("/plan/streams/start-fast/edit", {**one, "name": "Hers", "do": "save"})
    page = owen.post(
        "/plan/streams/start-fast/edit", {**other, "name": "His", "do": "save"}
    ).content.decode()
    chosen = form_of(page) | {"choice:streams/start-fast|name": ["mine"]}
    again = opened(petra, "/plan/streams/start-fast/edit")
    petra.post("/plan/streams/start-fast/edit", {**again, "name": "Hers again", "do": "save"})
    late = owen.post("/plan/streams/start-fast/edit", {**chosen, "do": "save"})
    assert late.status_code == 409 and "Hers again" in late.content.decode()


def test_what_somebody_removed_while_another_was_typing_can_be_kept_by_choice(as_, ground):
    petra, owen = as_("petra"), as_("petra")
    other = opened(owen, "/plan/initiatives/edge-prefetch/edit")
    petra.post("/plan/initiatives/edge-prefetch/remove", {"do": "remove"})
    assert "edge-prefetch" not in plan_of(ground).initiatives
    met = owen.post(
        "/plan/initiatives/edge-prefetch/edit", {**other, "note": "keep it", "do": "save"}
    )
    assert met.status_code == 409
    chosen = form_of(met.content.decode()) | {"choice:initiatives/edge-prefetch": ["mine"]}
    assert (
        owen.post("/plan/initiatives/edge-prefetch/edit", {**chosen, "do": "save"}).status_code
        == 302
    )
    assert plan_of(ground).initiatives["edge-prefetch"].note == "keep it"


# -- large changes and removal


def test_a_removal_says_what_names_the_thing_and_takes_it_along_after_a_look(as_, ground):
    petra, before = as_("petra"), plan_of(ground)
    page = petra.get("/plan/teams/player-core/remove").content.decode()
    assert "tile cache" in page and "Warm start" in page
    shown = petra.post("/plan/teams/player-core/remove", {"do": "remove", "why": "merged"})
    assert shown.status_code == 200 and plan_of(ground) == before
    petra.post("/plan/confirm", form_of(shown.content.decode()) | {"do": ["save"]})
    plan = plan_of(ground)
    assert "player-core" not in plan.teams and "tiles" not in plan.dependencies
    assert plan.key_results["kr-start"].team is None and plan.initiatives["warm-start"].team is None
    assert "player-core" not in plan.streams["start-fast"].teams
    petra.post(f"/plan/revisions/{ground.plans.head().number}/undo")
    assert plan_of(ground) == before


def test_a_large_change_is_shown_first_and_cannot_be_tampered_with(as_, ground):
    petra, before = as_("petra"), ground.plans.head().revision
    sent = opened(petra, "/plan/customers/viewer/edit")
    sent |= {f"stages.{n}.id": [f"step-{n}"] for n in range(4, 18)}
    shown = petra.post("/plan/customers/viewer/edit", {**sent, "do": "save"})
    assert shown.status_code == 200 and "14 changes" in shown.content.decode()
    assert ground.plans.head().revision == before
    sealed = form_of(shown.content.decode())["sealed"][0]
    assert petra.post("/plan/confirm", {"sealed": sealed[:-2] + "xx"}).status_code == 400
    assert as_("ada").post("/plan/confirm", {"sealed": sealed}).status_code == 400
    assert ground.plans.head().revision == before
    assert petra.post("/plan/confirm", {"sealed": sealed}).status_code == 302
    assert len(plan_of(ground).customers["viewer"].stages) == 18


def test_a_viewer_reads_and_gets_no_form(as_, ground):
    vera = as_("vera")
    assert vera.get("/plan/streams/start-fast/").status_code == 200
    assert vera.get("/plan/streams/start-fast/edit").status_code == 403
    assert "Change</a>" not in vera.get("/plan/streams/start-fast/").content.decode()


def test_a_finding_can_be_lived_with_for_a_reason(as_, ground):
    from mainstem.services.plans.standing_findings import standing_findings

    petra = as_("petra")
    assert "S13" in petra.get("/plan/streams/sign-up/").content.decode()
    assert (
        petra.post(
            "/plan/accept", {"subject": "streams/sign-up", "rule": "S13", "why": ""}
        ).status_code
        == 400
    )
    petra.post(
        "/plan/accept", {"subject": "streams/sign-up", "rule": "S13", "why": "agreed with support"}
    )
    assert plan_of(ground).streams["sign-up"].accepted[0].by == "Petra"
    assert not [f for f in standing_findings(ground).open_of("streams/sign-up") if f.rule == "S13"]
    assert "agreed with support" in petra.get("/plan/streams/sign-up/").content.decode()
    answer = as_("carl").post(
        "/plan/accept", {"subject": "streams/sign-up", "rule": "D-S04", "why": "because"}
    )
    assert answer.status_code == 403


def test_stages_keep_what_the_form_cannot_show_exactly(ground):
    assert texts_of(Stage(id="a", note="x\ny"))["note"] == ["x\ny"]


def test_what_was_typed_stays_where_it_may_not_be_saved_and_can_be_proposed(as_, ground):
    lena = as_("lena")
    sent = opened(lena, "/plan/dependencies/tiles/edit")
    sent = {**sent, "promised": "2026-11-10", "why": "They said so on Monday"}
    refused = lena.post("/plan/dependencies/tiles/edit", sent)
    page = refused.content.decode()
    assert refused.status_code == 403
    assert "You may not make this change" in page
    assert "2026-11-10" in page
    assert "They said so on Monday" in page
    assert ground.plans.head().plan.dependencies["tiles"].promised is None
    proposed = lena.post("/plan/dependencies/tiles/edit", {**sent, "do": "propose"})
    assert proposed.headers["Location"] == "/plan/proposals/1/"


def test_after_making_a_thing_one_stands_before_it(as_):
    petra = as_("petra")
    sent = opened(petra, "/plan/objectives/new")
    made = petra.post("/plan/objectives/new", {**sent, "name": "Nobody waits", "back": "/plan/"})
    assert made.headers["Location"].startswith("/plan/objectives/nobody-waits")


# -- what people write


def test_a_stage_needs_no_identifier_it_is_made_of_the_name(as_, ground):
    petra = as_("petra")
    form = opened(petra, "/plan/customers/new")
    sent = {**form, "name": "Parents", "do": "save",
            "stages.0.name": "Pick a size", "stages.1.name": "Pick a size", "stages.2.name": "Ride",
            "stages.2.id": "ride"}  # fmt: skip
    answer = petra.post("/plan/customers/new", sent)
    assert answer.status_code == 302, answer.content.decode()
    stages = plan_of(ground).customers["parents"].stages
    assert [s.id for s in stages] == ["pick-a-size", "pick-a-size-2", "ride"]


@pytest.mark.parametrize(
    ("written", "said"),
    [("1,240", "1240 or 1.240"), ("nan", "is no number"), ("1.240,5", "is no number")],
)
def test_a_number_that_may_be_read_in_two_ways_is_asked_for_again(as_, ground, written, said):
    petra = as_("petra")
    form = opened(petra, "/plan/metrics/new")
    sent = {**form, "name": "Way", "unit": "km", "baseline": written, "do": "save"}
    answer = petra.post("/plan/metrics/new", sent)
    assert answer.status_code == 400 and said in answer.content.decode()
    assert f'value="{written}"' in answer.content.decode()
    assert petra.post("/plan/metrics/new", {**sent, "baseline": "1240,5"}).status_code == 302
    assert plan_of(ground).metrics["way"].baseline == 1240.5
