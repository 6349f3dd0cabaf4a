"""The disqualifying statements that the program can answer from the plan alone.

Where a finding of another rule already says what a statement says of the same thing, no second finding
is made: the first one *carries* the statement (``Finding.statements``), is raised to the statement's
severity and quotes it. Only what no rule says gets a finding of its own, ``D-…``.

A finding that carries a statement of severity ``blocks`` but only warns means "cannot say": the evidence
is not there yet. It never passes silently, and never blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from mainstem.challenge.catalogue_of import catalogue_of
from mainstem.challenge.ground import OPEN_STATES, Ground, begins
from mainstem.challenge.limits import limit
from mainstem.challenge.naming import named_after
from mainstem.challenge.rules import listed
from mainstem.challenge.statements import STATEMENTS, Statement
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Metric

_RANK = {Severity.INFO: 0, Severity.WARNS: 1, Severity.BLOCKS: 2}


def with_statements(ground: Ground, found: Sequence[Finding]) -> list[Finding]:
    """The findings of the other rules, carrying the statements they answer, and those of statements.

    Args:
        ground: The plan that the findings are about.
        found: Findings of the structure and wording rules, in any order.
    """
    catalogue = catalogue_of(ground.plan)
    carried = [_carry(ground, finding, catalogue) for finding in found]
    told = {(name, f.subject) for f in carried for name in f.statements}
    own = (finding for answer in _ANSWERS for finding in answer(ground))
    new = [f for f in own if (f.rule, f.subject) not in told and f.rule in catalogue]
    if catalogue is not STATEMENTS:
        new = [_as_the_organisation_says(f, catalogue[f.rule]) for f in new]
    return carried + new


def _carry(ground: Ground, finding: Finding, catalogue: Mapping[str, Statement]) -> Finding:
    name = _CARRIED_BY.get((finding.rule, finding.subject.partition("/")[0]))
    if name is None or finding.severity is Severity.INFO or name not in catalogue:
        return finding
    severity = _severity(ground, finding, name)
    if severity is None:
        return finding
    why = f"{finding.why} {_quoted(catalogue[name])}".strip()
    made = replace(finding, severity=severity, why=why, statements=(*finding.statements, name))
    return replace(made, severity=_weighed(severity, catalogue[name]))


def _as_the_organisation_says(finding: Finding, statement: Statement) -> Finding:
    """With the organisation's own words and severity."""
    severity = _weighed(finding.severity, statement)
    return replace(finding, severity=severity, why=_quoted(statement))


def _weighed(severity: Severity, statement: Statement) -> Severity:
    """Of a statement that now warns nothing blocks; what was fully true of one that now blocks does."""
    usual = STATEMENTS[statement.id].severity
    if statement.severity is usual:
        return severity
    return (
        statement.severity
        if severity is usual
        else min(severity, statement.severity, key=_RANK.__getitem__)
    )


def _quoted(statement: Statement) -> str:
    inner = statement.text.replace("“", "‘").replace("”", "’")
    return f"{statement.id}: “{inner}”"


#: (rule, section) → the statement that a finding of the rule there answers.
_CARRIED_BY = {
    ("L08", "objectives"): "D-O02",
    ("L10", "objectives"): "D-O02",
    ("S02", "objectives"): "D-O03",
    ("S01", "streams"): "D-S03",
    ("S13", "streams"): "D-M08",
    ("L07", "metrics"): "D-M04",
    ("L01", "key_results"): "D-K01",
    ("L06", "key_results"): "D-K01",
    ("L02", "key_results"): "D-K02",
    ("L03", "key_results"): "D-K02",
    ("L04", "key_results"): "D-K02",
    ("L05", "key_results"): "D-K02",
    ("S04", "key_results"): "D-K03",
    ("L09", "initiatives"): "D-I01",
    ("S07", "teams"): "D-I03",
    ("S12", "dependencies"): "D-D01",
}


def _severity(ground: Ground, finding: Finding, name: str) -> Severity | None:
    """The severity of a finding that carries a statement; None if it does not answer it after all."""
    key = finding.subject.partition("/")[2]
    as_it_is, blocks = finding.severity, finding.severity is Severity.BLOCKS
    match name:
        case "D-M08":
            empty = not ground.plan.streams[key].guardrails
            return (Severity.BLOCKS if _known_gaming(ground, key) else as_it_is) if empty else None
        case "D-M04":
            return Severity.BLOCKS if key in _value_metrics(ground) else None
        case "D-I01":
            return Severity.BLOCKS if ground.plan.initiatives[key].effect is None else None
        case "D-K01" | "D-I03":
            return as_it_is if blocks else None
        case "D-D01":
            return as_it_is
    return max(as_it_is, STATEMENTS[name].severity, key=_RANK.__getitem__)


def _known_gaming(ground: Ground, stream: str) -> bool:
    known = (ground.plan.metrics.get(m) for m in ground.value_metrics[stream])
    return any(metric and metric.gaming for metric in known)


def _value_metrics(ground: Ground) -> dict[str, Metric]:
    """Metrics in use as a stream's value metric, in the order of the plan."""
    used = {m for metrics in ground.value_metrics.values() for m in metrics}
    return {key: metric for key, metric in ground.plan.metrics.items() if key in used}


