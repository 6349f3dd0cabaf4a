"""Addresses of the plan: tree, editing, revisions, proposals, cycles."""

from django.urls import URLPattern, URLResolver, path, register_converter

from mainstem.plan.model import SECTIONS
from mainstem.web.views.plan import (
    confirming,
    cycles,
    editing,
    proposals,
    reading,
    removing,
    revisions,
    text,
)

#: What is one thing for a form though it has no identifier.
WHOLES = ("organisation", "links", "rest", "expect")


class Section:
    """A section of the plan whose entities have identifiers."""

    regex = "|".join(SECTIONS)

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


class Whole(Section):
    """A part of the plan that is changed as one."""

    regex = "|".join(WHOLES)


register_converter(Section, "plansection")
register_converter(Whole, "planwhole")

urlpatterns: list[URLPattern | URLResolver] = [
    path("plan/", reading.tree, name="plan"),
    path("plan/plan.yaml", text.download, name="plan_download"),
    path("plan/upload", text.upload, name="plan_upload"),
    path("plan/confirm", confirming.confirm_changes, name="plan_confirm"),
    path("plan/accept", confirming.accept, name="plan_accept"),
    path("plan/compare/", revisions.compare_two, name="plan_compare"),
    path("plan/revisions/", revisions.listed, name="plan_revisions"),
    path("plan/revisions/<int:number>/", revisions.one, name="plan_revision"),
    path("plan/revisions/<int:number>/undo", revisions.undo_one, name="plan_undo"),
    path("plan/proposals/", proposals.listed, name="plan_proposals"),
    path("plan/proposals/<int:number>/", proposals.one, name="plan_proposal"),
    path("plan/proposals/<int:number>/describe", proposals.describe, name="plan_proposal_describe"),
    path("plan/proposals/<int:number>/remark", proposals.remark, name="plan_proposal_remark"),
    path("plan/proposals/<int:number>/move", proposals.move, name="plan_proposal_move"),
    path("plan/proposals/<int:number>/apply", proposals.apply, name="plan_proposal_apply"),
    path("plan/cycles/<path:ident>/step", cycles.step, name="plan_cycle_step"),
    path("plan/cycles/<path:ident>/next", cycles.prepare, name="plan_cycle_next"),
    path("plan/<planwhole:section>/edit", editing.edit_whole, name="plan_edit_whole"),
    path("plan/<plansection:section>/new", editing.new, name="plan_new"),
    path("plan/<plansection:section>/", reading.section, name="plan_section"),
    path("plan/<plansection:section>/<path:ident>/edit", editing.edit, name="plan_edit"),
    path("plan/<plansection:section>/<path:ident>/remove", removing.remove, name="plan_remove"),
    path("plan/<plansection:section>/<path:ident>/history", revisions.history, name="plan_history"),
    path("plan/cycles/<path:ident>/", cycles.one, name="plan_cycle"),
    path("plan/<plansection:section>/<path:ident>/", reading.thing, name="plan_thing"),
]
