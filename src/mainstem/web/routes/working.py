"""Addresses of work items, attribution, imports, sources."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
