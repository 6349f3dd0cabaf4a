"""Messages of Jira: signed, young, and only a hint."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mainstem.errors import SourceError
from mainstem.sources.jira.source import JiraSource
from mainstem.sources.remote import Forged, Touched, Watch
from tests.sources.jira.folding import Folded, compared, connection
from tests.sources.jira.test_against_stand_in import ZONE
from tests.standin.jira import JiraStandIn

AT, SECRET = datetime(2026, 6, 1, tzinfo=UTC), "between us"


def sent(body: Any, *, secret: str = SECRET, **headers: str) -> tuple[dict[str, str], bytes]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = "sha256=" + hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()
    return {"x-hub-signature": signature, **headers}, data


def read(body: Any, *, at: datetime = AT, secret: str = SECRET, **headers: str) -> Touched:
    given, data = sent(body, secret=secret, **{k.replace("_", "-"): v for k, v in headers.items()})
    return JiraSource().read_hook(given, data, SECRET, at)


def event(name: str, **more: Any) -> dict[str, Any]:
    return {"webhookEvent": name, "timestamp": AT.timestamp() * 1000, **more}


@pytest.mark.parametrize("name", ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"])
def test_a_message_names_the_issue_that_it_touched(name: str) -> None:
    assert read(event(name, issue={"id": "10001", "key": "ABC-1"})).keys == ("10001",)


@pytest.mark.parametrize("name", ["worklog_created", "worklog_updated", "worklog_deleted"])
def test_a_work_log_names_its_issue(name: str) -> None:
    assert read(event(name, worklog={"id": "5", "issueId": 10001})).keys == ("10001",)


@pytest.mark.parametrize(
    "body",
    [
        event("comment_created", issue={"id": "1"}),
        event("jira:issue_updated"),
        event("sprint_closed"),
        {},
    ],
)
def test_a_message_that_matters_to_nobody_names_nothing(body: dict[str, Any]) -> None:
    assert read(body).keys == ()


def test_the_delivery_is_the_same_when_it_is_sent_again() -> None:
    body = event("jira:issue_updated", issue={"id": "1"})
    named = read(body, x_atlassian_webhook_identifier="abc")
    assert named.delivery == "abc"
    assert read(body).delivery == read(body).delivery != read({**body, "more": 1}).delivery


def test_a_wrong_signature_is_no_message_of_jira() -> None:
    with pytest.raises(Forged):
        read(event("jira:issue_updated"), secret="something else")
    _, data = sent({})
    for signature in ("", "sha256=", "md5=abc", "sha256=" + "0" * 64, "sha256=ü"):
        with pytest.raises(Forged):
            JiraSource().read_hook({"x-hub-signature": signature}, data, SECRET, AT)
    # nothing is signed where no secret is agreed on
    given, data = sent({}, secret="")
    with pytest.raises(Forged):
        JiraSource().read_hook(given, data, "", AT)


def test_an_old_message_is_refused() -> None:
    with pytest.raises(Forged, match="more than a day old"):
        read(event("jira:issue_updated"), at=AT + timedelta(hours=25))
    with pytest.raises(Forged):
        read({**event("jira:issue_updated"), "timestamp": 1e300})


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"[" * 100_000])
def test_a_signed_message_that_is_none_is_explained(body: bytes) -> None:
    with pytest.raises(SourceError, match="no JSON object"):
        read(body)


@pytest.mark.parametrize("cloud", [True, False])
def test_what_a_message_touched_is_read_anew_or_gone(cloud: bool) -> None:
    with JiraStandIn(cloud=cloud, issues=500) as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(jira.url, projects="ABC\nOPS")
        folded = Folded().sync(of, Watch(at := jira.now()))
        items = [i for i in jira.world.items.values() if i.project == "ABC"]
        long = next(i for i in items if len(i.changes) > 10 or len(i.logs) > 20)
        deleted, moved, edited = [i for i in items if i is not long][:3]
        jira.world.delete(deleted)
        moved.project, moved.number = "XYZ", 9_999
        jira.world.changed(moved)
        for item in (edited, long):
            jira.world.log(item, jira.now())
        keys = [str(i.ident) for i in (deleted, moved, edited, long)]
        before = folded.cursor
        for batch in JiraSource().fetch(of, keys, Watch(at, known=folded.known)):
            assert batch.cursor == {}
            folded.land(batch, keeps=False)
        assert folded.cursor == before
        compared(folded, jira.truth(at, ZONE, ("ABC", "OPS")))


def test_a_further_condition_counts_for_what_a_message_touched() -> None:
    with JiraStandIn(issues=130) as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(jira.url, jql='labels = "web"')
        folded = Folded().sync(of, Watch(at := jira.now()))
        web = [i for i in jira.world.items.values() if "web" in i.labels]
        assert set(folded.items) == {i.key for i in web}
        web[0].labels = []
        jira.world.changed(web[0])
        for batch in JiraSource().fetch(of, [web[0].key], Watch(at, known=folded.known)):
            assert batch.gone == {web[0].key: "out of reach"}
