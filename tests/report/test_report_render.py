"""The file: one piece, no script, everything escaped, charts honest, contrast measured."""

import random
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

from mainstem.report.render import code, render_report
from mainstem.score.chart import ChartKind
from mainstem.score.values import Score
from tests.figures.report_samples import NASTY, STATES, sample_report_data
from tests.figures.test_charts import charted, weeks

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Outline(HTMLParser):
    """Checks nesting, and collects tags with their attributes."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.faults = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@pytest.fixture(scope="module", params=list(STATES))
def html(request):
    return render_report(sample_report_data(request.param))


@pytest.fixture(scope="module")
def outline(html):
    made = Outline()
    made.feed(html)
    return made


def test_tags_nest_and_all_are_closed(outline):
    assert outline.faults == []
    assert outline.open == []


def test_nothing_comes_from_elsewhere_and_nothing_runs(html, outline):
    assert not [tag for tag, _ in outline.tags if tag in ("script", "iframe", "img", "object")]
    for _, attributes in outline.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "src", "xlink:href"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:image/svg+xml", "data:text/csv"))
    policy = next(a["content"] for _, a in outline.tags if a.get("http-equiv"))
    assert policy == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    )
    outside = re.sub(r"xmlns='http://www\.w3\.org/2000/svg'", "", html)
    assert "url(http" not in outside


def test_headings_landmarks_and_tables_are_real(outline):
    tags = [tag for tag, _ in outline.tags]
    assert tags.count("h1") == 1
    assert tags.count("main") == tags.count("nav") == tags.count("footer") == 1
    assert tags.count("caption") == tags.count("table")
    assert all("scope" in a for tag, a in outline.tags if tag == "th")
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_picture_says_what_it_shows_or_is_silent(outline):
    for tag, attributes in outline.tags:
        if tag == "svg":
            assert attributes.get("aria-label") or attributes.get("aria-hidden") == "true"


def test_ids_are_unique_and_links_inside_lead_somewhere(outline):
    ids = [a["id"] for _, a in outline.tags if "id" in a]
    assert len(ids) == len(set(ids))
    inside = {a["href"][1:] for _, a in outline.tags if a.get("href", "").startswith("#")}
    assert inside <= set(ids)


def test_hostile_names_are_only_ever_text():
    html = render_report(sample_report_data("nasty"))
    assert "<script" not in html.lower()
    assert "onerror=alert(1)>" not in html.replace("onerror=alert(1)&gt;", "")
    assert html.count("</style>") == html.count("<style>") == 1
    assert "49" not in re.findall(r"red line (.*?)<", html)
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "\x1b" not in html
    html.encode("utf-8")


def test_broken_characters_of_file_names_do_not_stop_a_report():
    data = replace(sample_report_data(), organisation="caf\udce9", notes=("\ud800",))
    assert "\ufffd" in render_report(data)
    render_report(data).encode("utf-8")


def test_long_and_foreign_names_stay_whole_in_the_tables():
    html = render_report(sample_report_data("nasty"))
    assert NASTY[4] in html
    assert NASTY[7] in html


def test_a_large_report_fits_into_a_mail():
    assert len(render_report(sample_report_data("large")).encode()) < 1_500_000


def test_the_same_data_make_the_same_file():
    assert render_report(sample_report_data()) == render_report(sample_report_data())


def test_backticks_become_code_and_nothing_else_does():
    assert code("a `b<c` d") == "a <code>b&lt;c</code> d"
    assert code("one ` only <b>") == "one ` only &lt;b&gt;"


def test_a_drifting_score_gets_a_chart_of_changes_instead_of_limits():
    data = sample_report_data()
    steps, walked = random.Random(5), [40]
    for _ in range(25):
        walked.append(walked[-1] + steps.randint(-3, 4))
    cells = [
        replace(
            c, score=Score(Fraction(at, 100), Fraction(at, 100), Fraction(at, 100), Fraction(1))
        )
        for c, at in zip(weeks(26), walked, strict=True)
    ]
    made = charted(cells)
    assert made.kind is ChartKind.DIFFERENCES
    drifting = replace(data, chart=made, weeks=replace(data.weeks, cells=tuple(cells)))
    html = render_report(drifting)
    assert "From one week to the next" in html
    assert "false alarms" in html


# style


def tokens(dark):
    css = files("mainstem.report").joinpath("report.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.S)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[1 if dark else 0]))


def luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = [
    ("ink", "paper"), ("ink-2", "paper"), ("ink", "sheet"), ("ink-2", "sheet"), ("ink-2", "hair"),
    ("ink", "hair"), ("rest-ink", "rest-3"), ("rest-ink", "paper"), ("bad", "paper"), ("ink", "unknown-3"),
    ("ink", "river-3"),
]  # fmt: skip
MARK_PAIRS = [("river", "paper"), ("river", "hair"), ("focus", "paper"), ("ink", "hair")]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_has_enough_contrast(text, ground, dark):
    held = tokens(dark)
    assert contrast(held[text], held[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_have_enough_contrast(mark, ground, dark):
    held = tokens(dark)
    assert contrast(held[mark], held[ground]) >= 3


def test_both_themes_have_the_same_tokens():
    assert set(tokens(dark=True)) == set(tokens(dark=False))


def test_paper_has_no_dark_theme_and_focus_can_be_seen():
    css = files("mainstem.report").joinpath("report.css").read_text("utf-8")
    assert "@media screen and (prefers-color-scheme: dark)" in css
    assert "(prefers-color-scheme: dark)" not in css.replace(
        "screen and (prefers-color-scheme: dark)", ""
    )
    assert ":focus-visible { outline: 2px" in css
    assert "@media print" in css
