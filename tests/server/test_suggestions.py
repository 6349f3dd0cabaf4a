"""Suggestions on a server: Lena accepts them, says what it is instead, and judges the sample."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mainstem.errors import Absent, Conflict, Forbidden, Invalid, MainstemError
from mainstem.plan.model import Plan
from mainstem.services.server.deriving import derive
from mainstem.services.suggestions import apart as suggesting_apart
from mainstem.services.suggestions import audit as suggesting_audit
from mainstem.services.suggestions import job as suggesting_job
from mainstem.services.suggestions import suggesting
from mainstem.services.suggestions.versions import folder_of_server, forget, standing
from mainstem.services.work.sharing import links_of
from mainstem.store.models import AuditLine, SuggestionAudit
from tests.server.cast import actor
from tests.server.factories import NOW, small_plan

pytest.importorskip("sklearn", reason="pip install 'mainstem[suggest]'")
pytestmark = pytest.mark.django_db
SAID = {
    "Player": ["player", "buffer", "manifest", "stall", "frame", "codec", "startup", "rebuffer"],
    "Signup": ["form", "checkout", "invoice", "card", "trial", "email", "captcha", "consent"],
}


def land(ground: Any, count: int = 240) -> None:
    """Known work of two streams, and unknown work in the same words, by Lena's team."""
    import random

    from mainstem.ledger.refresh import refresh
    from mainstem.services.work.attributing import build_inputs
    from tests.world import World, effort, item, member

    standing = ground.plans.head()
    world = World(ground.data, plan=standing.plan, members=[member("cid@x", "player-core")])
    rng, items = random.Random(4), []
    for n in range(count):
        component = "Player" if n % 2 else "Signup"
        title = " ".join(rng.sample(SAID[component], 3))
        day = date(2026, 1, 1) + timedelta(days=n * 240 // count)
        items.append(item(f"K-{n}", title=title, components=[component], created=f"{day} 08:00:00"))
    for n in range(40):
        title = " ".join(rng.sample(SAID["Player" if n % 2 else "Signup"], 3))
        items.append(item(f"U-{n}", title=title, created="2026-10-02 08:00:00"))
    hours = [
        effort(i["key"], 1 + n % 5, day="2026-10-05", person="cid@x") for n, i in enumerate(items)
    ]
    world.land(items, hours)
    with world.ledger.change() as change:
        inputs, _ = build_inputs(change, standing.plan, list(world.members), standing.revision)
        refresh(world.ledger, inputs, change, at=NOW)


@pytest.fixture
def taught(ground: Any, cast: Any) -> Any:
    land(ground)
    assert "suggestions by s-" in suggesting_job.run(ground, {})
    return ground


def test_what_is_learned_apart_is_what_is_learned_here(
    ground: Any, cast: Any, monkeypatch: Any
) -> None:
    land(ground)
    here = suggesting_job.run(ground, {})
    folder = folder_of_server(ground.data)
    rows = standing(folder).rows
    forget(folder)
    monkeypatch.setattr(suggesting_apart, "LARGE", 0)
    assert suggesting_job.run(ground, {}) == here
    assert standing(folder).rows == rows
    # asked again without training: the same version says the same
    assert suggesting_job.run(ground, {}) == here


def test_why_nothing_can_be_learned_comes_back_from_where_it_was_tried(
    ground: Any, cast: Any, monkeypatch: Any
) -> None:
    land(ground, count=4)
    folder = folder_of_server(ground.data)
    suggesting_job.run(ground, {})
    why = standing(folder).why_not
    assert why
    forget(folder)
    monkeypatch.setattr(suggesting_apart, "LARGE", 0)
    suggesting_job.run(ground, {})
    assert standing(folder).why_not == why


def test_learning_that_dies_is_told_with_its_last_words(ground: Any) -> None:
    land(ground)
    plan, folder = ground.plans.head().plan, ground.data / "versions"
    root = ground.shelf.ledger().root
    lesson = suggesting_apart.Lesson(root, plan, "", folder, "no moment", True)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match=r"Learning ended with 1: .*Error"):
        suggesting_apart.learn_apart(lesson)
    with pytest.raises(MainstemError, match="ledger"):
        suggesting_apart.learn_apart(replace(lesson, ledger=ground.data / "nowhere"))


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def weights(ground: Any) -> list[Any]:
    """What everything counts for, as the ledger has it."""
    from mainstem.ledger.store import relation

    desk = ground.book().desk
    with desk.connection() as con:
        return con.execute(
            f"SELECT * FROM {relation(desk.table('attribution'))} ORDER BY ALL"
        ).fetchall()


