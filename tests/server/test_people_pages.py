"""Every page of accounts and administering prints, says its first line, and closed doors are closed."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.urls import reverse

from tests.server.cast import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_tried_before(db):
    cache.clear()


@pytest.fixture
def ada(as_):
    """Ada, who gave her password a moment ago."""
    browser = as_("ada")
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    return browser


def heading(response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", response.content.decode(), re.S)
    assert found, response.content.decode()[:2000]
    return re.sub(r"<[^>]+>", "", found[1]).replace("\u00a0", " ").strip()


NOBODY = [
    ("/account/login/", "Sign in to Mainstem"),
    ("/account/password/reset/", "Forgot your password?"),
    ("/account/password/reset/done/", "Look at your mail"),
    ("/account/password/reset/key/done/", "Your password is changed"),
    ("/account/password/reset/key/1-nothing/", "This link works no more"),
    ("/account/inactive/", "This account is closed"),
    ("/account/3rdparty/login/cancelled/", "You are not signed in"),
]
SOMEBODY = [
    ("/account/", "Your account, Ada"),
    ("/account/logout/", "Sign out of Mainstem?"),
    ("/account/reauthenticate/", "Is it you?"),
    ("/account/password/change/", "A new password"),
    ("/account/tokens/", "No program works in your name"),
    ("/account/sessions/", "Your sessions"),
    ("/account/2fa/", "Your account asks for nothing but a password"),
    ("/account/2fa/totp/activate/", "One-time codes"),
    ("/account/2fa/passkeys/", "You have no passkey yet"),
    ("/account/2fa/passkeys/add/", "Add a passkey"),
    ("/settings/", "How Mainstem is set for Streamly"),
    ("/settings/people/", "7 people have an account"),
    ("/settings/invitations/", "Nobody is invited"),
    ("/settings/groups/", "No group means anything yet"),
    ("/audit/", "Who did what"),
]


@pytest.mark.parametrize(("path", "says"), NOBODY)
def test_a_page_before_signing_in_says_its_first_line(path, says, client, cast):
    response = client.get(path)
    assert response.status_code in (200, 401)
    assert heading(response) == says
    assert "<script>" not in response.content.decode()


@pytest.mark.parametrize(("path", "says"), SOMEBODY)
def test_a_page_of_an_account_says_its_first_line(path, says, ada):
    response = ada.get(path)
    assert response.status_code == 200, response.headers
    assert heading(response) == says


def test_pages_about_a_second_step_print_once_there_is_one(ada, cast):
    secret = generate_totp_secret()
    TOTP.activate(cast["ada"], secret)
    for path, says in (
        ("/account/2fa/", "Your account asks for a second step"),
        ("/account/2fa/totp/deactivate/", "Turn one-time codes off?"),
        ("/account/2fa/recovery-codes/generate/", "New recovery codes?"),
        ("/account/2fa/reauthenticate/", "Is it you?"),
    ):
        assert heading(ada.get(path)) == says
    ada.post("/account/2fa/recovery-codes/generate/")
    page = ada.get("/account/2fa/recovery-codes/")
    assert heading(page) == "Keep these recovery codes"
    codes = re.findall(r"^\d{8}$", re.sub(r"<[^>]+>", "\n", page.content.decode()), re.M)
    assert len(codes) == 10
    assert ada.get("/account/2fa/recovery-codes/download/").content.decode().split() == codes


def test_a_failed_sign_in_by_others_has_a_page(client, cast):
    assert heading(client.get("/account/3rdparty/login/error/")) == "Signing in did not work"


@pytest.mark.parametrize(
    "path",
    ["/account/signup/", "/account/email/", "/account/confirm-email/", "/account/3rdparty/",
     "/account/3rdparty/signup/", "/account/saml/sso/sls/", "/account/2fa/trust/",
     "/account/login/code/", "/account/phone/change/", "/account/oidc/sso/login/",
     "/account/saml/sso/login/", "/account/saml/sso/metadata/", "/account/social/signup/"],
)  # fmt: skip
def test_what_allauth_could_do_and_we_do_not_is_closed(path, ada):
    assert ada.get(path).status_code == 404
    assert ada.post(path, {"email": "x@example.org", "password1": PASSWORD}).status_code == 404


def test_nobody_signs_up(client, cast):
    from mainstem.store.models import User

    given = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/account/signup/", given)
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_person_has_a_page_with_rights_teams_and_account(ada, cast):
    page = ada.get(reverse("person", args=[cast["lena"].pk]))
    text = page.content.decode()
    assert heading(page) == "Lena"
    assert "team lead of Playback" in text
    assert "Belongs to no team" not in text


def test_people_are_listed_with_the_same_number_of_queries_for_twice_the_people(
    ada, cast, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from mainstem.store.models import Grant, Membership, User
    from tests.server.factories import NOW

    def more(start):
        for n in range(start, start + 15):
            user = User.objects.create_user(f"p{n:02}@example.org", name=f"Person {n}")
            Grant.objects.create(user=user, role="viewer", at=NOW, given_by=cast["ada"])
            Membership.objects.create(user=user, team="growth")

    counts = []
    for start in (0, 15):
        more(start)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert ada.get("/settings/people/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_long_list_of_people_is_paged_without_losing_anybody(ada, cast):
    from mainstem.store.models import User

    for n in range(120):
        User.objects.create_user(f"p{n:03}@example.org", name=f"Person {n}")
    seen: list[str] = []
    at = "/settings/people/"
    while at:
        text = ada.get(at).content.decode()
        seen += re.findall(r"[a-z0-9]+@example\.org", text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        at = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == User.objects.count()


def test_settings_show_every_setting_and_no_secret(ada, monkeypatch):
    monkeypatch.setenv("MAINSTEM_OIDC_SECRET", "very-secret-indeed")
    monkeypatch.setenv("MAINSTEM_GROUPS", "roles")
    text = ada.get("/settings/").content.decode()
    assert "very-secret-indeed" not in text
    assert "MAINSTEM_OIDC_SECRET" in text
    assert "roles" in text
