"""Kinds of the rest: what effort was for that no stream claims, by rules that anybody may edit."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from mainstem.plan.model import Plan, RestRule


@lru_cache(maxsize=1)
def default_rest_rules() -> tuple[RestRule, ...]:
    """The shipped rules (``rest_rules.yaml``), in the precedence of methods, section 3.6.

    What needs more than one item to see (work that comes again and again, fixes of young code, work
    that entered late) has no rule here.
    """
    import yaml

    text = files("mainstem.work").joinpath("rest_rules.yaml").read_text(encoding="utf-8")
    return tuple(RestRule.model_validate(rule) for rule in yaml.safe_load(text))


def rest_rules(plan: Plan) -> tuple[RestRule, ...]:
    """The rules in force, strongest first: the plan's own if it has any key ``rest``, else the shipped."""
    return default_rest_rules() if plan.rest is None else plan.rest
