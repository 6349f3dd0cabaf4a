"""Folder and server in step: apply, export, upload, download; nothing is lost in either direction."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainstem.errors import Conflict, Forbidden, Invalid, PlanError
from mainstem.plan.changes import Changed
from mainstem.plan.text.files import read_folder
from mainstem.plan.text.load import load_plan
from mainstem.services.metrics.checking_in import Said, check_in
from mainstem.services.people.access import Actor, Given, Role
from mainstem.services.plans.editing import change_plan
from mainstem.services.plans.file_set import finish_writing
from mainstem.services.plans.plan_text import plan_as_text
from mainstem.services.plans.syncing import (
    LocalServer,
    apply_folder,
    export_folder,
    plan_apply,
    plan_export,
)
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.test_planning_editing import form_of, plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(ground):
    operator = Actor(None, "Operator", frozenset({Given(Role.ADMINISTRATOR)}), face="cli")
    return LocalServer(ground, operator, NOW, "here")


@pytest.fixture
def folder(tmp_path, server) -> Path:
    """A folder that holds what the server says."""
    place = tmp_path / "work" / "plan"
    export_folder(place, plan_export(place, server), server)
    return place


def apply(folder, server):
    return apply_folder(folder, plan_apply(folder, server), server)


def export(folder, server):
    return export_folder(folder, plan_export(folder, server), server)


def edit(folder, file, old, new):
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def text_of(folder):
    return {p.name: p.read_text() for p in folder.glob("*.yaml")}


def test_a_new_folder_has_a_file_for_each_section_and_says_the_whole_plan(folder, ground):
    assert {"streams.yaml", "teams.yaml", "key_results.yaml"} <= set(text_of(folder))
    assert load_plan(read_folder(folder)).plan == plan_of(ground)


def test_applying_what_was_exported_changes_nothing(folder, server, ground):
    before = ground.plans.head().revision
    assert not plan_apply(folder, server).changes and not plan_export(folder, server).changes
    apply(folder, server)
    assert ground.plans.head().revision == before and not export(folder, server)


def test_both_sides_change_different_things_and_both_have_everything_afterwards(
    folder, server, ground
):
    edit(folder, "streams.yaml", "owner: Owen", "owner: Olga # since autumn")
    server.write([Changed("streams/start-fast", ("note",), None, "from the page")], "", "")
    apply(folder, server)
    stream = plan_of(ground).streams["start-fast"]
    assert (stream.owner, stream.note) == ("Olga", "from the page")
    export(folder, server)
    text = text_of(folder)["streams.yaml"]
    assert "from the page" in text and "owner: Olga # since autumn" in text
    assert load_plan(read_folder(folder)).plan == plan_of(ground)


def test_an_export_keeps_what_was_not_applied_yet(folder, server, ground):
    edit(folder, "streams.yaml", "owner: Owen", "owner: Olga")
    server.write([Changed("streams/start-fast", ("note",), None, "from the page")], "", "")
    export(folder, server)
    assert (
        "Olga" in text_of(folder)["streams.yaml"]
        and "from the page" in text_of(folder)["streams.yaml"]
    )
    apply(folder, server)
    assert plan_of(ground).streams["start-fast"].owner == "Olga"


def test_where_both_changed_the_same_nothing_happens_and_all_values_are_told(
    folder, server, ground
):
    edit(folder, "streams.yaml", "owner: Owen", "owner: Olga")
    server.write([Changed("streams/start-fast", ("owner",), "Owen", "Otis")], "", "")
    before, text = ground.plans.head(), text_of(folder)
    for step in (apply, export):
        with pytest.raises(Conflict) as refused:
            step(folder, server)
        for word in ("Owen", "Olga", "Otis"):
            assert word in refused.value.message
    assert ground.plans.head() == before and text_of(folder) == text


def test_two_plans_that_never_met_are_not_mixed(tmp_path, server):
    other = tmp_path / "other"
    other.mkdir()
    (other / "plan.yaml").write_text("teams:\n  mine: {size: 3}\n")
    with pytest.raises(Conflict, match="never met"):
        plan_apply(other, server)
    with pytest.raises(Conflict, match="never met"):
        plan_export(other, server)


def test_a_text_with_faults_is_refused_whole(folder, server, ground):
    before = ground.plans.head().revision
    edit(folder, "teams.yaml", "size: 4", "size: many")
    with pytest.raises(PlanError, match="faults"):
        apply(folder, server)
    assert ground.plans.head().revision == before


def test_check_ins_travel_both_ways_and_are_never_removed(folder, server, ground, cast):
    check_in(
        "kr-start", Said(NOW.date(), 88.0, 0.6, "on the way"), ground, actor("petra", cast), at=NOW
    )
    export(folder, server)
    assert "on the way" in text_of(folder)["key_results.yaml"]
    edit(folder, "key_results.yaml", "note: on the way", "note: nearly there")
    before = ground.plans.head().revision
    apply(folder, server)
    assert ground.plans.head().revision == before
    (reading,) = ground.check_ins.readings()["kr-start"]
    assert (reading.note, reading.value, reading.by) == ("nearly there", 88.0, "Petra")
    assert plan_of(ground).key_results["kr-start"].check_ins == ()
    text = (folder / "key_results.yaml").read_text()
    start, end = text.index("    check_ins:"), text.index("  kr-sign-up:")
    (folder / "key_results.yaml").write_text(text[:start] + text[end:])
    with pytest.raises(Invalid, match="removed"):
        apply(folder, server)


def test_a_check_in_over_text_is_held_to_the_rights_of_its_sender(ground, cast):
    from mainstem.plan.changes import Added
    from mainstem.plan.model import CheckIn

    change = Added("key_results/kr-start", ("check_ins", 0), CheckIn(on=NOW.date(), value=1.0), 0)
    with pytest.raises(Forbidden):
        change_plan([change], ground, actor("vera", cast), at=NOW, origin="text")
    change_plan([change], ground, actor("carl", cast), at=NOW, origin="text")
    assert ground.check_ins.readings()["kr-start"][0].by == "Carl"


def test_a_kill_in_the_middle_of_writing_leaves_all_or_nothing(tmp_path):
    """A process is killed while it writes many files again and again; whoever comes next finds one state."""
    beside, target = tmp_path / ".mainstem", tmp_path / "plan"
    target.mkdir()
    program = (
        "import sys; from pathlib import Path; from mainstem.services.plans.file_set import write_together\n"
        f"n = 0\nwhile True:\n    n += 1\n    write_together(Path({str(beside)!r}), "
        f"{{Path({str(target)!r}) / f'{{i}}.yaml': str(n).encode() for i in range(25)}})\n"
        "    print(n, flush=True)\n"
    )
    for pause in (0.0, 0.004, 0.011, 0.023):
        running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        assert running.stdout is not None and running.stdout.readline()
        time.sleep(pause)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        finish_writing(beside)
        assert len({p.read_text() for p in target.glob("*.yaml")}) == 1
        assert not (beside / "writing.json").exists()


def test_the_page_gives_the_plan_as_yaml_and_takes_it_back_after_a_look(as_, ground):
    petra, before = as_("petra"), ground.plans.head()
    text = petra.get("/plan/plan.yaml").content.decode()
    assert "Start to first frame" in text
    same = petra.post("/plan/upload", {"file": SimpleUploadedFile("plan.yaml", text.encode())})
    assert "says already" in same.content.decode()
    changed = text.replace("owner: Owen", "owner: Olga").encode()
    shown = petra.post("/plan/upload", {"file": SimpleUploadedFile("plan.yaml", changed)})
    assert "Olga" in shown.content.decode() and ground.plans.head() == before
    petra.post("/plan/confirm", form_of(shown.content.decode()) | {"do": ["save"]})
    assert plan_of(ground).streams["start-fast"].owner == "Olga"


def test_an_upload_made_from_an_older_revision_keeps_what_others_changed_since(as_, ground, cast):
    petra, base = as_("petra"), ground.plans.head().revision
    text = plan_as_text(ground, actor("petra", cast))
    change_plan([Changed("streams/start-fast", ("name",), "Start to first frame", "Hers")], ground,
                actor("petra", cast), at=NOW)  # fmt: skip
    mine = text.replace("owner: Owen", "owner: Olga")
    shown = petra.post(
        "/plan/upload", {"file": SimpleUploadedFile("p.yaml", mine.encode()), "base": base}
    )
    petra.post("/plan/confirm", form_of(shown.content.decode()) | {"do": ["save"]})
    stream = plan_of(ground).streams["start-fast"]
    assert (stream.name, stream.owner) == ("Hers", "Olga")
    clash = mine.replace("name: Start to first frame", "name: His")
    met = petra.post(
        "/plan/upload", {"file": SimpleUploadedFile("p.yaml", clash.encode()), "base": base}
    )
    assert (
        met.status_code == 409 and "Hers" in met.content.decode() and "His" in met.content.decode()
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\x01binary", "no text"),
        (b"\xff\xfe\xfa", "not UTF-8"),
        (b"teams: [", "faults"),
        (b"teams: {a: {b: 1}}", "faults"),
    ],
)
def test_an_upload_that_is_no_plan_is_refused_with_words(as_, ground, content, words):
    before = ground.plans.head().revision
    answer = as_("petra").post("/plan/upload", {"file": SimpleUploadedFile("plan.yaml", content)})
    assert answer.status_code == 400 and words in answer.content.decode()
    assert ground.plans.head().revision == before


def test_the_base_is_kept_beside_the_folder(folder):
    told = json.loads((folder.parent / ".mainstem" / "base.json").read_text())
    assert told["plan"]["revision"] == "r1" and told["plan"]["server"] == "here"
