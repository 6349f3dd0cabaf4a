"""What stands in addresses: numbers of rows, identifiers of the plan, days."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from ninja import Path, Query
from pydantic import AfterValidator

from mainstem.plan.model import Day

#: Larger numbers name nothing.
NumberInPath = Annotated[int, Path(ge=1, le=2**53)]
#: Identifiers may hold slashes, dots and dashes; write a slash as ``%2F``.
IdentInPath = Annotated[str, Path(max_length=100, examples=["start-fast"])]
#: Without an offset it is UTC, as on the command line.
Moment = Annotated[datetime, AfterValidator(lambda at: at if at.tzinfo else at.replace(tzinfo=UTC))]
DayInQuery = Annotated[Day | None, Query(examples=["2026-10-21"])]
SubjectInQuery = Annotated[str, Query(max_length=130, examples=["streams/start-fast"])]
