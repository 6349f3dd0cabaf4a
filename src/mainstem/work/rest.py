"""Kinds of the rest: by rules, first match wins, for effort that no stream has.

The shipped rules follow the precedence of ``docs/methods.md`` (incident, compliance, support,
operations, debt, enablement); a plan that writes ``rest:`` replaces them as a whole.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from mainstem.plan.model import Plan, RestRule


@cache
def shipped_rules() -> tuple[RestRule, ...]:
    """The rules that hold where a plan says nothing."""
    data = json.loads(files("mainstem.work").joinpath("rest_rules.json").read_text("utf-8"))
    return tuple(RestRule.model_validate(r) for r in data["rules"])


def rest_rules(plan: Plan) -> tuple[RestRule, ...]:
    """The rules in force, in order."""
    return plan.rest if plan.rest is not None else shipped_rules()
