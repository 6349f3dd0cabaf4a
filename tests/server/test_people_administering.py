"""An administrator's day on the pages: inviting, rights, teams, groups, closing accounts, reading the log."""

from __future__ import annotations

import csv
import html
import io
import json
import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from mainstem.services.people import tokens
from mainstem.store.models import AuditLine, Grant, Group, Invitation, Membership, User
from tests.server.cast import PASSWORD, actor
from tests.server.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_tried_before(db):
    cache.clear()


@pytest.fixture
def ada(as_):
    return as_("ada")


def of(person, *more):
    return f"/settings/people/{person.pk}/" + "/".join(str(m) for m in more)


def words(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text).replace("\u00a0", " "))


def test_inviting_by_page_mails_a_link_that_makes_an_account_and_signs_in(ada, cast):
    given = {"email": "new@example.org", "role": "lead", "team": "playback"}
    assert ada.post("/settings/invitations/", given)["Location"] == "/settings/invitations/"
    page = words(ada.get("/settings/invitations/"))
    assert "new@example.org as team lead of Playback" in page and "1 invitation is open" in page
    link = re.search(r"http://testserver(/invitation/\S+)", mail.outbox[0].body)[1]
    there = Client()
    shown = there.get(link)
    assert "Ada invited new@example.org as team lead of Playback" in words(shown)
    assert shown["Referrer-Policy"] == "no-referrer"
    came = there.post(link, {"name": "Nia", "password": PASSWORD, "again": PASSWORD})
    assert came["Location"] == "/"
    assert "Your account, Nia" in words(there.get("/account/"))
    assert Client().get(link).status_code in (302, 404)


def test_a_link_is_shown_to_who_invites_where_mail_stays_in_a_folder(ada, settings, tmp_path, cast):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    shown = ada.post("/settings/invitations/", {"email": "new@example.org", "role": "viewer"})
    assert "hand the link over yourself" in words(shown)
    assert shown["Cache-Control"] == "no-store"
    link = re.search(r"http://testserver/invitation/[\w-]+/", shown.content.decode())[0]
    (letter,) = (tmp_path / "mail").iterdir()
    assert link in letter.read_text().replace("=\n", "")


def test_a_link_is_shown_to_who_invites_where_the_mail_server_does_not_answer(ada, settings, cast):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    shown = ada.post("/settings/invitations/", {"email": "new@example.org", "role": "viewer"})
    assert "could not be sent" in words(shown) and "/invitation/" in shown.content.decode()


def test_an_invitation_is_sent_again_and_taken_back(ada, cast):
    ada.post("/settings/invitations/", {"email": "new@example.org", "role": "viewer"})
    row = Invitation.objects.get()
    ada.post(f"/settings/invitations/{row.pk}/resend")
    assert len(mail.outbox) == 2
    ada.post(f"/settings/invitations/{row.pk}/withdraw")
    assert "Nobody is invited" in words(ada.get("/settings/invitations/"))
    assert ada.post(f"/settings/invitations/{row.pk}/resend").status_code == 404


def test_what_is_wrong_with_an_invitation_is_said_and_kept_in_the_form(ada, cast):
    answer = ada.post("/settings/invitations/", {"email": "vera@example.org", "role": "viewer"})
    assert answer.status_code == 400 and "has an account already" in words(answer)
    answer = ada.post("/settings/invitations/", {"email": "x@example.org", "role": "owner"})
    assert answer.status_code == 400 and "A stream owner owns a stream" in words(answer)
    assert 'value="x@example.org"' in answer.content.decode()


def test_rights_are_given_and_taken_on_the_page_of_a_person(ada, cast):
    ada.post(of(cast["vera"], "give"), {"right-role": "owner", "right-stream": "sign-up"})
    assert "stream owner of Sign-up in one breath" in words(ada.get(of(cast["vera"])))
    row = Grant.objects.get(user=cast["vera"], role="owner")
    ada.post(of(cast["vera"], "take", row.pk))
    assert not Grant.objects.filter(pk=row.pk).exists()
    wrong = ada.post(of(cast["vera"], "give"), {"right-role": "viewer", "right-team": "growth"})
    assert wrong.status_code == 400 and "not held for one team" in words(wrong)


def test_the_last_administrator_is_told_so_on_the_page(ada, cast):
    own = Grant.objects.get(user=cast["ada"]).pk
    answer = ada.post(of(cast["ada"], "take", own), follow=True)
    assert "Ada is the last administrator. Make somebody else an administrator first." in words(
        answer
    )
    assert Grant.objects.filter(pk=own).exists()


def test_teams_are_joined_and_left_on_the_page_of_a_person(ada, cast):
    ada.post(
        of(cast["vera"], "belong"),
        {"team-team": "growth", "team-part": "50", "team-first_day": "2026-10-01"},
    )
    assert "from 1 October 2026, without end, 50 % of their time" in words(
        ada.get(of(cast["vera"]))
    )
    row = Membership.objects.get(user=cast["vera"])
    ada.post(of(cast["vera"], "part", row.pk))
    assert Membership.objects.get(pk=row.pk).last_day == TODAY
    ada.post(of(cast["vera"], "part", row.pk), {"remove": "1"})
    assert not Membership.objects.filter(pk=row.pk).exists()


