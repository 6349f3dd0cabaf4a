"""The text of an agenda on its page is one, and the page names every key that there is."""

from __future__ import annotations

import re
from pathlib import Path

from mainstem.workshop.agendas import SHIPPED, STEP_FIELDS, agenda_from_text
from mainstem.workshop.kinds import StepKind

PAGE = (Path(__file__).parents[2] / "docs" / "workshop-agendas.md").read_text("utf-8")


def test_the_agenda_on_the_page_reads_as_one() -> None:
    made = agenda_from_text(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0])
    assert (made.name, made.minutes, len(made.sessions)) == ("our-afternoon", 105, 2)
    assert made.steps[0].ranking and made.steps[0].silent


def test_the_page_names_every_key_kind_and_shipped_agenda() -> None:
    for word in (*STEP_FIELDS, *StepKind, *SHIPPED):
        assert f"`{word}`" in PAGE, word
