"""The draft of an unbundling: what checks and people say of it, and what an answer makes of it.

The same for a server's proposal and for a folder of YAML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mainstem.challenge.ground import Ground as PlanGround
from mainstem.challenge.weighing import Scales, Told, Weighed
from mainstem.errors import Absent, Invalid
from mainstem.plan.findings import Severity
from mainstem.plan.model import Plan
from mainstem.services.plans.drafting import Edit, draft
from mainstem.services.plans.findings_index import Findings, index_findings
from mainstem.workshop.unbundling import is_live, questions, value_metric
from mainstem.workshop.unbundling_edits import Edits, edits_of
from mainstem.workshop.unbundling_values import Asks, Question, Said, Statement

if TYPE_CHECKING:
    from mainstem.services.decisions.desk import Desk


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft, looked at from an objective down.

    Attributes:
        plan: The plan that it makes.
        base: The plan that it was begun from.
        objective: Identifier of the objective.
        questions: Every question, answered ones too.
        weighed: Thing below the objective → what would disqualify it.
    """

    plan: Plan
    base: Plan
    objective: str
    questions: tuple[Question, ...]
    weighed: Mapping[str, Weighed]

    def of(self, key: str) -> Question:
        """The question of a key.

        Raises:
            Absent: there is none any more.
        """
        found = next((one for one in self.questions if one.key == key), None)
        if found is None:
            raise Absent(
                "There is no such question.",
                "What it was about may have been taken away meanwhile; go on with the next one.",
            )
        return found


def drafted(plan: Plan, base: Plan, objective: str, desk: Desk) -> Drafted:
    """Looks at a draft from an objective down; nothing is done.

    Args:
        plan: The plan that the draft makes.
        base: The plan that it was begun from.
        objective: Identifier of the objective.
        desk: The plan as it stands, its history, and what people answered to statements.

    Cost: linear in what is below the objective and in the work of its teams, not in the whole plan.
    """
    if objective not in plan.objectives:
        return Drafted(plan, base, objective, (), {})
    part = cut(plan, objective)
    subjects = tuple(subjects_below(part, objective))
    scales = _scales(part, subjects, desk)
    weighed = {subject: scales.weigh(subject) for subject in subjects}
    statements = {subject: tuple(_statements(one)) for subject, one in weighed.items()}
    said = Said(scales.found, statements)
    return Drafted(plan, base, objective, questions(plan, base, objective, said), weighed)


def subjects_below(plan: Plan, objective: str) -> Iterable[str]:
    """What is challenged below an objective, from the top down."""
    yield f"objectives/{objective}"
    mine = {k: s for k, s in plan.streams.items() if objective in s.objective}
    yield from (f"streams/{key}" for key in mine)
    metrics = dict.fromkeys(value_metric(s) for s in mine.values())
    yield from (f"metrics/{key}" for key in metrics if key in plan.metrics)
    for section in ("key_results", "initiatives"):
        for key, one in getattr(plan, section).items():
            if one.stream in mine and is_live(one.cycle, plan):
                yield f"{section}/{key}"


def cut(plan: Plan, objective: str) -> Plan:
    """The part of a plan that what is below an objective is judged by.

    Its streams, all that their teams take part in and have promised, and every metric these name; customers,
    teams and cycles whole. Other objectives and their commitments are left out.
    """
    mine = {k for k, s in plan.streams.items() if objective in s.objective}
    teams = {team for key in mine for team in plan.streams[key].teams}
    streams = {k: s for k, s in plan.streams.items() if k in mine or teams & set(s.teams)}
    above = {o for s in streams.values() for o in s.objective} | {objective}
    commitments = {
        section: {
            key: one
            for key, one in getattr(plan, section).items()
            if (one.stream in mine or one.team in teams) and is_live(one.cycle, plan)
        }
        for section in ("key_results", "initiatives")
    }
    named = {m for s in streams.values() for m in _metrics_of(s)}
    named |= {kr.metric for kr in commitments["key_results"].values()}
    metrics = {k: m for k, m in plan.metrics.items() if k in named or set(m.drives) & named}
    objectives = {k: o for k, o in plan.objectives.items() if k in above}
    return plan.model_copy(
        update={
            "streams": streams, "objectives": objectives, "metrics": metrics, "dependencies": {},
            "expect": (), "links": (), **commitments,
        }
    )  # fmt: skip


def _metrics_of(stream: Any) -> Iterable[str]:
    yield from (one.metric for one in (*stream.metric, *stream.guardrails))
    yield from stream.inputs


def _scales(part: Plan, subjects: tuple[str, ...], desk: Desk) -> Scales:
    """What the part is weighed with; history is that of the plan as it stands."""
    from mainstem.services.challenges.scales import scales_of
    from mainstem.services.plans.planning import check_standing

    nothing = Findings("", desk.today, (), {})
    standing, _ = scales_of(desk, nothing, subjects=subjects)
    found = index_findings(check_standing(part, today=desk.today), "", desk.today)
    return Scales(
        PlanGround(part, desk.today), found.by_subject, standing.history, standing.heard,
        standing.tallies,
    )  # fmt: skip


def _statements(weighed: Weighed) -> Iterable[Statement]:
    """Those that people answer: what is open first, by what decides most."""
    first = list(weighed.questions)
    more = [t for t in weighed.told if t.is_open and t not in first]
    heard = [t for t in weighed.told if t.heard is not None]
    return (_statement(told) for told in (*first, *more, *heard))


def _statement(told: Told) -> Statement:
    asked = told.statement
    heard = told.heard
    return Statement(
        told.id, told.text, told.severity is Severity.BLOCKS, asked.asked_of if asked else "",
        asked.evidence if asked else "", str(heard.answer or "") if heard else "",
        (heard.evidence or _awaited(heard.owner, heard.until)) if heard else "",
        heard.by if heard else "",
    )  # fmt: skip


def _awaited(owner: str, until: date | None) -> str:
    return f"{owner} finds out{f' by {until}' if until else ''}" if owner else ""


def answered(
    found: Drafted, question: Question, given: Mapping[str, str], desk: Desk, by: str
) -> Plan:
    """The plan that an answer makes of a draft; nothing is written.

    Raises:
        Invalid: the answer is not one; ``field`` names what is to be mended.
    """
    edits = edits_of(question, given, found.plan, by=by)
    try:
        wanted = edited(found.plan, edits)
    except Invalid as error:
        if error.code == "plan.no_change":  # said again as it is: that is an answer too
            return found.plan
        raise
    again = drafted(wanted, found.base, found.objective, desk)
    still = next((one for one in again.questions if one.key == question.key and one.is_open), None)
    if still is not None:
        raise _no_answer(still)
    return wanted


def _no_answer(still: Question) -> Invalid:
    if still.asks is Asks.WORDING and still.finding is not None:
        return Invalid(still.finding.what, still.finding.hint, field="words")
    return Invalid("That does not answer it.", "Say it in other words, or pass for now.", field="")


def edited(plan: Plan, edits: Edits) -> Plan:
    """The plan with edits made.

    Raises:
        Invalid: a field is not as it must be, the plan would not hold together, or nothing changes.
    """
    made = [Edit(subject, fields) for subject, fields in edits]
    return draft("", "", made, plan, "").wanted
