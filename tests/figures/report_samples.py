"""Made-up reports: a small one like the demo's, a very large one, and every empty state."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from mainstem.figures.given import ImportRow, Lump, Reject, ReportData
from mainstem.plan.findings import Finding, Place, Severity
from mainstem.plan.model import Plan, RestKind, Unit
from mainstem.score.answerable import NotAnswerable
from mainstem.score.bounds import score_of
from mainstem.score.change import change
from mainstem.score.chart import Observed, chart
from mainstem.score.values import GRAIN, Amounts, Answer, By, Cell, Grain, Period, Question
from mainstem.services.scores.scoring import Flow

QUARTER = Period("2026 Q3", date(2026, 7, 1), date(2026, 10, 1))
NOW = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)
REST = ("operations", "debt", "incident", "support", "compliance")
Table = Mapping[tuple[str, str], float]

_STREAMS = {
    "start-fast": ("Start to first frame", "every-ball", {"playback": 0.6, "apps": 0.3}),
    "no-stutter": ("Live without a stutter", "every-ball", {"live-edge": 0.6, "playback": 0.2}),
    "catch-up": ("Catch up in a minute", "every-ball", {"apps": 0.3, "discovery": 0.2}),
    "sign-up": ("Sign-up in one breath", "effortless", {"growth": 0.7}),
    "pay": ("Pay however you pay", "effortless", {"payments": 0.8, "growth": 0.1}),
    "next-match": ("The next match finds you", "come-back", {"discovery": 0.6}),
    "friends": ("Friends watch together", "come-back", {"social": 0.9}),
}
_TEAMS = ("playback", "live-edge", "growth", "payments", "discovery", "social", "apps", "platform")
_METRICS: dict[str, dict[str, Any]] = {
    "start-fast": {"name": "Sessions playing within 2 s", "unit": "%", "target": 92, "from": 80, "by": 0.6},
    "no-stutter": {"name": "Rebuffer-free viewing hours", "unit": "%", "target": 98.5, "from": 96.2, "by": 0.05},
    "catch-up": {"name": "Late joiners still there after 5 min", "unit": "%", "target": 66, "from": 55, "by": 0.5},
    "sign-up": {"name": "Visitors who reach first play", "unit": "percent", "target": 30, "from": 24, "by": 0.4},
    "pay": {"name": "First payments that succeed", "unit": "%", "target": 95, "from": 91.2, "by": -0.02, "stale": 3},
    "next-match": {"name": "Viewers back within 7 days", "unit": "%", "target": 47, "from": 40, "by": 0.35},
    "friends": {"name": "Matches watched with a friend", "unit": "%", "target": 6, "from": 3.1, "by": 0, "count": 3},
}  # fmt: skip


def sample_report_data(kind: str = "demo") -> ReportData:
    """A made-up report: ``demo``, ``large``, ``empty`` or the name of a state (see ``STATES``)."""
    return STATES[kind]()


def demo_plan() -> Plan:
    return Plan.model_validate({
        "organisation": {"name": "Streamly"},
        "objectives": {
            "every-ball": {"name": "Every fan sees every ball"},
            "effortless": {"name": "Trying us is effortless"},
            "come-back": {"name": "Fans come back by themselves"},
        },
        "teams": {
            "product": {"name": "Product"}, "core": {"name": "Core"},
            **{t: {"name": t.replace("-", " ").capitalize(), "in": "core" if t in ("playback", "live-edge", "platform") else "product", "size": 6} for t in _TEAMS},
            "labs": {"name": "Labs", "in": "product"},
        },
        "metrics": {f"m-{key}": _metric(spec) for key, spec in _METRICS.items()},
        "streams": {
            key: {"name": name, "objective": up, "metric": f"m-{key}", "teams": teams,
                  "claims": [{"label": key}]}
            for key, (name, up, teams) in _STREAMS.items()
        },
    })  # fmt: skip


def _metric(spec: Mapping[str, Any]) -> dict[str, Any]:
    random.seed(spec["name"])
    count, stale = spec.get("count", 26), spec.get("stale", 0)
    last = date(2026, 9, 28) - timedelta(weeks=stale)
    values = [
        {"on": last - timedelta(weeks=count - 1 - n),
         "value": round(spec["from"] + n * spec["by"] * 0.6 + random.uniform(-0.4, 0.4), 2)}
        for n in range(count)
    ]  # fmt: skip
    return {"name": spec["name"], "unit": spec["unit"], "target": spec["target"], "grain": "week", "observations": values}  # fmt: skip


def demo_table(seed: int = 7) -> dict[tuple[str, str], float]:
    """Person-days of each team for each stream and kind."""
    rng = random.Random(seed)
    out: dict[tuple[str, str], float] = {}
    for stream, (_, _, teams) in _STREAMS.items():
        for team, share in teams.items():
            days = 220 * share * rng.uniform(0.45, 1.0) * (0.35 if stream == "friends" else 1)
            out[(team, f"stream:{stream}")] = round(days, 1)
    for team in _TEAMS:
        for kind in rng.sample(REST, 3):
            out[(team, f"kind:{kind}")] = round(rng.uniform(4, 30), 1)
        out[(team, "kind:unknown")] = round(rng.uniform(6, 45), 1)
    return out | {("", "kind:unknown"): 9.5, ("core", "kind:operations"): 3.0}


def amounts(table: Table, *, team: str | None = None, stream: str | None = None) -> Amounts:
    """The amounts of a cell of a table of flows."""
    value = elsewhere = 0
    rest: dict[RestKind, int] = {}
    for (of, target), days in table.items():
        if team is not None and of != team:
            continue
        parts, (kind, _, name) = int(days * GRAIN), target.partition(":")
        if kind == "kind":
            rest[RestKind(name)] = rest.get(RestKind(name), 0) + parts
        elif stream in (None, name):
            value += parts
        else:
            elsewhere += parts
    return Amounts(value, elsewhere, rest)


def cell(
    key: str, name: str, of: Amounts, *, period: Period = QUARTER, planned: Fraction | None = None
) -> Cell:
    return Cell(period, key, name, of, score_of(of), planned)


def planned_of(plan: Plan) -> dict[str, Fraction]:
    sizes = sum(t.size or 0 for t in plan.teams.values()) or 1
    return {
        key: sum((Fraction(str(p.share or 0)) * (plan.teams[t].size or 0) for t, p in s.teams.items() if t in plan.teams), Fraction(0)) / sizes
        for key, s in plan.streams.items() if any(p.share for p in s.teams.values())
    }  # fmt: skip


def week_cells(
    whole: Amounts, count: int, rng: random.Random, *, first: date = date(2026, 4, 6)
) -> list[Cell]:
    """The whole's mix, wobbling from week to week."""
    out = []
    for n in range(count):
        start = first + timedelta(weeks=n)
        wobble = rng.uniform(-0.06, 0.06) + 0.1 * n / max(count, 1)
        unknown = int(whole.unknown / count * rng.uniform(0.7, 1.4))
        rest = {k: int(p / count) for k, p in whole.rest.items() if k is not RestKind.UNKNOWN}
        value = int(whole.value / count * (0.9 + wobble))
        held = Amounts(value, 0, rest | {RestKind.UNKNOWN: unknown})
        year, week, _ = start.isocalendar()
        label = f"{year}-W{week:02d}"
        out.append(
            cell("", "Streamly", held, period=Period(label, start, start + timedelta(days=7)))
        )
    return out


