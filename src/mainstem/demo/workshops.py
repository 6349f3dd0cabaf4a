"""Two workshops of the demo organisation: one that was held, with all that came out of it, and one that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mainstem.services.people.access import Actor
    from mainstem.services.server.ground import Ground
    from mainstem.services.workshops.seats import Seated

_HELD, _RUNS = "A seat for everybody at home", "Planning the last quarter"
_WHY = "Households leave because only one of them can watch. What do we change about that until the new year?"

#: Cards of the workshop that was held: (id, who, kind, step, text, above, fields).
_CARDS: tuple[tuple[str, int, str, str, str, str, dict[str, Any]], ...] = (
    ("whynow", 0, "call", "call", "Every third household that left in summer said: only one of us could watch", "", {"part": "why now"}),
    ("atstake", 1, "call", "call", "The derby in December brings more households in one evening than October", "", {"part": "at stake"}),
    ("stopit", 2, "call", "call", "The second redesign of the settings page", "", {"part": "stop"}),
    ("family", 1, "customer", "customers", "Households", "", {"kind": "external", "note": "Watch different things at the same time, without asking each other"}),
    ("neighbour", 3, "note", "customers", "What about flats that share one subscription?", "", {}),
    ("setup", 1, "stage", "lifecycle", "add everybody", "family", {"hand_over": "Profiles"}),
    ("tonight", 3, "stage", "lifecycle", "watch apart, at the same time", "family", {}),
    ("home", 0, "objective", "objectives", "Home is where everybody has a seat", "", {"customer_better_off": "They can each watch their own match on the same evening", "owner": "Director of Membership", "horizon": "2027"}),
    ("priceobj", 2, "objective", "objectives", "The best price in the league", "", {}),
    ("seatnow", 1, "stream", "streams", "A second seat tonight", "home", {"customer": "family", "stages": ["tonight"], "owner": "Nour Haddad", "note": "Counts: a second stream in one household. Not: more devices of one person."}),
    ("whois", 3, "stream", "streams", "Everybody under one roof", "home", {"customer": "family", "stages": ["setup"]}),
    ("evenings", 1, "metric", "metrics", "Evenings with two seats taken", "seatnow", {"definition": "Households with two streams at once on one evening, of all that watch on that evening", "unit": "%", "direction": "up", "grain": "week", "source": "play log", "owner": "Measurement", "baseline": 11, "target": 18, "gaming": "One person could leave a second screen on"}),
    ("seats", 2, "metric", "metrics", "Seats sold", "seatnow", {"definition": "All second seats ever sold", "unit": "seats", "direction": "up"}),
    ("minutesw", 3, "metric", "metrics", "Minutes watched by a second person", "seatnow", {"definition": "Minutes in a second stream, per household and week", "unit": "min", "direction": "up"}),
    ("fails", 2, "guardrail", "metrics", "Evenings on which a seat is refused", "seatnow", {"bound": "below 0.5 %"}),
    ("invites", 1, "metric", "metrics", "Invited people who watched within a week", "whois", {"definition": "Of everybody invited into a household, who watched within seven days", "unit": "%", "direction": "up"}),
    ("teama", 0, "team", "groups", "Profiles", "", {}),
    ("teamb", 0, "team", "groups", "Billing", "", {}),
    ("parta", 2, "part", "groups", "Seats and who may take them", "seatnow", {"team": "teama", "part": "delivers", "share": 0.5}),
    ("partb", 2, "part", "groups", "What a seat costs on the bill", "seatnow", {"team": "teamb", "part": "supports", "share": 0.1}),
    ("partc", 3, "part", "groups", "Invitations", "whois", {"team": "teama", "part": "delivers", "share": 0.2}),
    ("kone", 2, "key_result", "bets", "Two seats are taken on 18 % of evenings", "seatnow", {"team": "teama", "metric": "evenings", "baseline": 11, "target": 18, "unit": "%", "by": "2026-12-31", "owner": "Lene Dahl"}),
    ("ktwo", 3, "key_result", "bets", "Half of the invited watch within a week", "whois", {"team": "teama", "target": 50, "unit": "%"}),
    ("betone", 1, "bet", "bets", "We believe that offering the second seat in the moment it is refused makes households take it", "seatnow", {"team": "teama", "effect": 4, "window_from": "2026-11-01", "window_to": "2026-12-31", "stop_rule": "Fewer than one in fifty takes it after four weeks", "effort": 40, "owner": "Amara Abara"}),
    ("need", 2, "dependency", "dependencies", "A seat on the bill without a new contract", "", {"needs": "teama", "gives": "teamb", "needed_by": "2026-11-15", "promised": "2026-11-10", "answer": "promised"}),
    ("lawyers", 1, "question", "commit", "May a household invite somebody who lives elsewhere?", "", {"owner": "Tomas Wirth", "until": "2026-10-09"}),
    ("baseline", 3, "question", "commit", "Where do invitations stand today?", "", {"owner": "Lene Dahl", "until": "2026-10-16"}),
    ("noapp", 0, "not_doing", "commit", "An app for children", "", {"why": "Nobody who left asked for it, and two teams would be on it for a year"}),
    ("laterone", 3, "parked", "objectives", "Bars and clubs ask for the same", "", {}),
)  # fmt: skip


@dataclass(slots=True)
class _Room:
    """A room of the demo that is filled by acts, as people would do it."""

    number: int
    seats: Sequence[Seated]
    at: datetime
    count: int = 0
    waiting: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def do(self, who: int, name: str, **given: Any) -> None:
        """Remembers an act of one of the seats; ``send`` does what waits."""
        self.count += 1
        self.waiting.append((who, {"id": f"demo-{self.number}-{self.count:04}", "act": name, **given}))  # fmt: skip

    def send(self) -> None:
        """Does what waits, in its order, each person's acts in a row as one batch."""
        from mainstem.services.workshops.acting import act

        while self.waiting:
            who = self.waiting[0][0]
            batch: list[dict[str, Any]] = []
            while self.waiting and self.waiting[0][0] == who and len(batch) < 200:
                batch.append(self.waiting.pop(0)[1])
            for refused in act(self.number, self.seats[who], batch, at=self.at).refused:
                raise refused.error

    def step(self, kind: str) -> str:
        """The first step of a kind."""
        from mainstem.services.workshops.boards import board_of

        return next(ident for ident, step in board_of(self.number).of("step") if step["kind"] == kind)  # fmt: skip


