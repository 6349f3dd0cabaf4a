"""Addresses of key results: check-ins and scores."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import key_results as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("key-results/", views.listed, name="key-results"),
    path("check-in/", views.next_due, name="check-in-next"),
    path("key-results/<path:key>/check-in", views.check_in_page, name="check-in"),
    path("key-results/<path:key>/score", views.score_page, name="score-key-result"),
    path("key-results/<path:key>/milestones/<int:place>", views.milestone, name="milestone"),
    path("key-results/<path:key>", views.one, name="key-result"),
]
