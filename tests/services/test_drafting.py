"""Drafting changes from fields, and the patch of a plan's text that makes them."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import Absent, Invalid
from mainstem.plan.changes import apply
from mainstem.plan.model import Plan
from mainstem.plan.text.files import read_folder
from mainstem.plan.text.load import load_plan
from mainstem.plan.text.write import plan_to_text
from mainstem.services.plans.drafting import Draft, Edit, draft, patch_of
from tests.server.factories import small_plan

WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=40
)
FIELDS = st.fixed_dictionaries(
    {}, optional={"name": WORDS.filter(str.strip), "note": st.none() | WORDS.filter(str.strip)}
)
EDITS = st.lists(
    st.one_of(
        st.builds(
            Edit, st.sampled_from(["streams/start-fast", "teams/growth", "metrics/new"]), FIELDS
        ),
        st.builds(
            Edit, st.sampled_from(["dependencies/tiles", "initiatives/edge-prefetch"]), st.none()
        ),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda e: e.subject,
)


def drafted(edits: list[Edit]) -> Draft | None:
    try:
        return draft("x", "", edits, small_plan(), "r1")
    except Invalid as error:
        assert error.code == "plan.no_change"
        return None


@given(EDITS)
def test_the_changes_of_a_draft_make_the_plan_that_it_wants(edits: list[Edit]) -> None:
    made = drafted(edits)
    if made is not None:
        assert apply(small_plan(), made.changes) == made.wanted


@settings(max_examples=12)
@given(EDITS)
def test_the_patch_of_a_draft_makes_the_text_say_it(edits: list[Edit]) -> None:
    made = drafted(edits)
    if made is None:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "plan"
        folder.mkdir()
        (folder / "plan.yaml").write_text("# ours\n" + plan_to_text(small_plan()), "utf-8")
        patch = patch_of(folder, made.wanted)
        subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=folder, check=True)
        assert load_plan(read_folder(folder)).plan == made.wanted


@pytest.mark.parametrize(
    ("subject", "fields", "error"),
    [
        ("streams", {}, Absent),
        ("secrets/x", {}, Absent),
        ("streams/a b", {}, Absent),
        ("streams/nowhere", None, Absent),
        ("organisation", None, Invalid),
        ("streams/start-fast", {"metric": 7}, Invalid),
        ("key_results/kr-start", {"text": None}, Invalid),
        ("streams/start-fast", {"customer": "nobody"}, Invalid),
    ],
)
def test_what_cannot_be_is_refused(subject: str, fields: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        draft("x", "", [Edit(subject, fields)], small_plan(), "r1")


def test_a_patch_holds_letters_that_look_like_the_end_of_a_line(tmp_path: Path) -> None:
    made = draft(
        "x", "", [Edit("teams/growth", {"note": "one\u2028two\u0085three"})], small_plan(), ""
    )
    (tmp_path / "plan.yaml").write_text(plan_to_text(small_plan()), "utf-8")
    patch = patch_of(tmp_path, made.wanted)
    subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=tmp_path, check=True)
    assert load_plan(read_folder(tmp_path)).plan == made.wanted


def test_a_field_of_a_field_is_merged_and_the_rest_stays() -> None:
    edit = Edit("streams/start-fast", {"teams": {"platform": None, "growth": {"share": "5%"}}})
    teams = draft("x", "", [edit], small_plan(), "").wanted.streams["start-fast"].teams
    assert list(teams) == ["player-core", "growth"]
    assert teams["player-core"] == small_plan().streams["start-fast"].teams["player-core"]


def test_what_names_a_removed_thing_forgets_it() -> None:
    wanted = draft("x", "", [Edit("teams/platform", None)], small_plan(), "").wanted
    assert "platform" not in wanted.streams["start-fast"].teams
    assert isinstance(wanted, Plan)
