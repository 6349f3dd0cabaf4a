"""A tracker says what was touched; whether it qualifies stands there soon, once, edited in place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstem.challenge.decisions import Step, Work
from mainstem.clock import now
from mainstem.services.decisions import answering
from mainstem.services.server import queueing
from mainstem.services.sources import connected as connected_sources
from mainstem.services.sources import inbound
from mainstem.services.sources.connected import Wanted
from mainstem.services.sources.schedule import answer_key
from mainstem.store.models import AuditLine, Job, PostedAnswer, SourceConnection
from tests.server.cast import actor
from tests.server.deliveries import send
from tests.server.test_connected_sources import due, loop
from tests.standin.github import GitHubStandIn, Thing
from tests.standin.gitlab import TOKEN, GitLabStandIn
from tests.standin.jira import JiraStandIn

pytestmark = pytest.mark.django_db
LONG_AGO = "2020-01-01"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    inbound.RATE.clear()
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)


@pytest.fixture
def hub():
    """A GitHub in which a token of its own writes answers."""
    with GitHubStandIn(issues=12) as made:
        made.tokens.add("for-answers")
        made.logins["for-answers"] = "writer"
        yield made


@pytest.fixture
def answers(ground, cast, hub):
    """The GitHub, connected and told to comment; what runs its jobs."""
    return connect(ground, cast, hub, answers="comment", answers_since=LONG_AGO)


def connect(ground, cast, hub, **options):
    wanted = Wanted(
        {"url": hub.url, "repositories": "acme/shop", **options},
        {"token": hub.token, "answer_token": "for-answers"}, "1 h",
    )  # fmt: skip
    connected_sources.connect_source("hub", "github", wanted, ground, actor("ada", cast), at=now())
    return loop(ground)


def issue(hub, *labels: str, is_pull: bool = False) -> Thing:
    """An open one that a person made, with these labels."""
    found = next(
        t for t in hub.things.values()
        if t.is_pull == is_pull and t.closed is None and t.author not in hub.bots
    )  # fmt: skip
    found.labels = list(labels)
    return found


def run(jobs, name="hub") -> str:
    """The job that answers; what it said."""
    due(answer_key(name))
    jobs.run_due("answering")
    row = Job.objects.get(key=answer_key(name))
    return row.reason or row.said


def tell(jobs, hub, thing: Thing, **more) -> None:
    event = "pull_request" if thing.is_pull else "issues"
    assert send(hub.key(thing), event=event, **more) == 200
    run(jobs)


def test_an_issue_that_a_claim_catches_is_told_so_and_again_only_when_that_changes(hub, answers):
    thing = issue(hub, "start-time")
    tell(answers, hub, thing)
    (comment,) = hub.written.at(hub.key(thing))
    assert "qualifies for Start to first frame" in comment.body and comment.author == "writer"
    assert "start\\-time" in comment.body or "start-time" in comment.body
    tell(answers, hub, thing, delivery="d-2")
    assert comment.edits == 0 and hub.written.writes == 1
    thing.labels = ["return"]
    tell(answers, hub, thing, delivery="d-3")
    assert "The next match finds you" in comment.body and comment.edits == 1
    assert len(hub.written.comments) == 1
    row = PostedAnswer.objects.get()
    assert (row.fault, row.wanted_at, row.said) == (
        "", None, "This work qualifies for The next match finds you."
    )  # fmt: skip
    assert AuditLine.objects.filter(action="source.answer").count() == 2


def test_work_that_nothing_catches_is_asked_the_question_that_decides(hub, answers):
    thing = issue(hub)
    thing.title = "Tidy the cellar"
    tell(answers, hub, thing)
    (comment,) = hub.written.at(hub.key(thing))
    assert "One question decides" in comment.body and "?" in comment.body
    assert "Tidy" not in comment.body


def test_what_somebody_decided_is_said_and_their_reason_is_not(ground, cast, hub, answers):
    from mainstem.services.decisions.deciding import ask, decide
    from mainstem.services.decisions.desks import server_desk

    thing = issue(hub, "start-time")
    desk, petra = server_desk(ground), actor("petra", cast)
    work = Work("It", key=hub.key(thing), source="hub")
    chain = ask(work, desk, petra, at=ground.now())
    decide(chain.number, Step.REFUSE, "Carl has asked for this too often", desk, petra,
           at=ground.now(), after=len(chain.decisions), stream="start-fast")  # fmt: skip
    tell(answers, hub, thing)
    (comment,) = hub.written.at(hub.key(thing))
    assert "does not qualify for Start to first frame, as was decided" in comment.body
    assert "Carl" not in comment.body and "Petra" not in comment.body


def test_the_same_message_twice_and_messages_in_any_order_give_one_answer(hub, answers):
    thing = issue(hub, "start-time")
    thing.labels = ["return"]
    for delivery in ("d-2", "d-1", "d-2", "d-1"):
        assert send(hub.key(thing), delivery=delivery) == 200
    run(answers)
    run(answers)
    (comment,) = hub.written.at(hub.key(thing))
    assert comment.edits == 0 and "The next match finds you" in comment.body


def test_a_forged_message_has_nothing_answered(hub, answers):
    assert send(hub.key(issue(hub, "start-time")), secret="another one") == 401
    run(answers)
    assert not hub.written.comments and not PostedAnswer.objects.exists()


@pytest.mark.parametrize("why", ["label", "bot", "old", "closed", "elsewhere", "off"])
def test_it_is_silent_where_it_is_asked_to_be(ground, cast, hub, why):
    more = {"old": {"answers_since": ""}, "elsewhere": {"answers_only": "acme/other, Ask Me"},
            "off": {"answers": "off"}}.get(why, {})  # fmt: skip
    jobs = connect(ground, cast, hub, **{"answers": "comment", "answers_since": LONG_AGO, **more})
    thing = issue(hub, "start-time", *(["No-Mainstem"] if why == "label" else []))
    if why == "bot":
        thing.author = "dependabot"
    if why == "closed":
        thing.closed = now()
    assert send(hub.key(thing)) == 200
    if why != "off":
        run(jobs)
    assert hub.written.writes == 0 and not PostedAnswer.objects.exists()


def test_words_say_which_labels_and_projects_are_answered(ground, cast, hub):
    jobs = connect(
        ground, cast, hub, answers="comment", answers_since=LONG_AGO, answers_only="Start-Time"
    )
    tell(jobs, hub, issue(hub, "start-time"))
    assert len(hub.written.comments) == 1


def test_an_item_that_was_made_after_connecting_is_answered_without_more_being_said(
    ground, cast, hub
):
    jobs = connect(ground, cast, hub, answers="comment")
    thing = issue(hub, "start-time")
    thing.created = now() + timedelta(seconds=1)
    tell(jobs, hub, thing)
    assert len(hub.written.comments) == 1


def test_a_comment_that_a_person_deleted_comes_back_only_with_another_answer(hub, answers):
    thing = issue(hub, "start-time")
    tell(answers, hub, thing)
    hub.written.comments.clear()
    tell(answers, hub, thing, delivery="d-2")
    assert not hub.written.comments
    thing.labels = ["return"]
    tell(answers, hub, thing, delivery="d-3")
    (comment,) = hub.written.at(hub.key(thing))
    assert "The next match finds you" in comment.body


def test_an_answer_that_was_written_and_not_noted_is_found_again(hub, answers):
    """GitHub wrote it and the answer was lost; or the process died in between."""
    thing = issue(hub, "start-time")
    hub.written.loses = 1
    send(hub.key(thing))
    assert "502" in run(answers)
    assert len(hub.written.comments) == 1 and PostedAnswer.objects.get().posted == ""
    hub.written.put(hub.key(thing), next(iter(hub.written.comments.values())).body, "dev-1")
    assert run(answers) == "hub told of 1: 1 answers written."
    # somebody who quotes it word for word, mark and all, is left alone
    ours, theirs = hub.written.at(hub.key(thing))
    assert (ours.edits, theirs.edits) == (1, 0)
    assert PostedAnswer.objects.get().posted == str(ours.ident)


def test_our_own_comment_is_found_behind_many_others(hub, answers):
    thing = issue(hub, "start-time")
    for n in range(130):
        hub.written.put(hub.key(thing), f"word {n}", "dev-1")
    tell(answers, hub, thing)
    PostedAnswer.objects.update(posted="", digest="")
    tell(answers, hub, thing, delivery="d-2")
    assert len([c for c in hub.written.comments.values() if c.author == "writer"]) == 1


def test_a_tracker_that_is_not_well_is_answered_later(hub, answers):
    thing = issue(hub, "start-time")
    hub.written.refuses = 503
    send(hub.key(thing))
    assert "503" in run(answers)
    assert "503" in PostedAnswer.objects.get().fault
    hub.written.refuses = 0
    run(answers)
    assert len(hub.written.comments) == 1
    assert PostedAnswer.objects.get().fault == ""


def test_what_fails_for_a_day_is_given_up_until_it_is_touched_again(hub, answers):
    thing = issue(hub, "start-time")
    hub.written.refuses = 503
    send(hub.key(thing))
    PostedAnswer.objects.update(wanted_at=now() - timedelta(days=2))
    run(answers)
    assert PostedAnswer.objects.get().wanted_at is None
    hub.written.refuses = 0
    tell(answers, hub, thing, delivery="d-2")
    assert len(hub.written.comments) == 1


@pytest.mark.parametrize("status", [403, 404, 422])
def test_what_the_tracker_refuses_is_noted_and_holds_up_nothing_else(hub, answers, status):
    refused, other = [t for t in hub.things.values() if not t.is_pull and t.closed is None][:2]
    for thing in (refused, other):
        thing.labels, thing.author = ["start-time"], "dev-1"
    hub.written.quiet.add(hub.key(refused))
    if status != 403:
        hub.written.refuses = status
    send(hub.key(refused), delivery="d-1")
    send(hub.key(other), delivery="d-2")
    run(answers)
    assert PostedAnswer.objects.filter(wanted_at=None).count() == 2
    fault = PostedAnswer.objects.get(place=hub.key(refused)).fault
    assert fault and "for-answers" not in fault
    assert len(hub.written.comments) == (1 if status == 403 else 0)


def test_an_issue_that_is_gone_or_hidden_is_passed_over(hub, answers):
    thing = issue(hub, "start-time")
    key = hub.key(thing)
    hub.delete(thing)
    assert send(key) == 200
    run(answers)
    assert not PostedAnswer.objects.exists()


def test_what_is_touched_while_it_is_answered_is_answered_again(hub, answers, monkeypatch):
    thing = issue(hub, "start-time")
    send(hub.key(thing))
    real = answering._Run._note

    def touched_meanwhile(self, *given):
        if thing.labels == ["start-time"]:
            thing.labels = ["return"]
            send(hub.key(thing), delivery="d-2")
        real(self, *given)

    monkeypatch.setattr(answering._Run, "_note", touched_meanwhile)
    run(answers)
    assert PostedAnswer.objects.get().wanted_at is not None
    run(answers)
    (comment,) = hub.written.at(hub.key(thing))
    assert "The next match finds you" in comment.body


def test_a_pull_request_gets_a_status_of_its_newest_commit_and_issues_nothing(ground, cast, hub):
    jobs = connect(ground, cast, hub, answers="check", answers_since=LONG_AGO)
    pull, other = issue(hub, "start-time", is_pull=True), issue(hub, "start-time")
    tell(jobs, hub, pull)
    tell(jobs, hub, other, delivery="d-2")
    ((commit, said),) = hub.written.statuses
    assert commit == f"{pull.no:040x}" and said["state"] == "success"
    assert said["context"] == "mainstem" and len(said["description"]) <= 140
    assert not hub.written.comments
    pull.no += 5_000  # another commit is pushed
    tell(jobs, hub, pull, delivery="d-3")
    assert len(hub.written.statuses) == 2


def make_key(hub) -> str:
    """The key of an app, which the GitHub knows."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    hub.public_key = key.public_key()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_an_app_writes_a_check_run_and_changes_it_in_place(ground, cast, hub):
    pem = make_key(hub)
    wanted = Wanted(
        {"url": hub.url, "repositories": "acme/shop", "app_id": "77", "installation_id": "5",
         "answers": "check", "answers_since": LONG_AGO},
        {"private_key": pem}, "1 h",
    )  # fmt: skip
    connected_sources.connect_source("hub", "github", wanted, ground, actor("ada", cast), at=now())
    jobs = loop(ground)
    pull = issue(hub, "start-time", is_pull=True)
    hub.written.loses = 1
    send(hub.key(pull), event="pull_request")
    run(jobs)
    run(jobs)
    (check,) = hub.written.checks.values()
    assert check["conclusion"] == "success" and check["head_sha"] == f"{pull.no:040x}"
    pull.labels = []
    tell(jobs, hub, pull, delivery="d-2")
    (check,) = hub.written.checks.values()
    assert check["conclusion"] == "neutral"


