"""Tools that read streams and the findings of the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from pydantic import Field

from mainstem.challenge.verdicts import Verdict, verdict_of
from mainstem.errors import Absent
from mainstem.mcp.places import Place
from mainstem.mcp.said import Asked, Data, LongTold, Said, Told
from mainstem.mcp.tool import Tool
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Metric, Plan, Stream
from mainstem.services.people.access import Actor
from mainstem.work.conditions import describe

#: Values of a metric, claims and findings that are shown of one stream.
_VALUES, _CLAIMS, _FINDINGS = 12, 50, 20


class StreamsAsked(Asked):
    """Which streams."""

    team: str = Field(
        "", max_length=100, description="only streams this team takes part in: its id"
    )
    objective: str = Field("", max_length=100, description="only streams of this objective: its id")
    limit: int = Field(50, ge=1, le=200)
    after: str = Field("", max_length=100, description="id of the last stream of the page before")


class StreamLine(Data):
    """A stream in a list."""

    id: str
    name: Told
    objective: str
    customer: str
    metric: str = Field(description="id of its value metric; empty if it has none")


class Streams(Data):
    """Streams, in the order of the plan."""

    streams: list[StreamLine]
    total: int = Field(description="how many there are in all that were asked for")
    next: str = Field(description="goes into `after` for the next page; empty at the end")


class StreamAsked(Asked):
    """Which stream."""

    stream: str = Field(min_length=1, max_length=100, description="its id, as list_streams has it")


class MetricData(Data):
    """A value metric."""

    id: str
    name: Told
    unit: Told
    direction: Told
    baseline: float | None
    target: float | None
    newest: list[tuple[date, float]] = Field(description="newest values: day and value")


class FindingData(Data):
    """Something that is to be said against a thing of the plan."""

    rule: str
    severity: Severity
    subject: str
    what: Told
    why: Told
    hint: Told
    accepted: Told = Field(description="why it is lived with; empty if nobody accepted it")


class StreamData(Data):
    """A stream: what it is for, what it claims, and whether it stands up to the statements."""

    id: str
    name: Told
    note: LongTold
    objective: str
    objective_name: Told
    customer: str
    stages: list[str]
    owner: Told
    metric: MetricData | None
    guardrails: list[str]
    teams: dict[str, str] = Field(description="team → delivers or supports")
    claims: list[Told] = Field(description="rules by which it claims work")
    verdict: Verdict
    findings: list[FindingData]


class FindingsAsked(Asked):
    """Which findings."""

    subject: str = Field("", max_length=130, description="only of this: section/id, or a section")
    only_open: bool = Field(True, description="only those that ask for something")
    limit: int = Field(20, ge=1, le=100)
    after: int = Field(0, ge=0, description="how many to leave out: those of the pages before")


class FindingsData(Data):
    """Findings, and the verdict on what was asked about."""

    verdict: Verdict | None = Field(description="of one subject, or the worst of the plan")
    revision: str = Field(description="the revision that was checked")
    is_newest: bool = Field(description="false while the plan as it stands is being checked")
    blocks: int
    warns: int
    total: int = Field(description="how many findings fit what was asked")
    findings: list[FindingData]


def list_streams(asked: StreamsAsked, place: Place, by: Actor) -> Said:
    """The streams of the plan."""
    plan = place.standing().plan
    fitting = [k for k, s in plan.streams.items() if _fits(s, asked)]
    start = fitting.index(asked.after) + 1 if asked.after in fitting else 0
    page = fitting[start : start + asked.limit]
    rest = start + len(page) < len(fitting)
    lines = [_line(key, plan.streams[key]) for key in page]
    data = Streams(streams=lines, total=len(fitting), next=page[-1] if rest else "")
    return Said(f"{len(page)} of {len(fitting)} streams.", data)


def _fits(stream: Stream, asked: StreamsAsked) -> bool:
    of_team = not asked.team or asked.team in stream.teams
    return of_team and (not asked.objective or asked.objective in stream.objective)


def _line(key: str, stream: Stream) -> StreamLine:
    return StreamLine(
        id=key, name=stream.name or key, objective=next(iter(stream.objective), ""),
        customer=stream.customer or "", metric=_metric_id(stream),
    )  # fmt: skip


def _metric_id(stream: Stream) -> str:
    return stream.metric[-1].metric if stream.metric else ""


def read_stream(asked: StreamAsked, place: Place, by: Actor) -> Said:
    """One stream with its metric, its claims and its verdict."""
    plan = place.standing().plan
    stream = plan.streams.get(asked.stream)
    if stream is None:
        raise Absent("The plan has no such stream.", "list_streams and search say which there are.")
    found = of_subject(place.checked().all, f"streams/{asked.stream}")
    data = _stream(asked.stream, stream, plan, found)
    opened = sum(f.accepted is None for f in found)
    return Said(f"The stream {asked.stream}: {data.verdict.value}; {opened} findings.", data)


def _stream(key: str, stream: Stream, plan: Plan, found: Sequence[Finding]) -> StreamData:
    objective = next(iter(stream.objective), "")
    serves = plan.objectives.get(objective)
    metric = plan.metrics.get(_metric_id(stream))
    return StreamData(
        id=key, name=stream.name or key, note=stream.note, objective=objective,
        objective_name=(serves.name or objective) if serves else "", customer=stream.customer or "",
        stages=list(stream.stages), owner=stream.owner,
        metric=_metric(_metric_id(stream), metric) if metric else None,
        guardrails=[g.metric for g in stream.guardrails],
        teams={team: part.part for team, part in stream.teams.items()},
        claims=[describe(claim) for claim in stream.claims[:_CLAIMS]],
        verdict=verdict_of(found, f"streams/{key}"),
        findings=[finding_data(f) for f in found[:_FINDINGS]],
    )  # fmt: skip


def _metric(key: str, metric: Metric) -> MetricData:
    newest = sorted(metric.observations, key=lambda o: o.on)[-_VALUES:]
    return MetricData(
        id=key, name=metric.name or key, unit=metric.unit, direction=metric.direction,
        baseline=metric.baseline, target=metric.target, newest=[(o.on, o.value) for o in newest],
    )  # fmt: skip


def finding_data(finding: Finding) -> FindingData:
    """A finding as data."""
    return FindingData(
        rule=finding.rule, severity=finding.severity, subject=finding.subject, what=finding.what,
        why=finding.why, hint=finding.hint, accepted=finding.accepted,
    )  # fmt: skip


def of_subject(found: Sequence[Finding], subject: str) -> list[Finding]:
    """The findings of a thing, of a section, or (nothing asked) of the whole plan; worst first."""
    fits = (f for f in found if not subject or subject in (f.subject, f.subject.partition("/")[0]))
    order = list(Severity)
    return sorted(fits, key=lambda f: (f.accepted is not None, order.index(f.severity)))


def plan_findings(asked: FindingsAsked, place: Place, by: Actor) -> Said:
    """What is to be said against the plan, and its verdict."""
    checked = place.checked()
    fitting = of_subject(checked.all, asked.subject)
    subjects = {f.subject for f in fitting}
    worst = max((verdict_of(fitting, s) for s in subjects), key=lambda v: v.badness, default=None)
    if worst is None and checked.is_newest:
        worst = Verdict.PASSES
    shown = [f for f in fitting if not asked.only_open or _asks(f)]
    counts = Counter(f.severity for f in fitting if f.accepted is None)
    data = FindingsData(
        verdict=worst, revision=checked.revision, is_newest=checked.is_newest,
        blocks=counts[Severity.BLOCKS], warns=counts[Severity.WARNS], total=len(shown),
        findings=[finding_data(f) for f in shown[asked.after : asked.after + asked.limit]],
    )  # fmt: skip
    said = worst.value if worst else "not checked yet; ask again in a moment"
    return Said(f"Verdict: {said}. {data.blocks} block, {data.warns} warn.", data)


def _asks(finding: Finding) -> bool:
    return finding.accepted is None and finding.severity is not Severity.INFO


TOOLS = (
    Tool(
        "list_streams", "List streams",
        "The value streams of the plan, each with its objective, customer and value metric.",
        StreamsAsked, Streams, list_streams,
    ),
    Tool(
        "read_stream", "Read a stream",
        "One value stream: its metric with newest values, guardrails, teams, the claims by which it"
        " claims work, its verdict and what is to be said against it.",
        StreamAsked, StreamData, read_stream,
    ),
    Tool(
        "plan_findings", "Findings of the plan",
        "What is to be said against the plan or a thing of it: findings with why they matter and what"
        " to do, and the verdict (disqualified, conditional, passes with warnings, passes).",
        FindingsAsked, FindingsData, plan_findings,
    ),
)  # fmt: skip
