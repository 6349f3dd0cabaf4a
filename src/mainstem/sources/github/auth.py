"""How to show GitHub who is asking: a token, or an app whose tokens last an hour.

Apps: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from mainstem.errors import SourceError
from mainstem.sources.dates import moment
from mainstem.sources.remote import Connection, Refused

#: A token of an installation is renewed when it has less than this left.
EARLY = timedelta(minutes=5)
#: How long our signature is good; GitHub takes ten minutes at most, and clocks differ.
SIGNED = timedelta(minutes=9)
_DRIFT = timedelta(seconds=60)

Post = Callable[[str, Mapping[str, str]], Any]


class Keys(Protocol):
    """What goes into the header ``Authorization``."""

    def headers(self) -> dict[str, str]:
        """The header. May ask GitHub for a new token.

        Raises:
            SourceError: there are no credentials, or they are not taken.
        """
        ...

    def renew(self) -> bool:
        """Called after a refusal: whether another try may help."""
        ...


class Token:
    """A fine-grained or classic personal token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self) -> dict[str, str]:
        """The header."""
        return {"authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """A token stays what it is."""
        return False


class App:
    """An installation of an app. Safe between threads.

    Args:
        app_id: Id or client id of the app.
        installation_id: Which installation.
        private_key: PEM.
        post: Posts to a path with headers and gives the JSON.
        now: GitHub's clock, as well as it is known.
    """

    def __init__(
        self, app_id: str, installation_id: str, private_key: str, post: Post,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._app, self._installation, self._pem = app_id, installation_id, private_key
        self._post, self._now = post, now
        self._lock = threading.Lock()
        self._token, self._ends = "", datetime.min.replace(tzinfo=UTC)
        self.permissions: Mapping[str, Any] = {}

    def headers(self) -> dict[str, str]:
        """The header, with a token that is good for some minutes at least."""
        with self._lock:
            if not self._token or self._now() > self._ends - EARLY:
                self._mint()
            return {"authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Forgets the token, so that the next call makes one."""
        with self._lock:
            self._token = ""
        return True

    def signed(self) -> dict[str, str]:
        """The header of the app itself, not of an installation."""
        return {"authorization": f"Bearer {signed_claim(self._app, self._pem, self._now())}"}

    def _mint(self) -> None:
        path = f"app/installations/{self._installation}/access_tokens"
        try:
            found = self._post(path, self.signed())
        except SourceError as refused:
            if refused.code != "source.credentials":
                raise
            # our clock may be off; by now the refusal has told us GitHub's
            found = self._post(path, self.signed())
        try:
            token, ends = found["token"], moment(found["expires_at"])
        except (TypeError, KeyError, Refused):
            token, ends = None, None
        if not isinstance(token, str) or ends is None:
            raise SourceError(
                "GitHub gave no token for the app's installation.",
                "Check app_id and installation_id, and that the app is still installed.",
                code="source.credentials",
            )
        given = found.get("permissions")
        self.permissions = given if isinstance(given, Mapping) else {}
        self._token, self._ends = token, ends


def keys_of(of: Connection, post: Post, now: Callable[[], datetime]) -> Keys:
    """The credentials of a connection: an app where it has one, else a token.

    Raises:
        SourceError: something is missing.
    """
    if not of.text("app_id"):
        return Token(of.secret("token"))
    if not of.text("installation_id"):
        raise SourceError(
            f"The source {of.name} has an app_id but no installation_id.",
            "It is the number at the end of the address of the installation's settings.",
            code="source.credentials",
        )
    pem = of.secret("private_key").replace("\\n", "\n")
    return App(of.text("app_id"), of.text("installation_id"), pem, post, now)


def signed_claim(app_id: str, pem: str, now: datetime) -> str:
    """A JSON web token (RS256) that says: this is the app, now.

    Raises:
        SourceError: the key is none. It says nothing of what was given.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), None)
    except Exception:  # the library has many errors for a bad key, and their texts may quote it
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SourceError(
            "The private_key is no RSA key in PEM form.",
            "Make one on the app's page (Generate a private key) and give the whole file.",
            code="source.credentials",
        )
    claims = {
        "iat": int((now - _DRIFT).timestamp()), "exp": int((now + SIGNED).timestamp()),
        "iss": app_id,
    }  # fmt: skip
    head = f"{_packed({'alg': 'RS256', 'typ': 'JWT'})}.{_packed(claims)}"
    return f"{head}.{_coded(key.sign(head.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _packed(value: Mapping[str, Any]) -> str:
    return _coded(json.dumps(value, separators=(",", ":")).encode())


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