def hold_workshops(ground: Ground, actors: Sequence[Actor], *, at: datetime) -> None:
    """Makes both workshops.

    Args:
        ground: The demo's ground, with its plan.
        actors: Who takes part: the first facilitates, there are at least four.
        at: The moment that counts as now.
    """
    _hold(ground, actors, at - timedelta(days=2))
    _begin(ground, actors, at)


def _opened(
    title: str, why: str, start: str, ground: Ground, actors: Sequence[Actor], at: datetime
) -> _Room:
    from mainstem.services.workshops.links import renew_link
    from mainstem.services.workshops.rooms import open_workshop
    from mainstem.services.workshops.seats import seat_of_member
    from mainstem.workshop.agendas import agendas

    made = open_workshop(
        title, agendas()["day"], ground, actors[0], at=at, started_from=start, cycle="2026-Q4",
        starts_at=at, why=why,
    )  # fmt: skip
    seats = [seat_of_member(made.pk, actor, at=at) for actor in actors]
    renew_link(seats[0], until=at + timedelta(days=1), guests=True, at=at)
    room = _Room(made.pk, seats, at)
    room.do(0, "state", to="running")
    return room


def _hold(ground: Ground, actors: Sequence[Actor], at: datetime) -> None:
    from mainstem.services.workshops.outcome import write_proposal
    from mainstem.services.workshops.rooms import finish

    room = _opened(_HELD, _WHY, "nothing", ground, actors, at)
    room.send()
    steps = {kind: room.step(kind) for kind in dict.fromkeys(c[3] for c in _CARDS)}
    for kind, step in steps.items():
        room.do(0, "go", step=step)
        for ident, who, what, on, text, under, fields in _CARDS:
            if on == kind:
                room.do(who, "add_card", card=_id(ident), kind=what, step=step, text=text,
                        fields=_fields(fields), **({"under": _id(under)} if under else {}))  # fmt: skip
        room.do(0, "reveal", step=step)
        room.send()
        _decide(room, kind)
    write_proposal(room.number, room.seats[0], ground, at=at + timedelta(hours=8))
    finish(room.number, room.seats[0], at=at + timedelta(hours=8))


