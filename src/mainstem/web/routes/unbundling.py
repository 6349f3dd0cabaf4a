"""Addresses of unbundling."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import unbundling

urlpatterns: list[URLPattern | URLResolver] = [
    path("unbundle/", unbundling.listed, name="unbundlings"),
    path("unbundle/start", unbundling.start, name="unbundling_start"),
    path("unbundle/<int:number>/", unbundling.one, name="unbundling"),
    path("unbundle/<int:number>/answer", unbundling.answer, name="unbundling_answer"),
    path("unbundle/<int:number>/take", unbundling.take, name="unbundling_take"),
    path("unbundle/<int:number>/pass", unbundling.put_off, name="unbundling_pass"),
    path("unbundle/<int:number>/ask", unbundling.ask, name="unbundling_ask"),
    path("unbundle/<int:number>/settle", unbundling.settle, name="unbundling_settle"),
    path("unbundle/<int:number>/end", unbundling.end, name="unbundling_end"),
    path("unbundle/<int:number>/open", unbundling.open_one, name="unbundling_open"),
    path("unbundle/<int:number>/stop", unbundling.stop, name="unbundling_stop"),
]
