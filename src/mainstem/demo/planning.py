"""The plan of the demo company as plain data, section by section, in the shape of the plan's text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from mainstem.demo.bets import (
    dependencies,
    first_team,
    initiatives,
    key_results,
    name_of_team,
)
from mainstem.demo.company import Company
from mainstem.demo.organisation import (
    ACCEPTED_STAGES,
    CUSTOMERS,
    HOLIDAYS,
    NAME,
    OBJECTIVES,
    REST,
    TODAY,
)
from mainstem.demo.streams import GUARDRAILS, STREAMS, Number, StreamSpec

Entities = dict[str, dict[str, Any]]


def organisation(company: Company) -> dict[str, Any]:
    """The organisation's own settings."""
    years = range(company.first_day.year, TODAY.year + 1)
    out: dict[str, Any] = {
        "name": NAME,
        "timezone": "Europe/Madrid",
        "unit": "person_day",
        "week_starts": "mon",
        "calendar": {
            "working_days": ["mon", "tue", "wed", "thu", "fri"],
            "holidays": [date(y, m, d).isoformat() for y in years for m, d in HOLIDAYS],
        },
        "conversions": [
            {"from": "person_day", "to": "hour", "factor": 8, "source": "works agreement of 2024"}
        ],
        "settings": {"person_day_split": "logged", "full_day": 8},
        "technologies": ["Widevine", "Kubernetes", "Kafka", "HLS"],
    }
    if company.is_large:
        out["settings"]["limits"] = {
            "S05.key_results_max": 120, "S07.people_per_initiative": 1, "S09.teams": 4,
        }  # fmt: skip
    return out


def cycles(company: Company) -> Entities:
    """A cycle for each quarter with work, two at least: closed but the last, which is committed."""
    out: Entities = {}
    begin = min(company.first_day, date(2026, 4, 1))
    year, quarter = begin.year, (begin.month - 1) // 3 + 1
    while date(year, quarter * 3 - 2, 1) <= company.last_day:
        first = date(year, quarter * 3 - 2, 1)
        after = date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
        out[f"{year}-Q{quarter}"] = {
            "first_day": first.isoformat(),
            "last_day": (after - timedelta(days=1)).isoformat(),
            "state": "closed" if after <= company.last_day else "committed",
        }
        year, quarter = after.year, (after.month - 1) // 3 + 1
    return out


def customers(company: Company, market: int) -> Entities:
    """Customers with their lifecycles."""
    out: Entities = {}
    for spec in CUSTOMERS:
        stages = [
            {"id": id_, "name": name} | ({"hand_over": owner} if owner else {})
            for id_, name, owner in spec.stages
        ]
        for stage in stages:
            if (spec.id, stage["id"]) == ("leagues", "use"):
                del stage["hand_over"]
        entity: dict[str, Any] = {
            "name": company.named(market, spec.name), "kind": spec.kind, "note": spec.note,
            "stages": stages,
        }  # fmt: skip
        accepted = [
            {"rule": rule, "why": why, "by": "Director of Content", "until": "2027-01-31"}
            for customer, rule, why in ACCEPTED_STAGES
            if customer == spec.id
        ]
        if spec.id == "fans":
            accepted.append({
                "rule": "S09", "by": "Director of Viewing", "until": "2026-12-31",
                "why": "Watching needs the picture, the network and the encoder; one group leads all three.",
            })  # fmt: skip
        out[company.within(market, spec.id)] = entity | ({"accepted": accepted} if accepted else {})
    return out


def teams(company: Company) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tree of teams, parents before children."""
    for node in company.nodes:
        entity: dict[str, Any] = {"name": node.name}
        if node.parent:
            entity["in"] = node.parent
        if node.kind:
            entity["kind"] = node.kind
        if node.people:
            entity["size"] = node.people
        if node.kind:
            entity["owns"] = [f"@floodlight/{node.id.replace('/', '-')}"]
        yield node.id, entity


def objectives(company: Company, market: int) -> Entities:
    """Objectives: words, no number, no "how"."""
    return {
        company.within(market, id_): {
            "name": company.named(market, name),
            "customer_better_off": better,
            "owner": owner,
            "horizon": horizon,
        }
        for id_, (name, better, owner, horizon) in OBJECTIVES.items()
    }


def _card(company: Company, number: Number, name: str, source: str, owner: str) -> dict[str, Any]:
    """What is the same on every metric's card."""
    parts = f", as a share of {number.denominator}" if number.denominator else ""
    out: dict[str, Any] = {
        "name": name,
        "definition": f"{number.numerator[0].upper()}{number.numerator[1:]}{parts}, week by week",
        "numerator": number.numerator,
        "denominator": number.denominator or "count",
        "unit": number.unit,
        "kind": number.kind,
        "direction": "up" if number.target > number.baseline else "down",
        "grain": "week",
        "source": source,
        "owner": owner,
        "lag_days": 2,
        "baseline": number.baseline,
    }
    if number.target != number.baseline:
        out["target"] = number.target
    return out


