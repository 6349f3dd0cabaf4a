"""Administering people: who there is, their rights and teams, invitations, groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mainstem.errors import Conflict, Invalid
from mainstem.plan.model import Plan
from mainstem.services.people import grants, groups, invitations, people, sessions, tokens
from mainstem.services.people.access import Action, require
from mainstem.web.contexts import people as context
from mainstem.web.forms.account import posted, told
from mainstem.web.forms.people import BelongForm, GroupForm, InviteForm, PersonForm, RightForm
from mainstem.web.request import Request
from mainstem.web.saying import say, warn


@require_GET
def listed(request: Request) -> HttpResponse:
    """Everybody with an account."""
    require(request.actor, Action.ADMINISTER)
    page = context.people_page(request)
    return render(request, "settings/people.html", {"page": page})


@require_GET
def person(request: Request, person: int) -> HttpResponse:
    """One person."""
    return _person(request, person)


def _person(request: Request, person: int, **bound: Form) -> HttpResponse:
    """The page of a person; a form that was sent and is wrong stands on it as it was filled in."""
    require(request.actor, Action.ADMINISTER)
    found = people.person_of(person, request.actor)
    plan = _plan(request)
    forms: dict[str, Form] = {
        "account": PersonForm(initial={"name": found.name, "email": found.email}, prefix="account"),
        "right": RightForm(plan=plan, prefix="right"),
        "team": BelongForm(plan=plan, prefix="team"),
    }
    page = context.person_page(found, request)
    return render(
        request, "settings/person.html", {"page": page, "given": {**forms, **bound}},
        status=400 if bound else 200,
    )  # fmt: skip


@require_POST
def change(request: Request, person: int) -> HttpResponse:
    """Another name or address."""
    form = PersonForm(request.POST, prefix="account")
    return _done(request, person, "account", form, "The account is changed.", lambda: people.change_person(
        person, form.cleaned_data["name"], form.cleaned_data["email"], request.actor, at=request.ground.now()
    ))  # fmt: skip


@require_POST
def give(request: Request, person: int) -> HttpResponse:
    """One more right."""
    form = RightForm(request.POST, plan=_plan(request), prefix="right")

    def do() -> object:
        given = form.given()
        return given and grants.give(
            person, given, request.ground, request.actor, at=request.ground.now()
        )

    return _done(request, person, "right", form, "The right is given.", do)


@require_POST
def take(request: Request, person: int, grant: int) -> HttpResponse:
    """One right less."""
    return _did(request, person, "The right is taken.", lambda: grants.take(
        person, grant, request.actor, at=request.ground.now()
    ))  # fmt: skip


@require_POST
def belong(request: Request, person: int) -> HttpResponse:
    """One more team."""
    form = BelongForm(request.POST, plan=_plan(request), prefix="team")
    return _done(request, person, "team", form, "The membership is kept.", lambda: people.belong(
        person, form.belonging(), request.ground, request.actor, at=request.ground.now()
    ))  # fmt: skip


@require_POST
def part(request: Request, person: int, membership: int) -> HttpResponse:
    """Ends a membership today, or removes it."""
    ground = request.ground
    last: date | None = None if request.POST.get("remove") else ground.today()
    return _did(request, person, "The membership is changed.", lambda: people.part(
        person, membership, last, ground, request.actor, at=ground.now()
    ))  # fmt: skip


@require_POST
def deactivate(request: Request, person: int) -> HttpResponse:
    """Closes an account."""
    return _did(request, person, "The account is closed.", lambda: people.deactivate(
        person, request.actor, at=request.ground.now()
    ))  # fmt: skip


@require_POST
def reactivate(request: Request, person: int) -> HttpResponse:
    """Opens an account again."""
    return _did(request, person, "The account is open again.", lambda: people.reactivate(
        person, request.actor, at=request.ground.now()
    ))  # fmt: skip


@require_POST
def sign_out(request: Request, person: int) -> HttpResponse:
    """Ends all of somebody's sessions."""
    return _did(request, person, "All sessions have ended.", lambda: sessions.end_all_sessions(
        person, request.actor, at=request.ground.now()
    ))  # fmt: skip


@require_POST
def forget(request: Request, person: int) -> HttpResponse:
    """Removes passkeys and codes that somebody lost."""
    return _did(request, person, "The passkeys and codes are removed.", lambda: (
        sessions.forget_second_steps(person, request.actor, at=request.ground.now())
    ))  # fmt: skip


