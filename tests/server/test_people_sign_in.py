"""Signing in, out and back in: with a password, with codes, with a link from a mail; and what is kept of it."""

from __future__ import annotations

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client, TestCase

from mainstem.services.telling import posting
from mainstem.store.models import AuditLine
from tests.server.cast import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "quite another password"


@pytest.fixture(autouse=True)
def _nobody_tried_before(db):
    cache.clear()


def sign_in(browser, email="vera@example.org", password=PASSWORD, **more):
    return browser.post("/account/login/", {"login": email, "password": password, **more})


def lines(action):
    return list(AuditLine.objects.filter(action=action).order_by("pk"))


def plain(response) -> str:
    """What the page says, without what differs by request."""
    text = response.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"', "", text)
    return text.replace("vera@", "who@").replace("nobody@", "who@")


def test_who_is_not_signed_in_is_sent_to_the_door_and_then_to_where_they_wanted(client, cast):
    sent = client.get("/settings/?x=1")
    assert sent["Location"] == "/account/login/?next=%2Fsettings%2F%3Fx%3D1"
    page = client.get(sent["Location"]).content.decode()
    assert 'name="next" value="/settings/?x=1"' in page
    assert sign_in(client, "ada@example.org", next="/settings/?x=1")["Location"] == "/settings/?x=1"


def test_nobody_learns_whether_an_address_is_there(client, cast):
    for path in ("/plan/", "/nothing-like-it/", "/settings/people/1/"):
        assert client.get(path)["Location"].startswith("/account/login/")


def test_a_part_of_a_page_that_asks_again_after_the_session_ended_leads_the_whole_page_to_the_door(
    client, cast
):
    sent = client.get(
        "/plan/part", headers={"HX-Request": "true", "Referer": "http://testserver/plan/?a=1"}
    )
    assert sent.status_code == 200
    assert sent["HX-Redirect"] == "/account/login/?next=%2Fplan%2F%3Fa%3D1"


def test_after_signing_in_nobody_is_led_elsewhere(cast):
    for address in (
        "https://evil.example/",
        "//evil.example/",
        "http://localhost/",
        "/\\evil.example",
    ):
        gone = sign_in(Client(), next=address)
        assert gone["Location"] == "/"


def test_signing_in_and_out_leaves_lines_with_who_and_from_where(client, cast):
    sign_in(client)
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/").status_code == 302
    (came,), (went,) = lines("sign-in"), lines("sign-out")
    assert (came.by, came.sentence, came.address) == (
        cast["vera"],
        "Vera signed in by password.",
        "127.0.0.1",
    )
    assert (went.by, went.sentence) == (cast["vera"], "Vera signed out.")


def test_the_case_of_an_address_does_not_matter(client, cast):
    assert sign_in(client, "VERA@Example.ORG").status_code == 302


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(cast):
    wrong = sign_in(Client(), password="not the password")
    unknown = sign_in(Client(), "nobody@example.org", "not the password")
    assert wrong.status_code == unknown.status_code == 200
    assert "do not belong together" in plain(wrong)
    assert plain(wrong) == plain(unknown)


def test_a_failed_sign_in_leaves_a_line_that_holds_neither_the_password_nor_a_strangers_address(
    client, cast
):
    sign_in(client, password="not the password")
    sign_in(client, "nobody@example.org", "hunter2hunter2")
    known, unknown = lines("sign-in.failed")
    assert (known.by, known.subject, known.outcome) == (None, f"people/{cast['vera'].pk}", "failed")
    assert unknown.subject == ""
    kept = json.dumps([[x.sentence, x.subject, x.by_name, x.detail] for x in (known, unknown)])
    assert "hunter2" not in kept and "not the password" not in kept and "nobody@" not in kept


def test_five_wrong_passwords_close_the_door_for_that_account_even_to_the_right_one(cast):
    for _ in range(5):
        sign_in(Client(), password="wrong")
    late = sign_in(Client())
    assert "too often" in plain(late)
    assert Client().get("/account/").status_code == 302
    assert sign_in(Client(), "carl@example.org").status_code == 302


def test_many_attempts_from_one_place_are_stopped_whatever_the_account(cast):
    answers = [sign_in(Client(), f"guess{n}@example.org", "wrong") for n in range(12)]
    assert "too often" in plain(answers[-1])


