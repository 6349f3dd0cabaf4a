"""What is kept beside the plan and names its entities follows when one gets another identifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mainstem.plan.change_kinds import Change, Renamed, split_subject
from mainstem.store.models import (
    CheckIn,
    CycleStep,
    Grant,
    Group,
    Invitation,
    Membership,
    Notice,
    Remark,
    Scoring,
    Watch,
)

#: Section → tables and their columns that hold an identifier of it.
_COLUMNS: dict[str, tuple[tuple[Any, str], ...]] = {
    "cycles": ((CycleStep, "cycle"), (Scoring, "cycle")),
    "key_results": ((Scoring, "key_result"),),
    "teams": ((Grant, "team"), (Membership, "team"), (Invitation, "team"), (Group, "team")),
    "streams": ((Grant, "stream"), (Invitation, "stream"), (Group, "stream")),
}


def follow_renames(changes: Sequence[Change]) -> None:
    """Brings every table in line with the renames among the changes, inside their transaction."""
    for change in changes:
        if isinstance(change, Renamed):
            section, was = split_subject(change.subject)
            _follow(section, was, change.new_id)


def _follow(section: str, was: str, now: str) -> None:
    for table, column in _COLUMNS.get(section, ()):
        table.objects.filter(**{column: was}).update(**{column: now})
    subject, fresh = f"{section}/{was}", f"{section}/{now}"
    known = Watch.objects.filter(subject=fresh).values_list("user_id", flat=True)
    Watch.objects.filter(subject=subject, user_id__in=list(known)).delete()
    for table in (Watch, Remark, Notice):
        table.objects.filter(subject=subject).update(subject=fresh)
    if section == "key_results":
        _move_check_ins(was, now)


def _move_check_ins(was: str, now: str) -> None:
    """As new rows: whoever follows check-ins looks for higher numbers."""
    rows = list(CheckIn.objects.filter(key_result=was).order_by("pk"))
    numbers: dict[int, CheckIn] = {}
    later: dict[int, int | None] = {}
    for row in rows:
        old = row.pk
        later[old] = row.replaced_by_id
        row.pk, row.key_result, row.replaced_by_id = None, now, None
        row.save(force_insert=True)
        numbers[old] = row
    for old, row in numbers.items():
        after = later[old]
        if after in numbers:
            CheckIn.objects.filter(pk=row.pk).update(replaced_by=numbers[after])
    CheckIn.objects.filter(pk__in=list(numbers)).delete()
