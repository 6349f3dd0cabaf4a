"""Settings of sign-in, taken over by ``web.settings``."""

from __future__ import annotations

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
