"""Running the server: health, metrics, the jobs, and the demo's sign-in."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from mainstem.services.server import demo_server, health, queueing
from mainstem.services.server.ground import Ground
from mainstem.web import metrics as figures
from mainstem.web.address import address_of
from mainstem.web.contexts import jobs as jobs_context
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views import failures

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_safe
def healthz(request: Request) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: Request, ground: Ground | None = None) -> HttpResponse:
    """Whether the server can do its work; 503 with the reasons if it cannot."""
    checks = health.readiness(ground or request.ground)
    is_ready = all(check.is_well for check in checks)
    words = {check.name: check.words for check in checks}
    return JsonResponse({"ready": is_ready, **words}, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request: Request) -> HttpResponse:
    """Figures for Prometheus, where the setting is on."""
    if not figures.is_on():
        return failures.page(request, 404)
    return HttpResponse(
        figures.text(request.ground), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


@require_GET
def jobs(request: Request) -> HttpResponse:
    """What the server does by itself, how it went, and what failed."""
    page = jobs_context.page(queueing.listed(request.actor), now=jobs_context.moment())
    return render(request, "settings/jobs.html", {"page": page})


@require_POST
def run_job(request: Request, number: int) -> HttpResponse:
    """Makes a job due now."""
    row = queueing.run_again(number, request.actor, at=jobs_context.moment())
    say(request, f"{row.name} runs next.")
    return redirect("jobs")


@never_cache
@require_GET
def demo(request: Request) -> HttpResponse:
    """The cast of the demo, each with a button."""
    cast = demo_server.cast_of(request.ground.data)
    return render(request, "demo.html", {"cast": cast})


@require_POST
def enter_demo(request: Request) -> HttpResponse:
    """Signs in as somebody of the cast."""
    user = demo_server.enter(
        request.POST.get("email", ""), request.ground, at=request.ground.now(),
        address=address_of(request), request=request.request_id,
    )  # fmt: skip
    login(request, user, backend=_BACKEND)
    return redirect("/")