def test_attempts_are_counted_by_the_address_that_the_named_proxy_saw(cast, settings):
    settings.PROXIES = 1
    for n in range(12):
        sign_in(
            Client(headers={"X-Forwarded-For": f"6.6.6.6, 10.0.0.{n}"}),
            f"g{n}@example.org",
            "wrong",
        )
    here = sign_in(Client(headers={"X-Forwarded-For": "6.6.6.6, 10.0.1.1"}))
    assert here.status_code == 302
    assert lines("sign-in")[0].address == "10.0.1.1"


def test_without_named_proxies_nobody_can_say_where_they_come_from(cast):
    for n in range(12):
        sign_in(Client(headers={"X-Forwarded-For": f"10.0.0.{n}"}), f"g{n}@example.org", "wrong")
    assert "too often" in plain(sign_in(Client(headers={"X-Forwarded-For": "10.0.1.1"})))


def test_what_is_no_network_address_is_not_believed(cast, settings):
    settings.PROXIES = 1
    assert sign_in(Client(headers={"X-Forwarded-For": "unknown"})).status_code == 302
    assert lines("sign-in")[0].address == "127.0.0.1"


def test_too_many_requests_have_a_page(client, cast):
    answers = [sign_in(client, "", "") for _ in range(31)]
    assert answers[-1].status_code == 429
    assert "<h1>" in answers[-1].content.decode()


def test_a_forgotten_password_is_chosen_anew_with_a_link_that_works_once(client, cast):
    client.post("/account/password/reset/", {"email": "Vera@example.org"})
    posting.settle()
    (sent,) = mail.outbox
    assert sent.to == ["vera@example.org"]
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", sent.body)[1]
    form = client.get(link)["Location"]
    both = {"password1": NEW, "password2": NEW}
    assert client.post(form, both)["Location"] == "/account/password/reset/key/done/"
    assert "works no more" in Client().get(link).content.decode()
    assert sign_in(Client(), password=PASSWORD).status_code == 200
    assert sign_in(Client(), password=NEW).status_code == 302
    assert lines("password.reset")[0].by == cast["vera"]
    posting.settle()
    assert [m.subject for m in mail.outbox[1:]] == ["Your password was changed"]


def test_asking_for_a_new_password_says_the_same_for_everybody_and_writes_to_no_stranger(cast):
    here, there = Client(), Client()
    known = here.post("/account/password/reset/", {"email": "vera@example.org"})
    unknown = there.post("/account/password/reset/", {"email": "nobody@example.org"})
    posting.settle()
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert plain(here.get(known["Location"])) == plain(there.get(unknown["Location"]))
    assert [m.to for m in mail.outbox] == [["vera@example.org"]]


def test_a_closed_account_gets_no_link_and_cannot_sign_in(client, cast):
    cast["vera"].is_active = False
    cast["vera"].save()
    client.post("/account/password/reset/", {"email": "vera@example.org"})
    posting.settle()
    assert not mail.outbox
    assert sign_in(client)["Location"] == "/account/inactive/"
    assert client.get("/account/").status_code == 302


def test_changing_the_password_ends_sessions_elsewhere_and_keeps_this_one(cast):
    here, there = Client(), Client()
    sign_in(here), sign_in(there)
    given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/account/password/change/", given)["Location"] == "/account/"
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert len(lines("password.change")) == 1


def test_a_weak_password_is_refused_with_what_it_lacks(client, cast):
    sign_in(client)
    given = {"oldpassword": PASSWORD, "password1": "vera", "password2": "vera"}
    assert "too short" in client.post("/account/password/change/", given).content.decode()


def test_sessions_are_listed_and_each_can_be_ended(cast):
    here = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0"})
    there = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    sign_in(here), sign_in(there)
    page = here.get("/account/sessions/").content.decode()
    assert "Chrome on Linux" in page and "Firefox on Windows" in page
    (other,) = re.findall(r'action="(/account/sessions/\d+/end)"', page)
    here.post(other)
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert len(lines("session.end")) == 1


def test_all_other_sessions_end_at_once(cast):
    here, others = Client(), [Client(), Client()]
    for browser in (here, *others):
        sign_in(browser)
    here.post("/account/sessions/end-others")
    assert here.get("/account/").status_code == 200
    assert [b.get("/account/").status_code for b in others] == [302, 302]


