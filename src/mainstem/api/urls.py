"""Addresses of the API: the first version, its document and its reference page."""

from django.urls import URLPattern, URLResolver, path, re_path

from mainstem.api import document, reference
from mainstem.api.app import make_api
from mainstem.api.entrance import guarded, unknown

api = make_api()


def _guarded_urls() -> list[URLPattern]:
    found = [p for p in api.urls[0] if isinstance(p, URLPattern)]
    for pattern in found:
        pattern.callback = guarded(pattern.callback)
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/openapi.json", document.show, name="openapi"),
    path("v1/", (_guarded_urls(), "api", "api")),
    path("docs", reference.show, name="api-reference"),
    # line ends too, which `path` does not take
    re_path(r"[\s\S]*", unknown, name="api-unknown"),
]
