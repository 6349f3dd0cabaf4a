"""The style by its text: contrast in both themes, weight, nothing inline, templates that only print."""

import gzip
import re
from dataclasses import replace
from importlib.resources import files

import pytest
from jinja2 import meta, nodes

from tests.web.look import gallery

CSS = (gallery.STATIC[0] / "mainstem.css").read_text("utf-8")
CHARTS = (gallery.STATIC[1] / "charts.css").read_text("utf-8")
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TEMPLATES = sorted(gallery.TEMPLATES.rglob("*.html"))
SCRIPTS = sorted((gallery.STATIC[0] / "js").glob("*.js"))


def tokens(dark):
    return {name: (night if dark else day) for name, day, night in PAIR.findall(CSS)}


def luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2") for ground in ("paper", "sheet", "hair")),
    ("ink", "river-3"), ("ink", "unknown-3"), ("river-ink", "river-3"), ("rest-ink", "rest-3"), ("rest-ink", "paper"),
    ("bad", "paper"), ("bad", "sheet"), ("good", "paper"), ("good", "sheet"), ("paper", "river"), ("paper", "river-ink"),
    ("paper", "ink"),
]  # fmt: skip
MARKS = [
    ("river", "paper"), ("river", "hair"), ("focus", "paper"), ("focus", "sheet"), ("ink", "hair"),
    ("edge", "paper"), ("edge", "sheet"), ("rest", "paper"), ("bad", "paper"),
]  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_has_enough_contrast(text, ground, dark):
    held = tokens(dark)
    assert contrast(held[text], held[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_and_edges_of_controls_have_enough_contrast(mark, ground, dark):
    held = tokens(dark)
    assert contrast(held[mark], held[ground]) >= 3


def test_colours_are_tokens_and_stand_in_one_place():
    head, _, rest = CSS.partition("/* ground */")
    assert re.findall(r"#[0-9a-f]{6}\b", rest) == []
    assert re.findall(r"#[0-9a-fA-F]{3,6}\b", CHARTS.replace("url(#hatch)", "")) == []
    named = set(re.findall(r"var\(--([\w-]+)\)", CSS + CHARTS))
    assert named <= set(re.findall(r"--([\w-]+):", head))


def test_the_mailed_report_has_the_same_colours():
    report = files("mainstem.report").joinpath("report.css").read_text("utf-8")
    for dark, block in enumerate(re.findall(r":root \{(.*?)\}", report, re.S)):
        mailed = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        here = tokens(bool(dark))
        assert {name: here[name] for name in mailed} == mailed


def test_script_and_style_weigh_under_a_hundred_kilobytes_compressed():
    loaded = [
        *SCRIPTS,
        gallery.STATIC[0] / "vendor/htmx.js",
        *(f for s in gallery.STATIC for f in s.glob("*.css")),
    ]
    assert sum(len(gzip.compress(file.read_bytes())) for file in loaded) < 100_000


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: file.stem)
def test_a_script_is_one_small_element_that_leaves_no_name_behind(script):
    text = script.read_text("utf-8")
    assert len(text.splitlines()) < 80
    assert f'customElements.define("{script.stem}"' in text
    assert not re.search(r"\b(window|globalThis)\.\w+ =|\beval\(|new Function", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_nothing_inline_that_the_servers_policy_forbids(template):
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_a_template_only_prints(template):
    tree = gallery.environment().parse(template.read_text("utf-8"))
    called = {
        node.node.attr for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Getattr)
    }
    assert not called & {"strftime", "filter", "all", "get", "objects", "order_by", "exclude"}
    assert not any(
        isinstance(n, (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div))
        for n in tree.find_all(nodes.BinExpr)
    )
    assert "now" not in meta.find_undeclared_variables(tree)


def test_text_that_people_wrote_is_only_ever_text():
    shell = gallery.shell(gallery.Theme.AUTO)
    bad = replace(
        shell,
        organisation="<script>alert(1)</script>",
        messages=(gallery.Message('"><img src=x>'),),
    )
    html = gallery.environment().get_template("gallery.html").render(shell=bad, **gallery.content())
    assert "<script>alert" not in html
    assert "<img" not in html


@pytest.mark.parametrize("code", ["400", "403", "404", "409", "413", "429", "500"])
def test_an_error_page_says_what_happened_and_one_thing_to_do(code):
    html = gallery.error(code)
    main = html.partition("<main")[2]
    assert main.count("<h1>") == 1
    assert len(re.findall(r'class="button', main)) == 1
    assert "Error" not in main


def test_an_error_page_says_what_the_error_says():
    made = gallery.Failure(
        "Stream “pay” has changed since r12.", "Compare r12 with r14.", "plan-moved", "a1b2"
    )
    html = gallery.error("409", made)
    for said in (made.message, made.hint, made.code, made.reference):
        assert said in html