def test_a_closed_account_is_signed_out_everywhere_and_can_be_opened_again(ada, cast):
    vera = Client()
    vera.post("/account/login/", {"login": "vera@example.org", "password": PASSWORD})
    assert vera.get("/account/").status_code == 200
    ada.post(of(cast["vera"], "deactivate"))
    assert vera.get("/account/").status_code == 302
    assert "whose account is closed" in words(ada.get(of(cast["vera"])))
    ada.post(of(cast["vera"], "reactivate"))
    assert User.objects.get(pk=cast["vera"].pk).is_active


def test_an_administrator_signs_somebody_out_and_removes_a_lost_second_step(ada, cast):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(cast["vera"], generate_totp_secret())
    vera = Client()
    vera.post("/account/login/", {"login": "vera@example.org", "password": PASSWORD})
    assert vera.get("/account/").status_code == 302
    ada.post(of(cast["vera"], "forget-second-steps"))
    vera.post("/account/login/", {"login": "vera@example.org", "password": PASSWORD})
    assert vera.get("/account/").status_code == 200
    ada.post(of(cast["vera"], "sign-out"))
    assert vera.get("/account/").status_code == 302


def test_name_and_address_are_changed_on_the_page_of_a_person(ada, cast):
    ada.post(
        of(cast["vera"], "change"), {"account-name": "Vera W.", "account-email": "W@example.org"}
    )
    user = User.objects.get(pk=cast["vera"].pk)
    assert (user.name, user.email) == ("Vera W.", "w@example.org")
    wrong = ada.post(
        of(cast["vera"], "change"), {"account-name": "V", "account-email": "carl@example.org"}
    )
    assert wrong.status_code == 400 and "Another account has the address" in words(wrong)


def test_an_administrator_sees_and_takes_back_anybodys_token_but_never_its_text(ada, ground, cast):
    made = tokens.create_token("script", "write", TODAY, ground, actor("vera", cast), at=NOW)
    page = ada.get(of(cast["vera"])).content.decode()
    assert made.token.prefix in page and made.text not in page
    ada.post(of(cast["vera"], "tokens", made.token.id, "revoke"))
    assert tokens.actor_of_token(made.text, NOW) is None


def test_a_token_is_shown_once_and_then_only_its_beginning(as_, cast):
    vera = as_("vera")
    shown = vera.post(
        "/account/tokens/", {"name": "script", "scope": "read", "last_day": "2026-12-01"}
    )
    (text,) = re.findall(r"ms_[\w-]{43}", shown.content.decode())
    assert "no-store" in shown["Cache-Control"]
    again = vera.get("/account/tokens/").content.decode()
    assert text not in again and text[:11] in again
    assert "until 1 December 2026; used never" in words(vera.get("/account/tokens/"))
    (revoke,) = re.findall(r'action="(/account/tokens/\d+/revoke)"', again)
    vera.post(revoke)
    assert "taken back" in words(vera.get("/account/tokens/"))


def test_groups_get_their_meaning_on_a_page(ada, cast):
    ada.post("/settings/groups/", {"name": "eng", "role": "lead", "team": "growth"})
    ada.post("/settings/groups/", {"name": "all", "role": "", "team": "playback"})
    page = words(ada.get("/settings/groups/"))
    assert "eng means team lead of Growth and member of Growth" in page
    assert "all means member of Playback" in page
    assert (
        ada.post("/settings/groups/", {"name": "none", "role": "", "team": ""}).status_code == 400
    )
    ada.post(f"/settings/groups/{Group.objects.get(name='eng').pk}/remove")
    assert Group.objects.count() == 1


def test_the_log_is_read_filtered_and_paged_on_its_page(ada, ground, cast):
    from mainstem.services.people import auditing

    for n in range(120):
        auditing.record(
            actor("vera", cast), "remark.add", f"streams/s{n}", at=NOW, sentence=f"Said {n}."
        )
    seen, at = [], "/audit/?action=remark"
    while at:
        text = ada.get(at).content.decode()
        seen += re.findall(r"Said (\d+)\.", text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        at = html.unescape(following[1]) if following else ""
    assert seen == [str(n) for n in reversed(range(120))]
    assert "No line fits" in words(ada.get("/audit/?person=nobody+at+all"))
    assert ada.get("/audit/?outcome=splendid").status_code == 200
    assert ada.get("/audit/?before=x").status_code == 400


def test_the_log_is_taken_away_as_csv_and_json_and_that_leaves_a_line(ada, ground, cast):
    from mainstem.services.people import auditing

    AuditLine.objects.all().delete()
    auditing.record(
        actor("vera", cast),
        "remark.add",
        "streams/x",
        at=NOW,
        sentence='=HYPERLINK("evil")',
        detail={"n": 1},
    )
    asked = ada.get("/audit/?action=remark&format=csv")
    text = b"".join(asked.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["sentence"] == '\'=HYPERLINK("evil")'
    assert (row["by_name"], json.loads(row["detail"])) == ("Vera", {"n": 1})
    told = json.loads(b"".join(ada.get("/audit/?action=remark&format=json").streaming_content))
    assert [line["subject"] for line in told] == ["streams/x"]
    exports = AuditLine.objects.filter(action="audit.export")
    assert [x.by for x in exports] == [cast["ada"], cast["ada"]]
    assert exports[0].detail == {"action": "remark"}
    assert ada.get("/audit/?format=exe").status_code == 400


def test_a_refused_attempt_is_in_the_log(ada, as_, cast):
    as_("petra").get("/settings/people/")
    line = AuditLine.objects.get(outcome="refused")
    assert (line.by, line.subject) == (cast["petra"], "/settings/people/")
