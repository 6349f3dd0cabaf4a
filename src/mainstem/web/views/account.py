"""One's own account: what one sets, where one is signed in, tokens for programs."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mainstem.errors import Invalid
from mainstem.services.people.access import nothing_here
from mainstem.services.people.accounts import change_profile, change_theme, profile_of
from mainstem.services.people.sessions import end_other_sessions, end_session
from mainstem.services.people.tokens import create_token, revoke_token
from mainstem.web.contexts import account as context
from mainstem.web.forms.account import ProfileForm, TokenForm, posted, told
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.start import back_to

_AUTO = "auto"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Request) -> HttpResponse:
    """One's account on one page."""
    before = profile_of(_own(request))
    form = ProfileForm(posted(request), initial=context.as_given(before))
    if request.method == "POST" and form.is_valid():
        try:
            change_profile(form.profile(), request.actor, at=request.ground.now())
        except Invalid as error:
            told(form, error)
        else:
            say(request, "Your account is changed.")
            return redirect("account")
    page = context.account_page(request)
    return render(
        request,
        "account/account.html",
        {"page": page, "form": form},
        status=400 if form.errors else 200,
    )


@require_POST
def theme(request: Request) -> HttpResponse:
    """Light or dark, from the foot of any page."""
    wanted = request.POST.get("theme", "")
    change_theme("" if wanted == _AUTO else wanted, request.actor)
    return redirect(back_to(request, "/"))


@never_cache
@login_required
@require_GET
def sessions(request: Request) -> HttpResponse:
    """Where one is signed in."""
    return render(request, "usersessions/list.html", {"page": context.sessions_page(request)})


@login_required
@require_POST
def session_end(request: Request, session: int) -> HttpResponse:
    """Ends one of one's sessions."""
    end_session(session, request.actor, at=request.ground.now())
    say(request, "That session has ended.")
    return redirect("usersessions_list")


@login_required
@require_POST
def sessions_end(request: Request) -> HttpResponse:
    """Ends all of one's sessions but this."""
    here = request.session.session_key or ""
    end_other_sessions(here, request.actor, at=request.ground.now())
    say(request, "You are signed in nowhere but here.")
    return redirect("usersessions_list")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: Request) -> HttpResponse:
    """One's tokens; a new one is shown on the answer to its form and never again."""
    if not request.actor.is_known:
        raise nothing_here()
    ground, made = request.ground, None
    form = TokenForm(posted(request), today=ground.today())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = create_token(
                given["name"],
                given["scope"],
                given["last_day"],
                ground,
                request.actor,
                at=ground.now(),
            )
            form = TokenForm(today=ground.today())
        except Invalid as error:
            told(form, error)
    page = context.tokens_page(request, made)
    return render(
        request,
        "account/tokens.html",
        {"page": page, "form": form},
        status=400 if form.errors else 200,
    )


@login_required
@require_POST
def token_revoke(request: Request, token: int) -> HttpResponse:
    """Takes one of one's tokens back."""
    took = revoke_token(token, request.actor, at=request.ground.now())
    say(request, f"The token “{took.name}” opens nothing any more.")
    return redirect("tokens")


def _own(request: Request) -> int:
    if request.actor.id is None:
        raise nothing_here()
    return request.actor.id
