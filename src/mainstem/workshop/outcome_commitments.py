"""Participations, key results, bets and dependencies out of cards."""

from __future__ import annotations

from typing import Any

from mainstem.plan.model import Effect, Metric, Participation, Stream, Window
from mainstem.workshop.deck import Card
from mainstem.workshop.making import Making
from mainstem.workshop.plan_cards import folded

#: Longest name of a bet; its whole sentence is its belief.
_LONGEST_NAME = 80
_ANSWERS = {"asked": "asked", "promised": "agreed", "countered": "asked", "declined": "refused"}


def make_parts(making: Making) -> None:
    """Which group takes part in which stream, with how much of its effort."""
    taken: set[tuple[str, str]] = set()
    for card in making.deck.alive("part"):
        if not making.takes(card):
            continue
        stream = making.named("streams", card.under)
        team = making.named("teams", card.fields.get("team"))
        if not stream or not team:
            making.leave(card, "it names no stream of the plan" if not stream else "it names no group of the plan")  # fmt: skip
        elif (stream, team) in taken:
            making.leave(card, "another card says how that group takes part in that stream")
        else:
            taken.add((stream, team))
            _take_part(making, card, stream, team)


def _take_part(making: Making, card: Card, ident: str, team: str) -> None:
    stream: Stream = making.held["streams"][ident]
    was = stream.teams.get(team)
    part = making.value(card, "part") or (was.part if was else "delivers")
    share = making.value(card, "share")
    if share is None:
        making.ask(card, f"With which share of its effort does {_team(making, team)} take part in {_stream(making, ident)}?")  # fmt: skip
        share = was.share if was else None
    # what holds for good and is the same goes on holding for good
    same = was is not None and (was.part, was.share, was.cycle) == (part, share, None)
    if not same:
        cycle = making.cycle or (was.cycle if was else None) or None
        made = Participation(part=part, share=share, cycle=cycle)
        teams = {**stream.teams, team: made}
        if made != was:
            making.held["streams"][ident] = stream.model_copy(update={"teams": teams})
    making.became[card.id] = f"streams/{ident}"


def _team(making: Making, ident: str) -> str:
    return making.held["teams"][ident].name or ident


def _stream(making: Making, ident: str) -> str:
    return making.held["streams"][ident].name or ident


def make_key_results(making: Making) -> None:
    """Commitments from a baseline to a target; without both numbers it is a question, no commitment."""
    for card in making.deck.alive("key_result"):
        if not making.takes(card):
            continue
        baseline, target = making.value(card, "baseline"), making.value(card, "target")
        stream, team = _whose(making, card)
        if card.under and not stream:
            making.leave(card, "the stream that it moves is not in the plan")
        elif baseline is None or target is None:
            making.leave(
                card, f"it does not say {'from where' if baseline is None else 'to where'}"
            )
        elif not stream and not team:
            making.leave(card, "it says neither who commits to it nor which stream it moves")
        else:
            _make_key_result(making, card, stream, team)


def _whose(making: Making, card: Card) -> tuple[str, str]:
    return making.named("streams", card.under), making.named("teams", card.fields.get("team"))


def _make_key_result(making: Making, card: Card, stream: str, team: str) -> None:
    values: dict[str, Any] = {
        name: value
        for name in ("baseline", "target", "unit", "by", "owner")
        if (value := making.value(card, name)) is not None
    }
    values |= {"text": card.text, "stream": stream or None, "team": team or None}
    values["metric"] = _metric_of(making, card, stream)
    values["cycle"] = making.cycle or None
    metric: Metric | None = making.held["metrics"].get(values["metric"] or "")
    if "unit" not in values and metric is not None and metric.unit:
        values["unit"] = metric.unit
    told = card.text.casefold()
    ident = making.find(
        card, "key_results",
        lambda _, kr: folded(kr.text).casefold() == told
        and (kr.stream or "", kr.team or "", kr.cycle or "") == (stream, team, making.cycle),
    )  # fmt: skip
    if making.put(card, "key_results", ident, values):
        if not team:
            making.ask(card, f"Key result {card.label}: which group commits to it?")
        if not values["metric"]:
            making.ask(card, f"Key result {card.label}: which metric does it move?")


def _metric_of(making: Making, card: Card, stream: str) -> str | None:
    """The metric that a key result names, else its stream's."""
    given = card.fields.get("metric")
    if given:
        return making.named("metrics", given) or None
    held: Stream | None = making.held["streams"].get(stream)
    return held.metric[-1].metric if held is not None and held.metric else None


