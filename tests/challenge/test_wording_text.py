"""Reading a statement: normalising, masking, numbers with their part in the sentence."""

from __future__ import annotations

import pytest

from mainstem.challenge.text import normalise, read


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("- [x] [P1] Ship it => 0.7", "Ship it"),
        ("* **P0** -  Traffic is mirrored", "Traffic is mirrored"),
        ("KR1: Reach 100 subscribers", "Reach 100 subscribers"),
        ("O2 - Win the trust of buyers", "Win the trust of buyers"),
        ("1. NPS 45.", "NPS 45"),
        ("Keep it ([#14](https://a.example/14)) [DevRel]", "Keep it"),
        ("Define [the goal](https://a.example 'x')", "Define the goal"),
        ("NPS 38 => 45", "NPS 38 => 45"),
        ("Raise NPS to 45 => 41", "Raise NPS to 45"),
        ("-5% churn", "-5% churn"),
        ("", ""),
    ],
)
def test_what_lists_put_around_a_statement_is_stripped(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@pytest.mark.parametrize(
    "text",
    [
        "in Q3 2026", "by June 30", "by 30 June 2027", "by the end of the quarter", "in week 12",
        "by 2027-03-31", "by 31.03.2027", "2026-Q1", "H2 2026", "FY26", "by year-end", "in May",
        "mid-June", "this quarter", "in 2027", "by end of Q2", "before Christmas", "EOY", "by March 2027",
    ],
)  # fmt: skip
def test_dates_are_no_numbers(text: str) -> None:
    statement = read(f"Reduce churn {text}")
    assert statement.numbers == []
    assert len(statement.dates()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "v2", "phase 1", "SOC 2", "ISO 27001", "OAuth 2.0", "p95", "tier-1", "B2B", "30-day", "24/7",
        "2FA", "5G", "1st", "#12", "v1.2.3", "S/4HANA", "level 3", "Postgres 16", "HL7", "k8s",
    ],
)  # fmt: skip
def test_versions_standards_and_names_are_no_numbers(text: str) -> None:
    assert read(f"Improve {text} things").numbers == []


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5%", 5, "percent"),
        ("1,200.5 ms", 1200.5, "time"),
        ("4,2 %", 4.2, "percent"),
        ("12 000 sellers", 12_000, ""),
        ("1.2 million", 1_200_000, ""),
        ("€1.5m", 1_500_000, "money"),
        ("EUR 1.90", 1.9, "money"),
        ("3 pp", 3, "points_of_percent"),
        ("2/3", 2 / 3, "percent"),
        ("three days", 3, "time"),
        ("40k", 40_000, ""),
        ("zero", 0, ""),
        ("0.3 tonnes", 0.3, "physical"),
        ("4.5 stars", 4.5, "points"),
        ("5-7 days", 5, "time"),
    ],
)
def test_numbers_are_read_with_unit_and_scale(text: str, value: float, unit: str) -> None:
    (number,) = read(f"about {text}").numbers
    assert number.value == pytest.approx(value)
    assert number.unit == unit


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("from 3% to 5%", ["from", "to"]),
        ("3% → 5%", ["from", "to"]),
        ("to 8 min, now 14 min", ["to", "base"]),
        ("to 8 min (14 min today)", ["to", "base"]),
        ("by half (baseline 4.2%, May)", ["relative", "base"]),
        ("up 20%", ["relative"]),
        ("+20%", ["relative"]),
        ("by at least 20%", ["relative"]),
        ("down to 4", ["to"]),
        ("up to 4", ["bound"]),
        ("below 2%", ["bound"]),
        ("< 2%", ["bound"]),
        ("contacts per 1,000 orders at or below 12", ["per", "bound"]),
        ("findings older than 30 days", ["condition"]),
        ("two of three regions", ["plain", "condition"]),
        ("orders from 3 countries", ["plain"]),
        ("one place for all", ["condition"]),
        ("Postgres to 16", ["condition"]),
    ],
)
def test_numbers_have_a_part_in_the_sentence(text: str, roles: list[str]) -> None:
    assert [n.role for n in read(text).numbers] == roles


def test_the_day_of_a_baseline_is_no_date_of_the_key_result() -> None:
    assert read("Cut refunds by half (baseline 4.2%, in May)").dates() == []
    assert read("Cut refunds by half (baseline 4.2%) by May").dates() != []
