"""Settings of sign-in, taken over by ``web.settings``: all of it follows from ``mainstem.config``."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mainstem.config import Settings, settings
from mainstem.errors import UsageError

__all__ = [
    "ACCOUNT_ADAPTER", "ACCOUNT_DEFAULT_HTTP_PROTOCOL", "ACCOUNT_EMAIL_NOTIFICATIONS",
    "ACCOUNT_EMAIL_SUBJECT_PREFIX", "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS", "ACCOUNT_EMAIL_VERIFICATION",
    "ACCOUNT_FORMS", "ACCOUNT_LOGIN_METHODS", "ACCOUNT_RATE_LIMITS",
    "ACCOUNT_REAUTHENTICATION_TIMEOUT", "ACCOUNT_SESSION_REMEMBER", "ACCOUNT_SIGNUP_FIELDS",
    "ACCOUNT_USER_MODEL_USERNAME_FIELD", "CACHES", "LOGIN_REDIRECT_URL", "LOGIN_URL",
    "LOGOUT_REDIRECT_URL", "MFA_ADAPTER", "MFA_ALLOW_UNVERIFIED_EMAIL", "MFA_FORMS",
    "MFA_PASSKEY_LOGIN_ENABLED", "MFA_SUPPORTED_TYPES", "MFA_TOTP_TOLERANCE",
    "SIGN_IN_BY_OTHERS", "SIGN_IN_DOMAINS", "SIGN_IN_GROUPS",
    "SOCIALACCOUNT_ADAPTER", "SOCIALACCOUNT_EMAIL_VERIFICATION", "SOCIALACCOUNT_LOGIN_ON_GET",
    "SOCIALACCOUNT_PROVIDERS", "SOCIALACCOUNT_STORE_TOKENS", "USERSESSIONS_TRACK_ACTIVITY",
]  # fmt: skip

_GIVEN = settings()
_RULES = "mainstem.web.sign_in_rules"
_FORMS = "mainstem.web.sign_in_forms"
#: The name of the organisation's own provider in addresses: /account/oidc/sso/…, /account/saml/sso/…
SSO = "sso"

LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_ADAPTER = f"{_RULES}.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# an address is proven by the invitation that was sent to it
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# a stranger who types somebody's address must not make us write to them
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(_GIVEN.text("MAINSTEM_URL")).scheme or "http"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "10/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip", "change_password": "5/m/user", "reauthenticate": "10/m/user",
}  # fmt: skip
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.SignIn", "reset_password": f"{_FORMS}.ForgetPassword",
    "reset_password_from_key": f"{_FORMS}.NewPassword", "change_password": f"{_FORMS}.ChangePassword",
    "set_password": f"{_FORMS}.SetPassword", "reauthenticate": f"{_FORMS}.ConfirmPassword",
}  # fmt: skip
MFA_ADAPTER = f"{_RULES}.SecondSteps"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
# telephones are seldom more than half a minute off
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": f"{_FORMS}.Code", "reauthenticate": f"{_FORMS}.CodeAgain",
    "activate_totp": f"{_FORMS}.FirstCode", "add_webauthn": f"{_FORMS}.AddPasskey",
    "edit_webauthn": f"{_FORMS}.RenamePasskey",
}  # fmt: skip
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_ADAPTER = f"{_RULES}.Others"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
_ALL_TENANTS = ("common", "organizations", "consumers")
#: Who gets an account without an invitation, and where their groups are named.
SIGN_IN_DOMAINS = frozenset(w.lower().lstrip("@") for w in _GIVEN.words("MAINSTEM_SIGN_IN_DOMAINS"))
SIGN_IN_GROUPS = _GIVEN.text("MAINSTEM_GROUPS")


def caches(given: Settings) -> dict[str, dict[str, Any]]:
    """Where attempts are counted: in memory for the one process on SQLite, else in the database.

    PostgreSQL is for many processes and machines, which must count together.
    """
    if given.text("DATABASE_URL").startswith("postgres"):
        backend, place = "db.DatabaseCache", "mainstem_cache"
    else:
        backend, place = "locmem.LocMemCache", "mainstem"
    return {
        "default": {
            "BACKEND": f"django.core.cache.backends.{backend}",
            "LOCATION": place,
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }


def providers(given: Settings) -> dict[str, dict[str, Any]]:
    """The identity providers, as allauth is told of them.

    Raises:
        UsageError: one is only half set, or spoken to without TLS.
    """
    out: dict[str, dict[str, Any]] = {}
    if given.text("MAINSTEM_OIDC_URL"):
        out["openid_connect"] = {"OAUTH_PKCE_ENABLED": True, "APPS": [_oidc(given)]}
    if given.text("MAINSTEM_SAML_METADATA"):
        out["saml"] = {"APPS": [_saml(given)]}
    return out


def _oidc(given: Settings) -> dict[str, Any]:
    if not given.text("MAINSTEM_OIDC_CLIENT") or not given.text("MAINSTEM_OIDC_SECRET"):
        raise UsageError("MAINSTEM_OIDC_URL is set, but not the client's id and secret.",
                         "Set MAINSTEM_OIDC_CLIENT and MAINSTEM_OIDC_SECRET too.",
                         code="config.invalid")  # fmt: skip
    _require_tls("MAINSTEM_OIDC_URL", given.text("MAINSTEM_OIDC_URL"))
    _refuse_everybody(given.text("MAINSTEM_OIDC_URL"))
    return {
        "provider_id": SSO,
        "name": given.text("MAINSTEM_OIDC_NAME"),
        "client_id": given.text("MAINSTEM_OIDC_CLIENT"),
        "secret": given.text("MAINSTEM_OIDC_SECRET"),
        "settings": {
            "server_url": given.text("MAINSTEM_OIDC_URL").rstrip("/"),
            "oauth_pkce_enabled": True,
        },
    }


def _saml(given: Settings) -> dict[str, Any]:
    told = given.text("MAINSTEM_SAML_METADATA")
    if "://" not in told:
        place = Path(told).resolve()
        if not place.is_file():
            raise UsageError(f"MAINSTEM_SAML_METADATA names {told}, which is no file.",
                             "Name the identity provider's metadata file, or its address.",
                             code="config.invalid")  # fmt: skip
        told = place.as_uri()
    else:
        _require_tls("MAINSTEM_SAML_METADATA", told)
    return {
        "client_id": SSO,
        "name": given.text("MAINSTEM_SAML_NAME"),
        "settings": {
            "attribute_mapping": _SAML_NAMES,
            "idp": {"metadata_url": told, "entity_id": None},
            "advanced": {
                "reject_deprecated_algorithm": True,
                "reject_idp_initiated_sso": True,
                # such as http://mainstem/ in an organisation's own network
                "allow_single_label_domains": True,
            },
        },
    }


#: The names under which identity providers send what we take.
_SAML_NAMES = {
    "uid": ["urn:oasis:names:tc:SAML:attribute:subject-id"],
    "email": [
        "email", "mail", "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ],
    "name": [
        "name", "displayName", "urn:oid:2.16.840.1.113730.3.1.241",
        "http://schemas.microsoft.com/identity/claims/displayname",
    ],
    "first_name": [
        "givenName", "firstName", "urn:oid:2.5.4.42",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    ],
    "last_name": [
        "sn", "lastName", "urn:oid:2.5.4.4",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
    ],
    "email_verified": ["email_verified", "http://schemas.auth0.com/email_verified"],
}  # fmt: skip


def _refuse_everybody(url: str) -> None:
    """An issuer for all tenants lets any of them say which address its people have."""
    parts = urlsplit(url)
    tenant = parts.path.strip("/").split("/")[0]
    if parts.hostname == "login.microsoftonline.com" and tenant in _ALL_TENANTS:
        raise UsageError(f"MAINSTEM_OIDC_URL is the issuer of all tenants ({tenant}).",
                         "Name the one of your own: https://login.microsoftonline.com/TENANT/v2.0.",
                         code="config.invalid")  # fmt: skip


def _require_tls(name: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise UsageError(f"{name} does not begin with https://.",
                         "Who signs in must not be told over an open line.",
                         code="config.invalid")  # fmt: skip


CACHES = caches(_GIVEN)
SOCIALACCOUNT_PROVIDERS = providers(_GIVEN)
#: Whether there is any way in but our own.
SIGN_IN_BY_OTHERS = bool(SOCIALACCOUNT_PROVIDERS)
