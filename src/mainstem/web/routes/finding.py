"""Addresses of search, palette, watching, notices and remarks."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import finding as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("find", views.find_page, name="find"),
    path("notices/", views.notices_page, name="notices"),
    path("notices/read", views.read, name="notices-read"),
    path("watch", views.watch_thing, name="watch"),
    path("unwatch", views.unwatch_thing, name="unwatch"),
    path("remarks", views.remark_on, name="remark"),
    path("remarks/<int:number>/withdraw", views.withdraw, name="remark-withdraw"),
]
