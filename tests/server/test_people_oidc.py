"""Sign-in by OpenID Connect, against a provider that answers on this machine's own network."""

from __future__ import annotations

import html
import re
import warnings

import httpx
import pytest
from django.core.cache import cache
from django.test import Client

from mainstem.config import settings as read_settings
from mainstem.errors import UsageError
from mainstem.services.people import groups, invitations
from mainstem.services.people.access import Given, Role
from mainstem.store.models import AuditLine, Grant, User
from mainstem.web.sign_in import providers
from tests.server.cast import actor
from tests.server.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def issuer():
    """A provider on a port of this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import run_server_in_thread
    with run_server_in_thread(port=0) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def oidc(issuer, settings, cast):
    """The same, set up as the organisation's own."""
    cache.clear()
    given = {
        "MAINSTEM_OIDC_URL": issuer, "MAINSTEM_OIDC_CLIENT": "mainstem", "MAINSTEM_OIDC_SECRET": "s3cret",
        "MAINSTEM_OIDC_NAME": "Streamly sign-on",
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = providers(read_settings(given))
    return issuer


def person(issuer, sub, **claims):
    """Somebody whom the provider knows."""
    httpx.put(f"{issuer}/users/{sub}", json={"sub": sub, **claims}).raise_for_status()


def leave(browser, where="/account/"):
    """Presses the button; where the browser is sent."""
    page = browser.post("/account/oidc/sso/login/", {"process": "login", "next": where})
    assert page.status_code == 200, page
    return html.unescape(re.search(r'content="0; url=([^"]+)"', page.content.decode())[1])


def agree(address, sub):
    """Signs in at the provider; where it sends the browser back to."""
    back = httpx.post(address, data={"sub": sub, "action": "authorize"})
    assert back.status_code == 302, back.text
    return back.headers["Location"].removeprefix("http://testserver")


def come(browser, sub, where="/account/"):
    """The whole way there and back."""
    return browser.get(agree(leave(browser, where), sub))


def is_signed_in(browser) -> bool:
    return browser.get("/account/").status_code == 200


def test_the_button_is_on_the_page_of_signing_in_and_posts(oidc, client):
    text = client.get("/account/login/").content.decode()
    assert "Streamly sign-on" in text and 'action="/account/oidc/sso/login/"' in text
    assert "Go on" in client.get("/account/oidc/sso/login/").content.decode()


def test_somebody_with_an_account_signs_in_and_comes_to_where_they_wanted(oidc, client, cast):
    person(oidc, "v1", email="Vera@example.org", email_verified=True, name="Vera at the provider")
    assert come(client, "v1", "/account/sessions/")["Location"] == "/account/sessions/"
    assert is_signed_in(client)
    assert AuditLine.objects.get(action="sign-in").by == cast["vera"]
    assert User.objects.get(pk=cast["vera"].pk).name == "Vera"
    assert User.objects.get(pk=cast["vera"].pk).has_usable_password()


def test_the_provider_is_asked_with_proof_of_the_asker(oidc, client):
    address = leave(client)
    assert "code_challenge_method=S256" in address and "state=" in address


def test_nobody_is_led_elsewhere_after_signing_in(oidc, client):
    person(oidc, "v1", email="vera@example.org", email_verified=True)
    assert come(client, "v1", "https://evil.example/")["Location"] == "/"


def test_a_known_id_opens_its_account_whatever_the_address_says_now(oidc, cast):
    person(oidc, "v2", email="vera@example.org", email_verified=True)
    come(Client(), "v2")
    person(oidc, "v2", email="ada@example.org", email_verified=True)
    come(again := Client(), "v2")
    assert "Vera" in again.get("/account/").content.decode()


@pytest.mark.parametrize("claims", [{"email_verified": False}, {}])
def test_an_address_that_nobody_vouches_for_opens_nothing(claims, oidc, client, cast):
    person(oidc, "x1", email="ada@example.org", **claims)
    refused = come(client, "x1")
    assert refused.status_code == 403
    assert "does not vouch for your address" in refused.content.decode()
    assert not is_signed_in(client)
    assert AuditLine.objects.get(action="sign-in.failed").outcome == "failed"


def test_where_the_issuer_says_nothing_a_named_domain_vouches_but_never_against_the_issuer(
    oidc, settings, cast
):
    settings.SIGN_IN_DOMAINS = frozenset({"example.org"})
    person(oidc, "x2", email="vera@example.org")
    come(one := Client(), "x2")
    assert is_signed_in(one)
    person(oidc, "x3", email="ada@example.org", email_verified=False)
    come(two := Client(), "x3")
    assert not is_signed_in(two)


def test_a_stranger_gets_no_account(oidc, client, cast):
    person(oidc, "s1", email="stranger@example.org", email_verified=True)
    assert come(client, "s1").status_code == 403
    assert User.objects.count() == 7


def test_who_was_invited_gets_the_account_that_they_were_invited_to(oidc, client, ground, cast):
    invitations.invite(
        "new@example.org",
        Given(Role.OWNER, stream="sign-up"),
        ground,
        actor("ada", cast),
        at=NOW,
        link=str,
    )
    person(oidc, "n1", email="new@example.org", email_verified=True, name="Nia New")
    come(client, "n1")
    user = User.objects.get(email="new@example.org")
    assert (user.name, is_signed_in(client)) == ("Nia New", True)
    assert Grant.objects.get(user=user).stream == "sign-up"


def test_people_of_a_named_domain_get_what_their_groups_mean_where_groups_mean_something(
    oidc, client, ground, settings, cast
):
    settings.SIGN_IN_DOMAINS = frozenset({"streamly.example"})
    groups.add_group(
        "eng-playback", Given(Role.CONTRIBUTOR), "playback", ground, actor("ada", cast), at=NOW
    )
    person(
        oidc, "g1", email="a@streamly.example", email_verified=True, groups=["eng-playback", "all"]
    )
    come(client, "g1")
    user = User.objects.get(email="a@streamly.example")
    assert list(user.grants.values_list("role", "origin")) == [("contributor", "claims")]
    assert list(user.memberships.values_list("team", "origin")) == [("playback", "claims")]


def test_groups_follow_the_provider_at_each_sign_in(oidc, settings, ground, cast):
    settings.SIGN_IN_GROUPS = "roles"
    groups.add_group("chiefs", Given(Role.PLANNER), "", ground, actor("ada", cast), at=NOW)
    for roles, held in (
        (["chiefs"], {"viewer", "planner"}),
        ([], {"viewer"}),
        ("chiefs", {"viewer", "planner"}),
    ):
        person(oidc, "v3", email="vera@example.org", email_verified=True, roles=roles)
        come(Client(), "v3")
        assert set(cast["vera"].grants.values_list("role", flat=True)) == held


def test_a_closed_account_stays_closed(oidc, client, cast):
    User.objects.filter(pk=cast["vera"].pk).update(is_active=False)
    person(oidc, "v4", email="vera@example.org", email_verified=True)
    assert come(client, "v4")["Location"] == "/account/inactive/"
    assert not is_signed_in(client)


def test_a_second_step_is_asked_for_after_the_provider_too(oidc, client, cast):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(cast["vera"], generate_totp_secret())
    person(oidc, "v5", email="vera@example.org", email_verified=True)
    assert come(client, "v5")["Location"] == "/account/2fa/authenticate/"
    assert not is_signed_in(client)


def test_an_answer_counts_once_and_only_for_who_asked(oidc, cast):
    person(oidc, "v6", email="vera@example.org", email_verified=True)
    asked, other = Client(), Client()
    back = agree(leave(asked), "v6")
    for browser in (other,):
        browser.get(back)
        assert not is_signed_in(browser)
    asked.get(back)
    assert is_signed_in(asked)
    asked.post("/account/logout/")
    asked.get(back)
    assert not is_signed_in(asked)


def test_nobody_connects_a_provider_to_an_account_by_hand(oidc, as_, cast):
    person(oidc, "m1", email="mallory@example.org", email_verified=True)
    browser = as_("vera")
    page = browser.post("/account/oidc/sso/login/", {"process": "connect"}).content.decode()
    address = html.unescape(re.search(r'content="0; url=([^"]+)"', page)[1])
    assert browser.get(agree(address, "m1")).status_code == 403
    assert not cast["vera"].socialaccount_set.exists()


def test_breaking_off_at_the_provider_leads_back(oidc, client):
    address = leave(client)
    back = httpx.post(address, data={"sub": "v1", "action": "deny"})
    # this provider forgets the state, which the standard wants back
    state = re.search(r"state=([^&]+)", address)[1]
    answer = client.get(
        back.headers["Location"].removeprefix("http://testserver") + f"&state={state}"
    )
    assert answer["Location"] == "/account/3rdparty/login/cancelled/"


def test_a_provider_that_does_not_answer_has_a_page(oidc, client, settings):
    given = {
        "MAINSTEM_OIDC_URL": "http://127.0.0.1:9",
        "MAINSTEM_OIDC_CLIENT": "m",
        "MAINSTEM_OIDC_SECRET": "s",
    }
    settings.SOCIALACCOUNT_PROVIDERS = providers(read_settings(given))
    answer = client.post("/account/oidc/sso/login/", {"process": "login"})
    assert answer.status_code in (401, 502)
    assert "Signing in did not work" in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "says"),
    [({"MAINSTEM_OIDC_URL": "https://idp.example.org"}, "client's id and secret"),
     ({"MAINSTEM_OIDC_URL": "http://idp.example.org", "MAINSTEM_OIDC_CLIENT": "m", "MAINSTEM_OIDC_SECRET": "s"}, "https"),
     ({"MAINSTEM_OIDC_URL": "https://login.microsoftonline.com/common/v2.0", "MAINSTEM_OIDC_CLIENT": "m",
       "MAINSTEM_OIDC_SECRET": "s"}, "all tenants")],
)  # fmt: skip
def test_what_would_let_the_wrong_people_in_is_refused_at_the_start(given, says):
    with pytest.raises(UsageError, match=says):
        providers(read_settings(given))
