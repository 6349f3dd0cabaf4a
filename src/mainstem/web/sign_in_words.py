"""What sign-in says, on pages and in mail. Nothing here tells whether an address has an account."""

from __future__ import annotations

#: Text that allauth would show after something went well → ours; what is not here is not said.
SAID = {
    "account/messages/logged_out.txt": "You have signed out.",
    "account/messages/password_changed.txt": "Your password is changed. Sessions elsewhere have ended.",
    "account/messages/password_set.txt": "You have a password now.",
    "mfa/messages/recovery_codes_generated.txt": "These recovery codes are new; older ones open nothing.",
    "mfa/messages/totp_activated.txt": "From now on, signing in asks for a one-time code.",
    "mfa/messages/totp_deactivated.txt": "Signing in asks for no one-time code any more.",
    "mfa/messages/webauthn_added.txt": "The passkey is added.",
    "mfa/messages/webauthn_removed.txt": "The passkey is removed.",
}  # fmt: skip
#: What went wrong, in our words.
WRONG = {
    "account_inactive": "This account is closed. Ask an administrator.",
    "email_password_mismatch": "This address and this password do not belong together.",
    "too_many_login_attempts": "That was too often. Wait a few minutes and try again.",
    "incorrect_password": "That is not your password.",
    "enter_current_password": "That is not your password now.",
    "incorrect_code": "That code is not right. Wait for the next one and try again.",
    "rate_limited": "That was too often. Wait a few minutes and try again.",
}
#: Mail about something that was done with an account: subject, and what was done.
TOLD = {
    "account/email/password_changed": ("Your password was changed", "The password of your account was changed."),
    "account/email/password_reset": ("Your password was changed", "The password of your account was changed with a link from a mail."),
    "account/email/password_set": ("Your account has a password", "A password was set for your account."),
    "mfa/email/totp_activated": ("One-time codes are on", "Signing in to your account now asks for a one-time code."),
    "mfa/email/totp_deactivated": ("One-time codes are off", "Signing in to your account asks for no one-time code any more."),
    "mfa/email/recovery_codes_generated": ("New recovery codes", "New recovery codes were made for your account."),
    "mfa/email/webauthn_added": ("A passkey was added", "A passkey was added to your account."),
    "mfa/email/webauthn_removed": ("A passkey was removed", "A passkey was removed from your account."),
    "socialaccount/email/account_connected": ("Single sign-on opens your account", "Your account can now be opened by single sign-on."),
}  # fmt: skip
RESET_SUBJECT = "A new password for Mainstem"
RESET = (
    "Hello {name},\n\nopen this link to choose a new password:\n\n{link}\n\n"
    "It works once, for three days. If you did not ask for it, do nothing: your password stays as it is.\n"
)
NOTE = (
    "Hello {name},\n\n{what}\n\nThis was on {when} from the address {address}.\n\n"
    "If it was not you, change your password and tell an administrator of Mainstem.\n"
)
