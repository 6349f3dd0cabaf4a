"""Mail: plain words to one address. How it travels is a setting; Django's mail does the rest."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

import structlog
from django.core.mail import EmailMessage, EmailMultiAlternatives

_LOG = structlog.get_logger("mainstem.mail")
_ON_THE_WAY: set[Future[bool]] = set()


def post(to: str, subject: str, text: str, html: str = "") -> bool:
    """Sends one message now. Whether it was taken; why not is in the log, without its text."""
    message = EmailMultiAlternatives(" ".join(subject.split()), text, to=[to])
    if html:
        message.attach_alternative(html, "text/html")
    return deliver(message)


def deliver(message: EmailMessage) -> bool:
    """Sends a message that is ready. Whether it was taken."""
    try:
        message.send()
    except (OSError, ValueError) as error:
        _LOG.error("mail not sent", reason=type(error).__name__, subject=message.subject)
        return False
    return True


def deliver_later(message: EmailMessage) -> None:
    """Sends a message after the answer, so that its time tells nobody whether there was one."""
    under_way = _pool().submit(deliver, message)
    _ON_THE_WAY.add(under_way)
    under_way.add_done_callback(_ON_THE_WAY.discard)


def settle() -> None:
    """Waits until what is to be sent later was sent; before a process ends."""
    for under_way in tuple(_ON_THE_WAY):
        under_way.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "mail")
