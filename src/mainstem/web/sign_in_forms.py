"""The forms of sign-in, in our words. What they check is allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms

EMAIL = "E-mail address"
PASSWORD = "Password"
STRONG = "At least 10 characters; four words that have nothing to do with each other are good."


def said(form: forms.Form, **words: tuple[str, str]) -> None:
    """Gives fields their label and help; a placeholder is no label, so it goes."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in words:
            field.label, field.help_text = words[name]


class SignIn(account.LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, login=(EMAIL, ""), password=(PASSWORD, ""),
             remember=("Stay signed in on this device for two weeks", ""))  # fmt: skip


class ForgetPassword(account.ResetPasswordForm):
    """Where to send a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, email=(EMAIL, ""))


class NewPassword(account.ResetPasswordKeyForm):
    """A new password, behind the link of a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, password1=("New password", STRONG), password2=("The same again", ""))


class ChangePassword(account.ChangePasswordForm):
    """Old and new."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, oldpassword=("Password now", ""), password1=("New password", STRONG),
             password2=("The same again", ""))  # fmt: skip


class SetPassword(account.SetPasswordForm):
    """A first password, for who signed in by single sign-on so far."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, password1=(PASSWORD, STRONG), password2=("The same again", ""))


class ConfirmPassword(account.ReauthenticateForm):
    """The password again, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, password=(PASSWORD, ""))


class Code(base.AuthenticateForm):
    """A one-time code, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, code=("Code", "From your authenticator, or one of your recovery codes."))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class CodeAgain(base.ReauthenticateForm):
    """The same, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, code=("Code", "From your authenticator, or one of your recovery codes."))


class FirstCode(totp.ActivateTOTPForm):
    """The first code proves that the authenticator was set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, code=("Code", "The six digits that it shows now."))


class AddPasskey(webauthn.AddWebAuthnForm):
    """A passkey: it is asked for by the browser, the name is for the person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, name=("Name", "Such as the device it lives on."),
             passwordless=("Sign in with it alone, without a password",
                           "Your device then asks for your finger, face or PIN each time."))  # fmt: skip
        self.fields["passwordless"].initial = True


class RenamePasskey(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said(self, name=("Name", ""))
