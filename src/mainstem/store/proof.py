"""Proving that a plan in the database is whole: every revision's digest, and the plan replayed."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.errors import MainstemError
from mainstem.plan.changes import apply
from mainstem.plan.model import Plan
from mainstem.store.models import Head, Revision
from mainstem.store.plans import StoredPlans, kept_changes, revision_digest


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved: that many revisions, ending in this digest."""

    revisions: int
    digest: str


def prove_plan() -> Proof:
    """Makes every revision again from the one before and compares it with what is kept.

    Raises:
        MainstemError: naming the first revision that does not agree.
    """
    plans, plan, before = StoredPlans(), Plan(), ""
    count = 0
    for revision in Revision.objects.order_by("number").iterator():
        count += 1
        if revision.number != count:
            raise _broken(count, "is missing")
        fresh = revision_digest(
            before, revision.changes, revision.by_name, revision.at, revision.why
        )
        if fresh != revision.digest:
            raise _broken(count, "is not what its digest says")
        kept = plans.at(f"r{count}").plan
        plan = apply(plan, kept_changes(revision.changes, kept, plan))
        if plan != kept:
            raise _broken(count, "does not lead to the plan that is kept for it")
        before = revision.digest
    head = Head.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    if head != count:
        raise _broken(head, "is the newest, but there is no revision of that number")
    return Proof(count, before)


def _broken(number: int, what: str) -> MainstemError:
    return MainstemError(
        f"The plan in the database is damaged: revision r{number} {what}.",
        "Restore the last good backup with `mainstem restore`.",
        code="store.damaged",
    )
