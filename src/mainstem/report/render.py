"""The report as one HTML file that needs nothing else: no script, no font, no picture from outside."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from mainstem.figures.given import ReportData
from mainstem.report.building import build_page
from mainstem.report.page import Page

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def render_report(data: ReportData) -> str:
    """The whole report.

    Everything that people wrote is escaped; the file's own policy forbids scripts and all that would
    come from elsewhere, so it is safe to open from a mail.

    Returns:
        HTML, to be written as UTF-8.
    """
    return render_page(build_page(data))


def render_page(page: Page) -> str:
    """A page as HTML."""
    from markupsafe import Markup

    return _environment().get_template("report.html.j2").render(page=page, style=Markup(style()))


def style() -> str:
    """The style sheet of figures, and after it that of the report."""
    figures = files("mainstem.figures").joinpath("static/charts.css").read_text("utf-8")
    return figures + files("mainstem.report").joinpath("report.css").read_text("utf-8")


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("mainstem.report", "templates"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["code"] = code
    return made


def code(text: str) -> Markup:
    """Escaped text in which words between backticks are set as code."""
    from markupsafe import Markup

    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Markup("{}").format(text)
    out = Markup("")
    for n, part in enumerate(parts):
        out += Markup("<code>{}</code>" if n % 2 else "{}").format(part)
    return out