def test_lena_accepts_two_suggestions_and_takes_one_revision_back(as_: Any, taught: Any) -> None:
    lena = as_("lena")
    page = text(lena.get("/items/suggestions/"))
    assert "40 items that nothing speaks for have a suggestion" in page
    assert "Start to first frame" in page
    assert "words `" in page
    rows = suggesting.suggestions(taught, actor("lena", _cast())).rows
    two = [r for r in rows if r.target == "stream:start-fast"][:2]
    sent = lena.post("/items/suggestions/accept", {"item": [r.key for r in two]}, follow=True)
    assert "Accepted 2 suggestions" in text(sent)
    for row in two:
        (link,) = links_of(row.key, taught.plans.head().plan)
        assert link.stream == "start-fast"
        assert row.version in link.why
        assert "% sure" in link.why
    assert "38 items" in text(lena.get("/items/suggestions/"))
    number = taught.plans.head().number
    lena.post(f"/items/shares/{number}/undo")
    assert "40 items" in text(lena.get("/items/suggestions/"))
    assert AuditLine.objects.filter(action="suggestion.accept").count() == 1


def _cast() -> Any:
    from mainstem.store.models import User

    return {u.name.lower(): u for u in User.objects.all()}


def test_a_suggestion_counts_for_nothing_and_removing_the_models_changes_no_weight(
    taught: Any,
) -> None:
    derive(taught, at=NOW)
    before = weights(taught)
    held = standing(folder_of_server(taught.data))
    assert held.rows
    assert not {r.item for r in held.rows} & {row[0] for row in before}
    forget(folder_of_server(taught.data))
    derive(taught, at=NOW)
    assert weights(taught) == before


def test_the_page_of_an_item_says_what_is_suggested_and_because_of_what(
    as_: Any, taught: Any
) -> None:
    page = text(as_("vera").get("/items/tracker/U-1"))
    assert "Probably Start to first frame" in page
    assert "It does not count." in page
    assert "Probably" not in text(as_("vera").get("/items/tracker/K-1"))


def test_declining_says_what_it_is_instead_and_is_a_label(as_: Any, taught: Any, cast: Any) -> None:
    lena = as_("lena")
    lena.post("/items/suggestions/decline", {"item": "U-1", "target": "kind:support"})
    (link,) = links_of("U-1", taught.plans.head().plan)
    assert (link.kind, "had suggested" in link.why) == ("support", True)
    with pytest.raises(Invalid, match="That is what was suggested"):
        suggesting.decline("U-3", "stream:start-fast", taught, actor("lena", cast), at=NOW)
    with pytest.raises(Absent):
        suggesting.accept(["U-1"], taught, actor("lena", cast), at=NOW)


def test_nobody_accepts_what_is_not_theirs_to_set(taught: Any, cast: Any) -> None:
    owen = actor("owen", cast)
    mine = next(
        r for r in suggesting.suggestions(taught, owen).rows if r.target == "stream:start-fast"
    )
    theirs = next(
        r for r in suggesting.suggestions(taught, owen).rows if r.target == "stream:sign-up"
    )
    suggesting.accept([mine.key], taught, owen, at=NOW)
    with pytest.raises(Forbidden):
        suggesting.accept([theirs.key], taught, owen, at=NOW)
    for name in ("carl", "vera"):
        with pytest.raises(Forbidden):
            suggesting.accept([theirs.key], taught, actor(name, cast), at=NOW)


def test_the_sample_is_judged_without_being_told_what_was_suggested(
    as_: Any, taught: Any, cast: Any
) -> None:
    assert SuggestionAudit.objects.count() == 30
    lena = as_("lena")
    assert "30 suggestions to judge" in text(lena.get("/items/suggestions/audit/"))
    (first, *_) = suggesting_audit.sample(taught, actor("lena", cast))
    assert first.suggested == ""
    sent = lena.post(
        f"/items/suggestions/audit/{first.number}", {"truth": "kind:debt"}, follow=True
    )
    assert "Something else was suggested" in text(sent)
    assert "29 suggestions to judge" in text(sent)
    with pytest.raises(Conflict, match="Lena has judged"):
        suggesting_audit.judge(first.number, "kind:debt", taught, actor("petra", cast), at=NOW)
    assert suggesting_audit.draw(taught, today=taught.today()) == 0


def judge_all(wrong: int = 0, more: int = 60) -> None:
    SuggestionAudit.objects.all().delete()
    for n in range(more):
        truth = "kind:debt" if n < wrong else "stream:start-fast"
        SuggestionAudit.objects.create(
            model="s-1", month="2026-09-01", item=f"tracker/X-{n}", suggested="stream:start-fast",
            probability=0.99, truth=truth, at=NOW,
        )  # fmt: skip


def switch_on(ground: Any) -> None:
    from mainstem.plan.compare import diff
    from mainstem.services.people.access import system
    from mainstem.services.plans.editing import change_plan

    now = ground.plans.head().plan
    org = now.organisation
    on = org.settings.model_copy(update={"accept_suggestions": True})
    wanted = now.model_copy(update={"organisation": org.model_copy(update={"settings": on})})
    change_plan(diff(now, wanted), ground, system(), at=NOW)