def made(plan: Plan, table: Table, *, weeks: int = 26, **given: Any) -> ReportData:
    """A report of a plan and a table of flows."""
    whole = amounts(table)
    total = cell("", "Streamly", whole)
    cells = week_cells(whole, weeks, random.Random(3)) if whole.units else []
    plans = planned_of(plan)
    teams = [cell(t, plan.teams[t].name or t if t in plan.teams else "no team", amounts(table, team=t))
             for t in dict.fromkeys(team for team, _ in table)]  # fmt: skip
    streams = [
        cell(key, s.name or key, amounts(table, stream=key), planned=plans.get(key))
        for key, s in plan.streams.items()
    ]
    ask = Question(unit=Unit.PERSON_DAY)
    held: dict[str, Any] = {
        "organisation": plan.organisation.name or "organisation", "period": QUARTER.label,
        "unit": Unit.PERSON_DAY, "plan": plan, "generated_at": NOW, "plan_revision": "9f2c41d",
        "ledger_version": 42,
        "weeks": Answer(replace(ask, grain=Grain.WEEK), tuple(cells), total),
        "teams": Answer(replace(ask, by=By.TEAM), tuple(teams), total),
        "streams": Answer(replace(ask, by=By.STREAM), tuple(streams), total),
        "flows": [Flow(team, target, int(days * GRAIN)) for (team, target), days in table.items()],
        "chart": chart([Observed(c.period.label, c.score.point, c.amounts.units) for c in cells]),
    }  # fmt: skip
    return ReportData(**(held | given))


