"""docs/workshop-records.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from mainstem.workshop.acting import ACTS
from mainstem.workshop.card_fields import new_card
from mainstem.workshop.opening import first_records
from mainstem.workshop.steps import new_step
from mainstem.workshop.taking_part import new_person

PAGE = (Path(__file__).parents[2] / "docs" / "workshop-records.md").read_text("utf-8")


def row(start: str, *, last: bool = False) -> str:
    """The first row of a table that begins so, or the last: acts come after records."""
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| `{start}`")]
    return rows[-1] if last else rows[0]


def test_every_act_stands_there_with_its_keys_and_no_other():
    told = dict(re.findall(r"^\| `(\w+)` \| ((?:`\w+\??` ?)*) ?\|", PAGE, re.MULTILINE))
    said = {name: tuple(re.findall(r"`(\w+\??)`", keys)) for name, keys in told.items() if keys}
    assert said == {name: kind.keys for name, kind in ACTS.items()}
    for name, kind in ACTS.items():
        who = row(name, last=True).split("|")[3]
        assert (who.strip() == "F") == kind.leads, name


def test_every_key_of_a_record_stands_there():
    records = {
        "room": first_records("", "", [])["room"], "timer": first_records("", "", [])["timer"],
        "step/ID": new_step("talk", ""), "card/ID": new_card("note", "", "", ""),
        "person/SEAT": new_person("", "guest"),
    }  # fmt: skip
    for name, record in records.items():
        missing = [key for key in record or {} if f"`{key}`" not in row(name)]
        assert missing == [], name


def test_every_code_that_the_rules_give_is_explained():
    source = Path(__file__).parents[2] / "src" / "mainstem"
    files = [
        *source.glob("workshop/[!u]*.py"),
        source / "workshop" / "undoing.py",
        *source.glob("services/workshops/acting.py"),
    ]
    used = {
        code for file in files for code in re.findall(r'"(workshop\.\w+)"', file.read_text("utf-8"))
    }
    plain = {"workshop.facilitator", "workshop.not_yours", "workshop.kind", "workshop.no_card", "workshop.no_step",
             "workshop.no_seat", "workshop.no_comment", "workshop.name_taken", "workshop.card_gone", "workshop.step_used", "workshop.timer"}  # fmt: skip
    assert {c for c in used - plain if f"`{c}`" not in PAGE} <= {
        c for c in used if c.startswith("workshop.agenda")
    }