def test_nothing_is_accepted_by_itself_unless_switched_on_and_earned(
    ground: Any, cast: Any
) -> None:
    from mainstem.services.people.access import system

    land(ground, 600)
    suggesting_job.run(ground, {})
    judge_all()
    assert suggesting_audit.accept_earned(ground, system(), at=NOW) == 0
    switch_on(ground)
    judge_all(wrong=6)
    assert suggesting_audit.accept_earned(ground, system(), at=NOW) == 0
    judge_all()
    assert suggesting_audit.accept_earned(ground, system(), at=NOW) > 0
    links = ground.plans.head().plan.links
    assert {link.stream for link in links} == {"start-fast"}
    assert all("accepted by itself" in link.why for link in links)


def test_some_of_what_would_be_accepted_by_itself_is_kept_for_a_judge_all_month(
    ground: Any, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mainstem.services.people.access import system

    land(ground, 600)
    suggesting_job.run(ground, {})
    judge_all()
    SuggestionAudit.objects.filter(truth="").delete()
    switch_on(ground)
    monkeypatch.setattr(suggesting_audit, "ONE_OF", 2)
    assert suggesting_audit.accept_earned(ground, system(), at=NOW) > 0
    linked = {link.item for link in ground.plans.head().plan.links}
    kept = list(SuggestionAudit.objects.filter(truth="").order_by("pk"))
    assert kept and not linked & {row.item.partition("/")[2] for row in kept}
    assert suggesting_audit.accept_earned(ground, system(), at=NOW) == 0, "they wait for a judge"
    right, otherwise = kept[0], kept[1]
    suggesting_audit.judge(right.pk, right.suggested, ground, actor("petra", cast), at=NOW)
    assert suggesting_audit.accept_earned(ground, system(), at=NOW) == 1
    suggesting_audit.judge(otherwise.pk, "kind:debt", ground, actor("petra", cast), at=NOW)
    assert suggesting_audit.accept_earned(ground, system(), at=NOW) == 0
    linked = {link.item for link in ground.plans.head().plan.links}
    assert right.item.partition("/")[2] in linked
    assert otherwise.item.partition("/")[2] not in linked


def test_what_was_accepted_by_itself_is_not_learned_from(taught: Any, cast: Any) -> None:
    from mainstem.services.people.access import system
    from mainstem.services.suggestions.ground import labelled

    first = next(x.example for x in labelled(taught.book(), most=1000) if x.example.key == "K-1")
    assert first.team == "player-core"
    suggesting.accept(["U-1"], taught, system(), at=NOW, itself=True)
    suggesting.accept(["U-3"], taught, actor("lena", cast), at=NOW)
    derive(taught, at=NOW)
    known = {x.example.key: x for x in labelled(taught.book(), most=1000)}
    assert "U-1" not in known
    assert known["U-3"].by_person
    # the component that the claim went by is not there
    assert known["K-1"].example.components == ()


def test_the_model_page_says_how_good_it_is_and_is_honest_where_there_is_none(
    as_: Any, taught: Any
) -> None:
    page = text(as_("vera").get("/items/suggestions/model/"))
    assert "nearest neighbour" in page
    assert "0 of 60" in page
    assert "It is switched off" in page
    csv = as_("vera").get("/items/suggestions/model/?format=csv&table=reliability")
    assert csv.status_code == 200
    as_("petra").post("/items/suggestions/model/forget")
    assert "There is no model yet" in text(as_("vera").get("/items/suggestions/model/"))
    assert "No model has been trained yet" in text(as_("vera").get("/items/suggestions/"))


def test_too_little_to_learn_from_is_said_on_the_page(as_: Any, ground: Any, cast: Any) -> None:
    land(ground, 50)
    assert suggesting_job.run(ground, {}) == ""
    assert "50 items of which is known" in text(as_("vera").get("/items/suggestions/"))


def test_the_api_says_the_same(as_: Any, taught: Any) -> None:
    lena = as_("lena")
    found = lena.get("/api/v1/suggestions?target=stream:start-fast").json()
    assert len(found["items"]) == 20
    key = found["items"][0]["key"]
    done = lena.post("/api/v1/suggestions/accept", {"keys": [key]}, content_type="application/json")
    assert done.status_code == 200
    assert done.json()["revisions"] == [taught.plans.head().number]
    models = lena.get("/api/v1/suggestions/models").json()
    assert models["automatic"] is False
    assert models["versions"][0]["measured"]["later"] > 0


def test_the_small_plan_keeps_automatic_acceptance_off() -> None:
    assert small_plan().organisation.settings.accept_suggestions is False
    assert Plan().organisation.settings.accept_suggestions is False
