"""Preparing a workshop, coming into it and acting in it by its pages, as a browser without script does."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

MINE = {"title": "Planning day", "why": "Rivals are faster", "starts": "2026-10-22T09:00", "cycle": "2026-q4",
        "agenda": "half-day", "started_from": "nothing", "guests": "on"}  # fmt: skip


def text(response: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split()).replace(
        "\xa0", " "
    )


def prepared(browser: Client, **more: str) -> int:
    """A workshop made by the page; its number."""
    made = browser.post("/workshop/new", {**MINE, **more})
    assert made.status_code == 302, text(made)
    found = re.fullmatch(r"/workshop/(\d+)/lead", made["Location"])
    assert found
    return int(found[1])


def link(browser: Client, number: int) -> str:
    """The address by which people join, as the desk shows it."""
    found = re.search(
        r"http://testserver(/workshop/join/[a-z0-9]+)",
        browser.get(f"/workshop/{number}/lead").content.decode(),
    )
    assert found, "the desk shows no link"
    return found[1]


def guest_in(number: int, address: str, name: str = "Gus") -> Client:
    """A browser of somebody who came in with a name only."""
    browser = Client()
    came = browser.post(address, {"as": "guest", "name": name})
    assert came["Location"] == f"/workshop/{number}/", text(came)
    return browser


def sent(browser: Client, number: int, act: str, **given: str) -> Any:
    """An act by form from the desk, as where no script runs."""
    from mainstem.web.jinja import new_act

    back = f"/workshop/{number}/lead"
    return browser.post(
        f"/workshop/{number}/acts",
        {"id": new_act(), "act": act, "back": back, **given},
        follow=True,
    )


def seat(number: int, name: str) -> int:
    from mainstem.store.models import Seat

    return int(Seat.objects.get(workshop_id=number, name=name).pk)