def make_bets(making: Making) -> None:
    """Bets, as proposed ones; what would make them falsifiable and is missing is asked for."""
    for card in making.deck.alive("bet"):
        if not making.takes(card):
            continue
        stream, team = _whose(making, card)
        if card.under and not stream:
            making.leave(card, "the stream that it bets on is not in the plan")
        elif not stream and not team:
            making.leave(card, "it says neither who does it nor which stream it bets on")
        else:
            _make_bet(making, card, stream, team)


def _make_bet(making: Making, card: Card, stream: str, team: str) -> None:
    values: dict[str, Any] = {
        "belief": card.text, "stream": stream or None, "team": team or None,
        "cycle": making.cycle or None,
    }  # fmt: skip
    for name in ("stop_rule", "owner", "effort"):
        value = making.value(card, name)
        if value is not None and (name != "effort" or value >= 0):
            values[name] = value
    effect = making.value(card, "effect")
    if effect is not None:
        values["effect"] = Effect(by=effect)
    window = _window(making, card)
    if window is not None:
        values["window"] = window
    told = card.text.casefold()
    ident = making.find(
        card, "initiatives",
        lambda _, bet: folded(bet.belief).casefold() == told
        and (bet.stream or "", bet.team or "", bet.cycle or "") == (stream, team, making.cycle),
    )  # fmt: skip
    if not ident:
        values["name"] = _shortened(card.text)
    if making.put(card, "initiatives", ident, values):
        _ask_of_bet(making, card, values)


def _window(making: Making, card: Card) -> Window | None:
    first, last = making.value(card, "window_from"), making.value(card, "window_to")
    if first is not None and last is not None and last < first:
        making.ask(card, f"Bet {card.label}: its effect should show from {first} until {last}; which days are meant?")  # fmt: skip
        return None
    return Window(from_=first, to=last) if first or last else None


def _ask_of_bet(making: Making, card: Card, values: dict[str, Any]) -> None:
    if not values["team"]:
        making.ask(card, f"Bet {card.label}: which group does it?")
    if "effect" not in values or "window" not in values:
        making.ask(card, f"Bet {card.label}: by how much would the metric move, and by when?")
    if "stop_rule" not in values:
        making.ask(card, f"Bet {card.label}: what would make us stop?")


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_NAME:
        return text
    return f"{text[: _LONGEST_NAME - 1].rpartition(' ')[0] or text[: _LONGEST_NAME - 1]}…"


def make_dependencies(making: Making) -> None:
    """What one group needs of another by a day, and what was answered."""
    for card in making.deck.alive("dependency"):
        if not making.takes(card):
            continue
        needs = making.named("teams", card.fields.get("needs"))
        gives = making.named("teams", card.fields.get("gives"))
        needed_by = making.value(card, "needed_by")
        if not needs or not gives:
            making.leave(card, f"it does not say who {'needs' if not needs else 'gives'} it")
        elif needs == gives:
            making.leave(card, "a group cannot wait for itself")
        elif needed_by is None:
            making.leave(card, "it does not say by when it is needed")
        else:
            _make_dependency(making, card, {"needs": needs, "gives": gives, "needed_by": needed_by})


def _make_dependency(making: Making, card: Card, values: dict[str, Any]) -> None:
    promised, answer = making.value(card, "promised"), making.value(card, "answer")
    if promised is not None:
        values["promised"] = promised
    state = _ANSWERS[answer or ("promised" if promised else "asked")]
    told = card.text.casefold()
    ident = making.find(
        card, "dependencies",
        lambda _, d: folded(d.what).casefold() == told
        and (d.needs, d.gives) == (values["needs"], values["gives"]),
    )  # fmt: skip
    was = making.held["dependencies"].get(ident)
    values["state"] = "done" if was is not None and was.state == "done" else state
    if not making.put(card, "dependencies", ident, {**values, "what": card.text}):
        return
    gives = _team(making, values["gives"])
    if values["state"] == "done":
        return
    if values["state"] == "refused":
        making.ask(card, f"{gives} declined {card.label}: what happens to the bet that needs it?")
    elif promised is None:
        making.ask(card, f"{card.label}: when can {gives} give it?")
    elif promised > values["needed_by"]:
        making.ask(card, f"{card.label} is needed by {values['needed_by']} and promised for {promised}: what happens in between?")  # fmt: skip