def test_nobody_ends_the_session_of_somebody_else(cast):
    vera, carl = Client(), Client()
    sign_in(vera), sign_in(carl, "carl@example.org")
    theirs = cast["carl"].usersession_set.get()
    assert vera.post(f"/account/sessions/{theirs.pk}/end").status_code == 404
    assert carl.get("/account/").status_code == 200


def turn_on_codes(browser) -> str:
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", page)[1]
    # its line and its mail follow the commit, which a test's transaction never sees
    with TestCase.captureOnCommitCallbacks(execute=True):
        done = browser.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    assert done.status_code == 302
    return secret


def code_of(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value

    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_one_time_code_is_asked_for_from_then_on(cast):
    here, there = Client(), Client()
    sign_in(here)
    secret = turn_on_codes(here)
    assert sign_in(there)["Location"] == "/account/2fa/authenticate/"
    assert there.get("/account/").status_code == 302
    assert (
        "not right" in there.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode()
    )
    cache.clear()
    # the same code opens nothing twice, so the one that turned it on is forgotten first
    there.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert there.get("/account/").status_code == 200
    assert lines("sign-in")[-1].sentence == "Vera signed in by password and one-time codes."
    assert "one-time codes" in lines("second-step.add")[0].sentence
    assert "wrong code" in lines("sign-in.failed")[0].sentence


def test_a_recovery_code_opens_the_account_once(cast):
    here, there = Client(), Client()
    sign_in(here)
    turn_on_codes(here)
    here.post("/account/2fa/recovery-codes/generate/")
    code = here.get("/account/2fa/recovery-codes/download/").content.decode().split()[0]
    sign_in(there)
    assert there.post("/account/2fa/authenticate/", {"code": code})["Location"] == "/"
    again = Client()
    sign_in(again)
    assert again.post("/account/2fa/authenticate/", {"code": code}).status_code == 200


def test_who_stands_at_the_second_step_can_turn_back_and_sign_in_as_somebody_else(cast):
    here, there = Client(), Client()
    sign_in(here)
    turn_on_codes(here)
    sign_in(there)
    assert there.get("/account/login/")["Location"] == "/account/2fa/authenticate/"
    assert there.post("/account/logout/")["Location"] == "/account/login/"
    assert sign_in(there, "carl@example.org")["Location"] == "/"


def test_the_key_of_one_time_codes_is_kept_sealed(client, cast):
    sign_in(client)
    secret = turn_on_codes(client)
    kept = json.dumps(Authenticator.objects.get(type="totp").data)
    assert secret not in kept


def test_what_guards_an_account_is_changed_only_after_the_password_was_given_again(client, cast):
    sign_in(client)
    for path in ("/account/2fa/totp/activate/", "/account/2fa/passkeys/add/"):
        assert client.get(path)["Location"].startswith("/account/reauthenticate/?next=")


def test_outsiders_have_an_account_page_and_nothing_else(client, cast):
    sign_in(client, "otto@example.org")
    assert "You have no right yet" in client.get("/account/").content.decode()
    assert client.get("/account/tokens/").status_code == 404
    assert client.get("/settings/").status_code == 404


def test_people_set_their_name_time_zone_theme_and_digest(client, cast):
    sign_in(client)
    given = {"name": "Vera V.", "timezone": "Asia/Tokyo", "theme": "dark", "digest": "weekly"}
    client.post("/account/", given)
    user = type(cast["vera"]).objects.get(email="vera@example.org")
    assert (user.name, user.timezone, user.theme, user.digest) == tuple(given.values())
    assert 'data-theme="dark"' in client.get("/account/").content.decode()
    assert client.post("/account/", {**given, "timezone": "Mars/Base"}).status_code == 400


def test_the_theme_is_switched_from_any_page_and_leads_back_there_only(client, cast):
    sign_in(client)
    assert (
        client.post("/theme", {"theme": "light", "next": "/account/?a=1"})["Location"]
        == "/account/?a=1"
    )
    assert (
        client.post("/theme", {"theme": "auto", "next": "https://evil.example/"})["Location"] == "/"
    )
    assert client.post("/theme", {"theme": "pink"}).status_code == 400


def test_a_form_from_elsewhere_is_refused(cast):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403


def test_the_content_policy_holds_on_sign_in_pages(client, cast):
    response = client.get("/account/login/")
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe-inline'" not in response["Content-Security-Policy"].split("style-src-attr")[0]
