"""The wording checks: rules L01 to L12 over the sentences of a plan.

Each rule is a small function over one statement and what is given beside it; it can be tried alone with
``check_text``. Texts that are not English are reported as not checked (L00), never passed in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from mainstem.challenge import wording_measures, wording_results, wording_themes
from mainstem.challenge.language import other_language
from mainstem.challenge.rules import RuleInfo, table
from mainstem.challenge.text import Statement, read
from mainstem.challenge.wording_case import REGISTER, Case, Given, Hit
from mainstem.errors import UsageError
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Initiative, KeyResult, Metric, Plan

_NOT_CHECKED = RuleInfo(
    "L00",
    "Text was not checked",
    Severity.INFO,
    "The wording rules know English only; a text in another language passes none of them, it is only not looked at.",
    ("key result", "objective", "stream", "initiative", "metric"),
)
assert wording_measures and wording_results and wording_themes

#: The wording rules by id.
WORDING_RULES: Mapping[str, RuleInfo] = table(
    _NOT_CHECKED, *(REGISTER[key].info for key in sorted(REGISTER))
)
_OF_KEY_RESULTS = ("L01", "L02", "L03", "L04", "L05", "L06", "L07", "L11", "L12")
_CONTEXT = frozenset(f.name for f in fields(Given))


def check_wording(plan: Plan, *, today: date) -> list[Finding]:
    """Findings on the sentences of a plan: key results, objectives, streams, initiatives, metrics.

    Args:
        plan: The plan.
        today: Part of every check's signature; no wording rule depends on the day.

    Returns:
        Findings without places, in the order of the plan. Pure.
    """
    found: list[Finding] = []
    for key, result in plan.key_results.items():
        found += _run(
            _OF_KEY_RESULTS, result.text, _of_key_result(plan, result), "key_results", key, "text"
        )
    technologies = frozenset(word.lower() for word in plan.organisation.technologies)
    for key, objective in plan.objectives.items():
        given = Given(subject="objective", technologies=technologies)
        found += _run_named(("L08", "L10"), objective.name, given, "objectives", key)
    for key, stream in plan.streams.items():
        given = Given(subject="stream", technologies=technologies)
        found += _run_named(("L10",), stream.name, given, "streams", key)
    for key, initiative in plan.initiatives.items():
        given = Given(subject="initiative", metric_linked=_is_a_bet(plan, initiative))
        if not given.metric_linked:
            found += _run_named(("L09",), initiative.name, given, "initiatives", key)
    for key, metric in plan.metrics.items():
        found += _run_named(("L07",), metric.name, _of_metric(metric), "metrics", key)
    return found


def check_text(rule_id: str, text: str, **context: Any) -> Finding | None:
    """One rule on one text.

    Args:
        rule_id: ``L01`` to ``L12``, or ``L00``.
        text: Any text.
        **context: Attributes of ``Given``: ``cycle_bound``, ``by``, ``baseline``, ``target``, ``unit``,
            ``class_``, ``metric_kind``, ``metric_linked``, ``has_denominator``, ``technologies``.

    Returns:
        The finding, without subject and place; None if the rule is silent.

    Raises:
        UsageError: There is no such rule, or no such context.
    """
    if rule_id not in WORDING_RULES:
        known = ", ".join(WORDING_RULES)
        raise UsageError(f"There is no wording rule {rule_id}.", f"Known rules: {known}.")
    if unknown := sorted(set(context) - _CONTEXT):
        known = ", ".join(sorted(_CONTEXT))
        raise UsageError(f"A wording rule takes no {', '.join(unknown)}.", f"Known are: {known}.")
    if "technologies" in context:
        context["technologies"] = frozenset(str(word).lower() for word in context["technologies"])
    statement = read(text)
    if rule_id == "L00":
        return _not_checked(statement, "", ())
    return _ask(rule_id, Case(statement, Given(**context)), "", ())


def not_checked(language: str, *, subject: str = "", path: tuple[str | int, ...] = ()) -> Finding:
    """The finding that a text in another language was not looked at."""
    return Finding(
        _NOT_CHECKED.id,
        Severity.INFO,
        subject,
        f"The wording was not checked: it seems to be {language}.",
        _NOT_CHECKED.why,
        "Ask the questions of the rules yourself, or keep an English version in the plan.",
        path,
        language,
    )


def _not_checked(s: Statement, subject: str, path: tuple[str | int, ...]) -> Finding | None:
    language = other_language(s)
    return not_checked(language, subject=subject, path=path) if language else None


def _run_named(
    rules: tuple[str, ...], name: str | None, given: Given, section: str, key: str
) -> Iterator[Finding]:
    """The rules on a name; on the identifier in words if there is no name."""
    if name is not None:
        return _run(rules, name, given, section, key, "name")
    return _run(rules, key.replace("-", " ").replace("_", " "), given, section, key)


def _run(
    rules: tuple[str, ...], text: str, given: Given, section: str, key: str, *path: str
) -> Iterator[Finding]:
    statement = read(text)
    subject = f"{section}/{key}"
    skipped = _not_checked(statement, subject, path)
    if skipped is not None:
        yield skipped
        return
    case = Case(statement, given)
    for rule_id in rules:
        found = _ask(rule_id, case, subject, path)
        if found is not None:
            yield found


def _ask(rule_id: str, case: Case, subject: str, path: tuple[str | int, ...]) -> Finding | None:
    rule = REGISTER[rule_id]
    hit: Hit | None = rule.run(case) if case.statement.tokens else None
    if hit is None:
        return None
    return Finding(
        rule_id,
        hit.severity or rule.info.severity,
        subject,
        hit.what,
        rule.info.why,
        hit.hint,
        path,
        ", ".join(hit.matched),
    )


def _of_key_result(plan: Plan, result: KeyResult) -> Given:
    metric = plan.metrics.get(result.metric) if result.metric else None
    baseline = result.baseline
    if baseline is None and metric is not None:
        baseline = metric.observations[-1].value if metric.observations else metric.baseline
    return Given(
        cycle_bound=result.cycle in plan.cycles if result.cycle else False,
        by=result.by,
        baseline=baseline,
        target=result.target,
        unit=result.unit or (metric.unit if metric else None),
        class_=result.class_,
        metric_kind=metric.kind if metric else None,
        metric_linked=result.metric is not None,
        has_denominator=metric is not None and _has_denominator(metric),
    )


def _of_metric(metric: Metric) -> Given:
    return Given(
        subject="metric",
        metric_kind=metric.kind,
        unit=metric.unit,
        has_denominator=_has_denominator(metric),
    )


def _has_denominator(metric: Metric) -> bool:
    return metric.denominator is not None or (metric.unit or "").strip().lower() in (
        "%",
        "percent",
        "share",
    )


def _is_a_bet(plan: Plan, initiative: Initiative) -> bool:
    """Whether a metric is expected to move: an effect, a measured key result, or a belief that says so."""
    if initiative.effect is not None:
        return True
    result = plan.key_results.get(initiative.key_result) if initiative.key_result else None
    if result is not None and result.metric is not None:
        return True
    return bool(initiative.belief) and wording_themes.says_what_moves(read(initiative.belief or ""))
