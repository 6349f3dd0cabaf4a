"""Addresses of values of metrics."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import metrics as views

#: Identifiers may hold slashes and dots.
urlpatterns: list[URLPattern | URLResolver] = [
    path("metrics/<path:key>/values", views.add_value, name="add-metric-value"),
    path("metrics/<path:key>/upload", views.upload_values, name="upload-metric-values"),
    path("metrics/<path:key>", views.show_values, name="metric-values"),
]
