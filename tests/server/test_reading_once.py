"""What is printed once is printed for that page's data alone, and goes with it."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass

from markupsafe import Markup

from mainstem.web.jinja import environment
from mainstem.web.once import once


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Page:
    """A page's data."""

    name: str


def test_a_part_is_printed_once_for_each_page_and_each_part():
    printed = []

    def caller():
        printed.append(1)
        return Markup("<p>{}</p>").format(len(printed))

    one, same = Page("a"), Page("a")
    first = once(one, "top", caller)
    assert once(one, "top", caller) == first
    assert once(one, "foot", caller) != first
    assert once(same, "top", caller) != first


def test_what_was_printed_goes_with_the_page():
    page = Page("a")
    text = Markup("x" * 10)
    once(page, "top", lambda: text)
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is None


def test_the_oldest_prints_go_once_too_much_is_kept(monkeypatch):
    monkeypatch.setattr("mainstem.web.once.MOST", 500)
    monkeypatch.setattr("mainstem.web.once.LOOK", 1)
    pages = [Page(str(n)) for n in range(20)]
    for page in pages:
        once(page, "top", lambda: Markup("x" * 100))
    assert once(pages[-1], "top", lambda: Markup("again")) == "x" * 100
    assert once(pages[0], "top", lambda: Markup("again")) == "again"


def test_a_template_escapes_what_it_prints_once():
    made = environment().from_string(
        "{% call once(page, 'top') %}<b>{{ page.name }}</b>{% endcall %}"
    )
    page = Page("<script>")
    assert made.render(page=page) == made.render(page=page) == "<b>&lt;script&gt;</b>"