def test_switching_answers_reads_nothing_again_and_ends_what_waits(ground, cast, hub, answers):
    by = actor("ada", cast)
    SourceConnection.objects.update(is_anew=False)
    kept = SourceConnection.objects.get().options
    connected_sources.change_source("hub", Wanted({**kept, "answers": "off"}), ground, by, at=now())
    row = SourceConnection.objects.get()
    assert not row.is_anew and not Job.objects.filter(key=answer_key("hub")).exists()
    assert send("acme/shop#1") == 200 and not PostedAnswer.objects.exists()
    connected_sources.change_source(
        "hub", Wanted({**kept, "answers": "comment"}), ground, by, at=now()
    )
    assert Job.objects.get(key=answer_key("hub")).state == queueing.WAITING


def test_the_page_of_a_source_shows_what_was_answered_to_administrators_alone(hub, answers, as_):
    page = as_("ada").get("/sources/connected/hub/").content.decode()
    assert "Nothing was asked yet" in page
    thing, refused = issue(hub, "start-time"), issue(hub, "return", is_pull=True)
    hub.written.quiet.add(hub.key(refused))
    tell(answers, hub, thing)
    tell(answers, hub, refused, delivery="d-2")
    page = as_("ada").get("/sources/connected/hub/").content.decode().replace("\u00a0", " ")
    assert f'href="https://github.com/acme/shop/issues/{thing.number}"' in page
    assert "This work qualifies for Start to first frame." in page
    assert "1 answer could not be written" in page and "docs/answers-in-trackers.md" in page
    assert "This work qualifies" not in as_("vera").get("/sources/connected/hub/").content.decode()
    told = as_("ada").get("/api/v1/connections/hub/answers").json()["items"]
    assert [(t["place"], bool(t["said"]), bool(t["fault"])) for t in told] == [
        (hub.key(refused), False, True), (hub.key(thing), True, False),
    ]  # fmt: skip


