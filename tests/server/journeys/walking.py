"""One person at a browser, who looks at every page that comes: is it whole, does it fit, does it fail?"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests import axe

NARROW, WIDE = 360, 1280
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN = "() => document.querySelectorAll('main details').forEach(d => { d.open = true })"
FOCUS = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
  const s = getComputedStyle(e);
  return [e.outerHTML.slice(0, 90), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0
    || s.boxShadow !== 'none', [...document.querySelectorAll('*')].indexOf(e)] }"""
CONTROLS = """() => { const reachable = e => e.checkVisibility({visibilityProperty: true}) && e.tabIndex >= 0
  && !e.disabled && e.getBoundingClientRect().width > 0;
  const all = [...document.querySelectorAll('*')];
  return all.map((e, i) => [e, i]).filter(([e]) => e.matches('a[href],button,input:not([type=hidden]),select,textarea,summary')
  && reachable(e) && (e.type !== 'radio' || e.checked)).map(([e, i]) => [e.outerHTML.slice(0, 90), i]) }"""


class Walk:
    """A browser of one person: what they do, and what the browser complained of."""

    def __init__(
        self, chromium: Any, address: str, seen: set[str], *, script: bool = True, width: int = WIDE
    ) -> None:
        self.address, self.seen, self.script, self.width = address, seen, script, width
        self.said: list[str] = []
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        self.context.set_default_timeout(int(os.environ.get("JOURNEY_MS", "15000")))
        self.page = self.context.new_page()
        self.opened: set[str] = set()
        self.page.on("request", self._asked)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _asked(self, request: Any) -> None:
        if request.is_navigation_request():
            self.opened.add(request.url)

    def _heard(self, message: Any) -> None:
        """Keeps complaints, but not that a page which was asked for is a page that says no."""
        at = message.location.get("url", "")
        is_answer = at in self.opened and "the server responded with a status of 4" in message.text
        if message.type in ("error", "warning") and not is_answer:
            self.said.append(f"{message.text} ({at})")

    def carry(self, session: str) -> None:
        """Signs in by the cookie of a session that was made before."""
        self.context.add_cookies(
            [{"name": "mainstem_session", "value": session, "url": self.address}]
        )

    def leave(self) -> None:
        """Closes the browser; whatever it complained of fails the test."""
        self.context.close()
        assert self.said == [], f"the browser complained: {self.said}"

    def go(self, path: str, status: int = 200) -> Any:
        """Opens an address and looks at the page."""
        answer = self.page.goto(self.address + path)
        assert answer.status == status, f"{path}: {answer.status}"
        return self.look()

    def click(
        self, words: str, role: str = "link", *, inside: str = "body", exact: bool = False
    ) -> Any:
        """Follows a link, or presses a button, by its name; looks at the page that comes."""
        before = self.page.url
        self.page.locator(inside).get_by_role(role, name=words, exact=exact).first.click()
        self.page.wait_for_load_state()
        if role == "link":
            assert self.page.url != before, f"“{words}” leads nowhere"
        return self.look()

    def press(self, words: str, *, inside: str = "main", exact: bool = False) -> Any:
        """Presses a button that sends a form; looks at the page that comes."""
        button = self.page.locator(inside).get_by_role("button", name=words, exact=exact).first
        with self.page.expect_navigation():
            button.click()
        return self.look()

    def confirm(self, words: str, *, inside: str = "main") -> Any:
        """Presses a button that asks first, where scripts run, and says yes."""
        button = self.page.locator(inside).get_by_role("button", name=words).first
        with self.page.expect_navigation():
            button.click()
            if self.script:
                asked = self.page.locator("dialog[open]")
                asked.get_by_role("button", name=words).click()
        return self.look()

    def fill(self, **given: str) -> None:
        """Fills in fields by their name; a list is chosen from, a box is ticked by ``on``."""
        for name, value in given.items():
            field = self.page.locator(f'main [name="{name}"]:not([type=hidden])').first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            elif field.get_attribute("type") == "checkbox":
                field.check()
            else:
                field.fill(value)

    def write(self, **given: str) -> None:
        """Fills in fields by the beginning of their label, with ``_`` for a space."""
        for label, value in given.items():
            named = re.compile("^" + re.escape(label.replace("_", " ")))
            field = self.page.locator("main form").get_by_label(named).locator("visible=true").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    def look(self) -> Any:
        """What every page must be; each kind of page is looked at closely once in a module."""
        assert self.page.locator("h1").count() == 1, f"{self.path}: h1"
        kind = f"{self.script} {re.sub(r'[0-9]+', '0', self.path)}"
        if kind not in self.seen:
            self.seen.add(kind)
            self.look_closely()
        return self.page

    def look_closely(self) -> None:
        """Landmarks, the width of a phone, and axe."""
        for role in ("main", "navigation", "banner", "contentinfo"):
            if not self.is_bare or role == "main":
                # a phone folds the menu away
                found = self.page.get_by_role(role, include_hidden=role == "navigation")
                assert found.count() > 0, f"{self.path}: no {role}"
        assert self.page.get_by_role("main").count() == 1
        faults = self.faults()
        assert faults == [], f"{self.path}: {faults}"
        self.page.set_viewport_size({"width": NARROW, "height": 800})
        assert self.page.evaluate(SIDEWAYS) <= 0, f"{self.path} scrolls sideways"
        self.page.set_viewport_size({"width": self.width, "height": 900})

    @property
    def is_bare(self) -> bool:
        """Whether the page stands alone: nobody is signed in, so there is nothing to move to."""
        return self.page.locator("nav.menu").count() == 0

    @property
    def path(self) -> str:
        """The path of the page that is shown."""
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """What the page says, in one line."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def h1(self) -> str:
        """What the page's first line says."""
        return " ".join(self.page.locator("h1").inner_text().split())

    def faults(self) -> list[Any]:
        """What axe finds, where script runs."""
        return axe.faults(self.page) if self.script else []

    def printed(self) -> None:
        """The page on paper: the frame is left out, and what it says is there."""
        self.page.emulate_media(media="print")
        assert not self.page.locator("nav.menu").is_visible()
        assert self.page.locator("h1").is_visible()
        assert self.page.pdf(format="A4").startswith(b"%PDF")
        self.page.emulate_media(media="screen")

    def saved(self, link: Any) -> str:
        """The text of a file that a link downloads."""
        with self.page.expect_download() as waiting:
            link.click()
        return Path(waiting.value.path()).read_text("utf-8-sig")
