"""The entities of the plan, section by section: one set of endpoints, made for each of them."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from django.http import HttpResponse
from ninja import Router
from pydantic import Field, create_model

from mainstem.api.operations import needs, takes_version
from mainstem.api.paging import After, Limit, page_of_words
from mainstem.api.places import IdentInPath
from mainstem.api.plan import Outcome, Revision, RevisionInQuery, outcome_of
from mainstem.api.request import Request
from mainstem.api.shapes import Flag, In, Line, Out, Page, Words
from mainstem.api.versions import asked_versions, mark, part_of
from mainstem.api.written import shown
from mainstem.plan.changes import sentence
from mainstem.plan.model import SECTIONS, Organisation, Shape
from mainstem.services.people.access import Action
from mainstem.services.plans import changing
from mainstem.services.plans.changing import Wish
from mainstem.services.plans.editing import Written

router = Router()
TAG = "plan"
E = TypeVar("E", bound=Shape)


class Held(Out, Generic[E]):
    """An entity of the plan. Fields that are as they are by themselves are left out."""

    id: str = Field(description="empty for the organisation")
    subject: str = Field(description="what revisions, findings and remarks call it",
                         examples=["streams/start-fast"])  # fmt: skip
    version: str = Field(description="the same as long as the entity is; also its ETag")
    value: E


class Addition(In):
    """A new entity."""

    id: Line = Field("", description="its identifier; made from its name if empty")
    value: dict[str, Any] = Field(description="its fields, as the text of a plan has them")
    why: Words = ""
    dry_run: Flag = Field(False, description="say what would happen; nothing is done")


class Patch(In):
    """Fields that are to be otherwise; the others stay. ``null`` takes a field away."""

    value: dict[str, Any] = Field(examples=[{"note": "Since March"}])
    base: Revision = Field("", description="the revision that you had read; the newest if empty")
    why: Words = ""
    dry_run: Flag = Field(False, description="say what would happen; nothing is done")


class AdditionOutcome(Outcome):
    """What an addition did, or would do."""

    id: str


def _held(section: str, ident: str, entity: Shape, kind: Any) -> Any:
    subject = f"{section}/{ident}" if ident else section
    return kind(id=ident, subject=subject, version=changing.digest_of(entity), value=entity)


def _done(done: Written) -> dict[str, Any]:
    return {"done": shown(done), "sentences": [sentence(c) for c in done.changes], "refused": [],
            "findings": None}  # fmt: skip


def _make(section: str) -> None:
    """The endpoints of a section."""
    one = SECTIONS[section]
    word, many = one.replace(" ", "_"), section
    shape: Any = changing.shape_of(section)
    kind: Any = create_model(
        f"{shape.__name__}Held", __base__=Held[shape], __doc__=f"A {one} of the plan."
    )
    path, at = f"/plan/{section.replace('_', '-')}", "/{path:ident}"
    read: Any = {"by_alias": True, "exclude_defaults": True}

    @router.get(
        path,
        response=Page[kind],
        operation_id=f"list_{many}",
        description=f"The {many.replace('_', ' ')} of the plan, in the order of their identifiers.",
        **read,
    )
    def listed(
        request: Request, response: HttpResponse, limit: Limit = 50, after: After = "",
        revision: RevisionInQuery = "",
    ) -> Any:  # fmt: skip
        plans = request.ground.plans
        standing = plans.at(revision) if revision else plans.head()
        found = getattr(standing.plan, section)
        mark(response, part_of(standing.revision, limit, after))
        return page_of_words(found, after, limit, lambda key: _held(section, key, found[key], kind))

    @router.post(
        path,
        response=AdditionOutcome,
        operation_id=f"add_{word}",
        description=f"Adds a {one} to the plan.",
    )
    @needs(Action.CHANGE_PLAN)
    def add(request: Request, body: Addition) -> Any:
        ground, actor = request.ground, request.actor
        if body.dry_run:
            ident, changes = changing.addition(section, body.id, body.value, ground, actor)
            weighed = outcome_of(changing.weigh_changes(changes, ground, actor))
            return AdditionOutcome(id=ident, **dict(weighed))
        ident, done = changing.add_entity(
            section, body.id, body.value, body.why, ground, actor, at=ground.now()
        )
        return AdditionOutcome(id=ident, **_done(done))

    @router.get(
        path + at,
        response=kind,
        operation_id=f"get_{word}",
        description=f"A {one} of the plan, as it stands or stood.",
        **read,
    )
    def get(
        request: Request, response: HttpResponse, ident: IdentInPath, revision: RevisionInQuery = ""
    ) -> Any:
        entity = changing.read_entity(section, ident, request.ground, request.actor, at=revision)
        mark(response, changing.digest_of(entity))
        return _held(section, ident, entity, kind)

    @router.patch(
        path + at,
        response=Outcome,
        operation_id=f"change_{word}",
        description=f"Changes fields of a {one}; what others changed meanwhile stays.",
    )
    @needs(Action.CHANGE_PLAN)
    @takes_version
    def change(request: Request, ident: IdentInPath, body: Patch) -> Outcome:
        return _patch(request, section, ident, body)

    @router.delete(
        path + at,
        response=Outcome,
        operation_id=f"remove_{word}",
        description=f"Removes a {one}; what names it forgets it.",
    )
    @needs(Action.CHANGE_PLAN)
    @takes_version
    def remove(
        request: Request, ident: IdentInPath, why: Line = "", dry_run: bool = False
    ) -> Outcome:
        ground, actor = request.ground, request.actor
        wish = Wish(why=why, digests=asked_versions(request))
        if dry_run:
            changes = changing.removal_changes(section, ident, wish, ground, actor)
            return outcome_of(changing.weigh_changes(changes, ground, actor))
        done = changing.remove_entity(section, ident, wish, ground, actor, at=ground.now())
        return Outcome(**_done(done))


def _patch(request: Request, section: str, ident: str, body: Patch) -> Outcome:
    ground, actor = request.ground, request.actor
    wish = Wish(body.why, body.base, asked_versions(request))
    if body.dry_run:
        changes = changing.patch_changes(section, ident, body.value, wish, ground, actor)
        return outcome_of(changing.weigh_changes(changes, ground, actor))
    done = changing.patch_entity(section, ident, body.value, wish, ground, actor, at=ground.now())
    return Outcome(**_done(done))


OrganisationHeld: Any = create_model(
    "OrganisationHeld", __base__=Held[Organisation], __doc__="The organisation of the plan."
)


@router.get(
    "/plan/organisation", response=OrganisationHeld, operation_id="get_organisation",
    by_alias=True, exclude_defaults=True,
)  # fmt: skip
def get_organisation(
    request: Request, response: HttpResponse, revision: RevisionInQuery = ""
) -> Any:
    """The organisation and its settings."""
    entity = changing.read_entity("organisation", "", request.ground, request.actor, at=revision)
    mark(response, changing.digest_of(entity))
    return _held("organisation", "", entity, OrganisationHeld)


@router.patch("/plan/organisation", response=Outcome, operation_id="change_organisation")
@needs(Action.CHANGE_PLAN)
@takes_version
def change_organisation(request: Request, body: Patch) -> Outcome:
    """Changes fields of the organisation."""
    return _patch(request, "organisation", "", body)


for _section in SECTIONS:
    _make(_section)
