"""Value metrics, inputs and guardrails of streams out of cards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from mainstem.plan.model import Guardrail, Metric, MetricInForce, Stream
from mainstem.workshop.deck import Card
from mainstem.workshop.making import Making, is_called
from mainstem.workshop.plan_cards import fields_of, folded, words_of

_ASKED = (
    ("definition", "what exactly is counted?"),
    ("unit", "in which unit?"),
    ("direction", "which way is better?"),
)


def make_metrics(making: Making) -> None:
    """Each stream's one metric out of its candidates, and inputs that key results move."""
    of_stream: dict[str, list[Card]] = {}
    for card in making.deck.alive("metric"):
        if making.takes(card):
            stream = making.named("streams", card.under)
            if stream:
                of_stream.setdefault(stream, []).append(card)
            else:
                making.leave(card, "it is of no stream of the plan")
    moved = _moved_by_key_results(making)
    for stream in sorted(of_stream):
        _make_of_stream(making, stream, of_stream[stream], moved)
    _ask_for_metrics(making)


def _moved_by_key_results(making: Making) -> frozenset[str]:
    found = (making.deck.find(c.fields.get("metric")) for c in making.deck.alive("key_result"))
    return frozenset(card.id for card in found if card is not None)


def _make_of_stream(making: Making, stream: str, cards: list[Card], moved: frozenset[str]) -> None:
    chosen = [c for c in cards if c.state == "chosen"] or (cards if len(cards) == 1 else [])
    for card in cards:
        if chosen and card.id == chosen[0].id:
            ident = _make_metric(making, card)
            if ident:
                _put_in_force(making, stream, ident)
        elif card.id in moved:
            ident = _make_metric(making, card)
            if ident:
                _declare_input(making, stream, ident)
        elif chosen:
            making.leave(card, f"another metric was chosen: {chosen[0].label}")
        else:
            making.leave(card, f"none of {len(cards)} candidates was chosen")


def _make_metric(making: Making, card: Card) -> str:
    ident = making.find(card, "metrics", lambda key, held: is_called(card.text, key, held))
    entity: Metric | None = making.held["metrics"].get(ident)
    is_pinned = bool(ident) and making.pinned(card) == ident
    values = making.changed(card, entity, is_pinned=is_pinned)
    if not ident or (is_pinned and card.text != words_of(ident, entity)):
        values["name"] = card.text
    if "gaming" in values:
        values["gaming"] = (values["gaming"],) if values["gaming"] else ()
    if values.get("lag_days") is not None:
        values["lag_days"] = max(0, round(values["lag_days"]))
    ident = making.put(card, "metrics", ident, values)
    if ident:
        made = making.held["metrics"][ident]
        for name, question in _ASKED:
            if getattr(made, name) is None:
                making.ask(card, f"Metric {card.label}: {question}")
    return ident


def _put_in_force(making: Making, ident: str, metric: str) -> None:
    stream: Stream = making.held["streams"][ident]
    entries = handed_over(stream.metric, metric, making.first_day)
    if entries != stream.metric:
        making.held["streams"][ident] = stream.model_copy(update={"metric": entries})


def handed_over(
    entries: tuple[MetricInForce, ...], metric: str, first_day: date | None
) -> tuple[MetricInForce, ...]:
    """A stream's metrics with one of them in force from a day on, and for good.

    It stays as it is where it is in force on that day already. Else what was to come after the day is taken
    back, and what was in force until then ends the day before.
    """
    if _is_in_force(entries, metric, first_day):
        return entries
    if first_day is None:
        return (MetricInForce(metric=metric),)
    before = first_day - timedelta(days=1)
    kept = tuple(
        e if e.to is not None and e.to < first_day else e.model_copy(update={"to": before})
        for e in entries
        if e.from_ is None or e.from_ < first_day
    )
    # a stream that had no metric gets it for good: nothing was measured by another one before
    return (*kept, MetricInForce(metric=metric, from_=first_day if kept else None))


def _is_in_force(entries: tuple[MetricInForce, ...], metric: str, day: date | None) -> bool:
    """Whether the metric is in force on a day; without a day, whether it is in force for good."""
    if day is None:
        return any(e.metric == metric and e.to is None for e in entries)
    return any(
        e.metric == metric and (e.from_ is None or e.from_ <= day) and (e.to is None or e.to >= day)
        for e in entries
    )


def _declare_input(making: Making, ident: str, metric: str) -> None:
    stream: Stream = making.held["streams"][ident]
    in_force = {e.metric for e in stream.metric if e.to is None}
    if metric not in stream.inputs and metric not in in_force:
        making.held["streams"][ident] = stream.model_copy(
            update={"inputs": (*stream.inputs, metric)}
        )


def _ask_for_metrics(making: Making) -> None:
    for card in making.deck.alive("stream"):
        section, _, ident = making.became.get(card.id, "").partition("/")
        if section == "streams" and not making.held["streams"][ident].metric:
            making.ask(card, f"Stream {card.label}: which one metric says that it delivers?")


def make_guardrails(making: Making) -> None:
    """Numbers that must not get worse; one that the plan has by that name is that metric."""
    for card in making.alive("guardrail"):
        if not making.takes(card):
            continue
        stream = making.named("streams", card.under)
        if not stream:
            making.leave(card, "it is of no stream of the plan")
            continue
        _make_guardrail(making, card, stream)


def _make_guardrail(making: Making, card: Card, stream: str) -> None:
    whole: Stream = making.held["streams"][stream]
    metric = making.find(
        card, "metrics", lambda key, held: is_called(card.text, key, held), shares=True
    )
    if metric in {e.metric for e in whole.metric if e.to is None}:
        making.leave(card, "a stream cannot be guarded by its own metric")
        return
    if metric in _guarded_before(making, card, stream):
        making.leave(card, "another card says the same")
        return
    is_renamed = metric and making.pinned(card) == metric and card.text != words_of(
        metric, making.held["metrics"][metric]
    )  # fmt: skip
    values: dict[str, Any] = {"name": card.text} if not metric or is_renamed else {}
    metric = making.put(card, "metrics", metric, values)
    if metric:
        rails = tuple(_rails(whole.guardrails, metric, card))
        making.held["streams"][stream] = whole.model_copy(update={"guardrails": rails})


def _guarded_before(making: Making, card: Card, stream: str) -> frozenset[str]:
    """Metrics that other cards of the stream made guardrails already."""
    return frozenset(
        making.became[c.id].partition("/")[2]
        for c in making.deck.alive("guardrail")
        if c.id in making.became and c.id != card.id and making.named("streams", c.under) == stream
    )


def _rails(rails: tuple[Guardrail, ...], metric: str, card: Card) -> Iterator[Guardrail]:
    bound = folded(card.fields.get("bound")) or None
    known = False
    for rail in rails:
        if rail.metric != metric:
            yield rail
            continue
        known = True
        is_same = fields_of("guardrail", rail).get("bound") == bound
        keeps = is_same or (bound is None and card.section != "metrics")
        yield rail if keeps else rail.model_copy(update={"bound": bound})
    if not known:
        yield Guardrail(metric=metric, bound=bound)
