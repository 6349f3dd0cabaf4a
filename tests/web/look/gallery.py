"""A made-up page with every part of the shell on it: looked at by tests, and by people who change the style."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import tests.django_ready  # noqa: F401
from mainstem.figures import charts, headline, stream_rows
from mainstem.figures.river import course
from mainstem.figures.river_drawing import river
from mainstem.figures.shown import Notice, Picture, Sheet, Tag
from mainstem.report.building import build_page
from mainstem.web.contexts.pieces import (
    Bar,
    Cell,
    Change,
    Column,
    Empty,
    Fact,
    Failure,
    Kind,
    Link,
    Need,
    Pages,
    Problem,
    Remark,
    Row,
    Stretch,
    Tab,
    Table,
)
from mainstem.web.contexts.shell import (
    Choice,
    Entry,
    Freshness,
    Message,
    Person,
    Picker,
    Shell,
    Theme,
    Tone,
)
from mainstem.web.printing import sheet_rows, table_rows
from tests.figures.report_samples import sample_report_data

SRC = Path(__file__).parents[3] / "src/mainstem"
TEMPLATES = SRC / "web/templates"
STATIC = (SRC / "web/static", SRC / "figures/static")
LONG = "Every_fan_sees_every_ball_wherever_they_are_and_whatever_they_hold"


def environment() -> Environment:
    """Jinja as the server sets it up."""
    loader = ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(Path(__file__).parent)])
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    made.globals["static"] = lambda name: f"/static/{name}"
    made.globals.update(sheet_rows=sheet_rows, table_rows=table_rows)
    return made


def gallery(theme: Theme = Theme.AUTO) -> str:
    """The page as HTML."""
    return environment().get_template("gallery.html").render(shell=shell(theme), **content())


def error(code: str, failure: Failure | None = None) -> str:
    """An error page as HTML."""
    given = {"failure": failure} if failure else {}
    return environment().get_template(f"errors/{code}.html").render(**given)


def found(asked: str = "") -> str:
    """What the palette gets: all that begins so, whatever the case."""
    groups = [
        ("Streams", [Fact("Start to first frame", "Every fan sees every ball", "/streams/start-fast")]),
        ("Teams", [Fact("Playback", "8 people", "/teams/playback"), Fact("Platform", "5 people", "/teams/platform")]),
    ]  # fmt: skip
    held = [
        (name, [e for e in entries if e.name.lower().startswith(asked.lower())])
        for name, entries in groups
    ]
    return _macro("states", "found(groups)", groups=[group for group in held if group[1]])


def completions() -> str:
    """What the query input gets."""
    offered = [
        ("label:", "label:", 18, 24, "a label of the item"),
        ("level:", "level:", 18, 24, "epic or story"),
    ]
    return _macro("states", "completions(offered)", offered=offered)


def _macro(file: str, call: str, **given: Any) -> str:
    source = f'{{% import "parts/{file}.html" as m %}}{{{{ m.{call} }}}}'
    return environment().from_string(source).render(**given)


def shell(theme: Theme) -> Shell:
    """A shell with everything in it."""
    names = [
        ("Pulse", ""),
        ("River", ""),
        ("Map", ""),
        ("Plan", "3"),
        ("Work", "41"),
        ("Qualify", ""),
        ("Decisions", ""),
    ]
    later = [("Workshop", ""), ("Review", ""), ("Dependencies", "2"), ("Org lab", "")]
    groups = (
        tuple(
            Entry(n, f"/{n.lower()}", n == "Pulse", c, c and f"{c} wait for you") for n, c in names
        ),
        tuple(Entry(n, f"/{n.lower()}", count=c) for n, c in later),
        (Entry("Sources", "/sources", count="2 min ago"), Entry("Settings", "/settings")),
    )
    teams = tuple(Choice(f"Team {n}", f"/?scope=t{n}", n == 1, n % 4) for n in range(18))
    cycles = tuple(Choice(f"2026 Q{n}", f"/?period=2026-Q{n}", n == 3) for n in (4, 3, 2, 1))
    return Shell(
        organisation="Streamly", home="/", navigation=groups, here="/", theme=theme,
        pickers=(
            Picker("Cycle", "2026 Q3", cycles),
            Picker("Scope", "Streamly", teams, "/find?kind=team", "All 500 teams…"),
            Picker("Unit", "person-days", (Choice("person-days", "/", True), Choice("items", "/?unit=items"))),
        ),
        person=Person("Ada Lovelace-Byron", "/account", "/sign-out"),
        messages=(Message("The rule is saved: 118 person-days left the unknown.", Tone.GOOD, "Undo", "/undo"),),
        freshness=Freshness("r128, 12 minutes ago", "/plan/128", "version 41", "/sources", "read 3 weeks ago", True),
        version="0.1.0",
    )  # fmt: skip


def content() -> dict[str, Any]:
    """Data for every part."""
    data = sample_report_data()
    page = build_page(data)
    assert page.weeks and page.river
    made = course(data.flows, data.plan)
    return {
        "csrf_input": Markup('<input type="hidden" name="csrfmiddlewaretoken" value="x">'),
        "csrf_token": "x",
        "headline": headline.headline(data),
        "crumbs": (Link("Every fan sees every ball", "/o"), Link("Sports viewer", "/c"), Link("owned by Playback", "")),
        "tabs": (Tab("Score", "/", True), Tab("Items", "/i", count="1,240"), Tab("Decisions", "/d", count="12")),
        "weeks": _weeks(data, page.weeks.sheet),
        "river": Picture(river(made, data.unit, narrow=False), river(made, data.unit, narrow=True), page.river.sheet),
        "more": (Link("How this is counted", "/methods"),),
        "rest": _rest(page), "streams": _streams(data), "wide": _wide(),
        "pages": Pages("1 to 7 of 120 streams", "", "/?page=2"),
        "needs": (
            Need("Pay however you pay", "has had no new value for three weeks; its source answers “permission denied”.", "Fix the source", "/s", True),
            Need("Three appeals", "wait for an answer, the oldest for nine days.", "Answer them", "/a"),
        ),
        "problem": Problem("There is no field “lable”. Did you mean “label”?", 18),
        "effects": (Fact("leave the unknown", "118 person-days"), Fact("unknown; the score stays 61", "12 → 5 %"), Fact("would be taken from “Catch up in a minute”", "3 items")),
        "changes": (
            Change(Kind.CHANGED, "Target of the metric “Sessions playing within 2 s”", "streams/start-fast.yaml:12", "90 %", "92 %"),
            Change(Kind.ADDED, "Claim of “Catch up in a minute”: label catch-up", "streams/catch-up.yaml:31"),
            Change(Kind.REMOVED, "Initiative “Rewrite player in Rust”"),
        ),
        "remarks": (
            Remark("S04", "error", "Pay however you pay has two metrics in force on 1 October.", "A stream has one metric, so that there is one answer.", "End the first on the day the second starts.", f"streams/{LONG}.yaml:14", "/rules/S04", True),
            Remark("L02", "warning", "“Improve playback” does not say what will be different.", hint="Name what a customer can do then."),
        ),
        "facts": (Fact("Decided", "58 pieces of work"), Fact("Refused", "31 %", "/d", "21 to 43 %"), Fact("Smallest change a quarter shows", "1.4 points")),
        "all_tags": (Tag("delivers"), Tag("keep", "value"), Tag("starved: 5 of 9 %", "rest"), Tag("metric stale 3 weeks", "bad"), Tag("on its way", "good")),
        "filters": Filters(), "wrong": Wrong({"name": "", "effort": "-1"}),
        "notice": Notice("The source git stopped", "The token was refused. Effort since 2 October is missing.", "mainstem token renew git"),
        "empty": Empty("No work was read yet", "Mainstem shows where effort goes once it has read some.", Link("Add a source", "/sources/new"), "mainstem import git ../repository"),
    }  # fmt: skip


def _weeks(data: Any, sheet: Sheet) -> Picture:
    cells = list(data.weeks.cells)
    wide, narrow = (
        charts.score_chart(cells, data.chart, frame, has_marks=True)
        for frame in (charts.WIDE, charts.NARROW)
    )
    return Picture(wide, narrow, sheet)


def _rest(page: Any) -> Table:
    rows = tuple(
        Row(
            (
                Cell(r.name),
                Cell(bar=Bar(((Stretch.UNKNOWN if r.is_unknown else Stretch.REST, r.width),))),
                Cell(r.share, under=r.amount),
            )
        )
        for r in page.rest
    )
    return Table(
        "The rest by kind",
        (Column("Kind"), Column("Share"), Column("Of all", True)),
        rows,
        "/rest.csv",
    )


def _streams(data: Any) -> Table:
    columns = (
        Column("Stream", sort="/?sort=name", sorted="ascending"), Column("Value metric, now → target"), Column("Half a year"),
        Column("Share of effort", sort="/?sort=share"), Column("Teams"), Column("Attention"),
    )  # fmt: skip
    rows = tuple(
        Row((
            Cell(r.name, "/streams/x", r.objective), Cell(r.metric, under=f"{r.now} → {r.target}"), Cell(r.no_spark, picture=r.spark),
            Cell(bar=Bar(((Stretch.VALUE, r.width),), r.tick), under=f"{r.share} of {r.planned} planned"), Cell(r.teams), Cell(tags=r.tags),
        ), depth=0)
        for r in stream_rows.stream_rows(data)
    )  # fmt: skip
    return Table("Streams with their metric and share of effort", columns, rows, "/streams.csv")


def _wide() -> Table:
    columns = tuple(Column(f"2026-{n:02}", n > 0) for n in range(1, 13))
    rows = tuple(
        Row(
            (
                Cell(f"Team {n} {LONG if n == 2 else ''}", "/t"),
                *(Cell(f"{n * m * 37:,}", exact="in parts") for m in range(1, 12)),
            ),
            depth=n % 3,
        )
        for n in range(1, 5)
    )
    return Table(
        "Effort by team and month, in person-days",
        (Column("Team"), *columns[1:]),
        rows,
        "/months.csv",
        is_wide=True,
        is_named=True,
    )


class Filters(forms.Form):
    stream = forms.ChoiceField(
        choices=[("", "Any stream"), ("pay", "Pay however you pay")], required=False
    )
    kind = forms.ChoiceField(choices=[("", "Any kind"), ("debt", "Debt")], required=False)


class Wrong(forms.Form):
    name = forms.CharField(
        label="What should be done?", help_text="One sentence, as you would say it to a customer."
    )
    effort = forms.IntegerField(label="Effort in person-days", min_value=1)
    why = forms.CharField(label="Why", widget=forms.Textarea, required=False)
    size = forms.ChoiceField(
        label="How sure are you?",
        choices=[("a", "We have measured it"), ("b", "We believe it")],
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(
        label="Tell the owner of the stream", required=False, help_text="By mail, once."
    )
