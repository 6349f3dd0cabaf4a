"""The demo organisation: the same bytes every time, a sound plan, and the dirt that it says it has."""

import csv
import hashlib
import io
from collections import Counter
from datetime import datetime

import pytest

from mainstem.demo.company import Company
from mainstem.demo.organisation import TODAY
from mainstem.demo.planning import plan_of
from mainstem.demo.write import write_demo
from mainstem.errors import UsageError
from mainstem.plan.findings import Severity
from mainstem.plan.model import Plan


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo(tmp_path_factory.mktemp("demo"), people=120, months=4)


@pytest.fixture(scope="module")
def plan():
    return Plan.model_validate(plan_of(Company(280, 6, 7)))


def hashes(folder):
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def time_rows(demo):
    for path in demo.time_sheets:
        text = path.read_text(encoding="utf-8")
        separator = ";" if ";" in text.split("\n", 1)[0] else ","
        for row in csv.DictReader(io.StringIO(text), delimiter=separator):
            yield path, row


def test_the_same_arguments_give_the_same_bytes_and_another_seed_gives_others(tmp_path):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_demo(tmp_path / name, people=40, months=1, seed=seed)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    assert hashes(tmp_path / "a") != hashes(tmp_path / "c")


def test_the_company_has_what_the_documentation_says(plan):
    assert len(plan.teams) == 40
    assert len(plan.objectives) == 6
    assert len(plan.streams) == 21
    assert {c: plan.cycles[c].state for c in plan.cycles} == {
        "2026-Q2": "closed",
        "2026-Q3": "committed",
    }
    assert sum(t.size or 0 for t in plan.teams.values()) == 280
    assert [k for k, t in plan.teams.items() if t.size == 2] == ["accessibility"]


def test_the_plan_in_the_files_is_the_plan(demo):
    from mainstem.plan.text.files import read_folder
    from mainstem.plan.text.load import load_plan

    loaded = load_plan(read_folder(demo.plan))
    assert [f for f in loaded.findings if f.severity is Severity.BLOCKS] == []
    wanted = Plan.model_validate(plan_of(Company(120, 4, 7)))
    for section in Plan.model_fields:
        assert getattr(loaded.plan, section) == getattr(wanted, section), section


def test_a_check_of_the_plan_finds_a_few_things_and_none_that_blocks(plan):
    from mainstem.challenge.catalogue import check
    from mainstem.work.claims import check_claims
    from mainstem.work.expectations import check_expectations

    found = [*check(plan, today=TODAY), *check_claims(plan), *check_expectations(plan)]
    accepted = {
        (f"{section}/{key}", a.rule)
        for section in ("customers", "dependencies")
        for key, entity in getattr(plan, section).items()
        for a in entity.accepted
    }
    blocking = [f for f in found if f.severity is Severity.BLOCKS]
    assert [f for f in blocking if (f.subject, f.rule) not in accepted] == []
    assert 3 <= len([f for f in found if f.severity is Severity.WARNS]) <= 30


def test_all_people_but_a_few_have_a_team_that_the_plan_knows(demo):
    from mainstem.work.people import read_people

    plan = Plan.model_validate(plan_of(Company(120, 4, 7)))
    people = read_people(demo.people, plan)
    assert people.findings == ()
    told = {m.person for m in people.memberships}
    assert 0.95 * 120 <= len(told) < 120
    assert any(m.fraction < 1 for m in people.memberships)
    assert any(m.first and m.first > Company(120, 4, 7).first_day for m in people.memberships)


def test_every_issue_is_a_whole_row_with_a_key_of_its_own(demo):
    rows = list(csv.reader(demo.issues.open(encoding="utf-8", newline="")))
    assert {len(row) for row in rows} == {24}
    assert rows[0].count("Labels") == 3
    keys = [row[1] for row in rows[1:]]
    assert len(set(keys)) == len(keys) == demo.items


def test_the_dirt_in_the_time_sheets_is_what_is_said(demo):
    found = Counter()
    ids = Counter()
    for path, row in time_rows(demo):
        if row["Row ID"] == "Total":
            found["totals"] += 1
            continue
        ids[row["Row ID"]] += 1
        pattern = "%d.%m.%Y" if "-05" in path.name else "%Y-%m-%d"
        try:
            found["impossible"] += datetime.strptime(row["Date"], pattern).year < 2000
        except ValueError:
            found["impossible"] += 1
        found["negative"] += row["Hours"].startswith("-")
        found["unknown"] += row["Issue key"].startswith("OLD-")
    assert found["impossible"] == demo.dirt.impossible_dates > 0
    assert found["negative"] == demo.dirt.negative_hours > 0
    assert found["totals"] == demo.dirt.total_rows == 4
    assert found["unknown"] == demo.dirt.unknown_items
    assert sum(n - 1 for n in ids.values()) == demo.dirt.repeated_rows > 0
    assert ids.total() == demo.effort_rows


def test_corrections_carry_ids_of_rows_that_were_there(demo):
    ids = {row["Row ID"] for _, row in time_rows(demo)}
    with demo.corrections.open(encoding="utf-8", newline="") as file:
        corrected = [row["Row ID"] for row in csv.DictReader(file)]
    assert len(corrected) == demo.corrected_rows > 10
    assert set(corrected) <= ids


def test_about_three_fifths_of_the_work_is_claimed_and_some_is_unknown(tmp_path):
    """By the Python meaning of claims, over the items; the ledger's own numbers are tested there."""
    from mainstem.work.attribution import Attributor
    from mainstem.work.claims import ItemFacts

    demo = write_demo(tmp_path, people=280, months=1)
    plan = Plan.model_validate(plan_of(Company(280, 1, 7)))
    attributor = Attributor(plan)
    counted: Counter[str] = Counter()
    with demo.issues.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    for row in rows[:6000]:
        cells = dict(zip(header, row, strict=True))
        item = ItemFacts(
            key=cells["Issue key"], title=cells["Summary"], type=cells["Issue Type"],
            project=cells["Project key"], labels=tuple(x for x in row[16:19] if x),
            components=tuple(x for x in row[14:16] if x), epic=cells["Custom field (Epic Link)"] or None,
            fields={"Goal": cells["Goal"]} if cells["Goal"] else {},
        )  # fmt: skip
        for share in attributor.attribute(item).shares:
            counted[share.target] += share.parts
    total = counted.total()
    value = sum(n for target, n in counted.items() if target.startswith("stream:"))
    assert 0.55 < value / total < 0.66
    assert 0.08 < counted["kind:unknown"] / total < 0.2
    assert {f"stream:{s}" for s in plan.streams} <= set(counted)
    starving = plan.streams["fair-share"].teams
    planned = sum((t.share or 0) * (plan.teams[k].size or 0) for k, t in starving.items()) / 280
    assert counted["stream:fair-share"] / total < 0.35 * planned


def test_a_large_company_has_six_levels_and_the_sizes_of_the_architecture():
    company = Company(5000, 24, 7)
    made = plan_of(company)
    assert 450 <= len(made["teams"]) <= 560
    assert 115 <= len(made["streams"]) <= 130
    assert 1700 <= len(made["key_results"]) <= 2300
    assert 4500 <= len(made["initiatives"]) <= 5500
    parents = {k: t.get("in") for k, t in made["teams"].items()}

    def depth(team):
        return 1 + (depth(parents[team]) if parents[team] else 0)

    assert max(depth(t) for t in parents) == 6
    assert len(set(company.names)) == 5000


def test_a_company_too_small_for_its_streams_is_refused(tmp_path):
    with pytest.raises(UsageError):
        write_demo(tmp_path, people=5)
