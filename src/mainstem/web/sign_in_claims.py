"""What an identity provider says of somebody, as far as it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialLogin
from django.conf import settings

#: More groups than this are not read; longer names neither.
_MOST, _LONGEST = 2_000, 300


@dataclass(frozen=True, slots=True)
class Claims:
    """What counts of a sign-in by others.

    Attributes:
        provider: ``OpenID Connect`` or ``SAML``.
        email: The address, if it is vouched for; else empty.
        name: What the person is called there; may be empty.
        groups: Their groups there; none if the provider names none.
    """

    provider: str
    email: str
    name: str
    groups: tuple[str, ...]


def claims_of(login: SocialLogin) -> Claims:
    """Reads what came with a sign-in."""
    data = login.account.extra_data
    if login.account.provider == "saml":
        email = login.user.email if _says_nothing_against(data) else ""
        return Claims("SAML", email, _name_of(login), _groups(data))
    told = {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}
    email = str(told.get("email") or "").strip().lower()
    if not _is_vouched(told.get("email_verified"), email):
        email = ""
    return Claims("OpenID Connect", email, _name_of(login), _groups(told))


def _says_nothing_against(attributes: Mapping[str, Any]) -> bool:
    """A SAML provider is the organisation's own: its addresses count unless it says otherwise."""
    for name, values in attributes.items():
        if name.rsplit("/", 1)[-1] == "email_verified":
            return str(_all(values)[0] if _all(values) else "").lower() in ("true", "1", "yes")
    return True


def _is_vouched(verified: Any, email: str) -> bool:
    """An issuer may serve everybody: an address counts if the issuer verified it.

    Some say nothing of that; then it counts for the domains that the settings name.
    """
    if verified is None:
        return email.rpartition("@")[2] in settings.SIGN_IN_DOMAINS
    return str(verified).lower() == "true"


def _name_of(login: SocialLogin) -> str:
    return str(getattr(login.user, "name", "") or "")


def _groups(data: Mapping[str, Any]) -> tuple[str, ...]:
    named = _all(data.get(settings.SIGN_IN_GROUPS))
    return tuple(dict.fromkeys(g for g in named if 0 < len(g) <= _LONGEST))[:_MOST]


def _all(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [v for v in value if isinstance(v, str)]
    return [value] if isinstance(value, str) else []
