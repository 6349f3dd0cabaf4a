"""Does this qualify? Asked from a chat by a slash command, and answered to whoever asked alone.

Whoever has the command in the chat is answered as a viewer would be; nothing is written. Slack signs what it
sends, with the moment (https://api.slack.com/authentication/verifying-requests-from-slack); Mattermost sends a
token (https://developers.mattermost.com/integrate/slash-commands/custom/).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from django.db import IntegrityError

from mainstem.challenge.decisions import Work
from mainstem.config import settings
from mainstem.errors import Invalid, MainstemError
from mainstem.services.decisions.answer_words import path_of
from mainstem.services.decisions.desks import server_desk
from mainstem.services.decisions.qualifying import MOST_TITLE, Qualified, qualify
from mainstem.services.people.access import Actor, Given, Role
from mainstem.services.server.ground import Ground
from mainstem.services.sources.inbound import RATE
from mainstem.sources.answering import markdown, plain
from mainstem.store.models import ChatMessage
from mainstem.store.together import together

#: Longest message, in bytes; messages in a minute, and those among them that may be forged.
MOST, MOST_IN_A_MINUTE, MOST_FORGED = 64_000, 600, 60
#: A signed message that is older, or from further ahead, is not taken.
WINDOW = timedelta(minutes=5)
_MOST_REASONS = 4
_SLACK, _MATTERMOST = "slack", "mattermost"
_GIVEN = re.compile(r'(?<!\S)(label|component|project|type|team|link):("[^"]*"|\S+)', re.IGNORECASE)
_HELP = (
    "Say what is to be done, in a line: /mainstem Faster search on the phone. What is known can be said"
    ' beside it: label:search component:"Web shop" team:checkout link:https://…'
)


class Refused(MainstemError):
    """A message that is not taken. Its sender learns nothing more."""

    code = "chat.refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked in the chat.

    Attributes:
        kind: ``slack`` or ``mattermost``.
        words: What they wrote after the command.
    """

    kind: str
    words: str


def is_open() -> bool:
    """Whether the operator of this server gave a secret for a chat."""
    return bool(settings().text("MAINSTEM_CHAT_SECRET"))


def receive(headers: Mapping[str, str], body: bytes, *, at: datetime) -> Asked:
    """Takes a message of the chat in.

    Args:
        headers: Names in lower case.
        at: The real moment.

    Raises:
        Refused: it is forged, too old, or came before.
        TooMany: there were too many within a minute.
    """
    given = settings()
    kind, secret = given.text("MAINSTEM_CHAT"), given.text("MAINSTEM_CHAT_SECRET")
    form = _form(body)
    proof = (
        _slack(headers, body, secret, at) if kind == _SLACK else _token(headers, form, body, secret)
    )
    if not secret or proof is None:
        RATE.take("chat forged", MOST_FORGED)
        raise Refused("A message of the chat was not taken.")
    RATE.take("chat", MOST_IN_A_MINUTE)
    if proof and not _is_new(proof, at):
        raise Refused("A message of the chat came again.")
    return Asked(kind, form.get("text", ""))


def answer(asked: Asked, ground: Ground, *, base: str, at: datetime) -> dict[str, str]:
    """What the chat shows to whoever asked, and to nobody else.

    Args:
        base: Address of this server; empty: the answer leads nowhere.
    """
    escape = _slack_text if asked.kind == _SLACK else markdown
    if plain(asked.words).casefold() in ("", "help"):
        return _shown([escape(_HELP)])
    try:
        work = work_of(asked.words)
        found = qualify(work, server_desk(ground), _VIEWER, at=at)
    except Invalid as error:
        return _shown([escape(f"{error.message} {error.hint}")])
    bold = "*" if asked.kind == _SLACK else "**"
    lines = [
        f"{bold}{escape(found.sentence)}{bold}",
        *(f"• {escape(line)}" for line in _lines(found)),
    ]
    if base:
        link = f"{base}{path_of(found, work)}"
        more = "More, and to have it decided"
        lines.append(f"<{link}|{more}>" if asked.kind == _SLACK else f"[{more}](<{link}>)")
    return _shown(lines)


#: Whoever asks in the chat sees what a viewer sees.
_VIEWER = Actor(None, "chat", frozenset({Given(Role.VIEWER)}), may_write=False, face="hook")


def work_of(words: str) -> Work:
    """A piece of work out of a line: ``label:x`` and the like, all else is its title."""
    given: dict[str, tuple[str, ...]] = {}
    for name, value in _GIVEN.findall(words[:4_000]):
        value = plain(value.strip('"'), 600)
        if value:
            given[name.lower()] = (*given.get(name.lower(), ()), value)
    team, link = given.pop("team", ("",))[-1], given.pop("link", ("",))[-1]
    # Slack writes addresses as <https://…|shown>
    link = link.strip("<>").partition("|")[0]
    return Work(
        plain(_GIVEN.sub(" ", words[:4_000]), MOST_TITLE), team=team, link=link, given=given
    )


def _lines(found: Qualified) -> list[str]:
    lines = list(found.reasons[:_MOST_REASONS])
    if found.refusal:
        lines.append(f"What would change it: {found.refusal}")
    if found.question is not None and found.question.asked_of:
        lines.append(f"Asked of: {found.question.asked_of}")
    lines += [f"Alike: {one.title} ({one.step})" for one in found.similar[:2]]
    return lines


def _shown(lines: list[str]) -> dict[str, str]:
    return {"response_type": "ephemeral", "text": "\n".join(lines)}


def _slack_text(text: str) -> str:
    """Slack reads calls and links in angle brackets alone; signs of its markup lose their meaning by a gap."""
    line = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([@*_~`])", "\u200b\\1\u200b", line)


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=60))
    except ValueError:
        return {}


def _slack(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> str | None:
    """What tells this message from all others; ``None`` if it is not Slack's, or not of now."""
    stamp, given = (
        headers.get("x-slack-request-timestamp", ""),
        headers.get("x-slack-signature", ""),
    )
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 11:
        return None
    if abs(at.timestamp() - int(stamp)) > WINDOW.total_seconds():
        return None
    made = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    is_it = hmac.compare_digest(f"v0={made}".encode(), given.encode("utf-8", "replace"))
    return made if is_it else None


def _token(
    headers: Mapping[str, str], form: Mapping[str, str], body: bytes, secret: str
) -> str | None:
    """As ``_slack``; empty where nothing in it tells it from another that asks the same."""
    scheme, _, told = headers.get("authorization", "").partition(" ")
    given = told.strip() if scheme.lower() == "token" else form.get("token", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
        return None
    return hashlib.sha256(body).hexdigest() if form.get("trigger_id") else ""


def _is_new(proof: str, at: datetime) -> bool:
    try:
        with together():
            ChatMessage.objects.create(digest=proof, at=at)
    except IntegrityError:
        return False
    return True