def _weekly(company: Company, number: Number, rng: random.Random) -> list[dict[str, Any]]:
    """Weekly observations, from the baseline towards the target; how far is a matter of luck."""
    days = range((company.last_day - company.first_day).days + 1)
    mondays = [d for i in days if (d := company.first_day + timedelta(days=i)).weekday() == 0]
    mondays = mondays[-52:]
    reach, gap = 0.15 + 0.75 * rng.random(), number.target - number.baseline
    noise = 0.05 * abs(gap) if gap else 0.02 * abs(number.baseline)
    out: list[dict[str, Any]] = []
    for place, day in enumerate(mondays):
        late = max(0.0, place / max(len(mondays) - 1, 1) - 0.25) / 0.75
        value = number.baseline + gap * reach * late + rng.gauss(0, noise)
        if number.unit == "%" and value > 99.9:
            # a share stays below the whole: what overshoots falls back by a part of itself
            value = 99.9 - (value - 99.9) % 0.9
        digits = 3 if abs(number.baseline) < 1 else 1 if abs(number.baseline) > 5 else 2
        out.append({"on": day.isoformat(), "value": round(value, digits)})
    return out


def metrics(company: Company, market: int) -> Entities:
    """Value metrics, what drives them, and guardrails."""
    rng = random.Random(company.seed * 31 + market)
    out: Entities = {}
    for spec in STREAMS:
        id_ = company.within(market, spec.id)
        value = _card(company, spec.metric, spec.metric.name, "viewing warehouse", owner_of(spec))
        value["customer_value"] = spec.value
        counted = spec.metric.denominator or "what is measured"
        value["gaming"] = [f"Leave hard cases out of {counted}"]
        value["observations"] = _weekly(company, spec.metric, rng)
        lever = _card(company, spec.lever, spec.lever.name, "team's own count", owner_of(spec))
        lever["drives"] = [f"{id_}.metric"]
        lever["observations"] = _weekly(company, spec.lever, rng)
        out[f"{id_}.metric"], out[f"{id_}.lever"] = value, lever
    for key, (number, direction) in GUARDRAILS.items():
        card = _card(company, number, number.name, "viewing warehouse", "Quality council")
        card["direction"] = direction
        card["observations"] = _weekly(company, number, rng)
        out[company.within(market, key)] = card
    return out


def owner_of(spec: StreamSpec) -> str:
    """The role that owns a stream."""
    return f"Product lead of {name_of_team(first_team(spec))}"


def _condition(company: Company, market: int, kind: str, value: str, id_: str) -> dict[str, Any]:
    if kind == "project":
        return {
            "project": company.project(market, value),
            "not": [{"type": ["Incident", "Support"]}, {"label": labels_of_rest()}],
        }
    if kind == "epic":
        return {"epic": epics_of(company, market, id_)}
    if kind == "goal":
        return {"field": {"Goal": company.named(market, value)}}
    if kind == "text":
        scope = {"project": project_of(company, market, id_)} if company.is_large else {}
        return {"text": value} | scope
    if kind == "path":
        return {"path": f"{company.slug(market)}/{value}" if company.is_large else value}
    return {kind: company.label(market, value)}


def claims(company: Company, market: int, spec: StreamSpec) -> list[dict[str, Any]]:
    """What a stream claims, one claim for each mark; a text claim leaves repairs to the rest."""
    out: list[dict[str, Any]] = []
    for kind, value, _ in spec.marks:
        claim = {"id": kind} | _condition(company, market, kind, value, spec.id)
        if kind == "text":
            claim["not"] = [{"label": ["tech-debt", "refactoring", "customer-ticket", "help-desk"]}]
        out.append(claim)
    if spec.id == "live-edge":
        fast = {"component": company.label(market, "clock-sync")}
        either = [fast, {"label": company.label(market, "delay")}]
        out.append({"id": "clocks", "all": [{"any": either}, {"type": ["Story", "Task"]}]})
    return out


