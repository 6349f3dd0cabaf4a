"""Plans and boards for the laws of the outcome: any cards at all, with references that lead anywhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from mainstem.plan.model import Plan
from mainstem.workshop.board import Board, Record
from mainstem.workshop.kinds import CARD_KINDS, CardKind, Field, Holds
from mainstem.workshop.starting import Dealing, deal_plan

FIRST_DAY = date(2026, 10, 1)
CYCLE = "2026-q4"
WORDS = ("Live edge", "live edge", "Viewers", "Search", "Start fast", "Refunds", "b/a", "日本", "")
IDS = ("aaaaaa", "bbbbbb", "cccccc", "dddddd", "eeeeee", "ffffff", "gggggg", "hhhhhh")


def base_plan(**more: Any) -> Plan:
    """A plan with one of everything that a workshop starts from."""
    return Plan.model_validate(
        {
            "cycles": {CYCLE: {"first_day": "2026-10-01", "last_day": "2026-12-31"}},
            "customers": {"viewers": {"name": "Viewers", "stages": ["discover", "watch", "return"]}},
            "teams": {"player": {"name": "Player", "size": 6}, "search": {"name": "Search"}},
            "metrics": {
                "start-time": {"name": "Start time", "unit": "s", "direction": "down", "definition": "From tap to picture",
                               "gaming": ["Show a still picture", "Count only fast devices"]},
                "old": {"name": "Old one"}, "refunds": {"name": "Refunds"},
            },
            "objectives": {"at-once": {"name": "Watching starts at once", "customer_better_off": "They can watch"}},
            "streams": {
                "start-fast": {
                    "name": "Start fast", "objective": "at-once", "customer": "viewers", "stages": ["watch"],
                    "owner": "Sol", "metric": [{"metric": "old", "to": "2026-06-30"}, {"metric": "start-time", "from": "2026-07-01"}],
                    "inputs": ["old"], "guardrails": [{"metric": "refunds", "bound": "below 2 %"}],
                    "teams": {"player": {"share": 0.6}, "search": {"part": "supports", "share": 0.1, "cycle": CYCLE}},
                    "claims": [{"label": "start"}],
                }
            },
            **more,
        }
    )  # fmt: skip


def dealt(plan: Plan, on: date = FIRST_DAY) -> dict[str, Record]:
    """The records of a room that starts from a plan."""
    dealing = Dealing({})
    deal_plan(plan, dealing, on=on)
    return dealing.records


def card(kind: str, text: str = "", **given: Any) -> Record:
    """A card's record; what is no key of a record is a field."""
    record: Record = {
        "kind": kind, "text": text, "fields": {}, "under": "", "order": 0, "state": "open", "into": "",
        "plan": "", "silent": False, "version": 1, "by": 1, "step": "s", "group": "", "cluster": "",
    }  # fmt: skip
    for name, value in given.items():
        if name in record:
            record[name] = value
        else:
            record["fields"][name] = value
    return record


def board(**cards: Record) -> Board:
    """A board of cards by id."""
    return Board({f"card/{ident}": record for ident, record in cards.items()})


def _field(field: Field, ids: tuple[str, ...]) -> st.SearchStrategy[Any]:
    match field.holds:
        case Holds.NUMBER:
            return st.sampled_from((0, 1.5, -3, 10**400, "7", "many", None, True))
        case Holds.SHARE:
            return st.sampled_from((0, 0.25, 1, 7, None))
        case Holds.DAY:
            return st.sampled_from(("2026-11-01", "2026-12-24", "soon", "", None))
        case Holds.CHOICE:
            return st.sampled_from((*field.of, "", "other"))
        case Holds.CARD:
            return st.sampled_from((*ids, ""))
        case Holds.CARDS:
            return st.lists(st.sampled_from(ids), max_size=3)
        case _:
            return st.sampled_from((*WORDS, "x" * 2000))


@st.composite
def records(draw: st.DrawFn, ids: tuple[str, ...]) -> Record:
    """Any card."""
    kind: CardKind = draw(st.sampled_from(tuple(CARD_KINDS.values())))
    fields = {f.name: draw(_field(f, ids)) for f in kind.fields if draw(st.booleans())}
    pins = ("", "", "", "streams/start-fast", "customers/viewers", "stages/watch", "metrics/start-time",
            "metrics/refunds", "objectives/at-once", "teams/player", "streams/none", "nothing")  # fmt: skip
    return card(
        kind.name, draw(st.sampled_from(WORDS)), under=draw(st.sampled_from((*ids, ""))),
        order=draw(st.integers(0, 3)), into=draw(st.sampled_from(ids)), plan=draw(st.sampled_from(pins)),
        state=draw(st.sampled_from(("open", "open", "chosen", "aside", "merged", "gone"))),
        silent=draw(st.sampled_from((False, False, False, True))), fields=fields,
    )  # fmt: skip


@st.composite
def boards(draw: st.DrawFn) -> dict[str, Record]:
    """Any cards, beside those of the plan or without; those of the plan may be changed at will."""
    began = dealt(base_plan()) if draw(st.booleans()) else {}
    ids = (*IDS, *(name.partition("/")[2] for name in began))
    out = dict(began)
    for ident in draw(st.lists(st.sampled_from(ids), max_size=8, unique=True)):
        made = draw(records(ids))
        was = began.get(f"card/{ident}")
        if was is not None:
            made = {**was, **draw(_edit(made, ids))}
        out[f"card/{ident}"] = made
    return out


def _edit(made: Record, ids: tuple[str, ...]) -> st.SearchStrategy[Record]:
    """Some keys of another card: an edit, a move, another state, another kind."""
    return st.lists(
        st.sampled_from(("text", "state", "under", "order", "silent", "into")), unique=True
    ).map(lambda names: {n: made[n] for n in names})
