"""Addresses of pages that answer questions: Pulse, River, Map, stream, team, objective, initiative."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
