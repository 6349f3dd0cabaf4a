"""Addresses of the challenge."""

from django.urls import URLPattern, URLResolver, path

from mainstem.web.views import challenge

#: The converter of sections is registered with the addresses of the plan.
urlpatterns: list[URLPattern | URLResolver] = [
    path("challenge/", challenge.whole, name="challenge"),
    path("challenge/statements/", challenge.statements, name="statements"),
    path("challenge/statements/change", challenge.change, name="change-statement"),
    path(
        "challenge/<plansection:section>/<path:ident>/answer",
        challenge.answer,
        name="answer-statement",
    ),
    path("challenge/<plansection:section>/<path:ident>/", challenge.one, name="challenge-thing"),
]
