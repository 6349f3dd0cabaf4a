"""Pages of work items: browsing by a query, and one item."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mainstem.errors import LedgerError, QuestionError
from mainstem.services.people.access import Action, require
from mainstem.services.work import browsing
from mainstem.services.work.browsing import Browsed, Misread, Order, Wanted
from mainstem.web.contexts import item as item_context
from mainstem.web.contexts import items as context
from mainstem.web.contexts.asked import pickers
from mainstem.web.contexts.given import Reading, read
from mainstem.web.exports import csv_response, wants_csv
from mainstem.web.forms.work import blank_contest
from mainstem.web.request import Request

#: Items in a CSV; more than that is asked for in parts.
MOST_IN_CSV = 10_000
_FILTERS = ("stream", "kind", "is")


@require_safe
def listed(request: Request) -> HttpResponse:
    """What was this effort for?"""
    require(request.actor, Action.READ)
    reading = read(request.ground, request.GET.dict())
    request.shown = reading.standing
    request.pickers = pickers(
        reading.asked, reading.plan, request.path, tree=reading.index.tree, held=reading.held
    )
    query, order = request.GET.get("q", ""), _order(request)
    try:
        query = asked_query(request)
        if reading.book is not None and wants_csv(request):
            return _csv(request, _found(request, reading, query, order, MOST_IN_CSV))
        page = context.kept_items(
            reading, query, order, request.GET.get("at", ""), request.actor,
            lambda: _found(request, reading, query, order, browsing.PAGE),
        )  # fmt: skip
    except Misread as problem:
        page = context.build_items(
            reading, query, order, None, problem, request.actor, browsing.chosen_in(query)
        )
    share = request.build_absolute_uri(page.share)
    status = 400 if page.problem else 200
    return render(request, "items/list.html", {"page": page, "share": share}, status=status)


def asked_query(request: Request) -> str:
    """The query, with what a filter or a link of another page chose."""
    chosen = {name: request.GET[name] for name in _FILTERS if name in request.GET}
    query = request.GET.get("q", "")
    return browsing.narrowed(query, chosen) if chosen else query


def wanted_of(reading: Reading, query: str, order: Order = Order.EFFORT, at: str = "") -> Wanted:
    """What an address looks for."""
    asked = reading.asked
    return Wanted(query, asked.since, asked.until, asked.unit, asked.team, order, at)


def _found(request: Request, reading: Reading, query: str, order: Order, most: int) -> Browsed:
    wanted = wanted_of(reading, query, order, request.GET.get("at", ""))
    return browsing.browse_items(wanted, request.ground, request.actor, most=most)


def _order(request: Request) -> Order:
    given = request.GET.get("order", "")
    return Order(given) if given in set(Order) else Order.EFFORT


def _csv(request: Request, found: Browsed) -> HttpResponse:
    tables = {
        "items": lambda: context.items_csv(found),
        "counted-for": lambda: context.targets_csv(found),
    }
    return csv_response(request, tables, subject="work")


@require_safe
def completed(request: Request) -> HttpResponse:
    """What may come next in a query, as options for the query input."""
    require(request.actor, Action.READ)
    at = request.GET.get("at", "")
    query = request.GET.get("q", "")
    place = int(at) if at.isdecimal() and len(at) < 6 else len(query)
    try:
        found = browsing.complete_query(query, place, request.ground, request.actor)
    except (LedgerError, QuestionError):
        found = []
    options = [(c.words, c.text, c.first, c.last, c.about) for c in found]
    return render(request, "items/completions.html", {"found": options})


@require_safe
def one(request: Request, source: str, key: str) -> HttpResponse:
    """What does this item count for, and because of what?"""
    require(request.actor, Action.READ)
    page = item_context.build_item(source, key, request.ground, request.actor)
    if wants_csv(request):
        return csv_response(request, item_context.item_tables(page), subject=f"item-{key}")
    blank = blank_contest(request.ground.plans.head().plan)
    return render(request, "items/item.html", {"page": page, "blank": blank})
