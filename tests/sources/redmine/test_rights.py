"""What `sources test` says, and what a refusal says; against a real Redmine."""

from __future__ import annotations

import pytest

from mainstem.errors import SourceError
from mainstem.sources.remote import Connection, Secret, Watch
from tests.sources.redmine.asking import NOW, SOURCE, connection, edit, log, new_issue, sync
from tests.sources.redmine.real_server import key_of


def said(of: Connection) -> dict[str, tuple[bool, str, str]]:
    return {c.what: (c.ok, c.said, c.hint) for c in SOURCE.test(of, Watch(NOW))}


def test_all_is_well(redmine):
    log(redmine, 1, issue_id=new_issue(redmine, custom_fields=[{"id": 1, "value": "3"}]))
    given = {"projects": "alpha\nbeta", "points": "Story points", "team_field": "Squad"}
    found = said(connection(redmine, **given))
    assert all(ok for ok, _, _ in found.values()), found
    assert set(found) == {
        "credentials", "issues of alpha", "time of alpha", "issues of beta", "time of beta",
        "field Story points", "field Squad", "e-mail addresses",
    }  # fmt: skip


def test_a_wrong_key_is_told_from_keys_that_are_not_taken(redmine):
    of = connection(redmine)
    wrong = Connection(of.name, of.kind, of.options, {"token": Secret("w" * 40)})
    assert not said(wrong)["credentials"][0]
    with pytest.raises(SourceError, match="does not take the API access key") as error:
        list(SOURCE.pull(wrong, {}, Watch(NOW)))
    assert error.value.permanent and "w" * 40 not in str(error.value) + error.value.hint
    redmine.setting("rest_api_enabled", "0")
    ok, _, hint = said(of)["REST API"]
    assert not ok and "enables the REST web service" in hint


def test_an_address_that_is_no_redmine_is_told(redmine):
    ok, words, _ = said(connection(redmine, url=f"{redmine.url}/elsewhere"))["address"]
    assert not ok and "no Redmine" in words


def test_projects_that_are_not_there_or_not_to_be_seen_are_told_apart(redmine):
    found = said(connection(redmine, projects="nope\nsecret\nplain"))
    assert "There is no project nope" in found["issues of nope"][1]
    assert "may not see secret" in found["issues of secret"][1]
    assert found["issues of plain"][0] and not found["time of plain"][0]
    with pytest.raises(SourceError) as error:
        sync(connection(redmine, projects="nope"))
    assert error.value.code == "source.absent"


def test_roles_that_hide_things_are_named(redmine):
    found = said(connection(redmine, "alone"))
    assert not found["time in the role Own time"][0]
    assert "private" in found["issues in the role Own time"][1]
    found = said(connection(redmine, "stranger"))
    assert not found["issues in the role No time"][0] and not found["time"][0]


def test_fields_and_statuses_that_are_not_there_are_named_with_those_that_are(redmine):
    new_issue(redmine)
    found = said(connection(redmine, fields="Colour", in_progress="Doing", points="Squad"))
    assert "squad" in found["field Colour"][2] and not found["field Colour"][0]
    assert "In Progress" in found["option in_progress"][2]
    asked = said(connection(redmine, "boss", points="Squad"))
    assert not asked["field Squad"][0] and "list" in asked["field Squad"][1]


def test_addresses_that_are_hidden_are_only_a_pity(redmine):
    new_issue(redmine, assigned_to_id=8)
    checked = {c.what: c for c in SOURCE.test(connection(redmine), Watch(NOW))}
    assert not checked["e-mail addresses"].ok and checked["e-mail addresses"].optional


def test_groups_need_an_administrator(redmine):
    assert not said(connection(redmine, groups="yes"))["groups"][0]
    assert said(connection(redmine, "boss", groups="yes"))["groups"][0]


def test_its_own_count_agrees_with_what_was_read(redmine):
    for n in range(3):
        nr = new_issue(redmine, tracker_id=1 + n % 2)
        redmine.sql(
            "UPDATE issues SET created_on = ? WHERE id = ?", f"2026-0{8 + n % 2}-30 23:59:59", nr
        )
    edit(redmine, nr, status_id=5)
    fold, _ = sync(connection(redmine))
    ours: dict[tuple[str, str], int] = {}
    for item in fold.items.values():
        at = (item["type"], item["created"][:7])
        ours[at] = ours.get(at, 0) + 1
    watch = Watch(NOW)
    counted = SOURCE.count(connection(redmine), watch)
    assert {(c.type, c.month): c.count for c in counted.counts} == ours
    assert watch.meter.requests <= 121


def test_no_key_stands_in_what_is_said(redmine):
    of = connection(redmine, projects="nope")
    assert key_of("reader") not in repr(of) + str(said(of))