@require_POST
def token_revoke(request: Request, person: int, token: int) -> HttpResponse:
    """Takes somebody's token back."""
    require(request.actor, Action.ADMINISTER)
    return _did(request, person, "The token opens nothing any more.", lambda: tokens.revoke_token(
        token, request.actor, at=request.ground.now()
    ))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: Request) -> HttpResponse:
    """Who is invited, and inviting."""
    require(request.actor, Action.ADMINISTER)
    form = InviteForm(posted(request), plan=_plan(request))
    if request.method == "POST" and form.is_valid():
        try:
            sent = invitations.invite(
                form.cleaned_data["email"], form.right(), request.ground, request.actor,
                at=request.ground.now(), link=_link(request),
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            _refused(form, error)
        else:
            return _sent(request, sent)
    page = context.invitations_page(request)
    return render(request, "settings/invitations.html", {"page": page, "form": form},
                  status=400 if form.errors else 200)  # fmt: skip


@require_POST
def resend(request: Request, invitation: int) -> HttpResponse:
    """A new link for who lost theirs."""
    sent = invitations.resend(
        invitation, request.ground, request.actor, at=request.ground.now(), link=_link(request)
    )
    return _sent(request, sent)


@require_POST
def withdraw(request: Request, invitation: int) -> HttpResponse:
    """Takes an invitation back."""
    invitations.withdraw(invitation, request.actor, at=request.ground.now())
    say(request, "The invitation is taken back; its link opens nothing any more.")
    return redirect("invitations")


@require_http_methods(["GET", "HEAD", "POST"])
def grouped(request: Request) -> HttpResponse:
    """What groups of the identity provider mean."""
    require(request.actor, Action.ADMINISTER)
    form = GroupForm(posted(request), plan=_plan(request))
    if request.method == "POST" and form.is_valid():
        given, team = form.meaning()
        try:
            groups.add_group(form.cleaned_data["name"], given, team, request.ground, request.actor,
                             at=request.ground.now())  # fmt: skip
        except (Invalid, Conflict) as error:
            _refused(form, error)
        else:
            say(request, "Kept. It counts from each person's next sign-in.")
            return redirect("groups")
    page = context.groups_page(request)
    return render(request, "settings/groups.html", {"page": page, "form": form},
                  status=400 if form.errors else 200)  # fmt: skip


@require_POST
def group_remove(request: Request, group: int) -> HttpResponse:
    """A group means that no more."""
    groups.remove_group(group, request.actor, at=request.ground.now())
    say(request, "Removed. It counts from each person's next sign-in.")
    return redirect("groups")


def _done(
    request: Request, person: int, name: str, form: Form, words: str, do: Callable[[], object]
) -> HttpResponse:
    require(request.actor, Action.ADMINISTER)
    if form.is_valid():
        try:
            do()
        except (Invalid, Conflict) as error:
            _refused(form, error)
        else:
            say(request, words)
            return redirect("person", person)
    return _person(request, person, **{name: form})


def _did(request: Request, person: int, words: str, do: Callable[[], object]) -> HttpResponse:
    """Does something that has no form of its own; a rule that stands against it is said on the page."""
    try:
        do()
    except (Invalid, Conflict) as error:
        warn(request, f"{error.message} {error.hint}")
    else:
        say(request, words)
    return redirect("person", person)


def _refused(form: Form, error: Invalid | Conflict) -> None:
    if isinstance(error, Invalid):
        told(form, error)
    else:
        form.add_error(None, f"{error.message} {error.hint}")


def _sent(request: Request, sent: invitations.Sent) -> HttpResponse:
    """Without a mail that was taken, the link is shown to who invites: they can hand it over."""
    if sent.is_mailed and not context.keeps_mail():
        say(request, f"{sent.invitation.email} is invited. The link works for seven days.")
        return redirect("invitations")
    form = InviteForm(plan=_plan(request))
    page = context.invitations_page(request, sent)
    response = render(request, "settings/invitations.html", {"page": page, "form": form})
    response["Cache-Control"] = "no-store"
    return response


def _link(request: Request) -> Callable[[str], str]:
    base = context.public_address(request)
    return lambda token: base + reverse("invitation", args=[token])


def _plan(request: Request) -> Plan:
    return request.ground.plans.head().plan