def labels_of_rest() -> list[str]:
    """Labels that say what kind of rest work is."""
    return [label for labels, _, _ in REST.values() for label in labels]


def project_of(company: Company, market: int, stream: str) -> list[str]:
    """Projects in which the teams of a stream work."""
    specs = [u.team for u in company.units if u.market == market]
    spec = next(s for s in STREAMS if s.id == stream)
    codes = dict.fromkeys(t.project for t in specs if t.id in spec.teams)
    return [company.project(market, code) for code in codes]


def epics_of(company: Company, market: int, stream: str) -> list[str]:
    """Keys of the two epics of a stream."""
    number = next(i for i, s in enumerate(STREAMS) if s.id == stream)
    return [f"{company.project(market, 'ROAD')}-{number * 2 + i + 1}" for i in range(2)]


def streams(company: Company, market: int) -> Entities:
    """Value streams with their one metric, guardrail, teams and claims."""
    out: Entities = {}
    for spec in STREAMS:
        id_ = company.within(market, spec.id)
        parts: dict[str, Any] = {}
        for team, share in spec.teams.items():
            given = f"{abs(share)}%"
            parts[company.within(market, team)] = (
                given if share > 0 else {"part": "supports", "share": given}
            )
        out[id_] = {
            "name": company.named(market, spec.name),
            "objective": company.within(market, spec.objective),
            "owner": owner_of(spec),
            "customer": company.within(market, spec.customer),
            "stages": list(spec.stages),
            "metric": f"{id_}.metric",
            "inputs": [f"{id_}.lever"],
            "guardrails": [{"metric": company.within(market, spec.guardrail), "bound": spec.bound}],
            "teams": parts,
            "claims": claims(company, market, spec),
        }
    return out


def rest(company: Company) -> list[dict[str, Any]]:
    """Rules for kinds of the rest; the first that matches wins."""
    out: list[dict[str, Any]] = []
    for kind, (labels, types, _) in REST.items():
        only = [t for t in types if t in ("Incident", "Support")]
        either: list[dict[str, Any]] = [{"label": list(labels)}]
        if only:
            either.append({"type": only[0]})
        out.append({"id": f"{kind}-work", "kind": kind} | (
            {"any": either} if len(either) > 1 else either[0]
        ))  # fmt: skip
    return out


def expectations(company: Company) -> list[dict[str, Any]]:
    """Examples that must hold, so that a change of a claim cannot go unnoticed."""
    start, pay, carry = (company.within(0, s) for s in ("start-fast", "pay", "carry"))
    label = company.label(0, "start-time")
    card = {"title": "Declined card on a Sunday", "project": company.project(0, "PAY")}
    return [
        {"item": {"title": "Fewer round trips", "label": label}, "stream": start},
        {"item": card, "stream": pay},
        {
            "item": {
                "title": "Picture on old boxes",
                "label": [label, company.label(0, "carrier")],
            },
            "shares": {start: "50%", carry: "50%"},
        },
        {"item": {"title": "Untangle the session handling", "label": "tech-debt"}, "kind": "debt"},
        {"item": {"title": "Black screen", "type": "Incident"}, "kind": "incident"},
        {"item": {"title": "Look into what Marketing asked"}},
    ]


def links(company: Company) -> list[dict[str, Any]]:
    """A few items that somebody attributed by hand."""
    start, smooth = company.within(0, "start-fast"), company.within(0, "smooth-picture")
    play, live = company.project(0, "PLAY"), company.project(0, "LIVE")
    return [
        {
            "item": f"{play}-7",
            "stream": start,
            "why": "It was asked for by the stream's owner in April.",
        },
        {"item": f"{play}-11", "shares": {start: "60%", smooth: "40%"}, "why": "Measured on both."},
        {"item": f"{live}-5", "kind": "debt", "why": "Old promise to the encoder's maker."},
    ]


def plan_of(company: Company) -> dict[str, Any]:
    """The whole plan in one mapping; for tests and for readers that want no files."""
    count = range(len(company.markets))

    def merged(make: Any) -> Entities:
        return {key: value for m in count for key, value in make(company, m).items()}

    return {
        "organisation": organisation(company),
        "cycles": cycles(company),
        "customers": merged(customers),
        "teams": dict(teams(company)),
        "metrics": merged(metrics),
        "objectives": merged(objectives),
        "streams": merged(streams),
        "key_results": merged(key_results),
        "initiatives": merged(initiatives),
        "dependencies": merged(dependencies),
        "links": links(company),
        "rest": rest(company),
        "expect": expectations(company),
    }
