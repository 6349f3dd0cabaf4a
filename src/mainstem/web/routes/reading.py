"""Addresses of pages that answer questions: Pulse, River, Map, stream, team, objective, initiative."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import reading, readings

#: Identifiers may hold slashes and dots.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", reading.show_pulse, name="pulse"),
    path("river", reading.show_river, name="river"),
    path("map", reading.show_map, name="map"),
    path("streams/", reading.show_streams, name="streams"),
    path("teams/", reading.show_teams, name="teams"),
    path("streams/<path:ident>/metrics/", readings.history, name="stream-metrics"),
    path("streams/<path:ident>/metrics/propose", readings.propose, name="propose-metric"),
    path("streams/<path:ident>", reading.show_stream, name="stream"),
    path("teams/<path:ident>", reading.show_team, name="team"),
    path("objectives/<path:ident>", reading.show_objective, name="objective"),
    path("initiatives/<path:ident>", reading.show_initiative, name="initiative"),
]
