"""The shell in a real browser: every width and theme, with script and without, by keyboard alone."""

import pytest

from tests.axe import faults

pytestmark = pytest.mark.browser
WIDTHS = (360, 1440, 2560)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && e.checkVisibility() && box.right > innerWidth + 1 && !e.closest('.scroll, .hide, .skip, svg');
}).map(e => e.tagName + '.' + e.className)"""
OPEN = "document.querySelectorAll('details').forEach(d => { d.open = true })"


def visit(browser, url, width=1440, scheme="light", **options):
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, **options
    )
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(url)
    return page


@pytest.fixture
def page(browser, site):
    made = visit(browser, site)
    yield made
    made.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [*WIDTHS, 700, 1024, 1280, 1920])
def test_nothing_scrolls_sideways_or_is_cut_off(browser, site, width, scheme):
    page = visit(browser, site, width, scheme)
    page.evaluate(OPEN)
    assert page.evaluate(SIDEWAYS) == 0
    assert page.evaluate(CUT_OFF) == []
    assert page.said == [], "the policy of the server forbids something that the page does"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(browser, site, width, scheme):
    page = visit(browser, site, width, scheme, bypass_csp=True)
    page.evaluate(OPEN)
    assert faults(page) == []
    page.close()


@pytest.mark.parametrize("code", ["400", "403", "404", "409", "413", "429", "500"])
def test_axe_finds_nothing_on_an_error_page(browser, site, code):
    page = visit(browser, f"{site}/errors/{code}", 360, bypass_csp=True)
    assert page.evaluate(SIDEWAYS) == 0
    assert faults(page) == []
    page.close()


@pytest.mark.parametrize("opened", ["#keys", "#ask", ".palette"])
def test_axe_finds_nothing_in_what_floats(browser, site, opened):
    page = visit(browser, site, bypass_csp=True)
    if opened == ".palette":
        page.keyboard.press("Control+k")
        page.locator(".found a").first.wait_for()
    else:
        page.evaluate(f"document.querySelector('{opened}').showModal()")
    assert faults(page, opened) == []
    page.close()


def test_a_persons_own_theme_wins_over_that_of_the_device(browser, site):
    dark = visit(browser, f"{site}/?theme=dark", scheme="light")
    assert ground(dark) == "rgb(16, 22, 27)"
    light = visit(browser, f"{site}/?theme=light", scheme="dark")
    assert ground(light) == "rgb(251, 250, 246)"
    light.close()
    dark.close()


def test_the_theme_changes_at_once_and_the_server_is_told(page):
    with page.expect_request(lambda request: request.method == "POST") as waiting:
        page.get_by_role("button", name="Dark").click()
    assert ground(page) == "rgb(16, 22, 27)"
    assert waiting.value.url.endswith("/theme")
    assert 'name="theme"\r\n\r\ndark' in waiting.value.post_data
    assert page.get_by_role("button", name="Dark").get_attribute("aria-pressed") == "true"


def ground(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_paper_is_light_and_has_no_navigation(browser, site):
    page = visit(browser, f"{site}/?theme=dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(23, 34, 44)"
    assert not page.locator("nav.menu").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()


def test_the_face_is_our_own(page):
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px Inter', 'a→⌘')")


def test_the_keyboard_reaches_the_page_first(page):
    page.evaluate("document.activeElement.blur()")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_without_script_the_menu_opens_and_closes_by_links(browser, site):
    page = visit(browser, site, 360, java_script_enabled=False)
    menu = page.get_by_role("navigation", name="Main")
    assert not menu.is_visible()
    page.get_by_role("link", name="Menu", exact=True).click()
    assert menu.get_by_role("link", name="Pulse").is_visible()
    page.get_by_role("link", name="Close the menu").click()
    assert not menu.is_visible()
    page.close()


def test_without_script_every_control_is_a_link_or_a_form_with_a_button(browser, site):
    page = visit(browser, site, java_script_enabled=False)
    assert page.locator("a.find").get_attribute("href") == "/find"
    assert page.locator("auto-submit button").is_visible()
    page.locator(".pick summary").first.click()
    assert page.get_by_role("link", name="2026 Q1").is_visible()
    page.close()


def test_the_menu_is_a_button_that_escape_closes(browser, site):
    page = visit(browser, site, 360)
    button = page.get_by_role("button", name="Menu")
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    assert not page.get_by_role("navigation", name="Main").is_visible()
    page.close()


def test_a_picker_closes_when_one_clicks_elsewhere(page):
    page.locator(".pick summary").nth(1).click()
    assert page.get_by_role("link", name="All 500 teams…").is_visible()
    page.locator("h1").click()
    assert not page.get_by_role("link", name="All 500 teams…").is_visible()


def test_anything_is_found_by_name_and_opened_with_the_arrow_keys(page):
    page.keyboard.press("Control+k")
    page.locator(".found a").nth(2).wait_for()
    page.keyboard.type("pl")
    page.locator(".found a").nth(2).wait_for(state="detached")
    for key in ("ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert "Platform" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/teams/playback")


def test_enter_opens_what_was_typed_and_not_what_was_shown_before(page):
    page.keyboard.press("Control+k")
    page.locator(".found a").nth(2).wait_for()
    page.keyboard.type("plat")
    page.keyboard.press("Enter")
    page.wait_for_url("**/teams/platform")


def test_a_slash_searches_but_not_while_one_writes(page):
    page.locator("#id_name").focus()
    page.keyboard.press("/")
    assert page.locator("dialog.palette").count() == 0
    page.locator("#id_name").blur()
    page.keyboard.press("/")
    assert page.locator("dialog.palette").is_visible()


def test_the_keys_are_shown_with_those_of_the_page(page):
    page.locator("#query").blur()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert page.locator("#keys dd", has_text="Save the rule").is_visible()


def test_single_keys_can_be_turned_off(page):
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    for key in ("?", "/"):
        page.keyboard.press(key)
        assert page.locator("dialog[open]").count() == 0
    page.evaluate("localStorage.clear()")


def test_a_chart_reads_its_values_with_the_arrow_keys(page):
    page.locator("chart-hover").first.focus()
    page.keyboard.press("ArrowRight")
    first = page.locator(".tip").first.inner_text()
    page.keyboard.press("ArrowRight")
    assert first.startswith("2026-W")
    assert page.locator(".tip").first.inner_text() != first
    page.keyboard.press("Escape")
    assert not page.locator(".tip").first.is_visible()


def test_a_ribbon_says_what_flows_under_the_pointer(page):
    page.locator("figure.wide .river path, figure.wide svg.river path").nth(2).hover()
    assert "→" in page.locator(".tip").nth(1).inner_text()


def test_a_query_is_completed_and_its_mistake_pointed_at(page):
    field = page.locator("#query")
    assert field.evaluate("e => e.selectionStart") == 18
    field.fill("team:playback and la")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert field.input_value() == "team:playback and label:"


def test_what_cannot_be_undone_asks_first(page):
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("button", name="Remove").click()
    question = page.get_by_role("dialog", name="Remove the rule for 214 items?")
    question.get_by_role("button", name="Cancel").click()
    assert "POST" not in sent
    page.get_by_role("button", name="Remove").click()
    with page.expect_request(lambda request: request.method == "POST") as waiting:
        question.get_by_role("button", name="Remove").click()
    assert waiting.value.post_data == "csrfmiddlewaretoken=x"


def test_choosing_a_filter_sends_the_form(page):
    with page.expect_request(lambda request: "/items?" in request.url) as waiting:
        page.locator("#id_kind").select_option("debt")
    assert waiting.value.url.endswith("/items?stream=&kind=debt")


def test_errors_stand_beside_their_field_and_lead_there_from_the_top(page):
    page.get_by_role("alert").get_by_role("link", name="Effort in person-days").click()
    assert page.evaluate("document.activeElement.id") == "id_effort"
    said = page.locator("#id_effort").get_attribute("aria-describedby")
    assert (
        page.locator(f"#{said}").inner_text() == "Ensure this value is greater than or equal to 1."
    )
