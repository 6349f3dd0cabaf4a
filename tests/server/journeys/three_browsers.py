"""Three people in one room, each at a browser of their own, and what is the same at every step of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.server.journeys.walking import SIDEWAYS, Walk

#: A folder that pictures for the docs are written to; without it none are.
PICTURES = os.environ.get("WORKSHOP_PICTURES", "")
IN_STEP = "() => document.querySelector('workshop-room').records?.room"


@dataclass
class Afternoon:
    """Tomas leads at a laptop, Lene sits at another one, Gita is a guest with a phone."""

    tomas: Walk
    lene: Walk
    gita: Walk
    room: str = ""
    loads: dict[str, int] = field(default_factory=dict)

    @property
    def everybody(self) -> dict[str, Walk]:
        """All three by name."""
        return {"tomas": self.tomas, "lene": self.lene, "gita": self.gita}

    def sit_down(self) -> None:
        """All open the step on screen; from here on nobody loads a page again."""
        for name, walk in self.everybody.items():
            if walk.path != self.room:
                walk.page.goto(walk.address + self.room)
            walk.page.wait_for_function(IN_STEP)
            self.loads[name] = 0
            walk.page.on("load", lambda _, name=name: self._loaded(name))

    def _loaded(self, name: str) -> None:
        self.loads[name] += 1

    def go(self, prompt: str) -> None:
        """Tomas goes to the next step, and all are there; the one before fits the phone with all its cards."""
        assert self.gita.page.evaluate(SIDEWAYS) <= 0, (
            f"the step before “{prompt}” scrolls sideways"
        )
        self.tomas.page.get_by_role("button", name="Next step").click()
        for walk in self.everybody.values():
            walk.page.locator("h1", has_text=prompt).wait_for()

    def all_see(self, words: str, where: str = "main") -> None:
        """All three browsers show some words in a place."""
        for walk in self.everybody.values():
            seen(walk, words, where)


def seen(walk: Walk, words: str, where: str = "main") -> None:
    """Waits until a browser shows some words in a place."""
    walk.page.locator(where).get_by_text(words).locator("visible=true").first.wait_for()


def card(walk: Walk, words: str) -> Any:
    """The card that says some words."""
    return walk.page.locator(
        "main .card", has=walk.page.locator(".card-text", has_text=words)
    ).first


def section(walk: Walk, words: str) -> Any:
    """The innermost section that is headed by some words."""
    titled = walk.page.locator("[data-title]", has_text=words)
    return walk.page.locator("main [data-section]", has=titled).last


def lane(place: Any, title: str) -> Any:
    """A lane of a step or of a section by its heading."""
    return place.get_by_role("group", name=title, exact=True)


def add(place: Any, text: str, **asked: str) -> None:
    """Writes a card by the first form of a lane, with what the form asks for, and presses Enter."""
    form = place.locator("form.add").first
    given(form, asked)
    form.locator("[name=text]").fill(text)
    form.locator("[name=text]").press("Enter")


def given(form: Any, asked: dict[str, str]) -> None:
    """Fills in fields of a card by their names; what names another card is chosen by its words."""
    for name, value in asked.items():
        named = form.locator(f"[name='{'' if name == 'under' else 'field.'}{name}']")
        if named.first.get_attribute("type") == "checkbox":
            form.get_by_label(value).check()
        elif named.evaluate("e => e.tagName") != "SELECT":
            named.fill(value)
        else:
            named.focus()
            named.locator("option", has_text=value).first.wait_for(state="attached")
            named.select_option(label=value)


def edit(walk: Walk, words: str, **fields: str) -> None:
    """Opens a card, changes it, saves it."""
    own = card(walk, words)
    own.locator(".card-open").click()
    form = own.locator("form.card-edit")
    if "text" in fields:
        form.locator("[name=text]").fill(fields.pop("text"))
    given(form, fields)
    form.get_by_role("button", name="Save").click()
    form.wait_for(state="hidden")


def picture(walk: Walk, name: str, *, page: Any = None, dark: bool = False, size: tuple[int, int] = (1024, 680)) -> None:  # fmt: skip
    """Writes a picture for the docs, if they are wanted."""
    if not PICTURES:
        return
    page = page or walk.page
    before = page.viewport_size
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0) }")
    page.wait_for_timeout(400)
    page.screenshot(path=Path(PICTURES) / f"workshop-{name}.png")
    page.set_viewport_size(before)
    page.emulate_media(color_scheme="light")
