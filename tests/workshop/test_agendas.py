"""Agendas: what comes with the program, and the text that people share."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.workshop.agenda_text import MOST_LETTERS, AgendaFaulty
from mainstem.workshop.agendas import (
    LONGEST_STRETCH,
    SHIPPED,
    Agenda,
    AgendaStep,
    agenda_from_text,
    agenda_to_text,
    agendas,
    stretches,
)
from mainstem.workshop.kinds import StepKind

WHOLE = [k for k in StepKind if k not in (StepKind.TALK, StepKind.PAUSE)]


def test_a_day_half_a_day_and_several_sessions_come_with_the_program() -> None:
    assert tuple(agendas()) == SHIPPED
    assert [a.minutes for a in agendas().values()] == [480, 240, 415]
    assert [title.partition(".")[0] for title, _ in agendas()["sessions"].sessions] == list("12345")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_agenda_is_humane_and_says_everything_to_a_beginner(name: str) -> None:
    agenda = agendas()[name]
    assert max(stretches(agenda)) <= LONGEST_STRETCH
    for step in agenda.steps:
        assert step.purpose and step.prompt and step.how, step.title
        assert step.kind is StepKind.PAUSE or (step.good and step.traps), step.title
    kinds = [s.kind for s in agenda.steps if s.kind in WHOLE]
    assert kinds == [k for k in WHOLE if k in kinds], "in the order of a whole workshop"
    missing = set(WHOLE) - set(kinds)
    assert missing <= ({StepKind.DEPENDENCIES} if name == "half-day" else set())


_letters = st.characters(codec="utf-8", categories=("L", "N", "P", "S")).filter(str.isprintable)
_titles = st.one_of(
    st.text(_letters, min_size=1, max_size=12), st.sampled_from(("null", "~", "a: b", "- x", "#"))
)
_texts = st.lists(_titles, max_size=9).map(" ".join)
_steps = st.builds(
    AgendaStep, st.sampled_from(StepKind), _titles, _texts, st.integers(1, 480), _texts, _texts,
    _texts, st.lists(_titles, max_size=4).map(tuple), st.booleans(), st.integers(0, 20),
    st.booleans(), st.booleans(), _texts.map(lambda t: t[:120].strip()),
)  # fmt: skip
_agendas = st.builds(
    Agenda, st.sampled_from(("ours", "null", "2027-start", "on")), _titles, _texts.map(lambda t: t[:120].strip()),
    _texts, st.lists(_steps, min_size=1, max_size=4).map(tuple),
)  # fmt: skip


@given(_agendas)
@settings(max_examples=40, deadline=None)
def test_every_agenda_reads_back_as_it_was_written(agenda: Agenda) -> None:
    assert agenda_from_text(agenda_to_text(agenda)) == agenda


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_an_agenda_or_says_why_not(text: str) -> None:
    try:
        agenda_from_text(text)
    except AgendaFaulty as error:
        assert all(f.line >= 1 and f.what and f.hint for f in error.faults)


FAULTY = """agenda: My Agenda
title: Ours
steps:
  - kind: metrics
    title: Metrics
    minutes: soon
    silnet: true
  - kind: metric
    title: Again
    minutes: 20
    dots: 900
  - title: Nothing
"""


def test_every_fault_is_said_with_its_line_and_what_to_do() -> None:
    with pytest.raises(AgendaFaulty) as caught:
        agenda_from_text(FAULTY)
    said = {(f.line, f.what.split(" ")[0]): f.hint for f in caught.value.faults}
    assert said[1, "`My"].endswith("`my-agenda`.")
    assert said[6, "`minutes:"] == "Write a whole number: `minutes: 30`."
    assert said[7, "`silnet`"] == "Did you mean `silent`?"
    assert said[8, "`metric`"] == "Did you mean `metrics`?"
    assert (11, "`dots:") in said and (12, "This") in said
    assert [f.line for f in caught.value.faults] == sorted(f.line for f in caught.value.faults)


@pytest.mark.parametrize(
    "text, line",
    [
        ("", 1),
        ("- a\n- b\n", 1),
        ("agenda: a\ntitle: &x b\nsteps: *x\n", 2),
        ("agenda: a\ntitle: b\nsteps: [\n", 4),
        ("a: " * 60, 1),
        ("x" * (MOST_LETTERS + 1), 1),
        ("agenda: a\ntitle: b\nsteps:\n" + "  - {kind: talk, title: t, minutes: 1}\n" * 61, 64),
        ("agenda: a\ntitle: " + "t" * 121 + "\nsteps: [{kind: talk, title: t, minutes: 1}]\n", 2),
    ],
)
def test_what_is_no_agenda_is_refused_in_words_of_an_agenda(text: str, line: int) -> None:
    with pytest.raises(AgendaFaulty) as caught:
        agenda_from_text(text)
    assert caught.value.faults[0].line == line
    assert "plan " not in " ".join(f"{f.what} {f.hint}" for f in caught.value.faults)
