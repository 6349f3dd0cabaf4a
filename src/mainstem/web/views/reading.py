"""Pages that answer questions. Each reads its address, asks for its page's data, and prints it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mainstem.score.attention import metric_in_force
from mainstem.services.decisions.desks import server_desk
from mainstem.services.metrics.key_results import progress_of_each
from mainstem.services.metrics.readings_kept import kept_readings
from mainstem.services.people.access import Action, require
from mainstem.services.plans.standing_findings import standing_findings
from mainstem.services.telling.attention import needs_a_person
from mainstem.web.contexts import initiative, lists, objective, pulse, river, stream, team
from mainstem.web.contexts import map as map_page
from mainstem.web.contexts.asked import pickers
from mainstem.web.contexts.given import Reading, read
from mainstem.web.contexts.metric_card import card_section
from mainstem.web.contexts.moved import moved_section
from mainstem.web.contexts.pieces import Remark
from mainstem.web.contexts.plan.addresses import shown_findings
from mainstem.web.contexts.readings import history_address, stream_reading
from mainstem.web.contexts.results_now import results_now
from mainstem.web.contexts.waiting import need_rows, needs_words
from mainstem.web.exports import Tables, csv_response, wants_csv
from mainstem.web.views.challenge import brief

if TYPE_CHECKING:
    from mainstem.web.contexts.challenge.thing import Brief
    from mainstem.web.request import Request


def _reading(request: HttpRequest, **of_pickers: bool) -> Reading:
    """Lets only those in who may read, reads the address, and gives the shell its pickers."""
    require(request.actor, Action.READ)  # type: ignore[attr-defined]
    found = read(request.ground, request.GET.dict())  # type: ignore[attr-defined]
    request.shown = found.standing  # type: ignore[attr-defined]
    request.pickers = found.kept(  # type: ignore[attr-defined]
        ("pickers", request.path),
        lambda: pickers(
            found.asked, found.plan, request.path, tree=found.index.tree, held=found.held,
            **of_pickers,
        ),
    )  # fmt: skip
    return found


def _page(
    request: HttpRequest, template: str, page: Any, tables: Callable[[], Tables], subject: str,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    if wants_csv(request):
        return csv_response(request, tables(), subject=subject)
    share = request.build_absolute_uri(page.share)
    return render(request, template, {"page": page, "share": share, **more})


def _findings(subject: str, reading: Reading) -> tuple[Remark, ...]:
    """Open findings on a thing of the plan."""
    return shown_findings(standing_findings(reading.ground).open_of(subject))


def _challenge(request: HttpRequest, subject: str) -> Brief | None:
    """The challenge of a thing, beside what else is known of it."""
    return None if wants_csv(request) else brief(cast("Request", request), subject)


@require_safe
def show_pulse(request: HttpRequest) -> HttpResponse:
    """Is our effort going where we said?"""
    reading = _reading(request)
    page = reading.kept("pulse", lambda: pulse.build_pulse(reading))
    found = standing_findings(reading.ground).all
    waiting = needs_a_person(reading.ground, team=reading.asked.team, findings=found)
    return _page(
        request, "pulse.html", page, lambda: pulse.pulse_tables(reading), "pulse",
        needs=need_rows(waiting, reading.plan, reading.asked, reading.today),
        needs_words=needs_words(waiting),
    )  # fmt: skip


@require_safe
def show_river(request: HttpRequest) -> HttpResponse:
    """How does effort flow from teams to streams to objectives?"""
    reading = _reading(request)
    page = reading.kept("river", lambda: river.build_river(reading))
    return _page(request, "river.html", page, lambda: river.river_tables(reading), "river")


@require_safe
def show_map(request: HttpRequest) -> HttpResponse:
    """Who are our customers, and who serves each stage of their life with us?"""
    reading = _reading(request)
    page = reading.kept("map page", lambda: map_page.build_map(reading))
    return _page(request, "map.html", page, lambda: map_page.map_tables(reading), "map")


@require_safe
def show_streams(request: HttpRequest) -> HttpResponse:
    """All streams."""
    reading = _reading(request)
    after = request.GET.get("after", "")
    page = reading.kept(("streams", after), lambda: lists.build_streams(reading, after))
    return _page(
        request, "reading_list.html", page, lambda: lists.streams_tables(reading), "streams"
    )


@require_safe
def show_teams(request: HttpRequest) -> HttpResponse:
    """All teams."""
    reading = _reading(request)
    after = request.GET.get("after", "")
    page = reading.kept(("teams", after), lambda: lists.build_teams(reading, after))
    return _page(request, "reading_list.html", page, lambda: lists.teams_tables(reading), "teams")


@require_safe
def show_stream(request: HttpRequest, ident: str) -> HttpResponse:
    """Where does this stream stand, and what should we do about it?"""
    reading = _reading(request)
    stream.stream_asked(ident, reading)
    page = reading.kept(("stream", ident), lambda: stream.build_stream(ident, reading))
    keys = stream.key_results_of(ident, reading)
    return _page(
        request, "stream.html", page,
        lambda: stream.stream_tables(ident, reading, progress_of_each(keys, reading.ground)),
        f"streams/{ident}", **_measured(ident, reading, request),
        key_results=results_now(f"streams/{ident}", keys, partial(stream.results_table, ident, reading), reading),
        findings=_findings(f"streams/{ident}", reading),
        challenge=_challenge(request, f"streams/{ident}"),
    )  # fmt: skip


def _measured(ident: str, reading: Reading, request: HttpRequest) -> dict[str, Any]:
    """What history and decisions say of the stream's metric."""
    ground, by = reading.ground, request.actor  # type: ignore[attr-defined]
    key = metric_in_force(reading.plan.streams[ident], reading.today)
    desk = server_desk(ground)
    found = kept_readings(ground, desk, by, at=ground.now())
    return {
        "card": card_section(key, reading, by),
        "metric_reading": stream_reading(ident, desk, by, found),
        "metric_history": history_address(ident),
    }


