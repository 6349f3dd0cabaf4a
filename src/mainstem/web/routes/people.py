"""Addresses of accounts, sign-in, settings, tokens, audit.

What is below ``account/`` is allauth's where nothing else is said: it is named address by address, so
that a new version of it opens nothing. Names are those by which its own pages find each other.
"""

from allauth.account import views as allauth
from allauth.mfa.base import views as steps
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as others
from django.urls import URLPattern, URLResolver, path, re_path

from mainstem.web.views import account, account_doors, audit, hooks, people, start

_OWN: list[URLPattern | URLResolver] = [
    path("start/", start.start, name="start"),
    path("invitation/<str:token>/", start.invitation, name="invitation"),
    path("theme", account.theme, name="theme"),
    path("account/", account.account, name="account"),
    path("account/tokens/", account.tokens, name="tokens"),
    path("account/tokens/<int:token>/revoke", account.token_revoke, name="token-revoke"),
    path("account/sessions/", account.sessions, name="usersessions_list"),
    path("account/sessions/end-others", account.sessions_end, name="sessions-end"),
    path("account/sessions/<int:session>/end", account.session_end, name="session-end"),
]
_SIGN_IN: list[URLPattern | URLResolver] = [
    path("account/login/", account_doors.sign_in, name="account_login"),
    path("account/logout/", allauth.logout, name="account_logout"),
    path("account/inactive/", allauth.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", allauth.password_change, name="account_change_password"),
    path("account/password/set/", allauth.password_set, name="account_set_password"),
    path("account/password/reset/", allauth.password_reset, name="account_reset_password"),
    path("account/password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key, name="account_reset_password_from_key",
    ),
    path(
        "account/password/reset/key/done/", allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]  # fmt: skip
_SECOND_STEPS: list[URLPattern | URLResolver] = [
    path("account/2fa/", steps.index, name="mfa_index"),
    path("account/2fa/authenticate/", steps.authenticate, name="mfa_authenticate"),
    path("account/2fa/reauthenticate/", steps.reauthenticate, name="mfa_reauthenticate"),
    path("account/2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/2fa/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/2fa/recovery-codes/generate/", recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/2fa/recovery-codes/download/", recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("account/2fa/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("account/2fa/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("account/2fa/passkeys/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path(
        "account/2fa/passkeys/reauthenticate/", passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/2fa/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/2fa/passkeys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
]  # fmt: skip
_OTHERS: list[URLPattern | URLResolver] = [
    path("account/3rdparty/login/cancelled/", others.login_cancelled, name="socialaccount_login_cancelled"),
    path("account/3rdparty/login/error/", others.login_error, name="socialaccount_login_error"),
    path("account/oidc/<str:provider_id>/login/", account_doors.oidc_login, name="openid_connect_login"),
    path(
        "account/oidc/<str:provider_id>/login/callback/", account_doors.oidc_callback,
        name="openid_connect_callback",
    ),
    path("account/saml/<str:organization_slug>/login/", account_doors.saml_login, name="saml_login"),
    path("account/saml/<str:organization_slug>/acs/", account_doors.saml_acs, name="saml_acs"),
    path(
        "account/saml/<str:organization_slug>/acs/finish/", account_doors.saml_finish_acs,
        name="saml_finish_acs",
    ),
    path("account/saml/<str:organization_slug>/metadata/", account_doors.metadata, name="saml_metadata"),
]  # fmt: skip
#: What allauth names in passing and we do not have.
_CLOSED: list[URLPattern | URLResolver] = [
    path("account/signup/", account_doors.closed, name="account_signup"),
    path("account/email/", account_doors.closed, name="account_email"),
    path("account/confirm-email/", account_doors.closed, name="account_email_verification_sent"),
    path("account/3rdparty/", account_doors.closed, name="socialaccount_connections"),
    path("account/3rdparty/signup/", account_doors.closed, name="socialaccount_signup"),
    path("account/saml/<str:organization_slug>/sls/", account_doors.closed, name="saml_sls"),
]
_PERSON = "settings/people/<int:person>/"
_SETTINGS: list[URLPattern | URLResolver] = [
    path("settings/", audit.settings, name="settings"),
    path("settings/people/", people.listed, name="people"),
    path(_PERSON, people.person, name="person"),
    path(f"{_PERSON}change", people.change, name="person-change"),
    path(f"{_PERSON}give", people.give, name="grant-give"),
    path(f"{_PERSON}take/<int:grant>", people.take, name="grant-take"),
    path(f"{_PERSON}belong", people.belong, name="membership-add"),
    path(f"{_PERSON}part/<int:membership>", people.part, name="membership-end"),
    path(f"{_PERSON}deactivate", people.deactivate, name="person-deactivate"),
    path(f"{_PERSON}reactivate", people.reactivate, name="person-reactivate"),
    path(f"{_PERSON}sign-out", people.sign_out, name="person-sign-out"),
    path(f"{_PERSON}forget-second-steps", people.forget, name="person-forget"),
    path(f"{_PERSON}tokens/<int:token>/revoke", people.token_revoke, name="person-token-revoke"),
    path("settings/invitations/", people.invited, name="invitations"),
    path("settings/invitations/<int:invitation>/resend", people.resend, name="invitation-resend"),
    path(
        "settings/invitations/<int:invitation>/withdraw",
        people.withdraw,
        name="invitation-withdraw",
    ),
    path("settings/groups/", people.grouped, name="groups"),
    path("settings/groups/<int:group>/remove", people.group_remove, name="group-remove"),
    path("settings/hooks/", hooks.listed, name="hooks"),
    path("settings/hooks/<int:hook>/", hooks.one, name="hook"),
    path("settings/hooks/<int:hook>/switch", hooks.switch, name="hook-switch"),
    path("settings/hooks/<int:hook>/remove", hooks.remove, name="hook-remove"),
    path(
        "settings/hooks/<int:hook>/deliveries/<int:delivery>/again", hooks.again, name="hook-again"
    ),
    path("audit/", audit.log, name="audit"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    *_OWN, *_SIGN_IN, *_SECOND_STEPS, *_OTHERS, *_CLOSED, *_SETTINGS,
]  # fmt: skip
