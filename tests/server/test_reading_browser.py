"""The reading pages of the demo organisation in a real browser: wide and narrow, light and dark."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chromium import launched

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = (
    "/", "/river", "/map", "/streams/", "/teams/", "/streams/start-fast", "/teams/player-apps",
    "/teams/viewing", "/objectives/live", "/initiatives/start-fast-1", "/?cycle=2026-Q2", "/?team=viewing",
)  # fmt: skip
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll('main *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !e.closest('.scroll, .hide, svg');
}).map(e => e.tagName + '.' + e.className)"""
OPEN = "document.querySelectorAll('main details').forEach(d => { d.open = true })"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo-site")
    env = {**os.environ, "MAINSTEM_DATA": str(folder)}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.server.demo_site", str(folder)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, env=env, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        yield json.loads(next(line for line in lines if line.startswith('{"address"')))
        process.terminate()


@pytest.fixture(scope="module")
def browser():
    yield from launched()


@pytest.fixture
def visit(browser, site):
    opened = []

    def go(path, width, scheme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        opened.append(context)
        context.add_cookies(
            [{"name": "mainstem_session", "value": site["session"], "url": site["address"]}]
        )
        page, said = context.new_page(), []
        page.on(
            "console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: said.append(str(error)))
        answer = page.goto(site["address"] + path)
        assert answer.status == 200
        page.wait_for_load_state("networkidle")
        return page, said

    yield go
    for context in opened:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_nothing_is_cut_off_and_nothing_is_refused(
    visit, path, scheme, width
):
    page, said = visit(path, width, scheme)
    assert page.evaluate(SIDEWAYS) <= 0
    page.evaluate(OPEN)
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(CUT_OFF) == []
    assert page.locator("h1").count() == 1
    assert said == []


def test_a_path_of_the_river_is_traced_and_a_label_opens_its_page(visit):
    page, _ = visit("/river", 1440)
    label = page.locator("figure.wide a[href^='/streams/start-fast']")
    label.hover()
    faded = page.locator("figure.wide [data-ends].off").count()
    kept = page.locator("figure.wide [data-ends]:not(.off)").count()
    assert 0 < kept < faded
    ends = page.locator("figure.wide [data-ends]:not(.off)").evaluate_all(
        "a => a.map(e => e.dataset.ends)"
    )
    assert all("start-fast" in e for e in ends)
    label.click()
    page.wait_for_url("**/streams/start-fast*")
    assert "From play to picture" in page.locator("h1").inner_text()


def test_a_cycle_is_picked_and_stays_while_one_moves_on(visit):
    page, _ = visit("/", 1440)
    page.locator(".pick summary").first.click()
    page.locator(".pick .float a", has_text="2026-Q2").click()
    page.wait_for_url("**/?cycle=2026-Q2")
    page.locator("nav.menu a", has_text="Map").click()
    page.wait_for_url("**/map?cycle=2026-Q2")
    page.locator(".map a").first.click()
    page.wait_for_url("**/streams/*?cycle=2026-Q2")


def test_without_script_the_same_is_there(visit):
    page, _ = visit("/streams/start-fast", 1440, java_script_enabled=False)
    assert page.locator("svg.chart").first.is_visible()
    page.locator("summary", has_text="Share this page").click()
    assert "cycle=2026-Q3" in page.locator(".ends code").inner_text()
    page.locator(".crumbs a").first.click()
    assert page.url.split("?")[0].endswith("/objectives/live")


def test_printed_pages_leave_the_frame_out(visit):
    page, _ = visit("/", 1440)
    page.emulate_media(media="print")
    assert not page.locator(".side").is_visible() and not page.locator(".top").first.is_visible()
    assert page.locator("h1").is_visible()
