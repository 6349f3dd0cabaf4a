"""Who reaches which address of accounts, sign-in, settings and the audit log."""

from __future__ import annotations

from typing import Any

_ALL = ("ada", "petra", "lena", "owen", "carl", "vera", "otto")
_CLOSED = dict.fromkeys(_ALL, 404)
#: Whoever has an account, whatever they hold.
_OWN = dict.fromkeys(_ALL, 200)
_AWAY = dict.fromkeys(_ALL, 302)
#: Before the first or second step was taken again, what guards an account asks for it.
_AGAIN = dict.fromkeys(_ALL, 302)
_KNOWN = {**_OWN, "otto": 404}
_ADMIN = "administrator"

ROUTES: dict[tuple[str, str], Any] = {
    # webhooks
    ("GET", "/settings/hooks/"): _ADMIN,
    ("POST", "/settings/hooks/"): _ADMIN,
    ("GET", "/settings/hooks/1/"): {
        **_CLOSED,
        **dict.fromkeys(("petra", "lena", "owen", "carl", "vera"), 403),
    },
    ("POST", "/settings/hooks/1/switch"): {
        **_CLOSED,
        **dict.fromkeys(("petra", "lena", "owen", "carl", "vera"), 403),
    },
    ("POST", "/settings/hooks/1/remove"): {
        **_CLOSED,
        **dict.fromkeys(("petra", "lena", "owen", "carl", "vera"), 403),
    },
    ("POST", "/settings/hooks/1/deliveries/1/again"): {
        **_CLOSED,
        **dict.fromkeys(("petra", "lena", "owen", "carl", "vera"), 403),
    },
    ("GET", "/start/"): {**_CLOSED, "nobody": 404},
    ("POST", "/start/"): _CLOSED,
    ("GET", "/invitation/nothing/"): {**_CLOSED, "nobody": 404},
    ("POST", "/invitation/nothing/"): _CLOSED,
    ("POST", "/theme"): {**dict.fromkeys(_ALL, 302), "nobody": 200},
    # one's own account
    ("GET", "/account/"): _OWN,
    ("POST", "/account/"): dict.fromkeys(_ALL, 400),
    ("GET", "/account/tokens/"): _KNOWN,
    ("POST", "/account/tokens/"): {**dict.fromkeys(_ALL, 400), "otto": 404},
    ("POST", "/account/tokens/1/revoke"): _CLOSED,
    ("GET", "/account/sessions/"): _OWN,
    ("POST", "/account/sessions/1/end"): _CLOSED,
    ("POST", "/account/sessions/end-others"): _AWAY,
    ("GET", "/account/logout/"): _OWN,
    ("GET", "/account/reauthenticate/"): _OWN,
    ("GET", "/account/password/change/"): _OWN,
    ("GET", "/account/password/set/"): _AWAY,
    ("GET", "/account/2fa/"): _OWN,
    ("GET", "/account/2fa/reauthenticate/"): _AWAY,
    ("GET", "/account/2fa/totp/activate/"): _AGAIN,
    ("GET", "/account/2fa/totp/deactivate/"): _CLOSED,
    ("GET", "/account/2fa/recovery-codes/"): _CLOSED,
    ("GET", "/account/2fa/recovery-codes/generate/"): _AGAIN,
    ("GET", "/account/2fa/recovery-codes/download/"): _CLOSED,
    ("GET", "/account/2fa/passkeys/"): _OWN,
    ("GET", "/account/2fa/passkeys/add/"): _AGAIN,
    ("GET", "/account/2fa/passkeys/reauthenticate/"): _AWAY,
    ("GET", "/account/2fa/passkeys/1/remove/"): _AGAIN,
    ("GET", "/account/2fa/passkeys/1/edit/"): _AGAIN,
    # the door: who is signed in already is sent on
    ("GET", "/account/login/"): {**_AWAY, "nobody": 200},
    ("GET", "/account/inactive/"): {**_OWN, "nobody": 200},
    ("GET", "/account/password/reset/"): {**_OWN, "nobody": 200},
    ("GET", "/account/password/reset/done/"): {**_OWN, "nobody": 200},
    ("GET", "/account/password/reset/key/done/"): {**_OWN, "nobody": 200},
    ("GET", "/account/password/reset/key/1-nothing/"): {**_OWN, "nobody": 200},
    ("GET", "/account/2fa/authenticate/"): _AWAY,
    ("GET", "/account/2fa/passkeys/login/"): _AWAY,
    ("GET", "/account/3rdparty/login/cancelled/"): {**_OWN, "nobody": 200},
    ("GET", "/account/3rdparty/login/error/"): {**dict.fromkeys(_ALL, 401), "nobody": 401},
    # no provider is set up on the server of these tests
    ("POST", "/account/oidc/sso/login/"): _CLOSED,
    ("GET", "/account/oidc/sso/login/callback/"): _CLOSED,
    ("POST", "/account/saml/sso/login/"): _CLOSED,
    ("POST", "/account/saml/sso/acs/"): {**_AWAY, "nobody": 200},
    ("GET", "/account/saml/sso/acs/finish/"): _CLOSED,
    ("GET", "/account/saml/sso/metadata/"): _CLOSED,
    # what allauth could do and we do not
    ("GET", "/account/signup/"): _CLOSED,
    ("GET", "/account/email/"): _CLOSED,
    ("GET", "/account/confirm-email/"): _CLOSED,
    ("GET", "/account/3rdparty/"): _CLOSED,
    ("GET", "/account/3rdparty/signup/"): _CLOSED,
    ("POST", "/account/saml/sso/sls/"): _CLOSED,
    # administering
    ("GET", "/settings/"): _ADMIN,
    ("GET", "/settings/people/"): _ADMIN,
    ("GET", "/settings/people/1/"): _ADMIN,
    ("POST", "/settings/people/1/change"): _ADMIN,
    ("POST", "/settings/people/1/give"): _ADMIN,
    ("POST", "/settings/people/1/take/1"): _ADMIN,
    ("POST", "/settings/people/1/belong"): _ADMIN,
    ("POST", "/settings/people/1/part/1"): _ADMIN,
    ("POST", "/settings/people/1/deactivate"): _ADMIN,
    ("POST", "/settings/people/1/reactivate"): _ADMIN,
    ("POST", "/settings/people/1/sign-out"): _ADMIN,
    ("POST", "/settings/people/1/forget-second-steps"): _ADMIN,
    ("POST", "/settings/people/1/tokens/1/revoke"): _ADMIN,
    ("GET", "/settings/invitations/"): _ADMIN,
    ("POST", "/settings/invitations/"): _ADMIN,
    ("POST", "/settings/invitations/1/resend"): _ADMIN,
    ("POST", "/settings/invitations/1/withdraw"): _ADMIN,
    ("GET", "/settings/groups/"): _ADMIN,
    ("POST", "/settings/groups/"): _ADMIN,
    ("POST", "/settings/groups/1/remove"): _ADMIN,
    ("GET", "/audit/"): _ADMIN,
    ("GET", "/audit/?format=csv"): _ADMIN,
}
