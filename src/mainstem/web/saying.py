"""Telling the person on their next page what just happened, perhaps with the one thing to do about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest


def say(request: HttpRequest, words: str, *, action: str = "", href: str = "") -> None:
    """What went well, with a link such as "Undo" or "Look at it"."""
    messages.success(request, _packed(words, action, href))


def warn(request: HttpRequest, words: str, *, action: str = "", href: str = "") -> None:
    """What the person should know, though it went well."""
    messages.warning(request, _packed(words, action, href))


def _packed(words: str, action: str, href: str) -> str:
    return f"{words}\x1f{action}\x1f{href}" if action else words
