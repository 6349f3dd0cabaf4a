"""Who lives in the demo on a server, and what they have said: the cast, check-ins, talk."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mainstem.demo.company import Company
from mainstem.plan.model import Plan
from mainstem.services.metrics.checking_in import Said
from mainstem.services.people.access import Role
from mainstem.services.server.demo_server import Belongs, Part

HOST = "floodlight.example"

CAST: tuple[Part, ...] = (
    Part(
        "Ines Calder", f"ines.calder@{HOST}", "Chief technology officer, a viewer",
        "see whether effort goes where the plan says, and what to stop", Role.VIEWER,
    ),
    Part(
        "Tomas Wirth", f"tomas.wirth@{HOST}", "Planner",
        "keep the plan sharp, close the quarter, prepare the next", Role.PLANNER,
    ),
    Part(
        "Nour Haddad", f"nour.haddad@{HOST}", "Owner of the stream “start-fast”",
        "move one metric, say what work counts, accept or refuse bets", Role.OWNER,
        stream="start-fast",
    ),
    Part(
        "Lene Dahl", f"lene.dahl@{HOST}", "Team lead of Playback",
        "keep the team's commitments and know where its time goes", Role.LEAD, team="playback",
    ),
    Part(
        "Amara Abara", f"amara.abara@{HOST}", "Engineer in Player Apps, a contributor",
        "ask what work counts for, check in, contest what is wrong", Role.CONTRIBUTOR,
    ),
    Part(
        "Sol Marin", f"sol.marin@{HOST}", "Administrator",
        "see to people, sources, jobs and the audit log", Role.ADMINISTRATOR,
    ),
)  # fmt: skip
LEADER, PLANNER, OWNER, LEAD, ENGINEER, ADMINISTRATOR = CAST


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody says something about a thing on a day."""

    by: Part
    subject: str
    text: str
    on: date


REMARKS: tuple[Word, ...] = (
    Word(OWNER, "streams/start-fast", "The September build moved televisions, not phones. I would"
         " rather see one more week of data before we call it.", date(2026, 9, 28)),
    Word(LEAD, "streams/start-fast", "Agreed. Player TV has two people on incidents until the derby,"
         " so nothing changes before then anyway.", date(2026, 9, 29)),
    Word(ENGINEER, "streams/calm-nights", "Half of what we did for the night shift has no label. I"
         " contested the two biggest.", date(2026, 9, 30)),
)  # fmt: skip


def people_of(company: Company) -> tuple[Belongs, ...]:
    """Everybody of the company as accounts: name, address, teams with days. The lead leads as well."""
    out = [
        Belongs(
            m.person.replace(".", " ").title(), f"{m.person}@{HOST}", company.units[m.unit].id,
            m.first, m.last, float(m.fraction or 1),
        )
        for m in company.members
    ]  # fmt: skip
    return (*out, Belongs(LEAD.name, LEAD.email, "playback"))


def check_ins(plan: Plan, today: date, seed: int) -> Iterator[tuple[str, Said]]:
    """A check-in every two weeks on what is committed; some late, some stopped, some beyond target."""
    rng = random.Random(seed)
    committed = {k for k, c in plan.cycles.items() if c.state == "committed"}
    for key, kr in plan.key_results.items():
        if kr.cycle not in committed or kr.baseline is None or kr.target is None:
            continue
        cycle = plan.cycles[kr.cycle]
        length = max((cycle.last_day - cycle.first_day).days, 1)
        pace, last = rng.uniform(0.25, 1.15), rng.choice((1.0, 1.0, 1.0, 0.55))
        for step in range(1, 7):
            on = cycle.first_day + timedelta(days=14 * step)
            part = (on - cycle.first_day).days / length
            if on > today or part > last:
                break
            value = kr.baseline + (kr.target - kr.baseline) * pace * part * rng.uniform(0.85, 1.1)
            sure = min(max(round(pace - 0.1 + rng.uniform(-0.15, 0.15), 1), 0.1), 0.9)
            yield key, Said(on, round(value, 2), sure, _NOTES[rng.randrange(len(_NOTES))])


_NOTES = (
    "", "", "", "On its way.", "Slower than we thought: two weeks went to the derby.",
    "The new counting is in; the value before it was too high.", "Waiting for Data Platform.",
    "Better since the last build.",
)  # fmt: skip
