"""Our rules of sign-in, where allauth asks for them. No door is open but those that settings name."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from mainstem.services.people import joining
from mainstem.services.people.accounts import Account, account_at
from mainstem.services.server.sealing import seal, unseal
from mainstem.services.telling.posting import deliver_later
from mainstem.web import sign_in_audit as audit
from mainstem.web import sign_in_words as words
from mainstem.web.address import address_of
from mainstem.web.sign_in_claims import Claims, claims_of

_CODES = "one-time codes"


class Accounts(DefaultAccountAdapter):
    """Accounts with a password."""

    error_messages = {**DefaultAccountAdapter.error_messages, **words.WRONG}  # noqa: RUF012

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account is made by invitation, by the first page, or by an identity provider."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Believes as many proxies as the settings name."""
        return address_of(request)

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of the very server that was asked."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leaves a line; the address that was typed stays out of it unless an account has it."""
        audit.failed(request, account_at(str(credentials.get("email"))))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's account."""
        return "/account/"

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None,
        message_context: dict[str, Any] | None = None, extra_tags: str = "", message: str | None = None,
    ) -> None:  # fmt: skip
        """In our words, or not at all."""
        said = message or words.SAID.get(message_template or "")
        if said:
            super().add_message(request, level, extra_tags=extra_tags, message=said)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In our words, after the answer: how long that takes must not tell who has an account."""
        user = context.get("user") or account_at(email)
        name = user.get_full_name() if user else email
        if template_prefix == "account/email/password_reset_key":
            subject = words.RESET_SUBJECT
            text = words.RESET.format(name=name, link=context["password_reset_url"])
        elif template_prefix in words.TOLD:
            subject, what = words.TOLD[template_prefix]
            when = f"{context['timestamp']:%-d %B %Y at %H:%M} UTC"
            text = words.NOTE.format(name=name, what=what, when=when, address=context["ip"])
        else:
            return
        deliver_later(EmailMessage(subject, text, to=[email]))


class SecondSteps(DefaultMFAAdapter):
    """One-time codes, passkeys and recovery codes. Their secrets are sealed."""

    error_messages = {  # noqa: RUF012
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": words.WRONG["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        """Sealed with the server's secret."""
        return seal(text, _CODES)

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed."""
        return unseal(encrypted_text, _CODES)

    def get_totp_issuer(self) -> str:
        """What authenticators show beside the code."""
        return "Mainstem"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The server's name, to which a passkey is bound."""
        host = self.request.get_host().partition(":")[0]
        return {"id": host, "name": "Mainstem"}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: A002
        """A name to start from."""
        from allauth.mfa.models import Authenticator

        known = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {known + 1}"


class Others(DefaultSocialAccountAdapter):
    """Sign-in by the organisation's identity provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never by allauth's own pages; ``pre_social_login`` decides."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds or makes the account, refuses who has none, and takes over the groups."""
        claims = claims_of(sociallogin)
        if sociallogin.state.get("process") not in (None, "login"):
            raise self._closed(request, claims, "A provider was to be connected by hand.")
        if not sociallogin.is_existing:
            user = joining.account_for(
                claims.email, claims.name, settings.SIGN_IN_DOMAINS,
                at=audit.ground_of(request).now(), address=address_of(request),
            )  # fmt: skip
            if user is None:
                raise self._closed(
                    request, claims, "Nobody invited the address, or it is not vouched for."
                )
            self._connect(request, sociallogin, user)
        user = sociallogin.user
        if user.is_active:
            joining.take_groups(
                user, claims.groups, audit.actor(request, user), audit.ground_of(request),
                at=audit.ground_of(request).now(),
            )  # fmt: skip

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> Any:
        """Also takes the name."""
        user: Any = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        user.name = str(data.get("name") or " ".join(p for p in parts if p))[:200]
        return user

    def _connect(self, request: HttpRequest, sociallogin: SocialLogin, user: Account) -> None:
        if user.last_login is not None:
            sociallogin.connect(request, user)
            return
        # an account that was just made for this needs no mail that says so
        sociallogin.user = user
        sociallogin.save(request, connect=True)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,
    ) -> None:  # fmt: skip
        """Leaves a line with the kind of failure; what the provider sent stays out of it."""
        reason = (extra_context or {}).get("saml_last_error_reason") or error or "unknown"
        audit.refused_by(request, str(getattr(provider, "name", provider)), str(reason)[:300])

    def _closed(self, request: HttpRequest, claims: Claims, why: str) -> ImmediateHttpResponse:
        audit.refused_by(request, claims.provider, why)
        page = render(request, "account/signup_closed.html", {"email": claims.email}, status=403)
        return ImmediateHttpResponse(page)
