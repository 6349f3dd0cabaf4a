"""Key results, initiatives and dependencies of the demo company."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from mainstem.demo.company import Company, Unit
from mainstem.demo.organisation import TEAMS
from mainstem.demo.streams import STREAMS, Number, StreamSpec

Entities = dict[str, dict[str, Any]]

#: The two cycles that the plan speaks about.
CLOSED, COMMITTED = "2026-Q2", "2026-Q3"
_LAST_DAY = {CLOSED: date(2026, 6, 30), COMMITTED: date(2026, 9, 30)}
#: Streams whose lever has a key result as well.
_LEVERS = ("start-fast", "whats-on", "pay", "feed-in", "carry", "ad-breaks", "on-air",
           "calm-nights")  # fmt: skip
#: Audiences that a large company tries the same bet on.
_AUDIENCES = (
    "on slow lines", "on television", "on the train", "on cup nights", "for away fans", "for families",
    "in the second half", "on old screens", "at weekends", "for newcomers", "in small towns", "at noon",
)  # fmt: skip


def _figure(value: float, unit: str) -> str:
    """A number and its unit as they stand in a sentence."""
    shown = f"{value:.3g}" if abs(value) < 10 else f"{value:.4g}"
    return f"{shown} {unit.split(' ')[0]}"


def _middle(number: Number, share: float) -> float:
    value = number.baseline + (number.target - number.baseline) * share
    return round(value, 3 if abs(value) < 1 else 2 if abs(value) < 5 else 1)


def _key_result(
    company: Company, market: int, spec: StreamSpec, number: Number, metric: str, cycle: str,
    span: tuple[float, float], *, team: str, tail: str = "",
) -> dict[str, Any]:  # fmt: skip
    low, high = _middle(number, span[0]), _middle(number, span[1])
    low_text, high_text = _figure(low, number.unit), _figure(high, number.unit)
    id_ = company.within(market, spec.id)
    return {
        "text": f"{number.name}{tail} from {low_text} to {high_text}",
        "cycle": cycle,
        "team": team,
        "stream": id_,
        "metric": f"{id_}.{metric}",
        "baseline": low,
        "target": high,
        "unit": number.unit,
        "by": _LAST_DAY[cycle].isoformat(),
        "owner": f"Lead of {name_of_team(first_team(spec))}",
    }


def key_results(company: Company, market: int) -> Entities:
    """For each stream and cycle its value metric, for some also what drives it.

    In a large company every team and squad takes key results of its own on what drives its streams.
    """
    out: Entities = {}
    for cycle, near, far in ((CLOSED, 0.0, 0.4), (COMMITTED, 0.4, 1.0)):
        quarter = cycle[-2:].lower()
        for spec in STREAMS:
            team = company.within(market, first_team(spec))
            pairs = [("metric", spec.metric)] + [("lever", spec.lever)] * (spec.id in _LEVERS)
            for metric, number in pairs:
                key = company.within(
                    market, f"{quarter}-{spec.id}" + ("-lever" * (metric == "lever"))
                )
                out[key] = _key_result(
                    company, market, spec, number, metric, cycle, (near, far), team=team
                )
        if company.is_large:
            out |= _own_key_results(company, market, cycle, (near, far))
    out[company.within(market, "q3-clips-for-clubs-trust")] = _vague(company, market)
    return out


def _vague(company: Company, market: int) -> dict[str, Any]:
    """A key result whose words promise less than its figures: something for a check to find."""
    spec = next(s for s in STREAMS if s.id == "clips-for-clubs")
    team = company.within(market, first_team(spec))
    made = _key_result(company, market, spec, spec.lever, "lever", COMMITTED, (0.0, 0.7), team=team)
    return made | {"text": "Clubs trust the copy much more"}


def _own_key_results(
    company: Company, market: int, cycle: str, span: tuple[float, float]
) -> Entities:
    out: Entities = {}
    for unit in _units(company, market):
        for place, (spec, _) in enumerate(company.streams_of(unit)[:2] * 2):
            audience = _AUDIENCES[(place * 5 + len(out)) % len(_AUDIENCES)]
            key = f"{cycle[-2:].lower()}-{unit.id.replace('/', '-')}-{place + 1}"
            out[key] = _key_result(
                company,
                market,
                spec,
                spec.lever,
                "lever",
                cycle,
                span,
                team=unit.id,
                tail=f" {audience}",
            )
    return out


def name_of_team(team: str) -> str:
    """What people call a team, given its identifier without its market."""
    return next(t.name for t in TEAMS if t.id == team)


def first_team(spec: StreamSpec) -> str:
    """The team that delivers most of a stream."""
    return max(spec.teams, key=lambda team: spec.teams[team])


def _units(company: Company, market: int) -> Iterator[Unit]:
    return (u for u in company.units if u.market == market and company.streams_of(u))


def initiatives(company: Company, market: int) -> Entities:
    """Bets: the first of each stream is over, the others are running; a few were refused or dropped."""
    rng = random.Random(company.seed * 77 + market)
    out: Entities = {}
    for spec in STREAMS:
        for place, (name, belief) in enumerate(spec.bets):
            cycle = CLOSED if place == 0 else COMMITTED
            team = company.within(market, first_team(spec))
            key = company.within(market, f"{spec.id}-{place + 1}")
            state = _state(rng, place)
            made = _bet(company, market, spec, name, belief, cycle, state, rng)
            out[key] = made | {"team": team, "effort": rng.randrange(20, 75, 5)}
            if cycle == COMMITTED:
                out[key]["key_result"] = company.within(market, f"q3-{spec.id}")
    if company.is_large:
        out |= _own_bets(company, market, rng)
    return out


def _state(rng: random.Random, place: int) -> str:
    dice = rng.random()
    if place == 0:
        return "finished" if dice < 0.75 else "dropped"
    return "active" if dice < 0.75 else "accepted" if dice < 0.88 else "refused"


def _bet(
    company: Company, market: int, spec: StreamSpec, name: str, belief: str, cycle: str, state: str,
    rng: random.Random,
) -> dict[str, Any]:  # fmt: skip
    gap = spec.metric.target - spec.metric.baseline
    effect = gap * (0.15 + 0.25 * rng.random())
    effect = round(effect, 3 if abs(effect) < 0.5 else 1)
    last = _LAST_DAY[cycle]
    return {
        "name": name,
        "stream": company.within(market, spec.id),
        "cycle": cycle,
        "state": state,
        "belief": f"We believe that {belief}.",
        "effect": {"by": effect},
        "window": {"from": last.replace(day=1).isoformat(), "to": last.isoformat()},
        "stop_rule": "Stop if three weeks after it reaches viewers the metric has not moved by a third of this.",
        "owner": f"Lead of {name_of_team(first_team(spec))}",
    }


def _own_bets(company: Company, market: int, rng: random.Random) -> Entities:
    """Fifteen small bets for each team and squad, each on an audience of its own."""
    out: Entities = {}
    for unit in _units(company, market):
        mine = company.streams_of(unit)
        for place in range(15):
            spec = mine[place % len(mine)][0]
            name, belief = spec.bets[(place // len(mine)) % len(spec.bets)]
            audience = _AUDIENCES[place % len(_AUDIENCES)]
            made = _bet(company, market, spec, f"{name} {audience}", belief, COMMITTED,
                        _state(rng, 1), rng)  # fmt: skip
            effort = max(1, unit.people * 65 // 40)
            out[f"{unit.id}-bet-{place + 1}"] = made | {"team": unit.id, "effort": effort}
    return out


#: needs, gives, what, needed by, promised, state, hard.
_NEEDS: tuple[tuple[str, str, str, str, str | None, str, bool], ...] = (
    ("player-apps", "cloud", "Room for licences fetched early", "2026-07-24", "2026-07-20", "done", True),
    ("player-tv", "partner-devices", "A list of boxes that are too slow", "2026-08-14", "2026-08-14", "done", False),
    ("match-day", "sign-in", "Sessions that outlive a restart", "2026-10-30", "2026-10-23", "agreed", True),
    ("match-day", "cloud", "Capacity for the derby", "2026-11-06", "2026-10-30", "agreed", True),
    ("highlights", "ingest", "Marks of the crew with the signal", "2026-10-16", None, "asked", True),
    ("club-desk", "studio", "Goals marked live", "2026-10-30", "2026-10-30", "agreed", True),
    ("royalties", "data-platform", "Plays by match and country", "2026-11-20", "2026-11-13", "agreed", True),
    ("measurement", "data-platform", "Late plays kept for three days", "2026-10-23", "2026-10-20", "agreed", True),
    ("retention", "billing", "The reason why a payment broke", "2026-08-28", "2026-08-21", "done", False),
    ("recommendations", "data-platform", "What was watched, within the hour", "2026-07-31", None, "refused", False),
)  # fmt: skip


def dependencies(company: Company, market: int) -> Entities:
    """What teams need from one another. One promise is missing, as it would be."""
    out: Entities = {}
    for number, (needs, gives, what, by, promised, state, hard) in enumerate(_NEEDS):
        need: dict[str, Any] = {
            "needs": company.within(market, needs), "gives": company.within(market, gives),
            "what": what, "needed_by": by,
        }  # fmt: skip
        if promised:
            need["promised"] = promised
        need |= {"state": state, "hard": hard}
        if state == "refused":
            why = "Refused in July; the bet goes on with what was watched until the evening before."
            need["accepted"] = [{"rule": "D-D01", "by": "Head of Discovery", "why": why}]
        out[company.within(market, f"need-{number + 1}")] = need
    return out
