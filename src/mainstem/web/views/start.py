"""The first run, and accepting an invitation: the two ways to an account that are ours."""

from __future__ import annotations

import structlog
from allauth.account.utils import perform_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mainstem.errors import Forbidden, Invalid
from mainstem.services.people.access import nothing_here
from mainstem.services.people.accounts import Account
from mainstem.services.people.first_run import (
    has_setup_code,
    is_first_run,
    make_administrator,
    new_setup_code,
)
from mainstem.services.people.invitations import accept, invitation_of
from mainstem.services.server.ground import Ground
from mainstem.web.address import address_of
from mainstem.web.contexts.people import said_by_name
from mainstem.web.forms.account import AcceptForm, StartForm, posted, told
from mainstem.web.request import Request
from mainstem.web.saying import say

_LOG = structlog.get_logger("mainstem.start")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """Makes the administrator, once."""
    if not is_first_run():
        raise nothing_here()
    announce(request.ground)
    form = StartForm(
        posted(request),
        asks_organisation=_is_nameless(request.ground),
        initial={"code": request.GET.get("code", "")[:40], "timezone": "UTC"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            user = make_administrator(
                form.first(), form.cleaned_data["code"], request.ground, at=request.ground.now(),
                address=address_of(request),
            )  # fmt: skip
        except Invalid as error:
            told(form, error)
        except Forbidden as error:
            form.add_error("code", f"{error.message} {error.hint}")
        else:
            return _enter(request, user, "Welcome. You administer this server now.")
    return render(request, "account/start.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: Request, token: str) -> HttpResponse:
    """Makes the account that somebody was invited to."""
    at = request.ground.now()
    invited = invitation_of(token, at=at)
    form = AcceptForm(posted(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            user = accept(
                token, given["name"], given["password"], at=at, address=address_of(request)
            )
        except Invalid as error:
            told(form, error)
        else:
            return _enter(request, user, "Welcome. This is your account.")
    plan = request.ground.plans.head().plan
    page = {
        "form": form,
        "email": invited.email,
        "role": said_by_name(invited.given, plan),
        "invited_by": invited.invited_by,
        "organisation": plan.organisation.name,
    }
    response = render(request, "account/invitation.html", page, status=400 if form.errors else 200)
    # the address of this page opens an account: nobody else is to learn it
    response["Referrer-Policy"] = "no-referrer"
    return response


def announce(ground: Ground) -> None:
    """Writes a setup code to the log, if none was printed yet."""
    if not has_setup_code(ground.data):
        _LOG.warning("setup code for the first page", code=new_setup_code(ground.data))


def _is_nameless(ground: Ground) -> bool:
    return not ground.plans.head().plan.organisation.name


def _enter(request: Request, user: Account, words: str) -> HttpResponse:
    """Signs in, as by a password just given."""
    response = perform_login(request, user, email_verification="none", redirect_url="/")
    say(request, words)
    return response or redirect("/")


def back_to(request: Request, usual: str) -> str:
    """Where a form asks to go on, if that is here."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else usual