def _id(short: str) -> str:
    """Ids of cards have six letters at least."""
    return short.ljust(6, "0")


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with the ids of other cards written out."""
    known = {card[0] for card in _CARDS}
    out: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, list):
            out[name] = [_id(one) for one in value]
        else:
            out[name] = _id(value) if isinstance(value, str) and value in known else value
    return out


def _decide(room: _Room, kind: str) -> None:
    """What the room decided at a step: dots, ranks, the challenge, comments."""
    step = room.step(kind)
    if kind == "objectives":
        for who, (home, price) in enumerate(((2, 1), (3, 0), (2, 0), (3, 0))):
            for card, n in (("home", home), ("priceobj", price)):
                room.do(who, "dot", card=_id(card), n=n)
        room.do(0, "show_dots", step=step)
        room.do(0, "choose_card", card=_id("home"), state="chosen")
        room.do(0, "choose_card", card=_id("priceobj"), state="aside")
    elif kind == "metrics":
        for who, order in enumerate(((0, 2, 1), (0, 2, 1), (2, 0, 1), (0, 1, 2))):
            names = [_id(("evenings", "seats", "minutesw")[place]) for place in order]
            room.do(who, "rank", card=_id("seatnow"), order=names)
        room.do(0, "show_ranks", step=step)
        room.do(0, "choose_card", card=_id("evenings"), state="chosen")
        room.do(0, "choose_card", card=_id("invites"), state="chosen")
        room.do(2, "comment", card=_id("seats"), text="It can only ever rise.")
        room.send()
        _challenge(room)
    room.send()


def _challenge(room: _Room) -> None:
    """The statements about the first metric, answered silently, and settled."""
    from mainstem.services.workshops.boards import board_of

    room.do(0, "go", step=room.step("challenge"))
    room.send()
    found = [
        ident for ident, card in board_of(room.number).of("card")
        if card["kind"] == "statement" and card["under"] == _id("evenings")
    ][:3]  # fmt: skip
    said = (
        (("false", "false", "true", "false"), "false", "With two seats taken, two people watched", "", ""),
        (("false", "false", "false", "false"), "false", "We would stop the offer within a week", "", ""),
        (("cannot_say", "true", "cannot_say", "false"), "cannot_say", "", "Nour Haddad", "2026-10-20"),
    )  # fmt: skip
    for statement, (answers, outcome, evidence, owner, until) in zip(found, said, strict=False):
        for who, answer in enumerate(answers):
            room.do(who, "answer", card=statement, answer=answer)
        room.do(0, "show_answers", card=statement)
        more = {"owner": owner, "until": until} if owner else {}
        room.do(0, "settle", card=statement, outcome=outcome, evidence=evidence, **more)


def _begin(ground: Ground, actors: Sequence[Actor], at: datetime) -> None:
    """The one that runs: from the plan, in the middle of its objectives."""
    room = _opened(_RUNS, "", "plan", ground, actors, at)
    room.send()
    for kind in ("call", "customers", "lifecycle", "objectives"):
        room.do(0, "go", step=room.step(kind))
        if kind == "call":
            for who, text, part in (
                (0, "The derby is in nine weeks and big nights still refuse people", "why now"),
                (2, "Night shifts cannot take another quarter like this one", "at stake"),
                (1, "The second player for old televisions", "stop"),
            ):
                room.do(who, "add_card", kind="call", step=room.step("call"), text=text, fields={"part": part})  # fmt: skip
            room.do(0, "reveal", step=room.step("call"))
    step = room.step("objectives")
    for who, text in ((1, "Nobody misses the goal"), (2, "A calm night for everybody on call"), (3, "The first minute is free of doubt")):  # fmt: skip
        room.do(who, "add_card", kind="objective", step=step, text=text)
    room.do(3, "hand", up=True)
    # paused, so that it says the same on whatever day somebody looks
    room.do(0, "timer", seconds=360)
    room.do(0, "timer", pause=True)
    room.send()