@require_safe
def show_team(request: HttpRequest, ident: str) -> HttpResponse:
    """Where does this team's effort go, and what does it carry?"""
    whole = _reading(request, has_scope=False)
    team.team_asked(ident, whole)
    reading = whole.within(ident)
    page = reading.kept(("team", ident), lambda: team.build_team(ident, reading))
    held = team.results_of(ident, reading)
    shown = held[: team.MOST_COMMITMENTS]
    return _page(
        request, "team.html", page,
        lambda: team.team_tables(ident, reading, progress_of_each(held, reading.ground)),
        f"teams/{ident}",
        key_results=results_now(f"teams/{ident}", shown, partial(team.results_table, ident, reading), reading),
        key_results_words=team.shown_words(len(held)),
        findings=_findings(f"teams/{ident}", reading),
        challenge=_challenge(request, f"teams/{ident}"),
    )  # fmt: skip


@require_safe
def show_objective(request: HttpRequest, ident: str) -> HttpResponse:
    """Where do the streams of this objective stand together?"""
    reading = _reading(request)
    objective.objective_asked(ident, reading)
    page = reading.kept(("objective", ident), lambda: objective.build_objective(ident, reading))
    keys = objective.results_of(ident, reading)
    return _page(
        request, "objective.html", page,
        lambda: objective.objective_tables(ident, reading, progress_of_each(keys, reading.ground)),
        f"objectives/{ident}",
        key_results=results_now(f"objectives/{ident}", keys, partial(objective.results_table, ident, reading), reading),
        findings=_findings(f"objectives/{ident}", reading),
        challenge=_challenge(request, f"objectives/{ident}"),
    )  # fmt: skip


@require_safe
def show_initiative(request: HttpRequest, ident: str) -> HttpResponse:
    """What do we believe of this bet, and when do we stop?"""
    reading = _reading(request, has_scope=False, has_period=False)
    initiative.initiative_asked(ident, reading)
    page = reading.kept(("initiative", ident), lambda: initiative.build_initiative(ident, reading))
    return _page(
        request, "initiative.html", page, lambda: initiative.initiative_tables(ident, reading),
        f"initiatives/{ident}", moved=moved_section(ident, reading, request.actor),  # type: ignore[attr-defined]
        findings=_findings(f"initiatives/{ident}", reading),
        challenge=_challenge(request, f"initiatives/{ident}"),
    )  # fmt: skip
