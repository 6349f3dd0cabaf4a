"""A plan as text in its usual form. Reading it again gives the same plan."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

import yaml

from mainstem.plan.model import Plan


def plan_to_text(plan: Plan) -> str:
    """The whole plan as one YAML text, in the order of the plan; what is default is left out."""
    data = plan.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True)
    if plan.rest is not None:
        data["rest"] = [r.model_dump(by_alias=True, exclude_defaults=True) for r in plan.rest]
    return yaml.dump(
        _plain(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, default_flow_style=False
    )


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as people write them, and never writes aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, date):
        return value
    return value
