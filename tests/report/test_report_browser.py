"""The report in a real browser: no sideways scroll, no fault, printable, clean for axe."""

import pytest

from mainstem.report.render import render_report
from tests.axe import faults
from tests.chromium import launched
from tests.figures.report_samples import sample_report_data

pytestmark = pytest.mark.browser
WIDTHS = (360, 700, 1024, 1440, 2560)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !e.closest('.scroll, .hide, .skip, svg');
}).map(e => e.tagName + '.' + e.className)"""
OPEN = "document.querySelectorAll('details').forEach(d => { d.open = true })"


@pytest.fixture(scope="module")
def browser():
    yield from launched()


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")

    def write(state: str) -> str:
        file = folder / f"{state}.html"
        if not file.exists():
            file.write_text(render_report(sample_report_data(state)), encoding="utf-8")
        return file.as_uri()

    return write


def visit(browser, url, width, scheme="light", **options):
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, **options
    )
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    return page, said


@pytest.mark.parametrize("state", ["demo", "large", "nasty", "empty"])
def test_nothing_scrolls_sideways_or_is_cut_off_at_any_width(browser, shown, state):
    page, said = visit(browser, shown(state), 1440)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SIDEWAYS) == 0
        assert page.evaluate(CUT_OFF) == []
        page.evaluate(OPEN)
        assert page.evaluate(SIDEWAYS) == 0
    assert said == []
    page.close()


def test_a_csv_can_be_saved_from_the_file(browser, shown, tmp_path):
    page, _ = visit(browser, shown("demo"), 1440)
    with page.expect_download() as waiting:
        page.locator("#streams a[download]").click()
    saved = tmp_path / "streams.csv"
    waiting.value.save_as(saved)
    assert waiting.value.suggested_filename == "streams.csv"
    assert saved.read_text("utf-8-sig").startswith("stream,name,objective,metric")
    page.close()


def test_it_prints(browser, shown):
    page, _ = visit(browser, shown("demo"), 1440, "dark")
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    ground = page.evaluate("getComputedStyle(document.body).color")
    assert ground == "rgb(23, 34, 44)"
    page.close()


def test_the_keyboard_reaches_the_report_first(browser, shown):
    page, _ = visit(browser, shown("demo"), 1440)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing(browser, shown, width, scheme):
    page, _ = visit(browser, shown("demo"), width, scheme, bypass_csp=True)
    page.evaluate(OPEN)
    assert faults(page) == []
    page.close()
