"""Addresses of work items, attribution, imports, sources."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import connected, inbound, items, items_contests, items_shares, sources

urlpatterns: list[URLPattern | URLResolver] = [
    path("items/", items.listed, name="items"),
    path("items/complete", items.completed, name="complete-query"),
    path("items/contests/", items_contests.listed, name="contests"),
    path("items/contest", items_contests.new, name="contest"),
    path("items/contests/<int:number>/agree", items_contests.agree, name="agree-contest"),
    path("items/contests/<int:number>/decline", items_contests.decline, name="decline-contest"),
    path("items/contests/<int:number>/withdraw", items_contests.withdraw, name="withdraw-contest"),
    path("items/shares/new", items_shares.new, name="new-shares"),
    path("items/shares/set", items_shares.put, name="put-shares"),
    path("items/shares/<int:number>/", items_shares.one, name="set-shares"),
    path("items/shares/<int:number>/undo", items_shares.undo, name="undo-shares"),
    path("items/<str:source>/<path:key>", items.one, name="item"),
    path("sources/", sources.listed, name="sources"),
    path("sources/landings/<int:number>", sources.landing, name="landing"),
    path("sources/people/", sources.people, name="upload-people"),
    path("sources/import/", sources.new_upload, name="new-upload"),
    path("sources/import/<str:token>", sources.upload, name="upload"),
    path("sources/import/<str:token>/mapping", sources.correct, name="correct-upload"),
    path("sources/import/<str:token>/run", sources.run, name="run-upload"),
    path("sources/connect/", connected.kinds, name="connect-kinds"),
    path("sources/connect/<str:kind>", connected.connect, name="connect-source"),
    path("sources/connected/<str:name>/", connected.one, name="connected"),
    path("sources/connected/<str:name>/change", connected.change, name="change-source"),
    path("sources/connected/<str:name>/sync", connected.sync, name="sync-source"),
    path("sources/connected/<str:name>/stop", connected.stop, name="stop-source"),
    path("sources/connected/<str:name>/test", connected.test, name="test-source"),
    path("sources/connected/<str:name>/prove", connected.prove, name="prove-source"),
    path("sources/connected/<str:name>/switch", connected.switch, name="switch-source"),
    path("sources/connected/<str:name>/secret", connected.secret, name="source-secret"),
    path("sources/connected/<str:name>/remove", connected.remove, name="remove-source"),
    path("hooks/in/<str:token>", inbound.receive, name="receive-hook"),
]