def demo() -> ReportData:
    plan, table = demo_plan(), demo_table()
    before = {k: v * (0.8 if k[1].startswith("stream:") else 1.1) for k, v in table.items()}
    by_team = [
        {t: amounts(x, team=t) for t in dict.fromkeys(t for t, _ in x)} for x in (before, table)
    ]
    return made(
        plan, table, change=change(by_team[0], by_team[1]), previous="2026 Q2",
        lumps=LUMPS, lumps_left=int(31.5 * GRAIN), no_item=int(4 * GRAIN), findings=FINDINGS,
        base=PurePosixPath("/home/someone/plan"), imports=IMPORTS,
        notes=("The people file has nobody for 4 authors; their work stands under “No team”.",),
    )  # fmt: skip


LUMPS = (
    Lump("label upgrade", int(61.5 * GRAIN), 114, ("label upgrade", "project APPS"), "- label: upgrade",
         ("APPS-4121 Upgrade media3 to 1.9", "APPS-4088 Bump TLS library on TV clients")),
    Lump("project PAY without an epic", int(41 * GRAIN), 88, ("project PAY",), "- project: PAY\n  not:\n    epic: \"*\"",
         ("PAY-77 Move refunds to the new ledger",)),
    Lump("changes in infra/terraform", int(22 * GRAIN), 61, ("path infra/terraform/**",), "- path: infra/terraform/**", ()),
    Lump("label spike", int(9 * GRAIN), 1, ("label spike",), "- label: spike", ("GROW-5 Try one-tap sign-up",)),
)  # fmt: skip

FINDINGS = (
    Finding("S01", Severity.BLOCKS, "streams/friends", "It has two metrics in force from 1 to 14 August.",
            "A stream that is steered by two numbers is steered by none.", "End one the day before the other begins.",
            place=Place(PurePosixPath("/home/someone/plan/streams.yaml"), 41, 5)),
    Finding("L01", Severity.WARNS, "streams/pay", "“Ship the new checkout” says what is built, not what changes for whom.",
            "A key result that is finished by shipping is finished whatever happens afterwards.",
            "Say which metric moves, from what to what, by when.", place=Place(PurePosixPath("krs.yaml"), 7, 3)),
    *(Finding("S13", Severity.WARNS, f"streams/{key}", "It has no guardrail.",
              "A metric without a guardrail can be hit by making something else worse.",
              "Name one number that must not get worse: `guardrails: [crash-free]`.") for key in _STREAMS),
    Finding("S14", Severity.INFO, "objectives/every-ball", "The text has two sentences.", "", "Keep the first."),
    Finding("S09", Severity.WARNS, "streams/no-stutter", "Three teams.", accepted="On purpose until December."),
)  # fmt: skip

