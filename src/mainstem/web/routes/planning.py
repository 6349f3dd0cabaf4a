"""Addresses of the plan: tree, editing, revisions, proposals, cycles."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
