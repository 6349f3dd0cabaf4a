"""The challenge: the whole plan, one thing with its questions, and the catalogue of statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from mainstem.challenge.verdicts import Answer, Verdict
from mainstem.errors import Invalid
from mainstem.plan.model import SECTIONS
from mainstem.services.challenges.challenging import (
    Challenged,
    answer_statement,
    challenge,
    challenge_in_brief,
    challenge_plan,
)
from mainstem.services.challenges.kept import kept_with_challenge
from mainstem.services.challenges.own_statements import Wording, change_statement, remove_statement
from mainstem.services.decisions.desks import server_desk
from mainstem.services.people.access import Action, require
from mainstem.services.plans.standing_findings import standing_findings
from mainstem.web.contexts.challenge.catalogue import catalogue_page
from mainstem.web.contexts.challenge.thing import Brief, brief_of, thing_challenge
from mainstem.web.contexts.challenge.whole import plan_challenge, plan_csv
from mainstem.web.contexts.challenge.words import challenge_address
from mainstem.web.exports import csv_response, wants_csv
from mainstem.web.request import Request
from mainstem.web.saying import say


def language_of(request: Request) -> str:
    """The language in which statements are wanted: as the address says, else the browser."""
    header = request.headers.get("Accept-Language", "")
    first = header.partition(",")[0].partition(";")[0].strip()
    return (request.GET.get("language", "") or first or "en")[:20]


def challenged(request: Request, subject: str) -> Challenged:
    """The challenge of a thing, with the findings that the server keeps."""
    ground = request.ground
    return challenge(
        subject, server_desk(ground), request.actor, at=ground.now(),
        found=standing_findings(ground), language=language_of(request),
    )  # fmt: skip


def brief(request: Request, subject: str) -> Brief | None:
    """The section on another page of the same thing."""
    ground, by = request.ground, request.actor
    found, language = standing_findings(ground), language_of(request)

    def make(is_answered: bool) -> Brief | None:
        made = challenge_in_brief(
            subject,
            server_desk(ground),
            by,
            found=found,
            language=language,
            is_answered=is_answered,
        )
        return brief_of(made)

    return kept_with_challenge(subject, ground, by, make, found=found, language=language)


def _shown(request: Request, template: str, page: object, status: int = 200) -> HttpResponse:
    response = render(request, template, {"page": page}, status=status)
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def whole(request: Request) -> HttpResponse:
    """What would not stand up to a challenge, worst first?"""
    require(request.actor, Action.READ)
    ground = request.ground
    found = challenge_plan(
        server_desk(ground), request.actor, at=ground.now(), found=standing_findings(ground),
        language=language_of(request),
    )  # fmt: skip
    if wants_csv(request):
        return csv_response(request, {"challenge": lambda: plan_csv(found)}, subject="challenge")
    section, verdict = request.GET.get("section", ""), request.GET.get("verdict", "")
    first = request.GET.get("from", "")
    page = plan_challenge(
        found, section if section in SECTIONS else "", verdict if verdict in set(Verdict) else "",
        int(first) if first.isdecimal() and len(first) < 9 else 0,
    )  # fmt: skip
    return _shown(request, "challenge/whole.html", page)


@require_safe
def one(request: Request, section: str, ident: str) -> HttpResponse:
    """Does this stand up to a challenge, and what is still to be answered?"""
    require(request.actor, Action.READ)
    found = challenged(request, f"{section}/{ident}")
    plan = request.ground.plans.head().plan
    return _shown(request, "challenge/thing.html", thing_challenge(found, plan, request.actor))


@require_POST
def answer(request: Request, section: str, ident: str) -> HttpResponse:
    """Keeps what somebody answers."""
    require(request.actor, Action.ANSWER)
    subject, given, ground = f"{section}/{ident}", request.POST, request.ground
    try:
        found = answer_statement(
            subject, given.get("statement", ""), _answer(given.get("answer", "")), server_desk(ground),
            request.actor, at=ground.now(), evidence=given.get("evidence", ""),
            owner=given.get("owner", ""), until=_day(given.get("until", "")),
            found=standing_findings(ground),
        )  # fmt: skip
    except Invalid as error:
        wrong = {error.field or "answer": f"{error.message} {error.hint}"}
        page = thing_challenge(
            challenged(request, subject),
            ground.plans.head().plan,
            request.actor,
            given.dict(),
            wrong,
        )
        return _shown(request, "challenge/thing.html", page, status=400)
    say(request, f"Kept. It {_words(found)} now.")
    return redirect(challenge_address(subject))


def _words(found: Challenged) -> str:
    from mainstem.web.contexts.challenge.words import SAID

    return SAID[found.verdict]


def _answer(text: str) -> Answer | None:
    if text == "take back":
        return None
    if text not in set(Answer):
        raise Invalid("Choose an answer.", "True, false, or cannot say.", field="answer")
    return Answer(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(f"“{text}” is no day.", "Write it like 2026-12-31.", field="until") from error


@require_safe
def statements(request: Request) -> HttpResponse:
    """What disqualifies, and who is asked?"""
    require(request.actor, Action.READ)
    plan = request.ground.plans.head().plan
    return _shown(
        request,
        "challenge/statements.html",
        catalogue_page(plan, request.actor, language_of(request)),
    )


@require_POST
def change(request: Request) -> HttpResponse:
    """Rewords, retires, brings back, translates or adds a statement."""
    require(request.actor, Action.CHANGE_PLAN)
    given, ground = request.POST.dict(), request.ground
    ident, why = given.get("id", "").strip(), given.get("why", "")
    try:
        if given.get("do") == "remove":
            made = remove_statement(ident, ground, request.actor, at=ground.now(), why=why)
        else:
            made = change_statement(
                ident, _wording(given), ground, request.actor, at=ground.now(), why=why
            )
    except Invalid as error:
        wrong = {error.field or "text": f"{error.message} {error.hint}"}
        plan = ground.plans.head().plan
        page = catalogue_page(plan, request.actor, language_of(request), given, wrong)
        return _shown(request, "challenge/statements.html", page, status=400)
    say(request, f"Done: {made.sentence}.", action="What changed",
        href=f"/plan/revisions/{made.standing.number}/")  # fmt: skip
    return redirect("/challenge/statements/")


def _wording(given: Mapping[str, str]) -> Wording:
    do = given.get("do", "")
    if do in ("retire", "restore"):
        return Wording(retired=do == "retire")
    if do == "translate":
        return Wording(words={given.get("language", ""): given.get("words", "")})
    return Wording(
        text=given.get("text", ""), subject=given.get("subject"), severity=given.get("severity"),
        asked_of=given.get("asked_of"), evidence=given.get("evidence"),
        is_new_meaning=given.get("meaning") == "new",
    )  # fmt: skip
