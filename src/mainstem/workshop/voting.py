"""Dots, ranked choice, answers to statements: cast in silence, shown together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mainstem.errors import Conflict, Invalid
from mainstem.workshop.board import Board, Puts, Record
from mainstem.workshop.case import STANDING, Case
from mainstem.workshop.kinds import CARD_KINDS
from mainstem.workshop.ranking import run_off
from mainstem.workshop.reading import day

#: What a statement can be answered with.
ANSWERS = ("true", "false", "cannot_say")
#: Most dots that a step gives each person.
MOST_DOTS = 20
_MOST_RANKED = 50
_SAYS_NOTHING = 3
_CLOSED = "workshop.voting_closed"


def dot(case: Case) -> Puts:
    """Puts so many dots on a card; none takes them back. The step says how many each has."""
    ident = case.sent.word("card")
    card = case.open_to_all(ident)
    step = case.step(card["step"])
    n = case.sent.whole("n", 0, MOST_DOTS)
    if not step["dots"]:
        raise Conflict("Nobody votes with dots at this step.", "Wait until the facilitator opens it.",
                       code=_CLOSED)  # fmt: skip
    if step["dots_shown"]:
        raise _shown()
    if CARD_KINDS[card["kind"]].by_room:
        raise Invalid("A statement takes no dots.", "Answer it.", field="card")
    given = _given(case, card["step"], besides=ident)
    if given + n > step["dots"]:
        raise Conflict(
            f"That would be {given + n} dots, and everybody has {step['dots']}.",
            "Take one back from another card first.", code="workshop.no_dots_left",
        )  # fmt: skip
    name = f"dots/{ident}/{case.seat.id}"
    return _changed(case, name, {"n": n} if n else None)


def _given(case: Case, step: str, besides: str) -> int:
    """Dots that the actor has on other standing cards of a step."""
    total = 0
    for name, record in case.board.of("dots"):
        ident, _, seat = name.partition("/")
        if seat == str(case.seat.id) and ident != besides:
            card = case.board.get(f"card/{ident}")
            if card and card["step"] == step and card["state"] in STANDING:
                total += record["n"]
    return total


def rank(case: Case) -> Puts:
    """A person's order of a stream's candidate metrics, best first; an empty one takes it back."""
    stream = case.sent.word("card")
    if case.open_to_all(stream)["kind"] != "stream":
        raise Invalid("Ranked are the metrics of a stream.", "Name the stream.", field="card")
    order = list(case.sent.words("order", _MOST_RANKED))
    cards = case.cards(order)
    if any(c["kind"] != "metric" or c["under"] != stream for c in cards.values()):
        raise Invalid("Some of these are no candidates of this stream.",
                      "Rank the metrics under it.", field="order")  # fmt: skip
    steps = [case.board.get(f"step/{c['step']}") for _, c in candidates(case.board, stream)]
    if not any(s and s["ranking"] for s in steps):
        raise Conflict("The metrics are not ranked now.", "Wait until the facilitator opens it.",
                       code=_CLOSED)  # fmt: skip
    if "rounds" in (case.board.get(f"tally/{stream}") or {}):
        raise _shown()
    return _changed(case, f"rank/{stream}/{case.seat.id}", {"order": order} if order else None)


def answer(case: Case) -> Puts:
    """A person's answer to a statement; why is shown to the room later, without a name."""
    ident = case.sent.word("card")
    if case.open_to_all(ident)["kind"] != "statement":
        raise Invalid("Only a statement is answered.", "Comment on it.", field="card")
    if case.board.get(f"tally/{ident}") is not None:
        raise _shown()
    why = case.sent.line("why", may_be_empty=True)
    said = {"answer": case.sent.choice("answer", ANSWERS), "why": why}
    return _changed(case, f"answer/{ident}/{case.seat.id}", said)


def show_dots(case: Case) -> Puts:
    """The dots of a step, added up; voting ends."""
    ident = case.sent.word("step")
    step = case.step(ident)
    totals: dict[str, int] = {}
    for name, record in case.board.of("dots"):
        card = name.partition("/")[0]
        totals[card] = totals.get(card, 0) + record["n"]
    puts: dict[str, Record | None] = {f"step/{ident}": {**step, "dots_shown": True}}
    for card, held in case.board.of("card"):
        if held["step"] == ident and held["state"] in STANDING and not held["silent"] \
                and not CARD_KINDS[held["kind"]].by_room:  # fmt: skip
            puts[f"tally/{card}"] = _with(case, card, {"dots": totals.get(card, 0)})
    return _different(case, puts)


