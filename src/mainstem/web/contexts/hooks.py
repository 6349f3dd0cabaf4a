"""Page data of webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mainstem.errors import Absent
from mainstem.figures.shown import Tag
from mainstem.figures.wording import plural
from mainstem.services.people.access import Actor
from mainstem.services.telling.hooks import PAGE, DeliveryShown, deliveries, hooks
from mainstem.services.telling.telling import EVENTS
from mainstem.web.contexts.account import moment
from mainstem.web.contexts.people import settings_tabs
from mainstem.web.contexts.pieces import Link, Tab

_TONES = {"waiting": "rest", "given up": "bad", "taken": "good"}


@dataclass(frozen=True, slots=True)
class HookLine:
    """A webhook in words."""

    id: int
    name: str
    url: str
    events: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class HooksPage:
    """All webhooks; ``secret`` is that of one just made, and is never shown again."""

    head: str
    tabs: tuple[Tab, ...]
    hooks: tuple[HookLine, ...]
    secret: str


def hooks_page(actor: Actor, secret: str) -> HooksPage:
    """Builds the list."""
    found = hooks(actor)
    lines = tuple(
        HookLine(h.id, h.name, h.url, ", ".join(EVENTS.get(e, e) for e in h.events), h.is_on)
        for h in found
    )
    on = sum(h.is_on for h in found)
    head = (
        f"{plural(on, 'address is', 'addresses are')} told what happens"
        if found
        else "Nobody else is told what happens"
    )
    return HooksPage(head, settings_tabs("hooks"), lines, secret)


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """What became of one event."""

    id: int
    what: str
    when: str
    state: Tag
    said: str
    next: str
    may_repeat: bool


@dataclass(frozen=True, slots=True)
class HookPage:
    """One webhook's events."""

    crumbs: tuple[Link, ...]
    id: int
    head: str
    lead: str
    lines: tuple[DeliveryLine, ...]
    more: str


def hook_page(hook: int, actor: Actor, before: int | None, zone: ZoneInfo) -> HookPage:
    """Builds the log of a webhook.

    Raises:
        Absent: there is none of that number.
    """
    found = deliveries(hook, actor, before=before)
    of = next((h for h in hooks(actor) if h.id == hook), None)
    if of is None:
        raise Absent("There is no such webhook.", "It may have been removed.")
    more = f"/settings/hooks/{hook}/?before={found[-1].id}" if len(found) == PAGE else ""
    return HookPage(
        (Link("Webhooks", "/settings/hooks/"),),
        hook,
        of.name,
        of.url,
        tuple(_line(d, zone) for d in found),
        more,
    )


def _line(d: DeliveryShown, zone: ZoneInfo) -> DeliveryLine:
    tries = plural(d.tries, "try", "tries")
    again = f"next on {moment(d.next_at, zone)}" if d.next_at else ""
    return DeliveryLine(
        d.id,
        EVENTS.get(d.event, d.event),
        moment(d.at, zone),
        Tag(d.status, _TONES.get(d.status, "")),
        f"{tries}: {d.answer}" if d.tries else "not tried yet",
        again,
        d.status != "waiting",
    )
