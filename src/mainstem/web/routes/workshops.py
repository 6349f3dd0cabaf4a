"""Addresses of workshops: their list, rooms, joining, what a room answers to its script."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import (
    workshop_agendas,
    workshop_join,
    workshop_lead,
    workshop_live,
    workshop_prepare,
    workshop_room,
    workshop_summary,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("workshop/agendas/", workshop_agendas.listed, name="workshop-agendas"),
    path("workshop/agendas/<slug:name>/", workshop_agendas.one, name="workshop-agenda"),
    path("workshop/agendas/<slug:name>/text", workshop_agendas.text),
    path("workshop/agendas/<slug:name>/remove", workshop_agendas.remove),
    path("workshop/<int:number>/agenda", workshop_agendas.keep_order),
    path("workshop/<int:number>/summary", workshop_summary.page, name="workshop-summary"),
    path("workshop/<int:number>/summary.md", workshop_summary.as_markdown),
    path("workshop/<int:number>/summary.json", workshop_summary.as_json),
    path("workshop/<int:number>/proposal", workshop_summary.write),
    path("workshop/<int:number>/questions/<slug:key>/answer", workshop_summary.answer),
    path("workshop/<int:number>/questions/<slug:key>/reopen", workshop_summary.reopen),
    path("workshop/<int:number>/live", workshop_live.live, name="workshop-live"),
    path("workshop/<int:number>/acts", workshop_live.acts, name="workshop-acts"),
    path("workshop/", workshop_prepare.listed, name="workshops"),
    path("workshop/new", workshop_prepare.new, name="new-workshop"),
    path("workshop/join/<str:code>", workshop_join.join, name="join-workshop"),
    path("j/<str:code>", workshop_join.short, name="join-short"),
    path("workshop/<int:number>/", workshop_room.step, name="workshop-room"),
    path("workshop/<int:number>/lead", workshop_lead.lead, name="lead-workshop"),
    path("workshop/<int:number>/people", workshop_lead.people, name="workshop-people"),
    path("workshop/<int:number>/wall", workshop_lead.wall, name="workshop-wall"),
    path("workshop/<int:number>/appoint", workshop_lead.appoint, name="appoint-in-workshop"),
    path("workshop/<int:number>/remove", workshop_lead.remove, name="remove-from-workshop"),
    path("workshop/<int:number>/link", workshop_lead.link, name="renew-workshop-link"),
    path("workshop/<int:number>/link/end", workshop_lead.end_link, name="end-workshop-link"),
    path("workshop/<int:number>/finish", workshop_lead.finish, name="finish-workshop"),
    path("workshop/<int:number>/reopen", workshop_lead.reopen, name="reopen-workshop"),
]