def show_ranks(case: Case) -> Puts:
    """How a ranked choice came out, with every round; voting on it ends."""
    if case.sent.has("card"):
        stream = case.sent.word("card")
        if case.standing(stream)["kind"] != "stream":
            raise Invalid("Ranked are the metrics of a stream.", "Name the stream.", field="card")
        return _different(case, {f"tally/{stream}": _with(case, stream, _ranked(case, stream))})
    ident = case.sent.word("step")
    step = case.step(ident)
    streams = {c["under"] for _, c in case.board.of("card")
               if c["step"] == ident and c["kind"] == "metric" and c["under"]}  # fmt: skip
    puts: dict[str, Record | None] = {f"step/{ident}": {**step, "ranks_shown": True}}
    for stream in sorted(streams):
        found = _ranked(case, stream)
        if found["ballots"]:
            puts[f"tally/{stream}"] = _with(case, stream, found)
    return _different(case, puts)


def candidates(board: Board, stream: str) -> Iterator[tuple[str, Record]]:
    """The metrics of a stream that stand and are not hidden, in the order of the board."""
    found = [
        (ident, card) for ident, card in board.of("card")
        if card["kind"] == "metric" and card["under"] == stream
        and card["state"] in STANDING and not card["silent"]
    ]  # fmt: skip
    return iter(sorted(found, key=lambda pair: (pair[1]["order"], pair[0])))


def _ranked(case: Case, stream: str) -> dict[str, Any]:
    names = [ident for ident, _ in candidates(case.board, stream)]
    ballots = [r["order"] for n, r in case.board.of("rank") if n.partition("/")[0] == stream]
    return run_off(names, ballots).as_record()


def show_answers(case: Case) -> Puts:
    """What the room answered, without names; where it differs there is something to talk about."""
    if case.sent.has("card"):
        ids = [case.sent.word("card")]
        if case.standing(ids[0])["kind"] != "statement":
            raise Invalid("Only a statement has answers.", "Name one.", field="card")
    else:
        step = case.sent.word("step")
        case.step(step)
        ids = [i for i, c in case.board.of("card")
               if c["kind"] == "statement" and c["step"] == step and c["state"] in STANDING]  # fmt: skip
    return _different(case, {f"tally/{i}": _with(case, i, _answered(case, i)) for i in ids})


def _answered(case: Case, ident: str) -> dict[str, Any]:
    said = [r for n, r in case.board.of("answer") if n.partition("/")[0] == ident]
    counts = {a: sum(r["answer"] == a for r in said) for a in ANSWERS}
    whys = [{"answer": r["answer"], "why": r["why"]} for r in said if r["why"]]
    # in the order of the alphabet: the order of answering would tell whose they are
    whys.sort(key=lambda w: (w["answer"], w["why"]))
    return {**counts, "differ": sum(1 for n in counts.values() if n) > 1, "whys": whys}


def settle(case: Case) -> Puts:
    """The room's answer to a statement, after it was talked about."""
    ident = case.sent.word("card")
    card = case.standing(ident)
    if card["kind"] != "statement":
        raise Invalid(
            "Only a statement is settled.", "Choose the card, or set it aside.", field="card"
        )
    outcome = case.sent.choice("outcome", ANSWERS)
    given: dict[str, Any] = {
        "outcome": outcome,
        "evidence": case.sent.line("evidence", may_be_empty=True),
        "owner": case.sent.line("owner", 200, may_be_empty=True),
        "until": day(case.sent.values["until"], "until") if case.sent.has("until") else None,
    }
    _require_said(card, given)
    fields = {k: v for k, v in {**card["fields"], **given}.items() if v not in (None, "")}
    made = {**card, "fields": fields, "version": card["version"] + 1}
    return {f"card/{ident}": made} if fields != card["fields"] else {}


def _require_said(card: Record, given: Record) -> None:
    if given["outcome"] != "cannot_say":
        if len(given["evidence"]) < _SAYS_NOTHING:
            raise Invalid("The room's answer needs what it rests on.", "Say it in a sentence.",
                          field="evidence")  # fmt: skip
    elif card["fields"].get("severity") == "blocks" and not (given["owner"] and given["until"]):
        missing = "until" if given["owner"] else "owner"
        raise Invalid("This statement blocks: “cannot say” needs who finds out, and by when.",
                      "Name somebody and a day.", field=missing)  # fmt: skip


def _with(case: Case, ident: str, found: Record) -> Record:
    """A tally beside what was shown of the same card before."""
    return {**(case.board.get(f"tally/{ident}") or {}), **found}


def _changed(case: Case, name: str, record: Record | None) -> Puts:
    return {name: record} if case.board.get(name) != record else {}


def _different(case: Case, puts: Puts) -> Puts:
    return {name: record for name, record in puts.items() if case.board.get(name) != record}


def _shown() -> Conflict:
    return Conflict("The result is shown; voting has ended.",
                    "A facilitator can undo showing it.", code=_CLOSED)  # fmt: skip