def test_the_form_of_a_source_offers_answers_and_keeps_their_token_to_itself(hub, answers, as_):
    page = as_("ada").get("/sources/connected/hub/change").content.decode()
    assert 'name="o-answers"' in page and 'name="o-answer_token"' in page
    assert "for-answers" not in page


@pytest.fixture
def lab():
    with GitLabStandIn(issues=20, merge_requests=8) as made:
        made.scopes = ["api"]
        yield made


def connect_lab(ground, cast, lab, answers="comment"):
    wanted = Wanted(
        {"url": lab.url, "projects": "shop/*", "answers": answers, "answers_since": LONG_AGO},
        {"token": TOKEN}, "1 h",
    )  # fmt: skip
    connected_sources.connect_source("lab", "gitlab", wanted, ground, actor("ada", cast), at=now())
    return loop(ground)


def lab_thing(lab, kind, *labels):
    found = next(t for t in lab.things[kind].values() if t.state == "opened" and t.moved_to is None)
    found.labels = list(labels)
    return found


def test_gitlab_gets_one_note_and_its_own_note_begins_no_circle(ground, cast, lab):
    jobs = connect_lab(ground, cast, lab)
    thing = lab_thing(lab, "issues", "start-time")
    send(lab.key(thing))
    run(jobs, "lab")
    for n in range(3):
        send(lab.key(thing), event="note", delivery=f"n-{n}")
        run(jobs, "lab")
    (note,) = lab.written.comments.values()
    assert "Start to first frame" in note.body and note.edits == 0 and lab.written.writes == 1
    thing.labels = ["return"]
    PostedAnswer.objects.update(posted="")
    send(lab.key(thing), delivery="d-9")
    run(jobs, "lab")
    assert note.edits == 1 and len(lab.written.comments) == 1


