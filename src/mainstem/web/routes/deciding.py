"""Addresses of asking whether work qualifies, and of decisions on it."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import decisions, qualifying, readings

urlpatterns: list[URLPattern | URLResolver] = [
    path("qualify", qualifying.ask, name="qualify"),
    path("decisions/", decisions.listed, name="decisions"),
    path("decisions/readings/", readings.listed, name="readings"),
    path("decisions/new", qualifying.record, name="new-decision"),
    path("decisions/<int:number>/", decisions.one, name="decision"),
    path("decisions/<int:number>/steps", decisions.step, name="decision-step"),
    path("decisions/<int:number>/done", decisions.done, name="decision-done"),
]