def _say(
    name: str,
    subject: str,
    what: str,
    hint: str,
    *,
    severity: Severity | None = None,
    path: tuple[str | int, ...] = (),
    matched: str = "",
) -> Finding:
    statement = STATEMENTS[name]
    return Finding(
        name,
        severity or statement.severity,
        subject,
        what,
        _quoted(statement),
        hint,
        path,
        matched,
        statements=(name,),
    )


def _named_after_a_system(ground: Ground) -> Iterator[Finding]:
    for key, named, registry in named_after(ground.plan):
        yield _say(
            "D-S01",
            f"streams/{key}",
            f"{begins('streams', key)} has the name of {registry} {named}.",
            "Name what the customer goes through; the claims may still name the system.",
            path=("name",),
            matched=named,
        )


def _no_stage(ground: Ground) -> Iterator[Finding]:
    mapped = any(customer.stages for customer in ground.plan.customers.values())
    for key, stream in ground.plan.streams.items():
        if stream.stages:
            continue
        yield _say(
            "D-S02",
            f"streams/{key}",
            f"{begins('streams', key)} names no stage of a customer's lifecycle"
            f"{'' if mapped else ', and the plan has no lifecycle yet'}.",
            "Add `customer:` and `stages:` with the steps of their life that it improves."
            if mapped
            else "Add the customers with their `stages`, then name those that the stream improves.",
            severity=Severity.BLOCKS if mapped else Severity.WARNS,
        )


def _no_owner(ground: Ground) -> Iterator[Finding]:
    for key, stream in ground.plan.streams.items():
        if stream.owner is None:
            yield _say(
                "D-S04",
                f"streams/{key}",
                f"{begins('streams', key)} has no owner.",
                "Add `owner:` with who says what counts and answers for the metric.",
            )


def _only_rises(ground: Ground) -> Iterator[Finding]:
    for key, metric in _value_metrics(ground).items():
        if metric.kind == "cumulative_total":
            yield _say(
                "D-M04",
                f"metrics/{key}",
                f"{begins('metrics', key)} is a running total and the value metric of a stream.",
                "Count what happens in a period, or the share of it that lasts.",
                path=("kind",),
                matched=metric.kind,
            )


def _too_late_to_steer(ground: Ground) -> Iterator[Finding]:
    if ground.current is None:
        return
    cycle = ground.plan.cycles[ground.current]
    days = (cycle.last_day - cycle.first_day).days + 1
    most = days * limit(ground.plan, "D-M07.share_of_cycle")
    for key, metric in _value_metrics(ground).items():
        if metric.lag_days is not None and metric.lag_days > most + 1e-9:
            yield _say(
                "D-M07",
                f"metrics/{key}",
                f"{begins('metrics', key)} is known {metric.lag_days} days late; cycle "
                f"{ground.current} has {days} days.",
                "Choose an earlier sign that is declared to drive it, and keep this one as a check.",
                path=("lag_days",),
                matched=str(metric.lag_days),
            )


def _not_computable(ground: Ground) -> Iterator[Finding]:
    for key, metric in _value_metrics(ground).items():
        missing = _missing_parts(metric)
        if missing:
            yield _say(
                "D-M09",
                f"metrics/{key}",
                f"{begins('metrics', key)} has no {listed(missing)}.",
                "Write down what is counted over what, and where the numbers are read.",
                matched=listed(missing),
            )


def _missing_parts(metric: Metric) -> list[str]:
    missing = []
    if metric.definition is None:
        if metric.numerator is None:
            missing.append("definition")
        elif metric.kind in ("rate", "ratio") and metric.denominator is None:
            missing.append("denominator")
    return missing if metric.source is not None else [*missing, "source"]


def _not_falsifiable(ground: Ground) -> Iterator[Finding]:
    for key, bet in ground.plan.initiatives.items():
        if bet.state not in OPEN_STATES:
            continue
        given = {"effect": bet.effect, "window": bet.window, "stop_rule": bet.stop_rule}
        missing = [field for field, value in given.items() if value is None]
        if missing:
            yield _say(
                "D-I02",
                f"initiatives/{key}",
                f"{begins('initiatives', key)} does not say "
                f"{listed([_ASKED[field] for field in missing])}.",
                f"Add {listed([f'`{field}`' for field in missing])}.",
                matched=listed(missing),
            )


_ASKED = {
    "effect": "by how much the metric should move",
    "window": "by when it should show",
    "stop_rule": "what would make us stop",
}


def _not_agreed(ground: Ground) -> Iterator[Finding]:
    for key, need in ground.plan.dependencies.items():
        if need.state == "refused":
            yield _say(
                "D-D01",
                f"dependencies/{key}",
                f"{begins('dependencies', key)}: {need.gives} has refused what {need.needs} needs.",
                "Plan without it, ask another team, or take the refusal up with both.",
                path=("state",),
                matched="refused",
            )
        elif need.state != "done" and need.promised is None:
            by = f" (needed by {need.needed_by})" if need.needed_by else ""
            yield _say(
                "D-D01",
                f"dependencies/{key}",
                f"{begins('dependencies', key)}: {need.gives} has not promised a date yet{by}.",
                f"Ask {need.gives} for a date and write it as `promised`.",
                severity=Severity.WARNS,
            )


_ANSWERS: tuple[Callable[[Ground], Iterator[Finding]], ...] = (
    _named_after_a_system,
    _no_stage,
    _no_owner,
    _only_rises,
    _too_late_to_steer,
    _not_computable,
    _not_falsifiable,
    _not_agreed,
)
