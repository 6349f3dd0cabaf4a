"""Secrets that must be read again, such as those of one-time codes, are kept sealed."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from mainstem.errors import MainstemError


def seal(text: str, purpose: str) -> str:
    """Encrypts with a key of the server's secret; ``purpose`` keeps one use from another's."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """What was sealed.

    Raises:
        MainstemError: the server's secret is another one than when it was sealed.
    """
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise MainstemError(
            f"What was sealed for {purpose} cannot be read with this server's secret.",
            "Set MAINSTEM_SECRET to the one it was sealed with, or set it up anew.",
            code="secret.changed",
        ) from error


def _box(purpose: str) -> Fernet:
    key = hashlib.scrypt(
        settings.SECRET_KEY.encode(), salt=purpose.encode(), n=2, r=8, p=1, dklen=32
    )
    return Fernet(base64.urlsafe_b64encode(key))