IMPORTS = (
    ImportRow("tracker.csv", 48_213, 1_210, 96, 46_870, 37, datetime(2026, 10, 5, 7, 2, tzinfo=UTC), (
        Reject("the day is not a day", 31, "tracker.csv:1042", "2026-02-31"),
        Reject("the amount is negative", 6, "tracker.csv:20881", "-3.5"),
    ), ("Effort of one author is the same on every row: 8 h, 1,204 times.",)),
    ImportRow("playback (git)", 6_120, 412, 0, 5_708, 0, datetime(2026, 10, 5, 7, 0, tzinfo=UTC)),
)  # fmt: skip


def large(teams: int = 500, streams: int = 120) -> ReportData:
    """500 teams in 6 levels, 120 streams, 20 objectives."""
    rng = random.Random(11)
    tree: dict[str, dict[str, Any]] = {}
    level = [""]
    for depth, width in enumerate((1, 5, 4, 3, 3)):
        nxt = []
        for up in level:
            for _ in range(width):
                key = f"g{depth}-{len(nxt)}" if depth else "whole"
                tree[key] = {"name": f"Group {depth}.{len(nxt) + 1}" if depth else "The whole company"} | ({"in": up} if up else {})  # fmt: skip
                nxt.append(key)
        level = nxt
    names = (
        "Ingest",
        "Pricing",
        "Search",
        "Checkout",
        "Identity",
        "Editorial rights and clearances",
    )
    leaves = [f"t{n}" for n in range(teams - len(tree))]
    for n, key in enumerate(leaves):
        tree[key] = {
            "name": f"{names[n % len(names)]} {n + 1}",
            "in": level[n % len(level)],
            "size": 8,
        }
    plan = Plan.model_validate({
        "organisation": {"name": "A very large organisation", "settings": {"k_min": 3}},
        "objectives": {f"o{n}": {"name": f"Objective {n + 1}: customers can do what they came for"} for n in range(20)},
        "teams": tree,
        "metrics": {f"m{n}": {"name": f"Visits that end well, of kind {n + 1}", "unit": "%", "target": 80, "grain": "week",
                    "observations": [{"on": date(2026, 4, 6) + timedelta(weeks=w), "value": round(60 + rng.uniform(0, 15), 1)} for w in range(25)]}
                    for n in range(streams)},
        "streams": {f"s{n}": {"name": f"Stream {n + 1} that does one thing well", "objective": f"o{n % 20}", "metric": f"m{n}",
                              "teams": {leaves[(n * 3 + k) % len(leaves)]: 0.4 for k in range(3)}, "claims": [{"label": f"s{n}"}]}
                    for n in range(streams)},
    })  # fmt: skip
    table: dict[tuple[str, str], float] = {}
    for n, key in enumerate(leaves):
        for k in range(3):
            table[(key, f"stream:s{(n + k * 17) % streams}")] = round(
                rng.uniform(20, 120) * (2.5 if (n + k * 17) % 9 == 0 else 1), 1
            )
        for kind in (*rng.sample(REST, 3), "unknown"):
            table[(key, f"kind:{kind}")] = round(rng.uniform(4, 50), 1)
    findings = tuple(
        Finding(f"S{n % 24:02d}", list(Severity)[n % 3], f"streams/s{n % streams}", f"Something is so, number {n}.",
                "It matters because of this.", "Do that.") for n in range(900)
    )  # fmt: skip
    lumps = tuple(
        Lump(
            f"label area-{n}",
            int((900 - 20 * n) * GRAIN),
            2_000 - n,
            (f"label area-{n}",),
            f"- label: area-{n}",
        )
        for n in range(40)
    )
    return made(plan, table, weeks=104, findings=findings, lumps=lumps, imports=IMPORTS * 14)


