"""What each key of a plan's text means, in one line: for editors and the reference of keys.

Descriptions in the model win; here stands what the model's names say to those who know them.
"""

from __future__ import annotations

from collections.abc import Mapping

_CLAIM = {
    "label": "labels of the item",
    "component": "components of the item",
    "epic": "key or name of the epic that the item is in; one of the strongest kinds",
    "parent": "key of the item above it, at any height; one of the strongest kinds",
    "project": "project, board or repository",
    "path": "changed paths, as CODEOWNERS patterns",
    "type": "type of the item: bug, story, …",
    "state": "state of the item",
    "source": "the source that the record came from",
    "text": "a phrase in the title, on word boundaries, or /a regular expression/",
    "field": "custom field → its values",
    "all": "conditions that must all hold",
    "any": "conditions of which one must hold",
    "not": "conditions that must not hold; one alone needs no list",
}

#: Class → key → what it means. ``*`` holds for every class.
DESCRIPTIONS: Mapping[str, Mapping[str, str]] = {
    "*": {
        "name": "what people call it; the identifier if absent",
        "note": "anything worth knowing; never read by a rule",
        "accepted": "findings that somebody decided to live with",
        "owner": "the person who answers for it",
        "unit": "unit of the number, for instance % or ms",
        "baseline": "the value at the beginning",
        "target": "the value wanted",
        "from": "first day; always, if absent",
        "to": "last day, included; always, if absent",
        "team": "the team",
        "cycle": "the cycle it belongs to",
        "stream": "the value stream",
        "objective": "the objective",
        "metric": "the metric",
        "kind": "what kind it is",
        "shares": "stream or kind of the rest → share",
        "source": "where it comes from",
        "initiative": "the initiative that it is for",
    },
    "Plan": {
        "organisation": "the whole; once in a plan",
        "cycles": "planning periods, usually quarters",
        "customers": "groups of people served, each with the stages of its lifecycle",
        "teams": "the tree of sub-organisations",
        "metrics": "numbers that say whether something delivers",
        "objectives": "themes with a horizon: words, no number, no “how”",
        "streams": "flows of value to a customer, each with exactly one value metric",
        "key_results": "commitments to move a metric from a baseline to a target by a day",
        "initiatives": "bets: doing X moves metric M by about D",
        "dependencies": "what a team needs from another by a day",
        "links": "explicit attribution of single items; wins over every claim",
        "expect": "examples that must hold: this item goes there; `check` runs them",
    },
    "Acceptance": {"why": "the reason", "by": "who decided"},
    "Calendar": {
        "working_days": "days of the week that are worked",
        "holidays": "days that are not",
    },
    "Conversion": {
        "from": "unit that is converted",
        "to": "unit that it becomes",
        "valid_from": "first day on which the factor holds",
        "valid_to": "last day on which the factor holds",
    },
    "Organisation": {
        "week_starts": "first day of a week",
        "calendar": "working days and holidays, unless a team has its own",
        "conversions": "declared factors between units",
        "settings": "choices that are part of a score's identity",
    },
    "Cycle": {
        "first_day": "first day",
        "last_day": "last day, included",
        "state": "how far the cycle is",
    },
    "Stage": {"id": "identifier of the stage"},
    "Customer": {
        "kind": "outside or inside the organisation",
        "stages": "the lifecycle, in its order; a word alone is a stage",
    },
    "Team": {"calendar": "the team's own working days and holidays"},
    "Observation": {"on": "day that the value applies to", "value": "the value"},
    "Metric": {
        "definition": "how it is computed, so that two people get the same number",
        "numerator": "what is counted above the line",
        "denominator": "what is counted below the line",
        "direction": "which way is better; band: inside a band",
        "grain": "how often a value appears",
        "source": "system that the values come from",
        "lag_days": "days until a value is known",
        "observations": "values so far",
    },
    "MetricInForce": {"metric": "the metric that is in force"},
    "Guardrail": {"metric": "the metric that must not get worse"},
    "Participation": {"part": "whether the team delivers the stream or supports it"},
    "Condition": _CLAIM,
    "Claim": {
        **_CLAIM,
        "id": "name of the claim in explanations; its place in the list if absent",
        "rank": "overrides the order of kinds; lower wins",
    },
    "RestRule": {
        **_CLAIM,
        "kind": "the kind of the rest that such work is",
        "id": "name of the rule in explanations",
    },
    "Link": {
        "stream": "the stream that takes the whole item",
        "kind": "the kind of the rest that the whole item is",
        "why": "the reason",
    },
    "ExpectedItem": {
        **{k: v for k, v in _CLAIM.items() if k not in ("all", "any", "not")},
        "key": "the item's key",
        "title": "the item's title",
        "team": "the team that did the work",
        "epic": "key of the epic that it is in",
        "parent": "key of the item above it",
    },
    "Expect": {
        "item": "the item of the example",
        "stream": "the stream that it must go to",
        "kind": "the kind of the rest that it must be",
    },
    "Objective": {
        "horizon": "by when, roughly",
        "parent": "the wider objective that it is part of",
    },
    "Stream": {
        "also_serves": "objectives that it serves besides",
        "customer": "the customer who is served",
        "stages": "stages of the customer's lifecycle that get better",
        "metric": "the one value metric; with days, if it changes",
        "guardrails": "metrics that must not get worse meanwhile",
        "teams": "teams that take part: names, or team → share, part or both",
        "claims": "rules by which the stream claims work",
    },
    "KeyResult": {
        "text": "the commitment in a sentence",
        "metric": "the stream's value metric, or an input metric declared to drive it",
        "by": "day by which the target is reached; the end of the cycle if absent",
        "class": "compliance: must be done whatever the metric says",
    },
    "CheckIn": {"on": "the day it speaks of", "note": "what people should know"},
    "Milestone": {"name": "the step in a few words", "by": "day by which it is to be reached"},
    "Initiative": {
        "key_result": "the key result that it helps",
        "state": "how far the bet is",
        "belief": "we believe that doing X moves M because …",
        "effect": "what it is expected to do to the metric",
        "window": "days in which the effect should show",
        "stop_rule": "what would make us stop",
        "work_type": "a recurring type of work, to find bets that come back every cycle",
    },
    "Dependency": {
        "what": "what is needed",
        "needed_by": "day by which it is needed",
        "promised": "day that was promised",
        "state": "how far the promise is",
        "hard": "whether nothing goes on without it",
    },
}


def describe(shape: str, key: str) -> str:
    """What a key of a class means; empty if nothing is known."""
    return DESCRIPTIONS.get(shape, {}).get(key) or DESCRIPTIONS["*"].get(key, "")
