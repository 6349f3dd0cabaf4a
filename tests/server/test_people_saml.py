"""Sign-in by SAML, with a provider that signs: what it says counts, what is forged, late or repeated does not."""

from __future__ import annotations

import html
import re

import pytest
from django.core.cache import cache
from django.test import Client

from mainstem.config import settings as read_settings
from mainstem.services.people import groups, invitations
from mainstem.services.people.access import Given, Role
from mainstem.store.models import AuditLine, Grant, User
from mainstem.web.sign_in import providers
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.saml_provider import EMAIL, Asked, Provider, fresh_pair, tampered, wrapped

pytestmark = pytest.mark.django_db
VERA = {EMAIL: ["Vera@example.org"], "displayName": ["Vera Viewer"]}


def browser_of_a_person() -> Client:
    """Unlike Django's own client, a browser says which host it asks."""
    return Client(HTTP_HOST="testserver")


@pytest.fixture
def client():
    return browser_of_a_person()


@pytest.fixture
def idp(settings, tmp_path, cast):
    """The organisation's own provider, set up from its metadata file."""
    cache.clear()
    provider = Provider()
    file = tmp_path / "metadata.xml"
    file.write_text(provider.metadata())
    given = {"MAINSTEM_SAML_METADATA": str(file), "MAINSTEM_SAML_NAME": "Streamly sign-on"}
    settings.SOCIALACCOUNT_PROVIDERS = providers(read_settings(given))
    return provider


def leave(browser, where="/account/") -> Asked:
    """Presses the button; the request that the browser carries to the provider."""
    page = browser.post("/account/saml/sso/login/", {"process": "login", "next": where})
    assert page.status_code == 200, page
    return Asked.of(
        html.unescape(
            re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())[1]
        )
    )


def come_back(browser, answer):
    """The browser posts what the provider gave it, and follows to the end."""
    browser.post("/account/saml/sso/acs/", {"SAMLResponse": answer, "RelayState": ""})
    return browser.get("/account/saml/sso/acs/finish/")


def is_signed_in(browser) -> bool:
    return browser.get("/account/").status_code == 200


def test_the_button_is_on_the_page_of_signing_in(idp, client):
    text = client.get("/account/login/").content.decode()
    assert "Streamly sign-on" in text and 'action="/account/saml/sso/login/"' in text


def test_somebody_with_an_account_signs_in_and_comes_to_where_they_wanted(idp, client, cast):
    came = come_back(client, idp.answer(leave(client), VERA))
    assert (came.status_code, came["Location"]) == (302, "/account/")
    assert is_signed_in(client)
    line = AuditLine.objects.get(action="sign-in")
    assert (line.by, line.sentence) == (cast["vera"], "Vera signed in by single sign-on.")


def test_a_second_time_they_are_known_by_their_lasting_id_even_with_a_new_address(idp, cast):
    come_back(first := browser_of_a_person(), idp.answer(leave(first), VERA))
    User.objects.filter(pk=cast["vera"].pk).update(email="vera.new@example.org")
    come_back(again := browser_of_a_person(), idp.answer(leave(again), VERA))
    assert is_signed_in(again)
    assert User.objects.count() == 7


def test_a_stranger_gets_no_account(idp, client, cast):
    refused = come_back(client, idp.answer(leave(client), {EMAIL: ["stranger@example.org"]}))
    assert refused.status_code == 403
    assert "You have no account here" in refused.content.decode()
    assert not is_signed_in(client)
    assert User.objects.count() == 7
    assert AuditLine.objects.get(action="sign-in.failed").outcome == "failed"


def test_who_was_invited_gets_the_account_and_what_the_invitation_gives(idp, client, ground, cast):
    invitations.invite(
        "new@example.org", Given(Role.PLANNER), ground, actor("ada", cast), at=NOW, link=str
    )
    come_back(
        client, idp.answer(leave(client), {EMAIL: ["new@example.org"], "displayName": ["Nia"]})
    )
    user = User.objects.get(email="new@example.org")
    assert (user.name, user.has_usable_password(), is_signed_in(client)) == ("Nia", False, True)
    assert Grant.objects.get(user=user).role == "planner"
    assert not invitations.list_invitations(actor("ada", cast))


def test_people_of_a_named_domain_need_no_invitation_and_begin_as_viewers(idp, client, settings):
    settings.SIGN_IN_DOMAINS = frozenset({"streamly.example"})
    come_back(client, idp.answer(leave(client), {EMAIL: ["a@streamly.example"]}))
    assert Grant.objects.get(user__email="a@streamly.example").role == "viewer"
    refused = come_back(
        other := browser_of_a_person(),
        idp.answer(leave(other), {EMAIL: ["a@evil.streamly.example"]}),
    )
    assert refused.status_code == 403


