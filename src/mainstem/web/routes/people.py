"""Addresses of accounts, sign-in, settings, tokens, audit."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
