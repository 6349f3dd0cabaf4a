"""The doors of others: their pages are elsewhere, so leaving and coming back takes some care."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.socialaccount.providers.saml import views as saml
from allauth.socialaccount.providers.saml.utils import build_saml_config, get_app_or_404
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from lxml import etree
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from mainstem.errors import MainstemError
from mainstem.services.people.access import nothing_here
from mainstem.web import sign_in_audit as audit

View = Callable[..., HttpResponseBase]
_METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"


class SignIn(LoginView):
    """The page of signing in, with the doors of others on it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Also what the buttons of others say and where they lead."""
        return {**super().get_context_data(**kwargs), "doors": doors()}

    def _redirect_to_pending_stage(
        self, request: HttpRequest, stage: Any
    ) -> HttpResponseBase | None:
        """A second step that was removed meanwhile is not waited for, which would never end."""
        if stage.key == LoginStageKey.MFA_AUTHENTICATE and not is_mfa_enabled(
            stage.login.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ):
            clear_login(request)
            return None
        pending: HttpResponseBase | None = super()._redirect_to_pending_stage(request, stage)
        return pending


def doors() -> tuple[tuple[str, str], ...]:
    """What is written on the button of each identity provider, and where its form goes."""
    apps = (
        (kind, app) for kind, of in settings.SOCIALACCOUNT_PROVIDERS.items() for app in of["APPS"]
    )
    return tuple(
        (app["name"], reverse(f"{kind}_login", args=[app.get("provider_id") or app["client_id"]]))
        for kind, app in apps
    )


def closed(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """What allauth could do and we do not: signing up, several addresses, connecting by hand."""
    raise nothing_here()


def _leaving(view: View, provider: str) -> View:
    """A form of ours may not lead elsewhere (the content policy), so a page does."""

    @never_cache
    def leave(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = _reached(lambda: view(request, *args, **kwargs), request, provider)
        if not isinstance(response, HttpResponseRedirectBase) or response.url.startswith("/"):
            return response
        return render(
            request, "socialaccount/leaving.html", {"address": response.url, "name": provider}
        )

    return leave


def _returning(view: View, provider: str) -> View:
    """What was not asked for, or is sent a second time, is refused and leaves a line."""

    @never_cache
    def come_back(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return _reached(lambda: view(request, *args, **kwargs), request, provider)
        except (PermissionDenied, ValueError, etree.LxmlError):
            audit.refused_by(request, provider, "its answer was not asked for, or was used before")
            return _failed(request, provider, 403)

    return come_back


def _reached(
    call: Callable[[], HttpResponseBase], request: HttpRequest, provider: str
) -> HttpResponseBase:
    try:
        return call()
    except (requests.RequestException, OSError, OneLogin_Saml2_Error) as error:
        audit.refused_by(request, provider, f"it does not answer ({type(error).__name__})")
        return _failed(request, provider, 502)


def _failed(request: HttpRequest, provider: str, status: int) -> HttpResponse:
    return render(
        request, "socialaccount/authentication_error.html", {"name": provider}, status=status
    )


def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What an identity provider must know of us. Single logout is not among it: it is closed.

    Raises:
        MainstemError: our own metadata would be refused.
    """
    app = get_app_or_404(request, organization_slug)
    config = build_saml_config(request, app.settings, organization_slug)
    ours = OneLogin_Saml2_Settings(settings=config, sp_validation_only=True)
    text = ours.get_sp_metadata()
    root = etree.fromstring(text.encode() if isinstance(text, str) else text)
    for element in root.iter(f"{_METADATA}SingleLogoutService"):
        element.getparent().remove(element)
    told = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    if wrong := ours.validate_metadata(told):
        raise MainstemError("The SAML metadata of this server is not right.", ", ".join(wrong))
    return HttpResponse(told, content_type="application/samlmetadata+xml")


sign_in = SignIn.as_view()
_OIDC, _SAML = "OpenID Connect", "SAML"
oidc_login = _leaving(oidc.login, _OIDC)
oidc_callback = _returning(oidc.callback, _OIDC)
saml_login = _leaving(saml.login, _SAML)
saml_acs = csrf_exempt(_returning(saml.acs, _SAML))
saml_finish_acs = _returning(saml.finish_acs, _SAML)