def empty() -> ReportData:
    nothing = made(Plan.model_validate({"organisation": {"name": "Streamly"}}), {})
    return replace(nothing, chart=NotAnswerable("No work was recorded.", "Import work first."),
                   plan_revision="", ledger_version=0, weeks=replace(nothing.weeks, total=None))  # fmt: skip


def without(*sections: str) -> Plan:
    return demo_plan().model_copy(update={name: {} for name in sections})


def no_streams() -> ReportData:
    table = {k: v for k, v in demo_table().items() if not k[1].startswith("stream:")}
    return made(without("streams", "metrics"), table, lumps=LUMPS)


def no_claims() -> ReportData:
    plan = demo_plan()
    bare = {k: s.model_copy(update={"claims": ()}) for k, s in plan.streams.items()}
    table = {k: v for k, v in demo_table().items() if not k[1].startswith("stream:")}
    return made(plan.model_copy(update={"streams": bare}), table, lumps=LUMPS)


def one_week() -> ReportData:
    return made(demo_plan(), {k: round(v / 13, 2) for k, v in demo_table().items()}, weeks=1)


def only_unknown() -> ReportData:
    table = {(team, "kind:unknown"): 40.0 for team in _TEAMS}
    return made(demo_plan(), table, lumps=LUMPS[:1])


def one_team() -> ReportData:
    table = {k: v for k, v in demo_table().items() if k[0] == "playback"}
    plan = demo_plan()
    only = plan.model_copy(
        update={"teams": {"playback": plan.teams["playback"].model_copy(update={"in_": None})}}
    )
    return made(only, table, weeks=9)


NASTY: Sequence[str] = (
    "<script>alert('x')</script>", "\"quotes' & \"ampersands\" </style></title><img src=x onerror=alert(1)>",
    "מסלול מהיר \u202eevil", "👩🏽‍🚀🚀 emoji 🏳️‍🌈", "x" * 200, "=HYPERLINK(\"http://evil\")", "a\x00b\x1b[31mred\nline {{ 7*7 }}",
    "名前が長い日本語のストリームの名前名前が長い日本語のストリームの名前",
)  # fmt: skip


def nasty() -> ReportData:
    """Every name of the plan is something that breaks careless pages."""
    plan, n = demo_plan(), len(NASTY)

    def bad(section: Mapping[str, Any]) -> dict[str, Any]:
        return {
            k: v.model_copy(update={"name": NASTY[i % n]})
            for i, (k, v) in enumerate(section.items())
        }

    worse = plan.model_copy(
        update={
            name: bad(getattr(plan, name)) for name in ("teams", "streams", "objectives", "metrics")
        }
    )
    worse = worse.model_copy(
        update={"organisation": plan.organisation.model_copy(update={"name": NASTY[1]})}
    )
    lumps = tuple(
        Lump(x, GRAIN * (20 - i), 3, (x,), f"- label: {x}", (x, x)) for i, x in enumerate(NASTY)
    )
    findings = tuple(
        Finding(
            f"X{i}",
            Severity.WARNS,
            "streams/pay",
            x,
            x,
            x,
            place=Place(PurePosixPath(f"/root/{i}.yaml"), 1, 1),
        )
        for i, x in enumerate(NASTY)
    )
    imports = tuple(
        ImportRow(x, 1, rejected=1, rejects=(Reject(x, 1, x, x),), notes=(x,)) for x in NASTY
    )
    return replace(
        made(
            worse, demo_table(), lumps=lumps, findings=findings, imports=imports, notes=tuple(NASTY)
        ),
        period=NASTY[0],
        scope=NASTY[2],
        plan_revision=NASTY[1],
    )


STATES = {
    "demo": demo, "large": large, "empty": empty, "no_streams": no_streams, "no_claims": no_claims,
    "one_week": one_week, "only_unknown": only_unknown, "one_team": one_team, "nasty": nasty,
}  # fmt: skip
