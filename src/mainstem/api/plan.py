"""The plan as a whole: read as values or text, changed by typed changes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs, takes_version
from mainstem.api.places import SubjectInQuery
from mainstem.api.request import Request
from mainstem.api.shapes import Done, Flag, In, Line, Out, Subject, Words
from mainstem.api.versions import asked_versions, mark
from mainstem.api.written import FindingShown, finding_shown, in_json, shown
from mainstem.errors import Conflict
from mainstem.plan.changes import sentence
from mainstem.plan.model import Plan
from mainstem.services.metrics.check_ins_in_text import with_check_ins
from mainstem.services.people.access import Action
from mainstem.services.plans import changing, revising
from mainstem.services.plans.editing import change_plan
from mainstem.services.plans.plan_text import plan_as_text

router = Router()
TAG = "plan"
Revision = Annotated[Line, Field(examples=["r12"])]
RevisionInQuery = Annotated[str, Query(max_length=40, examples=["r12"])]
#: Changes that may be sent in one go.
MOST = 5_000


class PlanShown(Out):
    """The plan at a revision. Fields that are as they are by themselves are left out."""

    revision: str
    plan: Plan


class Difference(Out):
    """What is different between two plans."""

    old: str
    new: str
    sentences: list[str]
    changes: list[dict[str, Any]]


class Changes(In):
    """Typed changes, as a comparison or a revision tells them."""

    changes: list[dict[str, Any]] = Field(
        min_length=1, max_length=MOST,
        examples=[[{"kind": "changed", "subject": "streams/start-fast", "path": ["owner"],
                    "old": "Owen", "new": "Olga"}]],
    )  # fmt: skip
    base: Revision = Field(
        "", description="the revision that they were made for; the newest if empty"
    )
    why: Words = ""
    dry_run: Flag = Field(False, description="say what would happen; nothing is done")


class Outcome(Out):
    """What changes did, or would do."""

    done: Done | None = Field(description="`null` for a dry run")
    sentences: list[str]
    refused: list[str] = Field(description="changes that you may not make, only for a dry run")
    findings: list[FindingShown] | None = Field(
        description="what would be said against what they touch; `null` if the plan is too large to be"
        " checked while you wait, or if they were made"
    )


class Rename(In):
    """Another identifier for an entity."""

    subject: Subject
    new_id: Line
    why: Words = ""


class References(Out):
    """What names an entity."""

    subject: str
    named_by: list[str]


@router.get("/plan", response=PlanShown, operation_id="get_plan", by_alias=True)
def get_plan(
    request: Request, response: HttpResponse, at: RevisionInQuery = "",
    form: Annotated[Literal["json", "yaml"], Query(description="yaml: the text of the plan")] = "json",
    check_ins: Annotated[bool, Query(description="with what people said of key results, of the newest only")] = False,
) -> PlanShown | HttpResponse:  # fmt: skip
    """The whole plan, as it stands or stood."""
    ground = request.ground
    if form == "yaml":
        text = plan_as_text(ground, request.actor, at=at)
        return HttpResponse(text, content_type="application/yaml; charset=utf-8")
    standing = ground.plans.at(at) if at else ground.plans.head()
    if check_ins and not at:
        return PlanShown(revision=standing.revision, plan=with_check_ins(standing.plan, ground))
    mark(response, standing.revision or "r0")
    return PlanShown(revision=standing.revision, plan=standing.plan)


@router.post("/plan/changes", response=Outcome, operation_id="change_plan")
@needs(Action.CHANGE_PLAN)
@takes_version
def make_changes(request: Request, body: Changes) -> Outcome:
    """Makes changes as one revision, or says what they would do."""
    ground, actor = request.ground, request.actor
    versions, now = asked_versions(request), ground.plans.head().revision or "r0"
    if versions and now not in versions:
        raise Conflict("The plan was changed since you read it.", "Read it again.",
                       code="write.precondition")  # fmt: skip
    changes = changing.read_changes(body.changes, ground)
    if body.dry_run:
        weighed = changing.weigh_changes(changes, ground, actor)
        return outcome_of(weighed)
    base = body.base or (now if versions else None)
    done = change_plan(
        changes, ground, actor, at=ground.now(), why=body.why, origin="api",
        base=None if base == "r0" else base,
    )  # fmt: skip
    return Outcome(done=shown(done), sentences=[sentence(c) for c in done.changes], refused=[],
                   findings=None)  # fmt: skip


def outcome_of(weighed: changing.Weighed) -> Outcome:
    """What a dry run answers."""
    found = weighed.findings
    return Outcome(
        done=None, sentences=list(weighed.sentences), refused=list(weighed.refused),
        findings=None if found is None else [finding_shown(f) for f in found],
    )  # fmt: skip


@router.post("/plan/rename", response=Done, operation_id="rename_entity")
@needs(Action.CHANGE_PLAN)
def rename(request: Request, body: Rename) -> Done:
    """Gives an entity another identifier; what names it follows."""
    done = changing.rename_entity(
        body.subject, body.new_id, body.why, request.ground, request.actor, at=request.ground.now()
    )
    return shown(done)


@router.get("/plan/references", response=References, operation_id="get_references")
def references(request: Request, subject: SubjectInQuery) -> References:
    """What names an entity, and would forget it if it were removed."""
    found = changing.named_by_others(subject, request.ground, request.actor)
    return References(subject=subject, named_by=list(found))


@router.get("/plan/compare", response=Difference, operation_id="compare_plans")
def compare(
    request: Request,
    old: Annotated[str, Query(max_length=120, examples=["r1"], description="`r12`, or `cycle:2026-q4`"
                              " for what was committed to")],
    new: Annotated[str, Query(max_length=120)] = "",
) -> Difference:  # fmt: skip
    """What is different between two revisions; `new` is the plan as it stands if it is left out."""
    _, before = revising.side(old, request.ground, request.actor)
    _, after = revising.side(new, request.ground, request.actor)
    changes = revising.compare(before, after)
    return Difference(
        old=before.revision, new=after.revision, sentences=[sentence(c) for c in changes],
        changes=in_json(changes),
    )  # fmt: skip
