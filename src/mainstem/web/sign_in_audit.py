"""Lines of the audit log about signing in and what guards it, from what allauth and Django signal."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from mainstem.services.people import auditing
from mainstem.services.people.access import Actor
from mainstem.services.people.accounts import Account, actor_of
from mainstem.services.server.ground import Ground, server_ground
from mainstem.web.address import address_of

_KINDS = {"totp": "one-time codes", "webauthn": "a passkey", "recovery_codes": "recovery codes"}
_WAYS = {
    "password": "password", "socialaccount": "single sign-on", "mfa": "second step",
    "password_reset": "a link from a mail",
}  # fmt: skip


def ground_of(request: HttpRequest) -> Ground:
    """What the server stands on."""
    return getattr(request, "ground", None) or server_ground()


def actor(request: HttpRequest, user: Account | None) -> Actor:
    """Who a line is about; somebody unknown if nobody signed in."""
    address, request_id = address_of(request), getattr(request, "request_id", "")
    if user is None or user.pk is None:
        return Actor(None, "", address=address, request=request_id)
    today = ground_of(request).today()
    return actor_of(user, today=today, face="page", address=address, request=request_id)


def line(
    request: HttpRequest, user: Account | None, action: str, sentence: str, **more: Any
) -> None:
    """One line, now."""
    subject = f"people/{user.pk}" if user is not None and user.pk else ""
    auditing.record(actor(request, user), action, subject, at=ground_of(request).now(),
                    sentence=sentence, **more)  # fmt: skip


def failed(request: HttpRequest, user: Account | None) -> None:
    """Somebody gave a wrong password. They are not the account's owner, so the line is nobody's."""
    subject = f"people/{user.pk}" if user else ""
    of = f"the account of {user.get_full_name()}" if user else "an address that has no account"
    auditing.record(actor(request, None), "sign-in.failed", subject, at=ground_of(request).now(),
                    outcome="failed", sentence=f"Somebody failed to sign in with {of}.")  # fmt: skip


def refused_by(request: HttpRequest, provider: str, why: str) -> None:
    """A sign-in by others came to nothing."""
    line(request, None, "sign-in.failed", f"Somebody failed to sign in by {provider}: {why}",
         outcome="failed")  # fmt: skip


def _signed_in(request: HttpRequest, user: Account, **_: Any) -> None:
    ways = []
    for record in get_authentication_records(request, user):
        way = _KINDS.get(record.get("type", ""), _WAYS.get(record["method"], record["method"]))
        ways.append(way.removeprefix("a "))
    by = f" by {' and '.join(dict.fromkeys(ways))}" if ways else ""
    line(request, user, "sign-in", f"{user.get_full_name()} signed in{by}.")


def _signed_out(request: HttpRequest | None, user: Account | None, **_: Any) -> None:
    if request is not None and user is not None:
        line(request, user, "sign-out", f"{user.get_full_name()} signed out.")


def _password_changed(request: HttpRequest, user: Account, **_: Any) -> None:
    line(request, user, "password.change", f"{user.get_full_name()} changed their password.")


def _password_set(request: HttpRequest, user: Account, **_: Any) -> None:
    line(request, user, "password.set", f"{user.get_full_name()} set a password.")


def _password_reset(request: HttpRequest, user: Account, **_: Any) -> None:
    said = f"{user.get_full_name()} chose a new password with a link from a mail."
    line(request, user, "password.reset", said)


def _added(request: HttpRequest, user: Account, authenticator: Any, **_: Any) -> None:
    line(request, user, "second-step.add", f"{user.get_full_name()} added {_kind(authenticator)}.")


def _removed(request: HttpRequest, user: Account, authenticator: Any, **_: Any) -> None:
    said = f"{user.get_full_name()} removed {_kind(authenticator)}."
    line(request, user, "second-step.remove", said)


def _reset(request: HttpRequest, user: Account, authenticator: Any, **_: Any) -> None:
    line(
        request,
        user,
        "second-step.reset",
        f"{user.get_full_name()} renewed {_kind(authenticator)}.",
    )


def _step_failed(request: HttpRequest, user: Account, **_: Any) -> None:
    auditing.record(actor(request, None), "sign-in.failed", f"people/{user.pk}",
                    at=ground_of(request).now(), outcome="failed",
                    sentence=f"Somebody gave a wrong code for the account of {user.get_full_name()}.")  # fmt: skip


def _connected(request: HttpRequest, sociallogin: Any, **_: Any) -> None:
    user = sociallogin.user
    said = f"Single sign-on now opens the account of {user.get_full_name()}."
    line(request, user, "account.connect", said)


def _kind(authenticator: Any) -> str:
    return _KINDS.get(str(authenticator.type), "a second step")


def listen() -> None:
    """Hears the signals; called once, when the program starts."""
    for signal, heard in (
        (account.user_logged_in, _signed_in), (user_logged_out, _signed_out),
        (account.password_changed, _password_changed), (account.password_set, _password_set),
        (account.password_reset, _password_reset), (mfa.authenticator_added, _added),
        (mfa.authenticator_removed, _removed), (mfa.authenticator_reset, _reset),
        (mfa.authentication_failed, _step_failed), (social.social_account_added, _connected),
    ):  # fmt: skip
        signal.connect(heard, weak=False, dispatch_uid=heard.__name__)