def test_gitlab_gets_a_status_on_a_merge_request_and_takes_the_same_state_twice(ground, cast, lab):
    jobs = connect_lab(ground, cast, lab, "check")
    thing = lab_thing(lab, "merge_requests", "start-time")
    send(lab.key(thing))
    run(jobs, "lab")
    thing.labels = ["return"]
    send(lab.key(thing), delivery="d-2")
    run(jobs, "lab")
    assert [said["state"] for _, said in lab.written.statuses] == ["success"]
    assert PostedAnswer.objects.get().fault == ""


def test_a_gitlab_token_that_may_only_read_says_what_it_lacks(ground, cast, lab):
    lab.scopes = ["read_api"]
    jobs = connect_lab(ground, cast, lab)
    thing = lab_thing(lab, "issues", "start-time")
    send(lab.key(thing))
    run(jobs, "lab")
    assert "scope `api`" in PostedAnswer.objects.get().fault


@pytest.mark.parametrize("cloud", [True, False])
def test_jira_gets_one_comment_that_no_customer_sees(ground, cast, cloud):
    with JiraStandIn(cloud=cloud, issues=20) as jira:
        wanted = Wanted(
            {"url": jira.url, "user": "a@example.org", "answers": "comment", "answers_since": LONG_AGO},
            {"token": "x"}, "1 h",
        )  # fmt: skip
        connected_sources.connect_source(
            "jira", "jira", wanted, ground, actor("ada", cast), at=now()
        )
        jobs = loop(ground)
        item = next(i for i in jira.world.items.values() if not i.resolved and i.state == "1")
        item.labels = ["start-time"]
        jira.written.loses = 1
        send(str(item.ident))
        run(jobs, "jira")
        run(jobs, "jira")
        (comment,) = jira.written.comments.values()
        assert comment.properties["sd.public.comment"] == {"internal": True}
        assert "Start to first frame" in str(comment.body) and comment.edits == 1
        item.labels = ["return"]
        send(str(item.ident), delivery="d-2")
        run(jobs, "jira")
        assert "The next match finds you" in str(comment.body) and comment.edits == 2
        assert len(jira.written.comments) == 1