def test_groups_are_taken_over_at_each_sign_in(idp, ground, cast):
    groups.add_group("chiefs", Given(Role.PLANNER), "growth", ground, actor("ada", cast), at=NOW)
    come_back(
        one := browser_of_a_person(),
        idp.answer(leave(one), {**VERA, "groups": ["other", "chiefs"]}),
    )
    assert set(Grant.objects.filter(user=cast["vera"]).values_list("role", "origin")) == {
        ("viewer", "person"), ("planner", "claims"),
    }  # fmt: skip
    assert actor("vera", cast).teams == {"growth"}
    come_back(two := browser_of_a_person(), idp.answer(leave(two), VERA))
    assert Grant.objects.get(user=cast["vera"]).role == "viewer"
    assert actor("vera", cast).teams == frozenset()


def test_a_closed_account_stays_closed(idp, client, cast):
    User.objects.filter(pk=cast["vera"].pk).update(is_active=False)
    assert come_back(client, idp.answer(leave(client), VERA))["Location"] == "/account/inactive/"
    assert not is_signed_in(client)


def refused(browser, answer) -> None:
    response = come_back(browser, answer)
    assert response.status_code in (401, 403), response.status_code
    assert "Signing in did not work" in response.content.decode()
    assert not is_signed_in(browser)
    assert not AuditLine.objects.filter(action="sign-in").exists()
    assert AuditLine.objects.filter(action="sign-in.failed").exists()


def test_an_answer_that_nobody_signed_is_refused(idp, client):
    refused(client, idp.answer(leave(client), VERA, signed=False))


def test_an_answer_that_somebody_else_signed_is_refused(idp, client):
    refused(client, Provider(*fresh_pair()).answer(leave(client), VERA))


def test_an_answer_that_was_changed_after_it_was_signed_is_refused(idp, client):
    answer = idp.answer(leave(client), VERA)
    refused(client, tampered(answer, "Vera@example.org", "ada@example.org"))


def test_a_forged_answer_beside_a_signed_one_is_refused(idp, client):
    answer = idp.answer(leave(client), VERA)
    refused(client, wrapped(answer, "Vera@example.org", "ada@example.org"))


def test_an_answer_that_has_ended_is_refused(idp, client):
    refused(client, idp.answer(leave(client), VERA, minutes=-6))


def test_an_answer_for_another_service_is_refused(idp, client):
    refused(client, idp.answer(leave(client), VERA, audience="https://other.example/"))


def test_an_answer_that_was_not_asked_for_is_refused(idp, client):
    elsewhere = leave(browser_of_a_person())
    refused(client, idp.answer(elsewhere, VERA))


def test_an_answer_counts_once(idp, client, cast):
    answer = idp.answer(leave(client), VERA)
    come_back(client, answer)
    assert is_signed_in(client)
    client.post("/account/logout/")
    again = come_back(client, answer)
    assert again.status_code == 403
    assert not is_signed_in(client)
    assert not is_signed_in_with(browser_of_a_person(), answer)


def is_signed_in_with(browser, answer) -> bool:
    come_back(browser, answer)
    return is_signed_in(browser)


def test_what_is_no_answer_at_all_is_refused(idp, client):
    for nonsense in ("", "%%%", "bm90IHhtbA=="):
        assert come_back(client, nonsense).status_code in (401, 403)


def test_an_entity_in_an_answer_is_never_resolved(idp, client, tmp_path):
    import base64

    (tmp_path / "secret").write_text("top secret words")
    bomb = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><r>&x;</r>'
    response = come_back(client, base64.b64encode(bomb.encode()).decode())
    assert response.status_code in (401, 403)
    assert "top secret" not in response.content.decode()


def test_the_provider_is_told_what_it_needs_and_nothing_of_a_logout_that_is_closed(idp, client):
    told = client.get("/account/saml/sso/metadata/")
    text = told.content.decode()
    assert 'Location="http://testserver/account/saml/sso/acs/"' in text
    assert "SingleLogoutService" not in text
    assert client.post("/account/saml/sso/sls/").status_code == 404


def test_a_metadata_address_without_tls_is_refused_at_the_start():
    from mainstem.errors import UsageError

    with pytest.raises(UsageError, match="https"):
        providers(read_settings({"MAINSTEM_SAML_METADATA": "http://idp.example.org/metadata"}))
    with pytest.raises(UsageError, match="no file"):
        providers(read_settings({"MAINSTEM_SAML_METADATA": "/nowhere/metadata.xml"}))
